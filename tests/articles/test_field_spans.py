"""Every field of an article says where in its file it was read."""

import pytest
from articles.simulator.pages import mixed_pages
from articles.simulator.texts import broadcast
from needs import shared

from search_app.articles.base import Issue, SourceFile
from search_app.articles.pages import parse_page
from search_app.articles.records.json_records import read_records
from search_app.model import Article
from search_app.text.repair import squeeze

PAGE = """市气象局会商时要求
雨再大
准考证不能湿
新华社北京1月
27日电（记者林
知远、王　强）
昨 天傍晚，考点
门口摆好了雨棚。
（责任编辑：何雨
桐）①5
"""


def read(text: str, date: str | None = None) -> list[Article]:
    """The articles of a page."""
    found = parse_page(SourceFile("页.txt", text, Issue(date=date)))
    return [a for a in found if isinstance(a, Article) and a.kind == "article"]


def told(text: str, article: Article) -> dict[str, list[str]]:
    """What stands at the spans, without white space."""
    return {
        name: [squeeze(text[start:end]) for start, end in spans]
        for name, spans in article.spans.items()
    }


def test_fields_say_where_they_were_read() -> None:
    """However they are wrapped and spaced."""
    (article,) = read(PAGE, "2021-01-28")
    assert told(PAGE, article) == {
        "kicker": ["市气象局会商时要求"],
        "title": ["雨再大准考证不能湿"],
        "byline": ["新华社北京1月27日电（记者林知远、王强）", "（责任编辑：何雨桐）"],
        "body": ["昨天傍晚，考点门口摆好了雨棚。"],
        "mark": ["①5"],
        "agency": ["新华社"],
        "place": ["北京"],
        "authors": ["林知远", "王强"],
        "day": ["1月27日"],
        "editor": ["何雨桐"],
    }


@pytest.mark.parametrize(("word", "day"), [("昨\n日", "2021-01-27"), ("十\n四日", "2021-01-14")])
def test_a_day_told_by_the_text_stands_there(word: str, day: str) -> None:
    """Where no dateline names one."""
    text = f"雨棚搭好了\n本报讯 {word}傍晚，考点门口\n摆好了雨棚。①5"
    (article,) = read(text, "2021-01-28")
    assert article.day == day
    assert told(text, article)["day"] == [squeeze(word)]


SAID = "，市里部署防汛工作，要求各县区检查水库堤坝，备足沙袋。①5"


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        # A caption between headline and text names people, too.
        (
            f"防汛部署会召开\n▲堤坝上 孙文 摄\n本报讯（记者王强）昨日{SAID}",
            "byline",
            ["本报讯（记者王强）"],
        ),
        (f"防汛部署会召开\n本报讯（记者李明辉、李明）昨日{SAID}", "authors", ["李明辉", "李明"]),
        (f"防汛部署会召开\n本报讯 据今日头条消息，26日{SAID}", "day", ["26日"]),
        (f"防汛部署会召开\n本报讯 目前天气转好，26日{SAID}", "day", ["26日"]),
        (f"防汛部署会召开\n本报讯（编辑 王小满 记者 王强）昨日{SAID}", "editor", ["王小满"]),
    ],
)
def test_nothing_else_is_taken_for_a_field(text: str, name: str, said: list[str]) -> None:
    """What looks like one but is not, or is a part of a longer one."""
    found = {k: v for a in read(text, "2021-01-28") for k, v in told(text, a).items()}
    assert found[name] == said


def test_a_header_says_where_the_page_was_read() -> None:
    """In the furniture, for all articles of the page."""
    text = f"临泽日报 2021年1月28日 星期四 A02 要闻\n防汛部署会召开\n本报讯（记者王强）昨日{SAID}"
    header, article = (a for a in parse_page(SourceFile("页.txt", text)) if isinstance(a, Article))
    assert (header.kind, article.page_no, article.section) == ("furniture", "A02", "要闻")
    assert told(text, header) == {
        "newspaper": ["临泽日报"],
        "date": ["2021年1月28日"],
        "page_no": ["A02"],
        "section": ["要闻"],
    }


def test_a_record_was_printed_nowhere() -> None:
    """It has no spans."""
    (record,) = read_records(SourceFile("a.jsonl", '{"title": "雨再大", "body": "雨棚。"}'))
    assert isinstance(record, Article)
    assert record.spans == {}


def test_spans_hold_what_the_fields_say() -> None:
    """On simulated pages of every kind."""
    shared()
    seen = 0
    for page in mixed_pages(range(40), broadcast()):
        for article in read(page.text):
            found = told(page.text, article)
            for name in ("kicker", "subtitle", "agency", "place", "mark"):
                if value := getattr(article, name):
                    assert "".join(found[name]) == squeeze(value), (name, article)
                    seen += 1
            assert sorted(found.get("authors", ())) == sorted(map(squeeze, article.authors))
            assert "".join(found["body"]) == squeeze(article.body)
    assert seen > 200
