"""First step: what pdfium finds on a page, glyph by glyph, with the frames and rules around it.

pdfium is not safe in threads; this project reads in processes only.
"""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from math import atan2, pi
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from search_app.articles.pdf.fonts import use_bar_font

_RULE = 4.0  # points: nothing thicker is a rule
MOST_GLYPHS = 200_000  # on a page: over ten times what a full one holds
_MOST_PATHS = 5_000  # on a page; more are a drawing, not its frames and rules
_NO_TEXT = "\0\ufffe\uffff"  # what pdfium says of glyphs whose character it does not know


class Box(NamedTuple):
    """A rectangle in points; y grows downwards."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.bottom - self.top

    def holds(self, other: "Box") -> bool:
        """Whether the centre of another box is inside."""
        x, y = (other.left + other.right) / 2, (other.top + other.bottom) / 2
        return self.left <= x <= self.right and self.top <= y <= self.bottom

    def around(self, other: "Box") -> "Box":
        """The smallest box that holds both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


class Glyph(NamedTuple):
    """A character from its left to its right edge, on its base line; `spaced` behind a space.

    Of a turned glyph (`upright` false) only the order is known.
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    spaced: bool
    upright: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page: its glyphs in the order of the file, its frames, its horizontal rules.

    Where most glyphs are turned, the page is turned to let them stand; it then has no frames.
    """

    glyphs: list[Glyph]
    frames: list[Box]
    rules: list[Box]
    width: float


def open_pdf(data: bytes) -> pdfium.PdfDocument:
    """The document; raises PdfiumError where it is encrypted or damaged."""
    use_bar_font()
    return pdfium.PdfDocument(data)


class TooFull(Exception):
    """A page holds more glyphs than any newspaper's."""


def read_sheet(document: pdfium.PdfDocument, number: int) -> Sheet:
    """What stands on a page, numbered from 0; raises TooFull, and PdfiumError if it is damaged."""
    page = document[number]
    try:
        text = page.get_textpage()
        try:
            if text.count_chars() > MOST_GLYPHS:
                raise TooFull
            size = page.get_size() if page.get_rotation() % 180 == 0 else page.get_size()[::-1]
            glyphs, turn = list(_glyphs(text, size, 0)), 0
            if 2 * sum(glyph.upright for glyph in glyphs) < len(glyphs):
                ways = {turn: list(_glyphs(text, size, turn)) for turn in (1, 2, 3)}
                turn = max(ways, key=lambda turn: sum(glyph.upright for glyph in ways[turn]))
                glyphs = ways[turn]
        finally:
            text.close()
        boxes = list(_paths(page, size[1])) if glyphs and not turn else []
    finally:
        page.close()
    width = size[turn % 2]
    frames = [box for box in boxes if box.width > 9 * _RULE and box.height > 9 * _RULE]
    rules = [box for box in boxes if box.height <= _RULE and box.width > 9 * _RULE]
    return Sheet(glyphs, frames, rules, width)


def _glyphs(page: pdfium.PdfTextPage, size: tuple[float, float], turn: int) -> Iterator[Glyph]:
    """The glyphs as they stand on a page turned clockwise by so many right angles."""
    count, box, spaced = page.count_chars(), raw.FS_RECTF(), False
    handle, at, ask = page.raw, ctypes.byref(box), raw.FPDFText_GetLooseCharBox
    width, height = size
    foot, head, points, direction = 0.0, 0.0, 0.0, 0
    for i, c in enumerate(_characters(page, count)):
        ask(handle, i, at)
        if c.isspace() or c in _NO_TEXT:
            spaced = spaced or box.right - box.left > 0.1  # pdfium's own spaces have no width
            continue
        bottom = box.bottom
        if bottom != foot or box.top != head:  # once a line: each question takes its time
            foot, head = bottom, box.top
            points, direction = _size(page, i)
        left, right, base = box.left, box.right, height - bottom
        if turn:
            places = (box.bottom, box.top, box.right), (width - right, width - left, box.top)
            last = height - box.top, height - box.bottom, width - left
            left, right, base = (*places, last)[turn - 1]
        yield Glyph(c, left, right, base, points, spaced, direction == turn)
        spaced = False


def _characters(page: pdfium.PdfTextPage, count: int) -> str | list[str]:
    """The page's characters, one an index; asked for one by one where pdfium leaves some out."""
    text: str = page.get_text_range()
    if len(text) == count:
        return text
    codes = (raw.FPDFText_GetUnicode(page.raw, i) for i in range(count))
    return [chr(c) if c < 0x110000 and not 0xD800 <= c < 0xE000 else "\0" for c in codes]


def _size(page: pdfium.PdfTextPage, i: int) -> tuple[float, int]:
    """The size of a glyph in points, and by how many right angles it is turned to the left."""
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(page.raw, i, matrix)
    scale = (matrix.c**2 + matrix.d**2) ** 0.5
    size = abs(raw.FPDFText_GetFontSize(page.raw, i)) * scale
    return max(size, 0.1), round(atan2(matrix.b, matrix.a) / (pi / 2)) % 4


def _paths(page: pdfium.PdfPage, height: float) -> Iterator[Box]:
    paths = page.get_objects(filter=(raw.FPDF_PAGEOBJ_PATH,), max_depth=2)
    for n, path in enumerate(paths):
        if n == _MOST_PATHS:
            return
        left, bottom, right, top = path.get_bounds()
        yield Box(left, height - top, right, height - bottom)
