"""From the fields of a record to an article: the checks that every kind of record gets."""

import re
from collections.abc import Mapping
from datetime import date

from search_app.articles.base import LONGEST_DOCUMENT, Issue
from search_app.articles.derive import derived_title, is_blank
from search_app.articles.identity import LONGEST_ID, identified, is_valid_id
from search_app.model import Article, Reject, Source

_ONE_LINE = (
    "title", "date", "newspaper", "page_no", "section", "kicker", "subtitle", "byline", "agency",
    "place", "url",
)  # fmt: skip
FIELDS = frozenset(("id", "body", "authors", *_ONE_LINE))

# Control characters but TAB and LF, further line ends, surrogates: nobody reads or types them.
_UNUSUAL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_END = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# Not a space: names of people from abroad have some.
_AUTHORS_END = re.compile("[、,，;；]")
_DATE = re.compile(r"[0-9]{4}(?:-[0-9]{2}){0,2}")


class RecordError(Exception):
    """A record that becomes no article: why, and what to do."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


def article_from_record(
    record: object, source: Source, issue: Issue, line: int
) -> Article | Reject:
    """The article a record describes, or why it describes none; a record is a Mapping.

    Unknown fields are ignored, null and blank ones are missing, and what is missing but known
    from the file's place is taken from there.
    """
    try:
        if not isinstance(record, Mapping):
            raise RecordError("JSON, but not an object", 'write {"title": …, "body": …}')
        return _checked_article(record, source, issue)
    except RecordError as e:
        return Reject(source.path, line, e.reason, e.remedy)


def is_date(text: str) -> bool:
    """Whether a text is a year, a month or a day that the calendar has, in ISO 8601."""
    if not _DATE.fullmatch(text):
        return False
    first_day = text + "-01-01"[len(text) - len("YYYY") :]
    try:
        date.fromisoformat(first_day)
    except ValueError:
        return False
    return True


def _checked_article(record: Mapping[str, object], source: Source, issue: Issue) -> Article:
    body = _text_field(record, "body")
    if body is None:
        raise RecordError("no body", "give the article's text as body")
    line: dict[str, str | None] = dict.fromkeys(_ONE_LINE)
    for name in _ONE_LINE:
        if name in record:
            line[name] = _one_line(record, name)
    authors = _author_names(record)
    # Before the article is made: repeating the text for its id takes time and memory.
    _check_length(body, *authors, *filter(None, line.values()))
    article = Article(
        id=_own_id(record),
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
    if article.id:
        return article
    return identified(article)


def _text_field(record: Mapping[str, object], name: str) -> str | None:
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
    if is_blank(value):
        return None
    return value


def _one_line(record: Mapping[str, object], name: str) -> str | None:
    text = _text_field(record, name)
    if text is None:
        return None
    return " ".join(filter(None, map(str.strip, text.split("\n"))))


def _author_names(record: Mapping[str, object]) -> tuple[str, ...]:
    value = record.get("authors")
    if value is None:
        return ()
    if isinstance(value, str):  # tables and many exports have all names in one field
        value = _AUTHORS_END.split(value)
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise RecordError("authors is not a list of strings", 'write ["…", "…"] or "…、…"')
    names = []
    for name in value:
        if cleaned := _cleaned(name, "authors"):
            names.append(cleaned.strip())
    return tuple(names)


def _own_id(record: Mapping[str, object]) -> str:
    """The id that comes with a record; empty where none does."""
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
    length = sum(map(len, texts))
    if length > LONGEST_DOCUMENT:
        limit = f"{LONGEST_DOCUMENT:,} characters"
        raise RecordError(
            f"{length:,} characters long", f"split it: an article has at most {limit}"
        )
