"""The default page parser on pages whose articles are known."""

import pytest
from articles.simulator.pages import mixed_pages, parse, total
from articles.simulator.score import Score, matches
from articles.simulator.texts import invented

from search_app.text.repair import align, squeeze

FLOORS = {
    "boundary F1": 0.95,
    "title": 0.93,
    "authors": 0.97,
    "body characters": 0.98,
}


@pytest.fixture(scope="module")
def result() -> Score:
    return total(mixed_pages(range(40), invented()))


@pytest.mark.parametrize("measure", FLOORS)
def test_pages_in_all_states_come_apart(result: Score, measure: str) -> None:
    """On forty pages at mixed settings no measure falls below its floor."""
    assert result.ratios()[measure] >= FLOORS[measure]


@pytest.mark.parametrize("seed", range(100, 130))
def test_everything_on_a_page_is_in_one_place(seed: int) -> None:
    """Articles and furniture cover all but white space, in order; what they say stands there."""
    (page,) = mixed_pages([seed], invented())
    end = 0
    for a in parse(page.text):
        assert not page.text[end : a.source.start].strip()
        end = a.source.end
        assert a.printed == page.text[a.source.start : end]
        places = align(a.body, a.printed)
        assert all(a.printed[i] == c for i, c in zip(places, a.body, strict=True) if c.strip())
        for said in filter(None, (a.kicker, not a.title_is_derived and a.title, a.subtitle)):
            left = iter(squeeze(a.printed))
            assert all(c in left for c in squeeze(said))
    assert not page.text[end:].strip()


def test_confidence_means_something() -> None:
    """Of the articles it is least sure of, more are wrong than of the others."""
    sure, unsure = [], []
    for page in mixed_pages(range(200, 240), invented()):
        found = [a for a in parse(page.text) if a.kind == "article"]
        right = {id(match.found) for match in matches(page, found) if match.is_right}
        for a in found:
            (sure if a.confidence >= 0.7 else unsure).append(id(a) in right)
            assert (a.confidence < 1) == bool(a.doubts)
    assert len(unsure) > 5
    assert sum(sure) / len(sure) > 0.9 > sum(unsure) / len(unsure)
