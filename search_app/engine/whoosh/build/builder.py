"""Making generations: from a whole corpus, from what changed of it, or by going back to one."""

import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from search_app.analysis.dictionaries import NO_DICTIONARIES, Dictionaries
from search_app.engine.base import Corpus, FileGroup
from search_app.engine.whoosh.answer.collection import (
    BASE,
    DELTA,
    DELTA_SHARE,
    MOST_IN_DELTA,
    PLACES,
    REPRINTS,
    Collection,
)
from search_app.engine.whoosh.answer.engine import WhooshEngine
from search_app.engine.whoosh.build.aliases import carried, renamed
from search_app.engine.whoosh.build.batch import Runs
from search_app.engine.whoosh.build.clusters import clusters
from search_app.engine.whoosh.build.ledger import FILES, Ledger, LedgerWriter
from search_app.engine.whoosh.build.live import LiveGeneration
from search_app.engine.whoosh.build.read import CorpusIndexer, RunWriter, ledger_of
from search_app.engine.whoosh.build.segmentwriter import write_segment
from search_app.engine.whoosh.for_whoosh.codec import write_toc
from search_app.engine.whoosh.generations.generations import Generations, OpenGeneration
from search_app.engine.whoosh.store.array_file import (
    REMEDY,
    ArrayFile,
    named_damage,
    write_arrays,
)
from search_app.engine.whoosh.store.manifest import (
    ALIASES,
    WITHDRAWN,
    File,
    Manifest,
    SegmentCounts,
    fingerprint,
    write_table,
)
from search_app.errors import (
    DamagedIndex,
    GuardRefused,
    NoIndex,
    OtherDictionaries,
    SearchAppError,
)
from search_app.model import Counts, IndexStatus
from search_app.remembered import Extent

# What was counted, how much was found and how much is live → the counts to publish; may raise.
Approval = Callable[[Counts, Extent, Extent], Counts]
# Bytes on disk, at the most and while building, for each byte of text: measured are 6.5.
SPACE = 8
_RUNS = "runs"
# Bytes of files to read. Below it starting two workers takes longer than they save.
_WORTH_WORKERS = 8_000_000
_OTHER_DICTIONARIES = "the dictionaries are not those of the last rebuild; run search-app rebuild"


