"""What the files of a corpus were when they were last read, and whether they must be read again.

A file is trusted without a look inside only where the file system says nothing changed: size,
mtime, ctime and inode. A file changed within the clock's grain of its last reading may keep its
times, so that one younger than two seconds then is compared by its content (as git does: "racy
git"). Everything else that decides what a file becomes is in the key of its group.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from itertools import groupby
from pathlib import Path

from search_app.articles.corpus.damage import DIGEST_SIZE, digest_of, state_of
from search_app.articles.corpus.files import CorpusFile, printable
from search_app.articles.corpus.packing import UNPACKED_BYTES
from search_app.articles.corpus.parts import PART_SIZE, issue_of_pages
from search_app.articles.plugins import providers
from search_app.model import Reject
from search_app.remembered import FileRecord, FileState

# Nanoseconds. The coarsest clock of a file system in use (FAT) has a grain of two seconds.
_GRAIN = 2_000_000_000


@dataclass(frozen=True, slots=True, eq=False)
class CorpusGroup:
    """Files that are read together, the pages of an issue, or one alone: what an update may skip.

    `names` are what articles give as their path, `paths` what rejects do, `on_disk` where they lie.
    `key` stands for all but their content that decides what they become; empty: always read.
    """

    items: tuple[CorpusFile | Reject, ...]
    names: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    on_disk: tuple[str, ...] = ()
    key: bytes = b""
    size: int = 0


class CorpusLedger:
    """The groups of a corpus, and the state of their files from before any of them is read."""

    def __init__(
        self,
        items: Iterable[CorpusFile | Reject],
        root: str,
        encoding: str | None,
        withdrawn: Mapping[str, str],
    ) -> None:
        self._root, self._listed_at = root, time.time_ns()
        self._states: dict[str, FileState | None] = {}
        self._digests: dict[str, bytes] = {}  # all members of an archive ask for its digest
        self._circumstances = repr((parser_version(), encoding, sorted(withdrawn)))
        self.groups: list[CorpusGroup] = []
        for issue, files in groupby(items, issue_of_pages):
            if issue is not None:
                self.groups.append(self._group(tuple(files)))
                continue
            for file in files:
                self.groups.append(self._group((file,)))

    def keep(self, names_under: Callable[[str], Sequence[str]]) -> dict[str, Sequence[str]]:
        """Makes groups of the live files of what cannot be listed; their names, by its path.

        `names_under` gives the live files of a folder, archive or file. They are to be remembered
        too: else the next build would know nothing of them.
        """
        unlisted: dict[str, Sequence[str]] = {}
        listed: set[str] = set()
        for group in self.groups:
            listed.update(group.names)
        for number, group in enumerate(self.groups):
            item = group.items[0]
            if not isinstance(item, Reject):
                continue
            under = names_under(item.path.removeprefix(self._root))
            names = tuple(name for name in under if name not in listed)
            paths = tuple(self._root + name for name in names)
            self._states.update(dict.fromkeys(paths))
            self.groups[number] = CorpusGroup(group.items, names, paths, paths)
            unlisted[item.path] = names
        return unlisted

    def is_unchanged(self, group: CorpusGroup, records: Sequence[FileRecord]) -> bool:
        """Whether the files of a group are those of these records, with the same content."""
        if tuple(record.name for record in records) != group.names:
            return False
        for path, record in zip(group.on_disk, records, strict=True):
            state = self._states[path]
            if state is None or not record.digest or state.size != record.state.size:
                return False
            is_sure = state == record.state and record.is_settled
            if not is_sure and self._digest(path) != record.digest:
                return False
        return True

    def records(
        self, group: CorpusGroup, earlier: Sequence[FileRecord] = ()
    ) -> Iterator[FileRecord]:
        """The records of a group that was just read; of one left unread, those from `earlier`."""
        records = {record.name: record for record in earlier}
        for path, name in zip(group.on_disk, group.names, strict=True):
            state = self._states[path]
            if known := records.get(name):
                digest, characters = known.digest, known.characters
            else:
                digest, characters = self._digest(path), 0
            # What changed while it was read may have been read half: its digest says nothing.
            if state is None or state != state_of(path):
                state, digest = FileState(0, 0, 0, 0), b""
            is_settled = state.mtime <= self._listed_at - _GRAIN
            yield FileRecord(name, state, digest, is_settled, characters)

    def _digest(self, path: str) -> bytes:
        if path not in self._digests:
            self._digests[path] = digest_of(path)
        return self._digests[path]

    def _group(self, items: tuple[CorpusFile | Reject, ...]) -> CorpusGroup:
        names: list[str] = []
        paths: list[str] = []
        on_disk: list[str] = []
        circumstances, size = [self._circumstances], 0
        for item in items:
            if isinstance(item, Reject):  # what could not be listed is no file to remember
                return CorpusGroup(items)
            path = item.on_disk
            if path not in self._states:
                self._states[path] = state_of(path)
            on_disk.append(path)
            paths.append(printable(item.path))
            names.append(paths[-1].removeprefix(self._root))
            circumstances.append(repr((names[-1], item.ending, item.issue, item.origin)))
            size += item.size
        key = b""
        # The pages of an issue larger than a part may be cut in two, by what stands before them.
        if len(items) == 1 or size < PART_SIZE * UNPACKED_BYTES:
            key = blake2b("\n".join(circumstances).encode(), digest_size=DIGEST_SIZE).digest()
        return CorpusGroup(items, tuple(names), tuple(paths), tuple(on_disk), key, size)


@cache
def parser_version() -> str:
    """A digest of all code that makes articles of files, and the packages outside that do."""
    # Of the code itself, since a number that somebody has to raise is forgotten.
    digest = blake2b(digest_size=DIGEST_SIZE)
    for folder in ("articles", "text"):
        for path in sorted((Path(__file__).parents[2] / folder).rglob("*")):
            if path.suffix in (".py", ".tsv", ".txt"):
                digest.update(path.read_bytes())
    return f"{digest.hexdigest()} {sorted(providers())}"
