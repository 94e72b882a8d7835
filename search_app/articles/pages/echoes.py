"""What pairs of neighbouring characters tell of lines before anything is known of a page.

The first sentence of a text echoes its headline; and a pair that a line's edge parts is mostly one
that the page has elsewhere, where a sentence runs over the edge, and hardly ever where a headline
ends there.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from operator import add

from search_app.articles.pages.lines import Line
from search_app.text.repair import squeeze

_HAN = re.compile("[一-龥]{2}")
_PAUSE = re.compile("[，。；]")
_REACH = 6  # lines in which the first sentence stands
# A twentieth of the lines of texts is echoed so far, and every second headline above its text.
_USUAL = 0.4
_MOST = 2.0  # points


def pairs_of_lines(lines: Sequence[Line]) -> list[set[str]]:
    """The pairs of neighbouring characters of each line, white space left out."""
    texts = [squeeze(line.text) for line in lines]
    return [set(map(add, text, text[1:])) for text in texts]


def echoes(lines: Sequence[Line], pairs: Sequence[set[str]]) -> list[float]:
    """Points for each line to be of a headline; looked at only where a headline may begin."""
    points: list[float] = []
    may_begin = True
    for i, line in enumerate(lines):
        candidate = may_begin and not (line.opening or line.is_complete or "。" in line.text)
        points.append(_echo(pairs, i) if candidate else 0.0)
        # A headline may go on below a line that looks like one.
        may_begin = line.is_complete or (candidate and not _PAUSE.search(line.text))
    return points


def edges(lines: Sequence[Line], pairs: Sequence[set[str]]) -> list[bool | None]:
    """Whether the page has the pair of Han that each line makes with the one before it.

    None where there is no such pair.
    """
    known = set[str]().union(*pairs)
    parted = [a.text[-1] + b.text[0] for a, b in pairwise(lines)]
    return [None, *(pair in known if _HAN.fullmatch(pair) else None for pair in parted)]


def _echo(pairs: Sequence[set[str]], i: int) -> float:
    silent = pairs[i].difference(*pairs[i + 1 : i + 1 + _REACH])
    share = 1 - len(silent) / max(1, len(pairs[i]))
    return max(0.0, min(_MOST, 5 * (share - _USUAL))) if pairs[i] else 0.0
