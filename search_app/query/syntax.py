"""What was typed, taken apart: chunks and operators, before anything is cut into words."""

from dataclasses import dataclass

from search_app.query.tree import TextField


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of text to search for; inside a quoted one everything is literal."""

    text: str
    quoted: bool = False
    field: TextField | None = None


@dataclass(frozen=True, slots=True)
class Both:
    """All parts must match; a `Negative` among them takes its articles away."""

    parts: "tuple[Part, ...]"


@dataclass(frozen=True, slots=True)
class Either:
    """One of the parts must match."""

    parts: "tuple[Part, ...]"


@dataclass(frozen=True, slots=True)
class Negative:
    """The part must not match."""

    part: "Part"


Part = Chunk | Both | Either | Negative


@dataclass(frozen=True, slots=True)
class Typed:
    """A parsed query. `plain`: no OR and no parentheses stand in it, so that it may be relaxed."""

    part: Part
    plain: bool
