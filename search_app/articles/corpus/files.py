"""The files of a corpus: which there are, in which order, and what their places say.

Listing opens no file, waits for none, and follows no link out of the corpus.
"""

import errno
import os
import re
import stat
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import IO, NamedTuple
from zipfile import ZipInfo

from search_app.articles.base import Issue, Origin
from search_app.errors import BadCorpus
from search_app.model import Reject, is_date

# Names that editors, systems and version control give to files of their own.
_HIDDEN = (".", "_")
ABOUT = ("corpus.toml", "withdrawn.txt")  # of the whole corpus, in its uppermost folder
_SKIPPED = ("README*", "LICENSE*", "NOTICE*", *ABOUT)
# What editors (vim, Emacs, LibreOffice), rsync, curl and browsers write before a file is whole.
_TEMPORARY = ("*~", "~$*", "#*#", "*.sw[a-z]", "4913", "*.tmp", "*.temp", "*.part", "*.crdownload")
_PAGE = re.compile(r"(.+)\.(?:txt|pdf)(?:\.gz)?", re.IGNORECASE)
# A folder of an issue may be packed: 2023-06-12.zip says the same as 2023-06-12.
_ZIP = re.compile(r"\.zip$", re.IGNORECASE)
_KINDS = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
# Control, format and surrogate characters, line and paragraph separators.
_INVISIBLE = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))


class CorpusFile(NamedTuple):
    """A regular file, or a member of an archive, that an importer reads.

    `ending` is without `.gz`, `size` in packed bytes, `member` the archive's path and the entry.
    """

    path: str
    ending: str
    size: int
    issue: Issue = Issue()
    origin: Origin = Origin()
    member: tuple[str, ZipInfo] | None = None

    @property
    def on_disk(self) -> str:
        """The path of the file, or of the archive that it is in."""
        return self.member[0] if self.member else self.path


@dataclass
class Listing:
    """What a corpus holds, by the bytes of its paths; files that nothing reads are counted."""

    items: list[CorpusFile | Reject] = field(default_factory=list)
    ignored: int = 0


def list_files(corpus: Path, endings: Collection[str]) -> Listing:
    """The files of a folder, or a single file. Raises BadCorpus where there is neither."""
    name = printable(str(corpus))
    try:
        status = corpus.stat()
    except (OSError, ValueError) as e:
        situation = f"{name} is neither a file nor a folder ({cause(e)})"
        raise BadCorpus(f"{situation}; name a file or folder (--corpus)") from None
    if stat.S_ISDIR(status.st_mode):
        return _FolderWalk(str(corpus), endings).listing()
    if (ending := ending_of(name)) not in endings:
        known = ", ".join(endings)
        raise BadCorpus(f"nothing here reads {name}; give a folder, or a file that ends in {known}")
    return Listing([_regular_file(str(corpus), ending, status)])


def ending_of(name: str) -> str:
    """How a file's name ends, in lower case and without `.gz`."""
    return os.path.splitext(name.lower().removesuffix(".gz"))[1]


def is_skipped(path: str) -> bool:
    """Whether a path below the corpus is hidden, or a file about it."""
    parts = path.split("/")
    is_hidden = any(part.startswith(_HIDDEN) for part in parts)
    return is_hidden or any(fnmatchcase(parts[-1], pattern) for pattern in _SKIPPED)


def may_hold_articles(path: str) -> bool:
    """Whether a change of this path below the corpus may change what is read of it.

    So may that of a folder, or of a file about the corpus; not that of what editors write beside.
    """
    name = path.rsplit("/", maxsplit=1)[-1]
    if path in ABOUT:
        return True
    is_temporary = any(fnmatchcase(name, pattern) for pattern in _TEMPORARY)
    return not is_temporary and not is_skipped(path)


def open_regular(path: str) -> IO[bytes]:
    """The file; raises OSError where something else took its place since it was listed."""
    # To open a pipe waits for somebody who writes, and a terminal may become this process's own.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return os.fdopen(descriptor, "rb")
    os.close(descriptor)
    raise OSError(errno.EINVAL, "not a file any more")


