"""Help while typing, and after a query that finds next to nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from given import BuiltIndex, GivenCorpus, accept

from search_app.analysis.words import Analyser
from search_app.model import Article, QueryEcho, SearchRequest
from search_app.query.compile import QueryCompiler
from search_app.service.facade import SearchService

Make = Callable[..., Article]


@pytest.fixture(scope="module")
def service(
    tmp_path_factory: pytest.TempPathFactory, make_article: Make, analyser: Analyser
) -> SearchService:
    articles = [
        *(
            make_article(
                f"a{n}",
                "重庆防汛抗旱工作已经部署，拔河比赛照常举行。辽宁舰归航。",
                f"防汛抗旱会议第{n}次召开",
                authors=("王小满",),
                place="重庆",
            )
            for n in range(12)
        ),
        *(make_article(f"b{n}", "Olympic 会徽公布，旅游渐热。", "旅游") for n in range(12)),
        make_article("c", "抗旱打井。", "一个词典外的题目"),
    ]
    index = BuiltIndex(Path(tmp_path_factory.mktemp("index")))
    index.rebuild(GivenCorpus(articles, withdrawn={}), accept)
    return SearchService(index, QueryCompiler(analyser))


def texts(service: SearchService, typed: str) -> list[str]:
    return [s.text for s in service.suggest(typed)]


@pytest.mark.parametrize("typed", ["防汛", "fxkh", "FangXun", "fang xunkang", "防汛抗旱会"])
def test_typing_leads_to_what_the_index_says(service: SearchService, typed: str) -> None:
    """By characters, initials and pinyin, whatever the case."""
    if typed != "fang xunkang":
        assert any("防汛抗旱" in text for text in texts(service, typed))
    else:  # the last word is completed, the first kept
        assert all(text.startswith("fang ") for text in texts(service, typed))


def test_a_suggestion_says_its_kind_and_how_many_articles_hold_it(service: SearchService) -> None:
    found = {(s.text, s.kind): s.count for s in service.suggest("w")}
    assert found["王小满", "person"] == 12
    assert {(s.text, s.kind): s.count for s in service.suggest("cq")}["重庆", "place"] == 12
    assert ("一个词典外的题目", "title") in {(s.text, s.kind) for s in service.suggest("ygcdw")}


def test_nothing_is_suggested_that_leads_nowhere(service: SearchService) -> None:
    """Every text is found as often as it says; what nobody wrote is not made up."""
    for typed in ("防", "f", "王", "o", "一", "旅游", "ly"):
        for s in service.suggest(typed):
            assert service.search(SearchRequest(q=f"“{s.text}”")).total == s.count, s
    assert texts(service, "qqqq") == []


def test_a_withdrawn_article_suggests_nothing(
    tmp_path: Path, make_article: Make, analyser: Analyser
) -> None:
    """Neither its title nor a word that only it has."""
    articles = [
        make_article("a", "秘密基地。", "秘密基地落成"),
        make_article("b", "会议。", "会议"),
    ]
    index = BuiltIndex(tmp_path / "index")
    service = SearchService(index, QueryCompiler(analyser))
    index.rebuild(GivenCorpus(articles), accept)
    assert texts(service, "秘密") != []
    index.update(GivenCorpus(articles, withdrawn={"a": "更正"}), accept)
    assert texts(service, "秘密") == texts(service, "mmjd") == []


def echo(service: SearchService, q: str, **more: object) -> QueryEcho:
    return service.search(SearchRequest(q=q, **more)).query  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("防汛抗汗", "防汛抗旱"),  # sounds the same
        ("会议 房讯抗旱", "会议 防汛抗旱"),
        ("己经", "已经"),  # looks alike
        ("辽宇舰", "辽宁舰"),
        ("拨河比赛", "拔河比赛"),
        ("Olimpic", "olympic"),  # nearly the same letters
        ("“防汛”抗汗 部署", "“防汛”抗旱 部署"),
        ("“防汛部署”", "防汛部署"),  # without the marks there is something
        ("防汛抗旱", None),
        ("旅游", None),
        ("全新词语", None),
    ],
)
def test_another_query_is_offered_where_it_leads_to_more(
    service: SearchService, typed: str, meant: str | None
) -> None:
    said = echo(service, typed).did_you_mean
    assert said == meant
    if said:
        before, after = (service.search(SearchRequest(q=q)).total_exact for q in (typed, said))
        assert after > before or typed.startswith("“")


def test_words_that_stand_nowhere_are_named(service: SearchService) -> None:
    assert echo(service, "防汛 龘龘").nowhere == ("龘龘",)
    assert echo(service, "防汛").nowhere == ()
