"""From a query to its answer over the arrays of a collection: sets, totals, order."""

import re
from collections.abc import Iterator, Sequence
from functools import reduce
from operator import and_, or_
from typing import NamedTuple

import numpy as np

from search_app.engine.arrays import Array
from search_app.engine.base import HistogramUnit, SearchResult, Window
from search_app.engine.columns import date_number
from search_app.engine.ranking import ENOUGH, QUORUM, share_weight, stand_ins
from search_app.engine.whoosh.answer.collection import Collection
from search_app.engine.whoosh.answer.order import (
    LAST_DATE,
    CollectionStatistics,
    Order,
    Scorer,
    Weights,
    holds,
)
from search_app.engine.whoosh.answer.pairs import SegmentView
from search_app.engine.whoosh.answer.sets import DocSet
from search_app.engine.whoosh.store.facets import most_frequent
from search_app.engine.whoosh.store.terms import pairs_of
from search_app.errors import BadQuery
from search_app.filters import YEAR
from search_app.model import ValueField
from search_app.query.tree import And, Dated, Leaf, Node, Not, Or, Query, Run, Valued
from search_app.text.symbols import symbols

# So many documents are few enough to look for a run in each of them.
_NARROW = 4_000
# Positions of single symbols that are read to tell whole words, a tenth of a second; a sentence of
# words of one character would read more, and what is not counted is taken for whole.
_MOST_SINGLE = 5_000_000
# A mark is how many matches were passed; more digits would be no place in any collection.
_MARK = re.compile("[0-9]{1,9}")
# What a date number, YYYYMMDD, is divided by to leave so many digits.
_UNITS = {"year": (10_000, 4), "month": (100, 6), "day": (1, 8)}
Counts = tuple[tuple[str, int], ...]


class Matches(NamedTuple):
    """The documents that match a query: before the filters, for facets, and those that pass."""

    unfiltered: DocSet
    every: DocSet
    full: DocSet
    exact: DocSet
    added: DocSet  # by relaxation
    weights: Weights  # of the runs that relaxation counted
    stand_ins: list[Run]  # those of them that are parts of words which no document holds
    dropped: list[tuple[str, ...]]  # words that some added document lacks


