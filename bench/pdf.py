"""How fast PDF pages are read: made A3 pages of five columns, read again and again."""

from io import BytesIO
from random import Random
from time import process_time

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from search_app.articles.base import BinaryFile
from search_app.articles.pdf import read_pdf
from search_app.model import Article

_FONT, _WIDTH, _HEIGHT = "STSong-Light", 842, 1191  # A3
_HAN = [chr(c) for c in range(0x4E00, 0x5600)]
_CELLS, _ROWS = 15, 23  # of a column of an article
CHARACTERS = 4 * 5 * _CELLS * _ROWS  # of a page


def page_of_text() -> bytes:
    """A page of four articles one below the other, each a headline over five columns."""
    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    out, random = BytesIO(), Random(7)
    canvas = Canvas(out, pagesize=(_WIDTH, _HEIGHT))
    for n in range(4):
        top = _HEIGHT - 40 - 288 * n
        canvas.setFont(_FONT, 24)
        canvas.drawString(40, top, "".join(random.choices(_HAN, k=16)))
        canvas.setFont(_FONT, 9)
        for i in range(5 * _ROWS):
            column, row = divmod(i, _ROWS)
            text = "".join(random.choices(_HAN, k=_CELLS - 1)) + "，。"[row % 3 == 2]
            canvas.drawString(40 + 152 * column, top - 18 - 11 * row, text)
    canvas.save()
    return out.getvalue()


def pages_per_second(pages: int = 50) -> float:
    """Pages a second of one core, from the bytes of a file to its articles."""
    file = BinaryFile("a.pdf", page_of_text())
    articles = [item for item in read_pdf(file) if isinstance(item, Article)]
    if len(articles) != 4:
        raise RuntimeError(f"{len(articles)} articles were read off a page of 4")
    started = process_time()
    for _ in range(pages):
        list(read_pdf(file))
    return pages / (process_time() - started)


if __name__ == "__main__":
    print(f"{pages_per_second():.1f} pages/s of {CHARACTERS:,} characters")
