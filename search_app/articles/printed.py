"""From what a page parser read to articles: ids, titles, confidence, where fields stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

from search_app.articles.base import Issue
from search_app.articles.derive import derived_title
from search_app.articles.identity import article_id
from search_app.model import Article, Source, Span
from search_app.text.repair import repair

FieldSpans = Mapping[str, Sequence[Span]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryFields:
    """What is printed of an article, repaired for reading, and where on its page it stands.

    `called` is what it is called where no title is printed; without it, its beginning. `date` is
    that of an article whose page has none. `spans` has the ranges of the page's text that a field
    was read from, by the field's name; for `authors` one for each name.
    """

    body: str
    title: str | None = None
    called: str | None = None
    kicker: str | None = None
    subtitle: str | None = None
    byline: str | None = None
    authors: tuple[str, ...] = ()
    agency: str | None = None
    place: str | None = None
    date: str | None = None
    day: str | None = None
    mark: str | None = None
    spans: FieldSpans = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """A page's text and what is known of all of its articles; makes articles of its ranges.

    `start` is where the text begins in its file: ranges count in the text, those of articles in
    the file.
    """

    path: str
    text: str
    issue: Issue
    section: str | None = None
    start: int = 0

    def article(
        self, extent: Span, fields: StoryFields, doubts: Mapping[str, float] | None = None
    ) -> Article:
        """The article printed in a range of the page.

        `doubts` are what makes its extent or headline doubtful, each with the share of the
        confidence that it costs (0–1).
        """
        doubts = doubts or {}
        confidence = round(prod(1 - cost for cost in doubts.values()), 2)
        title = fields.title or fields.called or derived_title(fields.body)
        # A text that nobody can see is called by what is printed around it.
        title = title or derived_title(repair(self.text[extent.start : extent.end]).text)
        why = tuple(doubts)
        return self._made(extent, fields, title=title, confidence=confidence, doubts=why)

    def furniture(self, extent: Span, fields: StoryFields | None = None) -> Article:
        """What is printed in a range of the page that is of no article: the page's own."""
        fields = fields or StoryFields(body=repair(self.text[extent.start : extent.end]).text)
        # What nobody can see is called by its code points.
        unseen = " ".join(f"U+{ord(character):04X}" for character in fields.body[:5])
        title = derived_title(fields.body) or unseen
        return self._made(extent, fields, title=title, kind="furniture")

    def _made(self, extent: Span, fields: StoryFields, **more: Any) -> Article:
        issue, date = self.issue, self.issue.date or fields.date
        # As `Article.head`: the id is made first, since a copy of an article takes long.
        head = "\n".join(filter(None, (fields.kicker, fields.title, fields.subtitle)))
        spans = {}
        for name, ranges in fields.spans.items():
            if ranges:
                in_file = [Span(start + self.start, end + self.start) for start, end in ranges]
                spans[name] = tuple(sorted(in_file))
        return Article(
            id=article_id(issue.newspaper, date, issue.page_no, head, fields.body),
            title_is_derived=not fields.title,
            kicker=fields.kicker, subtitle=fields.subtitle, body=fields.body,
            byline=fields.byline, authors=fields.authors, agency=fields.agency,
            place=fields.place, date=date, day=fields.day, mark=fields.mark,
            newspaper=issue.newspaper, page_no=issue.page_no, section=self.section,
            source=Source(self.path, extent.start + self.start, extent.end + self.start),
            printed=self.text[extent.start : extent.end], spans=spans, **more,
        )  # fmt: skip
