"""Scores of documents: BM25 by Whoosh's formula, and how near each other the words stand."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from search_app.engine.ranking import (
    HEAD_BOOST,
    K1,
    NEAR_SYMBOLS,
    NEAR_WEIGHT,
    PAIR_WEIGHT,
    B,
    idf,
)
from search_app.engine.whoosh.arrays import Array
from search_app.engine.whoosh.leaves import PLACE_BITS, FieldView, Scored, SegmentView, fields_of
from search_app.engine.whoosh.lengths import LENGTHS
from search_app.engine.whoosh.segment import Segment
from search_app.engine.whoosh.terms import pair_term, word_term
from search_app.query.tree import TEXT_FIELDS, Ranking, Run

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


def terms_of(ranking: Ranking, scored: Scored) -> list[bytes]:
    """The terms of a query that count in a field."""
    if scored.pairs:
        return [pair_term(*pair) for pair in ranking.pairs]
    return [word_term(word) for word in ranking.words]


def scores(
    views: Sequence[SegmentView],
    parts: Sequence[Array],
    ranking: Ranking,
    known: Statistics,
) -> Array:
    """The scores of documents, those of one segment after those of another.

    `parts` are the documents of each segment, sorted.
    """
    starts = np.cumsum([0, *map(len, parts)])
    found = np.zeros(int(starts[-1]))
    wanted = [
        _Wanted(part, view.segment.documents) for part, view in zip(parts, views, strict=True)
    ]
    for scored, norms in zip(SCORED, known.norms, strict=True):
        fields = [view.scored(scored) for view in views]
        terms = terms_of(ranking, scored)
        numbers = [[field.number(term) for term in terms] for field in fields]
        counts = [
            sum(f.field.count(n) for f, n in zip(fields, ns, strict=True) if n >= 0)
            for ns in zip(*numbers, strict=True)
        ]
        weights = [scored.weight * idf(known.documents, count) for count in counts]
        for field, part, ns, start in zip(fields, wanted, numbers, starts, strict=False):
            part.add(found[start : start + len(part.docs)], field, ns, weights, norms)
    return found


class _Wanted:
    """The documents of a segment whose scores are wanted."""

    def __init__(self, docs: Array, documents: int) -> None:
        self.docs = docs
        self._documents = documents
        self._places: Array | None = None

    def add(
        self,
        found: Array,
        view: FieldView,
        terms: Sequence[int],
        weights: Sequence[float],
        norms: Array,
    ) -> None:
        """Adds the BM25 of a field's terms to the scores `found`."""
        places, tfs, factors = [], [], []
        for term, weight in zip(terms, weights, strict=True):
            if term >= 0 and len(self.docs):
                place, postings = self._postings(view.docs(term))
                if len(place):
                    places.append(place)
                    tfs.append(view.field.tfs_at(term, postings))
                    factors.append(weight * (K1 + 1))
        if places:
            place, tf = np.concatenate(places), np.concatenate(tfs)
            factor = np.repeat(factors, [len(part) for part in places])
            length = view.field.lengths[self.docs[place]]
            found += np.bincount(place, factor * tf / (tf + norms[length]), len(found))

    def _postings(self, docs: Array) -> tuple[Array, Array]:
        """Which of the wanted documents are among a term's, and their places there."""
        if len(self.docs) * _FEW < len(docs):
            at = docs.searchsorted(self.docs)
            place = (docs.take(at, mode="clip") == self.docs).nonzero()[0]
            return place, at[place]
        if self._places is None:
            self._places = np.full(self._documents, -1, np.int32)
            self._places[self.docs] = np.arange(len(self.docs))
        all_places = self._places[docs]
        postings = (all_places >= 0).nonzero()[0]
        return all_places[postings], postings


def nearness(view: SegmentView, docs: Array, weights: Mapping[Run, float]) -> Array:
    """What the score of each document is multiplied by for the nearness of some runs.

    1 + NEAR_WEIGHT × the largest share by weight of the runs inside NEAR_SYMBOLS symbols of one
    field. `docs` are sorted.
    """
    best = np.zeros(len(docs))
    for name in TEXT_FIELDS:
        runs = [run for run in weights if name in fields_of(run)]
        places = [view.pairs[name].places(run, docs) for run in runs]
        starts = np.concatenate([np.empty(0, np.int64), *places])
        share = np.zeros(len(starts))
        for run, found in zip(runs, places, strict=True):
            if len(found):
                first = found.take(found.searchsorted(starts), mode="clip") - starts
                share += weights[run] * ((first >= 0) & (first <= NEAR_SYMBOLS - len(run.symbols)))
        np.maximum.at(best, docs.searchsorted(starts >> PLACE_BITS), share)
    return 1 + NEAR_WEIGHT * best / sum(weights.values())
