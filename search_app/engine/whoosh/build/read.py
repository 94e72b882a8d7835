"""Reading a corpus into runs: what worker processes do, and the one that takes their results.

Results are taken in the order of the parts, so that the same corpus gives the same runs whatever
the number of workers.
"""

import functools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from search_app.analysis.dictionaries import NO_DICTIONARIES, Dictionaries
from search_app.analysis.segmenter import default_segmenter
from search_app.engine.base import Corpus, FileGroup
from search_app.engine.reading.tokens import Tokenizer
from search_app.engine.reading.workers import in_order
from search_app.engine.whoosh.answer.collection import BASE
from search_app.engine.whoosh.build.batch import chunked, content_of, sources, to_line, write_run
from search_app.engine.whoosh.build.ledger import (
    NO_DOCUMENT,
    Entry,
    IndexedArticles,
    Kind,
    Ledger,
    LedgerWriter,
)
from search_app.engine.whoosh.store.array_file import write_arrays
from search_app.engine.whoosh.store.segment import Segment
from search_app.model import Article, Counts, Reject, Source
from search_app.remembered import UnchangedRecord

Taken = Mapping[int, Reject]
# What became of an article of a part, where it got no number of the base.
NEW, LEFT_OUT = -1, -2


@dataclass(frozen=True, slots=True)
class Batch:
    """What one part held: its entries in order, what was counted, and files.

    `documents` says of each article among the entries which document of the base it is, or NEW,
    or LEFT_OUT where it was withdrawn or its id is taken. `runs` are of those that are new; `kept`
    names where those of the base stand.
    """

    entries: tuple[Entry, ...]
    rejects: tuple[Reject, ...]
    counts: Counts
    documents: tuple[int, ...]
    runs: tuple[Path, ...]
    kept: Path | None

    @property
    def articles(self) -> list[Entry]:
        """The entries that claim an id."""
        return [entry for entry in self.entries if is_article(entry)]


def is_article(entry: Entry) -> bool:
    """Whether an entry claims an id."""
    return not entry.kind & Kind.NO_ARTICLE


@dataclass(frozen=True, slots=True)
class RunWriter:
    """Reads parts of a corpus into runs in a folder; can be pickled.

    With `base`, the folder of a generation, articles that its base segment has as they are get
    into no run, and lines of the files `same` (name → group of the ledger) that say what they said
    are not read. Texts are cut with the words of `dictionaries` added.
    """

    read: Callable[..., Iterable[tuple[Article | Reject | UnchangedRecord, int, int]]]
    folder: Path
    base: Path | None = None
    dictionaries: Dictionaries = NO_DICTIONARIES
    same: Mapping[str, int] = field(default_factory=dict)

    def __call__(self, numbered: tuple[int, Any], taken: Taken | None = None) -> Batch:
        """Reads a part; of its articles those `taken`, by their places, are rejects instead."""
        number, part = numbered
        reading = _PartReading(taken or {})
        items = self.read(part, self._is_unchanged) if self.same else self.read(part)
        for item, line, line_hash in items:
            if isinstance(item, Reject):
                reading.add_reject(item)
            elif isinstance(item, UnchangedRecord):
                entry = self._known_lines(item.source.path)[line_hash]
                if entry.line != line:
                    entry = entry._replace(line=line)
                reading.add_unchanged(item.source, entry)
            else:
                reading.add_article(item, line, line_hash)
        if self.base is not None:
            reading.keep_unchanged(_segment(self.base))
        name = f"{number:08}"
        kept = self.folder / f"{name}.kept" if self.base is not None else None
        if kept is not None:
            numbers = np.array([document for document, _ in reading.kept], np.uint32)
            places = sources([source for _, source in reading.kept])
            write_arrays(kept, {"numbers": numbers, **places})
        runs = self.write(name, reading.articles) if reading.articles else ()
        return reading.batch(tuple(runs), kept)

    def write(self, name: str, articles: Sequence[Article]) -> Sequence[Path]:
        """Writes articles as one run or several; where there are none, as an empty one."""
        chunks = list(chunked(articles)) or [articles]
        paths = []
        for i, chunk in enumerate(chunks):
            path = self.folder / f"{name}.{i:04}"
            write_run(path, chunk, _tokenizer(self.dictionaries))
            paths.append(path)
        return paths

    def _is_unchanged(self, name: str, line_hash: int) -> bool:
        return line_hash in self._known_lines(name)

    def _known_lines(self, name: str) -> Mapping[int, Entry]:
        if self.base is None or name not in self.same:
            return {}
        return _lines_of(self.base, self.same[name])


