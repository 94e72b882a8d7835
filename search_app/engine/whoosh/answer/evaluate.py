"""From a query to its answer over the arrays of a collection: sets, totals, order."""

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from operator import and_, or_

import numpy as np

from search_app.engine.arrays import Array
from search_app.engine.base import FacetField, RankedArticle, SearchResult, Window
from search_app.engine.columns import date_number
from search_app.engine.ranking import (
    ENOUGH,
    QUORUM,
    share_weight,
    stand_ins,
)
from search_app.engine.whoosh.answer.collection import Collection
from search_app.engine.whoosh.answer.leaves import SegmentView
from search_app.engine.whoosh.answer.order import LAST_DATE, Order, holds
from search_app.engine.whoosh.answer.scoring import CollectionStatistics, Scorer
from search_app.engine.whoosh.answer.sets import DocSet
from search_app.engine.whoosh.store.facets import months, most_frequent, years
from search_app.errors import QueryTooCostly
from search_app.query.tree import And, Dated, Leaf, Near, Node, Not, Prefix, Query, Run, Valued
from search_app.text.symbols import symbols

Weights = Mapping[Run, float]
# So many documents are few enough to look for a run in each of them.
_NARROW = 4_000
# Positions of single symbols that are read to tell whole words, a tenth of a second; a sentence of
# words of one character would read more, and what is not counted is taken for whole.
_MOST_SINGLE = 5_000_000


