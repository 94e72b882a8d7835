"""Reprints: articles of a generation that say the same, in clusters. A label, never a deletion.

Clusters belong to the generation, as places do (`clusters.py` makes them). The file `reprints`:

    members              the documents of one cluster after another, the earliest first
    starts               where each cluster begins
"""

from pathlib import Path

import numpy as np

from search_app.engine.arrays import Array
from search_app.engine.whoosh.answer.sets import DocSet
from search_app.engine.whoosh.store.array_file import ArrayFile

REPRINTS = "reprints"


class Reprints:
    """The clusters of a generation; of `live` documents only. Raises DamagedIndex."""

    def __init__(self, path: Path, live: DocSet, documents: int) -> None:
        file = ArrayFile(path)
        members, starts = file["members"], file["starts"].astype(np.intp)
        sizes = np.diff(starts)
        file.check(len(starts) > 0 == starts[0] and bool((sizes > 0).all()))
        file.check(int(starts[-1]) == len(members) and bool((members < documents).all()))
        cluster = np.arange(1, len(starts), dtype=np.uint32).repeat(sizes)
        here = live.table[members] if len(members) else np.empty(0, bool)
        self._members, self._sizes = members[here], np.bincount(cluster[here], minlength=1)
        self._starts = self._sizes.cumsum() - self._sizes
        # By document: 0 where it is alone, else the number of its cluster.
        self._cluster = np.zeros(documents, np.uint32)
        self._cluster[self._members] = cluster[here]

    def of(self, number: int) -> list[int]:
        """The other documents of a document's cluster, the earliest first."""
        cluster = int(self._cluster[number])
        if not cluster:
            return []
        start = int(self._starts[cluster])
        members: list[int] = self._members[start : start + self._sizes[cluster]].tolist()
        return [member for member in members if member != number]

    def count(self, docs: DocSet) -> int:
        """How many documents are left of a set where one stands for each cluster."""
        if not len(self._members):
            return len(docs)
        held = self._cluster[self._members[docs.table[self._members]]]
        return len(docs) - len(held) + int(np.count_nonzero(np.bincount(held)))

    def first(self, docs: Array) -> Array:
        """The places among some documents, in their order, of the first of each cluster."""
        cluster = self._cluster[docs]
        places: Array = np.arange(len(docs))
        firsts = np.empty(len(self._sizes), np.intp)
        firsts[cluster[::-1]] = places[::-1]  # of several the last one stays
        kept: Array = places[(cluster == 0) | (firsts[cluster] == places)]
        return kept
