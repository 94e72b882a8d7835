"""Whether a file of the corpus is whole, or whether somebody is just saving it, or failed to.

What is live of a damaged file stays. A file that gives far less than before counts as damaged,
unless its bytes are the same: then a parser, an encoding or a setting is new, and takes effect.
"""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b, file_digest
from typing import NamedTuple, Protocol

from search_app.articles.corpus.files import CorpusFile, printable
from search_app.model import Article, Reject
from search_app.remembered import FileReading, FileRecord, FileState

DIGEST_SIZE = 16
# Of the characters that the live generation read, of a file and of a whole corpus: less is likely
# a mistake, a file cut off or a folder that was not mounted.
SMALLEST_SHARE = 0.8
# Not counted: to lay a file out anew is no loss. Each is counted by itself, in a third of the time
# of `split`. NUL is what file systems put where a crash took what was written.
_BLANK = " \n\r\t\u3000\xa0\0"
# Programs write Han as themselves or as escapes: a file written anew in the other way is whole.
_ESCAPE = re.compile(r"\\u[0-9A-Fa-f]{4}")
_LENGTH_OF_ESCAPE = 6
EMPTY = ("empty", "write it again, or remove it")
_CHANGING = ("changed while it was read", "run again when it is written")
_SHRUNKEN = (
    "gives under 80 % of what was read of it before",
    "write it again; where articles were removed on purpose, insist with --force FILE",
)


class LiveFiles(Protocol):
    """What the live generation read of the files of a corpus; can be pickled for a worker."""

    def record(self, name: str) -> FileRecord | None:
        """What is remembered of a file, by the name that its articles give."""

    def names_under(self, name: str) -> Sequence[str]:
        """The file of this name, or those in the folder or archive of this name."""

    def held(self, name: str, root: str) -> Iterable[tuple[Article, int, int]]:
        """Articles and furniture of a file as they are live, with their lines and hashes of these.

        Those withdrawn have an id only. Furniture gets `root` before its path.
        """

    def run_on(self, names: Sequence[str]) -> bool:
        """Whether an article of these files goes on in another one."""


class DamagedFile(NamedTuple):
    """A long file that was found damaged before it was cut into slices, and why."""

    file: CorpusFile
    fault: Reject


@dataclass(frozen=True, slots=True)
class DamageGuard:
    """Judges files by what is live of them; can be pickled for a worker.

    `root` stands before names. What lies in a folder, archive or file of `forced` may shrink.
    `unlisted` are the live files of what cannot be listed, by its path: a folder, an archive, or a
    file that cannot even be looked at.
    """

    root: str = ""
    live: LiveFiles | None = None
    forced: tuple[str, ...] = ()
    forces_all: bool = False
    allows_empty: bool = True  # files of which nothing is live
    unlisted: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def name(self, file: CorpusFile) -> str:
        """What articles give as their path."""
        return printable(file.path).removeprefix(self.root)

    def has_live(self, file: CorpusFile) -> bool:
        """Whether the live generation read anything of a file."""
        record = self._record(self.name(file))
        return bool(record and record.characters)

    def accepts_empty(self, file: CorpusFile) -> bool:
        """Whether somebody said that a file may be empty."""
        return self.allows_empty or self._is_forced(file)

    def judged(
        self, file: CorpusFile, before: FileState | None, characters: int
    ) -> FileReading | Reject:
        """What a file that was read to its end gave, or why it is not to be believed.

        `before` is its state from before that.
        """
        path, name = printable(file.path), self.name(file)
        if before != state_of(file.on_disk):
            return Reject(path, 0, *_CHANGING)
        record = self._record(name)
        if record is None or characters >= SMALLEST_SHARE * record.characters:
            return FileReading(name, characters)
        if self._is_forced(file) or (record.digest and digest_of(file.on_disk) == record.digest):
            return FileReading(name, characters, record.characters - characters)
        return Reject(path, 0, *(_SHRUNKEN if characters else EMPTY))

    def kept(
        self, name: str, characters: int = 0
    ) -> tuple[FileReading, list[tuple[Article, int, int]]]:
        """What is live of a file that gave so many characters; as `LiveFiles.held` does."""
        record = self._record(name)
        if record is None or self.live is None:
            return FileReading(name, 0), []
        held = list(self.live.held(name, self.root))
        missing = max(0, record.characters - characters)
        return FileReading(name, characters, missing, is_damaged=bool(held or missing)), held

    def _record(self, name: str) -> FileRecord | None:
        return self.live.record(name) if self.live else None

    def _is_forced(self, file: CorpusFile) -> bool:
        name = self.name(file)
        within = any(name == forced or name.startswith(forced + "/") for forced in self.forced)
        return self.forces_all or within


NO_GUARD = DamageGuard()


def count_characters(text: str) -> int:
    """The characters of a text without white space, an escape of JSON counted as one."""
    count = len(text) - sum(map(text.count, _BLANK))
    if "\\u" in text:
        count -= (_LENGTH_OF_ESCAPE - 1) * len(_ESCAPE.findall(text))
    return count


def state_of(path: str) -> FileState | None:
    """What the file system says of a file; None where it cannot: whoever reads it says why."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return FileState(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def digest_of(path: str) -> bytes:
    """A digest of a file's bytes; empty where they cannot be read."""
    try:
        with open(path, "rb") as file:
            return file_digest(file, lambda: blake2b(digest_size=DIGEST_SIZE)).digest()
    except (OSError, ValueError):
        return b""
