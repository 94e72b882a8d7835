"""From the bytes of a file to its text, decoded without guessing."""

import codecs
import re
from collections.abc import Iterator
from itertools import chain

from search_app.articles.base import BinaryFile, SourceFile
from search_app.articles.corpus.files import CorpusFile, printable
from search_app.articles.corpus.packing import Unreadable, read_chunks
from search_app.errors import BadSetting
from search_app.model import Reject

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


def read_file(file: CorpusFile, encoding: str | None = None) -> SourceFile | Reject:
    """The text of a file without its byte order mark, or why it cannot be read.

    A byte order mark says the encoding; without one it is the origin's, `encoding`, or UTF-8. A
    control character becomes a space, one for one: offsets stay, and the words around it are found.
    """
    path = printable(file.path)
    try:
        text = "".join(_texts(file, encoding))
    except Unreadable as e:
        return Reject(path, *e.reject)
    return SourceFile(path, _printable(text), file.issue, origin=file.origin)


def read_bytes(file: CorpusFile, encoding: str | None = None) -> BinaryFile | Reject:
    """The bytes of a file, or why it cannot be read."""
    path = printable(file.path)
    try:
        data = b"".join(read_chunks(file))
        named = file.origin.encoding or encoding
        return BinaryFile(path, data, file.issue, named, file.origin)
    except Unreadable as e:
        return Reject(path, *e.reject)


def read_slices(
    file: CorpusFile, encoding: str | None, characters: int
) -> Iterator[SourceFile | Reject]:
    """As `read_file`, but whole lines of a file at a time, so many characters or a line more.

    The file is read twice, so that one that turns out to be unreadable is rejected as a whole.
    """
    path = printable(file.path)
    try:
        for _ in _texts(file, encoding):
            pass
        held, start, line = "", 0, 1
        for text in chain(_texts(file, encoding), [None]):
            held += _printable(text or "")
            while cut := _cut(held, characters, text is None):
                yield SourceFile(path, held[:cut], file.issue, start, line, file.origin)
                start, line = start + cut, line + held.count("\n", 0, cut)
                held = held[cut:]
    except Unreadable as e:
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


def _texts(file: CorpusFile, encoding: str | None) -> Iterator[str]:
    """The text of a file as it is, piece by piece."""
    decoder, lines, done = None, 0, 0
    encoding = file.origin.encoding or encoding or "utf-8"
    for chunk in chain(read_chunks(file), [b""]):
        if decoder is None:
            mark, codec = next((m for m in _MARKS if chunk.startswith(m[0])), (b"", encoding))
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


def _undecodable(error: UnicodeError, codec: str, before: int, lines: int) -> Unreadable:
    """`before` bytes and `lines` lines were decoded before the piece that has the error."""
    data, at = getattr(error, "object", b""), getattr(error, "start", 0)
    line = lines + data[:at].decode(codec, "replace").count("\n") + 1
    reason = (
        f"not {codec}: bad byte 0x{data[at]:02x} at offset {before + at}"
        if data
        else f"not {codec}"
    )
    return Unreadable(reason, "name its encoding with --encoding, for instance gb18030", line)
