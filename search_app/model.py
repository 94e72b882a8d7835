"""Frozen values that every floor speaks; it knows no file, no index and no request.

`SearchPage` and `ArticleView` are what the API answers, but for addresses and HTML (`answers`).
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, astuple, dataclass, field, fields
from datetime import date
from functools import cache
from operator import add
from typing import Any, Literal, NamedTuple, NewType

Match = Literal["smart", "exact", "word"]
Sort = Literal["relevance", "newest", "oldest"]
Kind = Literal["article", "furniture", "withdrawn"]
# What results are filtered by and counted in: a name of the API, and the field that an index has.
# `filters.FILTERS` says which there are.
FilterName = NewType("FilterName", str)
ValueField = NewType("ValueField", str)
SnippetField = Literal["kicker", "title", "subtitle", "byline", "body"]

_DATE = re.compile("[0-9]{4}(?:-[0-9]{2}){0,2}")

# Below it an article is doubtful: found as any other, but counted and listed for a person to see.
LEAST_CONFIDENCE = 0.7


@cache
def _common_names(types: tuple[type, type]) -> list[str]:
    one, other = types
    names = [field.name for field in fields(other)]
    return [field.name for field in fields(one) if field.name in names]


def common_fields(value: object, other: type) -> dict[str, Any]:
    """The fields of a dataclass's instance that another dataclass has too, by name."""
    return {name: getattr(value, name) for name in _common_names((type(value), other))}


