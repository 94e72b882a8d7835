"""From what a page parser read to articles: ids, titles, confidence, where fields stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod

from search_app.articles.base import Issue
from search_app.articles.derive import derived_title
from search_app.articles.identity import identified
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
        printed = self.text[extent.start : extent.end]
        doubts = doubts or {}
        return identified(
            Article(
                id="",
                title=fields.title or fields.called or _title_for(fields.body, printed),
                title_is_derived=not fields.title,
                kicker=fields.kicker,
                subtitle=fields.subtitle,
                body=fields.body,
                byline=fields.byline,
                authors=fields.authors,
                agency=fields.agency,
                place=fields.place,
                date=self.issue.date or fields.date,
                day=fields.day,
                newspaper=self.issue.newspaper,
                page_no=self.issue.page_no,
                section=self.section,
                mark=fields.mark,
                confidence=round(prod(1 - cost for cost in doubts.values()), 2),
                doubts=tuple(doubts),
                source=self._source(extent),
                printed=printed,
                spans=self._in_file(fields.spans),
            )
        )

    def furniture(self, extent: Span, spans: FieldSpans | None = None) -> Article:
        """What is printed in a range of the page that is of no article: the page's own."""
        printed = self.text[extent.start : extent.end]
        body = repair(printed).text
        return identified(
            Article(
                id="",
                title=derived_title(body) or _code_points(body),
                title_is_derived=True,
                body=body,
                date=self.issue.date,
                newspaper=self.issue.newspaper,
                page_no=self.issue.page_no,
                section=self.section,
                source=self._source(extent),
                printed=printed,
                kind="furniture",
                spans=self._in_file(spans or {}),
            )
        )

    def _source(self, extent: Span) -> Source:
        return Source(self.path, extent.start + self.start, extent.end + self.start)

    def _in_file(self, spans: FieldSpans) -> dict[str, tuple[Span, ...]]:
        """The ranges counted in the file, each field's in order."""
        counted = {}
        for name, ranges in spans.items():
            moved = [Span(start + self.start, end + self.start) for start, end in ranges]
            if moved:
                counted[name] = tuple(sorted(moved))
        return counted


def _title_for(body: str, printed: str) -> str:
    """A title for a text; for one that nobody can see, from what is printed around it."""
    return derived_title(body) or derived_title(repair(printed).text)


def _code_points(text: str) -> str:
    """What to call a text that nobody can see."""
    return " ".join(f"U+{ord(c):04X}" for c in text[:5])
