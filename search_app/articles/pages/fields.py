"""Sixth step: the fields of one article, read off its lines, and where each of them stands."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping

from search_app.articles.pages.bodies import Body
from search_app.articles.pages.print.credits import (
    AGENCIES,
    closing_credit,
    credit_end,
    names_in,
)
from search_app.articles.pages.print.days import day_named
from search_app.articles.pages.print.signs import Sign
from search_app.articles.printed import StoryFields
from search_app.model import Span
from search_app.text.fold import MappedText
from search_app.text.repair import repair

_SPACE = re.compile(r"\s*")
_INKED = re.compile(r"\S(?:.*\S)?", re.DOTALL)
_AGENCY = re.compile(AGENCIES)
_EDITORS = re.compile(r"(?:责任编辑|责编|编辑|编审)\s*[:：]?\s*([^（）()。]{2,24})")
_OTHER_ROLE = re.compile(r"本报|见习|记者|通讯员")
_Named = tuple[str | None, list[Span]]  # what a text names, and where
_NO_SIGN = Sign(0, 0, 0)
# Further down a body an agency or a name is no credit of its own, but a part of what it tells.
_LINES_OF_SIGNS, _LINES_OF_CREDITS = 3, 4
_LONGEST_CLOSING_CREDIT = 80  # characters, with the end of the sentence before it


def read_fields(body: Body, text: str, issued: str | None = None) -> StoryFields:
    """The fields of a body on the page `text`, without those of its headline.

    Nothing but credits or a mark are the body. A day is told by that of the issue, in ISO 8601.
    """
    start, end = body.lines[0].start, body.lines[-1].end
    opened, closed = body.lines[0].opening or _NO_SIGN, body.lines[-1].ending or _NO_SIGN
    naming, begin = _opening_credits(body, text)
    if not (closed is _NO_SIGN or closed.in_text):
        end = closed.start
    tail = max(begin, end - _LONGEST_CLOSING_CREDIT)
    stop = tail + closing_credit(text[tail:end].rstrip())
    if begin >= stop:
        return _nothing_but_body(text, start, end, body.lines[-1].end)
    closing = Span(stop, end)
    byline = _repaired_spans(text, (Span(start, begin), closing, Span(end, closed.credit)))
    own = _own_text(text, start, begin, stop)
    agency, agency_spans = _agency(opened, closed, byline)
    day, day_spans = _day(opened, own, start, issued)
    authors = _authors(text, [*naming, closing])
    return StoryFields(
        body=own.text,
        byline=" ".join(piece.text for piece in byline.values()) or None,
        authors=tuple(authors),
        agency=agency,
        place=opened.place,
        date=opened.date,
        day=day,
        mark=closed.mark,
        spans={
            "byline": merged_spans(text, byline),
            "body": [_moved(own.span(0, len(own.text)), start)],
            "agency": agency_spans,
            "authors": list(authors.values()),
            "day": day_spans,
            "editor": _editors(text, byline),
            "place": _spans_of(opened, "place"),
            "mark": _spans_of(closed, "mark"),
        },
    )


def _spans_of(sign: Sign, name: str) -> list[Span]:
    return [sign.spans[name]] if name in sign.spans else []


# A range of a text that begins at `start`, as one of the page.
def _moved(span: Span, start: int) -> Span:
    return Span(start + span.start, start + span.end)


def merged_spans(text: str, spans: Iterable[Span]) -> list[Span]:
    """Ranges of a page in its order; those with nothing but white space between them are one."""
    merged: list[Span] = []
    for span in spans:
        if merged and not text[merged[-1].end : span.start].strip():
            merged[-1] = Span(merged[-1].start, span.end)
        else:
            merged.append(span)
    return merged


# A body that is all of its lines; with its mark only where there is nothing else.
def _nothing_but_body(text: str, start: int, end: int, last: int) -> StoryFields:
    repaired = repair(text[start:end])
    if not repaired.text:
        repaired = repair(text[start:last])
    span = _moved(repaired.span(0, len(repaired.text)), start)
    return StoryFields(body=repaired.text, spans={"body": [span]})


# Ranges of a page without the white space around them, each with its text repaired.
def _repaired_spans(text: str, spans: Iterable[Span]) -> dict[Span, MappedText]:
    repaired = {}
    for start, end in spans:
        if inked := _INKED.search(text, start, end):
            repaired[Span(*inked.span())] = repair(inked[0])
    return repaired


# The credits that open a body, as far as they name people, and where its own text begins.
def _opening_credits(body: Body, text: str) -> tuple[list[Span], int]:
    at, end = body.lines[0].start, body.lines[-1].end
    naming: list[Span] = []
    signs: dict[int, Sign] = {}
    ends: dict[int, int] = {}  # of lines that begin with a credit
    for i, line in enumerate(body.lines[:_LINES_OF_CREDITS]):
        if line.opening and i < _LINES_OF_SIGNS:
            signs[line.start] = line.opening
        if line.credit > line.start:
            ends[line.start] = line.credit
        if line.is_names and i == 0:
            ends[line.start] = line.end
    while True:
        sign = signs.pop(at, None)
        if sign is None:
            following = ends.pop(at, 0) or credit_end(text, at)
            naming.append(Span(at, following))
        else:
            naming.append(Span(sign.credit, sign.end))
            following = sign.start if sign.in_text else sign.end
        if following == at or following >= end:
            return naming, following
        space = _SPACE.match(text, following)
        at = space.end() if space else following


# `text[begin:stop]` repaired as a part of the lines it stands in, from `start` on.
def _own_text(text: str, start: int, begin: int, stop: int) -> MappedText:
    # Repaired alone, its first line would be taken for a short one that ends a paragraph.
    lines = repair(text[start:stop])
    padded = lines.text[bisect_left(lines.origin, begin - start) :]
    first, own = len(lines.text) - len(padded.lstrip()), padded.strip()
    return MappedText(own, lines.origin[first : first + len(own)])


# The agency that a sign names, else the byline, and where.
def _agency(opened: Sign, closed: Sign, byline: Mapping[Span, MappedText]) -> _Named:
    for sign in (opened, closed):
        if sign.agency:
            return sign.agency, _spans_of(sign, "agency")
    for span, repaired in byline.items():
        if named := _AGENCY.search(repaired.text):
            return named[0], [_moved(repaired.span(*named.span()), span.start)]
    return None, []


def _authors(text: str, credits: Iterable[Span]) -> dict[str, Span]:
    authors: dict[str, Span] = {}
    for start, end in credits:
        for name, span in names_in(text[start:end]):
            authors.setdefault(name, _moved(span, start))
    return authors


# The day that a dateline names, else the first words of a text from `start` on, and where.
def _day(opened: Sign, own: MappedText, start: int, issued: str | None) -> _Named:
    if opened.day and (named := day_named(opened.day, issued)):
        return named.day, _spans_of(opened, "day")
    if named := day_named(own.text, issued):
        return named.day, [_moved(own.span(*named.span), start)]
    return None, []


def _editors(text: str, credits: Iterable[Span]) -> list[Span]:
    found = []
    for start, end in credits:
        for editors in _EDITORS.finditer(text, start, end):
            for _, span in names_in(_OTHER_ROLE.split(editors[1])[0]):
                found.append(_moved(span, editors.start(1)))
    return found
