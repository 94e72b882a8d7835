"""The day a text tells of is resolved by the day of its issue."""

import pytest

from search_app.articles.base import Issue, SourceFile
from search_app.articles.pages import parse_page
from search_app.articles.pages.print.days import day_named, iso_day
from search_app.model import Article


def told(dateline: str | None, text: str, issue: str | None) -> str | None:
    """The day that a dateline names, else a text."""
    named = day_named(dateline or "", issue) or day_named(text, issue)
    return named.day if named else None


@pytest.mark.parametrize(
    ("dateline", "text", "issue", "day"),
    [
        ("1月27日", "市防汛办通报", "2020-01-28", "2020-01-27"),
        ("12月31日", "各地迎接新年", "2020-01-02", "2019-12-31"),
        ("1月2日", "预告", "2019-12-31", "2020-01-02"),
        ("31日", "各地迎接新年", "2020-01-02", "2019-12-31"),
        ("27日", "市防汛办通报", "2020-01-28", "2020-01-27"),
        ("一月二十七日", "市防汛办通报", "2020-01-28", "2020-01-27"),
        ("2019年12月31日", "各地迎接新年", None, "2019-12-31"),
        (None, "昨日上午，全市会议召开", "2020-03-01", "2020-02-29"),
        (None, "从昨天起，渡口恢复通行", "2020-03-02", "2020-03-01"),
        (None, "前天夜里，河水上涨", "2020-03-03", "2020-03-01"),
        (None, "今日，图书馆开馆", "2020-03-03", "2020-03-03"),
        (None, "昨晚，河水上涨", "2020-03-03", "2020-03-02"),
        (None, "1月27日下午，记者在码头看到", "2020-01-28", "2020-01-27"),
        ("1月27日", "昨日上午，全市会议召开", "2020-01-28", "2020-01-27"),
        (None, "1⽉27⽇，市里部署防汛", "2020-01-28", "2020-01-27"),  # as some fonts give them
    ],
)
def test_days_are_resolved(
    dateline: str | None, text: str, issue: str | None, day: str | None
) -> None:
    """Without a year the nearest one counts; the dateline says more than the text."""
    assert told(dateline, text, issue) == day


@pytest.mark.parametrize(
    ("dateline", "text", "issue"),
    [
        (None, "目前日子好过多了", "2020-01-28"),
        (None, "今日头条的用户", "2020-01-28"),
        (None, "昨日上午，会议召开", None),
        (None, "昨日上午，会议召开", "0001-01-01"),
        ("1月27日", "市防汛办通报", "2020-01"),
        ("13月45日", "市防汛办通报", "2020-01-28"),
        (None, "渡口恢复通行，船票两元，" * 9 + "昨日", "2020-01-28"),
    ],
)
def test_what_names_no_day(dateline: str | None, text: str, issue: str | None) -> None:
    """Or none that can be told from the issue."""
    assert told(dateline, text, issue) is None


def test_the_calendar_decides() -> None:
    """A day that is none is not one."""
    assert iso_day(2020, 2, 29) == "2020-02-29"
    assert iso_day(2021, 2, 29) is None


def test_a_page_says_which_day_each_article_tells_of() -> None:
    """By the dateline, or by the first words."""
    text = """新华社北京1月27日电 各地迎接新年，街上张灯结彩。①2
年味正浓

本报讯（记者周岚）昨日，渡口恢复通行，船票两元。①2
渡口通行
"""
    page = SourceFile("A01.txt", text, Issue("澜州日报", "2020-01-28", "A01"))
    articles = [a for a in parse_page(page) if isinstance(a, Article)]
    assert [(a.date, a.day) for a in articles] == [("2020-01-28", "2020-01-27")] * 2
