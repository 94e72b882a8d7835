"""The queries that cost most: all that is common, in every shape the query language has.

    costliest.py INDEX CORPUS

Each is asked once as the service is asked, snippets included, and the slowest ones twice more;
their time is the median. Those refused as too costly, or as queries, are counted and not timed;
those that fail in another way are named.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import NamedTuple

import clock
from texts import spread

from search_app.bootstrap import search_service
from search_app.errors import BadQuery, QueryTooCostly, SearchAppError
from search_app.model import Match, SearchRequest
from search_app.service.facade import SearchService
from search_app.settings import read_settings

_SLOWEST = 20
_LONGEST = 200
_SAMPLE = 4_000


def nasty(corpus: Path) -> Iterator[tuple[str, Match]]:
    """Queries made of the most common symbols, pairs and passages of a corpus."""
    texts = [article["body"] for article in spread(corpus, _SAMPLE)]
    symbols = [
        c for c, _ in Counter(c for t in texts for c in t if not c.isspace()).most_common(60)
    ]
    han = [c for c in symbols if "\u4e00" <= c <= "\u9fd5"]
    pairs = Counter(a + b for t in texts for a, b in pairwise(t) if a in han and b in han)
    common = [pair for pair, _ in pairs.most_common(40)]
    for shapes in (
        _lone(symbols),
        _lists(han),
        _lists(common),
        _operators(han),
        _operators(common),
    ):
        yield from ((query, "smart") for query in shapes)
    yield from ((query, "exact") for query in _lists(han))
    yield from ((query, "smart") for query in _pasted(texts))


def _lone(symbols: list[str]) -> Iterator[str]:
    for symbol in symbols:
        yield from (symbol, f'"{symbol}"', f"{symbol}*")
    yield from (f"{letter}*" for letter in "abcdefghijklmnopqrstuvwxyz0123456789")


def _lists(terms: list[str]) -> Iterator[str]:
    """So many terms: side by side, as one run, quoted one by one, a term many times."""
    for size in (2, 3, 4, 8, 16, 32, 60):
        some = terms[:size]
        yield from (" ".join(some), "".join(some), " ".join(f'"{term}"' for term in some))
        yield from (f'"{"".join(some)}"', terms[0] * size, f'"{terms[0] * size}"')
    for a, b in pairwise(terms[:8]):
        yield from (f'"{a}{b}"', f'"{b}{a}"', f'"{a}{a}"', f'"{a}{b}{a}{b}"')


def _operators(terms: list[str]) -> Iterator[str]:
    for size in (2, 4, 8):
        either = " OR ".join(terms[:size])
        yield from (either, f"({either}) ({either})", f"{terms[8]} -({either})")
        yield from (f'"{" ".join(terms[:size])}"~8', f"标题:({either})", f"{either} {terms[9]}")
        yield " OR ".join(" ".join(terms[i : i + 4]) for i in range(0, size * 2, 2))
        yield " OR ".join(f'"{a}{b}"' for a, b in pairwise(terms[: size + 1]))
    for a, b in pairwise(terms[:10]):
        yield from (f'"{a} {b}"~8', f"{a} -{b}", f"正文:{a} 标题:{b}", f"{a} 日期:1900..2100")


def _pasted(texts: list[str]) -> Iterator[str]:
    """Long passages as they stand, quoted, and torn into characters and pieces of two."""
    random = Random(3)
    for text in random.sample(texts, min(25, len(texts))):
        passage = "".join(text.split())[:_LONGEST]
        yield from (passage, f'"{passage[: _LONGEST - 2]}"', " ".join(passage[: _LONGEST // 2]))
        yield " ".join(passage[i : i + 2] for i in range(0, _LONGEST * 2 // 3, 2))
        yield " OR ".join(passage[i : i + 6] for i in range(0, 48, 6))


class Asked(NamedTuple):
    """Milliseconds of a query, snippets included and without them, and what it was."""

    ms: float
    engine_ms: float
    total: int
    match: Match
    query: str


def ask(service: SearchService, query: str, match: Match) -> Asked:
    """Asks once; raises QueryTooCostly, BadQuery."""
    started = time.perf_counter()
    page = service.search(SearchRequest(q=query, match=match))
    return Asked((time.perf_counter() - started) * 1000, page.took_ms, page.total, match, query)


def thrice(service: SearchService, asked: Asked) -> Asked:
    """The one in the middle of this and two more askings."""
    more = [ask(service, asked.query, asked.match) for _ in range(2)]
    return sorted([asked, *more])[1]


def main(folder: str, corpus: str) -> None:
    service = search_service(read_settings().with_options(index=folder))
    ask(service, "热身", "smart")
    found: list[Asked] = []
    refused: Counter[str] = Counter()
    failed = []
    for query, match in dict.fromkeys((q[:_LONGEST], m) for q, m in nasty(Path(corpus))):
        try:
            found.append(ask(service, query, match))
        except (QueryTooCostly, BadQuery) as error:
            refused[type(error).__name__] += 1
        except SearchAppError as error:
            failed.append(f"{query[:20]}: {type(error).__name__}: {error}")
    slowest = [thrice(service, asked) for asked in sorted(found, reverse=True)[:_SLOWEST]]
    counts = {"accepted": len(found), "refused": refused, "failed": failed}
    clock.report(slowest=sorted(slowest, reverse=True), **counts)


main(*sys.argv[1:])
