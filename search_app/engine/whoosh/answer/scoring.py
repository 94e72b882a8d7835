"""Scores of documents: BM25 by Whoosh's formula, over head and body, words and pairs."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from search_app.engine.arrays import Array
from search_app.engine.ranking import (
    HEAD_BOOST,
    K1,
    PAIR_WEIGHT,
    B,
    idf,
)
from search_app.engine.whoosh.answer.collection import Collection
from search_app.engine.whoosh.answer.leaves import ScoredField, SegmentView
from search_app.engine.whoosh.store.field import Postings
from search_app.engine.whoosh.store.lazy import lazy
from search_app.engine.whoosh.store.lengths import LENGTHS
from search_app.engine.whoosh.store.segment import Segment
from search_app.engine.whoosh.store.terms import pair_term, word_term
from search_app.query.tree import Ranking, TextField

# Where a term's documents or those that are wanted are fewer than this share of all, they are
# looked for among the others, else in a table of all documents.
_FEW = 24
# All postings are scored where they are fewer than so many for each wanted document, unless there
# are more documents than so many for each posting.
_MOST, _SPARSE = 4, 32
# The most numbers in a table of terms and documents; more documents are scored in pieces.
_CELLS = 1 << 20


SCORED = (
    ScoredField("head", HEAD_BOOST, pairs=False),
    ScoredField("head", HEAD_BOOST * PAIR_WEIGHT, pairs=True),
    ScoredField("body", 1.0, pairs=False),
    ScoredField("body", PAIR_WEIGHT, pairs=True),
)


class CollectionStatistics(NamedTuple):
    """What scores need of all segments together: documents, and K1 · (1 − B + B · length / mean)
    for each of Whoosh's bytes, by `SCORED`. Deleted documents count, as they do in Whoosh.
    """

    documents: int
    norms: tuple[Array, ...]


def statistics(segments: Sequence[Segment]) -> CollectionStatistics:
    """The statistics of all segments."""
    documents = sum(segment.documents for segment in segments)
    norms = []
    for scored in SCORED:
        fields = [(s.pairs if scored.pairs else s.words)[scored.name] for s in segments]
        total = sum(field.total for field in fields)
        mean = total / documents if total else 1.0
        norms.append(K1 * (1 - B + B * LENGTHS / mean))
    return CollectionStatistics(documents, tuple(norms))


class Scorer:
    """Scores documents by the terms of one query; looks them all up when it is made.

    Scores are sums over `SCORED`, so that those of the head alone bound what the body can add.
    """

    def __init__(
        self,
        collection: Collection,
        views: Sequence[SegmentView],
        ranking: Ranking,
        known: CollectionStatistics,
    ) -> None:
        self._all, self._views, self._known = collection, views, known
        # By segments: of each term the place in `SCORED`, its postings, its weight.
        self._rows: list[list[tuple[int, Postings, float]]] = [[] for _ in views]
        self._most: dict[TextField, float] = {}
        self._cost = 0
        words = [word_term(word) for word in ranking.words]
        pairs = [pair_term(*pair) for pair in ranking.pairs]
        for n, scored in enumerate(SCORED):
            self._look_up(n, scored, pairs if scored.pairs else words)

    def _look_up(self, n: int, scored: ScoredField, terms: Sequence[bytes]) -> None:
        fields = [view.scored(scored) for view in self._views]
        for field in fields:
            field.find(terms)
        for term in terms:
            found = [field.postings(term) for field in fields]
            if count := sum([postings.count for postings in found if postings]):
                weight = scored.weight * (K1 + 1) * idf(self._known.documents, count)
                self._most[scored.name] = self._most.get(scored.name, 0.0) + weight
                self._cost += 0 if scored.pairs else count
                for rows, postings in zip(self._rows, found, strict=True):
                    if postings:
                        rows.append((n, postings, weight))

    def cost(self) -> int:
        """How many postings of words may be read; pairs are counted with the runs of a query."""
        return self._cost

    def scores(self, docs: Array) -> Array:
        """The scores of documents, sorted."""
        parts = [self._of_segment(n, part) for n, part in enumerate(self._all.by_segment(docs))]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _of_segment(self, segment: int, docs: Array) -> Array:
        """All terms' BM25 is one formula over arrays: few calls, however many terms."""
        documents = self._views[segment].segment.documents
        rows = self._rows[segment]
        postings = sum([postings.count for _, postings, _ in rows])
        if postings < _MOST * len(docs) and documents < _SPARSE * postings:
            return self._of_all(segment, documents)[docs]
        size = max(1, _CELLS // max(1, len(rows)))
        if len(docs) <= size:
            return self._of_some(segment, _Wanted(docs, documents))
        pieces = [docs[i : i + size] for i in range(0, len(docs), size)]
        return np.concatenate([self._of_some(segment, _Wanted(p, documents)) for p in pieces])

    def _of_all(self, segment: int, documents: int) -> Array:
        """The scores of all documents, by all postings."""
        rows = self._rows[segment]
        docs = [postings.docs for _, postings, _ in rows]
        tf = np.concatenate([postings.all_tfs for _, postings, _ in rows])
        norms = [self._norms(segment, n, d) for (n, *_), d in zip(rows, docs, strict=True)]
        norm = np.concatenate(norms)
        weight = np.repeat([weight for *_, weight in rows], list(map(len, docs)))
        return np.bincount(np.concatenate(docs), weight * tf / (tf + norm), documents)

    def _of_some(self, segment: int, wanted: "_Wanted") -> Array:
        """The scores of some documents, by a table with a row for each term."""
        rows = self._rows[segment]
        tf = np.zeros((len(rows), len(wanted.docs)))
        norm = np.empty_like(tf)
        field = -1
        for row, (n, postings, _) in enumerate(rows):
            norm[row] = norm[row - 1] if n == field else self._norms(segment, n, wanted.docs)
            wanted.put_tfs(postings, tf[row])
            field = n
        weights = np.array([weight for *_, weight in rows]).reshape(-1, 1)
        scores: Array = (weights * tf / (tf + norm)).sum(axis=0)
        return scores

    def _norms(self, segment: int, n: int, docs: Array) -> Array:
        """What stands beside the tf of a term, for some documents by their lengths."""
        lengths = self._views[segment].scored(SCORED[n]).field.lengths
        norms: Array = self._known.norms[n].take(lengths.take(docs))
        return norms

    def holding(self, name: TextField) -> list[list[Array]]:
        """By segments the documents of all terms that count in a field."""
        return [[p.docs for n, p, _ in rows if SCORED[n].name == name] for rows in self._rows]

    def most(self, name: TextField) -> float:
        """More than all terms of a field add to a score, however often they stand there."""
        return self._most.get(name, 0.0)


class _Wanted:
    """The documents of a segment whose scores are wanted."""

    def __init__(self, docs: Array, documents: int) -> None:
        self.docs, self._documents = docs, documents

    def put_tfs(self, postings: Postings, tfs: Array) -> None:
        """Writes for each of the documents how often a term stands in it; zeros stay."""
        docs = postings.docs
        if min(len(docs), len(self.docs)) * _FEW > self._documents:
            places = self._places.take(docs)
            which = (places >= 0).nonzero()[0]
            tfs[places.take(which)] = postings.tfs(which)
        elif len(self.docs) < len(docs):
            at = docs.searchsorted(self.docs)
            found = docs.take(at, mode="clip") == self.docs
            np.multiply(postings.tfs(np.minimum(at, len(docs) - 1)), found, out=tfs)
        elif len(self.docs):
            at = self.docs.searchsorted(docs)
            which = (self.docs.take(at, mode="clip") == docs).nonzero()[0]
            tfs[at.take(which)] = postings.tfs(which)

    @lazy
    def _places(self) -> Array:
        """For each document its place among those that are wanted, or -1."""
        places = np.full(self._documents, -1, np.int32)
        places[self.docs] = np.arange(len(self.docs))
        return places
