"""Newspaper pages as PDF, set with a font that every reader of PDF has."""

from collections.abc import Sequence
from io import BytesIO

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

FONT = "STSong-Light"
A3 = (842.0, 1191.0)
_NO_BEGINNING = "，。、；：？”）》"

pdfmetrics.registerFont(UnicodeCIDFont(FONT))


def width_of(text: str, size: float) -> float:
    """How wide a line is set, in points."""
    return float(pdfmetrics.stringWidth(text, FONT, size))


def wrapped(text: str, width: float, size: float, indent: int = 2) -> list[str]:
    """The lines of a paragraph, the first one indented; no stop begins a line."""
    lines, line = [], "\u3000" * indent
    for c in text:
        if width_of(line + c, size) > width:
            kept = line[-1:] if c in _NO_BEGINNING else ""
            lines.append(line[: len(line) - len(kept)])
            line = kept
        line += c
    return [*lines, line]


class Sheet:
    """A file on which y grows downwards; texts stand on their base line."""

    def __init__(self, pagesize: tuple[float, float] = A3, **options: object) -> None:
        self._out, self._height = BytesIO(), pagesize[1]
        self.canvas = Canvas(self._out, pagesize=pagesize, invariant=1, **options)

    def line(self, text: str, x: float, y: float, size: float, spacing: float = 0.0) -> None:
        """A line of text."""
        stroke = self.canvas.beginText(x, self._height - y)
        stroke.setFont(FONT, size)
        stroke.setCharSpace(spacing)
        stroke.textOut(text)
        self.canvas.drawText(stroke)

    def down(self, text: str, x: float, top: float, size: float, drop: float = 1.0) -> None:
        """A vertical line; `drop` sizes from one character to the next."""
        for i, c in enumerate(text, 1):
            if not c.isspace():
                self.line(c, x, top + i * drop * size, size)

    def centred(self, text: str, x: float, width: float, y: float, size: float) -> None:
        """A line in the middle of a width."""
        self.line(text, x + (width - width_of(text, size)) / 2, y, size)

    def columns(
        self,
        paragraphs: Sequence[str],
        x: float,
        top: float,
        *,
        width: float,
        count: int = 1,
        gutter: float = 14.0,
        size: float = 9.0,
        leading: float = 14.0,
        indent: int = 2,
    ) -> float:
        """Running text in columns of equal height below `top`; returns where they end."""
        lines = [w for p in paragraphs for w in wrapped(p, width, size, indent)]
        height = -(-len(lines) // count)
        for i, text in enumerate(lines):
            column, row = divmod(i, height)
            self.line(text, x + column * (width + gutter), top + (row + 1) * leading, size)
        return top + height * leading

    def frame(self, x: float, top: float, width: float, height: float) -> None:
        """A rectangle."""
        self.canvas.rect(x, self._height - top - height, width, height)

    def rule(self, x: float, y: float, width: float) -> None:
        """A horizontal line."""
        self.canvas.line(x, self._height - y, x + width, self._height - y)

    def turned(self, text: str, x: float, y: float, size: float) -> None:
        """A line that runs upwards."""
        self.canvas.saveState()
        self.canvas.translate(x, self._height - y)
        self.canvas.rotate(90)
        self.canvas.setFont(FONT, size)
        self.canvas.drawString(0, 0, text)
        self.canvas.restoreState()

    def end_page(self) -> None:
        """What follows stands on the next page."""
        self.canvas.showPage()

    def pdf(self) -> bytes:
        """The whole file."""
        self.canvas.save()
        return self._out.getvalue()
