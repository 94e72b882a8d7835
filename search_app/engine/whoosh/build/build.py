"""Building a generation: a corpus in, a checked folder out."""

import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from search_app.analysis.dictionaries import NO_DICTIONARIES, Dictionaries
from search_app.engine.arrays import Array, smallest
from search_app.engine.base import Corpus, FileGroup
from search_app.engine.whoosh.answer.collection import (
    BASE,
    DELTA,
    DELTA_SHARE,
    MOST_IN_DELTA,
    PLACES,
    Collection,
)
from search_app.engine.whoosh.answer.engine import WhooshEngine
from search_app.engine.whoosh.answer.reprints import REPRINTS
from search_app.engine.whoosh.build.aliases import carried, renamed
from search_app.engine.whoosh.build.clusters import clusters
from search_app.engine.whoosh.build.ledger import NAME as FILES
from search_app.engine.whoosh.build.ledger import Ledger, LedgerWriter
from search_app.engine.whoosh.build.read import CorpusIndexer, RunWriter
from search_app.engine.whoosh.build.runs import Runs
from search_app.engine.whoosh.build.segmentwriter import write_segment
from search_app.engine.whoosh.for_whoosh.codec import write_toc
from search_app.engine.whoosh.generations.generations import Generations, OpenGeneration
from search_app.engine.whoosh.store.array_file import ArrayFile, named_damage, write_arrays
from search_app.engine.whoosh.store.manifest import (
    ALIASES,
    WITHDRAWN,
    File,
    Manifest,
    SegmentCounts,
    fingerprint,
    write_table,
)
from search_app.engine.whoosh.store.segment import Segment
from search_app.engine.whoosh.store.strings import StringTable, string_table, unpacked_strings
from search_app.errors import DamagedIndex
from search_app.model import Counts, Reject

Accept = Callable[[Counts], Counts]
# Bytes on disk, at the most and while building, for each byte of text: measured are 6.5.
SPACE = 8
_RUNS = "runs"
# Bytes of files to read. Below it starting two workers takes longer than they save.
_WORTH_WORKERS = 8_000_000


def rebuild(
    generations: Generations,
    corpus: Corpus,
    accept: Accept,
    jobs: int,
    dictionaries: Dictionaries = NO_DICTIONARIES,
) -> Manifest:
    """Builds the next generation from all of a corpus and publishes it.

    The caller holds the writer's lock. `accept` sees the counts before anything is merged or
    published; it returns them, perhaps completed, or raises so that the live generation stays.
    """
    with (
        generations.building(SPACE * corpus.size) as folder,
        LedgerWriter(folder / FILES, corpus) as ledger,
    ):
        writer = RunWriter(corpus.read, _runs_in(folder), dictionaries=dictionaries)
        reading = CorpusIndexer(corpus, writer, ledger).read(jobs, {})
        counts = accept(reading.counts)
        runs = Runs(reading.runs or writer.write("empty", []))
        write_segment(folder, BASE, runs)
        write_arrays(folder / PLACES, _places(runs))
        ledger.close()
        dictionaries.write(folder)
        rest = Publication([BASE], counts, reading.rejects, corpus.withdrawn)
        return _publish(generations, folder, rest)


def update(
    generations: Generations,
    current: OpenGeneration,
    corpus: Corpus,
    accept: Accept,
    jobs: int,
    delta_share: float = DELTA_SHARE,
) -> Manifest | None:
    """As `rebuild`, but what the base of the live generation has is taken from there, and so are
    the dictionaries.

    Returns None where so much has changed that a new base is due; nothing was published then.
    """
    with (
        generations.building(int(SPACE * corpus.size * delta_share)) as folder,
        LedgerWriter(folder / FILES, corpus) as ledger,
    ):
        base = Segment(current.folder, BASE)
        earlier = Ledger(current.folder, base)
        unread, same = _compared(corpus, earlier)
        dictionaries = Dictionaries.kept(current.folder)
        writer = RunWriter(corpus.read, _runs_in(folder), current.folder, dictionaries, same)
        jobs = jobs if _is_worth_workers(corpus, unread, same) else 1
        indexer = CorpusIndexer(corpus, writer, ledger, base.documents, earlier)
        reading = indexer.read(jobs, unread)
        counts = accept(reading.counts)
        runs = Runs(reading.runs)
        if runs.documents > min(MOST_IN_DELTA, delta_share * base.documents):
            return None
        segments = [BASE]
        if runs.documents:
            write_segment(folder, DELTA, runs, base)
            segments.append(DELTA)
        places = _places(runs, base.documents, reading.kept, reading.unread, current.folder)
        write_arrays(folder / PLACES, places)
        ledger.close()
        dictionaries.write(folder)
        rejects, linked = reading.rejects, _link_base(current, folder)
        rest = Publication(segments, counts, rejects, corpus.withdrawn, linked)
        return _publish(generations, folder, rest)


def _compared(corpus: Corpus, earlier: Ledger) -> tuple[dict[FileGroup, int], dict[str, int]]:
    """The groups that need not be read, and the files whose lines are compared one by one.

    Both with the numbers of their groups in the ledger.
    """
    unread: dict[FileGroup, int] = {}
    same: dict[str, int] = {}
    for group in corpus.groups:
        number = earlier.number(group)
        if number is None:
            continue
        if corpus.is_unchanged(group, earlier.records(number)):
            unread[group] = number
        elif len(group.names) == 1:
            same[group.names[0]] = number
    return unread, same


def _is_worth_workers(
    corpus: Corpus, unread: Mapping[FileGroup, int], same: Mapping[str, int]
) -> bool:
    """Whether there is more to read than workers cost to start."""
    if not corpus.groups:
        return True
    size = 0
    for group in corpus.groups:
        if group in unread:
            continue
        # Where lines are compared, most are those that were there: a tenth of the work.
        is_compared = group.names and group.names[0] in same
        size += group.size // 10 if is_compared else group.size
    return size > _WORTH_WORKERS


