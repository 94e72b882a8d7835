"""Searching one generation: its collection, and what must hold while it is read."""

import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

import numpy as np

from search_app.analysis.dictionaries import Dictionaries
from search_app.analysis.pinyin import begins_to_sound, letters_of, pinyin
from search_app.engine.base import Completion, Labels, RankedArticle, SearchResult, Window
from search_app.engine.whoosh.answer.collection import Collection
from search_app.engine.whoosh.answer.evaluate import Evaluation
from search_app.engine.whoosh.answer.order import CollectionStatistics
from search_app.engine.whoosh.store.array_file import named_damage
from search_app.engine.whoosh.store.manifest import (
    ALIASES,
    WITHDRAWN,
    Manifest,
    read_table,
)
from search_app.engine.whoosh.store.terms import word_term
from search_app.errors import (
    BadQuery,
    DamagedIndex,
    MovedArticle,
    QueryTooCostly,
    UnknownArticle,
    WithdrawnArticle,
)
from search_app.model import Article, IndexStatus
from search_app.query.tree import Query, Run
from search_app.text.fold import fold
from search_app.text.symbols import symbols

# Postings that an answer may read. Measured on this project's machines, a million takes 5 to 12 ms;
# this many, and what is shown of a hundred long articles, stay below a second.
MOST_POSTINGS = 50_000_000
# A walk looks up the ids of so many articles at a time: few calls, and little that is looked up in
# vain where a caller stops.
_STRIDE = 1_000
# Characters of an id that no article has; whoever asked knows it, and it may be very long.
_LONGEST_SHOWN = 100
# Titles that are read to see whether they sound as typed beyond the eight letters of an index key;
# no list of suggestions shows as many.
_MOST_READ = 30


