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
# All postings are scored where they are fewer than so many for each wanted document, unless there
# are more documents than so many for each posting.
_MOST, _SPARSE = 4, 32


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
        return np.concatenate([self._of_segment(n, part) for n, part in enumerate(parts)])

    def _of_segment(self, segment: int, docs: Array) -> Array:
        """All terms' BM25 is one formula over one array of postings: few calls, however many."""
        documents = self._views[segment].segment.documents
        postings = sum(column.size(segment) for column in self._columns)
        every = postings < _MOST * len(docs) and documents < _SPARSE * postings
        wanted = _Every(documents) if every else _Wanted(docs, documents)
        found = _Occurrences()
        for column in self._columns:
            column.collect(segment, wanted, found)
        scores = found.scores(wanted.size)
        return scores[docs] if every else scores

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

    def size(self, segment: int) -> int:
        """How many postings a segment holds of the terms."""
        return sum(found.count for row, _ in self._terms if (found := row[segment]))

    def collect(self, segment: int, wanted: "_Wanted | _Every", found: "_Occurrences") -> None:
        """Adds the postings of all terms in the wanted documents."""
        terms = [(held, weight) for row, weight in self._terms if (held := row[segment])]
        if terms:
            lengths = wanted.lengths(self._fields[segment].field.lengths)
        for postings, weight in terms:
            place, tfs = wanted.among(postings)
            found.add(place, tfs, self._norms[lengths[place]], weight)


def _count(row: Sequence[Postings | None]) -> int:
    """In how many documents a term stands, by its postings in each segment."""
    return sum(found.count for found in row if found)


class _Occurrences:
    """Postings of any terms in some documents, collected to be scored all at once."""

    def __init__(self) -> None:
        self._places: list[Array] = []
        self._tfs: list[Array] = []
        self._norms: list[Array] = []
        self._weights: list[float] = []

    def add(self, places: Array, tfs: Array, norms: Array, weight: float) -> None:
        """Adds a term: the places of its documents, and its tf and the norm there."""
        self._places.append(places)
        self._tfs.append(tfs)
        self._norms.append(norms)
        self._weights.append(weight)

    def scores(self, size: int) -> Array:
        """The scores by places, of which there are so many."""
        sizes = [len(places) for places in self._places]
        if not any(sizes):
            return np.zeros(size)
        tf, norm = np.concatenate(self._tfs), np.concatenate(self._norms)
        weight = np.array(self._weights).repeat(sizes)
        return np.bincount(np.concatenate(self._places), weight * tf / (tf + norm), size)


class _Every:
    """All documents of a segment, where most that hold the terms are wanted: nothing to look up."""

    def __init__(self, documents: int) -> None:
        self.size = documents

    def lengths(self, lengths: Array) -> Array:
        """Those of a field by the places."""
        return lengths

    def among(self, postings: Postings) -> tuple[Array, Array]:
        """The places of a term's documents, and its tfs there."""
        return postings.docs, postings.all_tfs


class _Wanted:
    """The documents of a segment whose scores are wanted; as `_Every`, places are among these."""

    def __init__(self, docs: Array, documents: int) -> None:
        self._docs, self.size = docs, len(docs)
        self._documents = documents

    def lengths(self, lengths: Array) -> Array:
        found: Array = lengths[self._docs]
        return found

    def among(self, postings: Postings) -> tuple[Array, Array]:
        place, which = self._among(postings.docs)
        return place, postings.tfs(which)

    def _among(self, docs: Array) -> tuple[Array, Array]:
        """Which of the wanted documents are among a term's, and their places there."""
        if self.size * _FEW < len(docs) or not self.size:
            at = docs.searchsorted(self._docs)
            place = (docs.take(at, mode="clip") == self._docs).nonzero()[0]
            return place, at[place]
        all_places = self._places[docs]
        postings = (all_places >= 0).nonzero()[0]
        return all_places[postings], postings

    @cached_property
    def _places(self) -> Array:
        """For each document its place among those that are wanted, or -1."""
        places = np.full(self._documents, -1, np.int32)
        places[self._docs] = np.arange(self.size)
        return places
