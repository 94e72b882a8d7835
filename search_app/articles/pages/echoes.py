"""How much of a line the next lines say again: the first sentence of a text echoes its headline."""

import re
from collections.abc import Sequence
from operator import add

from search_app.articles.pages.lines import Line
from search_app.text.repair import squeeze

_PAUSE = re.compile("[，。；]")
_REACH = 6  # lines in which the first sentence stands
# A twentieth of the lines of texts is echoed so far, and every second headline above its text.
_USUAL = 0.4
_MOST = 2.0  # points


def echoes(lines: Sequence[Line]) -> list[float]:
    """Points for each line to be of a headline; looked at only where a headline may begin."""
    points: list[float] = []
    pairs = [_pairs(line.text) for line in lines]
    may_begin = True
    for i, line in enumerate(lines):
        candidate = may_begin and not (line.opening or line.is_complete or "。" in line.text)
        points.append(_echo(pairs, i) if candidate else 0.0)
        # A headline may go on below a line that looks like one.
        may_begin = line.is_complete or (candidate and not _PAUSE.search(line.text))
    return points


def _echo(pairs: Sequence[set[str]], i: int) -> float:
    silent = pairs[i].difference(*pairs[i + 1 : i + 1 + _REACH])
    share = 1 - len(silent) / max(1, len(pairs[i]))
    return max(0.0, min(_MOST, 5 * (share - _USUAL))) if pairs[i] else 0.0


def _pairs(text: str) -> set[str]:
    text = squeeze(text)
    return set(map(add, text, text[1:]))
