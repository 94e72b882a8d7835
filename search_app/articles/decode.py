"""From a file of the corpus to its text: unpacked within limits, decoded without guessing."""

import codecs
import gzip
import os
import re
import stat
import zlib
from typing import IO

from search_app.articles.base import SourceFile
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
        text = _decoded(_content(file), encoding)
    except _FileError as e:
        return Reject(path, *e.reject)
    return SourceFile(path, _UNPRINTABLE.sub(" ", text), issue_of(file.path))


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


def _content(file: FoundFile) -> bytearray:
    try:
        with _opened(file.path) as raw:
            if not file.path.lower().endswith(".gz"):
                return _read(raw, MAX_BYTES)
            limit = min(MAX_BYTES, max(FREE_OF_RATIO, MAX_RATIO * file.size))
            with gzip.GzipFile(fileobj=raw) as unpacked:
                return _read(unpacked, limit)
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


def _read(stream: IO[bytes] | gzip.GzipFile, limit: int) -> bytearray:
    data = bytearray()
    while chunk := stream.read(_CHUNK):
        data += chunk
        if len(data) > limit:
            raise _FileError(f"holds over {limit:,} bytes", "split it into smaller files")
    return data


def _decoded(data: bytearray, encoding: str | None) -> str:
    marked = next((codec for mark, codec in _MARKS if data.startswith(mark)), None)
    codec = marked or encoding or "utf-8"
    try:
        text = data.decode(codec)
    except UnicodeError as e:
        raise _undecodable(data, codec, getattr(e, "start", 0)) from None
    return text[1:] if marked else text


def _undecodable(data: bytearray, codec: str, offset: int) -> _FileError:
    line = data[:offset].decode(codec, "replace").count("\n") + 1
    reason = f"not {codec}: bad byte 0x{data[offset]:02x} at offset {offset}"
    return _FileError(reason, "name its encoding with --encoding, for instance gb18030", line)
