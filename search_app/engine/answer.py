"""From a query to its answer, for engines that work with sets of article numbers."""

from collections.abc import Callable, Mapping
from typing import Protocol

from search_app.engine.base import Found, Ranked, Window
from search_app.engine.evaluate import ENOUGH, Numbers, Relaxed, evaluate, relax
from search_app.engine.ranking import Key, in_order
from search_app.query.tree import Query, Ranking, Run


class Collection(Protocol):
    """What an engine must know of its articles for `answer` to do the rest."""

    every: Numbers

    def holding(self, run: Run) -> Numbers:
        """The articles that hold a run."""

    def key(self, number: int) -> Key:
        """An article's date and id."""

    def scores(self, ranking: Ranking) -> Mapping[int, float]:
        """The score of every article that holds any of the terms."""


def answer(collection: Collection, query: Query, window: Window) -> Found:
    """Matches, relaxes where too little matched, filters by date, orders, cuts the window."""
    held: dict[Run, Numbers] = {}

    def holding(run: Run) -> Numbers:
        if run not in held:
            held[run] = collection.holding(run)
        return held[run]

    every = collection.every
    strict, exact = (evaluate(node, holding, every) for node in (query.strict, query.exact))
    weaker = Relaxed()
    if query.quorum and len(strict) < ENOUGH:
        weaker = relax(query.quorum, strict, holding, every)
    in_time = _dated(collection.key, window)
    full, added, runs = (frozenset(filter(in_time, s)) for s in (strict, weaker.articles, exact))
    first = runs if query.runs_first and window.sort == "relevance" else full
    scores = collection.scores(query.ranking) if window.sort == "relevance" else {}

    def group(number: int) -> int:
        return 2 if number in added else 0 if number in first else 1

    ordered = in_order(full | added, window.sort, collection.key, group, scores)
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


def _dated(key: Callable[[int], Key], window: Window) -> Callable[[int], bool]:
    """Whether an article's date lies in the window; a year or month covers all of its days."""
    low, high = window.date_from or "", (window.date_to or "9") + "\uffff"
    if not window.date_from and not window.date_to:
        return lambda number: True
    return lambda number: low <= (key(number).date or "") <= high and key(number).date is not None
