"""The labels of a page can be explained, by the very points that chose them."""

from pathlib import Path

import pytest
from articles.simulator.pages import mixed_pages
from articles.simulator.texts import invented

from search_app.articles.pages import labels
from search_app.articles.pages.label_scores import LabelScorer
from search_app.articles.pages.labels import explain_labels, label_lines
from search_app.articles.pages.print.columns import column_lines
from search_app.articles.pages.print.lines import read_lines
from search_app.articles.pages.reasons import reasons_of

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = sorted((ROOT / "corpus").rglob("*.txt")) + sorted(
    (ROOT / "tests" / "articles" / "golden").rglob("*.txt")
)
PAGES = [path.read_text(encoding="utf-8") for path in SAMPLES]
PAGES += [page.text for page in mixed_pages(range(300, 350), invented())]


@pytest.mark.parametrize("page", PAGES, ids=range(len(PAGES)))
def test_what_is_explained_is_what_was_chosen(page: str) -> None:
    """The labels of the parse; reasons make up the points of lines, and these those of the page."""
    lines = read_lines(page)
    explained = explain_labels(lines)
    assert [item.chosen.choice for item in explained] == label_lines(lines)
    assert [item.line for item in explained] == list(lines)
    reaches = column_lines(lines)
    _, ends = labels._search(lines, reaches, labels.scorer_of(lines, reaches))
    assert sum(item.chosen.points for item in explained) == pytest.approx(max(ends.values()))
    for item in explained:
        for score in filter(None, (item.chosen, item.runner_up)):
            assert sum(points for _, points in score.reasons) == pytest.approx(score.points)
        assert item.margin >= 0
        assert item.allowed
        assert (item.runner_up is None) == (item.margin == float("inf"))


def test_an_explanation_names_what_a_person_would() -> None:
    """The sentence that would break off; what a headline lacks; why there was no choice."""
    page = "市里部署防汛工作\n本报讯 昨日，市里召开的防汛\n\n工作会议部署了\n\n各项工作，要求落实。"
    head, opening, inner, _ = explain_labels(read_lines(page))
    assert head.chosen.choice == "H"
    assert opening.allowed == "it begins with the sign that opens an article"
    assert opening.runner_up is None
    assert inner.chosen.choice == "B"
    assert inner.runner_up is not None
    assert inner.runner_up.choice == "H"
    assert ("the sentence above breaks off", -6.0) in inner.runner_up.reasons


def test_points_remember_their_reasons_in_sums_and_multiples() -> None:
    """They are the same numbers, also beside plain ones."""
    plain = LabelScorer()
    table = plain.reasoned()
    total = 0.0 + table.it_has_commas * 2 + table.it_stands_in_two_phrases + 1.0
    assert total == 0.0 + plain.it_has_commas * 2 + plain.it_stands_in_two_phrases + 1.0
    assert reasons_of(total) == (("it has commas", -2.0), ("it stands in two phrases", 0.5))
    assert reasons_of(1.0) == ()
