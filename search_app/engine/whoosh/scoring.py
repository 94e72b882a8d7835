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
from search_app.engine.whoosh.collection import Collection
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
# The most numbers in a table of terms and documents; more documents are scored in pieces.
_CELLS = 1 << 20


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

    def __init__(
        self,
        collection: Collection,
        views: Sequence[SegmentView],
        ranking: Ranking,
        known: Statistics,
    ) -> None:
        self._all, self._views = collection, views
        words = [word_term(word) for word in ranking.words]
        pairs = [pair_term(*pair) for pair in ranking.pairs]
        self._columns = [
            _Column(views, n, pairs if scored.pairs else words, known)
            for n, scored in enumerate(SCORED)
        ]

    def cost(self) -> int:
        """How many postings of words may be read; pairs are counted with the runs of a query."""
        return sum(column.cost() for column in self._columns if not column.scored.pairs)

    def scores(self, docs: Array) -> Array:
        """The scores of documents, sorted."""
        parts = [self._of_segment(n, part) for n, part in enumerate(self._all.parted(docs))]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _of_segment(self, segment: int, docs: Array) -> Array:
        """All terms' BM25 is one formula over arrays: few calls, however many terms."""
        documents = self._views[segment].segment.documents
        terms = [term for column in self._columns for term in column.terms(segment)]
        postings = sum(found.count for found, _ in terms)
        if postings < _MOST * len(docs) and documents < _SPARSE * postings:
            return self._of_all(segment, documents)[docs]
        size = max(1, _CELLS // max(1, len(terms)))
        pieces = [docs[i : i + size] for i in range(0, len(docs), size)]
        found = [self._of_some(segment, _Wanted(piece, documents)) for piece in pieces]
        return np.concatenate([np.empty(0), *found])

    def _of_all(self, segment: int, documents: int) -> Array:
        """The scores of all documents, by all postings."""
        terms = [(column, *term) for column in self._columns for term in column.terms(segment)]
        docs = [postings.docs for _, postings, _ in terms]
        tf = np.concatenate([postings.all_tfs for _, postings, _ in terms])
        norm = np.concatenate([t[0].norms(segment, d) for t, d in zip(terms, docs, strict=True)])
        weight = np.repeat([weight for *_, weight in terms], list(map(len, docs)))
        return np.bincount(np.concatenate(docs), weight * tf / (tf + norm), documents)

    def _of_some(self, segment: int, wanted: "_Wanted") -> Array:
        """The scores of some documents, by a table with a row for each term."""
        terms = [column.terms(segment) for column in self._columns]
        shape = sum(map(len, terms)), len(wanted.docs)
        tf, norm, row = np.zeros(shape), np.empty(shape), 0
        for column, held in zip(self._columns, terms, strict=True):
            if held:
                norm[row : row + len(held)] = column.norms(segment, wanted.docs)
            for postings, _ in held:
                wanted.put_tfs(postings, tf[row])
                row += 1
        weights = np.array([[weight] for held in terms for _, weight in held])
        return (weights * tf / (tf + norm)).sum(axis=0) if row else np.zeros(shape[1])

    def holding(self, name: TextField) -> list[list[Array]]:
        """By segments the documents of all terms that count in a field."""
        columns = [column for column in self._columns if column.scored.name == name]
        return [
            [found.docs for c in columns for found, _ in c.terms(n)]
            for n in range(len(self._views))
        ]

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

    def terms(self, segment: int) -> list[tuple[Postings, float]]:
        """The postings of each term that a segment holds, and its weight."""
        return [(found, weight) for row, weight in self._terms if (found := row[segment])]

    def norms(self, segment: int, docs: Array) -> Array:
        """What stands beside the tf of a term, for some documents by their lengths."""
        return self._norms.take(self._fields[segment].field.lengths.take(docs))


def _count(row: Sequence[Postings | None]) -> int:
    """In how many documents a term stands, by its postings in each segment."""
    return sum(found.count for found in row if found)


class _Wanted:
    """The documents of a segment whose scores are wanted."""

    def __init__(self, docs: Array, documents: int) -> None:
        self.docs, self._documents = docs, documents

    def put_tfs(self, postings: Postings, tfs: Array) -> None:
        """Writes for each of the documents how often a term stands in it; zeros stay."""
        docs = postings.docs
        if len(self.docs) * _FEW < len(docs):
            at = docs.searchsorted(self.docs)
            found = docs.take(at, mode="clip") == self.docs
            np.multiply(postings.tfs(np.minimum(at, len(docs) - 1)), found, out=tfs)
        else:
            places = self._places.take(docs)
            which = (places >= 0).nonzero()[0]
            tfs[places.take(which)] = postings.tfs(which)

    @cached_property
    def _places(self) -> Array:
        """For each document its place among those that are wanted, or -1."""
        places = np.full(self._documents, -1, np.int32)
        places[self.docs] = np.arange(len(self.docs))
        return places
