"""What reading damaged files raises, from zlib to Whoosh, under one name."""

import pickle
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from whoosh.reading import TermNotFound

from search_app.errors import DamagedIndex

REMEDY = "run `search-app rebuild`"
# Hashes are checked when small files are opened; what large ones hold shows as it is read.
_UNREADABLE = (
    zlib.error, struct.error, pickle.UnpicklingError, TermNotFound, ValueError, LookupError,
    EOFError, OSError, OverflowError, MemoryError, TypeError,
)  # fmt: skip


@contextmanager
def named_damage(generation: str) -> Iterator[None]:
    """Raises DamagedIndex for whatever reading a damaged file of the generation raises."""
    try:
        yield
    except _UNREADABLE as error:
        reason = f"{type(error).__name__}: {error}"[:120]
        raise DamagedIndex(f"{generation} is damaged ({reason}); {REMEDY}") from error
