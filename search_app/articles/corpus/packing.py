"""From a file of the corpus to its bytes: gzip and zip unpacked, within limits.

A member of a zip is read as if it lay in a folder of the archive's name. What an archive claims to
hold is believed only where that is too much: what is taken out of it is counted as it comes.
"""

import gzip
import os
import re
import stat
import struct
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import IO, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipExtFile, ZipFile, ZipInfo

from search_app.articles.corpus.files import (
    CorpusFile,
    Listing,
    Member,
    cause,
    ending_of,
    is_skipped,
    issue_of,
    open_regular,
    printable,
)
from search_app.model import Reject

ARCHIVE = ".zip"
MAX_BYTES = 2_000_000_000
MAX_RATIO = 100  # how many times its own size a packed file may hold
FREE_OF_RATIO = 10_000_000  # bytes that any packed file may hold: small repetitive ones are fine
_CHUNK = 1 << 20
# What reading raises; of a zip's directory also the last two, for names, places and versions.
_DAMAGED = (
    EOFError, zlib.error, struct.error, gzip.BadGzipFile, BadZipFile, ValueError,
    NotImplementedError,
)  # fmt: skip
_LOCAL_HEADER = struct.Struct("<4s22xHH")  # its mark; how long the name and what follows it are
_ABSOLUTE = re.compile(r"/|[A-Za-z]:")
_DEVICES = (stat.S_IFBLK, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFSOCK)
_TOO_MUCH = "holds over {:,} bytes", "split it into smaller files"
_ENCRYPTED, _NAME_IS_UTF8 = 1, 1 << 11

_Faults = tuple[tuple[str, str, Callable[[str, ZipInfo], object]], ...]
# What may be wrong with a member, what to do, and how its name or its entry shows it.
_REFUSED: _Faults = (
    ("an absolute path", "pack it by a relative one", lambda name, _: _ABSOLUTE.match(name)),
    ("a path out of the archive", "pack it without ..", lambda name, _: ".." in name.split("/")),
    ("a link in an archive", "pack the file itself", lambda _, e: _type(e) == stat.S_IFLNK),
    ("a device in an archive", "leave it out", lambda _, e: _type(e) in _DEVICES),
)
_UNREAD: _Faults = (
    ("encrypted", "pack it without a password", lambda _, e: e.flag_bits & _ENCRYPTED),
    ("a zip in a zip", "unpack the outer one", lambda name, _: ending_of(name) == ARCHIVE),
    (
        "packed by a method that is not read",
        "pack it by the usual one, deflate",
        lambda _, e: e.compress_type not in (ZIP_STORED, ZIP_DEFLATED),
    ),
)


class Unreadable(Exception):
    """A file that cannot be read: why, what to do, and on which line."""

    def __init__(self, reason: str, remedy: str, line: int = 0) -> None:
        super().__init__(reason)
        self.reject = (line, reason, remedy)


def read_chunks(file: CorpusFile) -> Iterator[bytes]:
    """The bytes of a file, unpacked, piece by piece; raises Unreadable, past the limits too."""
    member, is_gzip = file.member, file.path.lower().endswith(".gz")
    path = member.archive if member else file.path
    with _faults_named("zip" if member else "gzip"), open_regular(path) as raw:
        stream = _unzipped(raw, member.entry) if member else raw
        if not is_gzip:
            yield from _read(stream, MAX_BYTES)
            return
        with gzip.GzipFile(fileobj=stream) as unpacked:
            yield from _read(unpacked, _most(file.size, 0 if member else FREE_OF_RATIO))


def list_members(archive: CorpusFile, endings: Collection[str]) -> Listing:
    """The members of a zip that are read, by the bytes of their paths; rejects for the others."""
    try:
        return _members(archive, endings)
    except Unreadable as e:
        return Listing([Reject(printable(archive.path), *e.reject)])


def _members(archive: CorpusFile, endings: Collection[str]) -> Listing:
    """Raises Unreadable where nothing of the archive may be read.

    All members together may hold as many times its size as any packed file may: else those that
    share their bytes hold anything.
    """
    with _faults_named("zip"), open_regular(archive.path) as raw, ZipFile(raw) as opened:
        entries = [(_name(entry), entry) for entry in opened.infolist()]
    contents = _Contents(archive, endings)
    for name, entry in sorted(entries, key=lambda named: named[0].encode()):
        contents.add(name, entry)
    if contents.claimed > (limit := _most(archive.size)):
        raise _too_much(limit)
    return contents.listing


