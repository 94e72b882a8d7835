"""In charge of PDF pages with a text layer. It draws nothing, and never looks for pictured text.

glyphs (what stands where) → lines → blocks (of one column and size) → regions (a headline and its
columns, in reading order) → the page parser's fields. Pages set in vertical lines from right to
left are turned, then read as all others.
"""

from collections.abc import Iterator

from search_app.articles.base import BinaryFile
from search_app.model import Article, Reject


def read_pdf(file: BinaryFile) -> Iterator[Article | Reject]:
    """The articles of every page with their furniture, and why a page has none."""
    # Here, so that pdfium is loaded where there is a PDF only.
    from search_app.articles.pdf import reader

    return reader.read_pdf(file)
