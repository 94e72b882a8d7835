"""The signs by which newspapers open and close an article, as tables of patterns.

They are looked for in the squeezed page, since a column's edge or letter-spacing may cut them, but
only where the page has white space before them: a sentence may well speak of 本报讯.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from search_app.articles.pages.print.credits import AGENCIES, BRACKETED, OWN
from search_app.articles.pages.print.days import iso_day
from search_app.model import Span
from search_app.text.fold import MappedText
from search_app.text.repair import squeeze

_NUMBER = r"[\d〇○零一二三四五六七八九十]"
_DAY = rf"(?:{_NUMBER}{{4}}年)?(?:{_NUMBER}{{1,3}}月)?{_NUMBER}{{1,3}}日"
_OPENING = re.compile(
    # Of the paper's own: 本报讯（记者焦娇） · 【本报讯】 · 本报北京1月27日讯
    rf"[【\[〔]?(?:{OWN})(?:(?P<place1>[一-龥]{{2,6}}?)??(?P<day1>{_DAY})(?:专电|电|讯)|讯)[】\]〕]?"
    # Of an agency, with place and day: 新华社北京1月27日电 · 据中新网北京1月27日消息. An agency
    # that is not in the table is the one to four Han before 社, unless a known one begins in them.
    rf"|[【（(\[]?据?(?P<agency1>{AGENCIES}|(?!.{{1,3}}(?:{AGENCIES}))[一-龥]{{1,4}}社)(?P<place2>[一-龥·]{{2,10}}?)??"
    rf"(?P<day2>{_DAY})(?:专?电|讯|消息)[】）)\]]?"
    # Of an agency alone: 据新华社电 · 人民网讯
    rf"|[【（(\[]?据?(?P<agency2>{AGENCIES})(?:专?电|讯|消息)[】）)\]]?"
    # Of an article that began on another page: （上接A01版） · 上接第三版
    r"|(?P<continues>[（(]上接[^（）()。]{1,12}[）)]|上接(?:第?[A-Z\d]{1,3}版|[一二三四五六七八]版))"
)
# Every opening has one of these, at most so many characters behind its beginning: to look for them
# first saves nearly all of the search.
_OPENING_HINT = re.compile("[讯电息接]")
_LONGEST_OPENING = 36
_REPORTERS = re.compile(BRACKETED)  # （记者焦娇）, behind an opening
# Behind these a sentence goes on: what looks like an opening is a part of it.
_RUNS_ON = "，、；：,“‘《（("
_SOURCES = tuple("据由向和与在")  # so is a source, unless a day or a reporter follows
_NOTE = (
    # （完） · （责任编辑：王小满） · behind a sentence （据新华社）
    r"[（(](?:(?P<over>完|全文完|待续|未完待续)|(?:责任编辑|责编|编辑|编审)[:：]?[^（）()。]{2,12}"
    rf"|(?<=[。！？…”][（(])(?:据|来源[:：]?)?(?P<agency>{AGENCIES})[^（）()。]{{0,12}})[）)]"
)
_MARK = r"[①-⑳❶-❿⑴-⒇⒈-⒛]\d"  # a circled number and a digit: ①5
# A note, a mark, a note before a mark, or where the article goes on: （下转A02版） · 紧转第4版】
_ENDING = re.compile(
    r"(?=[（(【紧下转①-⑳❶-❿⑴-⒛])(?:"  # every ending begins with one of these
    rf"(?P<note>{_NOTE})?(?P<mark>{_MARK})|{_NOTE.replace('?P<', '?P<only_')}"
    r"|(?P<goes_on>[（(【]?(?:紧?下转|转)第?[A-Z\d一二三四五六七八九十]{1,3}版[^（）()。]{0,8}[）)】]"
    r"|下转第?[A-Z\d一二三四五六七八九十]{1,3}版))"
)
_INKED = re.compile(r"\S+")
_DAY_WITH_YEAR = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")  # 2020年1月27日
_MORE_DIGITS = re.compile(r"\d{0,2}")


@dataclass(frozen=True, slots=True)
class Sign:
    """An opening or ending: its range of the page's characters and what it names.

    From `credit` on an opening names people, behind 本报讯 or the dateline; up to there an ending
    is a note, before the mark. 上接 and 下转 are `in_text`: a part of the article's text. `spans`
    has the ranges of the page that name agency, place, day and mark, by these names.
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


