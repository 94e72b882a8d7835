"""Sets of documents, kept as sorted arrays or as a bool table, converted lazily by use.

Leaves give a few sorted arrays, looking up wants a table, counting and ranking want one array. To
write a table out as numbers costs most and is done for large sets only.
"""

from collections.abc import Sequence
from functools import reduce
from operator import or_

import numpy as np

from search_app.engine.arrays import Array, among, distinct_of_sorted
from search_app.engine.whoosh.store.lazy import lazy

NONE: Array = np.empty(0, np.intp)
# Shares of all documents, measured on 100,000: below one of 12 two sets are combined by the numbers
# of the smaller one, below one of 4 arrays are merged without a table, below one of 64 counted so.
_FEW, _MERGED, _COUNTED = 12, 4, 64
# To look a document up among sorted numbers takes so many times as long as to put one into a table.
_SEARCH = 12


class DocSet:
    """An immutable set of documents out of so many: of sorted `arrays`, or a `table` (bool)."""

    def __init__(self, size: int, arrays: Sequence[Array] = (), table: Array | None = None) -> None:
        # The arrays may have documents in common.
        self._documents, self._arrays, self._table = size, arrays, table

    @lazy
    def docs(self) -> Array:
        """The documents as sorted numbers, (n,) intp."""
        if self._table is not None:
            return self._table.nonzero()[0]
        if len(self._arrays) <= 1:
            return self._arrays[0] if self._arrays else NONE
        if self.most * _MERGED > self._documents:
            return self.table.nonzero()[0]
        # Stable sorting finds the ascending runs that are there: a fiftieth of the time.
        return distinct_of_sorted(np.sort(np.concatenate(self._arrays), kind="stable"))

    @lazy
    def table(self) -> Array:
        """For each document whether it is in the set, (documents,) bool."""
        if self._table is not None:
            return self._table
        table = np.zeros(self._documents, bool)
        for array in self._sorted_arrays():
            table[array] = True
        return table

    def _has_docs(self) -> bool:
        return "docs" in self.__dict__

    # Whether a table was given, or made before.
    def _has_table(self) -> bool:
        return self._table is not None or "table" in self.__dict__

    # The documents as sorted arrays, perhaps with some in common.
    def _sorted_arrays(self) -> Sequence[Array]:
        if self._has_docs() or self._table is not None:
            return (self.docs,)
        return self._arrays

    @lazy
    def most(self) -> int:
        """A number of documents, not less than there are."""
        if self._table is not None:
            return len(self)
        return sum(map(len, self._arrays))

    @lazy
    def _count(self) -> int:
        if self._has_docs():
            return len(self.docs)
        if self._table is None and len(self._arrays) == 2:
            few, many = sorted(self._arrays, key=len)
            if len(few) * _SEARCH < len(many):
                return self.most - int(np.count_nonzero(among(few, many)))
        if self._has_table() or self.most * _COUNTED > self._documents:
            return int(np.count_nonzero(self.table))
        return len(self.docs)

    def __len__(self) -> int:
        return self._count

    def __bool__(self) -> bool:
        return self.most > 0

    def has(self, docs: Array) -> Array:
        """For each of some sorted documents whether it is in the set, (n,) bool."""
        # To make a table takes as long as to look so many documents up among sorted ones.
        if self._has_table() or len(docs) * _SEARCH >= self.most:
            return self.table.take(docs)
        return reduce(or_, (among(docs, array) for array in self._sorted_arrays()))

    def __and__(self, other: "DocSet") -> "DocSet":
        few, many = self, other
        if other.most < self.most:
            few, many = other, self
        if few.most * _FEW > self._documents:
            return DocSet(self._documents, table=self.table & other.table)
        # The arrays are not merged before: fewer documents remain to merge.
        common = [array.compress(many.has(array)) for array in few._sorted_arrays()]
        return DocSet(self._documents, common)

    def __or__(self, other: "DocSet") -> "DocSet":
        if self._table is None and other._table is None:
            return DocSet(self._documents, [*self._sorted_arrays(), *other._sorted_arrays()])
        return DocSet(self._documents, table=self.table | other.table)

    def __sub__(self, other: "DocSet") -> "DocSet":
        if self.most * _FEW > self._documents:
            return DocSet(self._documents, table=self.table & ~other.table)
        remaining = [array.compress(~other.has(array)) for array in self._sorted_arrays()]
        return DocSet(self._documents, remaining)
