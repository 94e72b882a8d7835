"""Named arrays in one file, memory-mapped: how everything lies on disk, strings as arrays of bytes.

    magic (8 bytes) | length of the table, u64 | table, JSON | arrays, each at a multiple of 64

A file may be damaged: whatever it says of where to read is checked first, by `span` and `check`,
which raise DamagedIndex with the name of the file.
"""

import errno
import json
import mmap
import os
import shutil
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import numpy as np

from search_app.engine.arrays import Array, starts_of
from search_app.errors import DamagedIndex, Overloaded

REMEDY = "run `search-app rebuild`"
MAGIC = b"SAPARR01"
_HEAD = len(MAGIC) + 8
_ALIGNED = 64
_DTYPES = frozenset(("|u1", "|i1", "<u2", "<i2", "<u4", "<i4", "<u8", "<i8"))
_END = "\0"
# What reading damaged files raises. Hashes are checked when small files are opened; what large ones
# hold shows as it is read.
_UNREADABLE = (
    zlib.error,
    ValueError,
    LookupError,
    OSError,
    OverflowError,
    TypeError,
    AttributeError,
)
_SHORT_OF = {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN}


@contextmanager
def named_damage(generation: str) -> Iterator[None]:
    """Raises DamagedIndex for whatever reading a damaged file raises, Overloaded out of memory."""
    try:
        yield
    except MemoryError as error:
        raise Overloaded("out of memory; try again later") from error
    except _UNREADABLE as error:
        if isinstance(error, OSError) and error.errno in _SHORT_OF:
            raise Overloaded(f"{error.strerror}; try again later") from error
        reason = f"{type(error).__name__}: {error}"[:120]
        raise DamagedIndex(f"{generation} is damaged ({reason}); {REMEDY}") from error


class ArrayFile:
    """The arrays of one file, read-only and mapped; closed with the last array that is used.

    Raises DamagedIndex where the file is no such file, and from `[]` where it lacks an array.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size < _HEAD:
                self.damaged("is cut off")
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        end = _HEAD + int.from_bytes(self._map[len(MAGIC) : _HEAD], "little")
        if self._map[: len(MAGIC)] != MAGIC or end > len(self._map):
            self.damaged("is no file of arrays")
        try:
            # For each name its dtype, its first byte from the first array's on, how many it has.
            self._table: dict[str, Any] = dict(json.loads(self._map[_HEAD:end]))
        except (ValueError, TypeError, RecursionError):
            self.damaged("has a damaged table")
        self._start = end + -end % _ALIGNED

    def __getitem__(self, name: str) -> Array:
        try:
            dtype, offset, count = self._table[name]
            if dtype not in _DTYPES or offset < 0 or offset % _ALIGNED or count < 0:
                raise ValueError(name)
            if not count:
                return np.empty(0, dtype)
            return np.frombuffer(self._map, dtype, count, self._start + offset)
        except (KeyError, ValueError, TypeError):
            self.damaged(f"has no array {name!r}")

    def get(self, name: str) -> Array | None:
        """The array of this name, None where the file has none."""
        return self[name] if name in self._table else None

    def scalars(self, name: str) -> memoryview:
        """The array of this name, for reading single numbers: in a third of NumPy's time."""
        return self[name].data

    def names(self) -> list[str]:
        """The names of the arrays."""
        return list(self._table)

    def span(self, starts: memoryview, i: int, limit: int) -> tuple[int, int]:
        """`starts[i]` and `starts[i + 1]`; raises DamagedIndex unless 0 ≤ start ≤ end ≤ limit."""
        if not 0 <= i < len(starts) - 1:
            self.damaged("has an entry out of range")
        start, end = int(starts[i]), int(starts[i + 1])
        if not start <= end <= limit:
            self.damaged("has a range out of bounds")
        return start, end

    def check(self, sound: bool) -> None:
        """Raises DamagedIndex unless what was read is sound."""
        if not sound:
            self.damaged("contradicts itself")

    def damaged(self, how: str) -> NoReturn:
        """Raises DamagedIndex, naming the file."""
        raise DamagedIndex(f"{self.path.parent.name}/{self.path.name} {how}; {REMEDY}")


