"""The day that a text tells of, by its dateline or its first words and the day of its issue."""

import re
from datetime import date, timedelta
from typing import NamedTuple

from search_app.model import Span
from search_app.text.numerals import arabic_mapped, in_arabic

_DAY = re.compile(r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日")
_DAYS_BEFORE = {"今": 0, "昨": 1, "前": 2}
# 前天, but not 目前 or 前日本首相; 今日 may stand in a name (今日头条).
_WORD = re.compile(r"(?<![目以之此])([今昨]|前(?=天))(?:[日天](?!头条|本)|[晨晚夜](?=[,，\d从在]))")
# Characters: what news begin with is the day they tell of, what comes later may be another one.
_FIRST_WORDS = 40


def iso_day(year: int, month: int, day: int) -> str | None:
    """A day in ISO 8601; None where the calendar has no such day."""
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


class NamedDay(NamedTuple):
    """A day in ISO 8601, and where a text names it."""

    day: str
    span: Span


def day_named(text: str, issue: str | None) -> NamedDay | None:
    """The first day in the first words of a text or in a dateline (1月27日, 昨日).

    `issue` is that of the newspaper, in ISO 8601; only with a whole one is anything known but days
    that name their year.
    """
    try:
        printed = date.fromisoformat(issue or "")
    except ValueError:
        printed = None
    words = text[:_FIRST_WORDS]
    in_figures = in_arabic(words)
    named, word = _DAY.search(in_figures), _WORD.search(in_figures)
    is_first = word and not (named and named.start() < word.start())
    day = None
    # The calendar begins with the year 1: there may be no day before its first.
    if word and is_first and printed and printed.year > 1:
        named, day = word, (printed - timedelta(days=_DAYS_BEFORE[word[1]])).isoformat()
    elif named:
        day = _nearest_day(named, printed)
    if not named or not day:
        return None
    if in_figures == words:
        return NamedDay(day, Span(*named.span()))
    return NamedDay(day, arabic_mapped(words).span(*named.span()))


# The named day that is nearest to the issue's, where it leaves year or month open.
def _nearest_day(named: re.Match[str], issue: date | None) -> str | None:
    year, month, day = (int(number or 0) for number in named.groups())
    if year and month:
        return iso_day(year, month, day)
    if issue is None or year:
        return None
    near: list[date] = []
    for step in (-1, 0, 1):  # years if the month is named, else months
        if month:
            in_month = iso_day(issue.year + step, month, day)
        else:
            months = issue.year * 12 + issue.month - 1 + step
            in_month = iso_day(months // 12, months % 12 + 1, day)
        if in_month:
            near.append(date.fromisoformat(in_month))
    nearest = min(near, key=lambda one: abs(one - issue), default=None)
    return nearest.isoformat() if nearest else None
