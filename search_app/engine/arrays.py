"""Small operations on NumPy arrays that every engine counts and numbers documents with."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def narrow(values: Array) -> Array:
    """The values (not negative) as u8, u16 or u32, whichever is the smallest that holds them."""
    most = int(values.max(initial=0))
    return values.astype(np.uint8 if most < 1 << 8 else np.uint16 if most < 1 << 16 else np.uint32)


def smallest(values: Array) -> Array:
    """The values (not negative) as u32 where they fit, else as u64."""
    fits = not len(values) or int(values.max()) < 1 << 32
    return values.astype(np.uint32 if fits else np.uint64)


def starts_of(counts: Array) -> Array:
    """Where each of so many things begins, and the end."""
    return smallest(np.concatenate([np.zeros(1, np.uint64), counts.cumsum(dtype=np.uint64)]))


def distinct(values: Array) -> Array:
    """The different values, sorted; the first `np.unique` of a process costs it 10 ms."""
    ordered: Array = np.sort(values)
    return ordered[np.flatnonzero(np.diff(ordered, prepend=ordered[:1] + 1))]


def ranges(starts: Array, sizes: Array) -> Array:
    """The numbers of ranges, one range after the other, as intp: [3, 9], [2, 1] → 3 4 9."""
    sizes = sizes.astype(np.intp)
    ends = sizes.cumsum()
    total = int(ends[-1]) if len(ends) else 0
    numbers: Array = np.arange(total) + (starts.astype(np.intp) - (ends - sizes)).repeat(sizes)
    return numbers
