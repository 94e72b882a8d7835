"""Counts of dates, for the facet of years and for histograms."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from search_app.engine.arrays import Array
from search_app.engine.base import HistogramUnit


class _Unit(NamedTuple):
    """What a date number, YYYYMMDD, is divided by to leave so many digits."""

    divisor: int
    digits: int


_UNITS: Mapping[HistogramUnit, _Unit] = {
    "year": _Unit(10_000, 4),
    "month": _Unit(100, 6),
    "day": _Unit(1, 8),
}


def most_frequent_years(dates: Array, limit: int) -> tuple[tuple[str, int], ...]:
    """The most frequent years of date numbers, ties by the year; 0 is no date."""
    years = sorted(histogram(dates, "year"), key=lambda item: (-item[1], item[0]))
    return tuple(years[:limit])


def histogram(dates: Array, unit: HistogramUnit) -> tuple[tuple[str, int], ...]:
    """How many date numbers fall into each year, month or day (ISO 8601), in order.

    Those are left out that do not say as much: 0, or 00 for the month or the day.
    """
    divisor, digits = _UNITS[unit]
    numbers = dates[dates > 0] // divisor
    if not len(numbers):
        return ()
    # Dates are not far apart: 80 years of days are 800,000 numbers.
    first = int(numbers.min())
    counts = np.bincount(numbers - first)
    items = []
    for place in counts.nonzero()[0].tolist():
        number = first + place
        if unit == "year" or number % 100:
            text = f"{number:0{digits}}"
            iso = "-".join(filter(None, (text[:4], text[4:6], text[6:])))
            items.append((iso, int(counts[place])))
    return tuple(items)
