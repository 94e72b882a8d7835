"""Repair of page text: what a PDF extractor's layout did to it is undone, for reading.

Only white space changes: it goes, or becomes one space, or one line end between paragraphs. Every
other character stays, in its order, so the map back can be recomputed at any time (`align`).
"""

import re
from collections.abc import Set
from itertools import pairwise
from typing import NamedTuple

from search_app.text.fold import MappedText
from search_app.text.symbols import HAN

_HAN = re.compile(f"[{HAN}]")
_TOKEN = re.compile(r"\S+")
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
    """The width of a line in Han characters: ASCII takes half a cell.

    A space counts for a quarter: letter-spacing stretches a line to the width of its column.
    """
    solid = "".join(text.split())
    return ink_cells(solid) + GAP * (len(text) - len(solid))


def ink_cells(ink: str) -> float:
    """The width of a text without white space in Han characters."""
    return len(ink) - 0.5 * len(ink.encode("ascii", "ignore"))


class PrintedLine(NamedTuple):
    """A line with something on it: its range of the text without the spaces around it.

    `indent` is the width of the spaces before it, in cells.
    """

    start: int
    end: int
    text: str
    indent: float
    blank_before: bool


def printed_lines(text: str) -> list[PrintedLine]:
    """The lines of a text that are not blank."""
    lines: list[PrintedLine] = []
    start, blank = 0, False
    for line in text.splitlines(keepends=True):
        if stripped := line.strip():
            margin = line[: len(line) - len(line.lstrip())]
            at = start + len(margin)
            lines.append(PrintedLine(at, at + len(stripped), stripped, _indent(margin), blank))
        blank = not stripped and bool(lines)
        start += len(line)
    return lines


def _indent(margin: str) -> float:
    """The width of the white space before a line, in cells."""
    return len(margin) - 0.5 * len(margin.encode("ascii", "ignore")) if margin else 0


def repair(text: str) -> MappedText:
    """Running text: hard wraps joined, letter-spacing undone, paragraphs as lines.

    A line break stays where a sentence is complete and the line is clearly shorter than its
    column, or a blank line or an indented one follows; a blank line alone may be a column's end.
    Rows of a table stay lines, with one space between their columns.
    """
    lines = printed_lines(text)
    words = {w.lower() for w in _LATIN_WORD.findall(text)}
    page = _Set(lines)
    joints: list[str] = []
    for i, (before, line) in enumerate(pairwise(lines)):
        if page.ends_paragraph(i):
            joints.append("\n")
        else:
            joints.append(_joint(before.text, line.text, words))
    return _assemble(lines, joints, page.tables)


def repair_headline(text: str) -> MappedText:
    """A headline: its lines joined by one space, its letter-spacing undone."""
    lines = printed_lines(text)
    return _assemble(lines, [" "] * (len(lines) - 1), [False] * len(lines))


def align(repaired: str, original: str) -> tuple[int, ...]:
    """For each character of `repaired` its index in `original`, of which it may be a part.

    White space maps to what follows the character before it. Raises ValueError when the two
    differ in more than white space.
    """
    places = [i for i, c in enumerate(original) if not c.isspace()]
    at = squeeze(original).find(squeeze(repaired))
    if at < 0:
        raise ValueError("the repaired text does not stand in the original")
    origin: list[int] = []
    last = places[at] - 1 if at < len(places) else -1
    for c in repaired:
        if c.isspace():
            origin.append(max(0, min(last + 1, len(original) - 1)))
        else:
            last = places[at]
            origin.append(last)
            at += 1
    return tuple(origin)


def _assemble(lines: list[PrintedLine], joints: list[str], tables: list[bool]) -> MappedText:
    characters: list[str] = []
    origin: list[int] = []
    for line, joint, in_table in zip(lines, [*joints, ""], tables, strict=False):
        tokens = [(0, len(line.text), "")]
        if len(line.text.split(None, 1)) > 1:
            tokens = _spaced_tokens(line.text, in_table)
        for start, end, gap in tokens:
            characters.append(line.text[start:end] + gap)
            origin.extend(range(line.start + start, line.start + end + len(gap)))
        characters.append(joint)
        origin.extend([line.end] * len(joint))
    return MappedText("".join(characters), tuple(origin))


class _Token(NamedTuple):
    """What stands between the spaces of a line; `run` counts the lone characters around it."""

    start: int
    end: int
    text: str
    run: int


