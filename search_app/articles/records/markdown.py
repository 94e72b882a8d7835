"""Markdown: one article a file, what is known of it in front matter between `---` lines."""

import re
from collections.abc import Iterator
from typing import Any

from search_app.articles.base import SourceFile
from search_app.articles.records.checks import FIELDS, article_from_record
from search_app.model import Article, Reject, Source
from search_app.text.symbols import HAN, symbols

_FENCE = "---"
_KEY = re.compile(r"([A-Za-z_][\w-]*)\s*[:：](.*)")
_ITEM = re.compile(r"\s*-\s+(.*)")
_COMMENT = re.compile(r"\s*(?:#.*)?")
_QUOTED = re.compile(r"""^(["'])(.*)\1$""")
# As YAML has it: nothing, or a word for it.
_MISSING = ("", "~", "null")
_HEADING = re.compile(r"#{1,6}\s+(.*)")
_LIST_MARK = re.compile(r"(?:[-*+>]|\d+[.)])\s")
# Han, and the punctuation and full-width forms set with it.
_WIDE = re.compile(f"[{HAN}\u3000-\u303f\uff00-\uffef“”‘’…—]")


def read_markdown(file: SourceFile) -> Iterator[Article | Reject]:
    """The article of the file; none where the file is blank."""
    lines = file.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    record, read = _front_matter(lines)
    if record is None:
        reason = "front matter that cannot be read"
        yield Reject(file.path, read, reason, "write `key: value` lines between ---")
    elif file.text.strip():
        record["title"], record["body"] = _title_and_body(record.get("title"), lines[read:])
        source = Source(file.path, 0, len(file.text))
        yield article_from_record(record, source, file.issue, 1)


# The known keys with their values, and the lines read; None with the one that is at fault.
def _front_matter(lines: list[str]) -> tuple[dict[str, Any] | None, int]:
    if lines[0].rstrip() != _FENCE:
        return {}, 0
    record: dict[str, Any] = {}
    key = ""
    for number, line in enumerate(lines[1:], 2):
        if line.rstrip() == _FENCE:
            return record, number
        if pair := _KEY.fullmatch(line.rstrip()):
            key = pair[1]
            if key in FIELDS:
                record[key] = _front_matter_value(pair[2].strip())
        # Below keys that are not known stands what only other tools read.
        elif key in FIELDS and (item := _ITEM.fullmatch(line)):
            if not isinstance(record[key], list | None):
                return None, number
            record[key] = [*(record[key] or ()), _unquoted(item[1])]
        elif key in FIELDS | {""} and not _COMMENT.fullmatch(line):
            return None, number
    return None, 1


def _front_matter_value(text: str) -> object:
    if text.startswith("[") and text.endswith("]"):
        return [_unquoted(item) for item in re.split("[,，、]", text[1:-1]) if item.strip()]
    return None if text in _MISSING else _unquoted(text)


def _unquoted(text: str) -> str:
    return _QUOTED.sub(r"\2", text.strip())


# A heading that begins the text is its title, unless another one is given.
def _title_and_body(title: object, lines: list[str]) -> tuple[object, str]:
    first = 0
    while first < len(lines) and not lines[first].strip():
        first += 1
    heading = _heading("".join(lines[first : first + 1]).strip())
    if heading is None or (title and symbols(str(title)) != symbols(heading)):
        return title, _paragraphs(lines[first:])
    return title or heading, _paragraphs(lines[first + 1 :])


# A heading's text without the # around it; None for any other line.
def _heading(line: str) -> str | None:
    heading = _HEADING.fullmatch(line)
    return heading[1].rstrip("# \t\u3000") if heading else None


# Blank lines, headings and list items end a paragraph; paragraphs become lines.
def _paragraphs(lines: list[str]) -> str:
    pieces: list[str] = []
    before = ""  # the line of the same paragraph
    for line in map(str.strip, lines):
        heading = _heading(line)
        between = "\n"
        if before and heading is None and not _LIST_MARK.match(line):
            # A space between Latin words, nothing beside Han.
            between = "" if _WIDE.search(before[-1] + line[:1]) else " "
        if line:
            pieces += [between, line if heading is None else heading]
        before = line if heading is None else ""
    return "".join(pieces[1:])
