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

from search_app.articles.pdf.boxes import Box
from search_app.articles.pdf.fonts import use_bar_font

# Points: what is thicker is a bar or a picture, and parts no two texts.
_THICKEST_RULE = 4.0
# Points. A shorter rule or a smaller frame is a bullet, a dash or part of a drawing.
_SHORTEST_RULE = 36.0
# On a page: over ten times what a full one holds, so that a made-up file cannot fill the memory.
MOST_GLYPHS = 200_000
# On a page. One with more paths holds a drawing or a map: they are not its frames and rules.
_MOST_PATHS = 5_000
_NO_TEXT = "\0\ufffe\uffff"  # what pdfium says of glyphs whose character it does not know
# Points. The spaces that pdfium adds by itself have no width; those of the file have.
_LEAST_SPACE = 0.1


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
class GlyphPage:
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


def read_glyphs(document: pdfium.PdfDocument, number: int) -> GlyphPage:
    """What stands on a page, numbered from 0; raises TooFull, and PdfiumError if it is damaged."""
    page = document[number]
    try:
        size = page.get_size()
        if page.get_rotation() % 180:
            size = size[::-1]
        glyphs, turn = _read_upright(page, size)
        boxes: list[Box] = []
        if glyphs and not turn:
            boxes = list(_path_boxes(page, size[1]))
    finally:
        page.close()
    frames, rules = [], []
    for box in boxes:
        if box.width > _SHORTEST_RULE and box.height > _SHORTEST_RULE:
            frames.append(box)
        elif box.width > _SHORTEST_RULE and box.height <= _THICKEST_RULE:
            rules.append(box)
    return GlyphPage(glyphs, frames, rules, width=size[turn % 2])


def _read_upright(page: pdfium.PdfPage, size: tuple[float, float]) -> tuple[list[Glyph], int]:
    """The glyphs, and by how many right angles the page is turned so that most of them stand."""
    text = page.get_textpage()
    try:
        if text.count_chars() > MOST_GLYPHS:
            raise TooFull
        glyphs = list(_glyphs_turned(text, size, 0))
        best, turn = _count_upright(glyphs), 0
        if 2 * best >= len(glyphs):
            return glyphs, turn
        best = -1  # most are turned: any other way is better
        for quarter in (1, 2, 3):
            turned = list(_glyphs_turned(text, size, quarter))
            upright = _count_upright(turned)
            if upright > best:
                best, glyphs, turn = upright, turned, quarter
        return glyphs, turn
    finally:
        text.close()


def _count_upright(glyphs: list[Glyph]) -> int:
    return sum(glyph.upright for glyph in glyphs)


def _glyphs_turned(
    page: pdfium.PdfTextPage, size: tuple[float, float], turn: int
) -> Iterator[Glyph]:
    """The glyphs as they stand on a page turned clockwise by so many right angles."""
    box, spaced = raw.FS_RECTF(), False
    handle, pointer, ask_box = page.raw, ctypes.byref(box), raw.FPDFText_GetLooseCharBox
    line_bottom, line_top, points, direction = 0.0, 0.0, 0.0, 0
    for i, character in enumerate(_characters(page, page.count_chars())):
        ask_box(handle, i, pointer)
        if character.isspace() or character in _NO_TEXT:
            spaced = spaced or box.right - box.left > _LEAST_SPACE
            continue
        # Size and direction are asked for once a line: each question takes as long as the box.
        if box.bottom != line_bottom or box.top != line_top:
            line_bottom, line_top = box.bottom, box.top
            points, direction = _size_and_direction(page, i)
        left, right, base = _turned_extent(box, size, turn)
        yield Glyph(character, left, right, base, points, spaced, direction == turn)
        spaced = False


def _turned_extent(
    box: raw.FS_RECTF, size: tuple[float, float], turn: int
) -> tuple[float, float, float]:
    """Left edge, right edge and base line of a box on the turned page, y growing downwards."""
    width, height = size
    if turn == 1:
        return box.bottom, box.top, box.right
    if turn == 2:
        return width - box.right, width - box.left, box.top
    if turn == 3:
        return height - box.top, height - box.bottom, width - box.left
    return box.left, box.right, height - box.bottom


def _characters(page: pdfium.PdfTextPage, count: int) -> str | list[str]:
    """The page's characters, one an index; asked for one by one where pdfium leaves some out."""
    text: str = page.get_text_range()
    if len(text) == count:
        return text
    characters = []
    for i in range(count):
        code = raw.FPDFText_GetUnicode(page.raw, i)
        is_surrogate = 0xD800 <= code < 0xE000
        if is_surrogate or code >= 0x110000:
            characters.append("\0")
        else:
            characters.append(chr(code))
    return characters


def _size_and_direction(page: pdfium.PdfTextPage, i: int) -> tuple[float, int]:
    """The size of a glyph in points, and by how many right angles it is turned to the left."""
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(page.raw, i, matrix)
    scale = (matrix.c**2 + matrix.d**2) ** 0.5
    size = abs(raw.FPDFText_GetFontSize(page.raw, i)) * scale
    return max(size, 0.1), round(atan2(matrix.b, matrix.a) / (pi / 2)) % 4


def _path_boxes(page: pdfium.PdfPage, height: float) -> Iterator[Box]:
    paths = page.get_objects(filter=(raw.FPDF_PAGEOBJ_PATH,), max_depth=2)
    for n, path in enumerate(paths):
        if n == _MOST_PATHS:
            return
        left, bottom, right, top = path.get_bounds()
        yield Box(left, height - top, right, height - bottom)
