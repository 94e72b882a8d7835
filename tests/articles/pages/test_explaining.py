"""A page is explained by the decisions that its parser took, and the reasons for them add up."""

import pytest
from articles.simulator.page import simulated
from articles.simulator.settings import mixed
from articles.simulator.texts import invented

from search_app.articles.base import SourceFile
from search_app.articles.pages import parse_page
from search_app.articles.pages.headlines import WeighedSplit
from search_app.articles.pages.labels import label_lines
from search_app.articles.pages.parser import ExplainedPage, explain_page
from search_app.articles.pages.print.lines import read_lines

_TEXTS = invented()


@pytest.fixture(scope="module", params=[90_027, 90_299, 90_407, 90_504])
def page(request: pytest.FixtureRequest) -> tuple[str, ExplainedPage]:
    text = simulated(request.param, _TEXTS, mixed(request.param)).text
    return text, explain_page(SourceFile("p.txt", text))


def test_what_is_explained_is_what_was_decided(page: tuple[str, ExplainedPage]) -> None:
    """The same labels, the same stories, the same articles."""
    text, explained = page
    assert [line.chosen.choice for line in explained.labels] == label_lines(read_lines(text))
    assert list(explained.items) == list(parse_page(SourceFile("p.txt", text)))
    furniture = {item.source.start for item in explained.items if item.kind == "furniture"}
    for lines, split, *_ in (ways[0] for ways in explained.gaps):
        assert furniture.issuperset(line.start for line in lines[split.below : split.above])


def test_the_best_way_has_the_most_points(page: tuple[str, ExplainedPage]) -> None:
    """As many as its reasons, and no fewer than the next best."""
    _, explained = page
    for chosen, *others in explained.gaps:
        assert summed(chosen) == pytest.approx(chosen.points)
        for other in others:
            assert summed(other) == pytest.approx(other.points)
            assert other.points <= chosen.points + 1e-9
            assert other.split != chosen.split


def summed(way: WeighedSplit) -> float:
    reasons = [*way.reasons]
    for _, added in way.stories:
        reasons += added
    return sum(points for _, points in reasons)
