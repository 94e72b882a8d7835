"""What the service may ask of an engine, asked of both: the arrays, and the plain scan.

Ids are random texts and the scan gets its articles in random order, so that nothing can depend on
the numbers that an engine has for them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from engine.oracle import an_id
from given import BuiltIndex, GivenCorpus, accept
from scan import ScanEngine, names_alone

from search_app.analysis.dictionaries import NO_DICTIONARIES
from search_app.analysis.words import Analyser
from search_app.engine.base import Labels, SearchEngine, SearchResult, Window
from search_app.errors import BadQuery, MovedArticle, UnknownArticle, WithdrawnArticle
from search_app.model import Article, Source
from search_app.query.compile import QueryCompiler
from search_app.query.tree import And, Dated, Prefix, Query, Ranking, Run
from search_app.text.symbols import symbols

TITLES = ("防汛会议", "防汛简报", "渡口的灯", "防汛通知")
DATES = ("2021-07-01", "2021-07-02", "2021-08", "1962", None, "2022-01-01")
STORY = "全市防汛抗旱工作会议昨日上午召开，市长王小满说，外交部的来信谈到渡口与灯。" * 3
REASON = "法院裁定"


@dataclass(frozen=True)
class Asked:
    """An engine, what it holds, and ids that lead to none of it."""

    engine: SearchEngine
    articles: dict[str, Article]
    clusters: Sequence[Sequence[str]]
    withdrawn: str
    moved: tuple[str, str]


def some_articles(random: Random) -> list[Article]:
    """Forty articles, some of which say the same; the last one came under another id before."""
    articles = []
    for n in range(40):
        body = f"{STORY}{'会议' * (n % 7)}" if n % 4 == 0 else f"第{n}号，{'防汛' * (n % 5)}会议。"
        articles.append(
            Article(
                id=an_id(random, n),
                title=random.choice(TITLES),
                body=body,
                date=random.choice(DATES),
                newspaper=random.choice(("日报", "晚报")),
                source=Source(f"{n % 3}.txt", n, n + 9),
            )
        )
    return articles


def renamed(article: Article) -> tuple[Article, Article]:
    """The article under an id as its text gives one, and under another one, a little changed."""
    old = replace(article, id="0" * 15 + "1", body="渡口的灯亮了一夜，船还在等。" * 9)
    return old, replace(old, id="0" * 15 + "2", title="灯")


@pytest.fixture(params=["arrays", "scan"], scope="module")
def asked(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, analyser: Analyser
) -> Asked:
    """The same articles in each of the engines."""
    random = Random(7)
    articles = some_articles(random)
    old, new = renamed(articles.pop())
    withdrawn = articles.pop()
    now = [*articles, new]
    index = BuiltIndex(tmp_path_factory.mktemp("protocol") / "index")
    index.rebuild(GivenCorpus([*articles, withdrawn, old]), accept)
    index.update(GivenCorpus(now, {withdrawn.id: REASON}), accept)
    live = index.live()
    clusters = {(a.id, *live.reprints(a.id, 99)) for a in live.every()}
    several = [by_date(now, ids) for ids in clusters if len(ids) > 1]
    engine: SearchEngine = live
    if request.param == "scan":
        engine = ScanEngine(
            random.sample(now, len(now)),
            analyser,
            counted=[withdrawn, old],
            reprints=several,
            aliases={old.id: new.id},
            withdrawn={withdrawn.id: REASON},
        )
    held = {article.id: article for article in now}
    return Asked(engine, held, several, withdrawn.id, (old.id, new.id))


def by_date(articles: Sequence[Article], ids: Sequence[str]) -> list[str]:
    """Ids by the dates of their articles, undated ones last, then by id."""
    dates = {article.id: (article.date or "9").ljust(10, "-") for article in articles}
    return sorted(ids, key=lambda article_id: (dates[article_id], article_id))


def query(text: str) -> Query:
    """A query for a run, ranked by it."""
    run = Run(symbols(text))
    return Query.of(run, Ranking((text,), tuple(pairwise(run.symbols)), (run,)))


def test_a_page_is_a_search_and_one_call_for_its_articles(asked: Asked) -> None:
    """Hits have ids, scores, and how many others say the same."""
    result = asked.engine.search(query("会议"), Window(limit=5))
    ids = [ranked.id for ranked in result.ranked]
    assert asked.engine.articles(ids) == [asked.articles[article_id] for article_id in ids]
    assert [r.score for r in result.ranked] == sorted(r.score for r in result.ranked)[::-1]
    for ranked in result.ranked:
        assert ranked.reprints == len(asked.engine.reprints(ranked.id, 99))
    assert asked.engine.articles([]) == []


@pytest.mark.parametrize("collapse", [False, True])
@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
def test_pages_marks_and_a_walk_lead_to_every_match_once(
    asked: Asked, sort: str, collapse: bool
) -> None:
    """In the same order; only the last page has no mark."""
    window = Window(limit=4, sort=sort, collapse=collapse)
    walked = list(asked.engine.walk(query("会议"), window))
    by_offset, by_mark = [], []
    result = asked.engine.search(query("会议"), window)
    total = result.total_collapsed if collapse else result.total
    assert total == len(walked) == len({ranked.id for ranked in walked})
    for offset in range(0, len(walked), 4):
        by_offset += asked.engine.search(query("会议"), replace(window, offset=offset)).ranked
    by_mark += result.ranked
    while result.mark:
        result = asked.engine.search(query("会议"), replace(window, after=result.mark))
        assert result.ranked
        by_mark += result.ranked
    assert by_mark == by_offset == walked


def test_a_mark_of_nobody_is_refused(asked: Asked) -> None:
    """As a fault of the cursor."""
    for mark in ("", "-1", "x", "1.5", "９"):
        with pytest.raises(BadQuery) as refused:
            asked.engine.search(query("会议"), Window(after=mark))
        assert refused.value.parameter == "cursor"


def test_everything_can_be_asked_for(asked: Asked) -> None:
    """As the base of lists by date; all of it matches in full, and nothing scores."""
    result = asked.engine.search(Query.of(And(())), Window(limit=99))
    assert result.total == result.total_strict == result.total_exact == len(asked.articles)
    assert {ranked.id for ranked in result.ranked} == set(asked.articles)
    assert {ranked.score for ranked in result.ranked} == {0}
    newest = asked.engine.walk(Query.of(And(())), Window(sort="newest"))
    assert [r.id for r in newest] == [r.id for r in result.ranked]


def test_all_articles_are_told_and_counted(asked: Asked) -> None:
    """Each once, in whatever order."""
    every = list(asked.engine.every())
    assert sorted(article.id for article in every) == sorted(asked.articles)
    assert all(article == asked.articles[article.id] for article in every)
    assert asked.engine.size == asked.engine.status().indexed == len(every)
    assert asked.engine.dictionaries == NO_DICTIONARIES
    assert asked.engine.generation == asked.engine.status().generation


def test_an_article_is_read_by_its_id(asked: Asked) -> None:
    """The errors say where it went."""
    for article_id, article in asked.articles.items():
        assert asked.engine.article(article_id) == article
    old, new = asked.moved
    with pytest.raises(MovedArticle) as moved:
        asked.engine.article(old)
    assert moved.value.article_id == new
    with pytest.raises(WithdrawnArticle, match=REASON):
        asked.engine.article(asked.withdrawn)
    with pytest.raises(UnknownArticle, match="no article has the id 'nosuch'"):
        asked.engine.article("nosuch")


@pytest.mark.parametrize("ask", ["articles", "labels", "reprints"])
def test_what_is_asked_of_no_article_is_refused(asked: Asked, ask: str) -> None:
    """Whatever it is."""
    calls: dict[str, Callable[[str], object]] = {
        "articles": lambda article_id: asked.engine.articles([new, article_id]),
        "labels": asked.engine.labels,
        "reprints": lambda article_id: asked.engine.reprints(article_id, 9),
    }
    old, new = asked.moved
    for article_id in (old, asked.withdrawn, "", "nosuch"):
        with pytest.raises(UnknownArticle):
            calls[ask](article_id)


def test_labels_are_those_of_indexing(asked: Asked) -> None:
    """Names in the order of the text, of old articles and of those in the delta."""
    named = 0
    for article_id, article in asked.articles.items():
        names, others = names_alone(article), len(asked.engine.reprints(article_id, 99))
        wanted = Labels(names.people, names.organisations, others)
        assert asked.engine.labels(article_id) == wanted
        named += bool(names.people)
    assert named > 5


def test_reprints_are_listed_from_the_earliest_on(asked: Asked) -> None:
    """As many as are wanted."""
    assert asked.clusters
    for cluster in asked.clusters:
        for article_id in cluster:
            others = [other for other in cluster if other != article_id]
            assert asked.engine.reprints(article_id, 99) == others
            assert asked.engine.reprints(article_id, 2) == others[:2]
            assert asked.engine.reprints(article_id, 0) == []
    assert asked.engine.reprints(asked.moved[1], 9) == []


def test_texts_are_counted_in_one_call(asked: Asked) -> None:
    """As they are; what has no symbols stands nowhere."""
    texts = ["会议", "防汛", "渡口的灯", "议会", "防汛会议", " ", "会"]
    counts = []
    for text in texts:
        held = [a for a in asked.articles.values() if text in f"{a.head}\n{a.body}"]
        counts.append(len(held) if text.strip() else 0)
    assert asked.engine.counts(texts) == counts
    assert asked.engine.counts([]) == []


def test_totals_are_those_of_searches(asked: Asked, analyser: Analyser) -> None:
    """Nothing is ranked; facets and dates are counted as they are asked for."""
    window = Window(offset=3, facets=("newspaper", "year"), histogram="day", in_words=True)
    compiler = QueryCompiler(analyser)
    queries = [compiler.compile(q, "smart").query for q in ("会议", "防汛 灯", "议会", "王小满")]
    totals = asked.engine.totals([*queries, Query.of(And(()))], window)
    for result, one in zip(totals, [*queries, Query.of(And(()))], strict=True):
        assert result.ranked == ()
        assert result == replace(asked.engine.search(one, window), ranked=(), mark=None)


def test_a_refused_query_among_several_has_no_matches(
    asked: Asked, make_article: Callable[..., Article], analyser: Analyser, tmp_path: Path
) -> None:
    """The others are counted; asked alone it is an error."""
    body = " ".join(f"a{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(260))
    articles = [make_article("x", body), make_article("y", "ab")]
    engine: SearchEngine = ScanEngine(articles, analyser)
    if not isinstance(asked.engine, ScanEngine):
        index = BuiltIndex(tmp_path / "index")
        index.rebuild(GivenCorpus(articles), accept)
        engine = index.live()
    wide = Query.of(Prefix("a"))
    refused, counted = engine.totals([wide, query("ab")], Window())
    assert refused == SearchResult(0, 0, 0, (), refused=refused.refused)
    assert isinstance(refused.refused, BadQuery)
    assert (counted.total, counted.refused) == (1, None)
    with pytest.raises(BadQuery, match="stands for over"):
        engine.search(wide, Window())


@pytest.mark.parametrize(("unit", "size"), [("year", 4), ("month", 7), ("day", 10)])
def test_dates_are_counted_by_year_month_and_day(asked: Asked, unit: str, size: int) -> None:
    """Those that say less are left out."""
    counts: dict[str, int] = {}
    for article in asked.articles.values():
        if article.date and len(article.date) >= size:
            counts[article.date[:size]] = counts.get(article.date[:size], 0) + 1
    result = asked.engine.search(Query.of(And(())), Window(limit=0, histogram=unit))
    assert result.histogram == tuple(sorted(counts.items()))
    assert asked.engine.search(query("无此"), Window(histogram=unit)).histogram == ()


def test_a_window_filters_and_counts(asked: Asked) -> None:
    """A facet is counted without its own filter."""
    window = Window(
        limit=99,
        date_from="2021-07",
        date_to="2021-07-02",
        filters=(("newspaper", ("日报",)),),
        facets=("newspaper", "year"),
    )
    dated = [a for a in asked.articles.values() if a.date in DATES[:2]]
    passed = {a.id for a in dated if a.newspaper == "日报"}
    result = asked.engine.search(Query.of(And(())), window)
    assert {ranked.id for ranked in result.ranked} == passed
    facets = dict(result.facets)
    assert sum(count for _, count in facets["newspaper"]) == len(dated)
    assert facets["year"] == (("2021", len(passed)),)
    within = Query.of(Dated("2021-07", "2021-07-02"))
    assert asked.engine.search(within, Window()).total == len(dated)


def test_titles_are_the_newest_that_sound_so(asked: Asked) -> None:
    """Then by id; as many as are wanted."""
    sounding = [a for a in asked.articles.values() if a.title.startswith("防汛")]
    ids = sorted(a.id for a in sounding)
    ids.sort(key=lambda article_id: date_key(asked.articles[article_id]), reverse=True)
    assert asked.engine.titles_sounding("fangx", 7) == ids[:7]
    assert asked.engine.titles_sounding("fx", 7) == ids[:7]
    assert asked.engine.titles_sounding("xyz", 7) == []


def date_key(article: Article) -> str:
    """What orders dates: a year comes before its months, those before their days."""
    return (article.date or "").ljust(10, " ")


def test_words_are_offered_with_their_frequencies(asked: Asked) -> None:
    """By characters and by sound."""
    typed = [completion.text for completion in asked.engine.completions("防", 9)]
    assert "防汛" in typed
    assert "防汛" in [completion.text for completion in asked.engine.homophones("防讯")]
    assert asked.engine.frequencies(["没有的"]) == [0]
    (count,) = asked.engine.frequencies(["防汛"])
    held = [a for a in asked.articles.values() if "防汛" in a.title + a.body]
    assert 0 < count <= len(held) + 2
