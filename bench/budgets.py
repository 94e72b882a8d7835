"""The budgets: what is measured, against what, and the floor and goal it is held to."""

from dataclasses import dataclass
from typing import Literal

# faster: ours ÷ peer is at least the limit (both a rate) · slower: ours ÷ peer is at most the limit
# (both a time) · value: ours is at most the limit · apart: ours and peer differ by at most so many
# per cent · none: for reference
Rule = Literal["faster", "slower", "value", "apart", "none"]


@dataclass(frozen=True, slots=True)
class Budget:
    """One row of the table; limits are ratios, or in the row's unit where the rule is `value`."""

    key: str
    what: str
    against: str
    unit: str
    rule: Rule
    floor: float = 0.0
    goal: float = 0.0


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured for a budget's key; `note` says how, where the row does not.

    Where something `failed`, no figure reaches a floor.
    """

    key: str
    ours: float
    peer: float | None = None
    note: str = ""
    failed: bool = False


_RATE = "articles/s"
_PAIRS = "tantivy, one thread, same work"
_STOCK = "stock Flask + Whoosh + jieba app"
_DATASETTE = "Datasette over FTS5 trigram"
_REBUILD = "rebuild of the same corpus, CPU"
_BROAD = "stock Whoosh, ChineseAnalyzer, one process"

BUDGETS = (
    Budget("whoosh-build", "rebuild, 24k articles, all cores", _BROAD, _RATE, "faster", 8, 15),
    Budget("whoosh-index", "index part alone, all cores", _BROAD, _RATE, "faster", 10, 15),
    Budget("tantivy-24k", "rebuild --jobs 1, 24k articles", _PAIRS, _RATE, "faster", 0.5, 1),
    Budget("tantivy-100k", "rebuild --jobs 1, 100k articles", _PAIRS, _RATE, "faster", 0.5, 1),
    Budget("tantivy-words", "rebuild --jobs 1, 24k articles", "tantivy, words only", _RATE, "none"),
    Budget("sqlite-build", "rebuild --jobs 1, 24k articles", "SQLite FTS5 trigram", _RATE, "none"),
    Budget("query-median", "query at 100k, median", _PAIRS, "ms", "slower", 5, 2),
    Budget("query-p99", "query at 100k, p99", _PAIRS, "ms", "slower", 1.5, 1),
    Budget("query-total", "sum of totals", _PAIRS, "articles", "apart", 2, 1),
    Budget("query-median-ms", "query at 100k, median", "–", "ms", "value", 1.5, 0.7),
    Budget("query-p99-ms", "query at 100k, p99", "–", "ms", "value", 10, 5),
    Budget("relaxed-ms", "relaxed query at 100k, median", "–", "ms", "value", 5, 3),
    Budget("common", "single common words at 100k", _BROAD, "queries/s", "faster", 50, 100),
    Budget("sqlite-query", "query at 100k", "SQLite FTS5 trigram", "queries/s", "none"),
    Budget("size-24k", "generation, 24k articles", "UTF-8 text", "MB", "slower", 2.8, 2.2),
    Budget("size-100k", "generation, 100k articles", "UTF-8 text", "MB", "slower", 2.8, 2.2),
    Budget("memory", "rebuild of 1M headlines, peak", "–", "MiB", "value", 2048, 1024),
    Budget("request", "search request at 100k, CPU, median", "–", "ms", "value", 10, 5),
    Budget("costliest-100k", "costliest accepted query, 100k", "–", "ms", "value", 1000, 300),
    Budget("costliest-2m", "costliest accepted query, 2M", "–", "ms", "value", 1000, 300),
    Budget("start", "worker ready after start, 100k, median", "–", "s", "value", 1.5, 0.7),
    Budget("update-files", "one article edited: update, CPU", _REBUILD, "s", "slower", 0.1, 0.05),
    Budget("update-beyond", "the same, beyond the start", _REBUILD, "s", "slower", 0.02, 0.005),
    Budget("update-lines", "one line of one file edited", _REBUILD, "s", "slower", 0.125, 0.125),
    Budget("load-stock", "requests/s, 24k", _STOCK, "requests/s", "faster", 2.5, 4),
    Budget("load-stock-cpu", "CPU of a request", _STOCK, "ms", "slower", 0.38, 0.28),
    Budget("load-datasette", "requests/s, 24k", _DATASETTE, "requests/s", "faster", 2.5, 4),
    Budget("load-p99", "p99 at half of the most", "its median", "ms", "slower", 6, 4),
    Budget("load-p99-ms", "p99 at half of the most", "–", "ms", "value", 100, 50),
    Budget("load-word", "match=word, CPU", "match=smart", "ms", "slower", 1.5, 1.1),
    Budget("load-many", "100 a page, CPU", "10 a page", "ms", "slower", 4, 3),
    Budget("load-304", "an answer 304, CPU", "–", "ms", "value", 1, 1),
    Budget("load-over", "twice the most: longest answer", "–", "s", "value", 2, 2),
    Budget("load-refused", "twice the most: told no, median", "–", "ms", "value", 10, 10),
    Budget("load-refused-p99", "twice the most: told no, p99", "–", "ms", "value", 100, 100),
    Budget("newest", "北京 newest first, facets, 2M, CPU, median", "–", "ms", "value", 30, 30),
)


def reached(budget: Budget, measured: Measured) -> str:
    """`goal`, `floor` or `no`; a dash for what is not held to anything."""
    if budget.rule == "none":
        return "–"
    if measured.failed:
        return "**no**"
    for name, limit in (("goal", budget.goal), ("floor", budget.floor)):
        if _holds(budget.rule, measured, limit):
            return name
    return "**no**"


def _holds(rule: Rule, measured: Measured, limit: float) -> bool:
    if rule == "value":
        return measured.ours <= limit
    assert measured.peer is not None
    ratio = measured.ours / measured.peer
    if rule == "faster":
        return ratio >= limit
    return ratio <= limit if rule == "slower" else abs(ratio - 1) * 100 <= limit
