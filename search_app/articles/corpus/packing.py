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
from collections.abc import Collection, Iterator
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
# What a packed file may hold, in bytes (decision 023). Text shrinks to about a third, bombs to a
# thousandth, which is all that deflate can; small repetitive files shrink as much and do no harm.
MAX_BYTES = 2_000_000_000
MAX_RATIO = 100
FREE_OF_RATIO = 10_000_000
# Bytes that are unpacked at once: what is over a limit is noticed so soon.
_CHUNK = 1 << 20
# What reading raises; of a zip's directory also the last two, for names, places and versions.
_DAMAGED = (
    EOFError, zlib.error, struct.error, gzip.BadGzipFile, BadZipFile, ValueError,
    NotImplementedError,
)  # fmt: skip
# Of the local file header (APPNOTE.TXT 4.3.7), where general purpose bits have a meaning (4.4.4).
_LOCAL_HEADER = struct.Struct("<4s22xHH")  # its mark; how long the name and what follows it are
_ABSOLUTE = re.compile(r"/|[A-Za-z]:")
_DEVICES = (stat.S_IFBLK, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFSOCK)
_ENCRYPTED, _NAME_IS_UTF8 = 1, 1 << 11

Fault = tuple[str, str]  # what is wrong, and what to do


class Unreadable(Exception):
    """A file that cannot be read: why, what to do, and on which line."""

    def __init__(self, reason: str, remedy: str, line: int = 0) -> None:
        super().__init__(reason)
        self.reject = (line, reason, remedy)


def read_chunks(file: CorpusFile) -> Iterator[bytes]:
    """The bytes of a file, unpacked, piece by piece; raises Unreadable, past the limits too."""
    if file.member:
        path, kind = file.member.archive, "zip"
    else:
        path, kind = file.path, "gzip"
    with _rejecting_damage(kind), open_regular(path) as raw:
        stream, free = raw, FREE_OF_RATIO
        if file.member:
            # What is free of the ratio is so once an archive: it was counted as it was listed.
            stream, free = _open_member(raw, file.member.entry), 0
        if not _is_gzip(file.path):
            yield from _limited(stream, MAX_BYTES)
            return
        with gzip.GzipFile(fileobj=stream) as unpacked:
            yield from _limited(unpacked, _most_unpacked(file.size, free))


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
    entries = []
    with _rejecting_damage("zip"), open_regular(archive.path) as raw, ZipFile(raw) as opened:
        for entry in opened.infolist():
            entries.append((_member_name(entry), entry))
    entries.sort(key=lambda named: named[0].encode())
    contents = _ArchiveContents(archive, endings)
    for name, entry in entries:
        contents.add(name, entry)
    limit = _most_unpacked(archive.size)
    if contents.claimed > limit:
        raise Unreadable(*_too_much(limit))
    return contents.listing


class _ArchiveContents:
    """What an archive holds, and how much it claims to hold."""

    def __init__(self, archive: CorpusFile, endings: Collection[str]) -> None:
        self._archive, self._endings = archive.path, endings
        self._paths: set[str] = set()
        self.listing, self.claimed = Listing(), 0

    def add(self, name: str, entry: ZipInfo) -> None:
        path, ending = f"{self._archive}/{name}", ending_of(name)
        fault = _fault_of_place(name, entry)
        if fault is None:
            if name.endswith("/") or is_skipped(name):
                return
            if ending not in self._endings:
                self.listing.ignored += 1
                return
            fault = _fault_of_content(ending, entry) or self._count(path, entry)
        if fault is not None:
            self.listing.items.append(Reject(printable(path), 0, *fault))
            return
        member = Member(self._archive, entry)
        file = CorpusFile(path, ending, entry.compress_size, issue_of(path), member=member)
        self.listing.items.append(file)

    def _count(self, path: str, entry: ZipInfo) -> Fault | None:
        """Counts a member in; what is wrong with it beside the others."""
        if path in self._paths:
            return "in the archive twice", "pack it once"
        self._paths.add(path)
        packed = entry.compress_size
        claim = entry.file_size
        if _is_gzip(path):  # packed twice: what it unpacks to at last no entry says
            claim = _most_unpacked(packed, 0)
        if claim > _most_unpacked(packed):
            return _too_much(_most_unpacked(packed))
        self.claimed += claim
        return None


