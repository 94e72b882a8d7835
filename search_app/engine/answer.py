"""From a query to its answer, for engines that work with sets of article numbers."""

from collections.abc import Mapping
from typing import Protocol

from search_app.engine.base import Found, Ranked, Window
from search_app.engine.columns import Columns
from search_app.engine.evaluate import ENOUGH, Leaf, Numbers, Relaxed, evaluate, relax
from search_app.engine.ranking import in_order
from search_app.query.tree import Dated, Query, Ranking, Run, Valued


class Collection(Protocol):
    """What an engine must know of its articles for `answer` to do the rest."""

    columns: Columns
    hidden: Numbers  # articles that are kept but may not be found

    def holding(self, run: Run) -> Numbers:
        """The articles that hold a run."""

    def scores(self, ranking: Ranking) -> Mapping[int, float]:
        """The score of every article that holds any of the terms."""


def answer(collection: Collection, query: Query, window: Window) -> Found:
    """Matches, relaxes where too little matched, filters by date, orders, cuts the window."""
    columns, held = collection.columns, dict[Leaf, Numbers]()

    def holding(leaf: Leaf) -> Numbers:
        if leaf not in held:
            held[leaf] = _leaf(collection, leaf) - collection.hidden
        return held[leaf]

    every = frozenset(range(len(columns.keys))) - collection.hidden
    strict, exact = (evaluate(node, holding, every) for node in (query.strict, query.exact))
    weaker = Relaxed()
    if query.quorum and len(strict) < ENOUGH:
        weaker = relax(query.quorum, strict, holding, every)
    span = Dated(window.date_from or "", window.date_to or "")
    in_time = holding(span) if span.low or span.high else every
    full, added, runs = (found & in_time for found in (strict, weaker.articles, exact))
    first = runs if query.runs_first and window.sort == "relevance" else full
    scores = collection.scores(query.ranking) if window.sort == "relevance" else {}

    def group(number: int) -> int:
        return 2 if number in added else 0 if number in first else 1

    ordered = in_order(full | added, window.sort, columns.keys.__getitem__, group, scores)
    words = query.quorum.words if query.quorum and added else ()
    shown = ordered[window.offset : window.offset + window.limit]
    return Found(
        total=len(ordered),
        total_strict=len(full),
        total_exact=len(runs),
        ranked=tuple(Ranked(n, round(scores.get(n, 0.0), 4)) for n in shown),
        dropped=tuple(w.symbols for w in words if added - holding(w)),
        stand_ins=tuple(run for run in weaker.runs if run not in words),
    )


def _leaf(collection: Collection, leaf: Leaf) -> Numbers:
    if isinstance(leaf, Run):
        return collection.holding(leaf)
    columns = collection.columns
    return columns.valued(leaf) if isinstance(leaf, Valued) else columns.dated(leaf)
