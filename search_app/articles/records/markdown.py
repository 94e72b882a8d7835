"""Markdown: one article a file, what is known of it in front matter between `---` lines."""

import re
from collections.abc import Iterator
from itertools import pairwise

from search_app.articles.base import SourceFile
from search_app.articles.records.checks import FIELDS, article_from_record
from search_app.model import Article, Reject, Source
from search_app.text.symbols import HAN, symbols

_FENCE = "---"
_KEY = re.compile(r"([A-Za-z_][\w-]*)\s*[:：](.*)")
_ITEM = re.compile(r"\s*-\s+(.*)")
_COMMENT = re.compile(r"\s*(?:#.*)?")
_QUOTED = re.compile(r"""(["'])(.*)\1""")
_MISSING = ("", "~", "null")

_HEADING = re.compile(r"#{1,6}\s+(.*)")
_LIST_MARK = re.compile(r"(?:[-*+>]|\d+[.)])\s")
# Han, and the punctuation and full-width forms set with it.
_WIDE = re.compile(f"[{HAN}\u3000-\u303f\uff00-\uffef“”‘’…—]")


class _LineError(Exception):
    """A line of front matter that cannot be read; its number is the argument."""


def read_markdown(file: SourceFile) -> Iterator[Article | Reject]:
    """The article of the file; none where the file is blank."""
    lines = file.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if file.text.strip():
        try:
            record, first = _front_matter(lines)
        except _LineError as e:
            reason = "front matter that cannot be read"
            yield Reject(file.path, e.args[0], reason, "write `key: value` lines between ---")
            return
        record["title"], record["body"] = _title_and_body(record.get("title"), lines[first:])
        source = Source(file.path, 0, len(file.text))
        yield article_from_record(record, source, file.issue, 1)


def _front_matter(lines: list[str]) -> tuple[dict[str, object], int]:
    """The known keys with their values, and the index of the first line behind them."""
    if lines[0].rstrip() != _FENCE:
        return {}, 0
    record: dict[str, object] = {}
    key = ""
    for i, line in enumerate(lines[1:], 1):
        if line.rstrip() == _FENCE:
            return {k: v for k, v in record.items() if k in FIELDS}, i + 1
        if m := _KEY.fullmatch(line.rstrip()):
            key = m[1]
            record[key] = _value(m[2])
        elif (item := _ITEM.fullmatch(line)) and key in FIELDS:
            record[key] = [*_listed(record[key], i), _unquoted(item[1])]
        elif not _COMMENT.fullmatch(line) and key in FIELDS | {""}:
            raise _LineError(i + 1)
    raise _LineError(1)


def _listed(value: object, i: int) -> list[object]:
    if value is not None and not isinstance(value, list):
        raise _LineError(i + 1)
    return value or []


def _value(text: str) -> object:
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        return [_unquoted(item) for item in re.split("[,，、]", text[1:-1]) if item.strip()]
    return None if text in _MISSING else _unquoted(text)


def _unquoted(text: str) -> str:
    text = text.strip()
    quoted = _QUOTED.fullmatch(text)
    return quoted[2] if quoted else text


def _title_and_body(title: object, lines: list[str]) -> tuple[object, str]:
    """A heading that begins the text is its title, unless another one is given."""
    first = next((i for i, line in enumerate(lines) if line.strip()), len(lines))
    lines = lines[first:]
    heading = _heading(lines[0].strip()) if lines else None
    if heading is not None and (not title or symbols(str(title)) == symbols(heading)):
        return title or heading, _paragraphs(lines[1:])
    return title, _paragraphs(lines)


def _heading(line: str) -> str | None:
    """A heading's text without the # around it; None for any other line."""
    found = _HEADING.fullmatch(line)
    return found[1].rstrip("# \t\u3000") if found else None


def _paragraphs(lines: list[str]) -> str:
    """Blank lines, headings and list items end a paragraph; paragraphs become lines."""
    paragraphs: list[list[str]] = [[]]
    for line in map(str.strip, lines):
        heading = _heading(line)
        if heading is not None or not line or _LIST_MARK.match(line):
            paragraphs.append([])
        if line:
            paragraphs[-1].append(line if heading is None else heading)
        if heading is not None:
            paragraphs.append([])
    return "\n".join(_joined(paragraph) for paragraph in paragraphs if paragraph)


def _joined(lines: list[str]) -> str:
    """One line: a space between Latin words, nothing beside Han."""
    gaps = ["" if _WIDE.search(a[-1] + b[0]) else " " for a, b in pairwise(lines)]
    return "".join(line + gap for line, gap in zip(lines, [*gaps, ""], strict=True))
