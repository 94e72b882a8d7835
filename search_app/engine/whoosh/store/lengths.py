"""Whoosh's lengths in one byte: exact up to about a hundred, then within a few per cent."""

import numpy as np
from whoosh.util.numeric import byte_to_length

from search_app.engine.arrays import Array

LENGTHS: Array = np.array([byte_to_length(byte) for byte in range(256)], np.int64)


def length_bytes(lengths: Array) -> Array:
    """The byte for each length, as `whoosh.util.numeric.length_to_byte` gives it (a test says)."""
    return LENGTHS.searchsorted(lengths).clip(0, 255).astype(np.uint8)
