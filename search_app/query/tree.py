"""Our own small query tree: what the engines are asked, whatever was typed and whatever index.

A node means a set of articles. Of the leaves only `Run` looks at text; the rest is set algebra.
"""

from dataclasses import dataclass
from typing import Literal

TextField = Literal["head", "body", "byline"]
ValueField = Literal["authors", "newspaper", "page_no", "place"]
TEXT_FIELDS: tuple[TextField, ...] = ("head", "body", "byline")


@dataclass(frozen=True, slots=True)
class Run:
    """Articles in which these symbols stand in a row in one field (in any one, or in `field`)."""

    symbols: tuple[str, ...]
    field: TextField | None = None


@dataclass(frozen=True, slots=True)
class Valued:
    """Articles with a value of these symbols; of several authors any one may be it."""

    key: ValueField
    symbols: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dated:
    """Articles dated from `low` to `high`, both inclusive; a year or month covers its days.

    ISO 8601; "" leaves an end open. Undated articles are never among them.
    """

    low: str
    high: str


@dataclass(frozen=True, slots=True)
class And:
    """Articles in all of the parts; with no parts, every article."""

    parts: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    """Articles in any of the parts; with no parts, none."""

    parts: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    """Every article that is not in the part."""

    part: "Node"


Node = Run | Valued | Dated | And | Or | Not


@dataclass(frozen=True, slots=True)
class Quorum:
    """What relaxation may add: articles in `firm` that hold enough of the `words` by weight."""

    firm: Node
    words: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a score counts: search-mode words, and pairs of neighbouring Han symbols."""

    words: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A compiled query.

    `strict` is what matches in full, `exact` what the same query finds with match=exact. With
    `runs_first` the articles of `exact` go before the others. `quorum` is None where the query
    may not be relaxed.
    """

    strict: Node
    exact: Node
    ranking: Ranking
    runs_first: bool = False
    quorum: Quorum | None = None
