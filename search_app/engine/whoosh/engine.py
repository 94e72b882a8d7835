"""Searching one generation with Whoosh's own reader and searcher.

Only query shapes in which Whoosh is sound are used: single postings lists, phrases, and one flat
Or for scores, always to the last match. Its Not, AndNot and nested AndMaybe give wrong sets.
"""

import threading
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from whoosh.index import open_dir
from whoosh.query.compound import Or
from whoosh.query.positional import Phrase
from whoosh.query.terms import Term
from whoosh.scoring import BM25F

from search_app.engine.answer import answer
from search_app.engine.base import Found, Window
from search_app.engine.evaluate import Numbers
from search_app.engine.ranking import HEAD_BOOST, K1, PAIR_WEIGHT, B
from search_app.engine.whoosh.damage import named_damage
from search_app.engine.whoosh.manifest import Manifest
from search_app.engine.whoosh.schema import pair_terms, prefix_of
from search_app.engine.whoosh.store import Store
from search_app.errors import DamagedIndex, UnknownArticle, WithdrawnArticle
from search_app.model import Article, IndexStatus
from search_app.query.tree import TEXT_FIELDS, Query, Ranking, Run


class WhooshEngine:
    """Finds the articles of one generation's folder; closes all of it with its last user."""

    def __init__(
        self,
        folder: Path,
        manifest: Manifest,
        lock: BinaryIO | None = None,
        withdrawn_since: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._folder, self._manifest = folder, manifest
        self.damage: DamagedIndex | None = None
        self.generation = manifest.generation
        self._store = Store(folder)
        self._searcher = open_dir(str(folder), readonly=True).searcher(weighting=BM25F(B=B, K1=K1))
        self._reader = self._searcher.reader()
        weakref.finalize(self, self._searcher.close)
        if lock is not None:
            weakref.finalize(self, lock.close)
        # Whoosh's readers move one shared file position.
        self._lock = threading.Lock()
        self.columns = self._store.columns
        # A generation that stands in for a newer one must not show what that one left out.
        self._withdrawn = {**self._store.withdrawn, **withdrawn_since}
        numbers = self._store.numbers
        self.hidden = frozenset(numbers[i] for i in withdrawn_since if i in numbers)
        if not len(self.columns.keys) == self._reader.doc_count() == manifest.counts.indexed:
            raise DamagedIndex(f"{folder.name} does not hold the articles its manifest counts")

    def search(self, query: Query, window: Window) -> Found:
        """Every match counted, those of the window ranked."""
        with self._lock, self._reading():
            return answer(self, query, window)

    def articles(self, numbers: Sequence[int]) -> list[Article]:
        """The articles with these numbers, in this order."""
        with self._reading():
            return self._store.articles(numbers)

    def article(self, article_id: str) -> Article:
        """The article with this id; raises UnknownArticle, WithdrawnArticle."""
        if article_id in self._withdrawn:
            raise WithdrawnArticle(self._withdrawn[article_id])
        number = self._store.numbers.get(article_id)
        if number is None:
            raise UnknownArticle(f"no article has the id {article_id!r}")
        return self.articles([number])[0]

    def status(self) -> IndexStatus:
        """What the generation's manifest says."""
        return self._manifest.status()

    def holding(self, run: Run) -> Numbers:
        """The articles in which the run stands in a field."""
        fields = [run.field] if run.field else TEXT_FIELDS
        return frozenset().union(*(self._in_field(f"{f}_pairs", run.symbols) for f in fields))

    def scores(self, ranking: Ranking) -> Mapping[int, float]:
        """Whoosh's BM25 of the words and, weighted, of the pairs, in head and body."""
        terms = [
            Term(name, text, boost=boost * weight)
            for field, boost in (("head", HEAD_BOOST), ("body", 1.0))
            for name, weight, texts in (
                (field, 1.0, ranking.words),
                (f"{field}_pairs", PAIR_WEIGHT, [t for p in ranking.pairs for t in _term(p)]),
            )
            for text in texts
        ]
        if not terms:
            return {}
        results = self._searcher.search(Or(terms), limit=None).items()
        return {number: score or 0.0 for number, score in results}

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Notes damage, so that whoever leads to this engine can lead to another one."""
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

    @cached_property
    def _proved_sound(self) -> bool:
        """Whether every file has the hash of its manifest; read once, when there is doubt."""
        try:
            self._manifest.check(self._folder, everything=True)
        except (DamagedIndex, OSError):
            return False
        return True

    def _in_field(self, field: str, symbols: Sequence[str]) -> Iterator[int]:
        if len(symbols) == 1:
            return self._with_prefix(field, prefix_of(symbols[0]))
        terms = list(pair_terms(symbols, closed=False))
        query = Term(field, terms[0]) if len(terms) == 1 else Phrase(field, terms)
        ids: Iterator[int] = query.docs(self._searcher)
        return ids

    def _with_prefix(self, field: str, prefix: str) -> Iterator[int]:
        for term in list(self._reader.expand_prefix(field, prefix)):
            yield from self._reader.postings(field, term).all_ids()


def _term(pair: tuple[str, str]) -> Iterator[str]:
    return pair_terms(pair, closed=False)
