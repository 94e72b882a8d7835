"""The use cases of searching, over a real index."""

from collections.abc import Callable
from dataclasses import asdict

import pytest
from given import BuiltIndex

from search_app.analysis.words import Analyser
from search_app.errors import BadQuery, UnknownArticle
from search_app.model import Article, SearchRequest
from search_app.query.compile import QueryCompiler
from search_app.service.facade import SearchService

Make = Callable[..., Article]


@pytest.fixture
def service(
    build: Callable[..., BuiltIndex], make_article: Make, analyser: Analyser
) -> SearchService:
    articles = [
        make_article("a", "防汛抗旱工作会议召开。统一指挥。", "会议", date="2021-07-01"),
        make_article("b", "抗旱与防汛并重，指挥部要求统一。", "防汛", date="2021-08-02"),
        make_article("c", "江面平静，渡轮准点。", "渡轮", authors=("防汛",), date="2022"),
        *(make_article(f"f{n}", "渡轮出发。" * n, "渡轮", date=None) for n in range(1, 30)),
    ]
    return SearchService(build(articles), QueryCompiler(analyser))


def ids(service: SearchService, q: str, **more: object) -> list[str]:
    return [h.id for h in service.search(SearchRequest(q=q, **more)).hits]  # type: ignore[arg-type]


def test_articles_that_hold_the_run_itself_come_first(service: SearchService) -> None:
    """All words match in both, the run stands in one."""
    page = service.search(SearchRequest(q="防汛抗旱", relax=False))
    assert [h.id for h in page.hits] == ["a", "b"]
    assert (page.total, page.total_strict, page.total_exact) == (2, 2, 1)


def test_too_few_matches_are_filled_up_with_weaker_ones(service: SearchService) -> None:
    """They come last, are counted apart, and what they lack is named."""
    page = service.search(SearchRequest(q="防汛抗旱 统一指挥 发布会"))
    assert (page.total_strict, page.query.relaxed) == (0, True)
    assert "发布会" in page.query.dropped
    assert {h.id for h in page.hits} >= {"a", "b"}
    assert service.search(SearchRequest(q="防汛抗旱 统一指挥 发布会", relax=False)).total == 0


def test_pages_walk_through_every_match_once(service: SearchService) -> None:
    """In a fixed order, whatever the size of a page; past the end there are none."""
    every = ids(service, "渡轮", per_page=100)
    paged = [i for page in range(1, 7) for i in ids(service, "渡轮", per_page=6, page=page)]
    assert len(every) == 30
    assert paged == every
    assert ids(service, "渡轮", page=9, per_page=10) == []


def test_a_cursor_walks_through_every_match_once(service: SearchService) -> None:
    """In the same order as pages, weaker matches after the others."""
    for q in ("渡轮", "防汛抗旱 统一指挥 发布会"):
        walked, cursor = [], "*"
        while cursor:
            page = service.search(SearchRequest(q=q, per_page=7, cursor=cursor))
            walked += [hit.id for hit in page.hits]
            cursor = page.next
        assert walked == ids(service, q, per_page=100)
        assert len(walked) == page.total


def test_a_cursor_says_how_many_were_passed(service: SearchService) -> None:
    """Programs may have kept some: `<passed>.<generation>`; `*` is the beginning."""
    page = service.search(SearchRequest(q="渡轮", per_page=7, cursor="*"))
    assert page.next == f"7.{page.generation}"
    later = service.search(SearchRequest(q="渡轮", per_page=7, cursor=f"21.{page.generation}"))
    assert [hit.id for hit in later.hits] == ids(service, "渡轮", per_page=7, page=4)
    with pytest.raises(BadQuery, match="begin with") as refused:
        service.search(SearchRequest(q="渡轮", cursor=f"x21.{page.generation}"))
    assert refused.value.parameter == "cursor"


def test_matches_that_are_no_words_are_counted(service: SearchService) -> None:
    """Where most are none; match=word finds those that are."""
    page = service.search(SearchRequest(q="汛抗", relax=False))
    assert (page.total, page.total_word) == (1, 0)
    assert service.search(SearchRequest(q="汛抗", match="word")).total == 0
    assert service.search(SearchRequest(q="防汛", relax=False)).total_word is None
    assert ids(service, "防汛", match="word") == ids(service, "防汛", relax=False)


def test_similar_articles_share_the_words_one_is_about(service: SearchService) -> None:
    """The most alike first, never the article itself; what all articles hold says nothing."""
    assert [hit.id for hit in service.similar("a")][:1] == ["b"]
    alike = [hit.id for hit in service.similar("f7", limit=5)]
    assert len(alike) == 5
    assert "f7" not in alike
    assert not {"a", "b"} & set(alike)
    with pytest.raises(UnknownArticle):
        service.similar("nosuch")


def test_dates_sort_and_limit(service: SearchService) -> None:
    """Undated articles come last in both orders and never between two dates."""
    assert ids(service, "防汛", sort="newest") == ["c", "b", "a"]
    assert ids(service, "防汛", sort="oldest") == ["a", "b", "c"]
    found = service.search(SearchRequest(q="防汛", date_from="2021-07-02", date_to="2021"))
    assert [h.id for h in found.hits] == ["b"]
    assert found.total == 1


def test_a_match_in_the_byline_is_shown(service: SearchService) -> None:
    """Matches outside body and title come as snippets of their field, whole."""
    page = service.search(SearchRequest(q="防汛", sort="newest"))
    (byline,) = [s for s in page.hits[0].snippets if s.field == "byline"]
    assert (byline.text, byline.spans) == ("防汛", ((0, 2),))


def test_an_article_is_read_whole_and_marked(service: SearchService) -> None:
    """Spans count in the text beside them; without a query there are none."""
    view = service.article("a", "统一 指挥")
    assert [view.body[s:e] for s, e in view.body_spans] == ["统一", "指挥"]
    assert service.article("a").body_spans == ()
    assert view.paragraphs == ("防汛抗旱工作会议召开。统一指挥。",)
    with pytest.raises(UnknownArticle):
        service.article("nosuch")


def test_what_cannot_be_searched_is_refused(service: SearchService) -> None:
    """Before the index is asked."""
    with pytest.raises(BadQuery):
        service.search(SearchRequest(q="-国"))


def test_status_counts_add_up(service: SearchService) -> None:
    """read = indexed + furniture + withdrawn + rejected."""
    status = asdict(service.status())
    parts = ("indexed", "furniture", "withdrawn", "rejected")
    assert status["read"] == sum(status[name] for name in parts) == 32


def test_what_stood_in_for_an_unknown_word_is_marked(service: SearchService) -> None:
    """No article holds 汇要求 (a word by its three characters); its pair 要求 leads to one."""
    page = service.search(SearchRequest(q="汇要求1"))
    assert (page.total_strict, page.total) == (0, 1)
    assert [s.text[a:b] for s in page.hits[0].snippets for a, b in s.spans] == ["要求"]


def test_dropped_words_are_those_of_the_articles_shown(service: SearchService) -> None:
    """A word that only articles outside the dates lack is not named."""
    request = SearchRequest(
        q="防汛抗旱 统一指挥 工作会议", date_from="2021-07-01", date_to="2021-07"
    )
    assert service.search(request).query.dropped == ()
