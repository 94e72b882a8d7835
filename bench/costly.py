"""The costliest requests that are accepted: CPU of each, over HTTP's parameters, worst first.

    costly.py INDEX CORPUS [MOST [SECONDS]]

Asks the application, in this process, what is made to cost: common characters side by side, whole
words, long quotes, many alternatives, deep pages, all facets, cursors, articles with a query that
matches everywhere, articles alike, suggestions. CORPUS is the file of JSON lines that INDEX was
built from. Prints the worst MOST (20) with milliseconds of CPU: the least of three, and the first
asking; asks for at most SECONDS (600), in an order by chance that is always the same. Ends with 1
where one takes over a second.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from urllib.parse import unquote_plus, urlencode

from search_app.bootstrap import search_service
from search_app.filters import FILTER_NAMES
from search_app.settings import read_settings
from search_app.web import create_app

LONGEST = 200
FLOOR_MS, GOAL_MS = 1_000, 300
SEARCH, PAGE, ARTICLE = "/api/v1/search", "/search", "/api/v1/articles"
EVERYTHING = {"facets": ",".join(FILTER_NAMES), "facet_limit": 200, "histogram": "month"}


class Cost(NamedTuple):
    """Milliseconds of CPU of a request: the least of three times, and the first time."""

    least: float
    first: float
    status: int
    address: str


def queries(texts: list[str]) -> Iterator[str]:
    """What is common in these texts, in the shapes that a query may have."""
    counted = Counter(c for text in texts for c in text if "\u4e00" <= c <= "\u9fd5")
    han = [c for c, _ in counted.most_common(200)]
    pairs = Counter(a + b for text in texts for a, b in pairwise(text) if a in han and b in han)
    common = [pair for pair, _ in pairs.most_common(100)]
    letters = "abcdefghijklmnopqrstuvwxyz"
    yield from ("于涉及公共", "国" * 100, "国" * 200, "的" * 200, "国 " * 100, "，" * 50 + "国")
    yield from ("于 涉及 公共", "“的”", "的", "国", "1* 2* 3*", "20*", "20* 19* a* b*")
    for some in (han, common):
        for size in (2, 8, 32, 100):
            yield from (" ".join(some[:size]), "".join(some[:size]))
            yield f"“{''.join(some[:size])}”"
        yield " OR ".join(some[:32])
        yield f"({' OR '.join(some[:16])}) ({' OR '.join(some[16:32])})"
        yield f'"{some[0]} {some[1]}"~200'
        yield " ".join(f'"{a} {b}"~99' for a, b in islice(pairwise(some), 16))
        yield " ".join(f"-{term}" for term in some[1:60]) + f" {some[0]}"
        yield " ".join(f"正文:{term}" for term in some[:40])
    yield " ".join(f"{letter}{other}*" for letter, other in pairwise(letters))
    for text in texts[:3]:
        passage = "".join(text.split())
        yield from (passage[:LONGEST], f"“{passage[: LONGEST - 2]}”", " ".join(passage[:100]))
        yield from (passage[40:56], passage[40:48] + "囧", "囧".join(passage[:80]))


def addresses(texts: list[str], ids: list[str]) -> Iterator[str]:
    """The requests: every query with parameters that make it cost more."""
    for q in dict.fromkeys(query[:LONGEST].strip() for query in queries(texts)):
        for match in ("smart", "exact", "word"):
            asked: dict[str, Any] = {"q": q, "match": match}
            yield _address(SEARCH, asked | {"per_page": 100})
            yield _address(f"{ARTICLE}/{ids[0]}", asked)
            yield _address(f"/articles/{ids[-1]}", asked)
        yield _address(PAGE, {"q": q, "per_page": 100})
        yield _address(SEARCH, {"q": q, "page": 100, "per_page": 100} | EVERYTHING)
        yield _address(SEARCH, {"q": q, "sort": "oldest", "collapse": "reprints", "cursor": "*"})
        yield _address("/api/v1/suggest", {"q": q})
    years = [("year", str(year)) for year in range(1980, 2030)]
    names = [("newspaper", f"报{n}") for n in range(50)] + [("author", f"人{n}") for n in range(50)]
    yield f"{SEARCH}?{urlencode([('q', '的'), *years, *names, *EVERYTHING.items()])}"
    for article_id in (ids[0], ids[-1]):
        yield from (f"{ARTICLE}/{article_id}", f"{ARTICLE}/{article_id}/similar")


def _address(path: str, parameters: dict[str, Any]) -> str:
    return f"{path}?{urlencode(parameters)}"


def shown(address: str) -> str:
    """An address as it can be read, its beginning and its end."""
    text = unquote_plus(address)
    return text if len(text) < 130 else f"{text[:70]} … {text[-50:]}"


def main(index: str, corpus: str, most: str = "20", seconds: str = "600") -> None:
    texts, ids, longest = [], [], 0
    with Path(corpus).open(encoding="utf-8") as lines:
        for item in map(json.loads, lines):
            if len(texts) < 2_000:
                texts.append(item["body"][:2_000])
            if len(item["body"]) > longest:
                longest = len(item["body"])
                ids.append(item["id"])
    client = create_app(search_service(read_settings().with_options(index=index))).test_client()
    costs = []
    end = time.monotonic() + int(seconds)
    asked = list(addresses(texts, ids))
    Random(1).shuffle(asked)
    client.get(_address(SEARCH, {"q": "热身"}))
    for address in asked:
        if time.monotonic() > end:
            break
        times = []
        for _ in range(3):
            started = time.process_time()
            status = client.get(address).status_code
            times.append((time.process_time() - started) * 1000)
            if times[0] < GOAL_MS:  # it is not among the worst
                break
        costs.append(Cost(min(times), times[0], status, address))
    costs.sort(reverse=True)
    statuses = Counter(cost.status for cost in costs)
    print(f"{len(costs)} of {len(asked)} requests, by status {dict(statuses)}")
    for least, first, status, address in costs[: int(most)]:
        print(f"{least:8.0f} ms ({first:6.0f} first) {status} {shown(address)}")
    sys.exit(1 if costs[0].least > FLOOR_MS else 0)


main(*sys.argv[1:])
