"""What each file of a corpus became, kept with a generation, so that an update may leave it unread.

The file `files` of a generation. Groups are files that are read together; entries are what they
held, in the order of the corpus:

    keys                 16 bytes a group (decision 031)
    group_files          where the files of each group begin, and the end
    names                the names of the files, as articles give them
    states               u64, four a file: size, mtime, ctime, inode
    digests, settled     16 bytes a file, and a byte
    entry_files, lines   u32 an entry: the file it stands in, and the line
    kinds                u8 an entry, bits of `Kind`
    documents            u32 an article that was indexed, its number; NO_DOCUMENT for any other
    line_hashes          u64 for each entry with HASHED
    ids, rejects         strings, of articles without a document and of rejects, in their order
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

import numpy as np

from search_app.engine.arrays import Array, starts_of
from search_app.engine.base import Corpus, FileGroup
from search_app.engine.whoosh.store.array_file import ArrayFile, ArrayWriter
from search_app.engine.whoosh.store.segment import Segment
from search_app.engine.whoosh.store.strings import decoded, packed_strings, unpacked_strings
from search_app.model import Reject
from search_app.remembered import FileRecord, FileState

NAME = "files"
NO_DOCUMENT = 0xFFFFFFFF
_DIGEST = 16  # bytes


class Kind:
    """What an entry is, as bits: an article unless it is a reject or furniture, and what is known.

    Plain numbers: an enumeration makes an object of each combination, half the time of an update.
    """

    ARTICLE = 0
    REJECT = 1
    FURNITURE = 2
    DOUBTFUL = 4
    HASHED = 8
    NO_ARTICLE = REJECT | FURNITURE


class Entry(NamedTuple):
    """An article, by its id, or a reject, or furniture, and where it stands.

    `document` is its number where it was indexed, else NO_DOCUMENT.
    """

    path: str
    line: int
    kind: int
    id: str = ""
    reject: Reject | None = None
    line_hash: int = 0
    document: int = NO_DOCUMENT


class IndexedArticles(NamedTuple):
    """The articles of a group that holds nothing else, all of them documents of the base.

    Columns as they lie in the ledger, the files counted from the first of the group; and their ids.
    """

    files: Array
    lines: Array
    kinds: Array
    documents: Array
    line_hashes: Array
    ids: list[str]


class LedgerWriter:
    """Writes the ledger of a build, in memory that grows with files and rejects only."""

    def __init__(self, path: Path, corpus: Corpus) -> None:
        self._corpus, self._writer = corpus, ArrayWriter(path)
        self._names: list[str] = []
        self._numbers: dict[str, int] = {}
        starts = [0]
        for group in corpus.groups:
            for name, shown in zip(group.names, group.paths, strict=True):
                self._numbers[name] = self._numbers[shown] = len(self._names)
                self._names.append(name)
            starts.append(len(self._names))
        self._group_files = np.array(starts, np.uint32)
        self._ids: list[str] = []
        self._rejects: list[str] = []
        self._earlier: dict[FileGroup, Sequence[FileRecord]] = {}
        for name, kind in (("entry_files", np.uint32), ("lines", np.uint32), ("kinds", np.uint8),
                           ("documents", np.uint32), ("line_hashes", np.uint64)):  # fmt: skip
            self._writer.append(name, np.empty(0, kind))

    def __enter__(self) -> "LedgerWriter":
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.abandon()  # nothing, once it is closed

    def append(self, entries: Iterable[Entry]) -> None:
        """Adds what a part held; what stands in no listed file is found anew each time."""
        kept = [entry for entry in entries if entry.path in self._numbers]
        hashes = []
        for entry in kept:
            if entry.reject:
                self._rejects.append(json.dumps(asdict(entry.reject), ensure_ascii=False))
            elif not entry.kind & Kind.FURNITURE and entry.document == NO_DOCUMENT:
                self._ids.append(entry.id)
            if entry.kind & Kind.HASHED:
                hashes.append(entry.line_hash)
        files = [self._numbers[entry.path] for entry in kept]
        self._writer.append("entry_files", np.array(files, np.uint32))
        self._writer.append("lines", np.array([entry.line for entry in kept], np.uint32))
        self._writer.append("kinds", np.array([entry.kind for entry in kept], np.uint8))
        self._writer.append("documents", np.array([entry.document for entry in kept], np.uint32))
        self._writer.append("line_hashes", np.array(hashes, np.uint64))

    def copy(self, group: FileGroup, articles: "IndexedArticles") -> None:
        """Adds what a group held, where nothing but articles of the base."""
        first = self._numbers[group.names[0]]
        self._writer.append("entry_files", articles.files + np.uint32(first))
        for name in ("lines", "kinds", "documents", "line_hashes"):
            self._writer.append(name, getattr(articles, name))

    def leave_unread(self, group: FileGroup, earlier: Sequence[FileRecord]) -> None:
        """Notes that a group was not read: its digests are those of its last reading."""
        self._earlier[group] = earlier

    def close(self) -> None:
        """Looks at every file once more, and writes the file."""
        keys, states, digests, settled = [], list[int](), [], []
        for group in self._corpus.groups:
            keys.append(group.key.ljust(_DIGEST, b"\0"))
            for record in self._corpus.records(group, self._earlier.get(group, ())):
                states.extend(record.state)
                digests.append(record.digest.ljust(_DIGEST, b"\0"))
                settled.append(record.is_settled)
        self._writer.append("keys", np.frombuffer(b"".join(keys), np.uint8))
        self._writer.append("group_files", self._group_files)
        self._writer.append("names", packed_strings(self._names))
        self._writer.append("states", np.array(states, np.uint64))
        self._writer.append("digests", np.frombuffer(b"".join(digests), np.uint8))
        self._writer.append("settled", np.array(settled, np.uint8))
        self._writer.append("ids", packed_strings(self._ids))
        self._writer.append("rejects", packed_strings(self._rejects))
        self._writer.close()


class Ledger:
    """Reads the ledger of a generation whose base segment is given."""

    def __init__(self, folder: Path, base: Segment) -> None:
        self._file, self._base = ArrayFile(folder / NAME), base
        self._names = unpacked_strings(self._file["names"])
        self._keys = self._file["keys"].tobytes()
        self._group_files = self._file["group_files"].tolist()
        self._states = self._file["states"].reshape(-1, 4).tolist()
        self._digests = self._file["digests"].tobytes()
        self._settled = self._file["settled"].tolist()
        self._files, self._documents = self._file["entry_files"], self._file["documents"]
        kinds = self._kinds = self._file["kinds"]
        self._hash_starts = starts_of((kinds & Kind.HASHED) > 0)
        is_article = (kinds & Kind.NO_ARTICLE) == 0
        self._ids = unpacked_strings(self._file["ids"])
        self._id_starts = starts_of(is_article & (self._documents == NO_DOCUMENT))
        self._rejects = unpacked_strings(self._file["rejects"])
        self._reject_starts = starts_of((kinds & Kind.REJECT) > 0)
        self._groups: dict[tuple[str, bytes], int] = {}
        for number, first in enumerate(self._group_files[:-1]):
            if self._group_files[number + 1] > first:
                self._groups[self._names[first], self._key(number)] = number

    def number(self, group: FileGroup) -> int | None:
        """Which group of the ledger this one was; None for another key, and what is always read."""
        if not group.key:
            return None
        return self._groups.get((group.names[0], group.key))

    def records(self, number: int) -> list[FileRecord]:
        """The files of a group as they were."""
        records = []
        for file in range(self._group_files[number], self._group_files[number + 1]):
            digest = self._digests[_DIGEST * file : _DIGEST * (file + 1)]
            if not any(digest):
                digest = b""
            state = FileState(*self._states[file])
            records.append(FileRecord(self._names[file], state, digest, bool(self._settled[file])))
        return records

    def indexed_articles(self, number: int) -> IndexedArticles | None:
        """What a group held, where nothing but articles of the base; of any other None."""
        part = self._slice(number)
        documents, kinds = self._documents[part], self._kinds[part]
        others = (kinds & Kind.NO_ARTICLE > 0) | (documents >= self._base.documents)
        if others.any() or not len(documents):
            return None
        return IndexedArticles(
            self._files[part] - np.uint32(self._group_files[number]),
            self._file["lines"][part],
            kinds,
            documents,
            self._file["line_hashes"][_counted(self._hash_starts, part)],
            self._ids_of(documents),
        )

    def entries(self, number: int) -> list[Entry]:
        """What a group held."""
        part = self._slice(number)
        documents = self._documents[part]
        ids = iter(self._ids[_counted(self._id_starts, part)])
        rejects = iter(self._rejects[_counted(self._reject_starts, part)])
        hashes = iter(self._file["line_hashes"][_counted(self._hash_starts, part)].tolist())
        indexed = iter(self._ids_of(documents[documents != NO_DOCUMENT]))
        entries = []
        for file, line, kind, document in zip(
            self._files[part].tolist(), self._file["lines"][part].tolist(),
            self._kinds[part].tolist(), documents.tolist(), strict=True,
        ):  # fmt: skip
            reject, article_id = None, ""
            if kind & Kind.REJECT:
                reject = Reject(**json.loads(next(rejects)))
            elif not kind & Kind.FURNITURE:
                article_id = next(ids if document == NO_DOCUMENT else indexed)
            line_hash = next(hashes) if kind & Kind.HASHED else 0
            path = self._names[file]
            entries.append(Entry(path, line, kind, article_id, reject, line_hash, document))
        return entries

    def lines(self, number: int) -> dict[int, Entry]:
        """The records of a group that the base segment has, by the hashes of their lines."""
        lines = {}
        for entry in self.entries(number):
            if entry.line_hash and entry.document < self._base.documents:
                lines[entry.line_hash] = entry
        return lines

    def _key(self, number: int) -> bytes:
        return self._keys[_DIGEST * number : _DIGEST * (number + 1)]

    def _slice(self, number: int) -> slice:
        first, end = self._group_files[number], self._group_files[number + 1]
        bounds = self._files.searchsorted(np.array([first, end], np.uint32))
        return slice(int(bounds[0]), int(bounds[1]))

    def _ids_of(self, documents: Array) -> list[str]:
        """Ids by the base's numbers; documents of a delta have none here, and get an empty one."""
        ids = [""] * len(documents)
        in_base = np.flatnonzero(documents < self._base.documents)
        ranks = self._base.ranks[documents[in_base].astype(np.intp)]
        terms = self._base.ids.terms.many(ranks.astype(np.intp))
        for place, term in zip(in_base.tolist(), terms, strict=True):
            ids[place] = decoded(term)
        return ids


def _counted(starts: Array, part: slice) -> slice:
    """The range of things of one kind among some entries."""
    return slice(int(starts[part.start]), int(starts[part.stop]))
