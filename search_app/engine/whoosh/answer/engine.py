"""Searching one generation: its collection, and what must hold while it is read."""

import json
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from search_app.analysis.dictionaries import Dictionaries
from search_app.engine.base import Completion, SearchResult, Window
from search_app.engine.whoosh.answer import completing
from search_app.engine.whoosh.answer.champions import Champions
from search_app.engine.whoosh.answer.collection import Collection
from search_app.engine.whoosh.answer.evaluate import Evaluation
from search_app.engine.whoosh.answer.scoring import statistics
from search_app.engine.whoosh.store.aliases import read_aliases
from search_app.engine.whoosh.store.damage import named_damage
from search_app.engine.whoosh.store.manifest import Manifest
from search_app.engine.whoosh.store.terms import word_term
from search_app.errors import DamagedIndex, UnknownArticle, WithdrawnArticle
from search_app.model import Article, IndexStatus
from search_app.query.tree import Query

# Postings that a query may read. Measured on this project's machines, a million takes 5 to 10 ms.
MOST_POSTINGS = 50_000_000


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
        self.dictionaries = Dictionaries.kept(folder)
        if lock is not None:
            weakref.finalize(self, lock.close)
        # A generation that stands in for a newer one must not show what that one left out.
        withdrawn = json.loads((folder / "withdrawn.json").read_bytes())
        self._withdrawn: Mapping[str, str] = {**withdrawn, **withdrawn_since}
        self.collection = Collection(folder, list(manifest.segments), withdrawn_since)
        self.statistics = statistics(self.collection.segments)
        # Where something is hidden or gone, other documents are the best.
        whole = self.collection.gone is None
        self._champions = Champions(folder, self.collection.documents) if whole else None
        held = {s.name: s.documents for s in self.collection.segments}
        if held != {name: s.documents for name, s in manifest.segments.items()}:
            raise DamagedIndex(f"{folder.name} does not hold the articles its manifest counts")
        self._reprints = self.collection.reprints

    def search(self, query: Query, window: Window) -> SearchResult:
        """Every match counted, those of the window ranked."""
        with self._reading():
            if self._champions and (found := self._champions.answer(query, window)):
                return found
            evaluation = Evaluation(self.collection, self.statistics, query, window)
            evaluation.refuse_costly(self._most_postings)
            return evaluation.answer()

    def articles(self, numbers: Sequence[int]) -> list[Article]:
        """The articles with these numbers, in this order."""
        with self._reading():
            return self.collection.articles(numbers)

    def article(self, article_id: str) -> Article:
        """The article with this id; raises UnknownArticle, WithdrawnArticle."""
        return self.articles([self.number(article_id)])[0]

    def number(self, article_id: str) -> int:
        """The number of the article with this id; raises UnknownArticle, WithdrawnArticle."""
        if article_id in self._withdrawn:
            raise WithdrawnArticle(self._withdrawn[article_id])
        with self._reading():
            number = self.collection.number(article_id)
        if number is None:
            stands = self._aliases.get(article_id, "")
            if stands in self._withdrawn:
                raise WithdrawnArticle(self._withdrawn[stands])
            raise UnknownArticle(f"no article has the id {article_id!r}")
        return number

    def alias_of(self, article_id: str) -> str | None:
        """The id that stands for this one, which an article had earlier; None for any other."""
        stands = None if article_id in self._withdrawn else self._aliases.get(article_id)
        return None if stands in self._withdrawn else stands

    @cached_property
    def _aliases(self) -> Mapping[str, str]:
        """Read when an id is asked for that no article has."""
        with self._reading():
            return read_aliases(self._folder)

    def frequencies(self, words: Sequence[str]) -> list[int]:
        """In about how many articles each word stands: most that stand in a head do in the body."""
        terms = list(map(word_term, words))
        counts = [0] * len(terms)
        with self._reading():
            for segment in self.collection.segments:
                found = [field.find(terms) for field in segment.words.values()]
                for n, fields in enumerate(zip(*found, strict=True)):
                    counts[n] += max((postings.count for postings in fields if postings), default=0)
        return counts

    def completions(self, typed: str, most: int) -> list[Completion]:
        """Texts that begin with what was typed, or sound so, frequent first."""
        with self._reading():
            return completing.completions(self.collection, typed, most)

    def homophones(self, text: str) -> list[Completion]:
        """Texts that sound exactly as this one, frequent first, itself perhaps among them."""
        with self._reading():
            return completing.homophones(self.collection, text)

    def titles_sounding(self, letters: str, most: int) -> list[int]:
        """The newest articles whose titles begin to sound so; their numbers."""
        with self._reading():
            return completing.titles_sounding(self.collection, letters, most)

    def reprints(self, number: int) -> list[int]:
        """The other articles that say the same as this one, the earliest first."""
        return self._reprints.of(number)

    def every(self) -> Iterator[tuple[int, Article]]:
        """All articles that may be found, with their numbers; read as they are asked for."""
        for number in self.collection.live.docs.tolist():
            yield number, self.articles([number])[0]

    def status(self) -> IndexStatus:
        """What the generation's manifest says."""
        return self._manifest.status()

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
