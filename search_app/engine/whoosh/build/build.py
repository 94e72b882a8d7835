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

from search_app.analysis.dictionaries import Dictionaries
from search_app.engine.base import Corpus, FileGroup
from search_app.engine.whoosh.answer.collection import (
    BASE,
    DELTA,
    MOST_IN_DELTA,
    PLACES,
    REPRINTS,
    Collection,
)
from search_app.engine.whoosh.answer.engine import WhooshEngine
from search_app.engine.whoosh.build.aliases import carried, renamed
from search_app.engine.whoosh.build.clusters import clusters
from search_app.engine.whoosh.build.ledger import NAME as FILES
from search_app.engine.whoosh.build.ledger import Ledger, LedgerWriter
from search_app.engine.whoosh.build.read import CorpusIndexer, RunWriter, ledger_of
from search_app.engine.whoosh.build.runs import Runs
from search_app.engine.whoosh.build.segmentwriter import write_segment
from search_app.engine.whoosh.for_whoosh.codec import write_toc
from search_app.engine.whoosh.generations.generations import Generations, OpenGeneration
from search_app.engine.whoosh.store.array_file import named_damage, write_arrays
from search_app.engine.whoosh.store.manifest import (
    ALIASES,
    WITHDRAWN,
    File,
    Manifest,
    SegmentCounts,
    fingerprint,
    write_table,
)
from search_app.errors import DamagedIndex
from search_app.model import Counts

# What was counted and how many articles are live now → the counts to publish; raises to refuse.
Approval = Callable[[Counts, int], Counts]
# Bytes on disk, at the most and while building, for each byte of text: measured are 6.5.
SPACE = 8
_RUNS = "runs"
# Bytes of files to read. Below it starting two workers takes longer than they save.
_WORTH_WORKERS = 8_000_000


def rebuild(
    generations: Generations,
    corpus: Corpus,
    accept: Approval,
    jobs: int,
    dictionaries: Dictionaries,
) -> Manifest:
    """Builds the next generation from all of a corpus and publishes it.

    The caller holds the writer's lock. `accept` sees the counts before anything is merged or
    published; it returns them, perhaps completed, or raises so that the live generation stays.
    """
    with (
        generations.building(SPACE * corpus.size) as folder,
        LedgerWriter(folder / FILES, corpus) as ledger,
    ):
        (folder / _RUNS).mkdir()
        writer = RunWriter(corpus.read, folder / _RUNS, dictionaries)
        indexer = CorpusIndexer(corpus, writer, ledger)
        indexer.read(jobs, {})
        counts = accept(indexer.counts, generations.live_count())
        write_segment(folder, BASE, Runs(indexer.runs or writer.write("empty", [])))
        return _publish(generations, folder, indexer, counts, [BASE])


def update(
    generations: Generations,
    current: OpenGeneration,
    corpus: Corpus,
    accept: Approval,
    jobs: int,
    dictionaries: Dictionaries,
    delta_share: float,
) -> Manifest | None:
    """As `rebuild`, but what the base of the live generation has is taken from there.

    Returns None where so much has changed that a new base is due; nothing was published then.
    """
    with (
        generations.building(int(SPACE * corpus.size * delta_share)) as folder,
        LedgerWriter(folder / FILES, corpus) as ledger,
    ):
        earlier = ledger_of(current.folder)
        unread, same = _compared(corpus, earlier)
        (folder / _RUNS).mkdir()
        writer = RunWriter(corpus.read, folder / _RUNS, dictionaries, current.folder, same)
        indexer = CorpusIndexer(corpus, writer, ledger, earlier)
        indexer.read(jobs if _is_worth_workers(corpus, unread, same) else 1, unread)
        counts = accept(indexer.counts, generations.live_count())
        runs, base = Runs(indexer.runs), earlier.base
        if runs.documents > min(MOST_IN_DELTA, delta_share * base.documents):
            return None
        segments = [BASE]
        if runs.documents:
            write_segment(folder, DELTA, runs, base)
            segments.append(DELTA)
        linked = _link_base(current, folder)
        return _publish(generations, folder, indexer, counts, segments, linked)


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
        try:
            os.link(path, folder / path.name)
        except OSError:  # file systems without such links
            shutil.copyfile(path, folder / path.name)
        linked[path.name] = current.manifest.files[path.name]
    return linked


def _publish(
    generations: Generations,
    folder: Path,
    indexer: CorpusIndexer,
    counts: Counts,
    segments: Sequence[str],
    linked: Mapping[str, File] = MappingProxyType({}),
) -> Manifest:
    """Writes what is left, opens the generation once, and makes it the live one.

    `linked` are files whose hashes are known.
    """
    write_arrays(folder / PLACES, indexer.places.arrays(indexer.documents))
    indexer.ledger.close()
    indexer.writer.dictionaries.write(folder)
    shutil.rmtree(folder / _RUNS)
    collection = Collection(folder, segments)
    write_arrays(folder / REPRINTS, clusters(folder, collection))
    gone = collection.documents - len(collection.live)
    write_toc(folder, {s.name: s.documents for s in collection.segments}, gone)
    with (folder / "rejects.jsonl").open("w", encoding="utf-8") as rejects:
        for reject in indexer.rejects:
            rejects.write(json.dumps(asdict(reject), ensure_ascii=False) + "\n")
    withdrawn = indexer.corpus.withdrawn
    write_table(folder / WITHDRAWN, withdrawn)
    known, found = generations.aliases(), _renamed(generations, collection)
    write_table(folder / ALIASES, carried(known, found, collection, withdrawn))
    files = {}
    for path in sorted(folder.iterdir()):
        files[path.name] = linked.get(path.name) or File.of(path)
    manifest = Manifest(
        generation=generations.new_name(),
        built_at=datetime.now(UTC).isoformat(timespec="seconds"),
        counts=counts,
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
