"""From a query to its answer over the arrays of a collection: sets, totals, order."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from operator import and_, or_
from typing import NamedTuple

import numpy as np

from search_app.engine.arrays import Array
from search_app.engine.base import SearchResult, Window
from search_app.engine.columns import date_number
from search_app.engine.ranking import ENOUGH, QUORUM, share_weight, stand_ins
from search_app.engine.whoosh.answer.collection import Collection
from search_app.engine.whoosh.answer.histogram import histogram, most_frequent_years
from search_app.engine.whoosh.answer.leaves import SegmentView
from search_app.engine.whoosh.answer.order import LAST_DATE, Order, holds
from search_app.engine.whoosh.answer.scoring import CollectionStatistics, Scorer
from search_app.engine.whoosh.answer.sets import DocSet
from search_app.engine.whoosh.store.facets import most_frequent
from search_app.errors import BadQuery, QueryTooCostly
from search_app.filters import YEAR
from search_app.model import ValueField
from search_app.query.tree import And, Dated, Leaf, Near, Node, Not, Prefix, Query, Run, Valued
from search_app.text.symbols import symbols

Weights = Mapping[Run, float]
# So many documents are few enough to look for a run in each of them.
_NARROW = 4_000
# Positions of single symbols that are read to tell whole words, a tenth of a second; a sentence of
# words of one character would read more, and what is not counted is taken for whole.
_MOST_SINGLE = 5_000_000
# A mark is how many matches were passed; more digits would be no place in any collection.
_MARK = re.compile("[0-9]{1,9}")


class Matches(NamedTuple):
    """The documents that match a query.

    `unfiltered` are all of them before the window's filters, for facets, which leave out their
    own. The others passed all filters: `every` match, those in full, those that match exactly, and
    those that relaxation added. `weights` are of the runs that relaxation counted, `stand_ins`
    those of them that are parts of words which no document holds.
    """

    unfiltered: DocSet
    every: DocSet
    full: DocSet
    exact: DocSet
    added: DocSet
    weights: Weights
    stand_ins: tuple[Run, ...]


class Evaluation:
    """One query over one collection; whatever it looks up stays at hand until it is answered."""

    def __init__(
        self, collection: Collection, statistics: CollectionStatistics, query: Query, window: Window
    ) -> None:
        self._collection = collection
        self._query, self._window = query, window
        self._views = [SegmentView(segment) for segment in collection.segments]
        self._leaves: dict[Leaf, DocSet] = {}
        self._none = DocSet(collection.documents)
        runs, prefixes = _runs_and_prefixes(query)
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
        window, offset = self._window, _matches_passed(self._window)
        matches = self._matches()
        every, full = matches.every, matches.full
        # Rank first: it materialises the sorted arrays, so len() below is free.
        docs, scores = self._first(matches, offset + window.limit)
        ranked = self._collection.ranked(docs[offset:], scores[offset:])
        dates: tuple[tuple[str, int], ...] = ()
        if window.histogram:
            dates = histogram(self._collection.dates[every.docs], window.histogram)
        total, total_collapsed, strict_collapsed = len(every), None, None
        if window.collapse:
            total_collapsed = self._collection.reprints.count(every)
            strict_collapsed = self._collection.reprints.count(full)
        passed = offset + len(ranked)
        has_more = ranked and passed < (total_collapsed or total)
        return SearchResult(
            total=total,
            total_strict=len(full),
            total_exact=len(matches.exact),
            ranked=tuple(ranked),
            total_word=self._in_words(full),
            total_collapsed=total_collapsed,
            strict_collapsed=strict_collapsed,
            dropped=self._dropped(matches.added),
            stand_ins=matches.stand_ins,
            facets=tuple((field, self._facet(field, matches)) for field in window.facets),
            histogram=dates,
            mark=str(passed) if has_more else None,
        )

    def ordered(self) -> tuple[Array, Array]:
        """All matches in their order, whatever part the window shows, with their scores."""
        matches = self._matches()
        return self._first(matches, len(matches.every))

    def documents(self, node: Node) -> DocSet:
        """The live documents that a tree means."""
        if isinstance(node, Leaf):
            return self._leaf(node)
        if isinstance(node, Not):
            return self._collection.live - self.documents(node.part)
        if isinstance(node, And):
            return self._both(node)
        sets = [self.documents(part) for part in node.parts]
        return reduce(or_, sets, self._none)

    def _both(self, node: And) -> DocSet:
        sets = []
        for part in node.parts:
            if not isinstance(part, Not):
                sets.append(self.documents(part))
        # Small sets first, and what is taken away at the end: no set is written out for a Not.
        sets.sort(key=lambda docs: docs.most)
        both = reduce(and_, sets) if sets else self._collection.live
        for part in node.parts:
            if isinstance(part, Not):
                both = both - self.documents(part.part)
        return both

    def _leaf(self, leaf: Leaf) -> DocSet:
        """The live documents of a leaf."""
        docs = self._leaves.get(leaf)
        if docs is None:
            docs = self._with_gone(leaf)
            if self._collection.gone is not None:
                docs = docs - self._collection.gone
            self._leaves[leaf] = docs
        return docs

    def _with_gone(self, leaf: Leaf) -> DocSet:
        """The documents of a leaf, those that are gone among them."""
        if isinstance(leaf, Dated):
            low, high = date_number(leaf.low) or 1, date_number(leaf.high, "99") or LAST_DATE
            dates = self._collection.dates
            return DocSet(self._collection.documents, table=(dates >= low) & (dates <= high))
        holders = []
        for view in self._views:
            if isinstance(leaf, Valued):
                holders.append([view.segment.facets[leaf.key].holders(leaf.symbols)])
            else:
                holders.append(view.holding(leaf))
        return self._collection.union(holders)

    def _matches(self) -> Matches:
        query = self._query
        strict = self.documents(query.strict)
        added, weights = self._relaxed(strict)
        unfiltered = strict
        parts_of_words: tuple[Run, ...] = ()
        if added:
            unfiltered = strict | added
            parts_of_words = self._stand_ins(weights)
        full, added = self._passing(strict), self._passing(added)
        every = exact = full
        if added:
            every = full | added
        if query.exact != query.strict:
            exact = self._passing(self._exact(strict))
        return Matches(unfiltered, every, full, exact, added, weights, parts_of_words)

    def _exact(self, strict: DocSet) -> DocSet:
        """The documents of the exact query.

        They are looked for among the strict ones only, where each strict run is in an exact one.
        """
        query = self._query
        strict_runs, runs = _runs_of_all(query.strict), _runs_of_all(query.exact)
        if not runs or not strict_runs or len(strict) > _NARROW:
            return self.documents(query.exact)
        for run in strict_runs:
            if not any(holds(whole, run) for whole in runs):
                return self.documents(query.exact)
        return reduce(self._narrowed, runs, strict)

    def _narrowed(self, docs: DocSet, run: Run) -> DocSet:
        """The documents among some that hold a run, which is looked for only there."""
        holders = []
        for view, within in zip(self._views, self._collection.by_segment(docs.docs), strict=True):
            holders.append(view.holding(run, within))
        return docs & self._collection.union(holders)

    def _passing(self, docs: DocSet, ignored: ValueField | None = None) -> DocSet:
        """The documents that pass the dates and all filters but the one that is ignored."""
        window = self._window
        if window.date_from or window.date_to:
            docs = docs & self._leaf(Dated(window.date_from or "", window.date_to or ""))
        for field, values in window.filters:
            if field != ignored:
                docs = docs & reduce(or_, (self._leaf(_value_leaf(field, v)) for v in values))
        return docs

    def _relaxed(self, strict: DocSet) -> tuple[DocSet, Weights]:
        """The documents to add, and the runs whose weights brought them in."""
        quorum = self._query.quorum
        if quorum is None or len(strict) >= ENOUGH:
            return self._none, {}
        weights: dict[Run, float] = {}
        for word in quorum.words:
            for run in [word] if self._leaf(word) else stand_ins(word):
                if self._leaf(run):
                    weights[run] = self._weight(run)
        if not weights:
            return self._none, weights
        # Weights are added up over all documents: one pass over the postings of each run, however
        # many of them a document must hold.
        reached = np.zeros(self._collection.documents)
        for run, weight in weights.items():
            reached[self._leaf(run).docs] += weight
        # Sums of the same weights in another order may differ in their last digits.
        least = QUORUM * sum(weights.values()) - 1e-9
        added = DocSet(self._collection.documents, table=reached >= least)
        if quorum.firm != And(()):
            added = added & self.documents(quorum.firm)
        return added - strict, weights

    def _weight(self, run: Run) -> float:
        return share_weight(len(self._collection.live), len(self._leaf(run)))

    def _first(self, matches: Matches, end: int) -> tuple[Array, Array]:
        """The first so many matches with their scores, of each cluster one where that is asked.

        How many documents reprints take away shows only once they are in order: twice as many are
        ordered until enough remain.
        """
        # The order is not kept: in a circle with this object it would hold megabytes until the
        # garbage collector comes.
        order = Order(
            self._collection, self._views, self.scorer, self._query, self._window, self._leaf
        )
        groups = self._groups(matches)
        docs, scores = order.first(groups, matches.weights, end)
        count = end
        while self._window.collapse:
            first = self._collection.reprints.first(docs)
            if len(first) >= end or count >= len(matches.every):
                return docs[first[:end]], scores[first[:end]]
            count *= 2
            docs, scores = order.first(groups, matches.weights, count)
        return docs, scores

    def _groups(self, matches: Matches) -> list[DocSet]:
        """The matches in sets of which each goes before the next, whatever the scores."""
        full, exact = matches.full, matches.exact
        if self._query.runs_first and self._window.sort == "relevance" and exact is not full:
            in_a_row = exact & full
            return [in_a_row, full - in_a_row, matches.added]
        return [full, matches.added]

    def _in_words(self, full: DocSet) -> int | None:
        """How many of the matches hold whole words, where these are less than half of them."""
        node = self._query.word
        if node is None or not self._window.in_words or not len(full):
            return None
        if self._cost_of_single(node) > _MOST_SINGLE:
            return None
        runs, matched = _runs_of_all(node), _runs_of_all(self._query.strict)
        if runs and all(Run(run.symbols, run.field) in matched for run in runs):
            count = self._count_whole(full, [run for run in runs if run.whole])
        else:
            count = len(self.documents(node) & full)
        if 2 * count < len(full):
            return count
        return None

    def _cost_of_single(self, node: Node) -> int:
        """How many positions must be read for the single symbols that are to be whole words."""
        cost = 0
        for leaf in _leaves(node):
            if isinstance(leaf, Run) and leaf.whole and len(leaf.symbols) == 1:
                cost += sum(view.symbol_cost(leaf) for view in self._views)
        return cost

    def _count_whole(self, full: DocSet, runs: Sequence[Run]) -> int:
        """How many documents hold all the runs as whole words, or half of them if that many do."""
        # Where a search-mode word is one of the runs, it stands there as a whole word.
        sure = full
        for run in runs:
            sure = sure & self._collection.union([view.worded(run) for view in self._views])
        if 2 * len(sure) >= len(full):
            return len(sure)
        doubtful = full - sure
        # The longest first: to look for single symbols takes longest, and most are gone by then.
        for run in sorted(runs, key=lambda run: -len(run.symbols)):
            if not doubtful:
                break
            doubtful = self._narrowed(doubtful, run)
        return len(sure) + len(doubtful)

    def _dropped(self, added: DocSet) -> tuple[tuple[str, ...], ...]:
        """The words that some added document lacks."""
        quorum, dropped = self._query.quorum, []
        if quorum and added:
            for word in quorum.words:
                if not self._leaf(word).has(added.docs).all():
                    dropped.append(word.symbols)
        return tuple(dropped)

    def _stand_ins(self, weights: Weights) -> tuple[Run, ...]:
        """The runs that counted in place of words that no document holds."""
        words = self._query.quorum.words if self._query.quorum else ()
        return tuple(run for run in weights if run not in words)

    def _facet(self, field: ValueField, matches: Matches) -> tuple[tuple[str, int], ...]:
        docs = self._passing(matches.unfiltered, field).docs
        if field == YEAR:
            return most_frequent_years(self._collection.dates[docs], self._window.facet_limit)
        facets = [view.segment.facets[field] for view in self._views]
        return most_frequent(facets, self._collection.by_segment(docs), self._window.facet_limit)


def _matches_passed(window: Window) -> int:
    """How many matches stand before the window; raises BadQuery for a mark that is none of ours."""
    if window.after is None:
        return window.offset
    if not _MARK.fullmatch(window.after):
        raise BadQuery("is no cursor: begin with * and go on with what `next` gives", "cursor")
    return int(window.after)


def _runs_of_all(node: Node) -> list[Run]:
    """The runs that must all occur; none where the node means something else."""
    runs = []
    for part in node.parts if isinstance(node, And) else (node,):
        if not isinstance(part, Run):
            return []
        runs.append(part)
    return runs


def _value_leaf(field: ValueField, value: str) -> Leaf:
    return Dated(value, value) if field == YEAR else Valued(field, symbols(value))


def _leaves(node: Node) -> Iterator[Leaf]:
    if isinstance(node, Leaf):
        yield node
    elif isinstance(node, Not):
        yield from _leaves(node.part)
    else:
        for part in node.parts:
            yield from _leaves(part)


def _runs_and_prefixes(query: Query) -> tuple[list[Run], list[Prefix]]:
    """The different runs that evaluating a query may look for, and its prefixes."""
    leaves = [*_leaves(query.strict), *_leaves(query.exact)]
    if query.quorum:
        leaves += [*_leaves(query.quorum.firm), *query.quorum.words]
    runs: list[Run] = []
    prefixes: list[Prefix] = []
    for leaf in leaves:
        if isinstance(leaf, Run):
            runs.append(leaf)
        elif isinstance(leaf, Near):
            runs += [Run(leaf.one, leaf.field), Run(leaf.other, leaf.field)]
        elif isinstance(leaf, Prefix):
            prefixes.append(leaf)
    return list(dict.fromkeys(runs)), prefixes
