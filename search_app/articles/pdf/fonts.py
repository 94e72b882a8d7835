"""One font in place of all fonts of the machine: a bar for every character.

A PDF says itself where its glyphs stand; pdfium wants a font only for how they look, and would
search the machine's and load outlines from them. With a bar instead a page reads the same on
every machine, and many times as fast. Fonts that are in the PDF are used as ever.
"""

import ctypes
from functools import cache
from struct import pack
from typing import Any

import pypdfium2.raw as raw

_EM = 1000
_WIDTH = 100  # of the bar: narrower than any glyph, so that the widths are those in the PDF


def bar_font() -> bytes:
    """A TrueType font of one glyph, an upright bar, that every character is mapped to."""
    flags = bytes((1, 1, 1, 1))  # corners of the outline, with coordinates of two bytes
    across, upward = (0, _WIDTH, 0, -_WIDTH), (0, 0, _EM, 0)
    glyph = pack(">5hHH4s8h", 1, 0, 0, _WIDTH, _EM, 3, 0, flags, *across, *upward)
    head = pack(">4I2H2Q", 0x10000, 0, 0, 0x5F0F3CF5, 0, _EM, 0, 0)
    tables = {
        b"cmap": pack(">HHHHIHH", 0, 1, 3, 10, 12, 13, 0) + pack(">6I", 28, 0, 1, 0, 0x10FFFF, 1),
        b"glyf": glyph,
        b"head": head + pack(">4hHHhhh", 0, 0, _WIDTH, _EM, 0, 8, 2, 0, 0),
        b"hhea": pack(">IhhhHhhhhhh4hhH", 0x10000, _EM, 0, 0, _EM, 0, 0, _EM, 1, *bytes(7), 1),
        b"hmtx": pack(">Hhh", _EM, 0, 0),
        b"loca": pack(">HHH", 0, 0, len(glyph) // 2),  # glyph 0 is empty, 1 the bar
        b"maxp": pack(">IHHH", 0x10000, 2, 4, 1) + pack(">11H", 0, 0, 1, *bytes(8)),
    }
    offset, directory, body = 12 + 16 * len(tables), b"", b""
    for tag, table in tables.items():
        directory += tag + pack(">III", 0, offset + len(body), len(table))
        body += table + bytes(-len(table) % 4)
    return pack(">IHHHH", 0x10000, len(tables), 64, 2, 48) + directory + body


@cache
def use_bar_font() -> tuple[Any, ...]:
    """Keeps pdfium from the fonts of the machine, from now on in this process.

    What is returned lives on in the cache.
    """
    data = bar_font()

    def font_data(_: Any, __: Any, table: int, buffer: Any, size: int) -> int:
        if table:  # one table alone is never needed
            return 0
        if buffer and size >= len(data):
            ctypes.memmove(buffer, data, len(data))
        return len(data)

    def handle(*_: Any) -> int:
        return 1  # of the only font: pdfium only asks whether it is 0

    def nothing(*_: Any) -> int:
        return 0

    answers = {"MapFont": handle, "GetFont": handle, "GetFontData": font_data}
    callbacks = {}
    for name, kind in raw.FPDF_SYSFONTINFO._fields_[1:]:
        callbacks[name] = kind(answers.get(name, nothing))
    fonts = raw.FPDF_SYSFONTINFO(version=1, **callbacks)
    raw.FPDF_SetSystemFontInfo(fonts)
    # pdfium holds pointers to all of these.
    return fonts, callbacks
