"""JSON lines: one article a line, taken as it is; the checks every kind of record gets."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import NoReturn

from search_app.articles.base import LONGEST_DOCUMENT, Issue, SourceFile
from search_app.articles.derive import derived_title, is_blank
from search_app.articles.identity import LONGEST_ID, identified, is_valid_id
from search_app.model import Article, Reject, Source

_MOST_DIGITS = 1000  # of one integer: reading a longer one costs the square of its length
_PIECE, _LONGEST_ESCAPE = 1 << 14, len(r"\ud83d\ude00")
_ONE_LINE = (
    "title", "date", "newspaper", "page_no", "section", "kicker", "subtitle", "byline", "agency",
    "place", "url",
)  # fmt: skip
FIELDS = frozenset(("id", "body", "authors", *_ONE_LINE))

_UNUSUAL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_END = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_AUTHORS_END = re.compile("[、,，;；]")
_DATE = re.compile(r"[0-9]{4}(?:-[0-9]{2}){0,2}")


class RecordError(Exception):
    """A record that becomes no article: why, and what to do."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


def read_records(file: SourceFile) -> Iterator[Article | Reject]:
    """An article or a reject for every line of the file that is not blank."""
    for n, start, end in _lines(file.text):
        # Files joined to one may bring byte order marks into its middle.
        if line := file.text[start:end].strip(" \t\r\ufeff"):
            number = file.first_line + n
            try:
                record, _ = parse_json(line)
            except RecordError as e:
                yield Reject(file.path, number, e.reason, e.remedy)
            else:
                source = Source(file.path, file.start + start, file.start + end)
                yield article_from_record(record, source, file.issue, number)


def article_from_record(
    record: object, source: Source, issue: Issue, line: int
) -> Article | Reject:
    """The article a record describes, or why it describes none; a record is a Mapping.

    Unknown fields are ignored, null and blank ones are missing, and what is missing but known
    from the file's place comes from there.
    """
    try:
        if not isinstance(record, Mapping):
            raise RecordError("JSON, but not an object", 'write {"title": …, "body": …}')
        return _article(record, source, issue)
    except RecordError as e:
        return Reject(source.path, line, e.reason, e.remedy)


def parse_json(text: str, at: int | None = None) -> tuple[object, int]:
    """The value that a text of JSON is, or the one that begins at a place of it, and its end.

    Raises RecordError for what is no JSON, or more of it than a record needs.
    """
    try:
        return (_DECODER.decode(text), len(text)) if at is None else _decoded(text, at)
    except json.JSONDecodeError as e:
        where = f"{e.msg.lower()}, character {e.pos + 1}"
        remedy = "write one whole object a line" if at is None else "write each as a whole object"
        raise RecordError(f"broken JSON ({where})", remedy) from None
    except RecursionError:
        raise RecordError("JSON nested too deeply", "write a flat object") from None


def _decoded(text: str, at: int) -> tuple[object, int]:
    """From pieces as long as need be: an error costs time for each character before it."""
    size = _PIECE
    while True:
        piece = text[at : at + size]
        try:
            value, end = _DECODER.raw_decode(piece)
        except json.JSONDecodeError as e:
            cut = e.msg.startswith("Unterminated") or e.pos > len(piece) - _LONGEST_ESCAPE
            if not cut or at + size >= len(text):
                raise
            size *= 16
        else:
            return value, at + end


def is_date(text: str) -> bool:
    """Whether a text is a year, a month or a day that the calendar has, in ISO 8601."""
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text + "-01-01"[len(text) - 4 :])
    except ValueError:
        return False
    return True


def _lines(text: str) -> Iterator[tuple[int, int, int]]:
    """Number from 0, start and end of each line; JSON may hold every other line end but LF."""
    start, number = 0, 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield number, start, end
        start, number = end + 1, number + 1


def _refuse_constant(name: str) -> NoReturn:
    raise RecordError(f"{name} is not JSON", "write null or a number")


def _integer(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise RecordError(f"an integer of {len(digits)} digits", "write it as a string")
    return int(digits)


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant, parse_int=_integer, strict=False)


def _article(record: Mapping[str, object], source: Source, issue: Issue) -> Article:
    body = _text(record, "body")
    if body is None:
        raise RecordError("no body", "give the article's text as body")
    line = {name: _one_line(record, name) if name in record else None for name in _ONE_LINE}
    authors = _authors(record)
    _check_length(body, *authors, *filter(None, line.values()))
    article = Article(
        id=_given_id(record),
        title=line["title"] or derived_title(body),
        title_is_derived=line["title"] is None,
        body=body,
        source=source,
        kicker=line["kicker"],
        subtitle=line["subtitle"],
        byline=line["byline"],
        authors=authors,
        agency=line["agency"],
        place=line["place"],
        date=_checked_date(line["date"]) or issue.date,
        newspaper=line["newspaper"] or issue.newspaper,
        page_no=line["page_no"] or issue.page_no,
        section=line["section"],
        url=line["url"],
    )
    return article if article.id else identified(article)


def _text(record: Mapping[str, object], name: str) -> str | None:
    """A field without control characters and with LF as its only line end; None for missing."""
    value = record.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise RecordError(f"{name} is not text", f"give {name} as a string")
    return _cleaned(value, name)


def _cleaned(value: str, name: str) -> str | None:
    if _UNUSUAL.search(value):
        if _SURROGATE.search(value):
            raise RecordError(f"half a character (lone surrogate) in {name}", "export it again")
        value = _UNUSUAL.sub("", _LINE_END.sub("\n", value))
    return None if is_blank(value) else value


def _one_line(record: Mapping[str, object], name: str) -> str | None:
    text = _text(record, name)
    return text and " ".join(filter(None, map(str.strip, text.split("\n"))))


def _authors(record: Mapping[str, object]) -> tuple[str, ...]:
    value = record.get("authors")
    if value is None:
        return ()
    names = _AUTHORS_END.split(value) if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise RecordError("authors is not a list of strings", 'write ["…", "…"] or "…、…"')
    return tuple(text.strip() for name in names if (text := _cleaned(name, "authors")))


def _given_id(record: Mapping[str, object]) -> str:
    value = record.get("id")
    if value is None or value == "":
        return ""
    if not isinstance(value, str) or not is_valid_id(value):
        rule = f"1 to {LONGEST_ID} printable characters without /, or leave it out"
        raise RecordError("unusable id", f"give a string of {rule}")
    return value


def _checked_date(value: str | None) -> str | None:
    if value is not None and not is_date(value):
        raise RecordError(f"no such date: {value[:30]!r}", "write YYYY, YYYY-MM or YYYY-MM-DD")
    return value


def _check_length(*texts: str) -> None:
    if (length := sum(map(len, texts))) > LONGEST_DOCUMENT:
        limit = f"{LONGEST_DOCUMENT:,} characters"
        raise RecordError(
            f"{length:,} characters long", f"split it: an article has at most {limit}"
        )