class Evaluation:
    """One query over one collection; whatever it looks up stays at hand until it is answered."""

    def __init__(
        self,
        collection: Collection,
        statistics: CollectionStatistics,
        query: Query,
        window: Window,
    ) -> None:
        self._collection = collection
        self._query, self._window = query, window
        self._views = [SegmentView(segment) for segment in collection.segments]
        self._leaves: dict[Leaf, DocSet] = {}
        self._none = DocSet(collection.documents)
        leaves = [*_leaves(query.strict), *_leaves(query.exact)]
        if query.quorum:
            leaves += [*_leaves(query.quorum.firm), *query.quorum.words]
        # The runs first: most pairs that count for scores are looked up with them.
        cost = sum(view.look_up(leaves) for view in self._views)
        self.scorer = Scorer(collection, self._views, query.ranking, statistics)
        # How many postings may be read for the answer, with those that were before.
        self.cost = window.spent + cost + self.scorer.cost

    def answer(self) -> SearchResult:
        """Matches, relaxes, filters, orders, counts; raises BadQuery for a mark that is none."""
        window, offset = self._window, self._window.offset
        if window.after is not None:
            if not _MARK.fullmatch(window.after):
                raise BadQuery(
                    "is no cursor: begin with * and go on with what `next` gives", "cursor"
                )
            offset = int(window.after)
        matches = self._matches()
        every, full = matches.every, matches.full
        # Rank first: it materialises the sorted arrays, so len() below is free.
        docs, scores = self._first(matches, offset + window.limit)
        ranked = self._collection.ranked(docs[offset:], scores[offset:])
        dates: Counts = ()
        if window.histogram:
            dates = histogram(self._collection.dates[every.docs], window.histogram)
        collapsed: list[int | None] = [None, None]
        if window.collapse:
            collapsed = list(map(self._collection.reprints.count, (every, full)))
        passed = offset + len(ranked)
        has_more = ranked and passed < (collapsed[0] or len(every))
        return SearchResult(
            total=len(every),
            total_strict=len(full),
            total_exact=len(matches.exact),
            ranked=tuple(ranked),
            total_word=self._in_words(full),
            total_collapsed=collapsed[0],
            strict_collapsed=collapsed[1],
            dropped=tuple(matches.dropped),
            stand_ins=tuple(matches.stand_ins),
            facets=tuple((field, self._facet(field, matches)) for field in window.facets),
            histogram=dates,
            mark=str(passed) if has_more else None,
            cost=self.cost,
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
        if isinstance(node, Or):
            return reduce(or_, map(self.documents, node.parts), self._none)
        # Small sets first, and what is taken away at the end: no set is written out for a Not.
        sets = [self.documents(part) for part in node.parts if not isinstance(part, Not)]
        sets.sort(key=lambda docs: docs.most)
        both = reduce(and_, sets) if sets else self._collection.live
        for part in node.parts:
            if isinstance(part, Not):
                both = both - self.documents(part.part)
        return both

    def _leaf(self, leaf: Leaf) -> DocSet:
        if leaf not in self._leaves:
            if isinstance(leaf, Dated):
                low = date_number(leaf.low) or 1
                high = date_number(leaf.high, "99") or LAST_DATE
                dates = self._collection.dates
                docs = DocSet(self._collection.documents, table=(dates >= low) & (dates <= high))
            else:
                docs = self._collection.union([view.holding(leaf) for view in self._views])
            if self._collection.gone:
                docs = docs - self._collection.gone
            self._leaves[leaf] = docs
        return self._leaves[leaf]

    def _matches(self) -> Matches:
        query = self._query
        strict = self.documents(query.strict)
        added, weights = self._relaxed(strict)
        unfiltered, stand_ins, dropped = strict, [], []
        full = exact = every = self._passing(strict)
        if added and query.quorum:
            unfiltered = strict | added
            stand_ins = [run for run in weights if run not in query.quorum.words]
            added = self._passing(added)
            every = full | added
            for word in query.quorum.words:
                if not self._leaf(word).has(added.docs).all():
                    dropped.append(word.symbols)
        if query.exact != query.strict:
            exact = self._passing(self._exact(strict))
        return Matches(unfiltered, every, full, exact, added, weights, stand_ins, dropped)

    def _exact(self, strict: DocSet) -> DocSet:
        query = self._query
        strict_runs, runs = _runs_of_all(query.strict), _runs_of_all(query.exact)
        # Looked for among the strict ones only, where each strict run is in an exact one.
        narrow = bool(runs and strict_runs) and len(strict) <= _NARROW
        for run in strict_runs:
            narrow = narrow and any(holds(whole, run) for whole in runs)
        if narrow:
            return reduce(self._narrowed, runs, strict)
        return self.documents(query.exact)

    # Those of some documents that hold a run, which is looked for only there.
    def _narrowed(self, docs: DocSet, run: Run) -> DocSet:
        holders = []
        for view, within in zip(self._views, self._collection.by_segment(docs.docs), strict=True):
            holders.append(view.holding(run, within))
        return docs & self._collection.union(holders)

    # The documents that pass the dates and all filters but the one that is ignored.
    def _passing(self, docs: DocSet, ignored: ValueField | None = None) -> DocSet:
        window = self._window
        if window.date_from or window.date_to:
            docs = docs & self._leaf(Dated(window.date_from or "", window.date_to or ""))
        for field, values in window.filters:
            if field != ignored:
                passing = self._none
                for value in values:
                    leaf: Leaf = Valued(field, symbols(value))
                    if field == YEAR:
                        leaf = Dated(value, value)
                    passing = passing | self._leaf(leaf)
                docs = docs & passing
        return docs

    # The documents to add, and the runs whose weights brought them in.
    def _relaxed(self, strict: DocSet) -> tuple[DocSet, Weights]:
        quorum, weights = self._query.quorum, dict[Run, float]()
        if quorum is None or len(strict) >= ENOUGH:
            return self._none, weights
        for word in quorum.words:
            for run in [word] if self._leaf(word) else stand_ins(word):
                if docs := self._leaf(run):
                    weights[run] = share_weight(len(self._collection.live), len(docs))
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

    # The first so many matches, of each cluster one where that is asked, with their scores.
    def _first(self, matches: Matches, end: int) -> tuple[Array, Array]:
        full, exact = matches.full, matches.exact
        # Sets of which each goes before the next, whatever the scores.
        groups = [full, matches.added]
        if self._query.runs_first and self._window.sort == "relevance" and exact is not full:
            in_a_row = exact & full
            groups = [in_a_row, full - in_a_row, matches.added]
        # The order is not kept: in a circle with this object it would hold megabytes until the
        # garbage collector comes.
        order = Order(self.scorer, self._query, self._window, self._leaf)
        docs, scores = order.first(groups, matches.weights, end)
        count = end
        # How many reprints take away shows only once they are in order: twice as many are ordered
        # until enough remain.
        while self._window.collapse:
            first = self._collection.reprints.first(docs)
            if len(first) >= end or count >= len(matches.every):
                return docs[first[:end]], scores[first[:end]]
            count *= 2
            docs, scores = order.first(groups, matches.weights, count)
        return docs, scores

    # How many of the matches hold whole words, where these are less than half of them.
    def _in_words(self, full: DocSet) -> int | None:
        node = self._query.word
        if node is None or not self._window.in_words or not len(full):
            return None
        cost = 0
        for leaf in _leaves(node):
            if isinstance(leaf, Run) and leaf.whole and len(leaf.symbols) == 1:
                beginning = pairs_of(leaf.symbols[0])
                cost += sum(view.range_cost(leaf, beginning) for view in self._views)
        if cost > _MOST_SINGLE:
            return None
        runs, matched = _runs_of_all(node), _runs_of_all(self._query.strict)
        if runs and all(Run(run.symbols, run.field) in matched for run in runs):
            count = self._count_whole(full, [run for run in runs if run.whole])
        else:
            count = len(self.documents(node) & full)
        return count if 2 * count < len(full) else None

    # How many documents hold all the runs as whole words, or half of them if that many do.
    def _count_whole(self, full: DocSet, runs: Sequence[Run]) -> int:
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

    def _facet(self, field: ValueField, matches: Matches) -> Counts:
        docs = self._passing(matches.unfiltered, field).docs
        limit = self._window.facet_limit
        if field == YEAR:
            years = histogram(self._collection.dates[docs], "year")
            return tuple(sorted(years, key=lambda item: (-item[1], item[0]))[:limit])
        facets = [view.segment.facets[field] for view in self._views]
        return most_frequent(facets, self._collection.by_segment(docs), limit)


def histogram(dates: Array, unit: HistogramUnit) -> Counts:
    """How many date numbers fall into each year, month or day (ISO 8601), in order."""
    divisor, digits = _UNITS[unit]
    numbers = dates[dates > 0] // divisor
    if not len(numbers):
        return ()
    # Dates are not far apart: 80 years of days are 800,000 numbers.
    first = int(numbers.min())
    counts = np.bincount(numbers - first)
    items = []
    for place in counts.nonzero()[0].tolist():
        number = first + place
        # A date of only a year has 00 for month and day: it says no month, and is left out.
        if unit == "year" or number % 100:
            text = f"{number:0{digits}}"
            iso = "-".join(filter(None, (text[:4], text[4:6], text[6:])))
            items.append((iso, int(counts[place])))
    return tuple(items)


# The runs that must all occur; none where the node means something else.
def _runs_of_all(node: Node) -> list[Run]:
    runs = []
    for part in node.parts if isinstance(node, And) else (node,):
        if not isinstance(part, Run):
            return []
        runs.append(part)
    return runs


def _leaves(node: Node) -> Iterator[Leaf]:
    if isinstance(node, Leaf):
        yield node
    elif isinstance(node, Not):
        yield from _leaves(node.part)
    else:
        for part in node.parts:
            yield from _leaves(part)
