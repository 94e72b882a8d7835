"""Every boundary between articles is weighed as when its odds were fitted."""

from pathlib import Path

import pytest
from articles.simulator.page import simulated
from articles.simulator.settings import mixed
from articles.simulator.texts import invented
from served import ROOT

from search_app.articles.pages.bodies import lay_out
from search_app.articles.pages.boundaries import (
    Boundary,
    join_at_subheads,
    part_at_headlines,
    part_at_seams,
)
from search_app.articles.pages.headlines import assign_headlines
from search_app.articles.pages.labels import label_lines
from search_app.articles.pages.print.lines import read_lines

# page of the sample newspaper or seed of a simulated one, kind, where headline and text begin, odds
_TABLE = Path(__file__).with_name("boundaries.tsv").read_text(encoding="utf-8").splitlines()
_ROWS = [row.split("\t") for row in _TABLE]
_TEXTS = invented()


def page_text(name: str) -> str:
    if name.isdigit():
        return simulated(int(name), _TEXTS, mixed(int(name))).text
    return (ROOT / name).read_text(encoding="utf-8")


def weighed_on(text: str) -> list[Boundary]:
    weighed: list[Boundary] = []
    lines = read_lines(text)
    layout = join_at_subheads(lay_out(lines, label_lines(lines)), weighed)
    part_at_seams(assign_headlines(part_at_headlines(layout, weighed)).stories, weighed)
    return weighed


@pytest.mark.parametrize("name", dict.fromkeys(row[0] for row in _ROWS))
def test_boundaries_are_weighed_as_before(name: str) -> None:
    """Which ones, of which kind, and their odds to four digits."""
    expected = [row[1:] for row in _ROWS if row[0] == name]
    found = []
    for boundary in weighed_on(page_text(name)):
        head, text = boundary.lines[boundary.start], boundary.lines[boundary.stop]
        odds = f"{boundary.odds:.4f}"
        found.append([boundary.kind, str(head.start), str(text.start), odds])
    assert found == expected


@pytest.mark.parametrize("name", ["90299", "90407", _ROWS[0][0]])
def test_reasons_add_up_to_the_odds(name: str) -> None:
    """So that they explain all of it."""
    for boundary in weighed_on(page_text(name)):
        assert sum(boundary.reasons.values()) == pytest.approx(boundary.odds)
