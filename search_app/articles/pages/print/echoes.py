"""Headlines that the first sentence below them says again, before anything is known of a page."""

import re
from collections.abc import Sequence

from search_app.articles.pages.print.lines import Line
from search_app.articles.pages.print.runs import held, pairs_of

_PAUSE = re.compile("[，。；]")
_LONGEST = 100  # characters of a line of a headline
_REACH = 6  # lines in which the first sentence stands
# A twentieth of the lines of texts is echoed so far, and every second headline above its text.
_USUAL = 0.4
_MOST = 2.0  # points


def echoes(lines: Sequence[Line]) -> list[float]:
    """Points for each line to be of a headline; looked at only where a headline may begin."""
    points: list[float] = []
    may_begin = True
    for i, line in enumerate(lines):
        candidate = may_begin and len(line.ink) <= _LONGEST
        candidate = candidate and not (line.opening or line.is_complete or "。" in line.text)
        points.append(_echo(line, lines[i + 1 : i + 1 + _REACH]) if candidate else 0.0)
        # A headline may go on below a line that looks like one.
        may_begin = line.is_complete or (candidate and not _PAUSE.search(line.text))
    return points


def _echo(line: Line, following: Sequence[Line]) -> float:
    share = held(pairs_of(line.ink), "\n".join(behind.ink for behind in following))
    return max(0.0, min(_MOST, 5 * (share - _USUAL)))
