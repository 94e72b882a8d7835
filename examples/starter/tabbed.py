"""An importer to copy: one article a line, headline TAB text."""

from collections.abc import Iterator

from search_app.articles.base import SourceFile
from search_app.articles.records.checks import article_from_record
from search_app.model import Article, Reject, Source


def read_tabbed(file: SourceFile) -> Iterator[Article | Reject]:
    """An article or a reject for every line of the file that is not blank."""
    start = 0
    for number, line in enumerate(file.text.split("\n"), 1):
        if line.strip():
            title, _, body = line.rstrip("\r").partition("\t")
            source = Source(file.path, start, start + len(line))
            yield article_from_record({"title": title, "body": body}, source, file.issue, number)
        start += len(line) + 1
