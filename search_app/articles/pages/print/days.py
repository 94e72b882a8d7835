"""The day that a text tells of, by its dateline or its first words and the day of its issue."""

import re
from datetime import date, timedelta

from search_app.text.numerals import in_arabic

_DAY = re.compile(r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日")
_BEFORE = {"今": 0, "昨": 1, "前": 2}
# 前天, but not 目前 or 前日本首相; 今日 may stand in a name (今日头条).
WORD = re.compile(r"(?<![目以之此])([今昨]|前(?=天))(?:[日天](?!头条|本)|[晨晚夜](?=[,，\d从在]))")
# So many characters of a text are its first words.
_FIRST = 40


def iso_day(year: int, month: int, day: int) -> str | None:
    """A day in ISO 8601; None where the calendar has no such day."""
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def day_told(dateline: str | None, text: str, issue: str | None) -> str | None:
    """The day a dateline names (1月27日), else the first one in the text's first words (昨日).

    `issue` is that of the newspaper, in ISO 8601; only with a whole one is anything known but days
    that name their year.
    """
    printed = _day_of(issue)
    for words in (dateline or "", text[:_FIRST]):
        told = in_arabic(words)
        day, word = _DAY.search(told), WORD.search(told)
        if word and printed and printed.year > 1 and not (day and day.start() < word.start()):
            return (printed - timedelta(days=_BEFORE[word[1]])).isoformat()
        if day and (found := _resolved(day, printed)):
            return found
    return None


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