def _fault_of_place(name: str, entry: ZipInfo) -> Fault | None:
    """What is wrong with a member wherever it is to lie: such an archive may be an attack."""
    if _ABSOLUTE.match(name):
        return "an absolute path", "pack it by a relative one"
    if ".." in name.split("/"):
        return "a path out of the archive", "pack it without .."
    kind = stat.S_IFMT(entry.external_attr >> 16)  # what the member was on disk, or 0
    if kind == stat.S_IFLNK:
        return "a link in an archive", "pack the file itself"
    if kind in _DEVICES:
        return "a device in an archive", "leave it out"
    return None


def _fault_of_content(ending: str, entry: ZipInfo) -> Fault | None:
    """Why a member cannot be unpacked."""
    if entry.flag_bits & _ENCRYPTED:
        return "encrypted", "pack it without a password"
    if ending == ARCHIVE:
        return "a zip in a zip", "unpack the outer one"
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        return "packed by a method that is not read", "pack it by the usual one, deflate"
    return None


def _member_name(entry: ZipInfo) -> str:
    """The path of a member, with / between folders and without empty ones."""
    first, *others = _decoded_name(entry).replace("\\", "/").split("/")
    kept = [] if first == "." else [first]  # empty where the path is absolute
    for part in others:
        if part not in ("", "."):
            kept.append(part)
    if others and others[-1] == "":  # a folder
        kept.append("")
    return "/".join(kept)


def _decoded_name(entry: ZipInfo) -> str:
    """The name that was packed; where no encoding is said, UTF-8 or GB18030.

    Packers of Chinese Windows write GBK and say nothing; zipfile then takes it for cp437.
    """
    name = entry.orig_filename
    if entry.flag_bits & _NAME_IS_UTF8 or name.isascii():
        return name
    data = name.encode("cp437")
    utf8, gb18030 = data.decode("utf-8", "replace"), data.decode("gb18030", "replace")
    # Two bytes of GBK (一, 十) may be two of UTF-8 too, but then they are no Han.
    if "\ufffd" not in utf8 and (max(utf8) > "\u07ff" or "\ufffd" in gb18030):
        return utf8
    if "\ufffd" not in gb18030:
        return gb18030
    return name


def _open_member(raw: IO[bytes], entry: ZipInfo) -> IO[bytes]:
    """A member's bytes; `ZipFile` would read the whole directory again for each (decision 023)."""
    raw.seek(entry.header_offset)
    mark, name, extra = _LOCAL_HEADER.unpack(raw.read(_LOCAL_HEADER.size))
    if mark != b"PK\3\4":
        raise BadZipFile
    # These two lengths are said again in the directory, and often differ.
    raw.seek(name + extra, os.SEEK_CUR)
    return cast("IO[bytes]", ZipExtFile(raw, "r", entry))


def _limited(stream: IO[bytes] | gzip.GzipFile, limit: int) -> Iterator[bytes]:
    size = 0
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > limit:
            raise Unreadable(*_too_much(limit))
        yield chunk


def _is_gzip(path: str) -> bool:
    return path.lower().endswith(".gz")


def _most_unpacked(packed: int, free: int = FREE_OF_RATIO) -> int:
    """The bytes that so many packed ones may hold."""
    return min(MAX_BYTES, max(free, MAX_RATIO * packed))


def _too_much(limit: int) -> Fault:
    return f"holds over {limit:,} bytes", "split it into smaller files"


@contextmanager
def _rejecting_damage(kind: str) -> Iterator[None]:
    """Raises Unreadable for what goes wrong while a file is opened and unpacked."""
    try:
        yield
    except _DAMAGED:
        raise Unreadable(f"{kind} cut off or damaged", "pack it again from the original") from None
    except OSError as e:
        raise Unreadable(f"unreadable ({cause(e)})", "check the file and its rights") from None
