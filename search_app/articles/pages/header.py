"""What a page's own lines say of it: newspaper, day, page and section, as headers print them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from search_app.articles.pages.days import iso_day
from search_app.text.numerals import in_arabic

_DAY = re.compile(r"(\d{4})(?:年|[-./])(\d{1,2})(?:月|[-./])(\d{1,2})日?")
_PAGE = re.compile(r"第?(?P<number>[A-Z]?\d{1,3})版?|第(?P<han>[一二三四五六七八九十]{1,3})版")
_PAPER = re.compile(r"[一-龥·]{1,7}(?:报|周刊|时报|商报)")
_SECTION = re.compile(r"[一-龥·]{2,8}")
_NO_SECTION = re.compile(r"(?:星期|礼拜|周)[一二三四五六日天]|农历.*|.*[年月日期]")


@dataclass(frozen=True, slots=True)
class Header:
    """What is printed of a page's place in its newspaper; the day is ISO 8601."""

    newspaper: str | None = None
    date: str | None = None
    page_no: str | None = None
    section: str | None = None


def read_header(lines: Iterable[str]) -> Header:
    """The header among the lines that belong to a page; what comes first of each kind counts."""
    header = Header()
    for line in lines:
        known = _DAY.search(line) or _PAPER.fullmatch(line)
        if not known and not any(map(_PAGE.fullmatch, line.split())):
            continue
        for part in _DAY.sub(_day_apart, line).split():
            header = _with(header, part)
    return header


def _day_apart(day: re.Match[str]) -> str:
    return f" {day[0]} "


def _with(header: Header, part: str) -> Header:
    """The header with what one of its parts says, unless that is known."""
    if day := _DAY.fullmatch(part):
        year, month, day_of_month = day.groups()
        date = iso_day(int(year), int(month), int(day_of_month))
        return replace(header, date=header.date or date)
    if page := _PAGE.fullmatch(part):
        number = page["number"] or in_arabic(f"{page['han']}日")[:-1]  # a day's number is one
        return replace(header, page_no=header.page_no or number)
    if _PAPER.fullmatch(part):
        return replace(header, newspaper=header.newspaper or part)
    if _SECTION.fullmatch(part) and not _NO_SECTION.fullmatch(part):
        return replace(header, section=header.section or part)
    return header
