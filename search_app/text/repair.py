"""Repair of page text: what a PDF extractor's layout did to it is undone, for reading.

Only white space changes: it goes, or becomes one space, or one line end between paragraphs. Every
other character stays, in its order, so the map back can be recomputed at any time (`align`).
"""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from search_app.text.mapped import Mapped
from search_app.text.symbols import HAN

_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_HAN = re.compile(f"[{HAN}]")
_LATIN_WORD = re.compile(r"[A-Za-z]+")
_LATIN_PHRASE = re.compile(r"[A-Za-z]{2}[,.;:]? +[A-Za-z]{2}")
# A sentence has ended: a stop, what closes after it, and perhaps a signature in brackets.
_COMPLETE = re.compile(r"[。！？!?…][”’」』）)》]*(?:[（(][^（）()]{1,24}[）)])?$")
_PUNCTUATED = re.compile(r"[，。；！？,;!?]|\W$")
_LIST_ITEM_END = ("：", ":", "；", ";")
_WIDEST_COLUMN = 50  # wider lines are whole paragraphs: no newspaper column holds so many cells


def squeeze(text: str) -> str:
    """The text without its white space."""
    return "".join(text.split())


def is_complete(text: str) -> bool:
    """Whether the text ends where a sentence does."""
    return bool(_COMPLETE.search(squeeze(text[-64:])))


def cells(text: str) -> float:
    """The width of a line in Han characters: ASCII takes half a cell.

    A space counts for a quarter: letter-spacing stretches a line to the width of its column.
    """
    return sum(0.25 if c.isspace() else 0.5 if c.isascii() else 1.0 for c in text)


@dataclass(frozen=True)
class PrintedLine:
    """A line with something on it: its range of the text without the spaces around it.

    `indent` is the width of the spaces before it, in cells.
    """

    start: int
    end: int
    text: str
    indent: float
    blank_before: bool

    @cached_property
    def width(self) -> float:
        """Its width in cells."""
        return cells(self.text)


def printed_lines(text: str) -> list[PrintedLine]:
    """The lines of a text that are not blank."""
    lines: list[PrintedLine] = []
    for m in _LINE.finditer(text):
        if stripped := m[0].strip():
            margin = m[0][: len(m[0]) - len(m[0].lstrip())]
            start = m.start() + len(margin)
            between = text[lines[-1].end : m.start()] if lines else ""
            blank = between.replace("\r\n", "\n").count("\n") > 1
            end = start + len(stripped)
            lines.append(PrintedLine(start, end, stripped, _indent(margin), blank))
    return lines


def _indent(margin: str) -> float:
    """The width of the white space before a line, in cells."""
    return sum(0.5 if c.isascii() else 1.0 for c in margin)


def repair(text: str) -> Mapped:
    """Running text: hard wraps joined, letter-spacing undone, paragraphs as lines.

    A line break stays where a sentence is complete and the line is clearly shorter than its
    column, or a blank line or an indented one follows; a blank line alone may be a column's end.
    """
    lines = printed_lines(text)
    words = Counter(w.lower() for w in _LATIN_WORD.findall(text))
    joints = [
        "\n" if _ends_paragraph(lines, i) else _joint(lines[i].text, lines[i + 1].text, words)
        for i in range(len(lines) - 1)
    ]
    return _assemble(lines, joints)


def repair_headline(text: str) -> Mapped:
    """A headline: its lines joined by one space, its letter-spacing undone."""
    lines = printed_lines(text)
    return _assemble(lines, [" "] * (len(lines) - 1))


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


def _assemble(lines: list[PrintedLine], joints: list[str]) -> Mapped:
    characters: list[str] = []
    origin: list[int] = []
    for line, joint in zip(lines, [*joints, ""], strict=False):
        for start, end, gap in _pieces(line.text):
            characters.append(line.text[start:end] + gap)
            origin.extend(range(line.start + start, line.start + end + len(gap)))
        characters.append(joint)
        origin.extend([line.end] * len(joint))
    return Mapped("".join(characters), tuple(origin))


class _Token(NamedTuple):
    """What stands between the spaces of a line; `run` counts the lone characters around it."""

    start: int
    end: int
    text: str
    run: int


def _pieces(line: str) -> list[tuple[int, int, str]]:
    """The tokens of a line, each with what stays of the gap behind it."""
    tokens = _tokens(line)
    gaps = [b.start - a.end for a, b in pairwise(tokens)]
    usual = min(gaps, default=0)
    kept = [_gap(a, b, b.start - a.end > 2 * usual - 1) for a, b in pairwise(tokens)]
    return [(t.start, t.end, gap) for t, gap in zip(tokens, [*kept, ""], strict=True)]


def _tokens(line: str) -> list[_Token]:
    found = [(m.start(), m.end(), m[0]) for m in re.finditer(r"\S+", line)]
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
        lone = (
            not left.text[-2:-1].isascii() or left.run,
            not right.text[1:2].isascii() or right.run,
        )
        return "" if spaced and all(lone) else " "
    if not (_HAN.match(a) and _HAN.match(b)):
        return ""
    return " " if not spaced or (wide and left.run != 2) else ""


def _ends_paragraph(lines: list[PrintedLine], i: int) -> bool:
    line, following = lines[i], lines[i + 1]
    around = lines[max(0, i - 2) : i + 3]
    column = max(other.width for other in around)
    filled = line.indent + line.width
    short = filled < column - max(1.5, column / 8) or line.width > _WIDEST_COLUMN
    indented = following.indent > min(other.indent for other in around)
    if is_complete(line.text):
        return short or following.blank_before or indented or _is_subhead(lines, i + 1)
    if line.text.endswith(_LIST_ITEM_END):
        return short and indented
    return _is_subhead(lines, i)


def _is_subhead(lines: list[PrintedLine], i: int) -> bool:
    """A line of its own between two paragraphs: much shorter than both, without punctuation."""
    if not 0 < i < len(lines) - 1 or _PUNCTUATED.search(lines[i].text):
        return False
    before, line, following = lines[i - 1 : i + 2]
    return is_complete(before.text) and line.width < 0.7 * following.width


def _joint(left: str, right: str, words: Counter[str]) -> str:
    """What joins two lines of one paragraph: nothing, or a space between Latin words."""
    a, b = left[-1], right[0]
    if not (a.isascii() and b.isascii()) or a == "-":
        return ""
    if a.isalpha() and b.isalpha():
        return _latin_joint(left, right, words)
    return " " if _is_latin(left + right) and not (a.isdigit() and b.isdigit()) else ""


def _latin_joint(left: str, right: str, words: Counter[str]) -> str:
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
