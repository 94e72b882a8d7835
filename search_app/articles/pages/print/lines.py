"""First step: the lines of a page, cut where an article opens or ends in the middle of one."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from search_app.articles.pages.print.credits import (
    closing_credit,
    credit_end,
    is_credit,
    is_names,
    may_begin_credit,
    may_complete,
)
from search_app.articles.pages.print.furniture import LETTER_SPACED, is_furniture
from search_app.articles.pages.print.signs import Sign, endings, openings, squeezed
from search_app.text.repair import (
    GAP,
    PrintedLine,
    ink_cells,
    is_complete,
    is_row,
    printed_lines,
    squeeze,
)

# Behind a sentence, unless letter-spacing has put the space there.
_TAIL = re.compile(
    r"(?<=[。！？…”』）)])(?:[ \u3000]+(?=\S{3})|[ \u3000]{2,}(?=\S)"
    r"|(?<=\S{3})[ \u3000]+(?=(?:\S[ \u3000]+){3,}\S$))"
)
_CAPTION = re.compile(r"[▲▼△▽]|[（(]?[上下左右本]?图(?:[①-⑩\d一二三四]?[:：]|[①-⑩\d一二三四]?为)")
_PHOTOGRAPHER = re.compile(r"(?:摄|摄影|供图|/图|图)\s?[）)]?$")
_LABEL = re.compile(
    r"[【\[■●◆□▶]?(?:相关|新闻|延伸|背景|知识|名词|政策|温馨|专家|记者|人物|事件)?"
    r"(?:链接|阅读|背景|资料|解释|解读|提示|提醒|速览|手记|点评|名片|档案|回放|回顾)[】\]：:]?"
)
INDENT = 1.5  # cells, from which on a line is indented
_LONGEST_CAPTION = 6  # lines
_LONGEST_LABEL = 8  # characters
_TWO_PHRASES = re.compile(r"(?:^|[\s，、。])[^\s，、。]{3,}\s+[^\s，、。]{3}")


class Line(NamedTuple):
    """A line, or the part of one up to or from a sign: its range of the page, what it shows.

    `ink` is the text without white space. Widths are in cells, `solid` that of the ink.
    `opening` begins at the line's start, `ending` ends at its end; a line is `in_opening` if
    one began above it and goes on. `credit` is where a credit that begins the line ends, else
    `start`. An article may end with a line that is complete: at the end of a sentence, which a
    line above may hold if a signature follows it, or at an end mark. A tail stands behind the
    end of a sentence on the same printed line: another article may begin there. Every line of a
    caption is one, the photographer's name too. A label names what kind of piece begins below
    it (相关链接), a row is one of a table: a name, then figures.
    """

    start: int
    end: int
    text: str
    ink: str
    indent: float
    width: float
    solid: float
    blank_before: bool
    credit: int
    opening: Sign | None
    ending: Sign | None
    in_opening: bool
    is_furniture: bool
    is_complete: bool
    is_tail: bool
    is_caption: bool
    is_label: bool
    is_row: bool
    is_names: bool
    is_spaced: bool
    has_two_phrases: bool

    @property
    def is_credit(self) -> bool:
        """Whether the line holds a credit and nothing else."""
        return self.credit == self.end


class _Piece(NamedTuple):
    """A printed line or a part of one, before anything is known of it but where it stands."""

    start: int
    end: int
    text: str
    indent: float
    blank_before: bool
    is_first: bool
    is_tail: bool


def read_lines(text: str) -> tuple[Line, ...]:
    """The lines of a page in their order; no character but white space stands outside them."""
    page = squeezed(text)
    opened = {sign.start: sign for sign in openings(page, text)}
    ended = {sign.end: sign for sign in endings(page, text)}
    cuts = sorted({*opened, *ended})
    pieces = [piece for line in printed_lines(text) for piece in _cut(line, cuts)]
    return tuple(_known(pieces, text, opened, ended))


def _known(
    pieces: list[_Piece], text: str, opened: Mapping[int, Sign], ended: Mapping[int, Sign]
) -> Iterator[Line]:
    """The lines that the pieces are, with all that is known of each."""
    caption = _Caption()
    opened_to = 0
    for i, piece in enumerate(pieces):
        opening, ending = opened.get(piece.start), ended.get(piece.end)
        signed = opening is not None or ending is not None
        from_edge = min(i, len(pieces) - 1 - i)
        is_text = "，" in piece.text or "。" in piece.text
        furniture = not (signed or is_text) and is_furniture(piece.text, from_edge)
        credit = _credit_end(text, piece)
        complete = ending is not None or _is_complete(text, piece, credit)
        is_caption = caption.holds(piece.text, complete, signed or furniture)
        ink = squeeze(piece.text)
        spaced, width = len(ink) < len(piece.text), ink_cells(ink)
        yield Line(
            piece.start,
            piece.end,
            piece.text,
            ink,
            piece.indent,
            width + GAP * (len(piece.text) - len(ink)),
            width,
            piece.blank_before,
            credit,
            opening,
            ending,
            piece.start < opened_to,
            furniture,
            complete,
            piece.is_tail,
            is_caption,
            not is_text and len(ink) <= _LONGEST_LABEL and bool(_LABEL.fullmatch(ink)),
            spaced and not is_text and is_row(piece.text),
            is_names(piece.text),
            spaced and bool(LETTER_SPACED.search(piece.text)),
            spaced and bool(_TWO_PHRASES.search(piece.text)),
        )
        opened_to = opening.end if opening else opened_to


class _Caption:
    """Follows a page line by line: a caption goes from ▲ or 图为 to the end of a sentence."""

    def __init__(self) -> None:
        self._left = 0  # lines that it may still take
        self._complete = False

    def holds(self, text: str, complete: bool, is_other: bool) -> bool:
        """Whether the next line is of a caption; `is_other` if it is surely not."""
        begins = not is_other and bool(_CAPTION.match(text))
        if is_other:
            self._left = 0
        elif begins:
            self._left = _LONGEST_CAPTION
        elif self._left and self._complete and not _PHOTOGRAPHER.search(text):
            self._left = 0
        held = self._left > 0
        signed = held and self._complete and not begins
        self._left = 0 if signed else max(0, self._left - 1)
        self._complete = complete
        return held


def _is_complete(text: str, piece: _Piece, credit: int) -> bool:
    """Whether a line ends with a sentence, or with a credit behind one; `credit` as of lines."""
    if piece.is_first and credit < piece.end and not may_complete(piece.text):
        return False
    own = piece.text[: closing_credit(piece.text)]
    if not own or is_complete(own):
        return True
    return own[-1] in "）)" and is_complete(text[max(0, piece.end - 64) : piece.end])


def _credit_end(text: str, piece: _Piece) -> int:
    start, end = piece.start, piece.end
    if not piece.is_first or not may_begin_credit(piece.text):
        return start
    return end if is_credit(piece.text) else min(credit_end(text, start), end)


def _cut(line: PrintedLine, cuts: list[int]) -> list[_Piece]:
    """A printed line in its parts, most often one."""
    first, last = bisect_right(cuts, line.start), bisect_left(cuts, line.end)
    tails = _tails(line).difference(cuts[first:last]) if " " in line.text else set()
    if first == last and not tails:
        return [_Piece(*line[:5], is_first=True, is_tail=False)]
    places = [line.start, *sorted({*cuts[first:last], *tails}), line.end]
    parts = (_part(line, a, b, a in tails) for a, b in pairwise(places))
    return [part for part in parts if part.text]


def _tails(line: PrintedLine) -> set[int]:
    ends = (m.end() for m in _TAIL.finditer(line.text) if is_complete(line.text[: m.start()]))
    return {line.start + end for end in ends}


def _part(line: PrintedLine, start: int, end: int, is_tail: bool) -> _Piece:
    piece = line.text[start - line.start : end - line.start]
    start += len(piece) - len(piece.lstrip())
    piece = piece.strip()
    first = start == line.start
    # What shares its line with the next opening stood beside it, in another column: the blank line
    # above belongs to that column.
    blank = first and line.blank_before and end == line.end
    gap = line.text[: start - line.start]
    indent = line.indent if first else float(len(gap) - len(gap.rstrip("\u3000")))
    return _Piece(start, start + len(piece), piece, indent, blank, first, is_tail)
