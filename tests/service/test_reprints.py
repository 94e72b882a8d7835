"""Collapsing reprints, over a real index: totals, pages, cursors, what stands beside an article."""

from collections.abc import Callable

import pytest
from given import BuiltIndex

from search_app.analysis.words import Analyser
from search_app.model import Article, SearchPage, SearchRequest
from search_app.query.compile import QueryCompiler
from search_app.service.facade import SearchService

Make = Callable[..., Article]
CLUSTERS = 20
PAPERS = ("日报", "晚报", "周刊")


def body(number: int) -> str:
    """A text of its own; each mentions a ferry, some a quay."""
    begins = "渡轮码头" if number < 6 else "渡轮"
    return begins + "".join(chr(0x4E00 + (number * 7919 + n * n * 31) % 5000) for n in range(300))


@pytest.fixture
def service(
    build: Callable[..., BuiltIndex], make_article: Make, analyser: Analyser
) -> SearchService:
    """Twenty stories of one to three articles each; some also name a harbour."""
    articles = [
        make_article(
            f"{paper}{n:02}",
            body(n) + ("港口" if n < 3 and paper != "日报" else ""),
            f"渡轮{n}" * (1 + n % 3),
            newspaper=paper,
            date=f"2021-05-{n % 9 + 1 + day:02}",
        )
        for n in range(CLUSTERS)
        for day, paper in enumerate(PAPERS[: 1 + n % 3])
    ]
    return SearchService(build(articles), QueryCompiler(analyser))


def ask(service: SearchService, q: str = "渡轮", **more: object) -> SearchPage:
    return service.search(SearchRequest(q=q, **{"collapse": True, **more}))  # type: ignore[arg-type]


def story(hit_id: str) -> str:
    return hit_id[-2:]


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
def test_each_story_is_shown_once_by_its_first_article(service: SearchService, sort: str) -> None:
    """In the order asked for; totals and facets count articles, the reprints are numbered."""
    every = ask(service, sort=sort, per_page=100, collapse=False)
    first = {story(hit.id): hit.id for hit in reversed(every.hits)}
    folded = ask(service, sort=sort, per_page=100, facets=("newspaper",))
    assert (every.total, every.total_collapsed) == (39, None)
    assert (folded.total, folded.total_strict, folded.total_collapsed) == (39, 39, CLUSTERS)
    assert [hit.id for hit in folded.hits] == [
        hit.id for hit in every.hits if first[story(hit.id)] == hit.id
    ]
    assert [hit.reprints for hit in folded.hits] == [int(story(h.id)) % 3 for h in folded.hits]
    assert sum(value.count for value in folded.facets["newspaper"]) == 39


def test_pages_and_cursors_walk_over_what_is_left(service: SearchService) -> None:
    """Each story once, none left out, and an end."""
    every = [hit.id for hit in ask(service, per_page=100).hits]
    paged = [hit.id for page in range(1, 5) for hit in ask(service, per_page=7, page=page).hits]
    assert paged == every
    walked, cursor = [], "*"
    while cursor:
        page = ask(service, per_page=3, cursor=cursor)
        walked += [hit.id for hit in page.hits]
        cursor = page.next
    assert walked == every


def test_a_story_is_shown_by_an_article_that_matches(service: SearchService) -> None:
    """What its reprints lack, and what filters leave out, is never the one that is shown."""
    page = ask(service, "港口", relax=False)
    assert {hit.newspaper for hit in page.hits} <= {"晚报", "周刊"}
    assert (page.total, page.total_collapsed) == (3, 2)
    page = ask(service, filters=(("newspaper", ("周刊",)),), per_page=100)
    assert (page.total, page.total_collapsed, len(page.hits)) == (6, 6, 6)
    assert {hit.reprints for hit in page.hits} == {2}


def test_weaker_matches_are_folded_into_full_ones(service: SearchService) -> None:
    """Full matches stand first, and it is said how many of them are left."""
    page = ask(service, "港口 码头", per_page=100)
    assert (page.total, page.total_strict) == (12, 3)
    assert (page.total_collapsed, page.total_strict_collapsed) == (6, 2)
    assert {story(hit.id) for hit in page.hits[:2]} == {"01", "02"}


def test_an_article_lists_its_reprints(service: SearchService) -> None:
    """The earliest first; and what is like it is something else."""
    view = service.article("晚报02")
    assert (view.reprints, [r.id for r in view.reprinted]) == (2, ["日报02", "周刊02"])
    assert view.reprinted[0].newspaper == "日报"
    assert service.article("日报00").reprinted == ()
    assert {story(hit.id) for hit in service.similar("晚报02", 2)} == {"02"}
    alike = [story(hit.id) for hit in service.similar("晚报02", 5, collapse=True)]
    assert "02" not in alike
    assert len(set(alike)) == len(alike)
