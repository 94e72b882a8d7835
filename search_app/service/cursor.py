"""Cursors, as text: where to go on in the results of a query in one generation.

`*` is the beginning; else `<mark of the engine>.<generation>`. A generation never changes, so that
a walk meets every article once, whatever is published meanwhile.
"""

import re
from dataclasses import dataclass

from search_app.errors import BadQuery

BEGINNING = "*"
_CURSOR = re.compile(r"([0-9A-Za-z_]{1,2000})\.([0-9]{6,20}-[0-9]{8}T[0-9]{6}Z)")


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a walk; None and None is the beginning, in the live generation."""

    mark: str | None
    generation: str | None

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """Raises BadQuery for anything but a cursor; whether a mark is one, its engine knows."""
        if text == BEGINNING:
            return cls(None, None)
        if match := _CURSOR.fullmatch(text):
            return cls(match[1], match[2])
        raise BadQuery("is no cursor: begin with * and go on with what `next` gives", "cursor")

    def __str__(self) -> str:
        return f"{self.mark}.{self.generation}"
