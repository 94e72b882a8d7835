"""Points that remember what they were given for, so that a decision can be explained.

Who decides adds up plain numbers of a `PointTable`; who explains runs the same code with the table
that its `reasoned` gives.
"""

from dataclasses import dataclass, fields, replace
from typing import NamedTuple, Self


class Reason(NamedTuple):
    """Why something got points."""

    text: str
    points: float


class ReasonedPoints(float):
    """Points that remember what they were given for, also in sums and multiples."""

    reasons: tuple[Reason, ...]

    def __new__(cls, points: float, reasons: tuple[Reason, ...]) -> Self:
        self = super().__new__(cls, points)
        self.reasons = reasons
        return self

    def __add__(self, other: float) -> "ReasonedPoints":
        return ReasonedPoints(float(self) + float(other), self.reasons + reasons_of(other))

    def __radd__(self, other: float) -> "ReasonedPoints":
        return ReasonedPoints(float(other) + float(self), reasons_of(other) + self.reasons)

    def __mul__(self, factor: float) -> "ReasonedPoints":
        scaled = tuple(Reason(text, points * factor) for text, points in self.reasons)
        return ReasonedPoints(float(self) * factor, scaled)

    __rmul__ = __mul__


def reasons_of(points: float) -> tuple[Reason, ...]:
    """What points were given for; nothing is known of plain numbers."""
    return points.reasons if isinstance(points, ReasonedPoints) else ()


@dataclass(frozen=True, slots=True)
class PointTable:
    """A table of points; its fields are named as the reasons for them."""

    def reasoned(self) -> Self:
        """The same table with points that remember their field's name."""
        points = {}
        for field in fields(self):
            reason = Reason(field.name.replace("_", " "), getattr(self, field.name))
            points[field.name] = ReasonedPoints(reason.points, (reason,))
        return replace(self, **points)
