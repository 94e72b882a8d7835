"""What is remembered of the files of a corpus from one build to the next."""

from typing import NamedTuple

from search_app.model import Source


class FileState(NamedTuple):
    """What the file system says of a file; times in nanoseconds."""

    size: int
    mtime: int
    ctime: int
    inode: int


class FileRecord(NamedTuple):
    """A file as it was read: its name in the corpus, its state, a digest of its bytes.

    `is_settled` says that it was not changed shortly before it was read. Without a digest nothing
    is known of the content that was read.
    """

    name: str
    state: FileState
    digest: bytes
    is_settled: bool


class UnchangedRecord(NamedTuple):
    """A line of a file of records that says what it said when it was last read."""

    source: Source
