"""What the service asks of any engine: the protocol, and the values that go in and come out.

An engine may be arrays on this machine or a cluster elsewhere: articles go by their ids, and what
a caller needs of many of them is one call.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol

from search_app.analysis.dictionaries import Dictionaries
from search_app.errors import SearchAppError
from search_app.model import Article, IndexStatus, Reject, Sort, ValueField
from search_app.query.tree import Query, Run
from search_app.remembered import FileReading, FileRecord, UnchangedLines

TextKind = Literal["phrase", "person", "organisation", "place"]
HistogramUnit = Literal["year", "month", "day"]


@dataclass(frozen=True, slots=True)
class Window:
    """Which matches to return, in which order, and what to count."""

    offset: int = 0
    limit: int = 10  # with offset at most 10,000, as far as clusters page
    after: str | None = None  # where to go on, the `mark` of the result before; offset is 0 then
    sort: Sort = "relevance"
    date_from: str | None = None  # inclusive, as the other one; a year or month covers its days
    date_to: str | None = None
    # An article passes that has one of the values, compared as symbols.
    filters: tuple[tuple[ValueField, tuple[str, ...]], ...] = ()
    facets: tuple[ValueField, ...] = ()  # counted over all that pass the filters of other fields
    facet_limit: int = 20
    histogram: HistogramUnit | None = None
    in_words: bool = False  # whether to count the matches that hold whole words
    collapse: bool = False  # the first of each cluster of reprints stands for all of them
    spent: int = 0  # the `cost` of what was asked before for the same answer


class RankedArticle(NamedTuple):
    """An article in a result."""

    id: str
    score: float  # 0 where the order is not by relevance
    reprints: int  # how many others say the same


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The answer to a query: exact totals, and the window of ranked articles."""

    total: int
    total_strict: int
    total_exact: int
    ranked: tuple[RankedArticle, ...]
    # Of the full matches those that hold whole words (`Query.word`), where that was asked and these
    # are less than half.
    total_word: int | None = None
    # Words, each as its symbols, that some article added by relaxation lacks; runs that counted in
    # place of words no article holds.
    dropped: tuple[tuple[str, ...], ...] = ()
    stand_ins: tuple[Run, ...] = ()
    # How many of all and of the full matches remain where reprints are collapsed.
    total_collapsed: int | None = None
    strict_collapsed: int | None = None
    # Values with their counts, the most frequent first.
    facets: tuple[tuple[ValueField, tuple[tuple[str, int], ...]], ...] = ()
    # YYYY, YYYY-MM or YYYY-MM-DD with their counts, in order, of dates that say as much.
    histogram: tuple[tuple[str, int], ...] = ()
    mark: str | None = None  # where to go on (`Window.after`), None at the end
    # What it took, in the engine's own unit, with what was `spent` before: no part of the answer.
    cost: int = field(default=0, compare=False)
    refused: SearchAppError | None = None  # why one of several queries was not run

    @property
    def relaxed(self) -> bool:
        """Whether articles were added that do not match in full."""
        return self.total > self.total_strict


class Completion(NamedTuple):
    """A text that an index can suggest, and in about how many articles it stands."""

    text: str
    kind: TextKind
    weight: int


class Labels(NamedTuple):
    """Who was found named in an article, in the order of the text, and how many others say it."""

    people: tuple[str, ...]
    organisations: tuple[str, ...]
    reprints: int


class FileGroup(Protocol):
    """Files of a corpus that are read together."""

    @property
    def names(self) -> tuple[str, ...]: ...  # as articles give them
    @property
    def paths(self) -> tuple[str, ...]: ...  # as rejects give them
    @property
    def key(
        self,
    ) -> bytes: ...  # all but content that decides what they become; b"": always read
    @property
    def size(self) -> int: ...


CorpusItem = Article | Reject | UnchangedLines | FileReading


