"""First step: the lines of a page, cut where an article opens or ends in the middle of one."""

import re
from bisect import bisect_left, bisect_right
from itertools import pairwise
from typing import NamedTuple

from search_app.articles.pages.print.credits import (
    closing_credit,
    credit_end,
    is_credit,
    is_names,
    may_begin_credit,
)
from search_app.articles.pages.print.furniture import LETTER_SPACED, is_furniture
from search_app.articles.pages.print.signs import Sign, endings, openings, squeezed
from search_app.text.repair import (
    GAP,
    MAY_COMPLETE,
    PrintedLine,
    ink_cells,
    is_complete,
    is_row,
    printed_lines,
    squeeze,
)

# White space behind a sentence that another article may begin behind, unless letter-spacing has put
# it there: in front of three characters, of two spaces, or of a letter-spaced headline.
_GAP_BEHIND_SENTENCE = re.compile(
    r"(?<=[。！？…”』）)])(?:[ \u3000]+(?=\S{3})|[ \u3000]{2,}(?=\S)"
    r"|(?<=\S{3})[ \u3000]+(?=(?:\S[ \u3000]+){3,}\S$))"
)
# ▲ · 图①： · （左图为
_CAPTION_BEGINS = re.compile(
    r"[▲▼△▽]|[（(]?[上下左右本]?图(?:[①-⑩\d一二三四]?[:：]|[①-⑩\d一二三四]?为)"
)
_PHOTOGRAPHER = re.compile(r"(?:摄|摄影|供图|/图|图)\s?[）)]?$")
# What kind of piece begins below: 相关链接 · 【新闻背景】 · 记者手记：
_PIECE_LABEL = re.compile(
    r"[【\[■●◆□▶]?(?:相关|新闻|延伸|背景|知识|名词|政策|温馨|专家|记者|人物|事件)?"
    r"(?:链接|阅读|背景|资料|解释|解读|提示|提醒|速览|手记|点评|名片|档案|回放|回顾)[】\]：:]?"
)
_STOP = re.compile("[。！？…”]")
# A gap with three characters or more on both sides: 资金下达 专款专用
_TWO_PHRASES = re.compile(r"(?:^|[\s，、。])[^\s，、。]{3,}\s+[^\s，、。]{3}")
INDENT = 1.5  # cells, from which on a line is indented: extractors round the usual two
_LONGEST_CAPTION = 6  # lines, if no sentence ends before
_LONGEST_LABEL = 8  # characters
_SENTENCE_REACH = 64  # characters before a line's end in which the end of its sentence may stand


class Line(NamedTuple):
    """A line, or the part of one up to or from a sign: its range of the page, what it shows.

    Widths are in cells: a Han character is one wide, a letter or digit half.
    """

    start: int
    end: int
    text: str
    indent: float
    blank_before: bool
    ink: str  # the text without white space
    width: float
    solid: float  # the width without white space
    credit: int  # where a credit ends that begins the line, else `start`
    opening: Sign | None  # begins where the line does
    ending: Sign | None  # ends where the line does
    in_opening: bool  # an opening began above it and goes on
    is_furniture: bool
    # An article may end with it: it ends with a sentence, with an end mark, or with a signature
    # that follows a sentence, perhaps on a line above.
    is_complete: bool
    is_tail: bool  # it stands behind a sentence on the same printed line
    is_caption: bool  # so is every line of a caption, the photographer's name too
    is_label: bool  # names the kind of piece that begins below it: 相关链接
    is_row: bool  # of a table: a name, then figures
    is_names: bool
    is_spaced: bool  # letter-spaced
    has_two_phrases: bool

    @property
    def is_credit(self) -> bool:
        """Whether the line holds a credit and nothing else."""
        return self.credit == self.end


def read_lines(text: str) -> tuple[Line, ...]:
    """The lines of a page in their order; no character but white space stands outside them."""
    reader = _LineReader(text)
    segments: list[_Segment] = []
    for printed in printed_lines(text):
        segments += _segments_of(printed, reader.cuts)
    lines: list[Line] = []
    for i, segment in enumerate(segments):
        lines.append(reader.read(*segment, from_edge=min(i, len(segments) - 1 - i)))
    return tuple(lines)


# A printed line or a part of one; whether it begins its line, whether it stands behind a sentence.
_Segment = tuple[PrintedLine, bool, bool]


