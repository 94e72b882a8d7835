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
from search_app.engine.whoosh.answer.collection import Collection
from search_app.engine.whoosh.answer.leaves import SegmentView
from search_app.engine.whoosh.answer.nearness import nearness
from search_app.engine.whoosh.answer.scoring import Scorer
from search_app.engine.whoosh.answer.sets import NONE, DocSet
from search_app.query.tree import Node, Query, Run

Weights = Mapping[Run, float]
LAST_DATE = 99_991_231
# More documents than this are not all scored where a look at their heads may do.
_MANY = 500
# So few places are sorted whole; of more, those that cannot be among the first are left out before.
_SORTED = 400


class Order:
    """Puts the documents of one query in order; `leaf` tells which documents hold a run."""

    def __init__(
        self,
        collection: Collection,
        views: Sequence[SegmentView],
        scorer: Scorer,
        query: Query,
        window: Window,
        leaf: Callable[[Run], DocSet],
    ) -> None:
        self._all, self._views, self._scorer = collection, views, scorer
        self._query, self._window, self._leaf = query, window, leaf
        self._end = 0

    def first(self, groups: Sequence[DocSet], weights: Weights, count: int) -> tuple[Array, Array]:
        """The first so many of the matches in their order, with their scores.

        Each group stands before the next one; `weights` are of the runs that brought weaker matches
        in. A group is only scored where it is reached.
        """
        self._end = count
        numbers: list[Array] = []
        values: list[Array] = []
        done = 0
        for group in groups:
            if done >= self._end or not group:
                continue
            if self._window.sort == "relevance":
                whole = group is groups[0] and self._query.runs_first
                docs, score = self._by_score(group, done, weights, whole)
            else:
                docs, score = self._by_date(group.docs, self._end - done)
            numbers.append(docs)
            values.append(score)
            done += len(docs)
        if not numbers:
            return NONE, NONE
        score = np.concatenate(values)[: self._end]
        return np.concatenate(numbers)[: self._end], np.rint(score * SCORE_UNITS) / SCORE_UNITS

    def _by_date(self, docs: Array, count: int) -> tuple[Array, Array]:
        order = _smallest([self._date(docs), self._id(docs)], len(docs), count)
        return docs[order], np.zeros(len(order))

    def _by_score(
        self, group: DocSet, done: int, weights: Weights, whole: bool
    ) -> tuple[Array, Array]:
        """The first documents of a group, in order, with their scores; so many stand before it.

        `whole`: these hold every chunk in a row.
        """
        near = [run for run in self._query.ranking.near if self._leaf(run)]
        alike = whole and not weights and near and _is_near(self._query.exact, near)
        if alike and self._end <= NEAR_BEST:
            first = self._first_alike(group)
            if first is not None:
                return first
        wanted = max(self._end, NEAR_BEST)
        docs, score = self._scored(group, wanted)
        few = len(docs) <= NEAR_BEST - done  # all of these are among the best
        order = np.arange(len(docs)) if few else self._first(docs, score, wanted - done)
        if done < NEAR_BEST:
            best = order if few else np.sort(order[: NEAR_BEST - done])
            score[best] *= 1 + NEAR_WEIGHT if alike else self._nearness(docs[best], near, weights)
            again = self._first(docs[best], score[best], NEAR_BEST)
            order = np.concatenate([best[again], order[len(best) :]])
        return docs[order], score[order]

    def _first_alike(self, group: DocSet) -> tuple[Array, Array] | None:
        """As `_by_score` where in all documents the words stand as near as they can.

        None where so many have nearly the same score that it matters which are among the best.
        """
        docs, score = self._scored(group, self._end)
        near = score * (1 + NEAR_WEIGHT)
        order = self._first(docs, near, self._end)
        units = np.rint(score * SCORE_UNITS)
        if np.count_nonzero(units >= units[order].min()) > NEAR_BEST:
            return None
        return docs[order], near[order]

    def _scored(self, group: DocSet, wanted: int) -> tuple[Array, Array]:
        """Documents of a group with their scores: all, or those that hold the first so many.

        Where enough documents with a word in the head score more than any body can, no other
        document need be looked at.
        """
        if group.most > _MANY:
            heads = self._all.union(self._scorer.holding("head")).docs
            heads = heads.compress(group.has(heads))
            if len(heads) >= wanted:
                score = self._scorer.scores(heads)
                least = np.partition(score, -wanted)[-wanted]
                if least > self._scorer.most("body") + 1 / SCORE_UNITS:
                    return heads, score
        return group.docs, self._scorer.scores(group.docs)

    def _first(self, docs: Array, score: Array, count: int) -> Array:
        """The places of the first so many documents by score, date and id."""
        rank = -np.rint(score * SCORE_UNITS)
        keys = [rank.__getitem__, self._date(docs), self._id(docs)]
        return _smallest(keys, len(docs), count)

    def _date(self, docs: Array) -> Callable[[Array], Array]:
        """What orders places among documents by date: the newest first, unless asked otherwise."""
        oldest = self._window.sort == "oldest"

        def date(places: Array) -> Array:
            found = self._all.dates[docs[places]].astype(np.int64)
            return np.where(found, found, LAST_DATE + 1) if oldest else -found

        return date

    def _id(self, docs: Array) -> Callable[[Array], Array]:
        return lambda places: self._all.id_keys(docs[places])

    def _nearness(self, docs: Array, near: Sequence[Run], added: Weights) -> Array:
        """What the scores are multiplied by, by the runs of a query and those that were added."""
        live = len(self._all.live)
        weights = {run: share_weight(live, len(self._leaf(run))) for run in near} | dict(added)
        if len(weights) == 1 and all(len(run.symbols) <= NEAR_SYMBOLS for run in weights):
            return 1 + NEAR_WEIGHT * self._leaf(next(iter(weights))).has(docs)
        if not weights:
            return np.ones(len(docs))
        parts = self._all.by_segment(docs)
        found = [nearness(v, part, weights) for v, part in zip(self._views, parts, strict=True)]
        return np.concatenate(found)


def _smallest(keys: Sequence[Callable[[Array], Array]], total: int, count: int) -> Array:
    """The first `count` of so many places, in the order of their keys, first key first."""
    if total <= _SORTED:
        places = np.arange(total)
        return np.lexsort([key(places) for key in reversed(keys)])[:count]
    sure, ties, wanted = [NONE], np.arange(total), count
    for key in keys:
        if len(ties) <= wanted:
            break
        values = key(ties)
        last = np.partition(values, wanted - 1)[wanted - 1] if wanted else values.min() - 1
        sure.append(ties[values < last])
        ties = ties[values == last]
        wanted -= len(sure[-1])
    chosen = np.concatenate([*sure, ties])
    return chosen[np.lexsort([key(chosen) for key in reversed(keys)])[:count]]


def _is_near(node: Node, runs: Sequence[Run]) -> bool:
    """Whether wherever a node matches all the runs stand near each other."""
    near = isinstance(node, Run) and len(node.symbols) <= NEAR_SYMBOLS
    return near and all(isinstance(node, Run) and holds(node, run) for run in runs)


def holds(whole: Run, run: Run) -> bool:
    """Whether wherever one run matches the other one does."""
    if run.whole or run.field not in (None, whole.field):
        return False
    size = len(run.symbols)
    starts = range(len(whole.symbols) - size + 1)
    return any(whole.symbols[i : i + size] == run.symbols for i in starts)
