"""How good the order is: questions and the passages that answer them, titles and their bodies.

    python bench/quality.py [COUNT]

Prints nDCG@10, MRR and recall@100 of ours beside plain rankings, and what each constant of
`ranking` is worth, and writes the table to bench/quality.md. With COUNT only so many queries of
each set are asked, and nothing is written. Nothing here was used to choose the constants.
"""

import json
import math
import re
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from random import Random
from typing import Any
from unittest.mock import patch

import texts
from inputs import index_of
from machine import about
from process import BENCH, WORK, rebuild, say

sys.path.insert(0, str(BENCH / "ours"))

from engine import opened

from search_app.engine import ranking
from search_app.engine.base import Window
from search_app.engine.ranking import HEAD_BOOST, PAIR_WEIGHT
from search_app.engine.whoosh.answer import evaluate, order
from search_app.errors import BadQuery
from search_app.query.compile import CompiledQuery
from search_app.query.tree import Or, Query, Run
from search_app.text.symbols import symbols

Ranked = Callable[[str], Sequence[str]]
BEST, DEEP = 10, 100
# Queries that the plain rankings and the ablations are asked; ours is asked all.
SOME = 2_000
OURS, BARE = "ours", "ours, quotation marks left out"
_QUOTES = re.compile('[“”「」『』"]')
FLOORS = {"cmrc": 0.980, "drcd": 0.960, "titles": 0.755}


@dataclass(frozen=True, slots=True)
class Set:
    """Articles, and queries with the id of the one article that each is meant to find."""

    name: str
    articles: Sequence[dict[str, Any]]
    queries: Sequence[tuple[str, str]]


def questions(name: str) -> Set:
    """Questions of people, and the passages they were asked about."""
    folder = texts.DATA / "questions"
    lines = (folder / f"{name}_passages.jsonl").read_text(encoding="utf-8").splitlines()
    articles = [
        {"id": p["id"], "title": p["title"], "body": p["text"]} for p in map(json.loads, lines)
    ]
    rows = (folder / f"{name}_queries.tsv").read_text(encoding="utf-8").splitlines()
    return Set(name, articles, [(q, i) for _, q, i in (row.split("\t") for row in rows)])


def titles() -> Set:
    """The titles of broadcast items, and all items without their titles.

    Only titles that one item has: of 3,020 that are called 联播快讯 none can be meant by it.
    """
    items = list(texts.cctv())
    counts = Counter(item["title"] for item in items)
    articles = [{"id": item["id"], "body": item["body"]} for item in items]
    alone = [(i["title"], i["id"]) for i in items if i["title"] and counts[i["title"]] == 1]
    return Set("titles", articles, alone)


def scores(ranked: Ranked, queries: Sequence[tuple[str, str]]) -> tuple[float, float, float]:
    """nDCG@10, MRR and recall@100, each query with one right answer."""
    gain = reciprocal = found = 0.0
    for typed, wanted in queries:
        ids = ranked(typed)
        place = ids.index(wanted) + 1 if wanted in ids else 0
        gain += 1 / math.log2(place + 1) if 0 < place <= BEST else 0
        reciprocal += 1 / place if place else 0
        found += bool(place)
    return gain / len(queries), reciprocal / len(queries), found / len(queries)


class Ours:
    """Our index of a set, asked as users ask it, or with trees of its own."""

    def __init__(self, given: Set) -> None:
        corpus = WORK / f"quality-{given.name}.jsonl"
        texts.write(corpus, iter(given.articles))
        folder = index_of(corpus)
        if not (folder / "CURRENT").exists():
            say(f"building our index of {given.name}")
            rebuild(corpus, folder)
        self._engine, self._compiler = opened(str(folder))

    def ranked(self, change: Callable[[CompiledQuery], Query] = lambda c: c.query) -> Ranked:
        """Ids in order; `change` makes the query that is asked of what was compiled."""

        def ask(typed: str) -> Sequence[str]:
            try:
                query = change(self._compiler.compile(typed[:200], "smart"))
            except BadQuery:
                return ()
            found = self._engine.search(query, Window(limit=DEEP))
            return [ranked.id for ranked in found.ranked]

        return ask


def plain(kind: str) -> Callable[[CompiledQuery], Query]:
    """BM25 alone, of words or of pairs, over articles with any of them."""

    def change(compiled: CompiledQuery) -> Query:
        ranking = compiled.query.ranking
        words, pairs = (ranking.words, ()) if kind == "words" else ((), ranking.pairs)
        runs = [Run(symbols(word)) for word in words] or [Run(pair) for pair in pairs]
        ranking = replace(ranking, words=words, pairs=pairs, near=())
        return Query(strict=Or(tuple(runs)), exact=Or(()), ranking=ranking)

    return change


