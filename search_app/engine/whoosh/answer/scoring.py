"""Scores of documents: BM25 by Whoosh's formula, over head and body, words and pairs."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from search_app.engine.arrays import Array
from search_app.engine.ranking import HEAD_BOOST, K1, PAIR_WEIGHT, B, idf
from search_app.engine.whoosh.answer.collection import Collection
from search_app.engine.whoosh.answer.pairs import SegmentView
from search_app.engine.whoosh.store.field import LENGTHS, Postings
from search_app.engine.whoosh.store.segment import Segment
from search_app.engine.whoosh.store.terms import pair_term, word_term
from search_app.query.tree import Ranking, TextField

# Where a term's documents or those wanted are fewer than one of so many, they are looked up
# among the others by binary search, else in a table of all documents.
_FEW = 24
# All postings are scored where they are fewer than so many for each wanted document, unless there
# are more documents than so many for each posting.
_MOST, _SPARSE = 4, 32
# The most numbers in a table of terms and documents, 8 MB; more documents are scored in batches.
_CELLS = 1 << 20


class ScoredField(NamedTuple):
    """A field whose words, or whose pairs, count for scores, and their weight."""

    name: TextField
    weight: float
    pairs: bool


SCORED = (
    ScoredField("head", HEAD_BOOST, pairs=False),
    ScoredField("head", HEAD_BOOST * PAIR_WEIGHT, pairs=True),
    ScoredField("body", 1.0, pairs=False),
    ScoredField("body", PAIR_WEIGHT, pairs=True),
)


# A term in one segment: the place of its field in `SCORED`, its postings, its weight.
_Term = tuple[int, Postings, float]


class CollectionStatistics:
    """What scores need of all segments together. Deleted documents count, as they do in Whoosh."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.documents = sum(segment.documents for segment in segments)
        # K1 · (1 − B + B · length / mean) for each of Whoosh's bytes, by `SCORED`.
        self.norms: list[Array] = []
        for scored in SCORED:
            total = 0
            for segment in segments:
                name = f"{scored.name}_pairs" if scored.pairs else scored.name
                total += segment.fields[name].total
            mean = total / max(1, self.documents) or 1.0
            self.norms.append(K1 * (1 - B + B * LENGTHS / mean))


