"""Sets of documents: sorted numbers where they are few, a table of all documents where many.

To put many documents into a table, and tables together, is a fraction of what it takes to sort
them; to write the numbers out again (`docs`) costs most and is done for the last set only.
"""

from collections.abc import Iterable
from functools import cached_property

import numpy as np

from search_app.engine.whoosh.arrays import Array, distinct

NONE: Array = np.empty(0, np.intp)
# With less than this share of all documents numbers are faster; measured on 100,000.
_FEW = 64


class DocSet:
    """A set of some of so many documents; it never changes. Give `docs`, sorted, or `table`."""

    def __init__(
        self, documents: int, docs: Array | None = None, table: Array | None = None
    ) -> None:
        self._documents, self._table = documents, table
        if docs is not None:
            self.docs = docs

    @classmethod
    def of(cls, parts: Iterable[tuple[int, Array]], documents: int) -> "DocSet":
        """The documents in any of some arrays, each counted from the document beside it.

        An array holds documents in any order, or is a table of some that follow each other.
        """
        filled = [(start, part) for start, part in parts if len(part)]
        if sum(len(part) for _, part in filled) * _FEW < documents:
            docs = [start + (p.nonzero()[0] if p.dtype == bool else p) for start, p in filled]
            return cls(documents, distinct(np.concatenate(docs)) if docs else NONE)
        table = np.zeros(documents, bool)
        for start, part in filled:
            if part.dtype == bool:
                table[start : start + len(part)] |= part
            else:
                table[part + start if start else part] = True
        return cls(documents, table=table)

    @cached_property
    def docs(self) -> Array:
        """The documents as sorted numbers, (n,) intp."""
        docs: Array = self._table.nonzero()[0] if self._table is not None else NONE
        return docs

    @cached_property
    def _count(self) -> int:
        if self._table is None or "docs" in self.__dict__:
            return len(self.docs)
        return int(np.count_nonzero(self._table))

    def __len__(self) -> int:
        return self._count

    def has(self, docs: Array) -> Array:
        """For each of some documents, sorted, whether it is in the set, (n,) bool."""
        if self._table is not None:
            held: Array = self._table[docs]
            return held
        return among(docs, self.docs)

    def __and__(self, other: "DocSet") -> "DocSet":
        if self._table is not None and other._table is not None:
            return DocSet(self._documents, table=self._table & other._table)
        few, many = sorted((self, other), key=lambda s: (s._table is not None, len(s)))
        return DocSet(self._documents, few.docs.compress(many.has(few.docs)))

    def __or__(self, other: "DocSet") -> "DocSet":
        if self._table is not None and other._table is not None:
            return DocSet(self._documents, table=self._table | other._table)
        if self._table is None and other._table is None:
            return DocSet.of([(0, self.docs), (0, other.docs)], self._documents)
        few, many = sorted((self, other), key=lambda s: s._table is not None)
        table = many._copy()
        table[few.docs] = True
        return DocSet(self._documents, table=table)

    def __sub__(self, other: "DocSet") -> "DocSet":
        if self._table is None:
            return DocSet(self._documents, self.docs.compress(~other.has(self.docs)))
        if other._table is not None:
            return DocSet(self._documents, table=self._table & ~other._table)
        table = self._copy()
        table[other.docs] = False
        return DocSet(self._documents, table=table)

    def _copy(self) -> Array:
        assert self._table is not None
        return self._table.copy()


def among(numbers: Array, others: Array) -> Array:
    """For each of the numbers (sorted, as `others` are) whether it is one of the others."""
    if not len(others):
        return np.zeros(len(numbers), bool)
    found: Array = others.take(others.searchsorted(numbers), mode="clip") == numbers
    return found
