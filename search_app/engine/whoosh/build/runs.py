"""The runs of a build, in their order."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from search_app.engine.arrays import Array
from search_app.engine.whoosh.store.array_file import ArrayFile

# Each open one takes a file descriptor.
_MOST_OPEN = 256


class Runs:
    """Opens runs as they are read; their documents are numbered one run after the other."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths
        self._open = lru_cache(_MOST_OPEN)(ArrayFile)
        self.documents = int(self.joined("documents").sum())

    def __len__(self) -> int:
        return len(self._paths)

    def __iter__(self) -> Iterator[ArrayFile]:
        return map(self._open, self._paths)

    def joined(self, name: str) -> Array:
        """An array of all runs, one after another."""
        arrays = [run[name] for run in self]
        return np.concatenate(arrays) if arrays else np.empty(0, np.uint32)
