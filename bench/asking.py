"""Queries: times and totals of ours and of peers over the same articles."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from budgets import Measured
from builds import sqlite_index, tantivy_index, whoosh_index
from inputs import Inputs
from process import MALLOC, OURS, PEERS, WORK, in_turns, measure, warmed

Answers = dict[str, Any]


def against_tantivy(inputs: Inputs) -> Iterator[Measured]:
    """Each query once in each process; processes in turns, and of each the best round."""
    folder, queries = inputs.index(inputs.mixed()).folder, inputs.queries()
    peer = tantivy_index(inputs)
    found = in_turns(
        inputs.sizes.rounds,
        ours=lambda: _ours(folder, queries),
        tantivy=lambda: _peer("tantivy", peer, queries),
        relaxed=lambda: _ours(folder, queries, "relax"),
    )
    ours, theirs = found["ours"], found["tantivy"]
    middle, last = _best(ours, 0.5), _best(ours, 0.99)
    note = f"{inputs.sizes.queries:,} distinct queries, each asked once in each process; of "
    note += f"{inputs.sizes.rounds} rounds the best, for median and p99 by itself; ours also "
    note += "counts exact runs, puts them first, scores pairs and looks how near words stand"
    yield Measured("query-median", middle, _best(theirs, 0.5), note)
    yield Measured("query-p99", last, _best(theirs, 0.99))
    yield Measured("query-total", *(sum(found[name][0]["totals"]) for name in ("ours", "tantivy")))
    yield Measured("query-median-ms", middle)
    yield Measured("query-p99-ms", last)
    yield Measured("relaxed-ms", *_relaxed(ours, found["relaxed"]))


def _relaxed(strict: Sequence[Answers], relaxed: Sequence[Answers]) -> tuple[float, None, str]:
    """The median over the queries to which relaxation added something."""
    pairs = zip(strict[0]["totals"], relaxed[0]["totals"], strict=True)
    which = [n for n, (few, more) in enumerate(pairs) if more > few]
    times = [median([answers["ms"][n] for n in which]) for answers in relaxed] if which else [0.0]
    every = _best(relaxed, 0.5)
    note = f"{len(which):,} queries got weaker matches added; over all queries as users ask them "
    note += f"the median is {every:.2f} ms, p99 {_best(relaxed, 0.99):.1f} ms"
    return min(times), None, note


def common_words(inputs: Inputs) -> Iterator[Measured]:
    """Single words with many postings, over the mixed articles in both indexes: all of them asked,
    one after another, by the time that took together.
    """
    folder, peer, sizes = (
        inputs.index(inputs.mixed()).folder,
        whoosh_index(inputs.mixed()),
        inputs.sizes,
    )
    chosen = measure(PEERS, "peers/whoosh_peer.py", "common", peer, sizes.common, sizes.words)
    queries = WORK / f"common-{inputs.mixed().stem}.json"
    queries.write_text(json.dumps(chosen["words"], ensure_ascii=False), encoding="utf-8")
    found = in_turns(
        min(2, sizes.rounds),
        ours=lambda: _ours(folder, queries),
        whoosh=lambda: _peer("whoosh", peer, queries),
    )
    ours, theirs = (found[name] for name in ("ours", "whoosh"))
    note = f"{len(ours[0]['ms'])} words of at least {sizes.common:,} postings, best 10 and total; "
    note += f"{sum(ours[0]['totals']):,} matches, {sum(theirs[0]['totals']):,} by Whoosh, which "
    note += f"finds whole words only; by the median word {_rate(ours) / _rate(theirs):.1f}×"
    rates = (len(rounds[0]["ms"]) / _seconds(rounds) for rounds in (ours, theirs))
    yield Measured("common", *rates, note)


def against_sqlite(inputs: Inputs) -> Iterator[Measured]:
    """The first of the queries, asked of trigrams."""
    folder, peer = inputs.index(inputs.mixed()).folder, sqlite_index(inputs.mixed())
    queries = inputs.some_queries(inputs.sizes.words)
    found = in_turns(
        min(2, inputs.sizes.rounds),
        ours=lambda: _ours(folder, queries),
        sqlite=lambda: _peer("sqlite", peer, queries),
    )
    ours, theirs = (_rate(found[name]) for name in ("ours", "sqlite"))
    note = f"{inputs.sizes.words} of the queries; each chunk in a row, those of two characters by "
    note += f"a scan, as trigrams cannot find them; p99 {_best(found['sqlite'], 0.99):,.0f} ms"
    yield Measured("sqlite-query", ours, theirs, note)


def _ours(folder: Path, queries: Path, *options: str) -> Answers:
    return measure(OURS, "ours/queries.py", warmed(folder), queries, *options, **MALLOC)


def _peer(name: str, index: Path, queries: Path) -> Answers:
    return measure(PEERS, f"peers/{name}_peer.py", "search", warmed(index), queries, **MALLOC)


def _best(rounds: Sequence[Answers], share: float) -> float:
    """The smallest of the rounds' times below which such a share of the queries lies."""
    return float(min(sorted(r["ms"])[int(share * len(r["ms"]))] for r in rounds))


def _seconds(rounds: Sequence[Answers]) -> float:
    """How long all queries of the best round took."""
    return min(sum(answers["ms"]) for answers in rounds) / 1000


def _rate(rounds: Sequence[Answers]) -> float:
    """Queries in a second, each as fast as the median one."""
    return 1000 / _best(rounds, 0.5)
