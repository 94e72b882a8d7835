"""A page parser to copy: articles parted by a line of dashes, the first line the title."""

import re
from collections.abc import Iterator

from search_app.articles.base import SourceFile
from search_app.articles.printed import PrintedPage, StoryFields
from search_app.model import Article, Reject, Span
from search_app.text.repair import repair

_BETWEEN_DASHES = re.compile(r"(?:(?!^-{3,}\s*$).)+", re.DOTALL | re.MULTILINE)


def parse_dashed_page(file: SourceFile) -> Iterator[Article | Reject]:
    """One article from all that stands between lines of dashes; blank stretches are nothing."""
    page = PrintedPage(file.path, file.text, file.issue)
    for stretch in _BETWEEN_DASHES.finditer(file.text):
        printed = stretch[0].strip("-\r\n ")
        if not printed:
            continue
        start = stretch.start() + stretch[0].index(printed)
        title, _, text = printed.partition("\n")
        if text.strip():
            fields = StoryFields(title=title.strip(), body=repair(text).text)
            yield page.article(Span(start, start + len(printed)), fields)
        else:
            line = file.text.count("\n", 0, start) + 1
            yield Reject(file.path, line, "a title without a text", "write the text below it")
