"""Fifth step: which lines of a headline are kicker, title and subtitle."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from search_app.articles.pages.lines import Line
from search_app.text.repair import squeeze

# A kicker says who says it, or on what occasion, and leaves the rest to the title.
_LEADS_IN = re.compile(r"(?:强调|指出|要求|表示|提出|宣布|时|批示|致辞|：|:|——)[”》]?$")
_DASHES = re.compile(r"[—－-]{1,2}")
# A subtitle gives facts: figures, or a sentence of several clauses.
_FACTS = re.compile(
    r"[，；\d]|[一二两三四五六七八九十百千万半][个家名起次条项元亿成分年月天周岁米里亩吨位所座]"
)
_SHORTEST_TITLE = 5  # characters; a shorter rest is the tail of a title, not a title


class Roles(NamedTuple):
    """The lines of a headline by their roles; `title` is empty only if there was no line."""

    kicker: tuple[Line, ...]
    title: tuple[Line, ...]
    subtitle: tuple[Line, ...]


def tell_roles(lines: Sequence[Line]) -> Roles:
    """Kicker, title and subtitle of a headline, each a run of its lines in this order."""
    lines = tuple(lines)
    start = _kicker_lines(lines)
    stop = next(
        (i for i in range(start + 1, len(lines)) if _begins_subtitle(lines, start, i)), None
    )
    stop = len(lines) if stop is None else stop
    return Roles(lines[:start], lines[start:stop], lines[stop:])


def _kicker_lines(lines: tuple[Line, ...]) -> int:
    """How many lines from the first are the kicker."""
    for i in range(min(len(lines) - 1, 3), 0, -1):
        rest = "".join(squeeze(line.text) for line in lines[i:])
        if len(rest) >= _SHORTEST_TITLE and _is_kicker(lines[:i], lines[i]):
            return i
    return 0


def _is_kicker(kicker: tuple[Line, ...], title: Line) -> bool:
    """A line of its own above the title, or lines that lead in to what it says."""
    if _DASHES.match(title.text):
        return False
    alone = len(kicker) == 1 and title.blank_before and not _tells_more(kicker, title)
    return alone or bool(_LEADS_IN.search(squeeze(kicker[-1].text)))


def _begins_subtitle(lines: tuple[Line, ...], start: int, i: int) -> bool:
    """Whether line `i` says more about a title that is complete before it."""
    return bool(_DASHES.match(lines[i].text)) or _tells_more(lines[start:i], lines[i])


def _tells_more(title: tuple[Line, ...], line: Line) -> bool:
    """Facts, in a line longer than the title's, or behind a title of two whole phrases."""
    longer = line.width > 1.25 * max(other.width for other in title)
    whole = title[-1].has_two_phrases
    return bool(_FACTS.search(line.text)) and (longer or whole)
