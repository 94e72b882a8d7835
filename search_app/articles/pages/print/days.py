"""The day that a text tells of, by its dateline or its first words and the day of its issue."""

import re
from datetime import date, timedelta
from typing import NamedTuple

from search_app.model import Span
from search_app.text.numerals import arabic_mapped, in_arabic

_DAY = re.compile(r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日")
_BEFORE = {"今": 0, "昨": 1, "前": 2}
# 前天, but not 目前 or 前日本首相; 今日 may stand in a name (今日头条).
_WORD = re.compile(r"(?<![目以之此])([今昨]|前(?=天))(?:[日天](?!头条|本)|[晨晚夜](?=[,，\d从在]))")
# So many characters of a text are its first words.
_FIRST = 40


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
    printed = _day_of(issue)
    words = text[:_FIRST]
    told = in_arabic(words)
    day, word = _DAY.search(told), _WORD.search(told)
    if word and printed and printed.year > 1 and not (day and day.start() < word.start()):
        named = (printed - timedelta(days=_BEFORE[word[1]])).isoformat()
        return NamedDay(named, _printed_span(word, words))
    if day and (resolved := _resolved(day, printed)):
        return NamedDay(resolved, _printed_span(day, words))
    return None


def _printed_span(m: re.Match[str], words: str) -> Span:
    """Where what matched stands in words before their numbers were made Arabic ones."""
    if m.string == words:
        return Span(*m.span())
    return arabic_mapped(words).span(*m.span())


def _day_of(issue: str | None) -> date | None:
    try:
        return date.fromisoformat(issue or "")
    except ValueError:
        return None


def _resolved(named: re.Match[str], issue: date | None) -> str | None:
    """The named day that is nearest to the issue's, where it leaves year or month open."""
    year, month, day = (int(part) if part else 0 for part in named.groups())
    if year and month:
        return iso_day(year, month, day)
    if issue is None or year:
        return None
    months = [issue.year * 12 + issue.month - 1 + n for n in (-1, 0, 1)]
    if month:
        months = [(issue.year + n) * 12 + month - 1 for n in (-1, 0, 1)]
    days = filter(None, (iso_day(n // 12, n % 12 + 1, day) for n in months))
    return min(days, key=lambda d: abs(date.fromisoformat(d) - issue), default=None)
