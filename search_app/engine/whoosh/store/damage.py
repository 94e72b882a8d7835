"""What reading damaged files raises, under one name."""

import errno
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from search_app.errors import DamagedIndex, Overloaded

REMEDY = "run `search-app rebuild`"
# Hashes are checked when small files are opened; what large ones hold shows as it is read.
_UNREADABLE = (
    zlib.error, ValueError, LookupError, EOFError, OSError, OverflowError, TypeError,
    AttributeError,
)  # fmt: skip
_SHORT_OF = {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN}


@contextmanager
def named_damage(generation: str) -> Iterator[None]:
    """Raises DamagedIndex for whatever reading a damaged file of the generation raises.

    Raises Overloaded where the process is short of memory or of open files.
    """
    try:
        yield
    except MemoryError as error:
        raise Overloaded("out of memory; try again later") from error
    except _UNREADABLE as error:
        if isinstance(error, OSError) and error.errno in _SHORT_OF:
            raise Overloaded(f"{error.strerror}; try again later") from error
        reason = f"{type(error).__name__}: {error}"[:120]
        raise DamagedIndex(f"{generation} is damaged ({reason}); {REMEDY}") from error
