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

from search_app.engine.whoosh.arrays import Array, ArrayFile, ranges
from search_app.engine.whoosh.strings import StringTable
from search_app.text.symbols import symbols


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
        return np.unique(self._starts.searchsorted(found.astype(self._starts.dtype), "right") - 1)

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

    def counts(self, docs: Array) -> Array:
        """How many of these documents have each value, (len(self.values),)."""
        if self._starts is None:
            return self._counted(self._codes[docs], len(self.values) + 1)[1:]
        starts, ends = self._starts[docs].astype(np.intp), self._starts[docs + 1].astype(np.intp)
        self._file.check(bool((starts <= ends).all()) and ends.max(initial=0) <= len(self._codes))
        return self._counted(self._codes[ranges(starts, ends - starts)], len(self.values))

    def _counted(self, codes: Array, bound: int) -> Array:
        """How often each number below a bound is among the codes; none may be beyond it."""
        # Before they are counted: an array as long as a damaged code says might fill the memory.
        self._file.check(int(codes.max(initial=0)) < max(bound, 1))
        return np.bincount(codes, minlength=bound)


def most_frequent(
    facets: Sequence[Facet], parts: Sequence[Array], limit: int
) -> tuple[tuple[str, int], ...]:
    """The most frequent values among the documents of each segment, ties by the value."""
    facet, counts = facets[0], facets[0].counts(parts[0])
    others = Counter[str]()
    for other, part in zip(facets[1:], parts[1:], strict=True):
        number_of = other.numbers_in(facet)
        for number, count in enumerate(other.counts(part).tolist()):
            if count and number_of[number] < 0:
                others[other.values[number]] += count
            elif count:
                counts[number_of[number]] += count
    least = max(1, int(np.partition(counts, -limit)[-limit])) if len(counts) > limit else 1
    found = [(facet.values[n], int(counts[n])) for n in (counts >= least).nonzero()[0].tolist()]
    return tuple(sorted([*found, *others.items()], key=lambda item: (-item[1], item[0]))[:limit])


def years(dates: Array, limit: int) -> tuple[tuple[str, int], ...]:
    """The most frequent years of these date numbers, ties by the year."""
    items = [(f"{year:04}", n) for year, n in _frequencies(dates[dates > 0] // 10_000)]
    return tuple(sorted(items, key=lambda item: (-item[1], item[0]))[:limit])


def months(dates: Array) -> tuple[tuple[str, int], ...]:
    """How many of these date numbers fall into each month; those without one into none."""
    items = _frequencies(dates[dates > 0] // 100)
    return tuple((f"{m // 100:04}-{m % 100:02}", n) for m, n in items if m % 100)


def _frequencies(numbers: Array) -> list[tuple[int, int]]:
    """How often each number occurs, by the numbers; these are not far apart, as dates are."""
    if not len(numbers):
        return []
    low = int(numbers.min())
    counts = np.bincount(numbers - low)
    found = counts.nonzero()[0]
    return list(zip((found + low).tolist(), counts[found].tolist(), strict=True))
