"""Small operations on NumPy arrays that every engine counts and numbers documents with."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def narrow(values: Array) -> Array:
    """The values (from 0 to 2³² - 1) as u8, u16 or u32, whichever is the smallest for them all."""
    return values.astype(np.min_scalar_type(int(values.max(initial=0))))


def smallest(values: Array) -> Array:
    """The values (not negative) as u32 where they fit, else as u64."""
    return values.astype(np.uint32 if int(values.max(initial=0)) < 1 << 32 else np.uint64)


def starts_of(counts: Array) -> Array:
    """Where each begins of groups of these sizes, and the end, u32 or u64: [2, 3] → 0 2 5."""
    return smallest(np.concatenate([np.zeros(1, np.uint64), counts.cumsum(dtype=np.uint64)]))


def distinct(values: Array) -> Array:
    """The different values, ascending. Not by `np.unique`: its first call costs a process 10 ms."""
    return distinct_of_sorted(np.sort(values))


def distinct_of_sorted(numbers: Array) -> Array:
    """The different ones of sorted numbers."""
    if len(numbers) <= 1:
        return numbers
    first = np.empty(len(numbers), bool)
    first[0] = True
    np.not_equal(numbers[1:], numbers[:-1], out=first[1:])
    return numbers.compress(first)


def among(numbers: Array, others: Array) -> Array:
    """For each of the numbers whether it is one of the others, which are sorted, (n,) bool."""
    if not len(others):
        return np.zeros(len(numbers), bool)
    held: Array = others.take(others.searchsorted(numbers), mode="clip") == numbers
    return held


def ranges(starts: Array, sizes: Array) -> Array:
    """The numbers in ranges, one range after the other, intp: starts 3, 9, sizes 2, 1 → 3 4 9."""
    sizes = sizes.astype(np.intp)
    ends = sizes.cumsum()
    numbers: Array = np.arange(int(sizes.sum())) + (starts.astype(np.intp) - (ends - sizes)).repeat(
        sizes
    )
    return numbers
