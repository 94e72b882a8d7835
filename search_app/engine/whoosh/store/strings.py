"""Strings as arrays of bytes: lists to be read whole, and tables to be read one by one."""

from collections.abc import Sequence

import numpy as np

from search_app.engine.arrays import Array, starts_of
from search_app.engine.whoosh.store.array_file import ArrayFile

_END = "\0"


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