def trigrams(given: Set) -> Ranked:
    """SQLite FTS5 with its trigram tokenizer and bm25, any trigram of the query."""
    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE t USING fts5(id UNINDEXED, title, body, tokenize=trigram)")
    rows = ((a["id"], a.get("title", ""), a["body"]) for a in given.articles)
    base.executemany("INSERT INTO t VALUES (?, ?, ?)", rows)

    def ask(typed: str) -> Sequence[str]:
        pieces = {typed[i : i + 3].replace('"', '""') for i in range(len(typed) - 2)}
        if not pieces:
            return ()
        match = " OR ".join(f'"{piece}"' for piece in sorted(pieces))
        found = base.execute(
            "SELECT id FROM t WHERE t MATCH ? ORDER BY bm25(t) LIMIT ?", (match, DEEP)
        )
        return [row[0] for row in found]

    return ask


def weighted(head: float, pairs: float) -> tuple[tuple[str, float, bool], ...]:
    """Other weights of fields and pairs."""
    return (
        ("head", head, False),
        ("head", head * pairs, True),
        ("body", 1.0, False),
        ("body", pairs, True),
    )


# What is changed, and where: each constant as if it were not there, or otherwise.
ABLATIONS: dict[str, Sequence[tuple[Any, str, Any]]] = {
    "without pairs": [(order, "SCORED", weighted(HEAD_BOOST, 0.0))],
    "pairs as heavy as words": [(order, "SCORED", weighted(HEAD_BOOST, 1.0))],
    "head no heavier than body": [(order, "SCORED", weighted(1.0, PAIR_WEIGHT))],
    "without nearness": [(ranking, "NEAR_WEIGHT", 0.0)],
    "quorum 0.6": [(evaluate, "QUORUM", 0.6)],
    "quorum 0.15": [(evaluate, "QUORUM", 0.15)],
    "not relaxed": [(evaluate, "ENOUGH", 0)],
}


@contextmanager
def changed(changes: Sequence[tuple[Any, str, Any]]) -> Iterator[None]:
    """Constants of the engine with other values."""
    with ExitStack() as stack:
        for module, name, value in changes:
            stack.enter_context(patch.object(module, name, value))
        yield


def measured(given: Set, count: int) -> Iterator[tuple[str, int, tuple[float, float, float]]]:
    """Rows: what ranks, how many queries, the three figures."""
    ours = Ours(given)
    every = given.queries if not count else Random(3).sample(given.queries, count)
    some = every if len(every) <= SOME else Random(4).sample(every, SOME)
    yield OURS, len(every), scores(ours.ranked(), every)
    # What stands in quotation marks must be there as it is; people quote from memory.
    bare = [(_QUOTES.sub(" ", typed), wanted) for typed, wanted in every]
    yield BARE, len(every), scores(ours.ranked(), bare)
    yield "ours, some of them", len(some), scores(ours.ranked(), some)
    for kind in ("words", "pairs"):
        yield f"plain BM25 over {kind}", len(some), scores(ours.ranked(plain(kind)), some)
    yield "SQLite FTS5 trigram", len(some), scores(trigrams(given), some)
    runs_last = ours.ranked(lambda c: replace(c.query, runs_first=False))
    yield "chunks in a row not first", len(some), scores(runs_last, some)
    for name, changes in ABLATIONS.items():
        with changed(changes):
            yield name, len(some), scores(ours.ranked(), some)


def main(count: int = 0) -> None:
    WORK.mkdir(exist_ok=True)
    where = ", ".join(f"{name} {value}" for name, value in about().items() if name == "date")
    lines = ["# How good the order is", "", f"Made by `make quality`; {where}.", ""]
    lines += ["| set | ranking | queries | nDCG@10 | MRR | recall@100 |"]
    lines += ["|---|---|---|---|---|---|"]
    best: dict[tuple[str, str], float] = {}
    for given in (questions("cmrc"), questions("drcd"), titles()):
        for name, asked, figures in measured(given, count):
            say(f"{given.name}: {name}: " + " ".join(f"{f:.4f}" for f in figures))
            shown = " | ".join(f"{figure:.4f}" for figure in figures)
            lines.append(f"| {given.name} | {name} | {asked:,} | {shown} |")
            best[given.name, name] = figures[0]
    floors = "; ".join(
        f"{k} {best[k, OURS]:.4f}, quotation marks left out {best[k, BARE]:.4f} (floor {v:.3f})"
        for k, v in FLOORS.items()
    )
    page = "\n".join([*lines, "", f"nDCG@10 of ours: {floors}.", ""])
    print(page)
    if not count:
        (BENCH / "quality.md").write_text(page, encoding="utf-8")


main(*map(int, sys.argv[1:]))
