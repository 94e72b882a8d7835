"""What pieces of a page have in common: pairs and threes of neighbouring characters.

Texts are given as their ink, without white space (`Line.ink`, `ink_of`).
"""

import re
from collections.abc import Collection, Iterable, Sequence
from operator import add

from search_app.articles.pages.print.lines import Line

# Lines and characters on either side of a place in which two texts are compared: all of a page
# would take time in proportion to its square.
_LINES, _CHARACTERS = 100, 2_000
MOST_SHARED = 0.15  # an overlap counts up to here: halves of one article share a tenth

_PAUSE = re.compile("[，。；]")
_LONGEST_HEAD_LINE = 100  # characters
_FIRST_SENTENCE = 6  # lines in which it stands
# From this share of its pairs on: a twentieth of the lines of texts is said again so far, and every
# second headline in its text.
_USUAL_SHARE = 0.4
_POINTS_PER_SHARE, _MOST_POINTS = 5, 2.0  # so that 0.8 is as good as all


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
    """The share of the threes of the shorter of two texts that the other has, too (0–1)."""
    # Halves of one article share a tenth of them, neighbours by chance less than a hundredth
    # (decision 027).
    ours, theirs = _character_threes(ink), _character_threes(other)
    return len(ours & theirs) / max(1, min(len(ours), len(theirs)))


def _character_threes(ink: str) -> set[str]:
    return set(map(add, map(add, ink, ink[1:]), ink[2:]))


def echoes(lines: Sequence[Line]) -> list[float]:
    """Points for each line to be a headline that the first sentence below it says again."""
    # Pages whose articles open and close without signs need them most (decision 027).
    points = [0.0] * len(lines)
    may_begin = True
    for i, line in enumerate(lines):
        candidate = may_begin and len(line.ink) <= _LONGEST_HEAD_LINE
        if line.opening or line.is_complete or "。" in line.text:
            candidate = False
        if candidate:
            below = "\n".join(line.ink for line in lines[i + 1 : i + 1 + _FIRST_SENTENCE])
            share = share_in(character_pairs(line.ink), below)
            points[i] = max(0.0, min(_MOST_POINTS, _POINTS_PER_SHARE * (share - _USUAL_SHARE)))
        # A headline may go on below a line that looks like one.
        may_begin = line.is_complete or (candidate and not _PAUSE.search(line.text))
    return points
