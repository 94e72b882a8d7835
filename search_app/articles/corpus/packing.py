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
# Bytes of text in a packed one, at most about: in gzip 2.7 of broadcast news, 2.6 of headlines.
UNPACKED_BYTES = 4
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


class Unreadable(Exception):
    """A file that cannot be read; the arguments are the line, why, and what to do."""


def read_chunks(file: CorpusFile) -> Iterator[bytes]:
    """The bytes of a file, unpacked, piece by piece; raises Unreadable, past the limits too."""
    path, kind, free = file.path, "gzip", FREE_OF_RATIO
    if file.member:
        # What is free of the ratio is so once an archive: it was counted as it was listed.
        path, kind, free = file.member[0], "zip", 0
    with _rejecting_damage(kind), open_regular(path) as raw:
        stream, limit, size = raw, MAX_BYTES, 0
        if file.member:
            stream = _open_member(raw, file.member[1])
        if file.path.lower().endswith(".gz"):
            stream = cast("IO[bytes]", gzip.GzipFile(fileobj=stream))
            limit = _most_unpacked(file.size, free)
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            _check_size(size, limit)
            yield chunk


def list_members(archive: CorpusFile, endings: Collection[str]) -> Listing:
    """The members of a zip that are read, by the bytes of their paths; rejects for the others."""
    listing, claimed = Listing(), 0
    paths: set[str] = set()
    try:
        with (
            _rejecting_damage("zip"),
            open_regular(archive.path) as raw,
            ZipFile(raw) as opened,
        ):
            named = [(_member_name(entry), entry) for entry in opened.infolist()]
        named.sort(key=lambda member: member[0].encode())
        for name, entry in named:
            path, ending = f"{archive.path}/{name}", ending_of(name)
            try:
                _check_place(name, entry)
                if name.endswith("/") or is_skipped(name):
                    continue
                if ending not in endings:
                    listing.ignored += 1
                    continue
                _check_content(entry, ending, path in paths)
                paths.add(path)
                claim, packed = entry.file_size, entry.compress_size
                if path.lower().endswith(".gz"):  # what it unpacks to at last no entry says
                    claim = _most_unpacked(packed, 0)
                _check_size(claim, _most_unpacked(packed))
                claimed += claim
            except Unreadable as e:
                listing.items.append(Reject(printable(path), *e.args))
                continue
            file = CorpusFile(path, ending, packed, issue_of(path), member=(archive.path, entry))
            listing.items.append(file)
        # Of all together too: else members that share their bytes hold anything.
        _check_size(claimed, _most_unpacked(archive.size))
    except Unreadable as e:
        return Listing([Reject(printable(archive.path), *e.args)])
    return listing


# Raises Unreadable for a member that may be an attack, wherever it is to lie.
def _check_place(name: str, entry: ZipInfo) -> None:
    kind = stat.S_IFMT(entry.external_attr >> 16)  # what the member was on disk, or 0
    _refuse(
        (_ABSOLUTE.match(name), "an absolute path", "pack it by a relative one"),
        (".." in name.split("/"), "a path out of the archive", "pack it without .."),
        (kind == stat.S_IFLNK, "a link in an archive", "pack the file itself"),
        (kind in _DEVICES, "a device in an archive", "leave it out"),
    )


# Raises Unreadable for a member that cannot be unpacked, and for one that is there already.
def _check_content(entry: ZipInfo, ending: str, is_there: bool) -> None:
    odd_method = entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED)
    _refuse(
        (entry.flag_bits & _ENCRYPTED, "encrypted", "pack it without a password"),
        (ending == ARCHIVE, "a zip in a zip", "unpack the outer one"),
        (
            odd_method,
            "packed by a method that is not read",
            "pack it by the usual one, deflate",
        ),
        (is_there, "in the archive twice", "pack it once"),
    )


def _refuse(*faults: tuple[object, str, str]) -> None:
    for is_there, reason, remedy in faults:
        if is_there:
            raise Unreadable(0, reason, remedy)


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise Unreadable(0, f"holds over {limit:,} bytes", "split it into smaller files")


def _most_unpacked(packed: int, free: int = FREE_OF_RATIO) -> int:
    return min(MAX_BYTES, max(free, MAX_RATIO * packed))


def _member_name(entry: ZipInfo) -> str:
    name = entry.orig_filename
    if not entry.flag_bits & _NAME_IS_UTF8 and not name.isascii():
        # Packers of Chinese Windows write GBK and say nothing; zipfile then takes it for cp437.
        data = name.encode("cp437")
        utf8, gb18030 = data.decode("utf-8", "replace"), data.decode("gb18030", "replace")
        # Two bytes of GBK (一, 十) may be two of UTF-8 too, but then they are no Han.
        if "\ufffd" not in utf8 and (max(utf8) > "\u07ff" or "\ufffd" in gb18030):
            name = utf8
        elif "\ufffd" not in gb18030:
            name = gb18030
    parts = name.replace("\\", "/").split("/")
    kept = []
    for n, part in enumerate(parts):
        # Empty first where the path is absolute, and last where it is a folder's.
        if part != "." and (part or n in (0, len(parts) - 1)):
            kept.append(part)
    return "/".join(kept)


# A member's bytes; `ZipFile` would read the whole directory again for each (decision 023).
def _open_member(raw: IO[bytes], entry: ZipInfo) -> IO[bytes]:
    raw.seek(entry.header_offset)
    mark, name, extra = _LOCAL_HEADER.unpack(raw.read(_LOCAL_HEADER.size))
    if mark != b"PK\3\4":
        raise BadZipFile
    # These two lengths are said again in the directory, and often differ.
    raw.seek(name + extra, os.SEEK_CUR)
    return cast("IO[bytes]", ZipExtFile(raw, "r", entry))


@contextmanager
def _rejecting_damage(kind: str) -> Iterator[None]:
    try:
        yield
    except _DAMAGED:
        remedy = "pack it again from the original"
        raise Unreadable(0, f"{kind} cut off or damaged", remedy) from None
    except OSError as e:
        raise Unreadable(0, f"unreadable ({cause(e)})", "check the file and its rights") from None
