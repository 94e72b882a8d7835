"""What two pieces of a page have in common: pairs and threes of neighbouring characters.

Texts are given as their ink, without white space (`Line.ink`, `ink_of`).
"""

from collections.abc import Collection, Iterable, Sequence
from operator import add

from search_app.articles.pages.print.lines import Line

# Lines and characters on either side of a place in which two texts are compared: all of a page
# would take time in proportion to its square.
_LINES, _CHARACTERS = 100, 2_000
MOST_SHARED = 0.15  # an overlap counts up to here: halves of one article share a tenth


def ink_of(lines: Iterable[Line]) -> str:
    """What lines say, without white space."""
    return "".join(line.ink for line in lines)


def ink_before(lines: Sequence[Line], place: int) -> str:
    """What the lines before one say, as far as texts are compared."""
    return ink_of(lines[max(0, place - _LINES) : place])[-_CHARACTERS:]


def ink_behind(lines: Sequence[Line], place: int) -> str:
    """What the lines from one on say, as far as texts are compared."""
    return ink_of(lines[place : place + _LINES])[:_CHARACTERS]


def character_pairs(ink: str) -> set[str]:
    """The pairs of neighbouring characters in a text."""
    return set(map(add, ink, ink[1:]))


def pairs_in_order(ink: str) -> list[str]:
    """The same pairs, each once, in the order of the text."""
    return list(dict.fromkeys(map(add, ink, ink[1:])))


def share_in(pairs: Collection[str], ink: str) -> float:
    """The share of some pairs of characters that a text has, too (0–1)."""
    shared = 0
    for pair in pairs:
        if pair in ink:
            shared += 1
    return shared / max(1, len(pairs))


def overlap(ink: str, other: str) -> float:
    """The share of the threes of the shorter of two texts that the other has, too (0–1).

    Halves of one article share a tenth of them, neighbours by chance less than a hundredth
    (decision 027).
    """
    ours, theirs = _character_threes(ink), _character_threes(other)
    return len(ours & theirs) / max(1, min(len(ours), len(theirs)))


def _character_threes(ink: str) -> set[str]:
    return set(map(add, map(add, ink, ink[1:]), ink[2:]))
