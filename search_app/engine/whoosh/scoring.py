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
        found = [column.postings(segment, wanted) for column in self._columns]
        found = [postings for postings in found if postings and len(postings[0])]
        if not found:
            return np.zeros(len(wanted.docs))
        place, tf, factor, norm = (np.concatenate(arrays) for arrays in zip(*found, strict=True))
        return np.bincount(place, factor * tf / (tf + norm), len(wanted.docs))

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
        numbers = [[field.number(term) for field in self._fields] for term in terms]
        weight = self.scored.weight * (K1 + 1)
        self._terms = [
            (row, weight * idf(known.documents, self._count(row)))
            for row in numbers
            if max(row) >= 0
        ]
        self.most = sum(weight for _, weight in self._terms)

    def cost(self) -> int:
        return sum(self._count(row) for row, _ in self._terms)

    def docs(self, segment: int) -> list[Array]:
        """The documents of each term that a segment holds."""
        field = self._fields[segment]
        return [field.postings(row[segment]).docs for row, _ in self._terms if row[segment] >= 0]

    def postings(self, segment: int, wanted: "_Wanted") -> tuple[Array, ...] | None:
        """Of all terms in the wanted documents: place among these, tf, weight, and norm."""
        field = self._fields[segment]
        places, tfs, factors = [], [], []
        for row, weight in self._terms:
            if row[segment] >= 0:
                postings = field.postings(row[segment])
                place, which = wanted.among(postings.docs)
                places.append(place)
                tfs.append(postings.tfs(which))
                factors.append(weight)
        if not places:
            return None
        place, tf = np.concatenate(places), np.concatenate(tfs)
        factor = np.array(factors).repeat([len(part) for part in places])
        return place, tf, factor, self._norms[field.field.lengths[wanted.docs[place]]]

    def _count(self, row: Sequence[int]) -> int:
        return sum(f.field.count(n) for f, n in zip(self._fields, row, strict=True) if n >= 0)


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
