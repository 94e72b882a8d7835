"""From the fields of a record to an article: the checks that every kind of record gets."""

import re
from collections.abc import Mapping
from typing import Any

from search_app.articles.base import LONGEST_DOCUMENT, Issue
from search_app.articles.derive import derived_title, is_blank
from search_app.articles.identity import LONGEST_ID, article_id, is_valid_id
from search_app.model import Article, Reject, Source, is_date

# They are called as the fields of an article.
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


class RecordError(Exception):
    """Input that becomes no article; the arguments are why, and what to do."""


def article_from_record(
    record: object, source: Source, issue: Issue, line: int
) -> Article | Reject:
    """The article of a mapping with the names in `FIELDS`, or why there is none, as a reject.

    All values are texts; `authors` may also be a list of them. Only `body` is needed.
    """
    try:
        return checked_article(record, source, issue)
    except RecordError as e:
        return Reject(source.path, line, *e.args)


def checked_article(record: object, source: Source, issue: Issue) -> Article:
    """The article a record describes; raises RecordError where it describes none.

    A record is a Mapping. Unknown fields are ignored, null and blank ones are missing, and what is
    missing but known from the file's place is taken from there.
    """
    # Nearly all are dicts, and to ask a class for its abstract one takes longer.
    if not isinstance(record, (dict, Mapping)):
        raise RecordError("JSON, but not an object", 'write {"title": …, "body": …}')
    body = _cleaned(record.get("body"), "body")
    if body is None:
        raise RecordError("no body", "give the article's text as body")
    fields: dict[str, Any] = dict.fromkeys(_ONE_LINE)
    length = len(body)
    for name in _ONE_LINE:
        value = record.get(name)
        if value is not None and (text := _cleaned(value, name)):
            fields[name] = " ".join(filter(None, map(str.strip, text.split("\n"))))
            length += len(fields[name])
    authors = _author_names(record.get("authors"))
    # Before the id is made: that takes the time and memory of several copies of the text.
    length += sum(map(len, authors))
    if length > LONGEST_DOCUMENT:
        remedy = f"split it: an article has at most {LONGEST_DOCUMENT:,} characters"
        raise RecordError(f"{length:,} characters long", remedy)
    own_id = _given_id(record.get("id"))
    if (day := fields["date"]) and not is_date(day):
        raise RecordError(f"no such date: {day[:30]!r}", "write YYYY, YYYY-MM or YYYY-MM-DD")
    for name in ("newspaper", "date", "page_no"):
        fields[name] = fields[name] or getattr(issue, name)
    if not own_id:
        # As `Article.head`: a copy of the article, with its id, would take long.
        head = "\n".join(filter(None, (fields["kicker"], fields["title"], fields["subtitle"])))
        place = (fields["newspaper"], fields["date"], fields["page_no"])
        own_id = article_id(*place, head, body)
    fields["title_is_derived"] = fields["title"] is None
    fields["title"] = fields["title"] or derived_title(body)
    return Article(id=own_id, body=body, source=source, authors=authors, **fields)


# A text without control characters and with LF as its only line end; None for missing.
def _cleaned(value: object, name: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise RecordError(f"{name} is not text", f"give {name} as a string")
    if _UNUSUAL.search(value):
        if _SURROGATE.search(value):
            raise RecordError(f"half a character (lone surrogate) in {name}", "export it again")
        value = _UNUSUAL.sub("", _LINE_END.sub("\n", value))
    return None if is_blank(value) else value


def _author_names(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):  # tables and many exports have all names in one field
        value = _AUTHORS_END.split(value)
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise RecordError("authors is not a list of strings", 'write ["…", "…"] or "…、…"')
    names = [_cleaned(name, "authors") for name in value]
    return tuple(name.strip() for name in names if name)


# The id that comes with a record; empty where none does.
def _given_id(value: object) -> str:
    if value is None or value == "":
        return ""
    if not isinstance(value, str) or not is_valid_id(value):
        rule = f"1 to {LONGEST_ID} printable characters without /, or leave it out"
        raise RecordError("unusable id", f"give a string of {rule}")
    return value
