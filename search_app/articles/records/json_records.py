"""JSON: an array of articles, or one, or one after another; each is taken as it is."""

import re
from collections.abc import Iterator

from search_app.articles.base import SourceFile
from search_app.articles.records.checks import RecordError, article_from_record
from search_app.articles.records.json_values import parse_json
from search_app.model import Article, Reject, Source

_SEPARATORS = re.compile(r"[\s,\ufeff]*")
# Indentation says where the next record begins, however broken this one is: programs that write
# JSON for people put each object of an array on lines of its own, equally far in.
_DEEPEST = 100  # characters that a record may be indented by
# Each run of white space is looked at once, from its beginning.
_NEXT_OBJECT = re.compile(r"(?:(?<!\s)(?=[^\S\n]*\n)\s++|\}\s*+,\s*+)(?=\{)")


def read_json(file: SourceFile) -> Iterator[Article | Reject]:
    """An article or a reject for every record; what is broken ends where the next one begins."""
    text, line, counted, is_whole = file.text, 1, 0, True
    at = _skip_separators(text, 0)
    is_array = text.startswith("[", at)
    if is_array:
        at = _skip_separators(text, at + 1)
    while at < len(text) and not (is_array and text[at] == "]"):
        line, counted = line + text.count("\n", counted, at), at
        try:
            record, end = parse_json(text, at)
        except RecordError as e:
            yield Reject(file.path, line, e.reason, e.remedy)
            end = _next_object(text, at)
            is_whole = end < len(text)  # else its end may have been within what is broken
        else:
            yield article_from_record(record, Source(file.path, at, end), file.issue, line)
        at = _skip_separators(text, end)
    line += text.count("\n", counted, at)
    if is_array and is_whole and at == len(text):
        yield Reject(file.path, line, "an array without its end", "export it again")
    elif text[at + 1 :].strip():
        yield Reject(file.path, line, "text behind the array", "write one array a file")


def _skip_separators(text: str, at: int) -> int:
    separators = _SEPARATORS.match(text, at)
    assert separators  # which may be empty
    return separators.end()


def _next_object(text: str, broken: int) -> int:
    """Where an object begins as the broken record does: alone on a line, as far in; or at all."""
    start = max(0, broken - _DEEPEST)
    _, line_end, indent = text[start:broken].rpartition("\n")
    is_alone = not indent or indent.isspace()
    if not is_alone or (start and not line_end):
        following = _NEXT_OBJECT.search(text, broken)
        return following.end() if following else len(text)
    place = text.find(f"\n{indent}{{", broken)
    if place < 0:
        return len(text)
    return place + len("\n") + len(indent)
