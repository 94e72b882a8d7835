"""From a query to its answer over the arrays of a collection: sets, totals, order."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from search_app.engine.base import FacetField, Found, Ranked, Window
from search_app.engine.columns import date_number
from search_app.engine.ranking import (
    ENOUGH,
    NEAR_BEST,
    NEAR_SYMBOLS,
    NEAR_WEIGHT,
    QUORUM,
    SCORE_UNITS,
    share_weight,
    stand_ins,
)
from search_app.engine.whoosh.arrays import Array
from search_app.engine.whoosh.collection import Collection
from search_app.engine.whoosh.facets import months, most_frequent, years
from search_app.engine.whoosh.leaves import SegmentView
from search_app.engine.whoosh.scoring import SCORED, Statistics, nearness, scores, terms_of
from search_app.engine.whoosh.sets import NONE, among, difference, intersection, union
from search_app.errors import QueryTooCostly
from search_app.query.tree import And, Dated, Leaf, Near, Node, Not, Prefix, Query, Run, Valued
from search_app.text.symbols import symbols

Weights = Mapping[Run, float]
# A group of results comes before every score, and a score before every date.
_GROUP = 1 << 48
_WHOLE_RUN, _FULL, _ADDED = 0, 1, 2
_LAST_DATE = 99_991_231


class Evaluation:
    """One query over one collection; whatever it looks up stays at hand until it is answered."""

    def __init__(
        self, collection: Collection, statistics: Statistics, query: Query, window: Window
    ) -> None:
        self._all, self._statistics = collection, statistics
        self._query, self._window = query, window
        self._views = [SegmentView(segment) for segment in collection.segments]
        self._held: dict[Leaf, Array] = {}

    def refuse_costly(self, limit: int) -> None:
        """Raises QueryTooCostly where more than so many postings may be read."""
        runs = dict.fromkeys(_runs(self._query))
        cost = sum(view.cost(runs, _prefixes(self._query)) for view in self._views)
        for scored in SCORED:
            cost += sum(
                view.scored(scored).cost(terms_of(self._query.ranking, scored))
                for view in self._views
            )
        if cost > limit:
            raise QueryTooCostly(
                f"the query would read {cost:,} postings, and {limit:,} are allowed; "
                "leave out its most common words, or write longer ones"
            )

    def answer(self) -> Found:
        """Matches, relaxes where too little matched, filters, orders, cuts the window, counts."""
        query, window = self._query, self._window
        strict = self.documents(query.strict)
        exact = strict if query.exact == query.strict else self.documents(query.exact)
        added, weights = self._relaxed(strict)
        full, runs, added_here = (self._passing(docs) for docs in (strict, exact, added))
        matches = self._union([full, added_here])
        group = np.full(len(matches), _FULL)
        group[matches.searchsorted(added_here)] = _ADDED
        if query.runs_first and window.sort == "relevance":
            group[matches.searchsorted(self._intersection([runs, full]))] = _WHOLE_RUN
        words = query.quorum.words if query.quorum and len(added_here) else ()
        return Found(
            total=len(matches),
            total_strict=len(full),
            total_exact=len(runs),
            ranked=tuple(self._ranked(matches, group, weights)),
            dropped=tuple(w.symbols for w in words if not among(added_here, self._leaf(w)).all()),
            stand_ins=tuple(run for run in weights if len(added) and run not in words),
            facets=tuple((f, self._facet(f, strict, added)) for f in window.facets),
            histogram=months(self._all.dates[matches]) if window.histogram else (),
        )

    def documents(self, node: Node) -> Array:
        """The documents that a tree means, of those that may be found."""
        if isinstance(node, Leaf):
            return self._leaf(node)
        if isinstance(node, Not):
            return self._without(self._every(), node.part)
        if not isinstance(node, And):
            return self._union([self.documents(part) for part in node.parts])
        positive = [self.documents(part) for part in node.parts if not isinstance(part, Not)]
        found = self._intersection(positive) if positive else self._every()
        for part in node.parts:
            if isinstance(part, Not):
                found = self._without(found, part.part)
        return found

    def _leaf(self, leaf: Leaf) -> Array:
        """The documents of a leaf that may be found."""
        if leaf not in self._held:
            self._held[leaf] = self._all.live(self._found(leaf))
        return self._held[leaf]

    def _found(self, leaf: Leaf) -> Array:
        if isinstance(leaf, Dated):
            low, high = date_number(leaf.low) or 1, date_number(leaf.high, "99") or _LAST_DATE
            return ((self._all.dates >= low) & (self._all.dates <= high)).nonzero()[0]
        found = [
            view.segment.facets[leaf.key].holders(leaf.symbols)
            if isinstance(leaf, Valued)
            else view.holding(leaf)
            for view in self._views
        ]
        return self._all.joined(found)

    def _every(self) -> Array:
        return self._all.live(np.arange(self._all.documents))

    def _union(self, sets: Sequence[Array]) -> Array:
        return union(sets, self._all.documents)

    def _intersection(self, sets: Sequence[Array]) -> Array:
        return intersection(sets, self._all.documents)

    def _without(self, docs: Array, node: Node) -> Array:
        return difference(docs, self.documents(node), self._all.documents)

    def _passing(self, docs: Array, ignored: FacetField | None = None) -> Array:
        """The documents that pass the dates and all filters but the one that is ignored."""
        window = self._window
        sets = [docs]
        if window.date_from or window.date_to:
            sets.append(self._leaf(Dated(window.date_from or "", window.date_to or "")))
        for field, values in window.filters:
            if field != ignored:
                sets.append(self._union([self._leaf(_value(field, value)) for value in values]))
        return self._intersection(sets)

    def _relaxed(self, strict: Array) -> tuple[Array, Weights]:
        """The documents to add, and the runs whose weights brought them in."""
        quorum = self._query.quorum
        if quorum is None or len(strict) >= ENOUGH:
            return NONE, {}
        words = quorum.words
        runs = [run for w in words for run in ([w] if len(self._leaf(w)) else stand_ins(w))]
        weights = {run: self._weight(run) for run in runs if len(self._leaf(run))}
        docs = self._union([self._leaf(run) for run in weights])
        reached = np.zeros(len(docs))
        for run, weight in weights.items():
            reached[docs.searchsorted(self._leaf(run))] += weight
        added = docs[reached >= QUORUM * sum(weights.values()) - 1e-9]
        if quorum.firm != And(()):
            added = self._intersection([added, self.documents(quorum.firm)])
        return difference(added, strict, self._all.documents), weights

    def _weight(self, run: Run) -> float:
        return share_weight(self._all.live_count, len(self._leaf(run)))

    def _ranked(self, matches: Array, group: Array, weights: Weights) -> Iterator[Ranked]:
        """The window of the matches in their order."""
        window = self._window
        end = window.offset + window.limit
        score = np.zeros(len(matches))
        if window.sort == "relevance":
            score = self.scores(matches)
            best = self._first(matches, group, score, max(end, NEAR_BEST))
            near = np.sort(best[:NEAR_BEST])
            score[near] *= self._nearness(matches[near], weights)
            order = near[self._first(matches[near], group[near], score[near], NEAR_BEST)]
            order = np.concatenate([order, best[NEAR_BEST:]])
        else:
            order = self._first(matches, group, score, end)
        for n in order[window.offset : end].tolist():
            yield Ranked(int(matches[n]), round(score[n] * SCORE_UNITS) / SCORE_UNITS)

    def scores(self, docs: Array) -> Array:
        """The scores of documents before it counts how near each other the words stand."""
        parts = self._all.parted(docs)
        return scores(self._views, parts, self._query.ranking, self._statistics)

    def _first(self, docs: Array, group: Array, score: Array, count: int) -> Array:
        """The places of the first so many documents in their order."""
        dates = self._all.dates
        newest = self._window.sort != "oldest"

        def date(places: Array) -> Array:
            found = dates[docs[places]].astype(np.int64)
            return -found if newest else np.where(found, found, _LAST_DATE + 1)

        rank = group * _GROUP - np.rint(score * SCORE_UNITS).astype(np.int64)
        keys = (rank.__getitem__, date, lambda places: self._all.id_keys(docs[places]))
        return _smallest(keys, len(docs), count)

    def _nearness(self, docs: Array, weights: Weights) -> Array:
        near = [run for run in self._query.ranking.near if len(self._leaf(run))]
        weights = {run: self._weight(run) for run in near} | dict(weights)
        if len(weights) == 1 and all(len(run.symbols) <= NEAR_SYMBOLS for run in weights):
            return 1 + NEAR_WEIGHT * among(docs, self._leaf(next(iter(weights))))
        if not weights:
            return np.ones(len(docs))
        parts = self._all.parted(docs)
        found = [nearness(v, part, weights) for v, part in zip(self._views, parts, strict=True)]
        return np.concatenate(found)

    def _facet(self, field: FacetField, strict: Array, added: Array) -> tuple[tuple[str, int], ...]:
        docs = self._passing(self._union([strict, added]), field)
        if field == "year":
            return years(self._all.dates[docs], self._window.facet_limit)
        facets = [view.segment.facets[field] for view in self._views]
        return most_frequent(facets, self._all.parted(docs), self._window.facet_limit)


def _smallest(keys: Sequence[Callable[[Array], Array]], total: int, count: int) -> Array:
    """The first `count` of so many places, in the order of their keys, first key first."""
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


def _value(field: FacetField, value: str) -> Leaf:
    return Dated(value, value) if field == "year" else Valued(field, symbols(value))


def _leaves(node: Node) -> Iterator[Leaf]:
    if isinstance(node, Leaf):
        yield node
    elif isinstance(node, Not):
        yield from _leaves(node.part)
    else:
        for part in node.parts:
            yield from _leaves(part)


def _text_leaves(query: Query) -> Iterator[Leaf]:
    yield from _leaves(query.strict)
    yield from _leaves(query.exact)
    if query.quorum:
        yield from _leaves(query.quorum.firm)
        yield from query.quorum.words


def _runs(query: Query) -> Iterator[Run]:
    for leaf in _text_leaves(query):
        if isinstance(leaf, Run):
            yield leaf
        elif isinstance(leaf, Near):
            yield from (Run(leaf.one, leaf.field), Run(leaf.other, leaf.field))


def _prefixes(query: Query) -> list[Prefix]:
    return [leaf for leaf in _text_leaves(query) if isinstance(leaf, Prefix)]
