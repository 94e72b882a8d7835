"""The default page parser: the steps in a row, and articles made of what they found."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, pairwise
from math import inf
from typing import Any, NamedTuple

from search_app.articles.base import Issue, SourceFile
from search_app.articles.derive import is_blank
from search_app.articles.pages.bodies import Body, lay_out
from search_app.articles.pages.boundaries import (
    Boundary,
    join_at_subheads,
    part_at_headlines,
    part_at_seams,
)
from search_app.articles.pages.fields import merged_spans, read_fields
from search_app.articles.pages.headlines import (
    Story,
    WeighedSplit,
    assign_headlines,
    explain_gaps,
)
from search_app.articles.pages.labels import LabelledLine, explain_labels, label_lines
from search_app.articles.pages.print.days import day_named
from search_app.articles.pages.print.furniture import HeaderLines
from search_app.articles.pages.print.lines import read_lines
from search_app.articles.pages.roles import Roles, weigh_roles
from search_app.articles.printed import FieldSpans, PrintedPage, StoryFields
from search_app.model import Article, Reject, Span
from search_app.text.repair import repair, repair_headline

# From here on an article is doubted. More doubt costs the time of who looks in vain, less of it
# leaves errors that nobody looks at: bench/extract.md counts the right ones of each confidence.
_SHORT_TEXT = 30  # characters
_UNLIKELY_HEADLINE = 0.2  # share of its pairs of characters that the text has, too
_CLOSE_RIVAL = 0.1  # by which the text on its other side has fewer of them
_LEAST_CHANCE = 0.02  # that a line inside a text is a headline
_CLOSE_ROLES = 1.0  # points between two ways to part a headline into kicker, title and subtitle
OTHER_ROLES = "its lines may be parted otherwise into kicker, title and subtitle"
WORD_DOUBTS = (
    "headline and text share few words",
    "the text on the other side of the headline shares as many of its words",
)
_EMPTY = (
    "the page holds no text",
    "extract the page again, perhaps with character recognition",
)


class ExplainedPage(NamedTuple):
    """What was decided on a page; `usually_above` says where headlines stand."""

    labels: list[LabelledLine]
    boundaries: list[Boundary]
    gaps: list[list[WeighedSplit]]
    usually_above: bool
    stories: Sequence[Story]
    items: list[Article]


def parse_page(file: SourceFile) -> Iterator[Article | Reject]:
    """The articles of a printed page in the order of their bodies, and its furniture.

    Every character but white space belongs to exactly one of them.
    """
    if is_blank(file.text):
        yield Reject(file.path, 0, *_EMPTY)
        return
    lines = read_lines(file.text)
    layout = part_at_headlines(join_at_subheads(lay_out(lines, label_lines(lines)), []), [])
    assigned = assign_headlines(layout)
    stories = part_at_seams(assigned.stories, [])
    if not layout.bodies and layout.gaps[0].lines:
        # A page without any running text: its first line heads the others.
        *head, first = layout.gaps[0].lines[:2]
        stories = [Story(Body((first, *layout.gaps[0].lines[2:])), tuple(head), (), 0.0)]
    reader, furniture = HeaderLines(), []
    for line in layout.furniture:
        furniture.append((line, reader.read(line.text, line.start)))
    furniture += [(line, {}) for line in assigned.furniture]
    given, header = file.issue, reader.header
    newspaper, date = given.newspaper or header.newspaper, given.date or header.date
    issue = Issue(newspaper, date, given.page_no or header.page_no)
    page = PrintedPage(file.path, file.text, issue, header.section, file.start)
    items = [_article(page, story) for story in stories]
    items += [_furniture(page, Span(line.start, line.end), spans) for line, spans in furniture]
    yield from sorted(items, key=lambda item: item.source.start)


def explain_page(file: SourceFile) -> ExplainedPage:
    """The reasons for what `parse_page` makes of a file, by the same functions; takes longer."""
    lines = read_lines(file.text)
    labels = explain_labels(lines)
    weighed: list[Boundary] = []
    layout = join_at_subheads(lay_out(lines, [line.chosen.choice for line in labels]), weighed)
    layout = part_at_headlines(layout, weighed)
    stories = part_at_seams(assign_headlines(layout).stories, weighed)
    items = [item for item in parse_page(file) if isinstance(item, Article)]
    return ExplainedPage(labels, weighed, *explain_gaps(layout), stories, items)


def parse_story(page: PrintedPage, head: tuple[int, int, int]) -> Article:
    """The one article of a text whose headline is known: where kicker, title and subtitle end.

    For importers that see the page, not just its text. What is behind the headline is not blank.
    """
    lines = read_lines(page.text)
    parts = []
    for start, end in pairwise((0, *head, len(page.text))):
        parts.append(tuple(line for line in lines if start <= line.start < end))
    *roles, body = parts
    story = Story(Body(body), tuple(chain(*roles)), (), 1.0)
    return _article(page, story, Roles(*roles))


# The article of a story; where nobody could read anything, a piece of furniture.
def _article(page: PrintedPage, story: Story, roles: Roles | None = None) -> Article:
    extent, margin = story.extent, inf
    if is_blank(page.text[extent.start : extent.end]):
        return _furniture(page, extent, {})
    fields = read_fields(story.body, page.text, page.issue.date)
    if roles is None:
        best, *others = weigh_roles(story.head, fields.body)
        roles = best.choice
        if others:
            margin = best.points - others[0].points
    spans = dict(fields.spans)
    texts: dict[str, Any] = {}
    for name, lines in zip(Roles._fields, roles, strict=True):
        if lines:
            spans[name] = merged_spans(page.text, [Span(line.start, line.end) for line in lines])
            texts[name] = repair_headline("\n".join(line.text for line in lines)).text or None
    fields = replace(fields, spans=spans, **texts)
    return page.article(extent, fields, _doubts(story, margin, len(fields.body)))


def _furniture(page: PrintedPage, extent: Span, spans: FieldSpans) -> Article:
    body = repair(page.text[extent.start : extent.end]).text
    named = day_named(body, page.issue.date)
    return page.furniture(extent, StoryFields(body=body, day=named and named.day, spans=spans))


def _doubts(story: Story, margin: float, length: int) -> dict[str, float]:
    body, chance = story.body, story.body.chance_of_headline
    headed, hidden = bool(story.head), not story.begins
    unlike = story.likeness < _UNLIKELY_HEADLINE
    close_rival = story.rival > story.likeness - _CLOSE_RIVAL
    doubts = (
        (hidden, "nothing but a headline or the layout shows where the article begins", 0.1),
        (not body.lines[-1].is_complete, "the text ends in mid sentence", 0.5),
        (length < _SHORT_TEXT, "the text is very short", 0.6),
        (chance > _LEAST_CHANCE, "a line inside it may be a headline", chance),
        (not headed, "no headline is printed", 0.05),
        (headed and unlike, WORD_DOUBTS[0], 0.15),
        (headed and not unlike and close_rival, WORD_DOUBTS[1], 0.4),
        (bool(story.above and story.below), "headlines stand on both sides of the text", 0.4),
        (margin < _CLOSE_ROLES, OTHER_ROLES, 0.35),
    )
    return {doubt: cost for shows, doubt, cost in doubts if shows}
