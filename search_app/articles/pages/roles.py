"""Fifth step: which lines of a headline are kicker, title and subtitle.

All ways to part its lines are weighed. A kicker leads in or stands apart, a subtitle gives facts or
is longer; and a title says what the first sentences of its text say, more than the others do.
"""

import re
from collections.abc import Iterator, Sequence
from math import inf, log
from operator import itemgetter
from typing import NamedTuple

from search_app.articles.pages.print.lines import Line
from search_app.articles.pages.print.runs import ink_of, pairs_of
from search_app.text.repair import squeeze

# A kicker says who says it, or on what occasion, and leaves the rest to the title.
_LEADS_IN = re.compile(r"(?:强调|指出|要求|表示|提出|宣布|时|批示|致辞|：|:|——)[”》]?$")
_ADDRESSES = re.compile(r"(?:要求|号召|寄语|勉励|致信|叮嘱)[^，。\s]{2,14}$")  # 要求各级党组织
_DASHES = re.compile(r"[—－-]{1,2}")
# A subtitle gives facts: figures, or a sentence of several clauses.
_FACTS = re.compile(
    r"[，；\d]|[一二两三四五六七八九十百千万半][个家名起次条项元亿成分年月天周岁米里亩吨位所座]"
)
_SHORTEST_TITLE = 5  # characters; a shorter rest below others is the tail of a title
_LONGEST_KICKER = 3  # lines
LEAD = 100  # characters of a text that its title says again

# Points for a kicker or subtitle to be there, and for what makes it likely.
_KICKER, _SUBTITLE = -1.0, -1.5
_STANDS_APART = 3.0
_LEAD_IN = 3.0
_ADDRESS = 2.0
_DASHED = 3.5
_FACTUAL = 2.0
_CLAUSES = 1.5  # for a comma; for a space between two phrases, in it or in the title before it
_LONGER = 1.0  # for each doubling, or rather each factor e, of the width
_LIKE_LEAD = 0.6
_MORE_LINES = -1.2
_SHORT = -1.0  # for a subtitle of so few cells:
_SHORTEST_SUBTITLE = 8
_MID_PHRASE = -3.0
_SAME_WIDTH = -1.5  # lines of one width are one title


class Roles(NamedTuple):
    """The lines of a headline by their roles; `title` is empty only if there was no line."""

    kicker: tuple[Line, ...]
    title: tuple[Line, ...]
    subtitle: tuple[Line, ...]


def tell_roles(lines: Sequence[Line], text: str = "") -> Roles:
    """Kicker, title and subtitle of a headline, each a run of its lines in this order.

    `text` is what the article says. Its beginning tells the title from the others; where it says
    the two characters that meet at a line's end, that end is in mid phrase.
    """
    return weigh_roles(lines, text)[0]


def weigh_roles(lines: Sequence[Line], text: str) -> tuple[Roles, float]:
    """The best way to part a headline, and by how many points it is better than the next."""
    lines = tuple(lines)
    if len(lines) == 1:
        return Roles((), lines, ()), inf
    text = squeeze(text)
    lead = pairs_of(text[:LEAD])
    weighed = [(_points(roles, lead, text), roles) for roles in _partings(lines)]
    best = max(weighed, key=itemgetter(0))
    others = [points for points, roles in weighed if roles is not best[1]]
    return best[1], best[0] - max(others, default=-inf)


def _partings(lines: tuple[Line, ...]) -> Iterator[Roles]:
    """Every way to part the lines, a title alone first."""
    for start in range(min(len(lines), _LONGEST_KICKER + 1)):
        for stop in range(len(lines), start, -1):
            title = lines[start:stop]
            if start == 0 or _length(title) >= _SHORTEST_TITLE:
                yield Roles(lines[:start], title, lines[stop:])
    if not lines:
        yield Roles((), (), ())


def _length(lines: Sequence[Line]) -> int:
    return len(ink_of(lines))


def _points(roles: Roles, lead: set[str], text: str) -> float:
    likeness = _likeness(roles.title, lead)
    points = 0.0
    if roles.kicker:
        points += _kicker_points(roles) + _parted(roles.kicker[-1], roles.title[0], text)
        points += _LIKE_LEAD * (likeness - _likeness(roles.kicker, lead)) if lead else 0.0
    if roles.subtitle:
        points += _subtitle_points(roles) + _parted(roles.title[-1], roles.subtitle[0], text)
        points += _LIKE_LEAD * (likeness - _likeness(roles.subtitle, lead)) if lead else 0.0
    return points


def _likeness(lines: Sequence[Line], lead: set[str]) -> float:
    """The share of the lines' pairs that the beginning of the text holds (0–1)."""
    pairs = pairs_of(ink_of(lines))
    return len(pairs & lead) / max(1, len(pairs))


def _kicker_points(roles: Roles) -> float:
    last, title = roles.kicker[-1], roles.title[0]
    points = _KICKER + _MORE_LINES * (len(roles.kicker) - 1)
    points += _STANDS_APART * title.blank_before
    points += _LEAD_IN * bool(_LEADS_IN.search(last.ink))
    points += _ADDRESS * bool(_ADDRESSES.search(last.ink))
    points += _LONGER / 2 * _times_wider(roles.title, roles.kicker)
    points -= _DASHED * bool(_DASHES.match(title.text))
    return points + _meeting(last, title)


def _subtitle_points(roles: Roles) -> float:
    title, first = roles.title, roles.subtitle[0]
    points = _SUBTITLE + _MORE_LINES * (len(roles.subtitle) - 1)
    points += _DASHED * bool(_DASHES.match(first.text))
    points += _FACTUAL * any(bool(_FACTS.search(line.text)) for line in roles.subtitle)
    points += _CLAUSES * ("，" in first.text)
    points += _CLAUSES * (title[-1].has_two_phrases + first.has_two_phrases)
    points += _LONGER * _times_wider((first,), title)
    points += _SHORT * (_width(roles.subtitle) < _SHORTEST_SUBTITLE)
    return points + _meeting(title[-1], first)


def _times_wider(lines: Sequence[Line], others: Sequence[Line]) -> float:
    """The logarithm of how many times wider some lines are than others."""
    return log(_width(lines) / _width(others))


def _width(lines: Sequence[Line]) -> float:
    return max(line.width for line in lines)


def _parted(before: Line, line: Line, text: str) -> float:
    """Points against parting lines in mid phrase."""
    return _MID_PHRASE * (before.text[-1] + line.text[0] in text)


def _meeting(before: Line, line: Line) -> float:
    """Points against parting lines that look like one title."""
    near = abs(before.width - line.width) <= 2 and not line.blank_before
    return _SAME_WIDTH * near
