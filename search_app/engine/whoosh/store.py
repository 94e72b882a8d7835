"""The articles of a generation as files beside the Whoosh index.

`articles.bin` holds JSON lines in zlib blocks of about 64 KB, `articles.idx` for each block its
offset and the number of its first article, little-endian u64, closed by a last pair.
`columns.json` holds what ordering and filtering need of every article, `withdrawn.json` the
reasons why articles were taken out.
"""

import json
import os
import sys
import weakref
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, asdict, fields
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, BinaryIO

from search_app.engine.columns import Columns
from search_app.engine.ranking import Key
from search_app.model import Article, Source

BLOCK = 64 * 1024

_DEFAULTS = {f.name: f.default for f in fields(Article) if f.default is not MISSING}


def _to_line(article: Article) -> bytes:
    values = {k: v for k, v in asdict(article).items() if v != _DEFAULTS.get(k, MISSING)}
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _from_line(line: bytes) -> Article:
    values: dict[str, Any] = json.loads(line)
    values["source"] = Source(**values["source"])
    for name in ("authors", "doubts"):
        values[name] = tuple(values.get(name, ()))
    return Article(**values)


class StoreWriter:
    """Writes articles in the order they come; they are numbered from 0."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = (folder / "articles.bin").open("wb")
        self._index = array("Q", (0, 0))
        self._block: list[bytes] = []
        self._size = 0
        self._columns = Columns.of(())

    def add(self, article: Article) -> None:
        """Appends an article."""
        line = _to_line(article)
        self._block.append(line)
        self._size += len(line)
        self._columns.add(article)
        if self._size >= BLOCK:
            self._flush()

    def close(self) -> None:
        """Writes what is left, the index and the columns."""
        if self._block:
            self._flush()
        self._file.close()
        (self._folder / "articles.idx").write_bytes(_little_endian(self._index).tobytes())
        columns = {"keys": self._columns.keys, "values": self._columns.values}
        (self._folder / "columns.json").write_text(
            json.dumps(columns, ensure_ascii=False, separators=(",", ":")), encoding="utf-8"
        )

    def _flush(self) -> None:
        self._file.write(zlib.compress(b"".join(self._block)))
        self._index.extend((self._file.tell(), len(self._columns.keys)))
        self._block, self._size = [], 0


def write_withdrawn(folder: Path, reasons: Mapping[str, str]) -> None:
    """Writes why articles were taken out, by their ids."""
    text = json.dumps(dict(sorted(reasons.items())), ensure_ascii=False, indent=0)
    (folder / "withdrawn.json").write_text(text, encoding="utf-8")


class Store:
    """Reads the articles of a generation by number."""

    def __init__(self, folder: Path) -> None:
        file = (folder / "articles.bin").open("rb")
        # No cycle leads back to the store, so that file and locks go with its last reader.
        weakref.finalize(self, file.close)
        index = array("Q")
        index.frombytes((folder / "articles.idx").read_bytes())
        index = _little_endian(index)
        offsets, self._firsts = index[0::2], index[1::2]
        columns = json.loads((folder / "columns.json").read_text(encoding="utf-8"))
        self.columns = Columns([Key(*key) for key in columns["keys"]], columns["values"])
        self.numbers = {key.id: number for number, key in enumerate(self.columns.keys)}
        self.withdrawn: Mapping[str, str] = json.loads((folder / "withdrawn.json").read_bytes())
        self._lines = lru_cache(maxsize=64)(partial(_read_block, file, offsets))

    def articles(self, numbers: Iterable[int]) -> list[Article]:
        """The articles with these numbers, in this order."""
        return [self._article(number) for number in numbers]

    def _article(self, number: int) -> Article:
        block = bisect_right(self._firsts, number) - 1
        return _from_line(self._lines(block)[number - self._firsts[block]])


def _read_block(file: BinaryIO, offsets: Sequence[int], block: int) -> Sequence[bytes]:
    """The lines of a block."""
    start, end = offsets[block], offsets[block + 1]
    # pread: threads share the file, so that none may move its position.
    return zlib.decompress(os.pread(file.fileno(), end - start, start)).split(b"\n")


def _little_endian(values: "array[int]") -> "array[int]":
    if sys.byteorder == "big":
        values = array("Q", values)
        values.byteswap()
    return values
