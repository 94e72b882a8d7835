"""Whoosh finds what the plain scan finds: sets, totals, order and scores."""

import shutil
import tempfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from search_app.analysis.words import Analyser
from search_app.engine.base import Found, SearchEngine, Window
from search_app.engine.scan import ScanEngine
from search_app.engine.whoosh.live import WhooshIndex
from search_app.errors import BadQuery
from search_app.model import Article, Source
from search_app.query.compile import QueryCompiler

# Few symbols, so that random runs are found; END, repetition and runs of letters among them.
TEXT = st.text(alphabet="会议防汛人民一一的，。 1a2\n", min_size=1, max_size=30).filter(str.strip)
DATES = st.sampled_from([None, "2021", "2021-02", "2021-02-03", "2022-01-01"])
ARTICLES = st.lists(st.tuples(TEXT, TEXT, DATES, st.booleans()), min_size=1, max_size=8)
PIECES = st.lists(
    st.one_of(
        st.text(alphabet="会议防汛人民一的1a2", min_size=1, max_size=4),
        st.sampled_from([" 记者:王一", " 日期:2021", " 日期:2021-02..", " -报纸:日报"]),
        st.sampled_from([" ", " -", " OR ", "“", "”", "(", ")", " 标题:", " NOT "]),
    ),
    min_size=1,
    max_size=7,
)
WINDOWS = st.builds(
    Window,
    offset=st.integers(0, 3),
    limit=st.integers(1, 9),
    sort=st.sampled_from(["relevance", "newest", "oldest"]),
    date_from=st.sampled_from([None, None, "2021", "2021-02-03"]),
    date_to=st.sampled_from([None, None, "2021", "2022-01-01"]),
)


def article(number: int, title: str, body: str, date: str | None, derived: bool) -> Article:
    return Article(
        id=f"a{number}",
        title=title,
        body=body,
        date=date,
        title_is_derived=derived,
        authors=("王　一", "李二") if number % 2 else (),
        newspaper=("日报", "晚报", None)[number % 3],
        source=Source("x", 0, 1),
    )


def assert_same(scan: Found, whoosh: Found, window: Window) -> None:
    """Equal, but that Whoosh keeps a length in one byte, so that scores differ a little."""
    assert replace(scan, ranked=()) == replace(whoosh, ranked=())
    if window.sort != "relevance":
        assert scan.ranked == whoosh.ranked
    elif window.offset == 0 and window.limit > scan.total:
        scores = {r.number: r.score for r in scan.ranked}
        assert {r.number: pytest.approx(r.score, rel=0.05) for r in whoosh.ranked} == scores
        place = {r.number: n for n, r in enumerate(scan.ranked)}
        for a, b in pairwise(r.number for r in whoosh.ranked):
            # Only what scores alike may change places.
            assert place[a] < place[b] or scores[a] == pytest.approx(scores[b], rel=0.1)


@settings(
    max_examples=settings.default.max_examples * 3 // 5,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking builds indexes for minutes
)
@given(ARTICLES, st.lists(st.tuples(PIECES, WINDOWS), min_size=8, max_size=8))
def test_whoosh_answers_as_the_scan_does(analyser, rows, asked) -> None:  # type: ignore[no-untyped-def]
    """Random small corpora, random queries of the grammar, every window."""
    articles = [article(n, *row) for n, row in enumerate(rows)]
    folder = Path(tempfile.mkdtemp())
    try:
        index = WhooshIndex(folder / "index", analyser)
        index.rebuild(articles, lambda counts, live: counts)
        engines = ScanEngine(articles, analyser), index.live()
        for pieces, window in asked:
            compare(engines, analyser, "".join(pieces), window)
    finally:
        shutil.rmtree(folder)


def compare(engines: tuple[SearchEngine, ...], analyser: Analyser, q: str, window: Window) -> None:
    for match in ("smart", "exact"):
        try:
            query = QueryCompiler(analyser).compile(q, match).query
        except BadQuery:
            continue
        scan, whoosh = (engine.search(query, window) for engine in engines)
        assert_same(scan, whoosh, window)


@pytest.mark.parametrize("length", [1, 2, 3, 300])
def test_long_runs_and_symbols_are_found_to_the_last_character(
    build, make_article, analyser, length
):  # type: ignore[no-untyped-def]
    """A body of 100,000 characters is searchable at its end; so is a symbol of any length."""
    body = "水" * 60_000 + "江河湖海" * 10_000 + "9" * 5_000 + "终" * length
    engine = build([make_article("a", body), make_article("b", "江河 " + "9" * 4_999)]).live()

    def total(q: str) -> int:
        return engine.search(QueryCompiler(analyser).compile(q, "exact").query, Window()).total

    assert total("终" * min(length, 200)) == 1
    assert total("海江河湖海99") == 0
    assert total("江河") == 2
