"""A text made from another one, with the place each of its characters came from."""

from dataclasses import dataclass

from search_app.model import Span


@dataclass(frozen=True, slots=True)
class MappedText:
    """`text`, and for each of its characters the index in the original it was made from.

    `origin` has `len(text)` entries that never decrease. One original character may have made
    several (㎡ → m2) or none (a zero-width space).
    """

    text: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        """The shortest range of the original that made `text[start:end]`; both not empty."""
        return Span(self.origin[start], self.origin[end - 1] + 1)
