"""Rectangles on a page, and how two of them stand to each other."""

from collections.abc import Iterable
from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle in points; y grows downwards."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.bottom - self.top

    def holds(self, other: "Box") -> bool:
        """Whether the centre of another box is inside."""
        x, y = (other.left + other.right) / 2, (other.top + other.bottom) / 2
        return self.left <= x <= self.right and self.top <= y <= self.bottom

    def overlap(self, other: "Box") -> float:
        """How much of the width of the narrower one stands above or below the other, at most 1."""
        shared = min(self.right, other.right) - max(self.left, other.left)
        return shared / max(1.0, min(self.width, other.width))

    def beside(self, other: "Box") -> float:
        """How much of the height of the lower one stands beside the other, at most 1."""
        shared = min(self.bottom, other.bottom) - max(self.top, other.top)
        return shared / max(1.0, min(self.height, other.height))

    def gap(self, other: "Box") -> float:
        """The white between two boxes side by side; negative where they overlap."""
        return max(self.left, other.left) - min(self.right, other.right)

    def drop(self, other: "Box") -> float:
        """The white between two boxes one above the other; negative where they overlap."""
        return max(self.top, other.top) - min(self.bottom, other.bottom)


def box_around(boxes: Iterable[Box]) -> Box:
    """The smallest box that holds all of some, of which there is at least one."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))
