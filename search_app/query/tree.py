"""Our own small query tree: what the engines are asked, whatever was typed and whatever index.

A node means a set of articles. The leaves `Run`, `Near` and `Prefix` look at text, `Valued` and
`Dated` at whole values; the rest is set algebra.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from search_app.model import ValueField

TextField = Literal["head", "body", "byline"]
TEXT_FIELDS: tuple[TextField, ...] = ("head", "body", "byline")


@dataclass(frozen=True, slots=True)
class Run:
    """Articles in which these symbols stand in a row in one field (in any one, or in `field`).

    With `whole` only places count where a search-mode word of the article starts and one ends.
    """

    symbols: tuple[str, ...]
    field: TextField | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Near:
    """Articles in which two runs stand in one field, either first, at most `gap` symbols apart."""

    one: tuple[str, ...]
    other: tuple[str, ...]
    gap: int
    field: TextField | None = None


@dataclass(frozen=True, slots=True)
class Prefix:
    """Articles with a run of letters or of digits that begins with this one."""

    text: str
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


Leaf = Run | Near | Prefix | Valued | Dated
# What can be marked where it stands.
Mark = Run | Prefix
Node = Leaf | And | Or | Not


class Quorum(NamedTuple):
    """What relaxation may add: articles in `firm` that hold enough of the `words` by weight."""

    firm: Node
    words: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a score counts: search-mode words, pairs of neighbouring Han symbols, near runs."""

    words: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    # How near each other these stand decides among the best.
    near: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A compiled query.

    `strict` is what matches in full, `exact` what the same query finds with match=exact, `word`
    what it finds with match=word, None where that is not asked. With `runs_first` the articles of
    `exact` go before the others. `quorum` is None where the query may not be relaxed.
    """

    strict: Node
    exact: Node
    ranking: Ranking
    runs_first: bool = False
    quorum: Quorum | None = None
    word: Node | None = None

    @classmethod
    def of(cls, node: Node, ranking: Ranking = Ranking()) -> "Query":
        """What matches a tree, and nothing weaker."""
        return cls(strict=node, exact=node, ranking=ranking)