def squeezed(text: str) -> MappedText:
    """The text without white space, with the place of each character."""
    places: list[int] = []
    for inked in _INKED.finditer(text):
        places.extend(range(*inked.span()))
    return MappedText(squeeze(text), tuple(places))


def openings(page: MappedText, text: str) -> Iterator[Sign]:
    """The agency lines and 本报讯 of a squeezed page in their order."""
    ink, origin, end = page.text, page.origin, 0
    for hint in _OPENING_HINT.finditer(ink):
        # At the beginning of a line rather than in the middle of the letter-spaced one above it.
        places: dict[bool, list[int]] = {True: [], False: []}
        for at in range(max(end, hint.start() - _LONGEST_OPENING), hint.start()):
            if at == 0:
                places[True].append(at)
            # White space stands before it, and no word that runs on over it.
            elif origin[at] > origin[at - 1] + 1 and ink[at - 1] not in _RUNS_ON:
                begins_line = "\n" in text[origin[at - 1] : origin[at]]
                places[begins_line].append(at)
        for at in places[True] + places[False]:
            if (opening := _OPENING.match(ink, at)) is None:
                continue
            reporters = _REPORTERS.match(ink, opening.end())
            if reporters or opening["agency1"] or ink[at - 1 : at] not in _SOURCES:
                end = (reporters or opening).end()
                yield _opening_sign(opening, page, end)
                break


def _opening_sign(opening: re.Match[str], page: MappedText, end: int) -> Sign:
    start, credit = page.span(*opening.span())
    day = opening["day1"] or opening["day2"]
    with_year = _DAY_WITH_YEAR.fullmatch(day or "")
    groups = ("agency1", "agency2", "place1", "place2", "day1", "day2")
    return Sign(
        start,
        page.span(opening.start(), end).end,
        credit,
        agency=opening["agency1"] or opening["agency2"],
        place=opening["place1"] or opening["place2"],
        date=iso_day(*map(int, with_year.groups())) if with_year else None,
        day=day,
        in_text=opening["continues"] is not None,
        spans=_group_spans(opening, page, *groups),
    )


def endings(page: MappedText, text: str) -> Iterator[Sign]:
    """The end marks of a squeezed page: nothing but white space may stand behind them."""
    for ending in _ENDING.finditer(page.text):
        start, end = page.span(*ending.span())
        # The page's edge may cut a mark behind its circled number, but not its other digits.
        if ending["mark"] and (digits := _MORE_DIGITS.match(text, end)):
            end = digits.end()
        if text[end : end + 1].strip():
            continue
        spans = _group_spans(ending, page, "agency", "only_agency")
        mark, credit = None, end
        if ending["mark"]:
            mark_start = page.origin[ending.start("mark")]
            mark = squeeze(text[mark_start:end])
            spans["mark"] = Span(mark_start, end)
            credit = page.span(*ending.span("note")).end if ending["note"] else start
        if ending["over"] or ending["only_over"] or ending["goes_on"]:
            credit = start  # 完 and 下转 name nobody
        agency = ending["agency"] or ending["only_agency"]
        in_text = ending["goes_on"] is not None
        yield Sign(start, end, credit, agency, mark=mark, in_text=in_text, spans=spans)


# Where on the page some groups stand, by what they name.
def _group_spans(sign: re.Match[str], page: MappedText, *groups: str) -> dict[str, Span]:
    spans = {}
    for group in groups:
        if sign[group]:
            spans[group.removeprefix("only_").rstrip("12")] = page.span(*sign.span(group))
    return spans