class Corpus(Protocol):
    """Articles to index, in parts that may be read by several processes at once."""

    # Parts and `read` can be pickled; what a part holds depends on the corpus alone.
    withdrawn: Mapping[str, str]
    size: int  # about how many bytes of text there are
    # Files that are read together, and may be left unread together; none where there are no files.
    groups: Sequence[Any]  # of FileGroup
    origin: bytes  # 16 that stand for where it lies: files of another one are not the same files

    def compare(self, live: Any) -> None:
        """Called before anything is read, with what the live generation has of each file.

        That is an `articles.corpus.damage.LiveFiles`; None where there is none that can be read.
        """

    def parts(self, unread: Collection[Any] = ()) -> Iterable[Any]:
        """The parts in order, `unread` groups as they are; then no id is claimed any more."""

    @property
    def read(
        self,
    ) -> Callable[..., Iterable[tuple[CorpusItem, int, int]]]:
        """Gives the items of a part, each with the line it begins on, and a hash of that line.

        The hash is 0 where an item is more than a line. The second argument gives for a file's name
        what is remembered of its lines, by their hashes: those lines come as UnchangedLines.
        """

    def whole(self, group: Any) -> Any:
        """A group as a part of its own, to be read after all."""

    def is_unchanged(self, group: Any, records: Sequence[FileRecord]) -> bool:
        """Whether a group's files are those of these records, with the same content."""

    def records(self, group: Any, earlier: Sequence[FileRecord]) -> Iterable[FileRecord]:
        """What a group's files are, to be kept; of one left unread with its `earlier` digests."""

    def is_claimed(self, article_id: str) -> bool:
        """Whether an article has this id by now."""

    def claim(self, article_id: str, path: str, line: int) -> Reject | None:
        """Takes an id for the article on a line; a reject where an earlier one has it."""

    def report(self, part: Any, rejects: Sequence[Reject]) -> None:
        """Called after each part, with its rejects. Raise to stop the build."""


class SearchEngine(Protocol):
    """Finds articles of one fixed collection, its generation; safe to share between threads."""

    # Every method may raise DamagedIndex or Unavailable.
    generation: str
    edition: str  # its generation, and what must not be shown of it any more
    dictionaries: Dictionaries  # those that its articles were cut with
    size: int  # how many articles may be found

    def search(self, query: Query, window: Window) -> SearchResult:
        """Counts every match and ranks those of the window.

        Raises BadQuery for a prefix of too many runs and for a mark that is none of this engine's,
        QueryTooCostly before running a query.
        """

    def totals(self, queries: Sequence[Query], window: Window) -> list[SearchResult]:
        """Counts the matches of queries and ranks none; a result may say why one was refused."""

    def counts(self, texts: Sequence[str]) -> list[int]:
        """How many articles hold each text as it is; none hold one without symbols."""

    def walk(self, query: Query, window: Window) -> Iterator[RankedArticle]:
        """Every match once, in the window's order; raises as `search`, with the first match."""

    def articles(self, ids: Sequence[str], longest: int | None = None) -> list[Article]:
        """The articles with these ids, in this order; raises UnknownArticle.

        Of longer bodies than `longest` characters no more is given, and nothing printed of these:
        what is shown of many articles must not cost as much as all their texts.
        """

    def article(self, article_id: str) -> Article:
        """The article with this id; raises UnknownArticle: MovedArticle, WithdrawnArticle."""

    def labels(self, article_id: str) -> Labels:
        """What indexing worked out about an article; raises UnknownArticle."""

    def reprints(self, article_id: str, most: int) -> list[str]:
        """The ids of others that say the same, the earliest first; raises UnknownArticle."""

    def frequencies(self, words: Sequence[str]) -> list[int]:
        """In about how many articles each search-mode word stands, gone ones perhaps among them."""

    def completions(self, typed: str, most: int) -> list[Completion]:
        """Texts that begin with what was typed, or sound so (pinyin, initials), frequent first."""

    def homophones(self, text: str) -> list[Completion]:
        """Texts that sound exactly as this one, frequent first, itself perhaps among them."""

    def titles_sounding(self, letters: str, most: int) -> list[str]:
        """The ids of articles whose titles begin to sound so, the newest first, then by id."""

    def every(self) -> Iterator[Article]:
        """All articles that may be found, in no promised order."""

    def status(self) -> IndexStatus:
        """What the collection holds and how it was made."""


class SearchIndex(Protocol):
    """Leads to the engine that is live now; a switch never disturbs an engine in use."""

    @property
    def problem(self) -> SearchAppError | None:
        """Why the newest generation is not the one that answers; None where it is."""

    def live(self) -> SearchEngine:
        """The engine to ask; raises NoIndex, DamagedIndex, Overloaded or Unavailable."""

    def kept(self, generation: str) -> SearchEngine:
        """The engine of a generation, live or the one before; raises CursorExpired."""
