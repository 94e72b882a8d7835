"""The order of what was found: groups, scores (BM25 and nearness), dates, ids; and its window."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from search_app.engine import ranking
from search_app.engine.arrays import Array
from search_app.engine.base import Window
from search_app.engine.ranking import HEAD_BOOST, K1, PAIR_WEIGHT, B, idf, share_weight
from search_app.engine.whoosh.answer.collection import Collection
from search_app.engine.whoosh.answer.pairs import SegmentView
from search_app.engine.whoosh.answer.sets import NONE, DocSet
from search_app.engine.whoosh.store.field import LENGTHS, PLACE_BITS, Field, Postings
from search_app.engine.whoosh.store.segment import Segment
from search_app.engine.whoosh.store.terms import pair_term, pairs_of, word_term
from search_app.query.tree import Query, Ranking, Run, TextField

Weights = Mapping[Run, float]
# What indices are ordered by.
_Key = Callable[[Array], Array]
# Documents and their scores.
_Top = tuple[Array, Array]
# The last date there is, 9999-12-31; undated articles come behind it where the oldest are first.
LAST_DATE = 99_991_231
# Groups of more documents are not scored whole where those with a word in the head may do.
_MANY = 500
# So few documents are sorted whole; of more, those that cannot be among the first go before.
_SORTED = 400
# Where a term's documents or those wanted are fewer than one of so many, they are looked up
# among the others by binary search, else in a table of all documents.
_FEW = 24
# All postings are scored where they are fewer than so many for each wanted document, unless there
# are more documents than so many for each posting.
_MOST, _SPARSE = 4, 32
# The most numbers in a table of terms and documents, 8 MB; more documents are scored in batches.
_CELLS = 1 << 20
# Places of runs are each compared with those of all runs, sixteen million a second. A hundred usual
# articles have fewer for any query; of a hundred books it took ten seconds.
_MOST_COMPARED = 4_000_000
# Fields, what they weigh, and whether their pairs or their words count for scores.
SCORED: tuple[tuple[TextField, float, bool], ...] = (
    ("head", HEAD_BOOST, False),
    ("head", HEAD_BOOST * PAIR_WEIGHT, True),
    ("body", 1.0, False),
    ("body", PAIR_WEIGHT, True),
)
# A term in one segment: the place of its field in `SCORED`, that field, its postings, its weight.
_Term = tuple[int, Field, Postings, float]


class CollectionStatistics:
    """What scores need of all segments together. Deleted documents count, as they do in Whoosh."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.documents = sum(segment.documents for segment in segments)
        # K1 · (1 − B + B · length / mean) for each of Whoosh's bytes, by `SCORED`.
        self.norms: list[Array] = []
        for name, _, pairs in SCORED:
            total = 0
            for segment in segments:
                total += (segment.pairs if pairs else segment.words)[name].total
            mean = total / max(1, self.documents) or 1.0
            self.norms.append(K1 * (1 - B + B * LENGTHS / mean))


