"""From a file of the corpus to its text: unpacked within limits, decoded without guessing."""

import codecs
import gzip
import os
import re
import stat
import zlib
from collections.abc import Iterator
from itertools import chain
from typing import IO

from search_app.articles.base import BinaryFile, SourceFile
from search_app.articles.files import FoundFile, cause, issue_of, printable
from search_app.errors import BadSetting
from search_app.model import Reject

MAX_BYTES = 2_000_000_000
MAX_RATIO = 100  # how many times its own size a packed file may hold
FREE_OF_RATIO = 10_000_000  # bytes that any packed file may hold: small repetitive ones are fine
_CHUNK = 1 << 20

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Codecs for names and program text, which fail in ways of their own.
_NO_TEXT = ("idna", "punycode", "raw_unicode_escape", "undefined", "unicode_escape")
# Control characters that are no white space; surrogates, which some codecs let through.
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]")


class _FileError(Exception):
    def __init__(self, reason: str, remedy: str, line: int = 0) -> None:
        super().__init__(reason)
        self.reject = (line, reason, remedy)


def read_file(file: FoundFile, encoding: str | None = None) -> SourceFile | Reject:
    """The text of a file without its byte order mark, or why it cannot be read.

    A byte order mark says the encoding; without one it is `encoding`, or UTF-8. A control
    character becomes a space, one for one: offsets stay, and the words around it are found.
    """
    path = printable(file.path)
    try:
        text = "".join(_texts(file, encoding))
    except _FileError as e:
        return Reject(path, *e.reject)
    return SourceFile(path, _printable(text), issue_of(file.path))


def read_bytes(file: FoundFile, encoding: str | None = None) -> BinaryFile | Reject:
    """The bytes of a file, or why it cannot be read."""
    path = printable(file.path)
    try:
        return BinaryFile(path, b"".join(_chunks(file)), issue_of(file.path), encoding)
    except _FileError as e:
        return Reject(path, *e.reject)


def read_slices(
    file: FoundFile, encoding: str | None, characters: int
) -> Iterator[SourceFile | Reject]:
    """As `read_file`, but whole lines of a file at a time, so many characters or a line more.

    The file is read twice, so that one that turns out to be unreadable is rejected as a whole.
    """
    path, issue = printable(file.path), issue_of(file.path)
    try:
        for _ in _texts(file, encoding):
            pass
        held, start, line = "", 0, 1
        for text in chain(_texts(file, encoding), [None]):
            held += _printable(text or "")
            while cut := _cut(held, characters, text is None):
                yield SourceFile(path, held[:cut], issue, start, line)
                start, line = start + cut, line + held.count("\n", 0, cut)
                held = held[cut:]
    except _FileError as e:
        yield Reject(path, *e.reject)


def _cut(held: str, characters: int, is_last: bool) -> int:
    """Where a slice ends, behind a line; 0 where more must be read first."""
    if len(held) >= characters and (end := held.find("\n", characters - 1) + 1):
        return end
    return len(held) if is_last else 0


def check_encoding(encoding: str | None) -> None:
    """Raises BadSetting for a name that no text encoding has."""
    try:
        known = not encoding or codecs.lookup(encoding).name.replace("-", "_") not in _NO_TEXT
        bytes(4).decode(encoding or "utf-8")  # codecs from bytes to bytes are refused here
    except (LookupError, ValueError):
        known = False
    if not known:
        situation = f"there is no text encoding {encoding!r}"
        raise BadSetting(f"{situation}; use for instance utf-8, gb18030 or big5")


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub(" ", text)


def _texts(file: FoundFile, encoding: str | None) -> Iterator[str]:
    """The text of a file as it is, piece by piece."""
    decoder, lines, done = None, 0, 0
    for chunk in chain(_chunks(file), [b""]):
        if decoder is None:
            mark, codec = next(
                (m for m in _MARKS if chunk.startswith(m[0])), (b"", encoding or "utf-8")
            )
            decoder, chunk, done = (
                codecs.getincrementaldecoder(codec)(),
                chunk[len(mark) :],
                len(mark),
            )
        waiting = len(decoder.getstate()[0])
        try:
            text = decoder.decode(chunk, not chunk)
        except UnicodeError as e:
            raise _undecodable(e, codec, done - waiting, lines) from None
        done += len(chunk)
        lines += text.count("\n")
        yield text


def _chunks(file: FoundFile) -> Iterator[bytes]:
    """The bytes of a file, unpacked, up to the limits."""
    try:
        with _opened(file.path) as raw:
            if not file.path.lower().endswith(".gz"):
                yield from _read(raw, MAX_BYTES)
                return
            limit = min(MAX_BYTES, max(FREE_OF_RATIO, MAX_RATIO * file.size))
            with gzip.GzipFile(fileobj=raw) as unpacked:
                yield from _read(unpacked, limit)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise _FileError("gzip cut off or damaged", "pack it again from the original") from None
    except OSError as e:
        raise _FileError(f"unreadable ({cause(e)})", "check the file and its rights") from None


def _opened(path: str) -> IO[bytes]:
    """The file, never waited for: since it was listed a pipe may have taken its place."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return os.fdopen(descriptor, "rb")
    os.close(descriptor)
    raise _FileError("not a file any more", "remove it from the corpus")


def _read(stream: IO[bytes] | gzip.GzipFile, limit: int) -> Iterator[bytes]:
    size = 0
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > limit:
            raise _FileError(f"holds over {limit:,} bytes", "split it into smaller files")
        yield chunk


def _undecodable(error: UnicodeError, codec: str, before: int, lines: int) -> _FileError:
    """`before` bytes and `lines` lines were decoded before the piece that has the error."""
    data, at = getattr(error, "object", b""), getattr(error, "start", 0)
    line = lines + data[:at].decode(codec, "replace").count("\n") + 1
    reason = (
        f"not {codec}: bad byte 0x{data[at]:02x} at offset {before + at}"
        if data
        else f"not {codec}"
    )
    return _FileError(reason, "name its encoding with --encoding, for instance gb18030", line)