def _spaced_tokens(line: str, in_table: bool) -> list[tuple[int, int, str]]:
    """The tokens of a line, each with what stays of the gap behind it."""
    if not (in_table or _MAY_STAY.search(line)):
        return [(m.start(), m.end(), "") for m in _TOKEN.finditer(line)]
    tokens = _tokens(line)
    usual = min((right.start - left.end for left, right in pairwise(tokens)), default=0)
    spaced: list[tuple[int, int, str]] = []
    for left, right in pairwise(tokens):
        gap = " "
        if not in_table:
            # Letter-spacing is even: a gap of twice the usual one parts words.
            gap = _gap(left, right, right.start - left.end > 2 * usual - 1)
        spaced.append((left.start, left.end, gap))
    last = tokens[-1]
    return [*spaced, (last.start, last.end, "")]


def _tokens(line: str) -> list[_Token]:
    found = [(m.start(), m.end(), m[0]) for m in _TOKEN.finditer(line)]
    runs = [0] * len(found)
    first = 0
    for i in range(len(found) + 1):
        if i == len(found) or len(found[i][2]) > 1:
            runs[first:i] = [i - first] * (i - first)
            first = i + 1
    return [_Token(*f, run) for f, run in zip(found, runs, strict=True)]


def _gap(left: _Token, right: _Token, wide: bool) -> str:
    """What stays of the white space between two tokens of one line."""
    a, b = left.text[-1], right.text[0]
    spaced = max(left.run, right.run) >= 3 or (left.run == right.run == 2)
    if a.isascii() and b.isascii():
        left_is_lone = left.run or not left.text[-2:-1].isascii()
        right_is_lone = right.run or not right.text[1:2].isascii()
        return "" if spaced and left_is_lone and right_is_lone else " "
    if not (_HAN.match(a) and _HAN.match(b)):
        return ""
    if not spaced:
        return " "
    # Two lone characters are one name set wide, 王 芳, whatever the gap.
    return " " if wide and left.run != 2 else ""


class _Set:
    """How lines are set: which are rows of a table, and where among them a paragraph ends."""

    def __init__(self, lines: list[PrintedLine]) -> None:
        self._lines = lines
        self._widths = [cells(line.text) for line in lines]
        self._complete = [is_complete(line.text) for line in lines]
        rows = [False, *(is_row(line.text) for line in lines), False]
        self.tables = [b and (a or c) for a, b, c in zip(rows, rows[1:], rows[2:], strict=False)]

    def ends_paragraph(self, i: int) -> bool:
        """Whether one ends with a line that is not the last."""
        if self.tables[i] or self.tables[i + 1]:
            return True
        if self._complete[i]:
            blank = self._lines[i + 1].blank_before
            return blank or self._short(i) or self._indented(i) or self._is_subhead(i + 1)
        if self._lines[i].text.endswith(_LIST_ITEM_END):
            return self._short(i) and self._indented(i)
        return self._is_subhead(i)

    def _short(self, i: int) -> bool:
        width, column = self._widths[i], max(self._widths[max(0, i - 2) : i + 3])
        filled = self._lines[i].indent + width >= column - max(1.5, column / 8)
        return not filled or width > _WIDEST_COLUMN

    def _indented(self, i: int) -> bool:
        around = self._lines[max(0, i - 2) : i + 3]
        return self._lines[i + 1].indent > min(line.indent for line in around)

    def _is_subhead(self, i: int) -> bool:
        """A line of its own between paragraphs: much shorter than both, without punctuation."""
        if not 0 < i < len(self._lines) - 1 or not self._complete[i - 1]:
            return False
        short = self._widths[i] < 0.7 * self._widths[i + 1]
        return short and not _PUNCTUATED.search(self._lines[i].text)


def _joint(left: str, right: str, words: Set[str]) -> str:
    """What joins two lines of one paragraph: nothing, or a space between Latin words."""
    a, b = left[-1], right[0]
    if not (a.isascii() and b.isascii()) or a == "-":
        return ""
    if a.isalpha() and b.isalpha():
        return _latin_joint(left, right, words)
    return " " if _is_latin(left + right) and not (a.isdigit() and b.isdigit()) else ""


def _latin_joint(left: str, right: str, words: Set[str]) -> str:
    """A space, unless the edge of the column cut one word: the page itself may know the word."""
    head = _LATIN_WORD.findall(left)[-1]
    tail = _LATIN_WORD.findall(right)[0]
    if (head + tail).lower() in words:
        return ""
    new_word = head[-1].islower() and tail[0].isupper()
    return " " if new_word or _is_latin(left + right) else ""


def _is_latin(text: str) -> bool:
    """Whether two lines, taken together, are set in Latin words rather than hold one."""
    return bool(_LATIN_PHRASE.search(text)) or not _HAN.search(text)
