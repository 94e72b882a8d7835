"""What each file of a corpus became, kept with a generation, so that an update may leave it unread.

The file `files` of a generation. Groups are files that are read together; entries are what they
held, in the order of the corpus:

    keys                 16 bytes a group (decision 031)
    group_files          where the files of each group begin, and the end
    names                the names of the files, as articles give them
    states               u64, four a file: size, mtime, ctime, inode
    digests, settled     16 bytes a file, and a byte
    characters           u64 a file, that were read of it (decision 037); generations may lack it
    origin               16 bytes that stand for where the corpus lies
    entry_files, lines   u32 an entry: the file it stands in, and the line
    kinds                u8 an entry, bits of `Kind`
    documents            u32 an article that was indexed, its number; NO_DOCUMENT for any other
    line_hashes          u64 for each entry with HASHED
    ids, rejects         strings, of articles without a document and of rejects, in their order
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

import numpy as np

from search_app.engine.arrays import Array, smallest, starts_of
from search_app.engine.base import Corpus, FileGroup
from search_app.engine.whoosh.answer.collection import PLACES
from search_app.engine.whoosh.store.array_file import (
    ArrayFile,
    ArrayWriter,
    packed_strings,
    string_table,
    unpacked_strings,
)
from search_app.engine.whoosh.store.segment import Segment
from search_app.model import Reject
from search_app.remembered import FileReading, FileRecord, FileState

FILES = "files"
NO_DOCUMENT = 0xFFFFFFFF
_NO_FILE = 0xFFFFFFFF
_DIGEST = 16  # bytes


class Kind:
    """What an entry is, as bits: an article unless it is a reject or furniture; what is known."""

    # Plain numbers: an enumeration makes an object of each combination, half of an update's time.
    ARTICLE = 0
    REJECT = 1
    FURNITURE = 2
    DOUBTFUL = 4
    HASHED = 8
    NO_ARTICLE = REJECT | FURNITURE


# Of an entry the path and the line it begins on, its kind, the id of an article, the hash of a line
# that is a record by itself, and the range of its characters.
Row = tuple[str, int, int, str, int, int, int]


class Entries(NamedTuple):
    """What some files held, in their order: articles, rejects, furniture; what was read of them.

    By the places of entries, `documents` are the numbers of those that are in the index, `rejects`
    those that are none. Plain tuples: a file of records has a million entries.
    """

    rows: list[Row]
    documents: dict[int, int]
    rejects: dict[int, Reject]
    readings: list[FileReading]


class LedgerWriter:
    """Writes the ledger of a build, and collects where its documents stand."""

    def __init__(self, path: Path, corpus: Corpus) -> None:
        self._corpus, self._writer = corpus, ArrayWriter(path)
        self._names: list[str] = []
        # Articles give the name, all others the path: of c/a, in c, it is the name of c/c/a.
        self._numbers: dict[str, int] = {}
        self._numbers_as_shown: dict[str, int] = {}
        starts = [0]
        for group in corpus.groups:
            for name, shown in zip(group.names, group.paths, strict=True):
                self._numbers[name] = self._numbers_as_shown[shown] = len(self._names)
                self._names.append(name)
            starts.append(len(self._names))
        self._group_files = np.array(starts, np.uint32)
        self._ids: list[str] = []
        self._rejects: list[str] = []
        # Of documents, part by part: their numbers, those of their paths, and their ranges.
        self._paths: dict[str, int] = {}
        self._places: list[Array] = [np.empty((0, 4), np.uint64)]
        # Of groups that were not read: their digests are those of their last reading.
        self.unread: dict[FileGroup, Sequence[FileRecord]] = {}
        self._readings: dict[str, FileReading] = {}  # of all others, by their names
        # An array's first piece decides its type; there may be no entry at all.
        for name, kind in (("entry_files", np.uint32), ("lines", np.uint32), ("kinds", np.uint8),
                           ("documents", np.uint32), ("line_hashes", np.uint64)):  # fmt: skip
            self._writer.append(name, np.empty(0, kind))

    def __enter__(self) -> "LedgerWriter":
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.abandon()  # nothing, once it is closed

    def append(self, entries: Entries, documents: Array) -> None:
        """Adds what a part held; documents (entries,): its numbers, or NO_DOCUMENT."""
        for reading in entries.readings:
            self._readings[reading.name] = reading
        if not entries.rows:
            return
        files, places = [], []
        for row, document in zip(entries.rows, documents.tolist(), strict=True):
            path, _, bits, _, _, start, end = row
            numbers = self._numbers_as_shown if bits & Kind.NO_ARTICLE else self._numbers
            files.append(numbers.get(path, _NO_FILE))
            if document != NO_DOCUMENT:
                number = self._paths.setdefault(path, len(self._paths))
                places.append((document, number, start, end))
        self._places.append(np.array(places, np.uint64).reshape(-1, 4))
        _, lines, kinds, ids, hashes, _, _ = zip(*entries.rows, strict=True)
        # What stands in no listed file is found anew each time.
        listed = np.array(files) != _NO_FILE
        for place, reject in entries.rejects.items():
            if listed[place]:
                self._rejects.append(json.dumps(asdict(reject), ensure_ascii=False))
        line_hashes, kind = np.array(hashes, np.uint64), np.array(kinds, np.uint8)
        kind[line_hashes > 0] |= Kind.HASHED
        named = listed & (kind & Kind.NO_ARTICLE == 0) & (documents == NO_DOCUMENT)
        for place in named.nonzero()[0].tolist():
            self._ids.append(ids[place])
        self._writer.append("entry_files", np.array(files)[listed])
        self._writer.append("lines", np.array(lines)[listed])
        self._writer.append("kinds", kind[listed])
        self._writer.append("documents", documents[listed])
        self._writer.append("line_hashes", line_hashes[listed & (line_hashes > 0)])

    def places(self, count: int) -> dict[str, Array]:
        """The arrays of `places`, of so many documents; those in no file are gone."""
        paths = sorted(self._paths)
        order = np.zeros(len(paths), np.uint32)
        for place, name in enumerate(paths):
            order[self._paths[name]] = place
        path, gone = np.zeros(count, np.uint32), np.ones(count, bool)
        start, end = np.zeros((2, count), np.uint64)
        documents, numbers, starts, ends = np.concatenate(self._places).T
        path[documents] = order[numbers]
        start[documents], end[documents] = starts, ends
        gone[documents] = False
        return {
            "path": path,
            "start": smallest(start),
            "end": smallest(end),
            **string_table("paths", paths),
            "gone": np.packbits(gone, bitorder="little"),
        }

    def close(self) -> None:
        """Looks at every file once more, and writes the file."""
        keys, states, digests, settled = [], list[int](), [], []
        characters = []
        for group in self._corpus.groups:
            keys.append(group.key.ljust(_DIGEST, b"\0"))
            for record in self._corpus.records(group, self.unread.get(group, ())):
                record = self._with_reading(record)
                states.extend(record.state)
                digests.append(record.digest.ljust(_DIGEST, b"\0"))
                settled.append(record.is_settled)
                characters.append(record.characters)
        self._writer.append("characters", np.array(characters, np.uint64))
        self._writer.append("origin", np.frombuffer(self._corpus.origin, np.uint8))
        self._writer.append("keys", np.frombuffer(b"".join(keys), np.uint8))
        self._writer.append("group_files", self._group_files)
        self._writer.append("names", packed_strings(self._names))
        self._writer.append("states", np.array(states, np.uint64))
        self._writer.append("digests", np.frombuffer(b"".join(digests), np.uint8))
        self._writer.append("settled", np.array(settled, np.uint8))
        self._writer.append("ids", packed_strings(self._ids))
        self._writer.append("rejects", packed_strings(self._rejects))
        self._writer.close()

    def _with_reading(self, record: FileRecord) -> FileRecord:
        reading = self._readings.get(record.name)
        if reading is None:  # left unread
            return record
        if reading.is_damaged:
            # Its articles are of other bytes than it has: without a digest it is read again.
            characters = reading.characters + reading.missing
            return record._replace(digest=b"", characters=characters)
        return record._replace(characters=reading.characters)


class Ledger:
    """Reads the ledger of a generation whose base segment is given."""

    def __init__(self, folder: Path, base: Segment) -> None:
        file, self.base = ArrayFile(folder / FILES), base
        self._places = ArrayFile(folder / PLACES)
        self._names = unpacked_strings(file["names"])
        self._group_files = file["group_files"].tolist()
        self._states = file["states"].reshape(-1, 4).tolist()
        self._digests = file["digests"].tobytes()
        self._settled = file["settled"].tolist()
        self._characters = [0] * len(self._names)
        if (characters := file.get("characters")) is not None:
            self._characters = characters.tolist()
        self._files, self._lines = file["entry_files"], file["lines"]
        self._kinds, self._documents = file["kinds"], file["documents"]
        self._line_hashes = file["line_hashes"]
        self._hash_starts = starts_of(self._kinds & Kind.HASHED > 0)
        # Ids of documents of the base are there; those of a delta are not asked for.
        named = (self._kinds & Kind.NO_ARTICLE == 0) & (self._documents == NO_DOCUMENT)
        self._ids, self._id_starts = unpacked_strings(file["ids"]), starts_of(named)
        self._rejects = unpacked_strings(file["rejects"])
        self._reject_starts = starts_of(self._kinds & Kind.REJECT > 0)
        self._groups: dict[tuple[str, bytes], int] = {}
        keys = file["keys"].tobytes()
        for number, first in enumerate(self._group_files[:-1]):
            if self._group_files[number + 1] > first:
                key = keys[_DIGEST * number : _DIGEST * (number + 1)]
                self._groups[self._names[first], key] = number

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
            state, is_settled = FileState(*self._states[file]), bool(self._settled[file])
            name, characters = self._names[file], self._characters[file]
            records.append(FileRecord(name, state, digest, is_settled, characters))
        return records

    def groups_of_files(self) -> dict[str, int]:
        """For each file's name the number of its group."""
        groups = {}
        for number, first in enumerate(self._group_files[:-1]):
            for name in self._names[first : self._group_files[number + 1]]:
                groups[name] = number
        return groups

    def entries(self, number: int, group: FileGroup) -> Entries:
        """What a group held, which has this number; articles of a delta come without an id."""
        part = self._slice(number)
        kinds, documents = self._kinds[part], self._documents[part]
        ids = np.full(len(kinds), "", object)
        named = (kinds & Kind.NO_ARTICLE == 0) & (documents == NO_DOCUMENT)
        ids[named] = self._ids[_counted(self._id_starts, part)]
        in_base = documents < self.base.documents
        ids[in_base] = self.base.ids_of(documents[in_base])
        hashes, starts, ends = np.zeros((3, len(kinds)), np.uint64)
        hashes[kinds & Kind.HASHED > 0] = self._line_hashes[_counted(self._hash_starts, part)]
        starts[in_base] = self._places["start"][documents[in_base]]
        ends[in_base] = self._places["end"][documents[in_base]]
        paths, first = [], self._group_files[number]
        for file, kind in zip(self._files[part].tolist(), kinds.tolist(), strict=True):
            paths.append((group.paths if kind & Kind.NO_ARTICLE else group.names)[file - first])
        columns = [self._lines[part], kinds, ids, hashes, starts, ends]
        rows = list(zip(paths, *(column.tolist() for column in columns), strict=True))
        rejects = {}
        texts = self._rejects[_counted(self._reject_starts, part)]
        for place, text in zip(np.flatnonzero(kinds & Kind.REJECT).tolist(), texts, strict=True):
            rejects[place] = Reject(**json.loads(text))
        return Entries(rows, dict(enumerate(documents.tolist())), rejects, [])

    def unchanged(self, number: int) -> Mapping[int, int]:
        """The entries of a group that are articles of the base, by the hashes of their lines."""
        part = self._slice(number)
        is_known = self._documents[part] < self.base.documents
        is_known &= self._kinds[part] & Kind.HASHED > 0
        places = np.flatnonzero(is_known) + part.start
        hashes = self._line_hashes[self._hash_starts[places]]
        return dict(zip(hashes.tolist(), places.tolist(), strict=True))

    def articles(self, places: Sequence[int]) -> tuple[list[int], list[str], list[int]]:
        """Of entries that are articles of the base their kinds, ids and documents."""
        documents = self._documents[list(places)]
        return (
            self._kinds[list(places)].tolist(),
            self.base.ids_of(documents),
            documents.tolist(),
        )

    def _slice(self, number: int) -> slice:
        first, end = self._group_files[number], self._group_files[number + 1]
        bounds = self._files.searchsorted(np.array([first, end], np.uint32))
        return slice(int(bounds[0]), int(bounds[1]))


def _counted(starts: Array, part: slice) -> slice:
    return slice(int(starts[part.start]), int(starts[part.stop]))
