"""Headlines that the first sentence below them says again, before anything else is known of a page.

Pages whose articles open and close without signs need it most (decision 027).
"""

import re
from collections.abc import Sequence

from search_app.articles.pages.print.lines import Line
from search_app.articles.pages.print.overlap import character_pairs, share_in

_PAUSE = re.compile("[，。；]")
_LONGEST_HEAD_LINE = 100  # characters
_FIRST_SENTENCE = 6  # lines in which it stands
# From this share of its pairs on: a twentieth of the lines of texts is said again so far, and every
# second headline in its text.
_USUAL_SHARE = 0.4
_POINTS_PER_SHARE, _MOST_POINTS = 5, 2.0  # so that 0.8 is as good as all


def echoes(lines: Sequence[Line]) -> list[float]:
    """Points for each line to be of a headline; looked at only where a headline may begin."""
    points: list[float] = []
    may_begin = True
    for i, line in enumerate(lines):
        candidate = may_begin and len(line.ink) <= _LONGEST_HEAD_LINE
        if line.opening or line.is_complete or "。" in line.text:
            candidate = False
        points.append(_echo_points(lines, i) if candidate else 0.0)
        # A headline may go on below a line that looks like one.
        may_begin = line.is_complete or (candidate and not _PAUSE.search(line.text))
    return points


def _echo_points(lines: Sequence[Line], i: int) -> float:
    below = "\n".join(line.ink for line in lines[i + 1 : i + 1 + _FIRST_SENTENCE])
    share = share_in(character_pairs(lines[i].ink), below)
    return max(0.0, min(_MOST_POINTS, _POINTS_PER_SHARE * (share - _USUAL_SHARE)))
