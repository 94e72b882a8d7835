"""Sixth step: the fields of one article, read off its lines."""

import re
from bisect import bisect_left
from dataclasses import dataclass

from search_app.articles.pages.bodies import Body
from search_app.articles.pages.print.credits import AGENCIES, authors, closing_credit, credit_end
from search_app.text.repair import repair

_SPACE = re.compile(r"\s*")


@dataclass(frozen=True)
class Fields:
    """What a body says besides its text; the byline as printed, the body repaired."""

    byline: str | None
    authors: tuple[str, ...]
    agency: str | None
    place: str | None
    date: str | None
    day: str | None
    mark: str | None
    body: str


def read_fields(body: Body, text: str) -> Fields:
    """The fields of a body on the page `text`; nothing but credits, or a mark, is its own text."""
    start, end = body.lines[0].start, body.lines[-1].end
    ending = body.lines[-1].ending
    opening = body.lines[0].opening
    given, begin = _opening_credits(body, text)
    if ending and not ending.in_text:
        end = ending.start
    stop, closing = _closing_credit(text, begin, end)
    note = text[end : ending.credit] if ending else ""
    if begin >= stop:
        whole = repair(text[start:end]).text or repair(text[start : body.lines[-1].end]).text
        return Fields(None, (), None, None, None, None, None, whole)
    printed = filter(None, (text[start:begin].strip(), closing, note.strip()))
    byline = " ".join(repair(piece).text for piece in printed)
    agency = (opening and opening.agency) or (ending and ending.agency)
    return Fields(
        byline or None,
        tuple(dict.fromkeys(n for credit in (*given, closing) for n in authors(credit))),
        agency or _agency_in(byline),
        opening.place if opening else None,
        opening.date if opening else None,
        opening.day if opening else None,
        ending.mark if ending else None,
        _repaired_part(text, start, begin, stop),
    )


def _opening_credits(body: Body, text: str) -> tuple[list[str], int]:
    """The credits that open a body, and where its own text begins."""
    at, end, given = body.lines[0].start, body.lines[-1].end, []
    signs = {line.opening.start: line.opening for line in body.lines[:3] if line.opening}
    names = {line.start: line.end for line in body.lines[:1] if line.is_names}
    bylines = {line.start: line.credit for line in body.lines[:4] if line.credit > line.start}
    while True:
        if sign := signs.pop(at, None):
            given.append(text[sign.credit : sign.end])
            following = sign.start if sign.in_text else sign.end
        else:
            following = names.pop(at, 0) or bylines.get(at, 0) or credit_end(text, at)
            given.append(text[at:following])
        if following == at or following >= end:
            return given, following
        space = _SPACE.match(text, following)
        at = space.end() if space else following


def _closing_credit(text: str, begin: int, end: int) -> tuple[int, str]:
    """Where the text before a closing signature ends, and the signature."""
    start = max(begin, end - 80)
    at = start + closing_credit(text[start:end].rstrip())
    return at, text[at:end].strip()


def _agency_in(byline: str) -> str | None:
    m = re.search(AGENCIES, byline)
    return m[0] if m else None


def _repaired_part(text: str, start: int, begin: int, stop: int) -> str:
    """`text[begin:stop]` repaired as a part of the lines it stands in."""
    repaired = repair(text[start:stop])
    return repaired.text[bisect_left(repaired.origin, begin - start) :].strip()
