"""A minimal page parser to copy: articles parted by a line of dashes, the first line the title."""

import re
from collections.abc import Iterator

from search_app.articles.base import SourceFile
from search_app.articles.printed import PrintedPage, StoryFields
from search_app.model import Article, Reject, Span
from search_app.text.repair import repair

_PIECE = re.compile(r"(?:(?!^-{3,}\s*$).)+", re.DOTALL | re.MULTILINE)


def parse_dashed_page(file: SourceFile) -> Iterator[Article | Reject]:
    """One article from every piece between lines of dashes; empty pieces are nothing."""
    page = PrintedPage(file.path, file.text, file.issue)
    for piece in _PIECE.finditer(file.text):
        printed = piece[0].strip("-\r\n ")
        if not printed:
            continue
        title, _, text = printed.partition("\n")
        start = piece.start() + piece[0].index(printed)
        if not text.strip():
            line = file.text.count("\n", 0, start) + 1
            yield Reject(file.path, line, "a title without a text", "write the text below it")
            continue
        fields = StoryFields(title=title.strip(), body=repair(text).text)
        yield page.article(Span(start, start + len(printed)), fields)
