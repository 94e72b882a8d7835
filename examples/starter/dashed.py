"""A minimal page parser to copy: articles parted by a line of dashes, the first line the title."""

import re
from collections.abc import Iterator

from search_app.articles.base import SourceFile
from search_app.articles.identity import identified
from search_app.model import Article, Reject, Source
from search_app.text.repair import repair

_PIECE = re.compile(r"(?:(?!^-{3,}\s*$).)+", re.DOTALL | re.MULTILINE)


def parse_dashed_page(file: SourceFile) -> Iterator[Article | Reject]:
    """One article from every piece between lines of dashes; empty pieces are nothing."""
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
        yield identified(
            Article(
                id="",
                title=title.strip(),
                body=repair(text).text,
                source=Source(file.path, start, start + len(printed)),
                newspaper=file.issue.newspaper,
                date=file.issue.date,
                page_no=file.issue.page_no,
                printed=printed,
            )
        )