def _link_base(current: OpenGeneration, folder: Path) -> dict[str, File]:
    """Links the files of the base into a folder; returns what the manifest says of them.

    They are not hashed again: a damaged one keeps the hash it should have, so that opening or
    `verify` names it.
    """
    linked = {}
    for path in current.folder.glob(f"{BASE}.*"):
        _link(path, folder / path.name)
        linked[path.name] = current.manifest.files[path.name]
    return linked


def _runs_in(folder: Path) -> Path:
    runs = folder / _RUNS
    runs.mkdir()
    return runs


def _link(source: Path, target: Path) -> None:
    """The same file under another name; a copy where the file system has no such links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


class Publication(NamedTuple):
    """What a generation is published with, beside the files of its segments and places."""

    segments: Sequence[str]
    counts: Counts
    rejects: Sequence[Reject]
    withdrawn: Mapping[str, str]
    linked: Mapping[str, File] = MappingProxyType({})  # files whose hashes are known


def _publish(generations: Generations, folder: Path, rest: Publication) -> Manifest:
    """Writes what is left, opens the generation once, and makes it the live one."""
    shutil.rmtree(folder / _RUNS)
    collection = Collection(folder, rest.segments)
    write_arrays(folder / REPRINTS, clusters(folder, collection))
    gone = collection.documents - len(collection.live)
    write_toc(folder, {s.name: s.documents for s in collection.segments}, gone)
    lines = (json.dumps(asdict(reject), ensure_ascii=False) + "\n" for reject in rest.rejects)
    (folder / "rejects.jsonl").write_text("".join(lines), encoding="utf-8")
    write_table(folder / WITHDRAWN, rest.withdrawn)
    known, found = generations.aliases(), _renamed(generations, collection)
    write_table(folder / ALIASES, carried(known, found, collection, rest.withdrawn))
    files = {}
    for path in sorted(folder.iterdir()):
        files[path.name] = rest.linked.get(path.name) or File.of(path)
    manifest = Manifest(
        generation=generations.new_name(),
        built_at=datetime.now(UTC).isoformat(timespec="seconds"),
        counts=rest.counts,
        segments={s.name: SegmentCounts.of(s) for s in collection.segments},
        gone=gone,
        files=files,
        fingerprint=fingerprint(),
    )
    WhooshEngine(folder, manifest)
    generations.publish(folder, manifest)
    return manifest


def _renamed(generations: Generations, now: Collection) -> Mapping[str, str]:
    """The ids that changed since the generation before; none where that one is damaged."""
    earlier = generations.open_earlier()
    if earlier is None:
        return {}
    with earlier.lock, suppress(DamagedIndex), named_damage(earlier.folder.name):
        return renamed(Collection(earlier.folder, list(earlier.manifest.segments)), now)
    return {}


def _places(
    runs: Runs,
    base: int = 0,
    kept: Sequence[Path] = (),
    unread: Sequence[int] = (),
    earlier: Path | None = None,
) -> dict[str, Array]:
    """The arrays of `places`: where each document stands; those of `base` in no file are gone.

    `kept` are files with numbers of base documents and their places, `unread` base documents that
    stand where the places of the generation `earlier` say. The documents of the runs come last.
    """
    documents = base + runs.documents
    places = _PlacesOfDocuments(documents)
    if earlier is not None and len(unread):
        numbers = np.array(unread, np.intp)
        before = ArrayFile(earlier / PLACES)
        table = StringTable(before, "paths")
        paths = [table[n] for n in range(len(table))]
        places.put(numbers, paths, *(before[name][numbers] for name in ("path", "start", "end")))
    for file in map(ArrayFile, kept):
        places.put_file(file["numbers"].astype(np.intp), file)
    first = base
    for run in runs:
        count = len(run["path"])
        places.put_file(np.arange(first, first + count), run)
        first += count
    return places.arrays()


class _PlacesOfDocuments:
    """Collects for each document its path and range, and which are in no file."""

    def __init__(self, documents: int) -> None:
        self._numbers: dict[str, int] = {}
        self._path = np.zeros(documents, np.uint32)
        self._start, self._end = (np.zeros(documents, np.uint64) for _ in range(2))
        self._gone = np.ones(documents, bool)

    def put_file(self, documents: Array, file: ArrayFile) -> None:
        """Puts documents where a run or a list of kept ones says, in its order."""
        paths = unpacked_strings(file["paths"])
        self.put(documents, paths, file["path"], file["start"], file["end"])

    def put(
        self, documents: Array, paths: Sequence[str], path: Array, start: Array, end: Array
    ) -> None:
        """Puts documents (n,) into the range from `start` to `end` of a path each, all (n,)."""
        numbers = [self._numbers.setdefault(name, len(self._numbers)) for name in paths]
        self._path[documents] = np.array(numbers, np.uint32)[path]
        self._start[documents], self._end[documents] = start, end
        self._gone[documents] = False

    def arrays(self) -> dict[str, Array]:
        """The arrays as they are written: paths sorted, those of no document left out."""
        names = list(self._numbers)
        used = np.unique(self._path[~self._gone]).tolist()
        paths = sorted(names[number] for number in used)
        order = {path: n for n, path in enumerate(paths)}
        moved = np.array([order.get(name, 0) for name in names] or [0], np.uint32)
        return {
            "path": np.where(self._gone, np.uint32(0), moved[self._path]),
            "start": smallest(self._start),
            "end": smallest(self._end),
            **string_table("paths", paths),
            "gone": np.packbits(self._gone, bitorder="little"),
        }
