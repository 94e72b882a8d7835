"""Building a generation: a corpus in, a checked folder out."""

import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from search_app.analysis.dictionaries import NO_DICTIONARIES, Dictionaries
from search_app.engine.arrays import Array, smallest
from search_app.engine.base import Corpus
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
from search_app.engine.whoosh.build.read import Reading, read_corpus
from search_app.engine.whoosh.build.runs import Runs
from search_app.engine.whoosh.build.segmentwriter import write_segment
from search_app.engine.whoosh.for_whoosh.index import write_toc
from search_app.engine.whoosh.generations.generations import Generations, OpenGeneration
from search_app.engine.whoosh.store.aliases import write_aliases
from search_app.engine.whoosh.store.array_file import ArrayFile, write_arrays
from search_app.engine.whoosh.store.damage import REMEDY, named_damage
from search_app.engine.whoosh.store.manifest import File, Manifest, SegmentCounts, fingerprint
from search_app.engine.whoosh.store.segment import Segment
from search_app.engine.whoosh.store.strings import string_table, unpacked_strings
from search_app.errors import DamagedIndex
from search_app.model import Counts, Reject

Accept = Callable[[Counts], Counts]
# Bytes on disk, at the most and while building, for each byte of text: measured are 6.5.
SPACE = 8
_RUNS = "runs"


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
    with generations.building(SPACE * corpus.size) as folder:
        reading = Reading(corpus.read, _runs_in(folder), dictionaries=dictionaries)
        read = read_corpus(corpus, reading, jobs)
        counts = accept(read.counts)
        runs = Runs(read.runs or reading.write("empty", []))
        write_segment(folder, BASE, runs)
        write_arrays(folder / PLACES, _places(0, (), runs))
        dictionaries.write(folder)
        return _publish(generations, folder, [BASE], counts, read.rejects, corpus.withdrawn)


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
    with generations.building(int(SPACE * corpus.size * delta_share)) as folder:
        dictionaries = Dictionaries.kept(current.folder)
        reading = Reading(corpus.read, _runs_in(folder), current.folder, dictionaries)
        read = read_corpus(corpus, reading, jobs)
        counts = accept(read.counts)
        base = Segment(current.folder, BASE)
        runs = Runs(read.runs)
        if runs.documents > min(MOST_IN_DELTA, delta_share * base.documents):
            return None
        for path in current.folder.glob(f"{BASE}.*"):
            _link(path, folder / path.name)
            if File.of(folder / path.name) != current.manifest.files[path.name]:
                raise DamagedIndex(f"{current.folder.name}/{path.name} is damaged; {REMEDY}")
        segments = [BASE, DELTA] if runs.documents else [BASE]
        if runs.documents:
            write_segment(folder, DELTA, runs, base)
        write_arrays(folder / PLACES, _places(base.documents, read.kept, runs))
        dictionaries.write(folder)
        return _publish(generations, folder, segments, counts, read.rejects, corpus.withdrawn)


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


def _publish(
    generations: Generations,
    folder: Path,
    segments: Sequence[str],
    counts: Counts,
    rejects: Sequence[Reject],
    withdrawn: Mapping[str, str],
) -> Manifest:
    """Writes what is left, opens the generation once, and makes it the live one."""
    shutil.rmtree(folder / _RUNS)
    collection = Collection(folder, segments)
    write_arrays(folder / REPRINTS, clusters(folder, collection))
    gone = collection.documents - len(collection.live)
    write_toc(folder, {s.name: s.documents for s in collection.segments}, gone)
    lines = (json.dumps(asdict(reject), ensure_ascii=False) + "\n" for reject in rejects)
    (folder / "rejects.jsonl").write_text("".join(lines), encoding="utf-8")
    reasons = json.dumps(dict(sorted(withdrawn.items())), ensure_ascii=False, indent=0)
    (folder / "withdrawn.json").write_text(reasons, encoding="utf-8")
    known, found = generations.aliases(), _renamed(generations, collection)
    write_aliases(folder, carried(known, found, collection, withdrawn))
    manifest = Manifest(
        generation=generations.new_name(),
        built_at=datetime.now(UTC).isoformat(timespec="seconds"),
        counts=counts,
        segments={s.name: SegmentCounts.of(s) for s in collection.segments},
        gone=gone,
        files={path.name: File.of(path) for path in sorted(folder.iterdir())},
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


def _places(base: int, kept: Sequence[Path], runs: Runs) -> dict[str, Array]:
    """The arrays of `places`: of `base` documents those in no file are gone; then the runs'."""
    files = [*map(ArrayFile, kept), *runs]
    tables = [unpacked_strings(file["paths"]) for file in files]
    paths = sorted(set().union(*tables))
    numbers = {path: n for n, path in enumerate(paths)}
    documents = base + runs.documents
    path, start, end = (np.zeros(documents, kind) for kind in (np.uint32, np.uint64, np.uint64))
    gone, new = np.ones(documents, bool), base
    for file, table in zip(files, tables, strict=True):
        count = len(file["path"])
        if "numbers" in file.names():
            here = file["numbers"].astype(np.intp)
        else:
            here, new = np.arange(new, new + count), new + count
        path[here] = np.array([numbers[p] for p in table], np.uint32)[file["path"]]
        start[here], end[here], gone[here] = file["start"], file["end"], False
    places = {"path": path, "start": smallest(start), "end": smallest(end)}
    return {**places, **string_table("paths", paths), "gone": np.packbits(gone, bitorder="little")}
