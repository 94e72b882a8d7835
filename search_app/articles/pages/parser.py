"""The default page parser: the steps in a row, and articles made of what they found."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from search_app.articles.base import SourceFile
from search_app.articles.derive import derived_title, is_blank
from search_app.articles.identity import identified
from search_app.articles.pages.bodies import Body, lay_out
from search_app.articles.pages.fields import read_fields
from search_app.articles.pages.headlines import Story, tell_stories
from search_app.articles.pages.labels import label_lines
from search_app.articles.pages.lines import Line, read_lines
from search_app.articles.pages.roles import tell_roles
from search_app.model import Article, Reject, Source
from search_app.text.repair import repair, repair_headline

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
    telling = tell_stories(layout)
    stories = telling.stories or _whole_page(layout.gaps[0].lines)
    found = [_article(file, story) for story in stories]
    found += [_furniture(file, line) for line in layout.furniture + telling.furniture]
    yield from sorted(found, key=lambda article: article.source.start)


def _whole_page(lines: Sequence[Line]) -> Sequence[Story]:
    """A page without any running text: its first line heads the others."""
    if not lines:
        return []
    head = tuple(lines[:1]) if len(lines) > 1 else ()
    return [Story(Body(tuple(lines[len(head) :])), head, (), 0.0)]


def _article(file: SourceFile, story: Story) -> Article:
    fields = read_fields(story.body, file.text)
    kicker, title, subtitle = map(_joined, tell_roles(story.head, fields.body))
    lines = story.above + story.body.lines + story.below
    doubts = tuple(_doubts(story))
    article = Article(
        id="",
        title=title or derived_title(fields.body),
        title_is_derived=title is None,
        kicker=kicker,
        subtitle=subtitle,
        body=fields.body,
        byline=fields.byline,
        authors=fields.authors,
        agency=fields.agency,
        place=fields.place,
        date=fields.date,
        mark=fields.mark,
        confidence=round(max(0.1, 1 - 0.2 * len(doubts)), 2),
        doubts=doubts,
        source=Source(file.path, lines[0].start, lines[-1].end),
    )
    return _placed(file, article)


def _furniture(file: SourceFile, line: Line) -> Article:
    text = repair(line.text).text
    source = Source(file.path, line.start, line.end)
    article = Article(
        id="",
        title=derived_title(text),
        title_is_derived=True,
        body=text,
        source=source,
        kind="furniture",
    )
    return _placed(file, article)


def _placed(file: SourceFile, article: Article) -> Article:
    """The article with what its file says of it, and with its id."""
    issue, source = file.issue, article.source
    placed = replace(
        article,
        newspaper=issue.newspaper,
        date=issue.date or article.date,
        page_no=issue.page_no,
        printed=file.text[source.start : source.end],
    )
    return identified(placed)


def _joined(lines: Sequence[Line]) -> str | None:
    return repair_headline("\n".join(line.text for line in lines)).text or None


def _doubts(story: Story) -> Iterator[str]:
    if not story.body.opened:
        yield "nothing but the layout shows where the article begins"
    if not story.body.lines[-1].is_complete:
        yield "the text ends in mid sentence"
    if not story.head:
        yield "no headline is printed"
    elif story.likeness < 0.2:
        yield "headline and text share few words"


def parse_story(file: SourceFile, head: int) -> Article:
    """The one article of a text that is known to have its headline in the first `head` characters.

    For importers that see the page, not just its text; the text behind the headline is not blank.
    """
    lines = read_lines(file.text)
    above = tuple(line for line in lines if line.start < head)
    body = Body(tuple(line for line in lines if line.start >= head))
    return _article(file, Story(body, above, (), 1.0))
