"""What is remembered of the files of a corpus from one build to the next."""

from collections.abc import Sequence
from typing import NamedTuple


class FileState(NamedTuple):
    """What the file system says of a file; times in nanoseconds."""

    size: int
    mtime: int
    ctime: int
    inode: int


class FileRecord(NamedTuple):
    """A file as it was read: its name in the corpus, its state, a digest of its bytes.

    `is_settled` says that it was not changed shortly before it was read. Without a digest nothing
    is known of the content that was read. `characters` are those that were read, 0 also where
    nobody counted them.
    """

    name: str
    state: FileState
    digest: bytes
    is_settled: bool
    characters: int = 0


class UnchangedLines(NamedTuple):
    """Lines of a file of records that say what they said when they were last read.

    `path` is that of their articles. Each line has what is remembered of it, its number, its hash,
    and the range of its characters in the file.
    """

    path: str
    lines: Sequence[tuple[int, int, int, int, int]]


class FileReading(NamedTuple):
    """What was read of a file: the characters it gave.

    `missing` are those that the live generation has beyond them and that somebody answers for. Of a
    file that `is_damaged` what is live stays, and they are counted as its own.
    """

    name: str
    characters: int
    missing: int = 0
    is_damaged: bool = False


class Extent(NamedTuple):
    """How much an index was made of; 0 characters where nobody counted them."""

    articles: int
    characters: int
