"""The signs by which newspapers open and close an article, as tables of patterns.

They are looked for in the squeezed page, since a column's edge or letter-spacing may cut them, but
only where the page has white space before them: a sentence may well speak of 本报讯.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from search_app.articles.pages.print.credits import AGENCIES, BRACKETED, OWN
from search_app.articles.pages.print.days import iso_day
from search_app.model import Span
from search_app.text.mapped import Mapped
from search_app.text.repair import squeeze

_NUMBER = r"[\d〇○零一二三四五六七八九十]"
_DAY = rf"(?:{_NUMBER}{{4}}年)?(?:{_NUMBER}{{1,3}}月)?{_NUMBER}{{1,3}}日"
_OPENING = re.compile(
    # 本报讯（记者焦娇） · 【本报讯】 · 本报北京1月27日讯
    rf"[【\[〔]?(?:{OWN})(?:(?P<place1>[一-龥]{{2,6}}?)??(?P<day1>{_DAY})(?:专电|电|讯)|讯)[】\]〕]?"
    # 新华社北京1月27日电 · 据中新网北京1月27日消息 · 据新华社电
    rf"|[【（(\[]?据?(?P<agency1>{AGENCIES}|(?!.{{1,3}}(?:{AGENCIES}))[一-龥]{{1,4}}社)(?P<place2>[一-龥·]{{2,10}}?)??"
    rf"(?P<day2>{_DAY})(?:专?电|讯|消息)[】）)\]]?"
    rf"|[【（(\[]?据?(?P<agency2>{AGENCIES})(?:专?电|讯|消息)[】）)\]]?"
    # （上接A01版）
    r"|(?P<continues>[（(]上接[^（）()。]{1,12}[）)]|上接(?:第?[A-Z\d]{1,3}版|[一二三四五六七八]版))"
)
# Every opening holds one of these, at most so many characters behind its beginning.
_OPENING_HINT = re.compile("[讯电息接]")
_LONGEST_OPENING = 36
_BRACKETED = re.compile(BRACKETED)
# Behind these a sentence goes on: what looks like an opening is a part of it.
_RUNS_ON = "，、；：,“‘《（("
_SOURCES = tuple("据由向和与在")  # so is a source, unless a day or a reporter follows
# （完） · （责任编辑：王小满） · behind a sentence （据新华社）
_NOTE = (
    r"[（(](?:(?P<over>完|全文完|待续|未完待续)|(?:责任编辑|责编|编辑|编审)[:：]?[^（）()。]{2,12}"
    rf"|(?<=[。！？…”][（(])(?:据|来源[:：]?)?(?P<agency>{AGENCIES})[^（）()。]{{0,12}})[）)]"
)
_MARK = r"[①-⑳❶-❿⑴-⒇⒈-⒛]\d"
_ENDING = re.compile(
    r"(?=[（(【紧下转①-⑳❶-❿⑴-⒛])(?:"  # every ending begins with one of these
    rf"(?P<note>{_NOTE})?(?P<mark>{_MARK})|{_NOTE.replace('?P<', '?P<only_')}"
    r"|(?P<goes_on>[（(【]?(?:紧?下转|转)第?[A-Z\d一二三四五六七八九十]{1,3}版[^（）()。]{0,8}[）)】]"
    r"|下转第?[A-Z\d一二三四五六七八九十]{1,3}版))"
)
_WORD = re.compile(r"\S+")
_MORE_DIGITS = re.compile(r"\d{0,2}")


@dataclass(frozen=True, slots=True)
class Sign:
    """An opening or ending: its range of the page's characters and what it names.

    From `credit` on an opening names people, behind 本报讯 or the dateline; up to there an ending
    is a note, before the mark. 上接 and 下转 are `in_text`:
    a part of the article's text. `spans` has the ranges of the page that name agency, place, day
    and mark, by these names.
    """

    start: int
    end: int
    credit: int
    agency: str | None = None
    place: str | None = None
    date: str | None = None
    day: str | None = None
    mark: str | None = None
    in_text: bool = False
    spans: Mapping[str, Span] = field(default_factory=dict, compare=False)


def squeezed(text: str) -> Mapped:
    """The text without white space, with the place of each character."""
    places = chain.from_iterable(range(*m.span()) for m in _WORD.finditer(text))
    return Mapped(squeeze(text), tuple(places))


def openings(page: Mapped, text: str) -> Iterator[Sign]:
    """The agency lines and 本报讯 of a squeezed page in their order.

    At the beginning of a line rather than in the middle of the letter-spaced one above it.
    """
    end = 0
    for hint in _OPENING_HINT.finditer(page.text):
        starts = range(max(end, hint.start() - _LONGEST_OPENING), hint.start())
        possible = [at for at in starts if _may_open(page, at)]
        for at in sorted(possible, key=lambda at: not _begins_line(page, text, at)):
            if not (m := _OPENING.match(page.text, at)):
                continue
            credit = _BRACKETED.match(page.text, m.end())
            if credit or m["agency1"] or page.text[at - 1 : at] not in _SOURCES:
                end = credit.end() if credit else m.end()
                yield _opening(m, page, end)
                break


def _may_open(page: Mapped, at: int) -> bool:
    """Whether white space stands before a character, and no word that runs on over it."""
    if at == 0:
        return True
    return page.origin[at] > page.origin[at - 1] + 1 and page.text[at - 1] not in _RUNS_ON


def _begins_line(page: Mapped, text: str, at: int) -> bool:
    return at == 0 or "\n" in text[page.origin[at - 1] : page.origin[at]]


def endings(page: Mapped, text: str) -> Iterator[Sign]:
    """The end marks of a squeezed page: nothing but white space may stand behind them.

    The page's edge may cut a mark behind its circled number, but not its other digits.
    """
    for m in _ENDING.finditer(page.text):
        start, end = page.span(*m.span())
        if m["mark"] and (digits := _MORE_DIGITS.match(text, end)):
            end = digits.end()
        if not text[end : end + 1].strip():
            mark = squeeze(text[start:end]).removeprefix(m["note"] or "") if m["mark"] else None
            agency = m["agency"] or m["only_agency"]
            if m["over"] or m["only_over"] or m["goes_on"]:
                noted = start
            else:
                noted = page.span(*m.span("note")).end if m["note"] else start if m["mark"] else end
            spans = _group_spans(m, page, "agency", "only_agency")
            if mark:
                spans["mark"] = Span(page.origin[m.start("mark")], end)
            in_text = m["goes_on"] is not None
            yield Sign(start, end, noted, agency, mark=mark, in_text=in_text, spans=spans)


def _opening(m: re.Match[str], page: Mapped, end: int) -> Sign:
    start, credit = page.span(*m.span())
    agency, place = m["agency1"] or m["agency2"], m["place1"] or m["place2"]
    day, in_text = m["day1"] or m["day2"], m["continues"] is not None
    end = page.span(m.start(), end).end
    spans = _group_spans(m, page, "agency1", "agency2", "place1", "place2", "day1", "day2")
    date = _iso_date(day or "")
    return Sign(start, end, credit, agency, place, date, day, in_text=in_text, spans=spans)


def _group_spans(m: re.Match[str], page: Mapped, *groups: str) -> dict[str, Span]:
    """Where on the page some groups stand, by what they name."""
    spans = {}
    for group in groups:
        if m[group]:
            spans[group.removeprefix("only_").rstrip("12")] = page.span(*m.span(group))
    return spans


def _iso_date(day: str) -> str | None:
    """A dateline's day, if it names the year too: 2020年1月27日 → 2020-01-27."""
    m = re.fullmatch(r"(\d{4})年(\d{1,2})月(\d{1,2})日", day)
    return iso_day(*map(int, m.groups())) if m else None
