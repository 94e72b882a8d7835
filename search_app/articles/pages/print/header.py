"""What a page's own lines say of it: newspaper, day, page and section, as headers print them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from search_app.articles.pages.print.days import iso_day
from search_app.model import Span
from search_app.text.numerals import in_arabic

_DAY = re.compile(r"(\d{4})(?:年|[-./])(\d{1,2})(?:月|[-./])(\d{1,2})日?")
_PAGE = re.compile(r"第?(?P<number>[A-Z]?\d{1,3})版?|第(?P<han>[一二三四五六七八九十]{1,3})版")
_PAPER = re.compile(r"[一-龥·]{1,7}(?:报|周刊|时报|商报)")
_SECTION = re.compile(r"[一-龥·]{2,8}")
# Parts that look like the name of a section but say which day it is.
_NO_SECTION = re.compile(r"(?:星期|礼拜|周)[一二三四五六日天]|农历.*|.*[年月日期]")


@dataclass(frozen=True, slots=True)
class Header:
    """What is printed of a page's place in its newspaper; the day is ISO 8601."""

    newspaper: str | None = None
    date: str | None = None
    page_no: str | None = None
    section: str | None = None


class HeaderLines:
    """Reads a page's own lines one by one; of each kind of value what comes first counts."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    def read(self, line: str, start: int = 0) -> dict[str, list[Span]]:
        """Where a line that begins at a place of the page says what `Header` has, by name."""
        spans: dict[str, list[Span]] = {}
        for name, value, span in header_parts(line):
            self._values.setdefault(name, value)
            moved = Span(start + span.start, start + span.end)
            spans.setdefault(name, []).append(moved)
        return spans

    @property
    def header(self) -> Header:
        """What the lines said so far."""
        return Header(**self._values)


def header_parts(line: str) -> Iterator[tuple[str, str, Span]]:
    """What the parts of a line say, each with its name in `Header` and where it stands.

    Nothing where the line is of no header.
    """
    is_header = _DAY.search(line) or _PAPER.fullmatch(line)
    if not is_header and not any(map(_PAGE.fullmatch, line.split())):
        return
    for day in _DAY.finditer(line):
        if date := iso_day(*map(int, day.groups())):
            yield "date", date, Span(*day.span())
    without_days = _DAY.sub(lambda day: " " * len(day[0]), line)
    for part in re.finditer(r"\S+", without_days):
        if named := _name_and_value(part[0]):
            yield *named, Span(*part.span())


def _name_and_value(part: str) -> tuple[str, str] | None:
    """The field of `Header` that one part of a line is, and its value."""
    if page := _PAGE.fullmatch(part):
        # Numerals are read where they count something, as days: 十二日 → 12日.
        return "page_no", page["number"] or in_arabic(f"{page['han']}日")[:-1]
    if _PAPER.fullmatch(part):
        return "newspaper", part
    if _SECTION.fullmatch(part) and not _NO_SECTION.fullmatch(part):
        return "section", part
    return None
