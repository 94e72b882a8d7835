"""Making `places`: where in the corpus each document of a generation stands."""

import numpy as np

from search_app.engine.arrays import Array, smallest
from search_app.engine.whoosh.build.ledger import NO_DOCUMENT, Entries
from search_app.engine.whoosh.store.strings import string_table


class PlacesWriter:
    """Collects the places of documents, part by part; those that are never put are gone."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._pieces: list[tuple[Array, ...]] = []

    def put(self, entries: Entries, documents: Array) -> None:
        """Puts the entries with a number in `documents` (entries,) where they stand."""
        indexed = np.flatnonzero(documents != NO_DOCUMENT)
        paths = []
        for place in indexed.tolist():
            paths.append(self._numbers.setdefault(entries.paths[place], len(self._numbers)))
        ranges = np.array([entries.starts, entries.ends], np.uint64)[:, indexed]
        self._pieces.append((documents[indexed], np.array(paths, np.uint32), *ranges))

    def arrays(self, count: int) -> dict[str, Array]:
        """The arrays that `answer.collection` reads, of so many documents; paths are sorted."""
        paths = sorted(self._numbers)
        order = np.zeros(len(paths), np.uint32)
        for place, name in enumerate(paths):
            order[self._numbers[name]] = place
        path, gone = np.zeros(count, np.uint32), np.ones(count, bool)
        start, end = np.zeros((2, count), np.uint64)
        for documents, numbers, starts, ends in self._pieces:
            path[documents] = order[numbers]
            start[documents], end[documents] = starts, ends
            gone[documents] = False
        return {
            "path": path,
            "start": smallest(start),
            "end": smallest(end),
            **string_table("paths", paths),
            "gone": np.packbits(gone, bitorder="little"),
        }
