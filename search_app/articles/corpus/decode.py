"""From the bytes of a file to its text, decoded without guessing."""

import codecs
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain

from search_app.articles.base import BinaryFile, SourceFile
from search_app.articles.corpus.damage import (
    DamagedFile,
    DamageGuard,
    count_characters,
    state_of,
)
from search_app.articles.corpus.files import CorpusFile, printable
from search_app.articles.corpus.packing import Unreadable, read_chunks
from search_app.errors import BadSetting, GuardRefused
from search_app.model import Reject
from search_app.remembered import FileReading, FileState

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Codecs for names and program text, which fail in ways of their own.
_NO_TEXT = ("idna", "punycode", "raw_unicode_escape", "undefined", "unicode_escape")
# Chunks of a mebibyte, of which a text is kept whole: to decode 40 MB again would take .1 of the
# 1.4 s of an update of one line. Longer ones are decoded twice, so that memory has a bound.
_MOST_KEPT = 64
# Control characters that are no white space; surrogates, which some codecs let through.
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]")


def read_file(file: CorpusFile, encoding: str | None = None) -> SourceFile | Reject:
    """The text of a file, by its byte order mark, as its origin says, in `encoding`, or UTF-8."""
    try:
        text = "".join(_decoded_chunks(file, encoding))
    except Unreadable as e:
        return Reject(printable(file.path), *e.args)
    # One space for one character: offsets stay, and the words around it are found.
    text = _UNPRINTABLE.sub(" ", text)
    return SourceFile(printable(file.path), text, file.issue, origin=file.origin)


def read_bytes(file: CorpusFile, encoding: str | None = None) -> BinaryFile | Reject:
    """The bytes of a file, or why it cannot be read."""
    path, named = printable(file.path), file.origin.encoding or encoding
    try:
        return BinaryFile(path, b"".join(read_chunks(file)), file.issue, named, file.origin)
    except Unreadable as e:
        return Reject(path, *e.args)


def read_slices(
    file: CorpusFile, encoding: str | None, size: int, guard: DamageGuard
) -> Iterator[SourceFile | FileReading | DamagedFile]:
    """As `read_file`, but whole lines of a file at a time, so many characters or a line more.

    At last what was read of it. One that is damaged is said to be so, and nothing else. Raises
    GuardRefused for a very long file that changes after it was judged.
    """
    before, characters, count = state_of(file.on_disk), 0, 0
    kept: list[str] = []
    try:
        # To the end first, so that a file that turns out to be damaged is rejected as a whole.
        for chunk in _decoded_chunks(file, encoding):
            characters += count_characters(chunk)
            count += 1
            kept.append(chunk)
            if count > _MOST_KEPT:
                kept.clear()
    except Unreadable as e:
        yield DamagedFile(file, Reject(printable(file.path), *e.args))
        return
    judged = guard.judged(file, before, characters)
    if isinstance(judged, Reject):
        yield DamagedFile(file, judged)
        return
    yield from _sliced(file, kept or _as_it_was(file, encoding, before), size)
    yield judged


# The chunks of a file once more; what was taken from it by now cannot be taken back.
def _as_it_was(file: CorpusFile, encoding: str | None, before: FileState | None) -> Iterator[str]:
    with suppress(Unreadable):
        yield from _decoded_chunks(file, encoding)
        if state_of(file.on_disk) == before:
            return
    name = printable(file.path)
    raise GuardRefused(f"{name} changed while it was read; run again when it is written")


def _sliced(file: CorpusFile, chunks: Iterable[str], size: int) -> Iterator[SourceFile]:
    path, start, line, waiting = printable(file.path), 0, 1, ""
    for chunk in chunks:
        waiting += _UNPRINTABLE.sub(" ", chunk)
        while end := waiting.find("\n", size - 1) + 1:
            text, waiting = waiting[:end], waiting[end:]
            yield SourceFile(path, text, file.issue, start, line, file.origin)
            start, line = start + end, line + text.count("\n")
    if waiting:
        yield SourceFile(path, waiting, file.issue, start, line, file.origin)


def check_encoding(encoding: str | None) -> None:
    """Raises BadSetting for a name that no text encoding has."""
    try:
        bytes(4).decode(encoding or "utf-8")  # codecs from bytes to bytes are refused here
        if encoding and codecs.lookup(encoding).name.replace("-", "_") in _NO_TEXT:
            raise LookupError
    except (LookupError, ValueError):
        remedy = "use for instance utf-8, gb18030 or big5"
        raise BadSetting(f"there is no text encoding {encoding!r}; {remedy}") from None


def _decoded_chunks(file: CorpusFile, encoding: str | None) -> Iterator[str]:
    # In pieces, so that reading slices of it never holds a file as a whole.
    chunks = chain(read_chunks(file), [b""])  # an empty one at the end of the file
    first = next(chunks)
    mark, codec = b"", file.origin.encoding or encoding or "utf-8"
    for known_mark, marked_codec in _MARKS:
        if first.startswith(known_mark):
            mark, codec = known_mark, marked_codec
            break
    decoder = codecs.getincrementaldecoder(codec)()
    done, lines = len(mark), 0
    for chunk in chain([first[len(mark) :]], chunks):
        undecoded = len(decoder.getstate()[0])  # bytes of a character that the chunk before cut
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeError as e:
            data, at = getattr(e, "object", b""), getattr(e, "start", 0)
            reason = f"not {codec}"
            if data:  # a few codecs say nothing of where they failed
                reason += f": bad byte 0x{data[at]:02x} at offset {done - undecoded + at}"
            line = lines + data[:at].decode(codec, "replace").count("\n") + 1
            remedy = "name its encoding with --encoding, for instance gb18030"
            raise Unreadable(line, reason, remedy) from None
        done += len(chunk)
        lines += text.count("\n")
        yield text
