"""The order of what was found: groups, scores, nearness, dates, ids; and the window of it."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from search_app.engine.arrays import Array
from search_app.engine.base import Window
from search_app.engine.ranking import (
    NEAR_BEST,
    NEAR_SYMBOLS,
    NEAR_WEIGHT,
    SCORE_UNITS,
    share_weight,
)
from search_app.engine.whoosh.answer.pairs import SegmentView
from search_app.engine.whoosh.answer.scoring import Scorer
from search_app.engine.whoosh.answer.sets import NONE, DocSet
from search_app.engine.whoosh.store.field import PLACE_BITS
from search_app.query.tree import Query, Run

Weights = Mapping[Run, float]
# What indices are ordered by.
_Key = Callable[[Array], Array]
# The last date there is, 9999-12-31; undated articles come behind it where the oldest are first.
LAST_DATE = 99_991_231
# Groups of more documents are not scored whole where those with a word in the head may do.
_MANY = 500
# So few documents are sorted whole; of more, those that cannot be among the first go before.
_SORTED = 400


class Order:
    """Puts the documents of one query in order; `leaf` gives the documents that hold a run."""

    def __init__(
        self, scorer: Scorer, query: Query, window: Window, leaf: Callable[[Run], DocSet]
    ) -> None:
        self._scorer, self._collection = scorer, scorer.collection
        self._query, self._window, self._leaf = query, window, leaf

    def first(self, groups: Sequence[DocSet], weights: Weights, end: int) -> tuple[Array, Array]:
        """The first so many of the matches, each group before the next, with their scores.

        `weights` are of the runs that brought weaker matches in.
        """
        numbers, values, done = [NONE], [np.zeros(0)], 0
        for n, group in enumerate(groups):
            # A group is only scored where it is reached.
            if done >= end or not group:
                continue
            if self._window.sort == "relevance":
                exact = n == 0 and self._query.runs_first
                docs, scores = self._by_score(group, done, end, weights, exact)
            else:
                docs = group.docs
                docs = docs[_smallest(self._keys(docs), len(docs), end - done)]
                scores = np.zeros(len(docs))
            numbers.append(docs)
            values.append(scores)
            done += len(docs)
        rounded = np.rint(np.concatenate(values)[:end] * SCORE_UNITS) / SCORE_UNITS
        return np.concatenate(numbers)[:end], rounded

    def _by_score(
        self, group: DocSet, done: int, end: int, weights: Weights, exact: bool
    ) -> tuple[Array, Array]:
        """The first of a group, with `done` before it; `exact`: they hold every chunk in a row."""
        near = [run for run in self._query.ranking.near if self._leaf(run)]
        if exact and not weights and end <= NEAR_BEST:
            first = self._first_alike(group, near, end)
            if first is not None:
                return first
        docs, scores = self._scored(group, max(end, NEAR_BEST))
        # How near words stand is measured for those that are among the best without it.
        room = max(0, NEAR_BEST - done)
        best, rest = np.arange(len(docs)), NONE
        if len(docs) > room:
            order = self._first(docs, scores, max(end, NEAR_BEST) - done)
            # Sorted, as nearness needs them.
            best, rest = np.sort(order[:room]), order[room:]
        if room:
            scores[best] *= self._nearness(docs[best], near, weights)
            best = best[self._first(docs[best], scores[best], NEAR_BEST)]
        order = np.concatenate([best, rest])
        return docs[order], scores[order]

    def _first_alike(
        self, group: DocSet, near: Sequence[Run], end: int
    ) -> tuple[Array, Array] | None:
        """As `_by_score` where all words stand as near as they can, within one run; else None."""
        whole = self._query.exact
        if not near or not isinstance(whole, Run) or len(whole.symbols) > NEAR_SYMBOLS:
            return None
        if not all(holds(whole, run) for run in near):
            return None
        docs, scores = self._scored(group, end)
        with_nearness = scores * (1 + NEAR_WEIGHT)
        order = self._first(docs, with_nearness, end)
        units = np.rint(scores * SCORE_UNITS)
        # Where so many have nearly the same score it matters which are among the best.
        if np.count_nonzero(units >= units[order].min()) > NEAR_BEST:
            return None
        return docs[order], with_nearness[order]

    def _scored(self, group: DocSet, wanted: int) -> tuple[Array, Array]:
        """Documents of a group with their scores: all, or those that hold the first so many."""
        if group.most > _MANY:
            heads = self._collection.union(self._scorer.holding("head")).docs
            heads = heads.compress(group.has(heads))
            if len(heads) >= wanted:
                scores = self._scorer.scores(heads)
                least = np.partition(scores, -wanted)[-wanted]
                # Where enough of them score more than any body can, no other need be looked at.
                if least > self._scorer.most["body"] + 1 / SCORE_UNITS:
                    return heads, scores
        return group.docs, self._scorer.scores(group.docs)

    def _first(self, docs: Array, scores: Array, count: int) -> Array:
        """The indices of the first so many documents by score, date and id."""
        rank = -np.rint(scores * SCORE_UNITS)
        return _smallest([rank.__getitem__, *self._keys(docs)], len(docs), count)

    def _keys(self, docs: Array) -> list[_Key]:
        """What orders indices of documents: date, newest first if nothing else is asked, and id."""
        oldest = self._window.sort == "oldest"

        def by_date(indices: Array) -> Array:
            dates = self._collection.dates[docs[indices]].astype(np.int64)
            return np.where(dates, dates, LAST_DATE + 1) if oldest else -dates

        return [by_date, lambda indices: self._collection.id_keys(docs[indices])]

    def _nearness(self, docs: Array, near: Sequence[Run], added: Weights) -> Array:
        """What the scores are multiplied by, by the runs of a query and those that were added."""
        weights, live = {}, len(self._collection.live)
        for run in near:
            weights[run] = share_weight(live, len(self._leaf(run)))
        weights.update(added)
        if not weights:
            return np.ones(len(docs))
        if len(weights) == 1:
            (run,) = weights
            if len(run.symbols) <= NEAR_SYMBOLS:
                return 1 + NEAR_WEIGHT * self._leaf(run).has(docs)
        factors = []
        views = self._scorer.views
        for view, within in zip(views, self._collection.by_segment(docs), strict=True):
            factors.append(nearness(view, within, weights))
        return np.concatenate(factors)


def nearness(view: SegmentView, docs: Array, weights: Weights) -> Array:
    """What the score of each document (sorted) is multiplied by for the nearness of some runs.

    1 + NEAR_WEIGHT × the largest share by weight of those inside NEAR_SYMBOLS symbols of a field.
    """
    places = [view.places(run, docs) for run in weights]
    starts = np.concatenate(places)
    share = np.zeros(len(starts))
    for (run, weight), places_of_run in zip(weights.items(), places, strict=True):
        if len(places_of_run):
            following = places_of_run.take(places_of_run.searchsorted(starts), mode="clip")
            way = following - starts
            share += weight * ((way >= 0) & (way <= NEAR_SYMBOLS - len(run.symbols)))
    best = np.zeros(len(docs))
    np.maximum.at(best, docs.searchsorted(starts >> PLACE_BITS), share)
    return 1 + NEAR_WEIGHT * best / sum(weights.values())


def _smallest(keys: Sequence[_Key], total: int, count: int) -> Array:
    """The first `count` of the indices below `total`, in the order of their keys."""
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
