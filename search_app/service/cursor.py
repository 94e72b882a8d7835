"""Cursors: places in the list of all that a query finds in one generation, as text.

`*` is the beginning; else `<how many hits are passed>.<generation>`. A generation never changes,
so that a walk meets every article once, whatever is published meanwhile.
"""

import re
from dataclasses import dataclass

from search_app.errors import BadQuery

BEGINNING = "*"
_CURSOR = re.compile(r"([0-9]{1,9})\.([0-9]{6,20}-[0-9]{8}T[0-9]{6}Z)")


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a walk: so many hits are passed; in the live generation where none is named."""

    passed: int
    generation: str | None

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """Raises BadQuery for anything but a cursor."""
        if text == BEGINNING:
            return cls(0, None)
        if parts := _CURSOR.fullmatch(text):
            return cls(int(parts[1]), parts[2])
        raise BadQuery("is no cursor: begin with * and go on with what `next` gives", "cursor")

    def __str__(self) -> str:
        return f"{self.passed}.{self.generation}"
