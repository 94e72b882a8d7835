"""Repair of page text: what a PDF extractor's layout did to it is undone, for reading.

Only white space changes: it goes, or becomes one space, or one line end between paragraphs. Every
other character stays, in its order, so the map back can be recomputed at any time (`align`).
"""

import re
from collections.abc import Set
from itertools import groupby, pairwise
from typing import NamedTuple

from search_app.text.fold import MappedText
from search_app.text.symbols import HAN

_HAN = re.compile(f"[{HAN}]")
_TOKEN, _GAP_AND_WORD = re.compile(r"\S+"), re.compile(r"(\s*)(\S*)")
# Between Han and a digit no white space stays; between two of a kind some may.
_MAY_STAY = re.compile(rf"[\x00-\x1f\x21-\x7f]\s+[\x00-\x7f]|[{HAN}]\s+[{HAN}]")
_LATIN_WORD = re.compile(r"[A-Za-z]+")
_LATIN_PHRASE = re.compile(r"[A-Za-z]{2}[,.;:]? +[A-Za-z]{2}")
# A sentence has ended: a stop, what closes after it, and perhaps a signature in brackets.
MAY_COMPLETE = frozenset("。！？!?…”’」』）)》")
_COMPLETE = re.compile(r"[。！？!?…][”’」』）)》]*(?:[（(][^（）()]{1,24}[）)])?$")
_ENDS = "。！？!?…"
_PUNCTUATED = re.compile(r"[，。；！？,;!?]|\W$")
_LIST_ITEM_END = ("：", ":", "；", ";")
GAP = 0.25  # cells of a space: letter-spacing stretches a line to the width of its column
_FIGURE = r"[¥￥+-]?\d{1,6}(?:[.:：]\d+)?(?!\d)[^\s，。；\d]{0,4}"
_ROW = re.compile(rf"[^\s，。；]{{1,12}}(?:[ \u3000]+{_FIGURE})+")
_WIDEST_COLUMN = 50  # wider lines are whole paragraphs: no newspaper column holds so many cells


def squeeze(text: str) -> str:
    """The text without its white space."""
    return "".join(text.split())


def is_complete(text: str) -> bool:
    """Whether the text ends where a sentence does."""
    tail = text[-64:].rstrip()
    if tail[-1:] in _ENDS:
        return bool(tail)
    return tail[-1:] in MAY_COMPLETE and bool(_COMPLETE.search(squeeze(tail)))


def is_row(text: str) -> bool:
    """Whether a line looks like the row of a table: a name, then figures in their columns."""
    return (" " in text or "\u3000" in text) and bool(_ROW.fullmatch(text))


def cells(text: str) -> float:
    """The width of a line in Han characters: ASCII takes half a cell, a space a quarter."""
    solid = squeeze(text)
    return ink_cells(solid) + GAP * (len(text) - len(solid))


def ink_cells(ink: str) -> float:
    """The width of a text without white space in Han characters."""
    return len(ink) - 0.5 * len(ink.encode("ascii", "ignore"))


class PrintedLine(NamedTuple):
    """A line with something on it: its range of the text without the spaces around it."""

    start: int
    end: int
    text: str
    indent: float  # the width of the spaces before it, in cells
    blank_before: bool


def printed_lines(text: str) -> list[PrintedLine]:
    """The lines of a text that are not blank."""
    lines: list[PrintedLine] = []
    start, blank = 0, False
    for line in text.splitlines(keepends=True):
        if stripped := line.strip():
            margin = line[: len(line) - len(line.lstrip())]
            at = start + len(margin)
            lines.append(PrintedLine(at, at + len(stripped), stripped, ink_cells(margin), blank))
        blank = not stripped and bool(lines)
        start += len(line)
    return lines


def repair(text: str) -> MappedText:
    """Running text: hard wraps joined, letter-spacing undone, paragraphs as lines.

    A line break stays where a sentence is complete and the line is clearly shorter than its
    column, or a blank line or an indented one follows; a blank line alone may be a column's end.
    Rows of a table stay lines, with one space between their columns.
    """
    lines = printed_lines(text)
    words = set(map(str.lower, _LATIN_WORD.findall(text)))
    page = _Set(lines)
    joints: list[str] = []
    for i, (before, line) in enumerate(pairwise(lines)):
        joints.append("\n" if page.ends_paragraph(i) else _joint(before.text, line.text, words))
    return _assemble(lines, joints, page.tables)


def repair_headline(text: str) -> MappedText:
    """A headline: its lines joined by one space, its letter-spacing undone."""
    lines = printed_lines(text)
    return _assemble(lines, [" "] * (len(lines) - 1), [False] * len(lines))


def align(repaired: str, original: str) -> tuple[int, ...]:
    """For each character of `repaired` its index in `original`; ValueError where that lacks it."""
    places: list[int] = []
    for token in _TOKEN.finditer(original):
        places += range(*token.span())
    at = squeeze(original).find(squeeze(repaired))
    if at < 0:
        raise ValueError("the repaired text does not stand in the original")
    places.append(0)  # behind all
    origin: list[int] = []
    # White space maps to what follows the character before it.
    behind = places[at]
    # Word by word: a Python loop over the characters of an article costs ten times as much.
    for gap, word in _GAP_AND_WORD.findall(repaired):
        origin += [max(0, min(behind, len(original) - 1))] * len(gap)
        if word:
            origin += places[at : at + len(word)]
            at += len(word)
            behind = origin[-1] + 1
    return tuple(origin)


