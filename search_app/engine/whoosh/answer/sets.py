"""Sets of documents: sorted numbers, or a table of all documents, whichever is asked for.

A leaf's documents come as a few sorted arrays, one for each field and segment. What is done with
them decides what they become: to look few documents up among them, a table; to be counted or
ranked, numbers. To write out the numbers of a table costs most and is done for large sets only.
"""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_

import numpy as np

from search_app.engine.arrays import Array
from search_app.engine.whoosh.store.lazy import lazy

NONE: Array = np.empty(0, np.intp)
# Shares of all documents, measured on 100,000. With fewer than the first, two sets are put together
# by the numbers of the smaller one; with fewer than the second, numbers are merged without a table.
_FEW, _MERGED, _COUNTED = 12, 4, 64
# To look a document up among sorted numbers takes so many times as long as to put one into a table.
_SEARCH = 12


class DocSet:
    """A set of some of so many documents; it never changes.

    Give `parts`, sorted arrays of documents that may share some, or a `table` (documents,) bool.
    """

    def __init__(
        self, documents: int, parts: Sequence[Array] = (), table: Array | None = None
    ) -> None:
        self._documents, self._parts, self._table = documents, parts, table

    @classmethod
    def of(cls, parts: Iterable[tuple[int, Array]], documents: int) -> "DocSet":
        """The documents in any of some arrays, each counted from the document beside it.

        An array holds sorted documents, or is a table of some that follow each other.
        """
        filled = [(start, part) for start, part in parts if len(part)]
        if not any(part.dtype == bool for _, part in filled):
            return cls(documents, [start + part if start else part for start, part in filled])
        table = np.zeros(documents, bool)
        for start, part in filled:
            if part.dtype == bool:
                table[start : start + len(part)] |= part
            else:
                table[start + part] = True
        return cls(documents, table=table)

    @lazy
    def docs(self) -> Array:
        """The documents as sorted numbers, (n,) intp."""
        if self._table is not None:
            return self._table.nonzero()[0]
        if len(self._parts) <= 1:
            return self._parts[0] if self._parts else NONE
        if self.most * _MERGED > self._documents:
            return self.table.nonzero()[0]
        return _merged(self._parts)

    @lazy
    def table(self) -> Array:
        """For each document whether it is in the set, (documents,) bool."""
        if self._table is not None:
            return self._table
        table = np.zeros(self._documents, bool)
        for part in self._listed:
            table[part] = True
        return table

    @property
    def _listed(self) -> Sequence[Array]:
        """The documents as sorted arrays that may share some."""
        written = "docs" in self.__dict__ or self._table is not None
        return (self.docs,) if written else self._parts

    @lazy
    def most(self) -> int:
        """A number of documents, not less than there are."""
        return len(self) if self._table is not None else sum(map(len, self._parts))

    @lazy
    def _count(self) -> int:
        if "docs" in self.__dict__:
            return len(self.docs)
        if self._table is None and len(self._parts) == 2:
            few, many = sorted(self._parts, key=len)
            if len(few) * _SEARCH < len(many):
                return self.most - int(np.count_nonzero(among(few, many)))
        tabled = self._table is not None or "table" in self.__dict__
        if tabled or self.most * _COUNTED > self._documents:
            return int(np.count_nonzero(self.table))
        return len(self.docs)

    def __len__(self) -> int:
        return self._count

    def __bool__(self) -> bool:
        return self.most > 0

    def has(self, docs: Array) -> Array:
        """For each of some documents, sorted, whether it is in the set, (n,) bool."""
        tabled = self._table is not None or "table" in self.__dict__
        if tabled or len(docs) * _SEARCH >= self.most:
            return self.table.take(docs)
        return reduce(or_, (among(docs, part) for part in self._listed))

    def __and__(self, other: "DocSet") -> "DocSet":
        few, many = (self, other) if self.most <= other.most else (other, self)
        if few.most * _FEW > self._documents:
            return DocSet(self._documents, table=self.table & other.table)
        # Not merged before: fewer are left to merge.
        return DocSet(self._documents, [part.compress(many.has(part)) for part in few._listed])

    def __or__(self, other: "DocSet") -> "DocSet":
        if self._table is None and other._table is None:
            return DocSet(self._documents, [*self._listed, *other._listed])
        return DocSet(self._documents, table=self.table | other.table)

    def __sub__(self, other: "DocSet") -> "DocSet":
        if self.most * _FEW > self._documents:
            return DocSet(self._documents, table=self.table & ~other.table)
        return DocSet(self._documents, [part.compress(~other.has(part)) for part in self._listed])


def among(numbers: Array, others: Array) -> Array:
    """For each of the numbers (sorted, as `others` are) whether it is one of the others."""
    if not len(others):
        return np.zeros(len(numbers), bool)
    found: Array = others.take(others.searchsorted(numbers), mode="clip") == numbers
    return found


def _merged(parts: Sequence[Array]) -> Array:
    """The different numbers in some sorted arrays, sorted."""
    # Stable, because that finds the runs that are there: a fiftieth of the time.
    numbers = np.sort(np.concatenate(parts), kind="stable")
    return distinct_of_sorted(numbers)


def distinct_of_sorted(numbers: Array) -> Array:
    """The different ones of sorted numbers."""
    if len(numbers) <= 1:
        return numbers
    first = np.empty(len(numbers), bool)
    first[0] = True
    np.not_equal(numbers[1:], numbers[:-1], out=first[1:])
    return numbers.compress(first)
