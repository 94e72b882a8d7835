"""Whole values of articles (newspaper, authors, …), as numbers into a table of all of them.

It is sorted by the symbols of the values, then themselves. A document's code is 1 + the number of
its value, 0 for none; where it may have several, the numbers from its `starts` on.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence

import numpy as np

from search_app.engine.arrays import Array, distinct, ranges
from search_app.engine.whoosh.store.array_file import ArrayFile, StringTable
from search_app.text.symbols import symbols

# Codes of which there are fewer than a 16th of all values are sorted to be counted: a table of
# 200,000 people, most of whom no match names, would cost more (1.5 ms of a page of results).
_FEW = 16


class Facet:
    """Reads the values of one field."""

    def __init__(self, file: ArrayFile, name: str) -> None:
        self._file = file
        self.values = StringTable(file, f"{name}.values")
        self._codes = file[f"{name}.codes"]
        self._starts = file.get(f"{name}.starts")
        self._numbers_in_base: Array | None = None

    def holders(self, wanted: tuple[str, ...]) -> Array:
        """The documents that have a value of these symbols, ascending."""
        numbers = range(len(self.values))
        first = bisect_left(numbers, wanted, key=self._symbols_of)
        last = bisect_right(numbers, wanted, lo=first, key=self._symbols_of)
        if self._starts is None:
            return ((self._codes > first) & (self._codes <= last)).nonzero()[0]
        at = ((self._codes >= first) & (self._codes < last)).nonzero()[0]
        return distinct(self._starts.searchsorted(at.astype(self._starts.dtype), "right") - 1)

    def values_of(self, document: int) -> tuple[str, ...]:
        """The values of one document, in its own order."""
        if self._starts is None:
            codes = self._codes[document : document + 1]
            codes = codes[codes > 0] - 1
        else:
            start, end = self._file.span(self._starts.data, document, len(self._codes))
            codes = self._codes[start:end]
        return tuple(map(self.values.__getitem__, codes.tolist()))

    def numbers_in(self, base: "Facet") -> Array:
        """For each value its number in the table of the base segment, -1 where it is not there."""
        # Kept: each value is bisected for among all those of the base, in Python.
        if self._numbers_in_base is None:
            self._numbers_in_base = np.full(len(self.values), -1)
            for number in range(len(self.values)):
                key, numbers = self._sort_key(number), range(len(base.values))
                n = bisect_left(numbers, key, key=base._sort_key)
                if n in numbers and base.values[n] == key[1]:
                    self._numbers_in_base[number] = n
        return self._numbers_in_base

    def _symbols_of(self, number: int) -> tuple[str, ...]:
        return symbols(self.values[number])

    def _sort_key(self, number: int) -> tuple[tuple[str, ...], str]:
        return self._symbols_of(number), self.values[number]

    def frequencies(self, docs: Array) -> tuple[Array, Array]:
        """The numbers of the values of these documents, ascending, and how often each is there."""
        if self._starts is None:
            numbers, counts = self._count_codes(self._codes[docs], len(self.values) + 1)
            return numbers[numbers > 0] - 1, counts[numbers > 0]
        starts = self._starts[docs].astype(np.intp)
        ends = self._starts[docs + 1].astype(np.intp)
        self._file.check(bool((starts <= ends).all()) and ends.max(initial=0) <= len(self._codes))
        return self._count_codes(self._codes[ranges(starts, ends - starts)], len(self.values))

    def _count_codes(self, codes: Array, bound: int) -> tuple[Array, Array]:
        # All codes are below `bound`: a damaged one would let `bincount` fill the memory.
        self._file.check(int(codes.max(initial=0)) < max(bound, 1))
        if len(codes) < bound // _FEW:
            numbers, counts = np.unique(codes, return_counts=True)
            return numbers.astype(np.intp), counts
        counts = np.bincount(codes, minlength=bound)
        numbers = counts.nonzero()[0]
        return numbers, counts[numbers]


def most_frequent(
    facets: Sequence[Facet], documents: Sequence[Array], limit: int
) -> tuple[tuple[str, int], ...]:
    """The most frequent values with their counts, ties by the value.

    facets: the same one of each segment, the base first; documents: those to count, per segment.
    """
    base = facets[0]
    numbers, counts = base.frequencies(documents[0])
    not_in_base = Counter[str]()
    for facet, docs in zip(facets[1:], documents[1:], strict=True):
        own, own_counts = facet.frequencies(docs)
        in_base = facet.numbers_in(base)[own]
        shared, new = in_base >= 0, in_base < 0
        numbers, which = np.unique(np.append(numbers, in_base[shared]), return_inverse=True)
        sums = np.bincount(which, np.append(counts, own_counts[shared]), len(numbers))
        counts = sums.astype(np.intp)
        for number, count in zip(own[new].tolist(), own_counts[new].tolist(), strict=True):
            not_in_base[facet.values[number]] += count
    # Only the best need their values read; ties with the last of these are among them.
    least = int(np.partition(counts, -limit)[-limit]) if len(counts) > limit else 1
    best = (counts >= least).nonzero()[0]
    values = map(base.values.__getitem__, numbers[best].tolist())
    counted = [*zip(values, counts[best].tolist(), strict=True), *not_in_base.items()]
    return tuple(sorted(counted, key=lambda item: (-item[1], item[0]))[:limit])
