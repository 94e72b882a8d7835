"""Whole values of articles (newspaper, authors, …) as numbers into a sorted table.

<facet>.values        u8, the values in UTF-8, sorted by their symbols and then themselves
<facet>.value_starts  where each value begins, and the end
<facet>.codes         for each document 1 + the number of its value, 0 for none; where some
have several values, the numbers of all documents one after another
<facet>.starts        only in the second case: where the codes of each document begin, and the end
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence

import numpy as np

from search_app.engine.arrays import Array, distinct, ranges
from search_app.engine.whoosh.store.array_file import ArrayFile
from search_app.engine.whoosh.store.strings import StringTable
from search_app.text.symbols import symbols

# A few codes of very many are counted by sorting them.
_FEW = 16


class Facet:
    """Reads the values of one field."""

    def __init__(self, file: ArrayFile, name: str) -> None:
        self._file = file
        self.values = StringTable(file, f"{name}.values")
        self._codes = file[f"{name}.codes"]
        self._starts = file.get(f"{name}.starts")
        self._numbers: list[int] | None = None  # in the facet of the one other segment

    def holders(self, wanted: tuple[str, ...]) -> Array:
        """The documents that have a value of these symbols, ascending."""
        key = lambda n: symbols(self.values[n])  # noqa: E731
        first = bisect_left(range(len(self.values)), wanted, key=key)
        last = bisect_right(range(len(self.values)), wanted, lo=first, key=key)
        if self._starts is None:
            return ((self._codes > first) & (self._codes <= last)).nonzero()[0]
        found = ((self._codes >= first) & (self._codes < last)).nonzero()[0]
        return distinct(self._starts.searchsorted(found.astype(self._starts.dtype), "right") - 1)

    def values_of(self, document: int) -> tuple[str, ...]:
        """The values that one document has, in the order in which it has them."""
        if self._starts is None:
            codes = self._codes[document : document + 1]
            codes = codes[codes > 0] - 1
        else:
            start, end = self._file.span(self._starts.data, document, len(self._codes))
            codes = self._codes[start:end]
        return tuple(map(self.values.__getitem__, codes.tolist()))

    def numbers_in(self, other: "Facet") -> list[int]:
        """For each value its number in another table, -1 where it is not there."""
        if self._numbers is None:
            self._numbers = [other.number(self.values[n]) for n in range(len(self.values))]
        return self._numbers

    def number(self, value: str) -> int:
        """The number of a value, -1 where there is none."""
        key = (symbols(value), value)
        n = bisect_left(
            range(len(self.values)), key, key=lambda n: (symbols(self.values[n]), self.values[n])
        )
        return n if n < len(self.values) and self.values[n] == value else -1

    def frequencies(self, docs: Array) -> tuple[Array, Array]:
        """The numbers of the values that some of these documents have, ascending, and how many."""
        if self._starts is None:
            numbers, counts = self._counted(self._codes[docs], len(self.values) + 1)
            return numbers[numbers > 0] - 1, counts[numbers > 0]
        starts, ends = self._starts[docs].astype(np.intp), self._starts[docs + 1].astype(np.intp)
        self._file.check(bool((starts <= ends).all()) and ends.max(initial=0) <= len(self._codes))
        return self._counted(self._codes[ranges(starts, ends - starts)], len(self.values))

    def _counted(self, codes: Array, bound: int) -> tuple[Array, Array]:
        """The different codes and how often each is there; none may be beyond the bound."""
        # Before they are counted: an array as long as a damaged code says might fill the memory.
        self._file.check(int(codes.max(initial=0)) < max(bound, 1))
        if len(codes) < bound // _FEW:
            numbers, few = np.unique(codes, return_counts=True)
            return numbers.astype(np.intp), few
        counts = np.bincount(codes, minlength=bound)
        numbers = counts.nonzero()[0]
        return numbers, counts[numbers]


def most_frequent(
    facets: Sequence[Facet], parts: Sequence[Array], limit: int
) -> tuple[tuple[str, int], ...]:
    """The most frequent values among the documents of each segment, ties by the value."""
    facet = facets[0]
    numbers, counts = facet.frequencies(parts[0])
    others = Counter[str]()
    for other, part in zip(facets[1:], parts[1:], strict=True):
        more, few = other.frequencies(part)
        known = np.array(other.numbers_in(facet), np.intp)[more]
        numbers, counts = _added(numbers, counts, known[known >= 0], few[known >= 0])
        for number, count in zip(more[known < 0].tolist(), few[known < 0].tolist(), strict=True):
            others[other.values[number]] += count
    least = int(np.partition(counts, -limit)[-limit]) if len(counts) > limit else 1
    best = (counts >= least).nonzero()[0]
    names = map(facet.values.__getitem__, numbers[best].tolist())
    found = zip(names, counts[best].tolist(), strict=True)
    return tuple(sorted([*found, *others.items()], key=lambda item: (-item[1], item[0]))[:limit])


def _added(numbers: Array, counts: Array, more: Array, few: Array) -> tuple[Array, Array]:
    """Counts of numbers with further ones added."""
    both, which = np.unique(np.concatenate([numbers, more]), return_inverse=True)
    sums = np.bincount(which, np.concatenate([counts, few]), len(both))
    return both, sums.astype(np.intp)
