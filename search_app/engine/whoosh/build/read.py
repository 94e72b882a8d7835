"""Reading a corpus into runs: what worker processes do, and the one that takes their results.

Results are taken in the order of the parts, so that the same corpus gives the same runs whatever
the number of workers.
"""

import functools
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import numpy as np

from search_app.analysis.dictionaries import NO_DICTIONARIES, Dictionaries
from search_app.analysis.segmenter import default_segmenter
from search_app.engine.base import Corpus, CorpusItem, FileGroup
from search_app.engine.reading.tokens import Tokenizer
from search_app.engine.reading.workers import in_order
from search_app.engine.whoosh.answer.collection import BASE
from search_app.engine.whoosh.build.batch import chunked, content_of, to_line, write_run
from search_app.engine.whoosh.build.ledger import (
    NO_DOCUMENT,
    Entries,
    Kind,
    Ledger,
    LedgerWriter,
)
from search_app.engine.whoosh.store.segment import Segment
from search_app.model import Article, Counts, Reject
from search_app.remembered import FileReading, UnchangedLines

# The document of an article that gets into a run, and has no number before all parts before it do.
NEW = -1
_Part = tuple[Entries, Sequence[Path]]  # what it holds, and the runs of what is new of that


@dataclass(frozen=True, slots=True)
class RunWriter:
    """Reads parts of a corpus into runs in a folder; can be pickled.

    With `base`, the folder of a generation, articles that its base segment has as they are get
    into no run, and lines of the files `same` (name → group of the ledger) that say what they said
    are not read. Texts are cut with the words of `dictionaries` added.
    """

    read: Callable[..., Iterable[tuple[CorpusItem, int, int]]]
    folder: Path
    dictionaries: Dictionaries = NO_DICTIONARIES
    base: Path | None = None
    same: Mapping[str, int] = field(default_factory=dict)

    def __call__(self, numbered: tuple[int, Any], taken: Container[int] = ()) -> _Part:
        """What a part holds; of its entries those at the places `taken` have lost their ids."""
        number, part = numbered
        entries, articles = Entries([], {}, {}, []), dict[int, Article]()
        rows = entries.rows
        for item, line, line_hash in self.read(part, self._known_lines):
            if isinstance(item, UnchangedLines):
                self._add_unchanged(entries, item)
            elif isinstance(item, FileReading):
                entries.readings.append(item)
            elif isinstance(item, Reject):
                entries.rejects[len(rows)] = item
                rows.append((item.path, item.line, Kind.REJECT, "", 0, 0, 0))
            elif item.kind == "furniture":
                rows.append((item.source.path, line, Kind.FURNITURE, "", 0, 0, 0))
            else:
                if item.kind != "withdrawn" and len(rows) not in taken:
                    articles[len(rows)] = item
                source = item.source
                kind = Kind.DOUBTFUL if item.is_doubtful else Kind.ARTICLE
                rows.append((source.path, line, kind, item.id, line_hash, source.start, source.end))
        if self.base is not None:
            _take_out_known(ledger_of(self.base).base, entries, articles)
        entries.documents.update(dict.fromkeys(articles, NEW))
        runs = self.write(f"{number:08}", list(articles.values())) if articles else ()
        return entries, runs

    def write(self, name: str, articles: Sequence[Article]) -> Sequence[Path]:
        """Writes articles as one run or several; where there are none, as an empty one."""
        paths = []
        for i, chunk in enumerate(list(chunked(articles)) or [articles]):
            paths.append(self.folder / f"{name}.{i:04}")
            write_run(paths[-1], chunk, _tokenizer(self.dictionaries))
        return paths

    def _known_lines(self, name: str) -> Mapping[int, int]:
        return _unchanged(self.base, self.same[name]) if self.base and name in self.same else {}

    def _add_unchanged(self, entries: Entries, item: UnchangedLines) -> None:
        assert self.base is not None
        places, lines, hashes, starts, ends = zip(*item.lines, strict=True)
        kinds, ids, documents = ledger_of(self.base).articles(places)
        entries.documents.update(enumerate(documents, len(entries.rows)))
        columns = lines, kinds, ids, hashes, starts, ends
        entries.rows.extend(zip(repeat(item.path), *columns, strict=False))


# Takes out the articles that the base has as they are; their entries get its numbers.
def _take_out_known(base: Segment, entries: Entries, articles: dict[int, Article]) -> None:
    numbers = base.numbers([article.id for article in articles.values()])
    for (place, article), number in zip(list(articles.items()), numbers, strict=True):
        if number >= 0 and content_of(to_line(article)) == int(base.contents[number]):
            entries.documents[place] = number
            del articles[place]