class Span(NamedTuple):
    """A range of code points of the text it stands beside, end-exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Source:
    """Where an article was read: a file of the corpus and a range of its characters."""

    path: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article, repaired for reading. `printed` is what stood on the page, None for records.

    `body` begins after byline and dateline and ends before `mark`; paragraphs are its lines.
    `date` is ISO 8601, possibly only a year or a month, `day` the one that dateline or first words
    name. `authors` has one for each name. `continued` says where it goes on, on other pages.
    `confidence` (0-1) says how sure the page parser is of this article's extent and headline,
    `doubts` why it is not. Without `full_text` nobody may see more of it than snippets.
    """

    id: str
    title: str
    body: str
    source: Source
    title_is_derived: bool = False
    kicker: str | None = None
    subtitle: str | None = None
    byline: str | None = None
    authors: tuple[str, ...] = ()
    agency: str | None = None
    place: str | None = None
    date: str | None = None
    day: str | None = None
    newspaper: str | None = None
    page_no: str | None = None
    section: str | None = None
    mark: str | None = None
    url: str | None = None
    printed: str | None = None
    kind: Kind = "article"
    confidence: float = 1.0
    doubts: tuple[str, ...] = ()
    continued: tuple[Source, ...] = ()
    full_text: bool = True
    # What of its file a page parser read its fields from, `editor` from 责编, furniture from what a
    # header says of its page. It helps to tune parsers, and no index keeps it.
    spans: Mapping[str, tuple[Span, ...]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def head(self) -> str:
        """Kicker, title and subtitle as the one field that queries search."""
        parts = [self.kicker, self.title, self.subtitle]
        if self.title_is_derived:  # it was not printed there, and its words stand in the body
            parts[1] = None
        return "\n".join(filter(None, parts))

    @property
    def byline_text(self) -> str:
        """The byline as printed; for records without one, the authors joined by 、."""
        return self.byline or "、".join(self.authors)

    @property
    def is_doubtful(self) -> bool:
        """Whether its parser is so unsure of it that a person should look."""
        return self.confidence < LEAST_CONFIDENCE


@dataclass(frozen=True, slots=True)
class Reject:
    """A piece of input that became no article. `line` counts from 1, 0 means the whole file."""

    path: str
    line: int
    reason: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else self.path
        return f"{where}: {self.reason}; {self.remedy}"


@dataclass(frozen=True, slots=True)
class Counts:
    """Accounting of a build; `doubtful` are some of those indexed."""

    indexed: int = 0
    furniture: int = 0
    withdrawn: int = 0
    rejected: int = 0
    ignored_files: int = 0
    doubtful: int = 0

    @property
    def read(self) -> int:
        """Pieces of input that claimed to be articles."""
        return self.indexed + self.furniture + self.withdrawn + self.rejected

    def plus(self, other: "Counts") -> "Counts":
        """Both accounts together."""
        return Counts(*map(add, astuple(self), astuple(other)))


def is_date(text: str) -> bool:
    """Whether a text is a year, a month or a day that the calendar has, in ISO 8601."""
    try:
        first_day = text + "-01-01"[len(text) - len("YYYY") :]
        return bool(_DATE.fullmatch(text) and date.fromisoformat(first_day))
    except ValueError:
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """A checked search: `page` and `per_page` are at least 1; dates may be years or months.

    Of the values of one filter an article needs one. A `cursor` stands in place of a page. With
    `collapse` the first of some reprints stands for all of them.
    """

    q: str
    match: Match = "smart"
    page: int = 1
    per_page: int = 10
    sort: Sort = "relevance"
    date_from: str | None = None
    date_to: str | None = None
    relax: bool = True
    filters: tuple[tuple[FilterName, tuple[str, ...]], ...] = ()
    facets: tuple[FilterName, ...] = ()
    facet_limit: int = 20
    histogram: bool = False
    cursor: str | None = None
    collapse: bool = False


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of one field around its matches."""

    field: SnippetField
    text: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One found article as a list of results shows it.

    With `snippets_cut` only the first of its many marks were looked for.
    """

    id: str
    score: float
    title: str
    title_is_derived: bool
    title_spans: tuple[Span, ...]
    kicker: str | None
    subtitle: str | None
    newspaper: str | None
    date: str | None
    page_no: str | None
    authors: tuple[str, ...]
    agency: str | None
    place: str | None
    reprints: int
    snippets: tuple[Snippet, ...]
    snippets_cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryEcho:
    """How a query was understood: its chunks, the words they were cut into, what was weakened.

    `alternatives` are other ways to write its numbers that match as well; `nowhere` are the words
    that no article holds, looked for where next to nothing was found.
    """

    q: str
    match: Match
    chunks: tuple[str, ...]
    words: tuple[str, ...]
    relaxed: bool
    dropped: tuple[str, ...]
    did_you_mean: str | None = None
    alternatives: tuple[str, ...] = ()
    nowhere: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FacetValue:
    """How many of the matches have a value."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Month:
    """How many of the matches are dated in a month (YYYY-MM)."""

    month: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """What a search finds, a page of it; `next` is the cursor that goes on behind these hits.

    `took_ms` leaves snippets out. Each facet is counted without its own filter.
    """

    query: QueryEcho
    total: int
    total_strict: int
    total_exact: int
    page: int
    per_page: int
    took_ms: float
    generation: str
    hits: tuple[Hit, ...]
    facets: dict[FilterName, tuple[FacetValue, ...]] = field(default_factory=dict)
    histogram: tuple[Month, ...] = ()
    next: str | None = None
    total_word: int | None = None
    total_collapsed: int | None = None
    total_strict_collapsed: int | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A text that somebody may be about to type, and how many articles hold it."""

    text: str
    kind: Literal["phrase", "person", "organisation", "place", "title"]
    count: int


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What may be meant by what was typed so far."""

    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reprint:
    """An article that says the same as another one, as a list names it."""

    id: str
    title: str
    newspaper: str | None
    date: str | None
    page_no: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleView:
    """One article to read, with the marks of a query where one was given.

    With `snippets_cut` only the first of its many marks were looked for.
    """

    id: str
    title: str
    title_is_derived: bool
    title_spans: tuple[Span, ...]
    kicker: str | None
    kicker_spans: tuple[Span, ...]
    subtitle: str | None
    subtitle_spans: tuple[Span, ...]
    newspaper: str | None
    date: str | None
    day: str | None
    page_no: str | None
    section: str | None
    authors: tuple[str, ...]
    agency: str | None
    place: str | None
    byline: str | None
    byline_spans: tuple[Span, ...]
    body: str
    body_spans: tuple[Span, ...]
    paragraphs: tuple[str, ...]
    printed: str | None
    printed_spans: tuple[Span, ...]
    mark: str | None
    source: Source
    continued: tuple[Source, ...]
    people: tuple[str, ...]
    organisations: tuple[str, ...]
    reprints: int = 0
    reprinted: tuple[Reprint, ...] = ()
    full_text: bool = True
    snippets: tuple[Snippet, ...] = ()
    snippets_cut: bool = False


@dataclass(frozen=True, slots=True)
class Doubtful:
    """An article that a person should look at: where it stands, and why its parser is unsure."""

    id: str
    title: str
    confidence: float
    doubts: tuple[str, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether searches are answered; `degraded`: not by what CURRENT names, as `problem` says."""

    ready: bool
    degraded: bool
    problem: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexStatus:
    """What the live generation holds, as `status --json` and `/api/v1/status` print it."""

    generation: str
    built_at: str
    engine: str
    version: str
    read: int
    indexed: int
    furniture: int
    withdrawn: int
    rejected: int
    ignored_files: int
    doubtful: int
    bytes: int

    @classmethod
    def of(cls, counts: Counts, **about: Any) -> "IndexStatus":
        """The status of a collection with these counts; what is not known `about` it is empty."""
        unknown = {"built_at": "", "version": "", "bytes": 0}
        return cls(read=counts.read, **asdict(counts), **{**unknown, **about})
