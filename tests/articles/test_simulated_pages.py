"""The default page parser on pages whose articles are known."""

import pytest
from articles.simulator.pages import mixed_pages, total
from articles.simulator.score import Score
from articles.simulator.texts import invented

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