class _PartReading:
    """Sorts the items of one part into what gets into a run and what does not."""

    def __init__(self, taken: Taken) -> None:
        self._taken = taken
        self._entries: list[Entry] = []
        self._rejects: list[Reject] = []
        self._documents: list[int] = []
        self._furniture = self._withdrawn = self._indexed = self._doubtful = 0
        # Those to be indexed, each with its place in `_documents`.
        self.articles: list[Article] = []
        self._places: list[int] = []
        self.kept: list[tuple[int, Source]] = []

    def add_reject(self, reject: Reject) -> None:
        self._entries.append(Entry(reject.path, reject.line, Kind.REJECT, reject=reject))
        self._rejects.append(reject)

    def add_unchanged(self, source: Source, entry: Entry) -> None:
        """Adds a record that the base has, and that was not read."""
        self._entries.append(entry)
        if self._claim(entry.kind):
            self._documents.append(entry.document)
            self.kept.append((entry.document, source))

    def add_article(self, article: Article, line: int, line_hash: int) -> None:
        path = article.source.path
        if article.kind == "furniture":
            self._furniture += 1
            self._entries.append(Entry(path, line, Kind.FURNITURE))
            return
        kind = Kind.ARTICLE
        if article.is_doubtful:
            kind |= Kind.DOUBTFUL
        if line_hash:
            kind |= Kind.HASHED
        self._entries.append(Entry(path, line, kind, article.id, line_hash=line_hash))
        if article.kind == "withdrawn" and len(self._documents) not in self._taken:
            self._withdrawn += 1
            self._documents.append(LEFT_OUT)
        elif self._claim(kind):
            self._places.append(len(self._documents))
            self._documents.append(NEW)
            self.articles.append(article)

    def _claim(self, kind: int) -> bool:
        """Whether the next article keeps its id; it is a reject where that is taken."""
        reject = self._taken.get(len(self._documents))
        if reject is not None:
            self._rejects.append(reject)
            self._documents.append(LEFT_OUT)
            return False
        self._indexed += 1
        if kind & Kind.DOUBTFUL:
            self._doubtful += 1
        return True

    def keep_unchanged(self, base: Segment) -> None:
        """Takes out the articles that the base has as they are."""
        numbers = base.numbers([article.id for article in self.articles])
        new = []
        for article, place, number in zip(self.articles, self._places, numbers, strict=True):
            if number >= 0 and content_of(to_line(article)) == int(base.contents[number]):
                self._documents[place] = number
                self.kept.append((number, article.source))
            else:
                new.append(article)
        self.articles = new

    def batch(self, runs: tuple[Path, ...], kept: Path | None) -> Batch:
        counts = Counts(
            indexed=self._indexed,
            furniture=self._furniture,
            withdrawn=self._withdrawn,
            rejected=len(self._rejects),
            doubtful=self._doubtful,
        )
        entries, rejects = tuple(self._entries), tuple(self._rejects)
        return Batch(entries, rejects, counts, tuple(self._documents), runs, kept)


@dataclass(slots=True)
class CorpusReading:
    """What was read of a corpus so far; `unread` are base documents of files that were left so."""

    rejects: list[Reject] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    runs: list[Path] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)