def printable(path: str) -> str:
    """A path as people may see it: bytes that are no text and invisible characters escaped."""
    if path.isprintable():
        return path
    shown = ""
    for c in path:
        if "\udc80" <= c <= "\udcff":  # a byte that was no text in the name's encoding
            c = f"\\x{ord(c) - 0xDC00:02x}"
        elif unicodedata.category(c) in _INVISIBLE:
            c = c.encode("unicode_escape").decode()
        shown += c
    return shown


def cause(error: OSError | ValueError) -> str:
    """What the system says was wrong, in its own lower-case words."""
    return (getattr(error, "strerror", None) or str(error)).lower()


def issue_of(path: str) -> Issue:
    """Newspaper, date and page from `<newspaper>/<YYYY-MM-DD>/<page>.txt`.

    Files of records may lie there too; their names are no pages. Any folder may be a zip.
    """
    *folders, name = printable(os.path.abspath(path)).split(os.sep)
    day = _ZIP.sub("", folders[-1])
    # The length too: 2020 and 2020-01 are dates, but folders of more than one issue.
    if len(day) != len("YYYY-MM-DD") or not is_date(day):
        return Issue()
    page = _PAGE.fullmatch(name)
    return Issue(_ZIP.sub("", folders[-2]) or None, day, page[1] if page else None)


class _FolderWalk:
    def __init__(self, corpus: str, endings: Collection[str]) -> None:
        self._top, self._real_top, self._endings = corpus, os.path.realpath(corpus), endings
        self._folders = [corpus]  # a stack: folders may nest deeper than calls
        self._ignored = 0

    def listing(self) -> Listing:
        """What the folder and all folders in it hold."""
        named: list[tuple[bytes, CorpusFile | Reject]] = []
        while self._folders:
            folder = self._folders.pop()
            try:
                with os.scandir(folder) as entries:
                    for entry in entries:
                        if item := self._visited(entry):
                            named.append((os.fsencode(entry.path), item))
            except OSError as e:
                reason = f"a folder that cannot be listed ({cause(e)})"
                reject = Reject(printable(folder), 0, reason, "check its rights")
                named.append((os.fsencode(folder), reject))
        # As bytes, in which a name that is no text has its place too.
        named.sort(key=lambda item: item[0])
        return Listing([item for _, item in named], self._ignored)

    def _visited(self, entry: os.DirEntry[str]) -> CorpusFile | Reject | None:
        path, name, ending, fault = entry.path, entry.name, ending_of(entry.name), None
        if name.startswith(_HIDDEN):
            return None
        try:
            status = entry.stat()
        except OSError as e:
            reason = f"a link that leads nowhere ({cause(e)})"
            return Reject(printable(path), 0, reason, "mend or remove it")
        if stat.S_ISDIR(status.st_mode):
            if entry.is_symlink():  # it may lead back to a folder around it, and so on for ever
                fault = ("a link to a folder is not followed", "put the folder there")
            elif ending in self._endings:
                fault = ("a folder with the name of a file", "rename it")
            else:
                self._folders.append(path)
        elif is_skipped(name):
            if name in ABOUT and os.path.dirname(path) != self._top:
                # Somebody believes that it counts: what is withdrawn there would stay on show.
                where = "put what it says into the one in the corpus's uppermost folder"
                fault = (f"a {name} that is not read here", where)
        elif ending not in self._endings:
            self._ignored += 1
        elif entry.is_symlink() and self._real_top != os.path.commonpath(
            (self._real_top, os.path.realpath(path))
        ):
            fault = ("a link that leaves the corpus", "put the file there")
        else:
            return _regular_file(path, ending, status)
        return Reject(printable(path), 0, *fault) if fault else None


def _regular_file(path: str, ending: str, status: os.stat_result) -> CorpusFile | Reject:
    if stat.S_ISREG(status.st_mode):
        return CorpusFile(path, ending, status.st_size, issue_of(path))
    kind = _KINDS.get(stat.S_IFMT(status.st_mode), "a device")
    return Reject(printable(path), 0, f"{kind}, not a file", "remove it from the corpus")