class CorpusIndexer:
    """Reads a corpus in its order: parts by worker processes, and groups of files that are as they
    were from the ledger of the generation before. Keeps what was read so far.
    """

    def __init__(
        self,
        corpus: Corpus,
        writer: RunWriter,
        ledger: LedgerWriter,
        earlier: Ledger | None = None,
    ) -> None:
        self.corpus = corpus
        self.writer = writer
        self.ledger = ledger
        self._earlier = earlier
        self.rejects: list[Reject] = []
        self.counts = Counts()
        # That the files gave, and that they lack though somebody answers for them.
        self.characters = self.missing = 0
        self.runs: list[Path] = []
        self._base_documents = self.documents = earlier.base.documents if earlier else 0
        # Numbers behind those of all parts: a run's file is called by the number of its part.
        self._read_after_all = 10_000_000

    def read(self, jobs: int, unread: Mapping[FileGroup, int]) -> None:
        """Reads all but the `unread` groups, which have these numbers in the ledger before.

        Raises what the corpus's `report` raises, WorkerDied.
        """
        waiting: defaultdict[int, list[FileGroup]] = defaultdict(list)
        parts = self._numbered_parts(unread, waiting)
        for numbered, batch in in_order(self.writer, parts, jobs):
            for group in waiting.pop(numbered[0], ()):
                self._take_group(group, unread[group])
            self._take_part(numbered, batch)
        for group in chain(*waiting.values()):
            self._take_group(group, unread[group])

    # The parts that are read; unread groups wait under the number of the next.
    def _numbered_parts(
        self, unread: Mapping[FileGroup, int], waiting: defaultdict[int, list[FileGroup]]
    ) -> Iterator[tuple[int, Any]]:
        groups, number = set(map(id, unread)), 0
        for part in self.corpus.parts(unread):
            if id(part) in groups:
                waiting[number].append(part)
            else:
                yield number, part
                number += 1

    def _take_part(self, numbered: tuple[int, Any], batch: _Part) -> None:
        entries, runs = batch
        if taken := self._claim(entries):
            for path in runs:
                path.unlink()
            entries, runs = self.writer(numbered, taken)
        self._add(numbered[1], entries, taken)
        self.runs += runs

    def _take_group(self, group: FileGroup, number: int) -> None:
        assert self._earlier is not None
        entries = self._earlier.entries(number, group)
        if self._is_all_known(entries):
            records = self._earlier.records(number)
            self.ledger.unread[group] = records
            self.characters += sum(record.characters for record in records)
            self._add(group, entries, self._claim(entries))
        else:
            # An id became free, or an article was indexed since the base: it must be read.
            self._read_after_all += 1
            numbered = self._read_after_all, self.corpus.whole(group)
            self._take_part(numbered, self.writer(numbered))

    # Whether every article that keeps its id is withdrawn or a document of the base.
    def _is_all_known(self, entries: Entries) -> bool:
        claimed: set[str] = set()
        for place, (_, _, kind, article_id, *_) in enumerate(entries.rows):
            if kind & Kind.NO_ARTICLE:
                continue
            if entries.documents[place] >= self._base_documents:
                is_taken = article_id in claimed or self.corpus.is_claimed(article_id)
                is_none = is_taken or article_id in self.corpus.withdrawn
                if entries.documents[place] != NO_DOCUMENT or not is_none:
                    return False
            claimed.add(article_id)
        return True

    # Claims the ids of articles; rejects for those whose ids are taken, by their places.
    def _claim(self, entries: Entries) -> dict[int, Reject]:
        taken = {}
        for place, (path, line, kind, article_id, _, _, _) in enumerate(entries.rows):
            if kind & Kind.NO_ARTICLE:
                continue
            if reject := self.corpus.claim(article_id, path, line):
                taken[place] = reject
        return taken

    # Adds what a part or a group held; new articles get the next numbers.
    def _add(self, part: Any, entries: Entries, taken: dict[int, Reject]) -> None:
        documents = np.full(len(entries.rows), NO_DOCUMENT, np.int64)
        documents[list(entries.documents)] = list(entries.documents.values())
        documents[list(taken)] = NO_DOCUMENT
        new = np.flatnonzero(documents == NEW)
        documents[new] = np.arange(self.documents, self.documents + len(new))
        self.documents += len(new)
        rejects = []
        for _, reject in sorted((entries.rejects | taken).items()):
            rejects.append(reject)
        kinds = np.array([kind for _, _, kind, *_ in entries.rows], np.uint8)
        is_indexed = documents != NO_DOCUMENT
        indexed = int(np.count_nonzero(is_indexed))
        counts = Counts(
            indexed=indexed,
            furniture=int(np.count_nonzero(kinds & Kind.FURNITURE)),
            # Articles without a number, but for those whose ids are taken.
            withdrawn=int(np.count_nonzero(kinds & Kind.NO_ARTICLE == 0)) - indexed - len(taken),
            rejected=len(rejects),
            doubtful=int(np.count_nonzero(kinds[is_indexed] & Kind.DOUBTFUL)),
        )
        self.corpus.report(part, rejects)
        self.ledger.append(entries, documents)
        for reading in entries.readings:
            self.characters += reading.characters
            self.missing += reading.missing
        self.rejects += rejects
        self.counts = self.counts.plus(counts)


@functools.lru_cache(maxsize=1)
def _tokenizer(dictionaries: Dictionaries) -> Tokenizer:
    return Tokenizer(default_segmenter(dictionaries.added_words()))


@functools.lru_cache(maxsize=1)
def ledger_of(folder: Path) -> Ledger:
    """The ledger of a generation, opened once in a process."""
    return Ledger(folder, Segment(folder, BASE))


# Of one file at a time its slices are read: more than one is for groups that are read after all.
@functools.lru_cache(maxsize=8)
def _unchanged(folder: Path, group: int) -> Mapping[int, int]:
    return ledger_of(folder).unchanged(group)
