"""The default page parser: the steps in a row, and articles made of what they found."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import inf, prod

from search_app.articles.base import SourceFile
from search_app.articles.derive import derived_title, is_blank
from search_app.articles.identity import article_id
from search_app.articles.pages.bodies import Body, lay_out
from search_app.articles.pages.boundaries import (
    join_at_subheads,
    part_at_headlines,
    part_at_seams,
)
from search_app.articles.pages.fields import read_fields
from search_app.articles.pages.headlines import Story, tell_stories
from search_app.articles.pages.labels import label_lines
from search_app.articles.pages.print.days import day_told
from search_app.articles.pages.print.header import Header, read_header
from search_app.articles.pages.print.lines import Line, read_lines
from search_app.articles.pages.roles import Roles, weigh_roles
from search_app.model import Article, Reject, Source
from search_app.text.repair import repair, repair_headline

_SHORT = 30  # characters of a text
_UNLIKE = 0.2  # likeness of a headline that hardly belongs to its text
_NEAR = 0.1
_HARDLY = 0.02  # a probability
_CLOSE = 1.0  # points
_EMPTY = ("the page holds no text", "extract the page again, perhaps with character recognition")


def parse_page(file: SourceFile) -> Iterator[Article | Reject]:
    """The articles of a printed page in the order of their bodies, and its furniture.

    Every character but white space belongs to exactly one of them.
    """
    if is_blank(file.text):
        yield Reject(file.path, 0, *_EMPTY)
        return
    lines = read_lines(file.text)
    layout = lay_out(lines, label_lines(lines))
    layout = part_at_headlines(join_at_subheads(layout))
    telling = tell_stories(layout)
    stories = part_at_seams(telling.stories) or _whole_page(layout.gaps[0].lines)
    found = [_told(file, story) for story in stories]
    loose = layout.furniture + telling.furniture
    found += [_furniture(file, Source(file.path, line.start, line.end)) for line in loose]
    header = read_header(line.text for line in layout.furniture)
    for article in sorted(found, key=lambda article: article.source.start):
        yield _placed(file, article, header)


def _whole_page(lines: Sequence[Line]) -> Sequence[Story]:
    """A page without any running text: its first line heads the others."""
    if not lines:
        return []
    head = tuple(lines[:1]) if len(lines) > 1 else ()
    return [Story(Body(tuple(lines[len(head) :])), head, (), 0.0)]


def _told(file: SourceFile, story: Story) -> Article:
    """The article of a story; where nobody could read anything, a piece of furniture."""
    lines = story.above + story.body.lines + story.below
    source = Source(file.path, lines[0].start, lines[-1].end)
    blank = is_blank(file.text[source.start : source.end])
    return _furniture(file, source) if blank else _article(file, story)


def _article(file: SourceFile, story: Story, known: Roles | None = None) -> Article:
    fields = read_fields(story.body, file.text)
    roles, margin = (known, inf) if known else weigh_roles(story.head, fields.body)
    kicker, title, subtitle = map(_joined, roles)
    lines = story.above + story.body.lines + story.below
    doubts = dict(_doubts(story, margin, len(fields.body)))
    return Article(
        id="",
        title=title or _derived(fields.body, file.text[lines[0].start : lines[-1].end]),
        title_is_derived=title is None,
        kicker=kicker,
        subtitle=subtitle,
        body=fields.body,
        byline=fields.byline,
        authors=fields.authors,
        agency=fields.agency,
        place=fields.place,
        date=fields.date,
        day=fields.day,
        mark=fields.mark,
        confidence=round(prod(1 - doubt for doubt in doubts.values()), 2),
        doubts=tuple(doubts),
        source=Source(file.path, lines[0].start, lines[-1].end),
    )


def _furniture(file: SourceFile, source: Source) -> Article:
    text = repair(file.text[source.start : source.end]).text
    return Article(
        id="",
        title=derived_title(text) or " ".join(f"U+{ord(c):04X}" for c in text[:5]),
        title_is_derived=True,
        body=text,
        source=source,
        kind="furniture",
    )


def _placed(file: SourceFile, article: Article, header: Header) -> Article:
    """The article with what its file says of it, else its page's header, and with its id."""
    issue, source = file.issue, article.source
    printed = issue.date or header.date
    newspaper, date = issue.newspaper or header.newspaper, printed or article.date
    page_no = issue.page_no or header.page_no
    return replace(
        article,
        id=article_id(newspaper, date, page_no, article.head, article.body),
        newspaper=newspaper,
        date=date,
        day=day_told(article.day, article.body, printed),
        page_no=page_no,
        section=header.section,
        printed=file.text[source.start : source.end],
    )


def _derived(body: str, printed: str) -> str:
    """A title for a text; for one that nobody can see, from what is printed around it."""
    return derived_title(body) or derived_title(repair(printed).text)


def _joined(lines: Sequence[Line]) -> str | None:
    return repair_headline("\n".join(line.text for line in lines)).text or None


def _doubts(story: Story, margin: float, length: int) -> Iterator[tuple[str, float]]:
    """What makes an article doubtful, each with how much less sure it is for that."""
    last = story.body.lines[-1]
    if not story.begins:
        yield "nothing but a headline or the layout shows where the article begins", 0.1
    if not last.is_complete:
        yield "the text ends in mid sentence", 0.5
    if length < _SHORT:
        yield "the text is very short", 0.6
    if story.body.chance_of_headline > _HARDLY:
        yield "a line inside it may be a headline", story.body.chance_of_headline
    if not story.head:
        yield "no headline is printed", 0.05
    elif story.likeness < _UNLIKE:
        yield "headline and text share few words", 0.15
    elif story.rival > story.likeness - _NEAR:
        yield "the text on the other side of the headline shares as many of its words", 0.4
    if story.above and story.below:
        yield "headlines stand on both sides of the text", 0.4
    if margin < _CLOSE:
        yield "its lines may be parted otherwise into kicker, title and subtitle", 0.35


def parse_story(file: SourceFile, head: tuple[int, int, int]) -> Article:
    """The one article of a text whose headline is known: where kicker, title and subtitle end.

    For importers that see the page, not just its text. What is behind the headline is not blank.
    """
    lines = read_lines(file.text)
    first, second, third = head
    roles = Roles(
        *(
            tuple(line for line in lines if start <= line.start < end)
            for start, end in ((0, first), (first, second), (second, third))
        )
    )
    body = Body(tuple(line for line in lines if line.start >= third))
    story = Story(body, sum(roles, ()), (), 1.0)
    return _placed(file, _article(file, story, roles), Header())
