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
        is_live = live.table[members] if len(members) else np.empty(0, bool)
        self._members = members[is_live]
        # By cluster, the first of which (0) stands for all documents that are in none.
        self._sizes = np.bincount(cluster[is_live], minlength=1)
        self._starts = self._sizes.cumsum() - self._sizes
        self._others = np.maximum(self._sizes - 1, 0)
        self._cluster = np.zeros(documents, np.uint32)
        self._cluster[self._members] = cluster[is_live]

    def of(self, number: int) -> list[int]:
        """The other documents of a document's cluster, the earliest first."""
        cluster = int(self._cluster[number])
        if not cluster:
            return []
        start = int(self._starts[cluster])
        members: list[int] = self._members[start : start + self._sizes[cluster]].tolist()
        members.remove(number)
        return members

    def others(self, docs: Array) -> Array:
        """For each document how many others say the same, (n,)."""
        others: Array = self._others[self._cluster[docs]]
        return others

    def count(self, docs: DocSet) -> int:
        """How many documents of a set remain where one stands for each cluster."""
        if not len(self._members):
            return len(docs)
        clusters = self._cluster[self._members[docs.table[self._members]]]
        return len(docs) - len(clusters) + int(np.count_nonzero(np.bincount(clusters)))

    def first(self, docs: Array) -> Array:
        """The indices, among documents in some order, of the first of each cluster."""
        cluster = self._cluster[docs]
        indices: Array = np.arange(len(docs))
        firsts = np.empty(len(self._sizes), np.intp)
        # Written from the end: of several of one cluster the first one's index stays.
        firsts[cluster[::-1]] = indices[::-1]
        kept: Array = indices[(cluster == 0) | (firsts[cluster] == indices)]
        return kept
