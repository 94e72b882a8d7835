"""What is shown of hits is bounded, whatever was asked and however long the articles are."""

import time
from collections.abc import Callable

import pytest

from search_app.analysis.words import Analyser
from search_app.model import Article, SearchRequest
from search_app.query.compile import QueryCompiler
from search_app.service import reading
from search_app.service.facade import SearchService

Make = Callable[..., Article]
SENTENCE = "会议要求统一领导、统一指挥，船只往来。"


@pytest.fixture
def service(make_article: Make, build: Callable[..., object], analyser: Analyser) -> SearchService:
    """Three articles of 60,000 characters, the last with a word at its end, and a short one."""
    bodies = [SENTENCE * 3_200 + end for end in ("", "", "终点")]
    articles = [make_article(f"a{n}", body) for n, body in enumerate([*bodies, SENTENCE])]
    return SearchService(build(articles), QueryCompiler(analyser))


def test_past_the_places_a_hit_gets_the_first_marks_and_says_so(
    service: SearchService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Totals stay exact; a short article beside long ones has all of its own."""
    whole = service.search(SearchRequest(q="统一"))
    monkeypatch.setattr(reading, "MOST_PLACES", 40)
    cut = service.search(SearchRequest(q="统一"))
    assert not any(hit.snippets_cut for hit in whole.hits)
    assert cut.total == whole.total == 4
    assert {hit.id for hit in cut.hits if hit.snippets_cut} == {"a0", "a1", "a2"}
    assert all(hit.snippets and hit.snippets[0].spans for hit in cut.hits)
    view = service.article("a0", "统一")
    assert (len(view.body_spans), view.snippets_cut) == (40, True)


def test_past_the_characters_the_beginning_is_shown(
    service: SearchService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The article is found and counted; of its text no more is read than may be."""
    (whole,) = service.search(SearchRequest(q="终点")).hits
    monkeypatch.setattr(reading, "MOST_CHARACTERS", 10_000)
    page = service.search(SearchRequest(q="终点"))
    (hit,) = page.hits
    assert page.total == 1
    assert (whole.snippets_cut, hit.snippets_cut) == (False, True)
    assert whole.snippets[0].spans
    assert hit.snippets[0].text.startswith("会议要求")


def test_whole_words_cost_about_what_any_words_do(service: SearchService) -> None:
    """A text is not cut anew for each of them; the bound is many times what is measured."""
    times = {}
    for match in ("smart", "word"):
        asked = SearchRequest(q="会议 领导 指挥 船只 往来", match=match)
        measured = []
        for _ in range(3):
            started = time.process_time()
            service.search(asked)
            measured.append(time.process_time() - started)
        times[match] = min(measured)
    assert times["word"] < 4 * max(times["smart"], 0.05)