class ArrayWriter:
    """Writes a file of arrays that grow piece by piece, in memory that does not grow with them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._growing: dict[str, tuple[np.dtype[Any], BinaryIO]] = {}

    def append(self, name: str, piece: Array) -> None:
        """Adds a piece to an array; its first piece decides the dtype."""
        if name not in self._growing:
            path = self._path.with_name(f"{self._path.name}.{name}.part")
            self._growing[name] = piece.dtype.newbyteorder("<"), path.open("w+b")
        dtype, file = self._growing[name]
        file.write(np.ascontiguousarray(piece, dtype).data)

    def close(self) -> None:
        """Writes the file, and removes those that the arrays grew in."""
        sizes = {name: (dtype, file.tell()) for name, (dtype, file) in self._growing.items()}
        with self._path.open("wb") as out:
            _write_table(out, sizes)
            for _, file in self._growing.values():
                file.seek(0)
                out.write(bytes(-out.tell() % _ALIGNED))
                shutil.copyfileobj(file, out, 1 << 20)
                os.unlink(file.name)
        self.abandon()

    def abandon(self) -> None:
        """Closes what is open; where nothing was to be written, the folder goes with its files."""
        for _, file in self._growing.values():
            file.close()
        self._growing = {}


def write_arrays(path: Path, arrays: Mapping[str, Array]) -> None:
    """Writes whole arrays as one file."""
    sizes = {name: (a.dtype.newbyteorder("<"), a.nbytes) for name, a in arrays.items()}
    with path.open("wb") as out:
        _write_table(out, sizes)
        for name, array in arrays.items():
            out.write(bytes(-out.tell() % _ALIGNED))
            out.write(np.ascontiguousarray(array, sizes[name][0]).data)


def _write_table(out: BinaryIO, sizes: Mapping[str, tuple[np.dtype[Any], int]]) -> None:
    table: dict[str, tuple[str, int, int]] = {}
    end = 0
    for name, (dtype, size) in sizes.items():
        table[name] = (dtype.str, end, size // dtype.itemsize)
        end += size + -size % _ALIGNED
    text = json.dumps(table, separators=(",", ":")).encode()
    out.write(MAGIC + len(text).to_bytes(8, "little") + text)


def encoded(text: str) -> bytes:
    """The text in UTF-8. Lone surrogates, which broken JSON may hold, are kept as they are."""
    return text.encode("utf-8", "surrogatepass")


def decoded(data: bytes) -> str:
    """The text that `encoded` made these bytes of."""
    return data.decode("utf-8", "surrogatepass")


def packed_strings(strings: Sequence[str]) -> Array:
    """The strings, a zero byte behind each; raises ValueError for one that holds a zero."""
    text = "".join(string + _END for string in strings)
    if text.count(_END) != len(strings):
        raise ValueError("a zero character in a term or value")
    return np.frombuffer(encoded(text), np.uint8)


def unpacked_strings(data: Array) -> list[str]:
    """The strings of `packed_strings`."""
    return decoded(data.tobytes()).split(_END)[:-1]


def string_table(name: str, strings: Sequence[str]) -> dict[str, Array]:
    """The arrays of a table: its bytes, and where in them each string begins, and the end."""
    texts = list(map(encoded, strings))
    lengths = np.fromiter(map(len, texts), np.uint64, len(texts))
    data = np.frombuffer(b"".join(texts), np.uint8)
    return {name: data, f"{name}_starts": starts_of(lengths)}


class StringTable:
    """Reads a table that `string_table` made."""

    def __init__(self, file: ArrayFile, name: str) -> None:
        self._file, self._data = file, file[name]
        self._starts = file.scalars(f"{name}_starts")

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, number: int) -> str:
        start, end = self._file.span(self._starts, number, len(self._data))
        return decoded(self._data[start:end].tobytes())
