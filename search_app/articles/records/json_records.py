"""JSON: an article a line, an array of articles, or one after another; each is taken as it is."""

import json
import re
from collections.abc import Iterator
from typing import NoReturn

from search_app.articles.base import Issue, SourceFile
from search_app.articles.records.checks import (
    RecordError,
    article_from_record,
    checked_article,
)
from search_app.model import Article, Reject, Source

_MOST_DIGITS = 1000  # of one integer: reading a longer one costs the square of its length
# The decoder is given so many characters at first; what an error may cut off at their end.
_WINDOW, _LONGEST_ESCAPE = 1 << 14, len(r"\ud83d\ude00")
_SEPARATORS = re.compile(r"[\s,\ufeff]*")
# Indentation says where the next record begins, however broken this one is: programs that write
# JSON for people put each object of an array on lines of its own, equally far in.
_DEEPEST = 100  # characters that a record may be indented by
# Each run of white space is looked at once, from its beginning.
_NEXT_OBJECT = re.compile(r"(?:(?<!\s)(?=[^\S\n]*\n)\s++|\}\s*+,\s*+)(?=\{)")


def read_records(file: SourceFile) -> Iterator[Article | Reject]:
    """An article or a reject for every line of the file that is not blank."""
    start = file.start
    for number, line in enumerate(file.text.split("\n"), file.first_line):
        if item := read_line(line, Source(file.path, start, start + len(line)), file.issue, number):
            yield item
        start += len(line) + 1


def read_line(text: str, source: Source, issue: Issue, number: int) -> Article | Reject | None:
    """The article of a line (JSON may hold all line ends but LF), or why not; None if blank."""
    # Files joined to one may bring byte order marks into its middle.
    text = text.strip(" \t\r\ufeff")
    if not text:
        return None
    remedy = "write one whole object a line"
    try:
        record, end = _value_at(text, 0, len(text), remedy)
        if end < len(text):
            place = len(text) - len(text[end:].lstrip(" \t\r")) + 1
            raise RecordError(f"broken JSON (extra data, character {place})", remedy)
        return checked_article(record, source, issue)
    except RecordError as e:
        return Reject(source.path, number, *e.args)


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
            record, end = _value_at(text, at, _WINDOW, "write each as a whole object")
        except RecordError as e:
            yield Reject(file.path, line, *e.args)
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


# Where an object begins as the broken record does: alone on a line, as far in; or at all.
def _next_object(text: str, broken: int) -> int:
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


# The value at a place, and its end; it is read from so many characters first, or from more.
def _value_at(text: str, at: int, size: int, remedy: str) -> tuple[object, int]:
    while True:
        # A window, since an error costs time for each character before it.
        window = text[at : at + size]
        try:
            value, end = _DECODER.raw_decode(window)
            return value, at + end
        except json.JSONDecodeError as e:
            is_cut = e.msg.startswith("Unterminated") or e.pos > len(window) - _LONGEST_ESCAPE
            if not is_cut or at + size >= len(text):
                where = f"{e.msg.lower()}, character {e.pos + 1}"
                raise RecordError(f"broken JSON ({where})", remedy) from None
        except RecursionError:
            raise RecordError("JSON nested too deeply", "write a flat object") from None
        size *= 16


def _refuse_constant(name: str) -> NoReturn:
    raise RecordError(f"{name} is not JSON", "write null or a number")


def _short_integer(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise RecordError(f"an integer of {len(digits)} digits", "write it as a string")
    return int(digits)


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant, parse_int=_short_integer, strict=False)