class CorpusIndexer:
    """Reads a corpus in its order: parts by worker processes, and what was left unread from the
    ledger of the generation before.
    """

    def __init__(
        self,
        corpus: Corpus,
        writer: RunWriter,
        ledger: LedgerWriter,
        first_document: int = 0,
        earlier: Ledger | None = None,
    ) -> None:
        self._corpus, self._writer, self._ledger, self._earlier = corpus, writer, ledger, earlier
        self._next_document, self._base_documents = first_document, first_document
        self._reading = CorpusReading()
        # Numbers behind those of all parts: a run's file is called by the number of its part.
        self._read_after_all = 10_000_000

    def read(self, jobs: int, unread: Mapping[FileGroup, int]) -> CorpusReading:
        """Reads all but the `unread` groups; raises what the corpus's `report` raises, WorkerDied.

        `unread` are the groups of `earlier` that are as they were.
        """
        waiting: defaultdict[int, list[FileGroup]] = defaultdict(list)
        groups = {id(group): group for group in unread}
        parts = self._numbered_parts(groups, waiting)
        for numbered, batch in in_order(self._writer, parts, jobs):
            self._take_groups(waiting.pop(numbered[0], ()), unread)
            self._take_part(numbered, batch)
        for last_groups in waiting.values():
            self._take_groups(last_groups, unread)
        return self._reading

    def _numbered_parts(
        self, unread: Mapping[int, FileGroup], waiting: defaultdict[int, list[FileGroup]]
    ) -> Iterator[tuple[int, Any]]:
        """The parts that are read; unread groups, by `id`, wait under the number of the next."""
        number = 0
        for part in self._corpus.parts(unread.values()):
            if id(part) in unread:
                waiting[number].append(part)
            else:
                yield number, part
                number += 1

    def _take_part(self, numbered: tuple[Any, Any], batch: Batch) -> None:
        taken = {}
        for place, entry in enumerate(batch.articles):
            if reject := self._corpus.claim(entry.id, entry.path, entry.line):
                taken[place] = reject
        if taken:
            for path in batch.runs:
                path.unlink()
            batch = self._writer(numbered, taken)
        self._corpus.report(numbered[1], batch.rejects)
        self._ledger.append(self._with_documents(batch))
        reading = self._reading
        reading.rejects += batch.rejects
        reading.counts = reading.counts.plus(batch.counts)
        reading.runs += batch.runs
        if batch.kept:
            reading.kept.append(batch.kept)

    def _with_documents(self, batch: Batch) -> Iterator[Entry]:
        """The entries of a part, each article with the number it has in this generation."""
        documents = iter(batch.documents)
        for entry in batch.entries:
            if not is_article(entry):
                yield entry
                continue
            document = next(documents)
            if document == NEW:
                document = self._next_document
                self._next_document += 1
            elif document == LEFT_OUT:
                document = NO_DOCUMENT
            # An unchanged line comes with the number that it has.
            yield entry if entry.document == document else entry._replace(document=document)

    def _take_groups(self, groups: Iterable[FileGroup], unread: Mapping[FileGroup, int]) -> None:
        for group in groups:
            assert self._earlier is not None
            articles = self._earlier.indexed_articles(unread[group])
            if articles and self._take_indexed(group, unread[group], articles):
                continue
            entries = self._earlier.entries(unread[group])
            if self._is_all_known(entries):
                self._take_unread(group, unread[group], entries)
            else:
                # An id became free, or an article was indexed since the base: it must be read.
                self._read_after_all += 1
                numbered = self._read_after_all, self._corpus.whole(group)
                self._take_part(numbered, self._writer(numbered))

    def _take_indexed(self, group: FileGroup, number: int, articles: IndexedArticles) -> bool:
        """Takes a group of articles that the base has, if no id of theirs is taken or withdrawn."""
        assert self._earlier is not None
        if self._corpus.withdrawn or any(map(self._corpus.is_claimed, articles.ids)):
            return False
        files = articles.files.tolist()
        for article_id, file, line in zip(
            articles.ids, files, articles.lines.tolist(), strict=True
        ):
            self._corpus.claim(article_id, group.names[file], line)
        self._corpus.report(group, ())
        self._ledger.leave_unread(group, self._earlier.records(number))
        self._ledger.copy(group, articles)
        doubtful = int(np.count_nonzero(articles.kinds & Kind.DOUBTFUL))
        self._reading.unread += articles.documents.tolist()
        counts = Counts(indexed=len(articles.ids), doubtful=doubtful)
        self._reading.counts = self._reading.counts.plus(counts)
        return True

    def _is_all_known(self, entries: Iterable[Entry]) -> bool:
        """Whether every article that keeps its id is withdrawn or a document of the base."""
        claimed: set[str] = set()
        for entry in filter(is_article, entries):
            if entry.document >= self._base_documents:
                if entry.document != NO_DOCUMENT:
                    return False
                is_free = entry.id not in claimed and not self._corpus.is_claimed(entry.id)
                if is_free and entry.id not in self._corpus.withdrawn:
                    return False
            claimed.add(entry.id)
        return True

    def _take_unread(self, group: FileGroup, number: int, entries: Sequence[Entry]) -> None:
        """Takes what a group held from the ledger; claims are made anew."""
        assert self._earlier is not None
        reading, rejects, written = self._reading, list[Reject](), list[Entry]()
        indexed = furniture = withdrawn = doubtful = 0
        for entry in entries:
            if entry.reject:
                rejects.append(entry.reject)
            elif entry.kind & Kind.FURNITURE:
                furniture += 1
            elif taken := self._corpus.claim(entry.id, entry.path, entry.line):
                rejects.append(taken)
                entry = entry._replace(document=NO_DOCUMENT)
            elif entry.id in self._corpus.withdrawn:
                withdrawn += 1
            else:
                indexed += 1
                reading.unread.append(entry.document)
                if entry.kind & Kind.DOUBTFUL:
                    doubtful += 1
            written.append(entry)
        self._corpus.report(group, rejects)
        self._ledger.leave_unread(group, self._earlier.records(number))
        self._ledger.append(written)
        reading.rejects += rejects
        reading.counts = reading.counts.plus(
            Counts(indexed, furniture, withdrawn, len(rejects), doubtful=doubtful)
        )


@functools.lru_cache(maxsize=1)
def _tokenizer(dictionaries: Dictionaries) -> Tokenizer:
    return Tokenizer(default_segmenter(dictionaries.added_words()))


@functools.lru_cache(maxsize=1)
def _segment(folder: Path) -> Segment:
    return Segment(folder, BASE)


@functools.lru_cache(maxsize=8)
def _lines_of(folder: Path, group: int) -> Mapping[int, Entry]:
    """The lines of a file that a generation's base has, by their hashes."""
    return _ledger(folder).lines(group)


@functools.lru_cache(maxsize=1)
def _ledger(folder: Path) -> Ledger:
    return Ledger(folder, _segment(folder))