class WhooshBuilder:
    """Writes the generations of one index folder, while servers read the live one."""

    def __init__(self, folder: Path, group: str = "") -> None:
        self.folder = folder
        self._generations = Generations(folder, group)

    def has_index(self) -> bool:
        """Whether there is a live generation, sound or not."""
        return self._generations.current_stamp() is not None

    def refuse(self, corpus: Path) -> None:
        """Raises GuardRefused where index and corpus lie in each other, or the index anywhere."""
        index, corpus = self.folder.resolve(), corpus.resolve()
        if index == Path(index.anchor):
            raise GuardRefused(f"the index cannot be {index} itself; name a folder with --index")
        if index == corpus or corpus.is_relative_to(index) or index.is_relative_to(corpus):
            raise GuardRefused(
                f"index ({index}) and corpus ({corpus}) must not lie in each other; "
                "name another folder with --index"
            )

    def rebuild(
        self,
        corpus: Corpus,
        accept: Approval,
        jobs: int = 1,
        dictionaries: Dictionaries = NO_DICTIONARIES,
    ) -> IndexStatus:
        """Builds the next generation from all of a corpus and makes it the live one.

        `accept` gets what was counted, how much was found, and how much is live now, before
        anything is published; it returns the counts or raises. Raises AlreadyRunning,
        GuardRefused, WorkerDied.
        """
        self._generations.refuse_foreign()
        with self._generations.writing():
            return self._rebuild(corpus, accept, jobs, dictionaries)

    def update(
        self,
        corpus: Corpus,
        accept: Approval,
        jobs: int = 1,
        dictionaries: Dictionaries = NO_DICTIONARIES,
        delta_share: float = DELTA_SHARE,
    ) -> IndexStatus:
        """As `rebuild`, but indexes only what changed since the last one, while that is little.

        Raises DamagedIndex and WrongFormat where the live generation cannot be built upon,
        GuardRefused where it was built with other dictionaries.
        """
        self._generations.refuse_foreign()
        with self._generations.writing():
            with suppress(NoIndex):
                current = self._generations.open_current()
                with current.lock:
                    if Dictionaries.kept(current.folder) != dictionaries:
                        raise OtherDictionaries(_OTHER_DICTIONARIES)
                    if updated := self._update(current, corpus, accept, jobs, delta_share):
                        return updated
            return self._rebuild(corpus, accept, jobs, dictionaries)

    def roll_back(self) -> IndexStatus:
        """Makes the generation before the live one the live one.

        Raises NoIndex, AlreadyRunning, DamagedIndex, and GuardRefused where there is none before
        it or where it would show what was withdrawn since.
        """
        if not self.has_index():
            raise NoIndex(f"there is no index in {self.folder}; {REMEDY}")
        with self._generations.writing():
            return self._generations.roll_back().status()

    def aliases(self) -> Mapping[str, str]:
        """The ids that articles had earlier, with those that stand for them."""
        return self._generations.live_table(ALIASES)

    def verify(self) -> IndexStatus:
        """Hashes every file of the live generation; raises DamagedIndex, naming the file."""
        opened = self._generations.open_current()
        with opened.lock, named_damage(opened.folder.name):
            opened.manifest.check(opened.folder, everything=True)
        return opened.manifest.status()

    def _rebuild(
        self, corpus: Corpus, accept: Approval, jobs: int, dictionaries: Dictionaries
    ) -> IndexStatus:
        # Texts are all that is taken out of it: it may have other words, or an earlier format.
        live = self._generations.open_sound(for_ids=True)
        if live is None or FILES not in live.manifest.files:
            return self._build_base(corpus, accept, jobs, dictionaries, None)
        with live.lock, suppress(DamagedIndex):
            return self._build_base(corpus, accept, jobs, dictionaries, live)
        # A rebuild is the remedy for an index that is damaged, deep inside too.
        return self._build_base(corpus, accept, jobs, dictionaries, None)

    def _build_base(
        self,
        corpus: Corpus,
        accept: Approval,
        jobs: int,
        dictionaries: Dictionaries,
        live: OpenGeneration | None,
    ) -> IndexStatus:
        corpus.compare(live and LiveGeneration(live.folder, tuple(live.manifest.segments)))
        with (
            self._generations.building(SPACE * corpus.size) as folder,
            LedgerWriter(folder / FILES, corpus) as ledger,
        ):
            (folder / _RUNS).mkdir()
            writer = RunWriter(corpus.read, folder / _RUNS, dictionaries)
            indexer = CorpusIndexer(corpus, writer, ledger)
            indexer.read(jobs, {})
            if live:  # all is taken out of it, and publishing may delete it
                live.lock.close()
            counts = self._accepted(indexer, accept)
            write_segment(folder, BASE, Runs(indexer.runs or writer.write("empty", [])))
            return self._publish(folder, indexer, counts, [BASE], {})

    def _accepted(self, indexer: CorpusIndexer, accept: Approval) -> Counts:
        live, origin = Extent(self._generations.live_count(), 0), b""
        if folder := self._generations.live_folder():
            # As with the count: whatever can be read of it counts, sound or not.
            with suppress(SearchAppError, OSError):
                file = ArrayFile(folder / FILES)
                live = live._replace(characters=int(file["characters"].sum()))
                origin = file["origin"].tobytes()
        characters = indexer.characters
        # Of files of another folder nobody knows that they are damaged ones of this one.
        if origin == indexer.corpus.origin:
            characters += indexer.missing
        counts = indexer.counts
        return accept(counts, Extent(counts.indexed + counts.withdrawn, characters), live)

    # Publishes the live base with what changed since; None where a new base is due.
    def _update(
        self,
        current: OpenGeneration,
        corpus: Corpus,
        accept: Approval,
        jobs: int,
        delta_share: float,
    ) -> IndexStatus | None:
        corpus.compare(LiveGeneration(current.folder, tuple(current.manifest.segments)))
        with (
            self._generations.building(int(SPACE * corpus.size * delta_share)) as folder,
            LedgerWriter(folder / FILES, corpus) as ledger,
        ):
            earlier = ledger_of(current.folder)
            dictionaries = Dictionaries.kept(current.folder)
            unread, same, size = _compared(corpus, earlier)
            (folder / _RUNS).mkdir()
            writer = RunWriter(corpus.read, folder / _RUNS, dictionaries, current.folder, same)
            indexer = CorpusIndexer(corpus, writer, ledger, earlier)
            is_long = size > _WORTH_WORKERS or not corpus.groups
            indexer.read(jobs if is_long else 1, unread)
            counts = self._accepted(indexer, accept)
            runs, segments = Runs(indexer.runs), [BASE]
            if runs.documents > min(MOST_IN_DELTA, delta_share * earlier.base.documents):
                return None
            if runs.documents:
                write_segment(folder, DELTA, runs, earlier.base)
                segments.append(DELTA)
            return self._publish(folder, indexer, counts, segments, _link_base(current, folder))

    # Writes what is left, opens the generation once, makes it live; `linked` has hashes.
    def _publish(
        self,
        folder: Path,
        indexer: CorpusIndexer,
        counts: Counts,
        segments: Sequence[str],
        linked: Mapping[str, File],
    ) -> IndexStatus:
        write_arrays(folder / PLACES, indexer.ledger.places(indexer.documents))
        indexer.ledger.close()
        indexer.writer.dictionaries.write(folder)
        shutil.rmtree(folder / _RUNS)
        collection = Collection(folder, segments)
        write_arrays(folder / REPRINTS, clusters(folder, collection))
        gone = collection.documents - len(collection.live)
        write_toc(folder, {s.name: s.documents for s in collection.segments}, gone)
        self._write_accounts(folder, indexer, collection)
        files = {}
        for path in sorted(folder.iterdir()):
            files[path.name] = linked.get(path.name) or File.of(path)
        manifest = Manifest(
            generation=self._generations.new_name(),
            built_at=datetime.now(UTC).isoformat(timespec="seconds"),
            counts=counts,
            segments={s.name: SegmentCounts(s.documents, s.lengths) for s in collection.segments},
            gone=gone,
            files=files,
            fingerprint=fingerprint(),
        )
        WhooshEngine(folder, manifest)
        self._generations.publish(folder, manifest)
        return manifest.status()

    # Writes what became no article, what was withdrawn, and which ids articles had before.
    def _write_accounts(self, folder: Path, indexer: CorpusIndexer, now: Collection) -> None:
        with (folder / "rejects.jsonl").open("w", encoding="utf-8") as rejects:
            for reject in indexer.rejects:
                rejects.write(json.dumps(asdict(reject), ensure_ascii=False) + "\n")
        withdrawn = indexer.corpus.withdrawn
        write_table(folder / WITHDRAWN, withdrawn)
        found: Mapping[str, str] = {}
        if earlier := self._generations.open_sound(for_ids=True):
            # Where the generation before is damaged nobody knows its ids.
            with earlier.lock, suppress(DamagedIndex), named_damage(earlier.folder.name):
                before = Collection(earlier.folder, list(earlier.manifest.segments))
                found = renamed(before, now)
        write_table(folder / ALIASES, carried(self.aliases(), found, now, withdrawn))


# The groups that need not be read, and the files whose lines are compared one by one.
# Both with the numbers of their groups in the ledger. Then about how many bytes are left to read.
def _compared(corpus: Corpus, earlier: Ledger) -> tuple[dict[FileGroup, int], dict[str, int], int]:
    unread: dict[FileGroup, int] = {}
    same: dict[str, int] = {}
    size = 0
    for group in corpus.groups:
        number = earlier.number(group)
        if number is not None and corpus.is_unchanged(group, earlier.records(number)):
            unread[group] = number
        elif number is not None and len(group.names) == 1:
            same[group.names[0]] = number
            # Most lines are those that were there, and take a tenth of the work.
            size += group.size // 10
        else:
            size += group.size
    return unread, same, size


# Links the files of the base into a folder; returns what the manifest says of them.
# They are not hashed again: a damaged one keeps the hash it should have, so that opening or
# `verify` names it.
def _link_base(current: OpenGeneration, folder: Path) -> dict[str, File]:
    linked = {}
    for path in current.folder.glob(f"{BASE}.*"):
        try:
            os.link(path, folder / path.name)
        except OSError:  # file systems without such links
            shutil.copyfile(path, folder / path.name)
        linked[path.name] = current.manifest.files[path.name]
    return linked
