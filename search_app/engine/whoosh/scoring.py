"""Scores of documents: BM25 by Whoosh's formula, over head and body, words and pairs."""

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from search_app.engine.ranking import (
    HEAD_BOOST,
    K1,
    PAIR_WEIGHT,
    B,
    idf,
)
from search_app.engine.whoosh.arrays import Array
from search_app.engine.whoosh.field import Postings
from search_app.engine.whoosh.leaves import Scored, SegmentView
from search_app.engine.whoosh.lengths import LENGTHS
from search_app.engine.whoosh.segment import Segment
from search_app.engine.whoosh.terms import pair_term, word_term
from search_app.query.tree import Ranking, TextField

# Where the wanted documents are this many times fewer than a term's, each is looked for.
_FEW = 8


SCORED = (
    Scored("head", HEAD_BOOST, pairs=False),
    Scored("head", HEAD_BOOST * PAIR_WEIGHT, pairs=True),
    Scored("body", 1.0, pairs=False),
    Scored("body", PAIR_WEIGHT, pairs=True),
)


class Statistics(NamedTuple):
    """What scores need of all segments together: documents, and K1 · (1 − B + B · length / mean)
    for each of Whoosh's bytes, by `SCORED`. Deleted documents count, as they do in Whoosh.
    """

    documents: int
    norms: tuple[Array, ...]


def statistics(segments: Sequence[Segment]) -> Statistics:
    """The statistics of all segments."""
    documents = sum(segment.documents for segment in segments)
    norms = []
    for scored in SCORED:
        fields = [(s.pairs if scored.pairs else s.words)[scored.name] for s in segments]
        total = sum(field.total for field in fields)
        mean = total / documents if total else 1.0
        norms.append(K1 * (1 - B + B * LENGTHS / mean))
    return Statistics(documents, tuple(norms))


class Scorer:
    """Scores documents by the terms of one query; looks them all up when it is made.

    Scores are sums over `SCORED`, so that those of the head alone bound what the body can add.
    """

    def __init__(self, views: Sequence[SegmentView], ranking: Ranking, known: Statistics) -> None:
        self._views = views
        words = [word_term(word) for word in ranking.words]
        pairs = [pair_term(*pair) for pair in ranking.pairs]
        self._columns = [
            _Column(views, n, pairs if scored.pairs else words, known)
            for n, scored in enumerate(SCORED)
        ]

    def cost(self) -> int:
        """How many postings of words may be read; pairs are counted with the runs of a query."""
        return sum(column.cost() for column in self._columns if not column.scored.pairs)

    def scores(self, parts: Sequence[Array]) -> Array:
        """The scores of documents, given by segments and sorted, one segment after another."""
        sizes = [view.segment.documents for view in self._views]
        wanted = [_Wanted(part, size) for part, size in zip(parts, sizes, strict=True)]
        return np.concatenate([self._of_segment(n, w) for n, w in enumerate(wanted)])

    def _of_segment(self, segment: int, wanted: "_Wanted") -> Array:
        """All terms' BM25 is one formula over one array of postings: few calls, however many."""
        found = _Occurrences()
        for column in self._columns:
            column.collect(segment, wanted, found)
        return found.scores(len(wanted.docs))

    def holding(self, name: TextField) -> list[list[Array]]:
        """By segments the documents of all terms that count in a field."""
        columns = [column for column in self._columns if column.scored.name == name]
        return [[docs for c in columns for docs in c.docs(n)] for n in range(len(self._views))]

    def most(self, name: TextField) -> float:
        """More than all terms of a field add to a score, however often they stand there."""
        return sum(c.most for c in self._columns if c.scored.name == name)


class _Column:
    """The terms of a query in one of the fields that count: their numbers in each segment."""

    def __init__(
        self, views: Sequence[SegmentView], n: int, terms: Sequence[bytes], known: Statistics
    ) -> None:
        self.scored, self._norms = SCORED[n], known.norms[n]
        self._fields = [view.scored(self.scored) for view in views]
        for field in self._fields:
            field.find(terms)
        rows = [[field.postings(term) for field in self._fields] for term in terms]
        weight = self.scored.weight * (K1 + 1)
        self._terms = [
            (row, weight * idf(known.documents, _count(row))) for row in rows if any(row)
        ]
        self.most = sum(weight for _, weight in self._terms)

    def cost(self) -> int:
        return sum(_count(row) for row, _ in self._terms)

    def docs(self, segment: int) -> list[Array]:
        """The documents of each term that a segment holds."""
        return [found.docs for row, _ in self._terms if (found := row[segment])]

    def collect(self, segment: int, wanted: "_Wanted", found: "_Occurrences") -> None:
        """Adds the postings of all terms in the wanted documents."""
        terms = [(held, weight) for row, weight in self._terms if (held := row[segment])]
        if terms:
            lengths = self._fields[segment].field.lengths
            found.add_norms(self._norms[lengths[wanted.docs]])
        for postings, weight in terms:
            place, which = wanted.among(postings.docs)
            found.add(place, postings.tfs(which), weight)


def _count(row: Sequence[Postings | None]) -> int:
    """In how many documents a term stands, by its postings in each segment."""
    return sum(found.count for found in row if found)


class _Occurrences:
    """Postings of any terms in some documents, collected to be scored all at once."""

    def __init__(self) -> None:
        self._places: list[Array] = []
        self._tfs: list[Array] = []
        self._weights: list[float] = []
        self._norms: list[Array] = []
        self._starts: list[int] = []  # where the norms begin that count for each term

    def add_norms(self, norms: Array) -> None:
        """What counts for the terms that follow: norms of all the documents."""
        self._norms.append(norms)

    def add(self, places: Array, tfs: Array, weight: float) -> None:
        """Adds a term: the places of its documents among the wanted ones, and its tfs there."""
        self._places.append(places)
        self._tfs.append(tfs)
        self._weights.append(weight)
        self._starts.append((len(self._norms) - 1) * len(self._norms[-1]))

    def scores(self, documents: int) -> Array:
        """The scores of the wanted documents."""
        sizes = [len(places) for places in self._places]
        if not any(sizes):
            return np.zeros(documents)
        place, tf = np.concatenate(self._places), np.concatenate(self._tfs)
        norm = np.concatenate(self._norms)[place + np.array(self._starts).repeat(sizes)]
        weight = np.array(self._weights).repeat(sizes)
        return np.bincount(place, weight * tf / (tf + norm), documents)


class _Wanted:
    """The documents of a segment whose scores are wanted."""

    def __init__(self, docs: Array, documents: int) -> None:
        self.docs = docs
        self._documents = documents

    def among(self, docs: Array) -> tuple[Array, Array]:
        """Which of the wanted documents are among a term's, and their places there."""
        if len(self.docs) * _FEW < len(docs) or not len(self.docs):
            at = docs.searchsorted(self.docs)
            place = (docs.take(at, mode="clip") == self.docs).nonzero()[0]
            return place, at[place]
        all_places = self._places[docs]
        postings = (all_places >= 0).nonzero()[0]
        return all_places[postings], postings

    @cached_property
    def _places(self) -> Array:
        """For each document its place among those that are wanted, or -1."""
        places = np.full(self._documents, -1, np.int32)
        places[self.docs] = np.arange(len(self.docs))
        return places
