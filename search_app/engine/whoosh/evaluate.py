"""From a query to its answer over the arrays of a collection: sets, totals, order."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce
from operator import and_, or_

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
from search_app.engine.whoosh.nearness import nearness
from search_app.engine.whoosh.scoring import Scorer, Statistics
from search_app.engine.whoosh.sets import NONE, DocSet
from search_app.errors import QueryTooCostly
from search_app.query.tree import And, Dated, Leaf, Near, Node, Not, Prefix, Query, Run, Valued
from search_app.text.symbols import symbols

Weights = Mapping[Run, float]
_LAST_DATE = 99_991_231
# More documents than this are not all scored where a look at their heads may do.
_MANY = 10_000
# So many documents are few enough to look for a run in each of them.
_NARROW = 4_000


class Evaluation:
    """One query over one collection; whatever it looks up stays at hand until it is answered."""

    def __init__(
        self, collection: Collection, statistics: Statistics, query: Query, window: Window
    ) -> None:
        self._all = collection
        self._query, self._window = query, window
        self._views = [SegmentView(segment) for segment in collection.segments]
        self._held: dict[Leaf, DocSet] = {}
        self._none = DocSet(collection.documents, NONE)
        runs, prefixes = list(dict.fromkeys(_runs(query))), _prefixes(query)
        # The runs first: most pairs that count for scores are looked up with them.
        self._cost = sum(view.look_up(runs, prefixes) for view in self._views)
        self._scorer = Scorer(self._views, query.ranking, statistics)

    def refuse_costly(self, limit: int) -> None:
        """Raises QueryTooCostly where more than so many postings may be read."""
        cost = self._cost + self._scorer.cost()
        if cost > limit:
            raise QueryTooCostly(
                f"the query would read {cost:,} postings, and {limit:,} are allowed; "
                "leave out its most common words, or write longer ones"
            )

    def answer(self) -> Found:
        """Matches, relaxes where too little matched, filters, orders, cuts the window, counts."""
        query, window = self._query, self._window
        strict = self.documents(query.strict)
        exact = self._exact(strict)
        added, weights = self._relaxed(strict)
        found = strict | added if len(added) else strict
        full, runs, added_here = (self._passing(docs) for docs in (strict, exact, added))
        groups = [full, added_here]
        if query.runs_first and window.sort == "relevance" and runs is not full:
            first = runs & full
            groups = [first, full - first, added_here]
        matches = full | added_here if len(added_here) else full
        words = query.quorum.words if query.quorum and len(added_here) else ()
        return Found(
            total=len(matches),
            total_strict=len(full),
            total_exact=len(runs),
            ranked=tuple(self._ranked(groups, weights)),
            dropped=tuple(w.symbols for w in words if self._lack(added_here, w)),
            stand_ins=tuple(run for run in weights if len(added) and run not in words),
            facets=tuple((f, self._facet(f, found)) for f in window.facets),
            histogram=months(self._all.dates[matches.docs]) if window.histogram else (),
        )

    def _exact(self, strict: DocSet) -> DocSet:
        """The documents of the exact query; only looked for among the strict ones, if it is one
        of their runs that must hold all the others.
        """
        query = self._query
        if query.exact == query.strict:
            return strict
        strict_runs, runs = _all_runs(query.strict), _all_runs(query.exact)
        if not runs or not strict_runs or len(strict) > _NARROW:
            return self.documents(query.exact)
        if not all(any(_holds(whole, run) for whole in runs) for run in strict_runs):
            return self.documents(query.exact)
        parts = self._all.parted(strict.docs)
        for run in runs:
            held = [view.holding(run, part) for view, part in zip(self._views, parts, strict=True)]
            strict = strict & self._placed(held)
        return strict

    def documents(self, node: Node) -> DocSet:
        """The documents that a tree means, of those that may be found."""
        if isinstance(node, Leaf):
            return self._leaf(node)
        if isinstance(node, Not):
            return self._all.live - self.documents(node.part)
        if isinstance(node, And):
            return self._both(node)
        sets = [self.documents(part) for part in node.parts]
        return reduce(or_, sets) if sets else self._none

    def _both(self, node: And) -> DocSet:
        parts = [part for part in node.parts if not isinstance(part, Not)]
        # Small sets first, and what is taken away at the end: no set is written out for a Not.
        sets = sorted((self.documents(part) for part in parts), key=len)
        found = reduce(and_, sets) if sets else self._all.live
        for part in node.parts:
            if isinstance(part, Not):
                found = found - self.documents(part.part)
        return found

    def _leaf(self, leaf: Leaf) -> DocSet:
        """The documents of a leaf that may be found."""
        if leaf not in self._held:
            found = self._found(leaf)
            self._held[leaf] = found if self._all.gone is None else found - self._all.gone
        return self._held[leaf]

    def _found(self, leaf: Leaf) -> DocSet:
        if isinstance(leaf, Dated):
            low, high = date_number(leaf.low) or 1, date_number(leaf.high, "99") or _LAST_DATE
            dates = self._all.dates
            return DocSet(self._all.documents, table=(dates >= low) & (dates <= high))
        if isinstance(leaf, Valued):
            held = [[v.segment.facets[leaf.key].holders(leaf.symbols)] for v in self._views]
        else:
            held = [view.holding(leaf) for view in self._views]
        return self._placed(held)

    def _placed(self, held: Sequence[Sequence[Array]]) -> DocSet:
        """The documents in any of the arrays of each segment."""
        starts = zip(held, self._all.starts, strict=False)
        return DocSet.of(((s, part) for parts, s in starts for part in parts), self._all.documents)

    def _passing(self, docs: DocSet, ignored: FacetField | None = None) -> DocSet:
        """The documents that pass the dates and all filters but the one that is ignored."""
        window = self._window
        if window.date_from or window.date_to:
            docs = docs & self._leaf(Dated(window.date_from or "", window.date_to or ""))
        for field, values in window.filters:
            if field != ignored:
                docs = docs & reduce(or_, (self._leaf(_value(field, value)) for value in values))
        return docs

    def _relaxed(self, strict: DocSet) -> tuple[DocSet, Weights]:
        """The documents to add, and the runs whose weights brought them in."""
        quorum = self._query.quorum
        if quorum is None or len(strict) >= ENOUGH:
            return self._none, {}
        words = quorum.words
        runs = [run for w in words for run in ([w] if len(self._leaf(w)) else stand_ins(w))]
        weights = {run: self._weight(run) for run in runs if len(self._leaf(run))}
        reached = np.zeros(self._all.documents)
        for run, weight in weights.items():
            reached[self._leaf(run).docs] += weight
        least = QUORUM * sum(weights.values()) - 1e-9
        added = DocSet(self._all.documents, table=reached >= least) if weights else self._none
        if quorum.firm != And(()):
            added = added & self.documents(quorum.firm)
        return added - strict, weights

    def _weight(self, run: Run) -> float:
        return share_weight(len(self._all.live), len(self._leaf(run)))

    def _lack(self, docs: DocSet, run: Run) -> bool:
        """Whether some of the documents lack a run."""
        return not self._leaf(run).has(docs.docs).all()

    def _ranked(self, groups: Sequence[DocSet], weights: Weights) -> list[Ranked]:
        """The window of the matches in their order; each group stands before the next one.

        A group is only scored where the window reaches it.
        """
        window = self._window
        end, by_date = window.offset + window.limit, window.sort != "relevance"
        numbers, values, done = [NONE], [np.empty(0)], 0
        wanted = end if by_date else max(end, NEAR_BEST)
        for group in groups:
            docs = group.docs
            if done >= end or not len(docs):
                continue
            docs, score = (docs, np.zeros(len(docs))) if by_date else self._scored(docs, wanted)
            few = not by_date and len(docs) <= NEAR_BEST - done  # all of these are among the best
            order = np.arange(len(docs)) if few else self._first(docs, score, wanted - done)
            if not by_date and done < NEAR_BEST:
                near = order if few else np.sort(order[: NEAR_BEST - done])
                whole = group is groups[0] and self._query.runs_first
                score[near] *= self._nearness(docs[near], weights, whole)
                again = self._first(docs[near], score[near], NEAR_BEST)
                order = np.concatenate([near[again], order[len(near) :]])
            numbers.append(docs[order])
            values.append(score[order])
            done += len(order)
        shown = slice(window.offset, end)
        score = np.rint(np.concatenate(values)[shown] * SCORE_UNITS) / SCORE_UNITS
        return list(map(Ranked, np.concatenate(numbers)[shown].tolist(), score.tolist()))

    def scores(self, docs: Array) -> Array:
        """The scores of documents before it counts how near each other the words stand."""
        return self._scorer.scores(self._all.parted(docs))

    def _scored(self, docs: Array, wanted: int) -> tuple[Array, Array]:
        """Documents with their scores: all of them, or those that hold the first so many.

        Where enough documents with a word in the head score more than any body can, no other
        document need be looked at.
        """
        if len(docs) > _MANY:
            heads = DocSet(self._all.documents, docs) & self._placed(self._scorer.holding("head"))
            if len(heads) >= wanted:
                score = self.scores(heads.docs)
                least = np.partition(score, -wanted)[-wanted]
                if least > self._scorer.most("body") + 1 / SCORE_UNITS:
                    return heads.docs, score
        return docs, self.scores(docs)

    def _first(self, docs: Array, score: Array, count: int) -> Array:
        """The places of the first so many documents by score, date and id."""
        dates = self._all.dates
        newest = self._window.sort != "oldest"

        def date(places: Array) -> Array:
            found = dates[docs[places]].astype(np.int64)
            return -found if newest else np.where(found, found, _LAST_DATE + 1)

        rank = -np.rint(score * SCORE_UNITS)
        keys = (rank.__getitem__, date, lambda places: self._all.id_keys(docs[places]))
        return _smallest(keys, len(docs), count)

    def _nearness(self, docs: Array, weights: Weights, whole: bool) -> Array:
        """What the scores are multiplied by; `whole`: these hold every chunk in a row."""
        near = [run for run in self._query.ranking.near if len(self._leaf(run))]
        if whole and not weights and near and _is_near(self._query.exact, near):
            return np.full(len(docs), 1 + NEAR_WEIGHT)
        weights = {run: self._weight(run) for run in near} | dict(weights)
        if len(weights) == 1 and all(len(run.symbols) <= NEAR_SYMBOLS for run in weights):
            return 1 + NEAR_WEIGHT * self._leaf(next(iter(weights))).has(docs)
        if not weights:
            return np.ones(len(docs))
        parts = self._all.parted(docs)
        found = [nearness(v, part, weights) for v, part in zip(self._views, parts, strict=True)]
        return np.concatenate(found)

    def _facet(self, field: FacetField, found: DocSet) -> tuple[tuple[str, int], ...]:
        docs = self._passing(found, field).docs
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


def _is_near(node: Node, runs: Sequence[Run]) -> bool:
    """Whether wherever a node matches all the runs stand near each other."""
    near = isinstance(node, Run) and len(node.symbols) <= NEAR_SYMBOLS
    return near and all(isinstance(node, Run) and _holds(node, run) for run in runs)


def _all_runs(node: Node) -> Sequence[Run]:
    """The runs that must all occur; none where the node means something else."""
    parts = node.parts if isinstance(node, And) else (node,)
    runs = [part for part in parts if isinstance(part, Run)]
    return runs if len(runs) == len(parts) else ()


def _holds(whole: Run, run: Run) -> bool:
    """Whether wherever one run matches the other one does."""
    if run.whole or run.field not in (None, whole.field):
        return False
    size = len(run.symbols)
    starts = range(len(whole.symbols) - size + 1)
    return any(whole.symbols[i : i + size] == run.symbols for i in starts)


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
