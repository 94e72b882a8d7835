"""What every engine offers: the protocol, and the values that go in and come out."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol

from search_app.analysis.dictionaries import Dictionaries
from search_app.errors import SearchAppError
from search_app.model import Article, IndexStatus, Reject, Sort
from search_app.query.tree import Query, Run, ValueField

FacetField = ValueField | Literal["year"]
TextKind = Literal["phrase", "person", "organisation", "place"]


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of the matches is wanted, in which order, and what is to be counted.

    Dates are inclusive. An article passes a filter when it has one of its values, compared as
    symbols. `facets` are counted over all that pass the filters of other fields; `in_words` asks
    how many matches hold whole words. With `collapse` the first one of each cluster of reprints
    stands for all, and the part wanted is one of what is left.
    """

    offset: int = 0
    limit: int = 10
    sort: Sort = "relevance"
    date_from: str | None = None
    date_to: str | None = None
    filters: tuple[tuple[FacetField, tuple[str, ...]], ...] = ()
    facets: tuple[FacetField, ...] = ()
    facet_limit: int = 20
    histogram: bool = False
    in_words: bool = False
    collapse: bool = False


@dataclass(frozen=True, slots=True)
class RankedArticle:
    """An article's number in its engine, and its score (0 where the order is by date)."""

    number: int
    score: float


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The answer to a query: exact totals, and the window of ranked articles.

    `total_word` is how many of the full matches hold whole words (`Query.word`), where that was
    asked and these are less than half, else None.
    `total_collapsed` and `strict_collapsed` say what is left of all and of the full matches where
    reprints are collapsed.
    `dropped` lists the words, each as its symbols, that some article added by relaxation lacks,
    `stand_ins` the runs that counted in place of words no article holds. `facets` are values with
    their counts, the most frequent first; `histogram` months (YYYY-MM) with theirs, in order.
    """

    total: int
    total_strict: int
    total_exact: int
    ranked: tuple[RankedArticle, ...]
    total_word: int | None = None
    dropped: tuple[tuple[str, ...], ...] = ()
    stand_ins: tuple[Run, ...] = ()
    total_collapsed: int | None = None
    strict_collapsed: int | None = None
    facets: tuple[tuple[FacetField, tuple[tuple[str, int], ...]], ...] = ()
    histogram: tuple[tuple[str, int], ...] = ()

    @property
    def relaxed(self) -> bool:
        """Whether articles were added that do not match in full."""
        return self.total > self.total_strict


class Completion(NamedTuple):
    """A text that an index can suggest, and in about how many articles it stands."""

    text: str
    kind: TextKind
    weight: int


class Corpus(Protocol):
    """Articles to index, in parts that may be read by several processes at once.

    Parts and `read` can be pickled; what a part holds depends on the corpus alone.
    """

    withdrawn: Mapping[str, str]
    size: int  # about how many bytes of text there are

    def parts(self) -> Iterable[Any]:
        """The parts in order, from the first one on; then no id is claimed any more."""

    @property
    def read(self) -> Callable[[Any], Iterable[tuple[Article | Reject, int]]]:
        """Gives the articles and rejects of a part, each with the line that it begins on."""

    def claim(self, article_id: str, path: str, line: int) -> Reject | None:
        """Takes an id for the article on a line; a reject where an earlier one has it."""

    def report(self, part: Any, rejects: Sequence[Reject]) -> None:
        """Called after each part, with its rejects. Raise to stop the build."""


class SearchEngine(Protocol):
    """Finds articles of one fixed collection; safe to share between threads."""

    generation: str
    dictionaries: Dictionaries  # those that its articles were cut with

    def search(self, query: Query, window: Window) -> SearchResult:
        """Every match counted, those of the window ranked.

        Raises BadQuery for a prefix of too many runs, QueryTooCostly before running one.
        """

    def articles(self, numbers: Sequence[int]) -> list[Article]:
        """The articles with these numbers, in this order."""

    def article(self, article_id: str) -> Article:
        """The article with this id; raises UnknownArticle."""

    def number(self, article_id: str) -> int:
        """The number of the article with this id; raises UnknownArticle."""

    def alias_of(self, article_id: str) -> str | None:
        """The id that stands for this one, which an article had earlier; None for any other."""

    def frequencies(self, words: Sequence[str]) -> list[int]:
        """In about how many articles each search-mode word stands, gone ones perhaps among them."""

    def completions(self, typed: str, most: int) -> list[Completion]:
        """Texts that begin with what was typed, or sound so (pinyin, initials), frequent first."""

    def homophones(self, text: str) -> list[Completion]:
        """Texts that sound exactly as this one, frequent first, itself perhaps among them."""

    def titles_sounding(self, letters: str, most: int) -> list[int]:
        """The newest articles whose titles begin to sound so (pinyin, initials); their numbers."""

    def reprints(self, number: int) -> Sequence[int]:
        """The other articles that say the same as this one, the earliest first."""

    def every(self) -> Iterator[tuple[int, Article]]:
        """All articles that may be found, with their numbers."""

    def status(self) -> IndexStatus:
        """What the collection holds and how it was made."""


class SearchIndex(Protocol):
    """Leads to the engine that is live now; a switch never disturbs an engine in use.

    `problem` says why the newest generation could not be opened, where it could not.
    """

    problem: SearchAppError | None

    def live(self) -> SearchEngine:
        """The engine to ask; raises NoIndex or DamagedIndex."""

    def kept(self, generation: str) -> SearchEngine:
        """The engine of a generation, live or the one before; raises CursorExpired."""