class _Contents:
    """What an archive holds, and how much it claims to hold."""

    def __init__(self, archive: CorpusFile, endings: Collection[str]) -> None:
        self._archive, self._endings = archive.path, endings
        self._paths: set[str] = set()
        self.listing, self.claimed = Listing(), 0

    def add(self, name: str, entry: ZipInfo) -> None:
        path = f"{self._archive}/{name}"
        if fault := _fault(_REFUSED, name, entry):
            self.listing.items.append(Reject(printable(path), 0, *fault))
        elif name.endswith("/") or is_skipped(name):
            return
        elif ending_of(name) not in self._endings:
            self.listing.ignored += 1
        elif fault := _fault(_UNREAD, name, entry) or self._count(path, entry):
            self.listing.items.append(Reject(printable(path), 0, *fault))
        else:
            size, member = entry.compress_size, Member(self._archive, entry)
            file = CorpusFile(path, ending_of(name), size, issue_of(path), member=member)
            self.listing.items.append(file)

    def _count(self, path: str, entry: ZipInfo) -> tuple[str, str] | None:
        """Counts a member in; what is wrong with it beside the others."""
        if path in self._paths:
            return "in the archive twice", "pack it once"
        self._paths.add(path)
        packed = entry.compress_size
        claim = _most(packed, 0) if _is_gzip(path) else entry.file_size
        if claim > _most(packed):
            return _TOO_MUCH[0].format(_most(packed)), _TOO_MUCH[1]
        self.claimed += claim
        return None


def _name(entry: ZipInfo) -> str:
    """The path of a member, in parts by /; where no encoding is said, UTF-8 or GB18030."""
    name = entry.orig_filename
    if not entry.flag_bits & _NAME_IS_UTF8 and not name.isascii():
        data = name.encode("cp437")
        utf8, gb18030 = (data.decode(codec, "replace") for codec in ("utf-8", "gb18030"))
        # Two bytes of GBK (一, 十) may be two of UTF-8 too, but then they are no Han.
        is_utf8 = "\ufffd" not in utf8 and (max(utf8) > "\u07ff" or "\ufffd" in gb18030)
        name = utf8 if is_utf8 else name if "\ufffd" in gb18030 else gb18030
    parts = name.replace("\\", "/").split("/")
    ends = (0, len(parts) - 1)  # an empty one there makes it absolute, or a folder
    kept = (
        part for n, part in enumerate(parts) if part not in ("", ".") or (not part and n in ends)
    )
    return "/".join(kept)


def _type(entry: ZipInfo) -> int:
    """The kind of file that a member was, 0 where that is not said."""
    return stat.S_IFMT(entry.external_attr >> 16)


def _fault(faults: _Faults, name: str, entry: ZipInfo) -> tuple[str, str] | None:
    return next((fault[:2] for fault in faults if fault[2](name, entry)), None)


def _unzipped(raw: IO[bytes], entry: ZipInfo) -> IO[bytes]:
    """A member's bytes; of a long directory no more than its entry is read again."""
    raw.seek(entry.header_offset)
    mark, name, extra = _LOCAL_HEADER.unpack(raw.read(_LOCAL_HEADER.size))
    if mark != b"PK\3\4":
        raise BadZipFile
    raw.seek(name + extra, os.SEEK_CUR)
    return cast("IO[bytes]", ZipExtFile(raw, "r", entry))


def _read(stream: IO[bytes] | gzip.GzipFile, limit: int) -> Iterator[bytes]:
    size = 0
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > limit:
            raise _too_much(limit)
        yield chunk


def _is_gzip(path: str) -> bool:
    return path.lower().endswith(".gz")


def _most(packed: int, free: int = FREE_OF_RATIO) -> int:
    """The bytes that so many packed ones may hold."""
    return min(MAX_BYTES, max(free, MAX_RATIO * packed))


def _too_much(limit: int) -> Unreadable:
    return Unreadable(_TOO_MUCH[0].format(limit), _TOO_MUCH[1])


@contextmanager
def _faults_named(kind: str) -> Iterator[None]:
    try:
        yield
    except _DAMAGED:
        raise Unreadable(f"{kind} cut off or damaged", "pack it again from the original") from None
    except OSError as e:
        raise Unreadable(f"unreadable ({cause(e)})", "check the file and its rights") from None