class Scorer:
    """Scores documents by the terms of one query; looks them all up when it is made."""

    def __init__(
        self,
        collection: Collection,
        views: Sequence[SegmentView],
        terms: Ranking,
        statistics: CollectionStatistics,
    ) -> None:
        self.collection, self.views, self._statistics = collection, views, statistics
        # By segments, in the order of `SCORED`.
        self._terms: list[list[_Term]] = [[] for _ in views]
        # The terms of a field add less than this to a score, however often they stand there.
        self.most: dict[TextField, float] = {"head": 0.0, "body": 0.0}
        # Postings of words that may be read; pairs are counted with the runs of a query.
        self.cost = 0
        words = list(map(word_term, terms.words))
        pairs = [pair_term(*pair) for pair in terms.pairs]
        for n, (_, _, of_pairs) in enumerate(SCORED):
            self._look_up(n, pairs if of_pairs else words)

    def _look_up(self, scored: int, terms: Sequence[bytes]) -> None:
        name, field_weight, of_pairs = SCORED[scored]
        fields = [view.scored(name, of_pairs) for view in self.views]
        for field in fields:
            field.find(terms)
        for term in terms:
            found = [field.postings(term) for field in fields]
            # Lists, here and below: for the few items that there are, generators take longer.
            count = sum([postings.count for postings in found if postings])
            if not count:
                continue
            weight = field_weight * (K1 + 1) * idf(self._statistics.documents, count)
            self.most[name] += weight
            if not of_pairs:
                self.cost += count
            for segment, view, postings in zip(self._terms, fields, found, strict=True):
                if postings:
                    segment.append((scored, view.field, postings, weight))

    def scores(self, docs: Array) -> Array:
        """The scores of documents, sorted."""
        scores = []
        for segment, within in enumerate(self.collection.by_segment(docs)):
            scores.append(self._of_segment(segment, within))
        return np.concatenate(scores)

    def _of_segment(self, segment: int, docs: Array) -> Array:
        documents, terms = self.views[segment].segment.documents, self._terms[segment]
        # All terms' BM25 is one formula over arrays: few calls, however many terms.
        count = sum([postings.count for _, _, postings, _ in terms])
        if count < _MOST * len(docs) and documents < _SPARSE * count:
            return self._of_all(segment, documents)[docs]
        size, batches = max(1, _CELLS // max(1, len(terms))), []
        for start in range(0, max(1, len(docs)), size):
            batches.append(self._of_some(segment, docs[start : start + size], documents))
        return np.concatenate(batches)

    # The scores of all documents, by all postings.
    def _of_all(self, segment: int, documents: int) -> Array:
        docs, tfs, norms, weights, counts = [], [], [], [], []
        for scored, field, postings, weight in self._terms[segment]:
            docs.append(postings.docs)
            tfs.append(postings.all_tfs)
            norms.append(self._statistics.norms[scored].take(field.lengths.take(postings.docs)))
            weights.append(weight)
            counts.append(postings.count)
        tf = np.concatenate(tfs)
        scores = np.repeat(weights, counts) * tf / (tf + np.concatenate(norms))
        return np.bincount(np.concatenate(docs), scores, documents)

    # The scores of some documents, by a table with a row for each term.
    def _of_some(self, segment: int, docs: Array, documents: int) -> Array:
        terms, indices = self._terms[segment], None
        most = max([postings.count for _, _, postings, _ in terms], default=0)
        if min(most, len(docs)) * _FEW > documents:
            # For each document of the segment its index among those wanted, or -1.
            indices = np.full(documents, -1, np.int32)
            indices[docs] = np.arange(len(docs))
        tf = np.zeros((len(terms), len(docs)))
        norm, weights, before = np.empty_like(tf), np.empty((len(terms), 1)), -1
        for row, (scored, field, postings, weight) in enumerate(terms):
            if scored == before:
                # Terms of one field follow each other, and a document has one length there.
                norm[row] = norm[row - 1]
            else:
                norm[row] = self._statistics.norms[scored].take(field.lengths.take(docs))
            _put_tfs(postings, docs, indices, tf[row])
            weights[row], before = weight, scored
        scores: Array = (weights * tf / (tf + norm)).sum(axis=0)
        return scores

    def holding(self, name: TextField) -> list[list[Array]]:
        """By segments the documents of all terms that count in a field."""
        holding: list[list[Array]] = [[] for _ in self._terms]
        for terms, arrays in zip(self._terms, holding, strict=True):
            for scored, _, postings, _ in terms:
                if SCORED[scored][0] == name:
                    arrays.append(postings.docs)
        return holding


# Writes for each wanted document, sorted, how often a term stands in it; zeros stay.
def _put_tfs(postings: Postings, wanted: Array, indices: Array | None, tfs: Array) -> None:
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


class Order:
    """Puts the documents of one query in order; `leaf` gives the documents that hold a run."""

    def __init__(
        self, scorer: Scorer, query: Query, window: Window, leaf: Callable[[Run], DocSet]
    ) -> None:
        self._scorer, self._collection = scorer, scorer.collection
        self._query, self._window, self._leaf = query, window, leaf

    def first(self, groups: Sequence[DocSet], weights: Weights, end: int) -> _Top:
        """The first so many, group by group, with their scores; `weights` are what relaxed by."""
        numbers, values, done = [NONE], [np.zeros(0)], 0
        for n, group in enumerate(groups):
            # A group is only scored where it is reached.
            if done >= end or not group:
                continue
            if self._window.sort == "relevance":
                docs, scores = self._by_score(group, done, end, weights, n == 0)
            else:
                docs = group.docs
                docs = docs[_smallest(self._keys(docs), len(docs), end - done)]
                scores = np.zeros(len(docs))
            numbers.append(docs)
            values.append(scores)
            done += len(docs)
        rounded = np.rint(np.concatenate(values)[:end] * ranking.SCORE_UNITS) / ranking.SCORE_UNITS
        return np.concatenate(numbers)[:end], rounded

    # The first of a group, with `done` before it; an `exact` one may hold all in a row.
    def _by_score(self, group: DocSet, done: int, end: int, weights: Weights, exact: bool) -> _Top:
        near = [run for run in self._query.ranking.near if self._leaf(run)]
        alike = exact and bool(near) and not weights and self._stand_in_one_run(near)
        if alike and end <= ranking.NEAR_BEST:
            first = self._first_alike(group, end)
            if first is not None:
                return first
        docs, scores = self._scored(group, max(end, ranking.NEAR_BEST))
        # How near words stand is measured for those that are among the best without it.
        room = max(0, ranking.NEAR_BEST - done)
        chosen, rest = np.arange(len(docs)), NONE
        if len(docs) > room:
            order = self._first(docs, scores, max(end, ranking.NEAR_BEST) - done)
            # Sorted, as nearness needs them.
            chosen, rest = np.sort(order[:room]), order[room:]
        if alike:
            scores[chosen] *= 1 + ranking.NEAR_WEIGHT
        elif room:
            scores[chosen] *= self._nearness(docs[chosen], near, weights)
        order = chosen[self._first(docs[chosen], scores[chosen], ranking.NEAR_BEST)]
        order = np.concatenate([order, rest])
        return docs[order], scores[order]

    def _stand_in_one_run(self, near: Sequence[Run]) -> bool:
        whole = self._query.exact
        if not self._query.runs_first or not isinstance(whole, Run):
            return False
        return len(whole.symbols) <= ranking.NEAR_SYMBOLS and all(holds(whole, run) for run in near)

    # As `_by_score` where all words stand as near as they can.
    def _first_alike(self, group: DocSet, end: int) -> _Top | None:
        docs, scores = self._scored(group, end)
        with_nearness = scores * (1 + ranking.NEAR_WEIGHT)
        order = self._first(docs, with_nearness, end)
        units = np.rint(scores * ranking.SCORE_UNITS)
        # Where so many have nearly the same score it matters which are among the best.
        if np.count_nonzero(units >= units[order].min()) > ranking.NEAR_BEST:
            return None
        return docs[order], with_nearness[order]

    # Documents of a group with their scores: all, or those that hold the first so many.
    def _scored(self, group: DocSet, wanted: int) -> _Top:
        if group.most > _MANY:
            heads = self._collection.union(self._scorer.holding("head")).docs
            heads = heads.compress(group.has(heads))
            if len(heads) >= wanted:
                scores = self._scorer.scores(heads)
                least = np.partition(scores, -wanted)[-wanted]
                # Where enough of them score more than any body can, no other need be looked at.
                if least > self._scorer.most["body"] + 1 / ranking.SCORE_UNITS:
                    return heads, scores
        return group.docs, self._scorer.scores(group.docs)

    # The indices of the first so many documents by score, date and id.
    def _first(self, docs: Array, scores: Array, count: int) -> Array:
        rank = -np.rint(scores * ranking.SCORE_UNITS)
        return _smallest([rank.__getitem__, *self._keys(docs)], len(docs), count)

    # What orders indices of documents: date, newest first if nothing else is asked, and id.
    def _keys(self, docs: Array) -> list[_Key]:
        oldest = self._window.sort == "oldest"

        def by_date(indices: Array) -> Array:
            dates = self._collection.dates[docs[indices]].astype(np.int64)
            return np.where(dates, dates, LAST_DATE + 1) if oldest else -dates

        return [by_date, lambda indices: self._collection.id_keys(docs[indices])]

    # What the scores are multiplied by, by the runs of a query and those that were added.
    def _nearness(self, docs: Array, near: Sequence[Run], added: Weights) -> Array:
        weights, live = {}, len(self._collection.live)
        for run in near:
            weights[run] = share_weight(live, len(self._leaf(run)))
        weights.update(added)
        if not weights:
            return np.ones(len(docs))
        if len(weights) == 1:
            (run,) = weights
            if len(run.symbols) <= ranking.NEAR_SYMBOLS:
                return 1 + ranking.NEAR_WEIGHT * self._leaf(run).has(docs)
        factors, shares = [], self._collection.by_segment(docs)
        single = [run for run in weights if len(run.symbols) == 1]
        cost = 0
        for view in self._scorer.views:
            cost += sum(view.range_cost(run, pairs_of(run.symbols[0])) for run in single)
        # As many as documents of a usual length hold, before any of them is read.
        if cost * len(docs) * len(weights) > _MOST_COMPARED * self._collection.documents:
            return np.ones(len(docs))
        for view, within in zip(self._scorer.views, shares, strict=True):
            factors.append(nearness(view, within, weights))
        return np.concatenate(factors)


def nearness(view: SegmentView, docs: Array, weights: Weights) -> Array:
    """What the score of each document (sorted) is multiplied by for the nearness of some runs.

    1 + NEAR_WEIGHT × the largest share by weight of those inside NEAR_SYMBOLS symbols of a field; 1
    where there are too many places to compare: in very long texts everything is near.
    """
    places = [view.places(run, docs) for run in weights]
    starts = np.concatenate(places)
    if len(starts) * len(places) > _MOST_COMPARED:
        return np.ones(len(docs))
    share = np.zeros(len(starts))
    for (run, weight), places_of_run in zip(weights.items(), places, strict=True):
        if len(places_of_run):
            following = places_of_run.take(places_of_run.searchsorted(starts), mode="clip")
            way = following - starts
            share += weight * ((way >= 0) & (way <= ranking.NEAR_SYMBOLS - len(run.symbols)))
    best = np.zeros(len(docs))
    np.maximum.at(best, docs.searchsorted(starts >> PLACE_BITS), share)
    return 1 + ranking.NEAR_WEIGHT * best / sum(weights.values())


# The first `count` of the indices below `total`, in the order of their keys.
def _smallest(keys: Sequence[_Key], total: int, count: int) -> Array:
    chosen = np.arange(total)
    if total > _SORTED:
        sure, wanted = [NONE], count
        # A key is made only of the indices that those before it leave in question.
        for key in keys:
            if len(chosen) <= wanted:
                break
            values = key(chosen)
            # With none wanted all are behind the last: none is sure, and no tie remains.
            last = np.partition(values, wanted - 1)[wanted - 1] if wanted else values.min() - 1
            sure.append(chosen[values < last])
            chosen = chosen[values == last]
            wanted -= len(sure[-1])
        chosen = np.concatenate([*sure, chosen])
    return chosen[np.lexsort([key(chosen) for key in reversed(keys)])[:count]]


def holds(whole: Run, run: Run) -> bool:
    """Whether wherever one run matches the other one does."""
    if run.whole or run.field not in (None, whole.field):
        return False
    size, starts = len(run.symbols), range(len(whole.symbols) - len(run.symbols) + 1)
    return any(whole.symbols[start : start + size] == run.symbols for start in starts)
