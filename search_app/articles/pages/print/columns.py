"""Which lines are as wide as a column of the page: nothing tells a text from a headline so well.

An extractor may have counted cells or characters; letter-spacing and hanging stops make both
uncertain, and the first line of a paragraph may have lost an indent of two cells.
"""

import re
from collections.abc import Sequence
from enum import IntEnum

from search_app.articles.pages.print.lines import Line

_NEAR, _PEERS = 8, 3  # lines around a line, and how many of them make a column
_RUN = 3  # lines in a row that end at one edge are a column too
_RUN_OF_ASCII = re.compile(r"[0-9A-Za-z.]{3,}")
_STRETCHED = 4.0  # cells by which letter-spacing widens a line at most


class Reach(IntEnum):
    """How far a line reaches: not to a column's edge, short of it by a lost indent, or to it."""

    SHORT = 0
    INDENTED = 1
    FULL = 2


def column_lines(lines: Sequence[Line]) -> list[Reach]:
    """How far each line reaches, by one measure or the other. Rows of tables make no column."""
    cells = [0.0 if line.is_row else line.indent + line.width for line in lines]
    characters = [0.0 if line.is_row else line.indent + len(line.text) for line in lines]
    found = _by(cells)
    for i, line in enumerate(lines):
        if found[i] == Reach.SHORT and not line.is_complete:
            found[i] = _by_another_measure(characters, i)
        room = _STRETCHED * line.is_spaced + _whole_run(lines, i)
        if room and found[i] != Reach.FULL and _would_fill(lines, cells, found, i, room):
            found[i] = Reach.FULL
    return found


def _by_another_measure(edges: Sequence[float], i: int) -> Reach:
    """How far a line reaches that is short of its column in cells."""
    around = (*edges[max(0, i - _NEAR) : i], *edges[i + 1 : i + 1 + _NEAR])
    peers = sum(abs(edge - edges[i]) <= 1 for edge in around)
    return Reach.FULL if peers >= _PEERS or _in_run(edges, i) else Reach.SHORT


def _by(edges: Sequence[float]) -> list[Reach]:
    """How far lines with these right edges reach."""
    rounded = [round(edge) for edge in edges]
    around = [0] * (max(rounded, default=0) + 3)  # lines around a line, by their edges
    for edge in rounded[:_NEAR]:
        around[edge] += 1
    found = []
    for i, edge in enumerate(rounded):
        if i + _NEAR < len(rounded):
            around[rounded[i + _NEAR]] += 1
        if i > _NEAR:
            around[rounded[i - _NEAR - 1]] -= 1
        reach = 1 if edge < 24 else 2
        peers = sum(around[max(0, edge - reach) : edge + reach + 1]) - 1
        found.append(peers >= _PEERS or _in_run(edges, i))
    return [
        Reach.FULL if is_found else Reach.INDENTED if _begins(edges, i, found) else Reach.SHORT
        for i, is_found in enumerate(found)
    ]


def _in_run(edges: Sequence[float], i: int) -> bool:
    around = edges[max(0, i - _RUN + 1) : i + _RUN]
    longest = run = 0
    for edge in around:
        run = run + 1 if abs(edge - edges[i]) <= 1 else 0
        longest = max(longest, run)
    return longest >= _RUN


def _begins(edges: Sequence[float], i: int, found: Sequence[bool]) -> bool:
    """Whether a line is as wide as one of the next but for an indent that it lost."""
    following = range(i + 1, min(len(edges), i + 3))
    return any(found[k] and 1.5 <= edges[k] - edges[i] <= 3 for k in following)


def _whole_run(lines: Sequence[Line], i: int) -> float:
    """The width of a number or Latin word that begins the next line: it had no room on this one."""
    run = _RUN_OF_ASCII.match(lines[i + 1].text) if i + 1 < len(lines) else None
    return len(run[0]) / 2 + 0.5 if run and not lines[i].is_complete else 0.0


def _would_fill(
    lines: Sequence[Line], edges: Sequence[float], found: Sequence[Reach], i: int, room: float
) -> bool:
    """Whether a line would fill the column that a neighbour fills, were it wider by so much."""
    solid = lines[i].indent + lines[i].solid
    return any(
        found[k] and not lines[k].is_spaced and 0 <= edges[k] + 0.5 - solid <= room
        for k in range(max(0, i - 3), min(len(lines), i + 4))
    )
