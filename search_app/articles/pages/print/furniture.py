"""Page furniture: lines of the page and of none of its articles, and what its headers say."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from search_app.articles.pages.print.days import iso_day
from search_app.model import Span
from search_app.text.numerals import in_arabic
from search_app.text.repair import squeeze

_WEEKDAY = r"(?:星期|礼拜|周)[一二三四五六日天]"
_DATE = r"(?:\d{4}年)?\d{1,2}月\d{1,2}日|\d{4}([-./])\d{1,2}\1\d{1,2}"
_PAGE_NO = r"第?[A-Z]?\d{1,3}版?|第[一二三四五六七八九十]{1,3}版|[·•—－-]+\d{1,3}[·•—－-]+"
# What page headers are made of. The others of a line's parts may be names of papers and sections.
_HEADER_PART = re.compile(rf"(?:{_DATE})?(?:{_WEEKDAY})?|{_PAGE_NO}|农历.{{2,10}}|总?第\d+期")
_NAME_PART = re.compile(r"[一-龥·]{1,8}|[A-Za-z]+|[|｜/·•—－-]+")
# One of these makes a line furniture wherever it stands.
_IMPRINT = re.compile(
    r"(?:本版|值班|责任|见习|首席|文字)?"
    r"(?:编辑|责编|编委|主任|总编|美编|版式|校对|组版|制图)[:：/／\u3000 ]"
    r"|责任编辑|责编|国内统一(?:连续出版物号|刊号)|邮发代号"
    r"|(?:新闻|投稿|广告|发行)(?:热线|邮箱|部?电话)[:：]"
)
LETTER_SPACED = re.compile(r"(?:(?<!\S)[一-龥](?:\s|$)){3}")
# One of these is in every piece of furniture.
_MAY_BE = re.compile(r"\d|[编主校制版线号箱话期历第]|周")
_LONGEST_HEADER = 60  # characters
_NEAR_EDGE = 4  # lines from the top or bottom of a page, where extractors leave its header

_DAY = re.compile(r"(\d{4})(?:年|[-./])(\d{1,2})(?:月|[-./])(\d{1,2})日?")
_PAGE = re.compile(r"第?(?P<number>[A-Z]?\d{1,3})版?|第(?P<han>[一二三四五六七八九十]{1,3})版")
_PAPER = re.compile(r"[一-龥·]{1,7}(?:报|周刊|时报|商报)")
_SECTION = re.compile(r"[一-龥·]{2,8}")
# Parts that look like the name of a section but say which day it is.
_NO_SECTION = re.compile(r"(?:星期|礼拜|周)[一二三四五六日天]|农历.*|.*[年月日期]")


def is_furniture(text: str, from_edge: int) -> bool:
    """Whether a line is the page's own; a date or number alone only near the page's edge."""
    if len(text) > _LONGEST_HEADER or "，" in text or "。" in text or "；" in text:
        return False
    if not _MAY_BE.search(text):
        return False
    if LETTER_SPACED.search(text):
        text = squeeze(text)
    if _IMPRINT.match(text) or _IMPRINT.match(squeeze(text)):
        return True
    header_parts, more_than_numbers = 0, False
    for part in text.split():
        if _HEADER_PART.fullmatch(part):
            header_parts += 1
            more_than_numbers = more_than_numbers or not part.isdigit()
        elif not _NAME_PART.fullmatch(part):
            return False
    # Two parts are enough if they are not both mere numbers, as in a table.
    if header_parts >= 2 and more_than_numbers:
        return True
    return header_parts > 0 and from_edge < _NEAR_EDGE


@dataclass(frozen=True, slots=True)
class Header:
    """What is printed of a page's place in its newspaper; the day is ISO 8601."""

    newspaper: str | None = None
    date: str | None = None
    page_no: str | None = None
    section: str | None = None


class HeaderLines:
    """Reads a page's own lines in their order; of each kind of value what comes first counts."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    def read(self, text: str, start: int = 0) -> dict[str, list[Span]]:
        """Where lines that begin at a place of the page say what `Header` has, by name."""
        spans: dict[str, list[Span]] = {}
        for line in text.splitlines(keepends=True):
            for name, value, printed in _header_parts(line.rstrip("\r\n")):
                self._values.setdefault(name, value)
                moved = Span(start + printed.start(), start + printed.end())
                spans.setdefault(name, []).append(moved)
            start += len(line)
        return spans

    @property
    def header(self) -> Header:
        """What the lines said so far."""
        return Header(**self._values)


# What the parts of a header say, each with its name in `Header`; of other lines nothing.
def _header_parts(line: str) -> Iterator[tuple[str, str, re.Match[str]]]:
    is_header = _DAY.search(line) or _PAPER.fullmatch(line)
    if not is_header and not any(map(_PAGE.fullmatch, line.split())):
        return
    for day in _DAY.finditer(line):
        if date := iso_day(*map(int, day.groups())):
            yield "date", date, day
    without_days = _DAY.sub(lambda day: " " * len(day[0]), line)
    for part in re.finditer(r"\S+", without_days):
        if page := _PAGE.fullmatch(part[0]):
            # Numerals are read where they count something, as days: 十二日 → 12日.
            yield "page_no", page["number"] or in_arabic(f"{page['han']}日")[:-1], part
        elif _PAPER.fullmatch(part[0]):
            yield "newspaper", part[0], part
        elif _SECTION.fullmatch(part[0]) and not _NO_SECTION.fullmatch(part[0]):
            yield "section", part[0], part
