"""Why the default parser reads a page as it does: every step again, with its reasons."""

from dataclasses import dataclass

from search_app.articles.base import SourceFile
from search_app.articles.pages.bodies import Layout
from search_app.articles.pages.boundaries import Boundary, part_at_seams
from search_app.articles.pages.headlines import ExplainedGap, assign_headlines, explain_gaps
from search_app.articles.pages.labels import LabelledLine, explain_labels
from search_app.articles.pages.parser import page_layout, parse_page
from search_app.articles.pages.print.lines import read_lines
from search_app.model import Article


@dataclass(frozen=True, slots=True)
class ExplainedPage:
    """What was decided on a page, in the order of its steps.

    `layout` is the one whose gaps are explained, one by one; seams were weighed after that.
    """

    labels: tuple[LabelledLine, ...]
    boundaries: tuple[Boundary, ...]
    layout: Layout
    gaps: tuple[ExplainedGap, ...]
    items: tuple[Article, ...]


def explain_page(file: SourceFile) -> ExplainedPage:
    """The reasons for what `parse_page` makes of a file, by the same functions; takes longer."""
    lines = read_lines(file.text)
    labels = explain_labels(lines)
    weighed: list[Boundary] = []
    layout = page_layout(lines, [line.chosen.label for line in labels], weighed)
    part_at_seams(assign_headlines(layout).stories, weighed)
    items = tuple(item for item in parse_page(file) if isinstance(item, Article))
    return ExplainedPage(tuple(labels), tuple(weighed), layout, tuple(explain_gaps(layout)), items)
