"""The signs by which newspapers open and close an article, as tables of patterns.

They are looked for in the squeezed page, since a column's edge or letter-spacing may cut them, but
only where the page has white space before them: a sentence may well speak of 本报讯.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from search_app.articles.pages.credits import AGENCIES, BRACKETED, OWN
from search_app.model import Span
from search_app.text.mapped import Mapped

_NUMBER = r"[\d〇○零一二三四五六七八九十]"
_DAY = rf"(?:{_NUMBER}{{4}}年)?(?:{_NUMBER}{{1,3}}月)?{_NUMBER}{{1,3}}日"
_OPENING = re.compile(
    # 本报讯（记者焦娇） · 【本报讯】 · 本报北京1月27日讯
    rf"[【\[〔]?(?:{OWN})(?:(?P<place1>[一-龥]{{2,6}}?)??(?P<day1>{_DAY})(?:专电|电|讯)|讯)[】\]〕]?"
    # 新华社北京1月27日电 · 据中新网北京1月27日消息 · 据新华社电
    rf"|[【（(\[]?据?(?P<agency1>{AGENCIES}|(?!.{{1,3}}(?:{AGENCIES}))[一-龥]{{1,4}}社)(?P<place2>[一-龥·]{{2,10}}?)??"
    rf"(?P<day2>{_DAY})(?:专?电|讯|消息)[】）)\]]?"
    rf"|[【（(\[]?据?(?P<agency2>{AGENCIES})(?:专?电|讯|消息)[】）)\]]?"
)
_BRACKETED = re.compile(BRACKETED)
# Behind these a sentence goes on: what looks like an opening is a part of it.
_RUNS_ON = "，、；：,“‘《（(据由向和与在"
_ENDING = re.compile(r"(?P<mark>[①-⑳❶-❿⑴-⒇⒈-⒛]\d)|[（(](?:完|全文完|待续|未完待续)[）)]")
_MORE_DIGITS = re.compile(r"\d{0,2}")


@dataclass(frozen=True, slots=True)
class Sign:
    """An opening or ending: its range of the page's characters and what it names.

    From `credit` on it names people: behind 本报讯 or the dateline.
    """

    start: int
    end: int
    credit: int
    agency: str | None = None
    place: str | None = None
    date: str | None = None
    mark: str | None = None


def squeezed(text: str) -> Mapped:
    """The text without white space, with the place of each character."""
    places = tuple(i for i, c in enumerate(text) if not c.isspace())
    return Mapped("".join(text[i] for i in places), places)


def openings(page: Mapped) -> Iterator[Sign]:
    """The agency lines and 本报讯 of a squeezed page in their order."""
    origin, end = page.origin, 0
    for at, place in enumerate(origin):
        after_space = at == 0 or place > origin[at - 1] + 1
        if at < end or not after_space or (at and page.text[at - 1] in _RUNS_ON):
            continue
        if m := _OPENING.match(page.text, at):
            credit = _BRACKETED.match(page.text, m.end())
            end = credit.end() if credit else m.end()
            yield _opening(m, page.span(at, end), page.span(at, m.end()).end)


def endings(page: Mapped, text: str) -> Iterator[Sign]:
    """The end marks of a squeezed page: nothing but white space may stand behind them.

    The page's edge may cut a mark behind its circled number, but not its other digits.
    """
    for m in _ENDING.finditer(page.text):
        start, end = page.span(*m.span())
        if m["mark"] and (digits := _MORE_DIGITS.match(text, end)):
            end = digits.end()
        if not text[end : end + 1].strip():
            mark = "".join(text[start:end].split()) if m["mark"] else None
            yield Sign(start, end, end, mark=mark)


def _opening(m: re.Match[str], span: Span, credit: int) -> Sign:
    agency, place = m["agency1"] or m["agency2"], m["place1"] or m["place2"]
    return Sign(*span, credit, agency, place, _iso_date(m["day1"] or m["day2"] or ""))


def _iso_date(day: str) -> str | None:
    """A dateline's day, if it names the year too: 2020年1月27日 → 2020-01-27."""
    m = re.fullmatch(r"(\d{4})年(\d{1,2})月(\d{1,2})日", day)
    return "-".join(f"{int(part):02}" for part in m.groups()) if m else None
