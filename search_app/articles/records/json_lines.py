"""JSON lines: one article a line, taken as it is."""

from collections.abc import Iterator

from search_app.articles.base import SourceFile
from search_app.articles.records.checks import RecordError, article_from_record
from search_app.articles.records.json_values import parse_json
from search_app.model import Article, Reject, Source


def read_records(file: SourceFile) -> Iterator[Article | Reject]:
    """An article or a reject for every line of the file that is not blank."""
    text, start, number = file.text, 0, file.first_line
    while start < len(text):
        end = text.find("\n", start)  # JSON may hold every other line end
        if end < 0:
            end = len(text)
        # Files joined to one may bring byte order marks into its middle.
        if line := text[start:end].strip(" \t\r\ufeff"):
            try:
                record, _ = parse_json(line)
            except RecordError as e:
                yield Reject(file.path, number, e.reason, e.remedy)
            else:
                source = Source(file.path, file.start + start, file.start + end)
                yield article_from_record(record, source, file.issue, number)
        start, number = end + 1, number + 1
