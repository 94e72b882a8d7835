"""What every engine offers: the protocol, and the values that go in and come out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from search_app.errors import SearchAppError
from search_app.model import Article, IndexStatus, Sort
from search_app.query.tree import Query, Run


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of the matches is wanted, in which order, between which dates (inclusive)."""

    offset: int = 0
    limit: int = 10
    sort: Sort = "relevance"
    date_from: str | None = None
    date_to: str | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """An article's number in its engine, and its score (0 where the order is by date)."""

    number: int
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a query: exact totals, and the window of ranked articles.

    `dropped` lists the words, each as its symbols, that some article added by relaxation lacks,
    `stand_ins` the runs that counted in place of words no article holds.
    """

    total: int
    total_strict: int
    total_exact: int
    ranked: tuple[Ranked, ...]
    dropped: tuple[tuple[str, ...], ...] = ()
    stand_ins: tuple[Run, ...] = ()

    @property
    def relaxed(self) -> bool:
        """Whether articles were added that do not match in full."""
        return self.total > self.total_strict


class SearchEngine(Protocol):
    """Finds articles of one fixed collection; safe to share between threads."""

    generation: str

    def search(self, query: Query, window: Window) -> Found:
        """Every match counted, those of the window ranked."""

    def articles(self, numbers: Sequence[int]) -> list[Article]:
        """The articles with these numbers, in this order."""

    def article(self, article_id: str) -> Article:
        """The article with this id; raises UnknownArticle."""

    def status(self) -> IndexStatus:
        """What the collection holds and how it was made."""


class SearchIndex(Protocol):
    """Leads to the engine that is live now; a switch never disturbs an engine in use.

    `problem` says why the newest generation could not be opened, where it could not.
    """

    problem: SearchAppError | None

    def live(self) -> SearchEngine:
        """The engine to ask; raises NoIndex or DamagedIndex."""
