"""Which lines are as wide as a column of the page: nothing tells a text from a headline so well.

An extractor may have counted cells or characters; letter-spacing and hanging stops make both
uncertain, and the first line of a paragraph may have lost an indent of two cells. Decision 027 has
what the second measure is worth.
"""

import re
from collections.abc import Sequence
from enum import IntEnum

from search_app.articles.pages.print.lines import Line

# A line fills a column if three of the eight lines before it and the eight behind end where it
# does: fewer do so by chance. So do three lines in a row, where a column is short.
_AROUND, _PEERS, _IN_A_ROW = 8, 3, 3
_SAME_EDGE = 1.0  # cells or characters by which hanging stops and rounding move a line's end
_WIDE, _SAME_EDGE_IF_WIDE = 24, 2  # in wider columns, letter-spacing moves it further
_LOST_INDENT = (1.5, 3.0)  # cells, two as a rule
_FOLLOWING = 2  # lines in which the column shows that a lost indent makes a line short of
_STRETCHED = 4.0  # cells by which letter-spacing widens a line at most
_BESIDE = 3  # lines, before and behind, to which a letter-spaced line is compared
_LONG_RUN = re.compile(r"[0-9A-Za-z.]{3,}")  # a number or Latin word that extractors keep whole


class Reach(IntEnum):
    """How far a line reaches: not to a column's edge, short of it by a lost indent, or to it."""

    SHORT = 0
    INDENTED = 1
    FULL = 2


def column_lines(lines: Sequence[Line]) -> list[Reach]:
    """How far each line reaches, in cells or in characters. Rows of tables make no column."""
    in_cells = [0.0] * len(lines)
    in_characters = [0.0] * len(lines)
    for i, line in enumerate(lines):
        if not line.is_row:
            in_cells[i] = line.indent + line.width
            in_characters[i] = line.indent + len(line.text)
    reaches = _reaches_in_cells(in_cells)
    for i, line in enumerate(lines):
        if reaches[i] == Reach.FULL:
            continue
        is_open = reaches[i] == Reach.SHORT and not line.is_complete
        if (is_open and _fills(in_characters, i)) or _would_fill(lines, in_cells, reaches, i):
            reaches[i] = Reach.FULL
    return reaches


# How far lines with these right edges reach.
def _reaches_in_cells(edges: Sequence[float]) -> list[Reach]:
    # The lines around a line are counted by their edges, rounded, and the counts are moved along
    # the page: to compare each with all others around it would take several times as long.
    rounded = [round(edge) for edge in edges]
    counts = [0] * (max(rounded, default=0) + 3)
    for edge in rounded[:_AROUND]:
        counts[edge] += 1
    reaches = [Reach.SHORT] * len(edges)
    for i, edge in enumerate(rounded):
        if i + _AROUND < len(rounded):
            counts[rounded[i + _AROUND]] += 1
        if i > _AROUND:
            counts[rounded[i - _AROUND - 1]] -= 1
        near = 1 if edge < _WIDE else _SAME_EDGE_IF_WIDE
        peers = sum(counts[max(0, edge - near) : edge + near + 1]) - 1
        if peers >= _PEERS or _is_in_a_row(edges, i):
            reaches[i] = Reach.FULL
    least, most = _LOST_INDENT
    for i, reach in enumerate(reaches):
        if reach != Reach.SHORT:
            continue
        for k in range(i + 1, min(len(edges), i + 1 + _FOLLOWING)):
            if reaches[k] == Reach.FULL and least <= edges[k] - edges[i] <= most:
                reaches[i] = Reach.INDENTED
    return reaches


# Whether enough lines around a line end where it does; for the few lines not yet decided.
def _fills(edges: Sequence[float], i: int) -> bool:
    edge, peers = edges[i], 0
    for other in edges[max(0, i - _AROUND) : i + 1 + _AROUND]:
        if abs(other - edge) <= _SAME_EDGE:
            peers += 1
    return peers - 1 >= _PEERS or _is_in_a_row(edges, i)


# Whether lines one below the other, a line among them, end at its edge.
def _is_in_a_row(edges: Sequence[float], i: int) -> bool:
    in_a_row = 0
    for edge in edges[max(0, i - _IN_A_ROW + 1) : i + _IN_A_ROW]:
        in_a_row = in_a_row + 1 if abs(edge - edges[i]) <= _SAME_EDGE else 0
        if in_a_row == _IN_A_ROW:
            return True
    return False


# Whether a line would fill the column that a neighbour fills, were it set as wide as it.
def _would_fill(
    lines: Sequence[Line], edges: Sequence[float], reaches: Sequence[Reach], i: int
) -> bool:
    line = lines[i]
    room = _STRETCHED if line.is_spaced else 0.0
    # A number or Latin word that begins the next line had no room on this one.
    if i + 1 < len(lines) and not line.is_complete:
        run = _LONG_RUN.match(lines[i + 1].text)
        if run:
            room += len(run[0]) / 2 + 0.5
    if not room:
        return False
    solid = line.indent + line.solid
    for k in range(max(0, i - _BESIDE), min(len(lines), i + 1 + _BESIDE)):
        is_measure = reaches[k] != Reach.SHORT and not lines[k].is_spaced
        # Half a cell more for a stop that hangs over the edge.
        if is_measure and 0 <= edges[k] + 0.5 - solid <= room:
            return True
    return False