def _assemble(lines: list[PrintedLine], joints: list[str], tables: list[bool]) -> MappedText:
    characters: list[str] = []
    origin: list[int] = []
    for line, joint, in_table in zip(lines, [*joints, ""], tables, strict=False):
        for start, end, gap in _spaced_tokens(line.text, in_table):
            characters.append(line.text[start:end] + gap)
            origin += range(line.start + start, line.start + end + len(gap))
        characters.append(joint)
        origin += [line.end] * len(joint)
    return MappedText("".join(characters), tuple(origin))


# The tokens of a line, each with what stays of the gap behind it.
def _spaced_tokens(line: str, in_table: bool) -> list[tuple[int, int, str]]:
    # Most lines have no white space inside, many others none that may stay.
    if len(line.split(None, 1)) == 1:
        return [(0, len(line), "")]
    tokens = list(_TOKEN.finditer(line))
    spaced = [(*token.span(), "") for token in tokens]
    if not (in_table or _MAY_STAY.search(line)):
        return spaced
    runs: list[int] = []  # of each token, how many lone characters stand in a row there
    for is_lone, row in groupby(tokens, key=lambda token: len(token[0]) == 1):
        size = len(list(row))
        runs += [size if is_lone else 0] * size
    gaps = [right.start() - left.end() for left, right in pairwise(tokens)]
    # Letter-spacing is even: a gap of twice the usual one parts words.
    wide = 2 * min(gaps)
    for n, (left, right) in enumerate(pairwise(tokens)):
        if in_table or _stays_apart(left[0], right[0], runs[n], runs[n + 1], gaps[n] >= wide):
            spaced[n] = (*left.span(), " ")
    return spaced


# Whether a space stays between two tokens of one line.
def _stays_apart(left: str, right: str, left_run: int, right_run: int, wide: bool) -> bool:
    a, b = left[-1], right[0]
    spaced = max(left_run, right_run) >= 3 or (left_run == right_run == 2)
    if a.isascii() and b.isascii():
        left_is_lone = left_run > 0 or not left[-2:-1].isascii()
        right_is_lone = right_run > 0 or not right[1:2].isascii()
        return not (spaced and left_is_lone and right_is_lone)
    if not (_HAN.match(a) and _HAN.match(b)):
        return False
    # Two lone characters are one name set wide, 王 芳, whatever the gap.
    return not spaced or (wide and left_run != 2)


class _Set:
    """How lines are set: which are rows of a table, and where among them a paragraph ends."""

    def __init__(self, lines: list[PrintedLine]) -> None:
        self._lines = lines
        texts = [line.text for line in lines]
        self._indents = [line.indent for line in lines]
        self._widths = list(map(cells, texts))
        self._complete = list(map(is_complete, texts))
        rows = [False, *map(is_row, texts), False]
        self.tables = [b and (a or c) for a, b, c in zip(rows, rows[1:], rows[2:], strict=False)]

    def ends_paragraph(self, i: int) -> bool:
        """Whether one ends with a line that is not the last."""
        if self.tables[i] or self.tables[i + 1]:
            return True
        line, below = self._lines[i], self._lines[i + 1]
        complete, width = self._complete[i], self._widths[i]
        if not (complete or line.text.endswith(_LIST_ITEM_END)):
            return self._is_subhead(i)
        # A column is as wide as the widest of the lines near, because the next one may be narrower.
        near = slice(max(0, i - 2), i + 3)
        column = max(self._widths[near])
        short = line.indent + width < column - max(1.5, column / 8) or width > _WIDEST_COLUMN
        if complete and (short or below.blank_before):
            return True
        indented = below.indent > min(self._indents[near])
        if complete:
            return indented or self._is_subhead(i + 1)
        return short and indented

    # A line of its own between paragraphs: much shorter than both, without punctuation.
    def _is_subhead(self, i: int) -> bool:
        if not 0 < i < len(self._lines) - 1 or not self._complete[i - 1]:
            return False
        short = self._widths[i] < 0.7 * self._widths[i + 1]
        return short and not _PUNCTUATED.search(self._lines[i].text)


# What joins two lines of one paragraph: nothing, or a space between Latin words.
def _joint(left: str, right: str, words: Set[str]) -> str:
    a, b = left[-1], right[0]
    if not (a.isascii() and b.isascii()) or a == "-" or (a.isdigit() and b.isdigit()):
        return ""
    if a.isalpha() and b.isalpha():
        head, tail = _LATIN_WORD.findall(left)[-1], _LATIN_WORD.findall(right)[0]
        # The edge of the column may have cut one word: the page itself may know the word.
        if (head + tail).lower() in words:
            return ""
        if head[-1].islower() and tail[0].isupper():
            return " "
    # Set in Latin words, rather than holding one.
    both = left + right
    return " " if _LATIN_PHRASE.search(both) or not _HAN.search(both) else ""
