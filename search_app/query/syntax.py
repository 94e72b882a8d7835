"""What was typed as a tree of chunks and operators, before anything is cut into words."""

from dataclasses import dataclass

from search_app.model import ValueField
from search_app.query.tree import TextField


@dataclass(frozen=True, slots=True)
class Chunk:
    """Text to search for; inside a quoted one everything is literal."""

    text: str
    quoted: bool = False
    field: TextField | None = None


@dataclass(frozen=True, slots=True)
class Proximity:
    """Two texts in one field with at most `gap` symbols between: "渡口 灯火"~8."""

    text: str  # both, with white space between
    gap: int
    field: TextField | None = None


@dataclass(frozen=True, slots=True)
class WordPrefix:
    """The letters or digits that a run of them begins with, folded: ab*."""

    text: str
    field: TextField | None = None


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A whole value: 记者:王小满."""

    key: ValueField
    text: str


@dataclass(frozen=True, slots=True)
class DateRange:
    """A range of dates: 日期:2020-01..2020-03; "" for an open end."""

    low: str
    high: str


@dataclass(frozen=True, slots=True)
class AllOf:
    """All parts must match; a `Negation` among them takes its articles away."""

    parts: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of the sides of an OR must match."""

    parts: tuple[AllOf, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """The part must not match."""

    part: "Expression"


Leaf = Chunk | Proximity | WordPrefix | FieldValue | DateRange
Expression = Leaf | AllOf | AnyOf | Negation


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A parsed query. `plain`: no OR and no parentheses stand in it, so that it may be relaxed."""

    part: AnyOf
    plain: bool
