"""The default page parser: the steps in a row, and articles made of what they found."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import inf

from search_app.articles.base import Issue, SourceFile
from search_app.articles.derive import is_blank
from search_app.articles.pages.bodies import Body, Layout, lay_out
from search_app.articles.pages.boundaries import (
    Boundary,
    join_at_subheads,
    part_at_headlines,
    part_at_seams,
)
from search_app.articles.pages.fields import merged_spans, read_fields
from search_app.articles.pages.headlines import Story, assign_headlines
from search_app.articles.pages.label_scores import Label
from search_app.articles.pages.labels import label_lines
from search_app.articles.pages.print.days import day_named
from search_app.articles.pages.print.furniture import Header, HeaderLines
from search_app.articles.pages.print.lines import Line, read_lines
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
_EMPTY = ("the page holds no text", "extract the page again, perhaps with character recognition")


def parse_page(file: SourceFile) -> Iterator[Article | Reject]:
    """The articles of a printed page in the order of their bodies, and its furniture.

    Every character but white space belongs to exactly one of them.
    """
    if is_blank(file.text):
        yield Reject(file.path, 0, *_EMPTY)
        return
    lines = read_lines(file.text)
    layout = page_layout(lines, label_lines(lines))
    assigned = assign_headlines(layout)
    stories = part_at_seams(assigned.stories) or _whole_page(layout.gaps[0].lines)
    header = HeaderLines()
    header_spans = [header.read(line.text, line.start) for line in layout.furniture]
    page = _page_of(file, header.header)
    items = [_article_or_furniture(page, story) for story in stories]
    for line, spans in zip(layout.furniture, header_spans, strict=True):
        items.append(_furniture(page, Span(line.start, line.end), spans))
    for line in assigned.furniture:
        items.append(_furniture(page, Span(line.start, line.end)))
    yield from sorted(items, key=lambda item: item.source.start)


def page_layout(
    lines: Sequence[Line], labels: Sequence[Label], weighed: list[Boundary] | None = None
) -> Layout:
    """The bodies of a page and what stands between them, joined and parted by what is around them.

    Every boundary that was looked at is added to `weighed`.
    """
    return part_at_headlines(join_at_subheads(lay_out(lines, labels), weighed), weighed)


def _page_of(file: SourceFile, header: Header) -> PrintedPage:
    """The page, with what its file's place says of it, else its header."""
    given = file.issue
    newspaper, date = given.newspaper or header.newspaper, given.date or header.date
    issue = Issue(newspaper, date, given.page_no or header.page_no)
    return PrintedPage(file.path, file.text, issue, header.section, file.start)


def _whole_page(lines: Sequence[Line]) -> Sequence[Story]:
    """A page without any running text: its first line heads the others."""
    if not lines:
        return []
    head, text = tuple(lines[:1]), tuple(lines[1:])
    if not text:
        head, text = (), head
    return [Story(Body(text), head, (), 0.0)]


def _article_or_furniture(page: PrintedPage, story: Story) -> Article:
    """The article of a story; where nobody could read anything, a piece of furniture."""
    extent = story.extent
    if is_blank(page.text[extent.start : extent.end]):
        return _furniture(page, extent)
    fields = read_fields(story.body, page.text, page.issue.date)
    roles, margin = weigh_roles(story.head, fields.body)
    doubts = dict(_doubts(story, margin, len(fields.body)))
    return page.article(extent, _with_headline(page.text, fields, roles), doubts)


def _furniture(page: PrintedPage, extent: Span, spans: FieldSpans | None = None) -> Article:
    body = repair(page.text[extent.start : extent.end]).text
    fields = StoryFields(body=body, spans=spans or {})
    if named := day_named(body, page.issue.date):
        fields = replace(fields, day=named.day)
    return page.furniture(extent, fields)


def _with_headline(text: str, fields: StoryFields, roles: Roles) -> StoryFields:
    """The fields with those of the headline on the page `text`."""
    spans = dict(fields.spans)
    for name, lines in zip(Roles._fields, roles, strict=True):
        if lines:
            spans[name] = merged_spans(text, [Span(line.start, line.end) for line in lines])
    return replace(
        fields,
        kicker=_joined_lines(roles.kicker),
        title=_joined_lines(roles.title),
        subtitle=_joined_lines(roles.subtitle),
        spans=spans,
    )


def _joined_lines(lines: Sequence[Line]) -> str | None:
    if not lines:
        return None
    return repair_headline("\n".join(line.text for line in lines)).text or None


def _doubts(story: Story, margin: float, length: int) -> Iterator[tuple[str, float]]:
    """What makes an article doubtful, each with how much less sure it is for that."""
    last = story.body.lines[-1]
    if not story.begins:
        yield "nothing but a headline or the layout shows where the article begins", 0.1
    if not last.is_complete:
        yield "the text ends in mid sentence", 0.5
    if length < _SHORT_TEXT:
        yield "the text is very short", 0.6
    if story.body.chance_of_headline > _LEAST_CHANCE:
        yield "a line inside it may be a headline", story.body.chance_of_headline
    if not story.head:
        yield "no headline is printed", 0.05
    elif story.likeness < _UNLIKELY_HEADLINE:
        yield "headline and text share few words", 0.15
    elif story.rival > story.likeness - _CLOSE_RIVAL:
        yield "the text on the other side of the headline shares as many of its words", 0.4
    if story.above and story.below:
        yield "headlines stand on both sides of the text", 0.4
    if margin < _CLOSE_ROLES:
        yield "its lines may be parted otherwise into kicker, title and subtitle", 0.35


def parse_story(page: PrintedPage, head: tuple[int, int, int]) -> Article:
    """The one article of a text whose headline is known: where kicker, title and subtitle end.

    For importers that see the page, not just its text. What is behind the headline is not blank.
    """
    lines = read_lines(page.text)
    parts = []
    start = 0
    for end in head:
        parts.append(tuple(line for line in lines if start <= line.start < end))
        start = end
    roles = Roles(*parts)
    body = Body(tuple(line for line in lines if line.start >= start))
    story = Story(body, roles.kicker + roles.title + roles.subtitle, (), 1.0)
    fields = read_fields(body, page.text, page.issue.date)
    doubts = dict(_doubts(story, inf, len(fields.body)))
    return page.article(story.extent, _with_headline(page.text, fields, roles), doubts)
