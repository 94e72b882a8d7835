"""First step: what pdfium finds on a page, glyph by glyph, with the frames and rules around it.

pdfium is not safe in threads; this project reads in processes only.
"""

import ctypes
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
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


# A glyph's character, left, bottom, right, top and size; whether a space is before it; by how many
# right angles it is turned to the left.
_Standing = tuple[str, float, float, float, float, float, bool, int]


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


def read_glyphs(document: pdfium.PdfDocument, number: int) -> GlyphPage | None:
    """A page, numbered from 0; None with over MOST_GLYPHS, PdfiumError where it is damaged."""
    with closing(document[number]) as page:
        width, height = page.get_size()
        if page.get_rotation() % 180:
            width, height = height, width
        with closing(page.get_textpage()) as text:
            if text.count_chars() > MOST_GLYPHS:
                return None
            standing = _standing_glyphs(text)
        directions = Counter(glyph[-1] for glyph in standing)
        turn = 0
        if 2 * directions[0] < len(standing):
            turn = max((1, 2, 3), key=directions.__getitem__)
        glyphs = _turned_glyphs(standing, width, height, turn)
        if not glyphs or turn:
            return GlyphPage(glyphs, [], [], height if turn % 2 else width)
        frames, rules = [], []
        paths = page.get_objects(filter=(raw.FPDF_PAGEOBJ_PATH,), max_depth=2)
        for path in islice(paths, _MOST_PATHS):
            left, bottom, right, top = path.get_bounds()
            box = Box(left, height - top, right, height - bottom)
            if box.width > _SHORTEST_RULE and box.height > _SHORTEST_RULE:
                frames.append(box)
            elif box.width > _SHORTEST_RULE and box.height <= _THICKEST_RULE:
                rules.append(box)
        return GlyphPage(glyphs, frames, rules, width)


# The glyphs in the order of the file, as they stand in pdfium's coordinates.
def _standing_glyphs(page: pdfium.PdfTextPage) -> list[_Standing]:
    box, matrix, spaced = raw.FS_RECTF(), raw.FS_MATRIX(), False
    handle, pointer, ask_box = page.raw, ctypes.byref(box), raw.FPDFText_GetLooseCharBox
    line_bottom, line_top, size, direction = 0.0, 0.0, 0.0, 0
    glyphs: list[_Standing] = []
    for i, character in enumerate(_characters(page, page.count_chars())):
        ask_box(handle, i, pointer)
        bottom, top = box.bottom, box.top
        if character.isspace() or character in _NO_TEXT:
            spaced = spaced or box.right - box.left > _LEAST_SPACE
            continue
        # Size and direction are asked for once a line: each question takes as long as the box.
        if bottom != line_bottom or top != line_top:
            line_bottom, line_top = bottom, top
            raw.FPDFText_GetMatrix(handle, i, matrix)
            scale = (matrix.c**2 + matrix.d**2) ** 0.5
            size = max(abs(raw.FPDFText_GetFontSize(handle, i)) * scale, 0.1)
            direction = round(atan2(matrix.b, matrix.a) / (pi / 2)) % 4
        glyphs.append((character, box.left, bottom, box.right, top, size, spaced, direction))
        spaced = False
    return glyphs


# The glyphs on the page turned clockwise by so many right angles, y growing downwards.
def _turned_glyphs(
    standing: list[_Standing], width: float, height: float, turn: int
) -> list[Glyph]:
    glyphs: list[Glyph] = []
    for character, left, bottom, right, top, size, spaced, direction in standing:
        if turn == 0:
            start, end, base = left, right, height - bottom
        elif turn == 1:
            start, end, base = bottom, top, right
        elif turn == 2:
            start, end, base = width - right, width - left, top
        else:
            start, end, base = height - top, height - bottom, width - left
        glyphs.append(Glyph(character, start, end, base, size, spaced, direction == turn))
    return glyphs


# The page's characters, one an index; asked for one by one where pdfium leaves some out.
def _characters(page: pdfium.PdfTextPage, count: int) -> str | list[str]:
    text: str = page.get_text_range()
    if len(text) == count:
        return text
    characters = []
    for i in range(count):
        code = raw.FPDFText_GetUnicode(page.raw, i)
        is_surrogate = 0xD800 <= code < 0xE000
        characters.append("\0" if is_surrogate or code >= 0x110000 else chr(code))
    return characters
