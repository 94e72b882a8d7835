"""Points that remember what they were given for, so that a decision can be explained.

Who decides adds up plain numbers of a `PointTable`; who explains runs the same code with the table
that its `reasoned` gives.
"""

from dataclasses import dataclass, fields, replace
from typing import Generic, NamedTuple, Self, TypeVar

Choice = TypeVar("Choice")
Reason = tuple[str, float]  # why something got points, and how many


class ScoredChoice(NamedTuple, Generic[Choice]):
    """What may be decided, its points, and the reasons whose points these are."""

    choice: Choice
    points: float
    reasons: tuple[Reason, ...]


class ReasonedPoints(float):
    """Points that remember what they were given for, also in sums and multiples."""

    reasons: tuple[Reason, ...]

    def __new__(cls, points: float, reasons: tuple[Reason, ...]) -> Self:
        self = super().__new__(cls, points)
        self.reasons = reasons
        return self

    def __add__(self, other: float) -> "ReasonedPoints":
        return ReasonedPoints(float(self) + float(other), reasons_of(self) + reasons_of(other))

    # What is on the left here is a plain number: points with reasons would have come to `__add__`.
    __radd__ = __add__

    def __mul__(self, factor: float) -> "ReasonedPoints":
        scaled = tuple((text, points * factor) for text, points in self.reasons)
        return ReasonedPoints(float(self) * factor, scaled)


def reasons_of(points: float) -> tuple[Reason, ...]:
    """What points were given for, if it counts; nothing is known of plain numbers."""
    if not isinstance(points, ReasonedPoints):
        return ()
    return tuple(reason for reason in points.reasons if reason[1])


@dataclass(frozen=True, slots=True)
class PointTable:
    """A table of points; its fields are named as the reasons for them."""

    def reasoned(self) -> Self:
        """The same table with points that remember their field's name."""
        reasoned = {}
        for field in fields(self):
            points = getattr(self, field.name)
            if isinstance(points, float):
                reason = field.name.replace("_", " ")
                reasoned[field.name] = ReasonedPoints(points, ((reason, points),))
        return replace(self, **reasoned)