class WhooshEngine:
    """Finds the articles of one generation's folder; closes all of it with its last user."""

    def __init__(
        self,
        folder: Path,
        manifest: Manifest,
        lock: BinaryIO | None = None,
        withdrawn_since: Mapping[str, str] = MappingProxyType({}),
        most_postings: int = MOST_POSTINGS,
    ) -> None:
        self._folder, self._manifest, self._most_postings = folder, manifest, most_postings
        self.damage: DamagedIndex | None = None
        self.generation = manifest.generation
        self.edition = " ".join((manifest.generation, *sorted(withdrawn_since)))
        self.dictionaries = Dictionaries.kept(folder)
        if lock is not None:
            weakref.finalize(self, lock.close)
        # A generation that stands in for a newer one must not show what that one left out.
        self._withdrawn = {**read_table(folder / WITHDRAWN), **withdrawn_since}
        self.collection = Collection(folder, list(manifest.segments), withdrawn_since)
        self.size = len(self.collection.live)
        self.statistics = CollectionStatistics(self.collection.segments)
        for segment in self.collection.segments:
            if segment.documents != manifest.segments[segment.name].documents:
                raise DamagedIndex(f"{folder.name} does not hold the articles its manifest counts")
        # Opened here, so that a file that cannot be read is noticed before anybody asks.
        self._reprints = self.collection.reprints

    def check_files(self) -> None:
        """Raises DamagedIndex where files it answers from have gone or changed their size.

        It goes on with what it has opened; a server that starts now could not.
        """
        with named_damage(self.generation):
            self._manifest.check_sizes(self._folder)

    def search(self, query: Query, window: Window) -> SearchResult:
        """Counts every match and ranks those of the window."""
        with self._reading():
            return self._evaluation(query, window).answer()

    def totals(self, queries: Sequence[Query], window: Window) -> list[SearchResult]:
        """Counts the matches of several queries; of one that is refused there are none.

        All together may cost what one query may.
        """
        window = replace(window, offset=0, limit=0, after=None)
        results = []
        for query in queries:
            try:
                results.append(self.search(query, window))
                window = replace(window, spent=results[-1].cost)
            except (BadQuery, QueryTooCostly) as refusal:
                # Without the traceback, which would keep the arrays of the query.
                refused = refusal.with_traceback(None)
                results.append(SearchResult(0, 0, 0, (), refused=refused))
        return results

    def counts(self, texts: Sequence[str]) -> list[int]:
        """How many articles hold each text as it is."""
        counts = [0] * len(texts)
        with self._reading():
            for n, run in enumerate(map(symbols, texts)):
                if run:
                    query = Query.of(Run(run))
                    counts[n] = len(self._evaluation(query, Window()).documents(query.strict))
        return counts

    def walk(self, query: Query, window: Window) -> Iterator[RankedArticle]:
        """Every match once, in the window's order, whatever part of them the window shows."""
        with self._reading():
            docs, scores = self._evaluation(query, window).ordered()
        for start in range(0, len(docs), _STRIDE):
            stride = slice(start, start + _STRIDE)
            with self._reading():
                ranked = self.collection.ranked(docs[stride], scores[stride])
            yield from ranked

    def _evaluation(self, query: Query, window: Window) -> Evaluation:
        evaluation = Evaluation(self.collection, self.statistics, query, window)
        # Before anything is read.
        if evaluation.cost > self._most_postings:
            raise QueryTooCostly(
                f"the query would read {evaluation.cost:,} postings, and {self._most_postings:,} "
                "are allowed; leave out its most common words, or write longer ones"
            )
        return evaluation

    def articles(self, ids: Sequence[str], longest: int | None = None) -> list[Article]:
        """The articles with these ids, in this order, of bodies perhaps no more than `longest`."""
        with self._reading():
            return self.collection.articles(self._numbers(ids), longest)

    def article(self, article_id: str) -> Article:
        """The article with this id; raises UnknownArticle, WithdrawnArticle, MovedArticle."""
        return self.articles([article_id])[0]

    def labels(self, article_id: str) -> Labels:
        """Who is named in an article, by the columns of the index, and how many say the same."""
        with self._reading():
            return self.collection.labels(*self._numbers([article_id]))

    def reprints(self, article_id: str, most: int) -> list[str]:
        """The ids of other articles that say the same, the earliest first."""
        with self._reading():
            others = self._reprints.of(*self._numbers([article_id]))
            return list(map(self.collection.id, others[:most]))

    # The numbers of the articles with these ids, or why one of them has no article.
    def _numbers(self, ids: Sequence[str]) -> list[int]:
        numbers = self.collection.numbers(ids)
        if -1 in numbers:
            unknown = ids[numbers.index(-1)]
            current = self._aliases.get(unknown, "")
            for withdrawn in (unknown, current):
                if withdrawn in self._withdrawn:
                    raise WithdrawnArticle(self._withdrawn[withdrawn])
            if current:
                raise MovedArticle(current)
            if len(unknown) > _LONGEST_SHOWN:
                unknown = unknown[:_LONGEST_SHOWN] + "…"
            raise UnknownArticle(f"no article has the id {unknown!r}")
        return numbers

    # Read when an id is asked for that no article has.
    @cached_property
    def _aliases(self) -> Mapping[str, str]:
        return read_table(self._folder / ALIASES)

    def frequencies(self, words: Sequence[str]) -> list[int]:
        """In about how many articles each word stands: most that stand in a head do in the body."""
        terms = list(map(word_term, words))
        counts = [0] * len(terms)
        with self._reading():
            for segment in self.collection.segments:
                by_field = [field.find(terms) for field in segment.words.values()]
                for n, fields in enumerate(zip(*by_field, strict=True)):
                    counts[n] += max((postings.count for postings in fields if postings), default=0)
        return counts

    def completions(self, typed: str, most: int) -> list[Completion]:
        """Texts that begin with what was typed, or sound so, frequent first."""
        folded, letters, found = fold(typed), letters_of(typed), set[Completion]()
        with self._reading():
            for segment in self.collection.segments:
                found.update(segment.lexicon.beginning(folded, most))
                if letters:
                    found.update(segment.lexicon.sounding(letters, most))
        return _merged(found)[:most]

    def homophones(self, text: str) -> list[Completion]:
        """Texts that sound exactly as this one, frequent first, itself perhaps among them."""
        sound, found = pinyin(fold(text)), set[Completion]()
        with self._reading():
            for segment in self.collection.segments:
                found.update(segment.lexicon.homophones(sound))
        return _merged(found)

    def titles_sounding(self, letters: str, most: int) -> list[str]:
        """The ids of articles whose titles begin to sound so, the newest first, then by id."""
        with self._reading():
            collection, found = self.collection, []
            for segment in collection.segments:
                found.append([segment.lexicon.titles(letters)])
            docs = (collection.union(found) & collection.live).docs
            newest_first = -collection.dates[docs].astype(np.int64)
            order = np.lexsort((collection.id_keys(docs), newest_first))
            sounding = []
            for article in collection.articles(docs[order[:_MOST_READ]].tolist(), 0):
                if begins_to_sound(fold(article.title), letters):
                    sounding.append(article.id)
        return sounding[:most]

    def every(self) -> Iterator[Article]:
        """All articles that may be found; read as they are asked for."""
        for number in self.collection.live.docs.tolist():
            with self._reading():
                (article,) = self.collection.articles([number])
            yield article

    def status(self) -> IndexStatus:
        """What the generation's manifest says."""
        return self._manifest.status()

    # Notes damage, so that whoever leads to this engine can lead to another one.
    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            with named_damage(self.generation):
                yield
        except DamagedIndex as error:
            if self._proved_sound:
                # Files that are what they should be damage nothing: this is a fault of ours.
                raise (error.__cause__ or error) from None
            # Without the traceback, which would keep this engine and its files open.
            self.damage = DamagedIndex(str(error))
            raise

    # Whether every file has the hash of its manifest; read once, when there is doubt.
    @cached_property
    def _proved_sound(self) -> bool:
        try:
            self._manifest.check(self._folder, everything=True)
        except (DamagedIndex, OSError):
            return False
        return True


# Each text once, with the weights of all segments, the most frequent first.
def _merged(found: Iterable[Completion]) -> list[Completion]:
    merged: dict[str, Completion] = {}
    for completion in found:
        earlier = merged.get(completion.text)
        if earlier:
            completion = completion._replace(weight=completion.weight + earlier.weight)
        merged[completion.text] = completion
    return sorted(merged.values(), key=lambda completion: (-completion.weight, completion.text))