class _LineReader:
    """Says of the segments of a page, in their order, what each of them shows."""

    def __init__(self, text: str) -> None:
        self._text = text
        page = squeezed(text)
        self._openings = {sign.start: sign for sign in openings(page, text)}
        self._endings = {sign.end: sign for sign in endings(page, text)}
        self.cuts = sorted({*self._openings, *self._endings})
        self._opened_to = 0  # where the last opening ends, perhaps below the line it began on
        self._caption_lines = 0  # that a caption may still take
        self._above_is_complete = False

    def read(self, segment: PrintedLine, is_first: bool, is_tail: bool, from_edge: int) -> Line:
        """The segment as a line; `from_edge` is its distance from the page's top or bottom."""
        start, end, printed, *_ = segment
        opening, ending = self._openings.get(start), self._endings.get(end)
        ink = squeeze(printed)
        spaces = len(printed) - len(ink)
        solid = ink_cells(ink)
        is_signed = opening is not None or ending is not None
        has_stop = "，" in printed or "。" in printed
        furniture = not (is_signed or has_stop) and is_furniture(printed, from_edge)
        credit = start
        if is_first and may_begin_credit(printed):
            credit = end if is_credit(printed) else min(credit_end(self._text, start), end)
        may_be_credit = credit == end or not is_first
        complete = ending is not None or self._ends_sentence(printed, end, may_be_credit)
        in_opening = start < self._opened_to
        if opening:
            self._opened_to = opening.end
        # By position, in the order of the fields: keywords would take twice the time.
        return Line(
            *segment,
            ink,
            solid + GAP * spaces,
            solid,
            credit,
            opening,
            ending,
            in_opening,
            furniture,
            complete,
            is_tail,
            self._is_of_caption(printed, complete, is_signed or furniture),
            not has_stop and len(ink) <= _LONGEST_LABEL and bool(_PIECE_LABEL.fullmatch(ink)),
            spaces > 0 and not has_stop and is_row(printed),
            is_names(printed),
            spaces > 0 and bool(LETTER_SPACED.search(printed)),
            spaces > 0 and bool(_TWO_PHRASES.search(printed)),
        )

    # Whether a line ends with a sentence, or with a credit behind one.
    def _ends_sentence(self, printed: str, end: int, may_be_credit: bool) -> bool:
        if not (may_be_credit or printed[-1] in MAY_COMPLETE or _STOP.search(printed)):
            return False
        unsigned = printed[: closing_credit(printed)]
        if not unsigned or is_complete(unsigned):
            return True
        # What the bracket closes may begin on a line above: （据\n新华社）
        reach = self._text[max(0, end - _SENTENCE_REACH) : end]
        return unsigned[-1] in "）)" and is_complete(reach)

    # Whether the next line is of a caption, from ▲ or 图为 to the end of a sentence.
    def _is_of_caption(self, printed: str, is_complete: bool, is_other: bool) -> bool:
        begins = not is_other and bool(_CAPTION_BEGINS.match(printed))
        over = self._above_is_complete and not begins
        self._above_is_complete = is_complete
        if begins:
            self._caption_lines = _LONGEST_CAPTION
        # A line with the photographer's name may follow the sentence; it is the last.
        elif is_other or (over and self._caption_lines and not _PHOTOGRAPHER.search(printed)):
            self._caption_lines = 0
        is_caption = self._caption_lines > 0
        if is_caption:
            self._caption_lines = 0 if over else self._caption_lines - 1
        return is_caption


# A printed line cut at the signs and behind the sentences in it: most often it is whole.
def _segments_of(line: PrintedLine, cuts: list[int]) -> list[_Segment]:
    signs = cuts[bisect_right(cuts, line.start) : bisect_left(cuts, line.end)]
    tails: set[int] = set()
    if " " in line.text:
        for space in _GAP_BEHIND_SENTENCE.finditer(line.text):
            if is_complete(line.text[: space.start()]):
                tails.add(line.start + space.end())
    if not (signs or tails):
        return [(line, True, False)]
    segments: list[_Segment] = []
    for start, end in pairwise([line.start, *sorted({*signs, *tails}), line.end]):
        padded = line.text[start - line.start : end - line.start]
        text = padded.strip()
        if not text:
            continue
        is_tail = start in tails and start not in signs
        start += len(padded) - len(padded.lstrip())
        is_first = start == line.start
        # What shares its line with the next opening stood beside it, in another column: the blank
        # line above belongs to that column.
        blank_before = is_first and line.blank_before and end == line.end
        before = line.text[: start - line.start]
        indent = line.indent if is_first else float(len(before) - len(before.rstrip("\u3000")))
        segment = PrintedLine(start, start + len(text), text, indent, blank_before)
        segments.append((segment, is_first, is_tail))
    return segments
