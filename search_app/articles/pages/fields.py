"""Sixth step: the fields of one article, read off its lines, and where each of them stands."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import NamedTuple

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
from search_app.text.mapped import MappedText
from search_app.text.repair import repair

_SPACE = re.compile(r"\s*")
_AGENCY = re.compile(AGENCIES)
_EDITORS = re.compile(r"(?:责任编辑|责编|编辑|编审)\s*[:：]?\s*([^（）()。]{2,24})")
_OTHER_ROLE = re.compile(r"本报|见习|记者|通讯员")
_NO_SIGN = Sign(0, 0, 0)
# Further down a body an agency or a name is no credit of its own, but a part of what it tells.
_LINES_OF_SIGNS, _LINES_OF_CREDITS = 3, 4
_LONGEST_CLOSING_CREDIT = 80  # characters, with the end of the sentence before it


class _OwnText(NamedTuple):
    """A body's own text, repaired as a part of the lines it stands in.

    `first` is its first character in the repaired lines, `start` where these begin on the page.
    """

    text: str
    lines: MappedText
    first: int
    start: int

    def span(self, start: int, end: int) -> Span:
        """Where on the page `text[start:end]` stands."""
        span = self.lines.span(self.first + start, self.first + end)
        return Span(self.start + span.start, self.start + span.end)


def read_fields(body: Body, text: str, issued: str | None = None) -> StoryFields:
    """The fields of a body on the page `text`, without those of its headline.

    The byline is as printed, the body repaired. Where there is nothing but credits or a mark, they
    are the body. A day is told by that of the issue, `issued`, in ISO 8601.
    """
    start, end = body.lines[0].start, body.lines[-1].end
    opened, closed = body.lines[0].opening or _NO_SIGN, body.lines[-1].ending or _NO_SIGN
    naming, begin = _opening_credits(body, text)
    if closed is not _NO_SIGN and not closed.in_text:
        end = closed.start
    stop = _closing_credit(text, begin, end)
    if begin >= stop:
        return _nothing_but_body(text, start, end, body.lines[-1].end)
    closing = Span(stop, end)
    byline = _repaired_spans(text, (Span(start, begin), closing, Span(end, closed.credit)))
    own = _own_text(text, start, begin, stop)
    agency, agency_spans = _agency(opened, closed, byline)
    day, day_spans = _day(opened, own, issued)
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
            "body": [own.span(0, len(own.text))],
            "agency": agency_spans,
            "authors": list(authors.values()),
            "day": day_spans,
            "editor": _editors(text, byline),
            "place": _spans_of(opened, "place"),
            "mark": _spans_of(closed, "mark"),
        },
    )


def _spans_of(sign: Sign, name: str) -> list[Span]:
    """Where a sign names something, if it does."""
    if name in sign.spans:
        return [sign.spans[name]]
    return []


def merged_spans(text: str, spans: Iterable[Span]) -> list[Span]:
    """Ranges of a page in its order; those with nothing but white space between them are one."""
    merged: list[Span] = []
    for span in spans:
        if merged and not text[merged[-1].end : span.start].strip():
            merged[-1] = Span(merged[-1].start, span.end)
        else:
            merged.append(span)
    return merged


def _nothing_but_body(text: str, start: int, end: int, last: int) -> StoryFields:
    """A body that is all of its lines; with its mark only where there is nothing else."""
    repaired = repair(text[start:end])
    if not repaired.text:
        repaired = repair(text[start:last])
    span = _OwnText(repaired.text, repaired, 0, start).span(0, len(repaired.text))
    return StoryFields(body=repaired.text, spans={"body": [span]})


def _repaired_spans(text: str, spans: Iterable[Span]) -> dict[Span, MappedText]:
    """Ranges of a page without the white space around them, each with its text repaired."""
    repaired = {}
    for start, end in spans:
        printed = text[start:end]
        inked = printed.strip()
        if inked:
            start += len(printed) - len(printed.lstrip())
            repaired[Span(start, start + len(inked))] = repair(inked)
    return repaired


def _opening_credits(body: Body, text: str) -> tuple[list[Span], int]:
    """The credits that open a body, as far as they name people, and where its own text begins."""
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
            following = sign.end
            if sign.in_text:
                following = sign.start
        if following == at or following >= end:
            return naming, following
        space = _SPACE.match(text, following)
        at = space.end() if space else following


def _closing_credit(text: str, begin: int, end: int) -> int:
    """Where the text before a closing signature ends."""
    start = max(begin, end - _LONGEST_CLOSING_CREDIT)
    return start + closing_credit(text[start:end].rstrip())


def _own_text(text: str, start: int, begin: int, stop: int) -> _OwnText:
    """`text[begin:stop]` repaired as a part of the lines it stands in, from `start` on."""
    # Repaired alone, its first line would be taken for a short one that ends a paragraph.
    lines = repair(text[start:stop])
    first = bisect_left(lines.origin, begin - start)
    own = lines.text[first:]
    first += len(own) - len(own.lstrip())
    return _OwnText(own.strip(), lines, first, start)


def _agency(
    opened: Sign, closed: Sign, byline: Mapping[Span, MappedText]
) -> tuple[str | None, list[Span]]:
    """The agency that a sign names, else the byline, and where."""
    for sign in (opened, closed):
        if sign.agency:
            return sign.agency, _spans_of(sign, "agency")
    for span, repaired in byline.items():
        if m := _AGENCY.search(repaired.text):
            named = repaired.span(*m.span())
            return m[0], [Span(span.start + named.start, span.start + named.end)]
    return None, []


def _authors(text: str, credits: Iterable[Span]) -> dict[str, Span]:
    """The names in some credits, each with where it stands first."""
    authors: dict[str, Span] = {}
    for start, end in credits:
        for name, span in names_in(text[start:end]):
            authors.setdefault(name, Span(start + span.start, start + span.end))
    return authors


def _day(opened: Sign, own: _OwnText, issued: str | None) -> tuple[str | None, list[Span]]:
    """The day that a dateline names, else the first words of a text, and where."""
    if opened.day and (named := day_named(opened.day, issued)):
        return named.day, _spans_of(opened, "day")
    if named := day_named(own.text, issued):
        return named.day, [own.span(*named.span)]
    return None, []


def _editors(text: str, credits: Iterable[Span]) -> list[Span]:
    """Where editors are named, behind 责编 and the like."""
    found = []
    for start, end in credits:
        printed = text[start:end]
        if "编" not in printed:
            continue
        for m in _EDITORS.finditer(printed):
            at = start + m.start(1)
            for _, span in names_in(_OTHER_ROLE.split(m[1])[0]):
                found.append(Span(at + span.start, at + span.end))
    return found
