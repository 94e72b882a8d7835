"""First step: the lines of a page, cut where an article opens or ends in the middle of one."""

import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from search_app.articles.pages.credits import closing_credit, credit_end, is_credit, is_names
from search_app.articles.pages.furniture import LETTER_SPACED, is_furniture
from search_app.articles.pages.signs import Sign, endings, openings, squeezed
from search_app.text.repair import PrintedLine, cells, is_complete, printed_lines, squeeze

# Behind a sentence, unless letter-spacing has put the space there.
_TAIL = re.compile(r"(?<=[。！？…”』）)])(?:[ \u3000]+(?=\S{3})|[ \u3000]{2,}(?=\S))")
_CAPTION = re.compile(r"[▲▼△▽]|[（(]?[上下左右本]?图(?:[①-⑩\d一二三四]?[:：]|[①-⑩\d一二三四]?为)")
_PHOTOGRAPHER = re.compile(r"(?:摄|摄影|供图|/图|图)\s?[）)]?$")
_LABEL = re.compile(
    r"[【\[■●◆□▶]?(?:相关|新闻|延伸|背景|知识|名词|政策|温馨|专家|记者|人物|事件)?"
    r"(?:链接|阅读|背景|资料|解释|解读|提示|提醒|速览|手记|点评|名片|档案|回放|回顾)[】\]：:]?"
)
_FIGURE = r"[¥￥+-]?\d{1,6}(?:[.:：]\d+)?(?!\d)[^\s，。；\d]{0,4}"
_ROW = re.compile(rf"[^\s，。；]{{1,12}}(?:[ \u3000]+{_FIGURE})+")
_LONGEST_CAPTION = 6  # lines
_TWO_PHRASES = re.compile(r"(?:^|[\s，、。])[^\s，、。]{3,}\s+[^\s，、。]{3}")


@dataclass(frozen=True)
class Line:
    """A line, or the part of one up to or from a sign: its range of the page, what it shows.

    `opening` begins at the line's start, `ending` ends at its end. `credit` is where a credit that
    begins the line ends, else `start`. An article may end with a line that is complete: at the end
    of a sentence, which a line above may hold if a signature follows it, or at an end mark. A tail
    stands behind the end of a sentence on the same printed line: another article may begin there.
    A line is in an opening if that began on a line above.
    Every line of a caption is one, the photographer's name too.
    """

    start: int
    end: int
    text: str
    indent: float
    blank_before: bool
    credit: int
    opening: Sign | None = None
    ending: Sign | None = None
    is_furniture: bool = False
    is_complete: bool = False
    is_tail: bool = False
    is_caption: bool = False
    in_opening: bool = False

    @cached_property
    def is_label(self) -> bool:
        """Whether it names what kind of piece begins below it: 相关链接, 【新闻背景】."""
        return bool(_LABEL.fullmatch(squeeze(self.text)))

    @cached_property
    def width(self) -> float:
        """Its width in cells."""
        return cells(self.text)

    @cached_property
    def is_spaced(self) -> bool:
        """Whether the line is letter-spaced."""
        return bool(LETTER_SPACED.search(self.text))

    @cached_property
    def solid(self) -> float:
        """Its width without the white space in it."""
        return cells(squeeze(self.text))

    @cached_property
    def is_row(self) -> bool:
        """Whether it is the row of a table: a name, then figures in their columns."""
        return bool(_ROW.fullmatch(self.text))

    @cached_property
    def has_two_phrases(self) -> bool:
        """Whether a space parts two phrases in it, as in headlines."""
        return bool(_TWO_PHRASES.search(self.text))

    @property
    def is_credit(self) -> bool:
        """Whether the line holds a credit and nothing else."""
        return self.credit == self.end

    @cached_property
    def is_names(self) -> bool:
        """Whether the line holds names alone: a byline where its place is one."""
        return is_names(self.text)


def read_lines(text: str) -> tuple[Line, ...]:
    """The lines of a page in their order; no character but white space stands outside them."""
    page = squeezed(text)
    opened = {sign.start: sign for sign in openings(page, text)}
    ended = {sign.end: sign for sign in endings(page, text)}
    cuts = sorted({*opened, *ended})
    lines = [
        replace(part, opening=opened.get(part.start), ending=ended.get(part.end))
        for printed in printed_lines(text)
        for part in _cut(printed, cuts, text)
    ]
    begun = [(sign.start, sign.end) for sign in opened.values()]
    return tuple(
        _captions(
            replace(
                line,
                is_furniture=_is_furniture(line, min(i, len(lines) - 1 - i)),
                is_complete=line.ending is not None or _is_complete(text, line),
                in_opening=any(start < line.start < end for start, end in begun),
            )
            for i, line in enumerate(lines)
        )
    )


def _captions(lines: Iterable[Line]) -> Iterator[Line]:
    """The same lines, those of captions marked: from ▲ or 图为 to the end of a sentence."""
    left, signed = 0, False  # lines that the caption may still take; whether only its signature may
    for line in lines:
        if line.opening or line.ending or line.is_furniture:
            left = 0
        elif _CAPTION.match(line.text):
            left, signed = _LONGEST_CAPTION, False
        elif signed and not _PHOTOGRAPHER.search(line.text):
            left = 0
        yield replace(line, is_caption=left > 0)
        left = 0 if signed else max(0, left - 1)
        signed = line.is_complete


def _is_furniture(line: Line, from_edge: int) -> bool:
    return not (line.opening or line.ending) and is_furniture(line.text, from_edge)


def _is_complete(text: str, line: Line) -> bool:
    own = line.text[: closing_credit(line.text)]
    return not own or is_complete(own) or is_complete(text[max(0, line.end - 64) : line.end])


def _cut(line: PrintedLine, cuts: list[int], text: str) -> list[Line]:
    inner = cuts[bisect_right(cuts, line.start) : bisect_left(cuts, line.end)]
    tails = _tails(line).difference(inner)
    places = [line.start, *sorted({*inner, *tails}), line.end]
    parts = [
        replace(_part(line, a, b, text), is_tail=a in tails) for a, b in itertools.pairwise(places)
    ]
    return [part for part in parts if part.text]


def _tails(line: PrintedLine) -> set[int]:
    ends = (m.end() for m in _TAIL.finditer(line.text) if is_complete(line.text[: m.start()]))
    return {line.start + end for end in ends}


def _part(line: PrintedLine, start: int, end: int, text: str) -> Line:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    first = start == line.start
    # What shares its line with the next opening stood beside it, in another column: the blank line
    # above belongs to that column.
    blank = first and line.blank_before and end == line.end
    end = start + len(piece.strip())
    credit = _credit_end(text, start, end) if first else start
    return Line(start, end, piece.strip(), line.indent * first, blank, credit)


def _credit_end(text: str, start: int, end: int) -> int:
    return end if is_credit(text[start:end]) else min(credit_end(text, start), end)