class Evaluation:
    """One query over one collection; whatever it looks up stays at hand until it is answered."""

    def __init__(
        self, collection: Collection, statistics: CollectionStatistics, query: Query, window: Window
    ) -> None:
        self._all = collection
        self._query, self._window = query, window
        self._views = [SegmentView(segment) for segment in collection.segments]
        self._held: dict[Leaf, DocSet] = {}
        self._none = DocSet(collection.documents)
        runs, prefixes = list(dict.fromkeys(_runs(query))), _prefixes(query)
        # The runs first: most pairs that count for scores are looked up with them.
        self._cost = sum(view.look_up(runs, prefixes) for view in self._views)
        self.scorer = Scorer(collection, self._views, query.ranking, statistics)

    def refuse_costly(self, limit: int) -> None:
        """Raises QueryTooCostly where more than so many postings may be read."""
        cost = self._cost + self.scorer.cost()
        if cost > limit:
            raise QueryTooCostly(
                f"the query would read {cost:,} postings, and {limit:,} are allowed; "
                "leave out its most common words, or write longer ones"
            )

    def answer(self) -> SearchResult:
        """Matches, relaxes where too little matched, filters, orders, cuts the window, counts."""
        query, window = self._query, self._window
        strict = self.documents(query.strict)
        exact = self._exact(strict)
        added, weights = self._relaxed(strict)
        found = strict | added if added else strict
        full, runs, added_here = (self._passing(docs) for docs in (strict, exact, added))
        groups = [full, added_here]
        if query.runs_first and window.sort == "relevance" and runs is not full:
            first = runs & full
            groups = [first, full - first, added_here]
        matches = full | added_here if added_here else full
        words = query.quorum.words if query.quorum and added_here else ()
        # First: numbers that are written out for it need no counting.
        ranked = self._ranked(groups, weights, len(matches))
        reprints = self._all.reprints if window.collapse else None
        return SearchResult(
            total=len(matches),
            total_strict=len(full),
            total_exact=len(runs),
            ranked=ranked,
            total_word=self._in_words(full),
            total_collapsed=reprints.count(matches) if reprints else None,
            strict_collapsed=reprints.count(full) if reprints else None,
            dropped=tuple(w.symbols for w in words if self._lack(added_here, w)),
            stand_ins=tuple(run for run in weights if added and run not in words),
            facets=tuple((f, self._facet(f, found)) for f in window.facets),
            histogram=months(self._all.dates[matches.docs]) if window.histogram else (),
        )

    def _in_words(self, full: DocSet) -> int | None:
        """How many of the matches hold whole words, where these are less than half of them."""
        node = self._query.word
        if node is None or not self._window.in_words or not len(full):
            return None
        single = [
            r for r in _leaves(node) if isinstance(r, Run) and r.whole and len(r.symbols) == 1
        ]
        if sum(view.symbol_cost(run) for view in self._views for run in single) > _MOST_SINGLE:
            return None
        runs, matched = _all_runs(node), _all_runs(self._query.strict)
        if runs and all(Run(run.symbols, run.field) in matched for run in runs):
            found = self._whole(full, [run for run in runs if run.whole])
        else:
            found = len(self.documents(node) & full)
        return found if 2 * found < len(full) else None

    def _whole(self, full: DocSet, runs: Sequence[Run]) -> int:
        """How many documents hold all the runs as whole words, or half of them if that many do."""
        # Where a search-mode word is one of the runs, it stands there as a whole word.
        sure = full
        for run in runs:
            sure = sure & self._all.placed([view.worded(run) for view in self._views])
        if 2 * len(sure) >= len(full):
            return len(sure)
        left = full - sure
        # The longest first: to look for single symbols takes longest, and most are gone by then.
        for run in sorted(runs, key=lambda run: -len(run.symbols)):
            if not left:
                break
            left = left & self._all.placed(self._held_within(run, left))
        return len(sure) + len(left)

    def _held_within(self, run: Run, docs: DocSet) -> list[list[Array]]:
        """By segments the documents that hold a run, looked for among some; perhaps others too."""
        parts = self._all.parted(docs.docs)
        return [view.holding(run, part) for view, part in zip(self._views, parts, strict=True)]

    def _ranked(
        self, groups: Sequence[DocSet], weights: Weights, total: int
    ) -> tuple[RankedArticle, ...]:
        """The window of the groups in their order, of each cluster the first where that is asked.

        How many documents are folded away shows only once they are in order: twice as many are
        looked at until enough are left.
        """
        order, window = self._order(), self._window
        count = end = window.offset + window.limit
        docs, scores = order.first(groups, weights, count)
        while window.collapse:
            first = self._all.reprints.first(docs)
            if len(first) >= end or count >= total:
                docs, scores = docs[first], scores[first]
                break
            count *= 2
            docs, scores = order.first(groups, weights, count)
        shown = slice(window.offset, end)
        return tuple(map(RankedArticle, docs[shown].tolist(), scores[shown].tolist()))

    def _order(self) -> Order:
        # Not kept: in a circle with this object it would keep megabytes until they are collected.
        return Order(self._all, self._views, self.scorer, self._query, self._window, self._leaf)

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
        if not all(any(holds(whole, run) for whole in runs) for run in strict_runs):
            return self.documents(query.exact)
        for run in runs:
            strict = strict & self._all.placed(self._held_within(run, strict))
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
        sets = sorted((self.documents(part) for part in parts), key=lambda docs: docs.most)
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
            low, high = date_number(leaf.low) or 1, date_number(leaf.high, "99") or LAST_DATE
            dates = self._all.dates
            return DocSet(self._all.documents, table=(dates >= low) & (dates <= high))
        if isinstance(leaf, Valued):
            held = [[v.segment.facets[leaf.key].holders(leaf.symbols)] for v in self._views]
        else:
            held = [view.holding(leaf) for view in self._views]
        return self._all.placed(held)

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
        runs = [run for w in words for run in ([w] if self._leaf(w) else stand_ins(w))]
        weights = {run: self._weight(run) for run in runs if self._leaf(run)}
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

    def _facet(self, field: FacetField, found: DocSet) -> tuple[tuple[str, int], ...]:
        docs = self._passing(found, field).docs
        if field == "year":
            return years(self._all.dates[docs], self._window.facet_limit)
        facets = [view.segment.facets[field] for view in self._views]
        return most_frequent(facets, self._all.parted(docs), self._window.facet_limit)


def _all_runs(node: Node) -> Sequence[Run]:
    """The runs that must all occur; none where the node means something else."""
    parts = node.parts if isinstance(node, And) else (node,)
    runs = [part for part in parts if isinstance(part, Run)]
    return runs if len(runs) == len(parts) else ()


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