class Scorer:
    """Scores documents by the terms of one query; looks them all up when it is made."""

    def __init__(
        self,
        collection: Collection,
        views: Sequence[SegmentView],
        ranking: Ranking,
        statistics: CollectionStatistics,
    ) -> None:
        self.collection, self.views, self._statistics = collection, views, statistics
        # By segments, in the order of `SCORED`.
        self._terms: list[list[_Term]] = [[] for _ in views]
        # The terms of a field add less than this to a score, however often they stand there.
        self.most: dict[TextField, float] = {"head": 0.0, "body": 0.0}
        # Postings of words that may be read; pairs are counted with the runs of a query.
        self.cost = 0
        words = list(map(word_term, ranking.words))
        pairs = [pair_term(*pair) for pair in ranking.pairs]
        for n, scored in enumerate(SCORED):
            self._look_up(n, scored, pairs if scored.pairs else words)

    def _look_up(self, n: int, scored: ScoredField, terms: Sequence[bytes]) -> None:
        fields = [view.scored(scored.name, scored.pairs) for view in self.views]
        for field in fields:
            field.find(terms)
        for term in terms:
            found = [field.postings(term) for field in fields]
            # Lists, here and below: for the few items that there are, generators take longer.
            count = sum([postings.count for postings in found if postings])
            if not count:
                continue
            weight = scored.weight * (K1 + 1) * idf(self._statistics.documents, count)
            self.most[scored.name] += weight
            if not scored.pairs:
                self.cost += count
            for segment, postings in zip(self._terms, found, strict=True):
                if postings:
                    segment.append((n, postings, weight))

    def scores(self, docs: Array) -> Array:
        """The scores of documents, sorted."""
        scores = []
        for segment, within in enumerate(self.collection.by_segment(docs)):
            scores.append(self._of_segment(segment, within))
        return np.concatenate(scores)

    def _of_segment(self, segment: int, docs: Array) -> Array:
        documents, terms = self.views[segment].segment.documents, self._terms[segment]
        # All terms' BM25 is one formula over arrays: few calls, however many terms.
        count = sum([postings.count for _, postings, _ in terms])
        if count < _MOST * len(docs) and documents < _SPARSE * count:
            return self._of_all(segment, documents)[docs]
        size, batches = max(1, _CELLS // max(1, len(terms))), []
        for start in range(0, max(1, len(docs)), size):
            batches.append(self._of_some(segment, docs[start : start + size], documents))
        return np.concatenate(batches)

    def _of_all(self, segment: int, documents: int) -> Array:
        """The scores of all documents, by all postings."""
        docs, tfs, norms, weights, counts = [], [], [], [], []
        for scored, postings, weight in self._terms[segment]:
            docs.append(postings.docs)
            tfs.append(postings.all_tfs)
            norms.append(self._norms(segment, scored, postings.docs))
            weights.append(weight)
            counts.append(postings.count)
        tf = np.concatenate(tfs)
        scores = np.repeat(weights, counts) * tf / (tf + np.concatenate(norms))
        return np.bincount(np.concatenate(docs), scores, documents)

    def _of_some(self, segment: int, docs: Array, documents: int) -> Array:
        """The scores of some documents, by a table with a row for each term."""
        terms, indices = self._terms[segment], None
        most = max([postings.count for _, postings, _ in terms], default=0)
        if min(most, len(docs)) * _FEW > documents:
            # For each document of the segment its index among those wanted, or -1.
            indices = np.full(documents, -1, np.int32)
            indices[docs] = np.arange(len(docs))
        tf = np.zeros((len(terms), len(docs)))
        norm, weights, before = np.empty_like(tf), np.empty((len(terms), 1)), -1
        for row, (scored, postings, weight) in enumerate(terms):
            if scored == before:
                # Terms of one field follow each other, and a document has one length there.
                norm[row] = norm[row - 1]
            else:
                norm[row] = self._norms(segment, scored, docs)
            _put_tfs(postings, docs, indices, tf[row])
            weights[row], before = weight, scored
        scores: Array = (weights * tf / (tf + norm)).sum(axis=0)
        return scores

    def _norms(self, segment: int, scored: int, docs: Array) -> Array:
        """What stands beside the tf of a term, for some documents by their lengths."""
        name, _, pairs = SCORED[scored]
        lengths = self.views[segment].scored(name, pairs).field.lengths
        norms: Array = self._statistics.norms[scored].take(lengths.take(docs))
        return norms

    def holding(self, name: TextField) -> list[list[Array]]:
        """By segments the documents of all terms that count in a field."""
        holding: list[list[Array]] = [[] for _ in self._terms]
        for terms, arrays in zip(self._terms, holding, strict=True):
            for scored, postings, _ in terms:
                if SCORED[scored].name == name:
                    arrays.append(postings.docs)
        return holding


def _put_tfs(postings: Postings, wanted: Array, indices: Array | None, tfs: Array) -> None:
    """Writes for each wanted document, sorted, how often a term stands in it; zeros stay."""
    docs = postings.docs
    if indices is not None and min(len(docs), len(wanted)) * _FEW > len(indices):
        found = indices.take(docs)
        which = (found >= 0).nonzero()[0]
        tfs[found.take(which)] = postings.tfs(which)
    elif len(wanted) < len(docs):
        at = docs.searchsorted(wanted)
        held = docs.take(at, mode="clip") == wanted
        np.multiply(postings.tfs(np.minimum(at, len(docs) - 1)), held, out=tfs)
    elif len(wanted):
        at = wanted.searchsorted(docs)
        which = (wanted.take(at, mode="clip") == docs).nonzero()[0]
        tfs[at.take(which)] = postings.tfs(which)
