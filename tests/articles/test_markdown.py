"""Markdown files: front matter, headline, paragraphs."""

import time

import pytest

from search_app.articles.base import Issue, SourceFile
from search_app.articles.records.markdown import read_markdown
from search_app.model import Article, Reject

NOWHERE = Issue()


def read(text, issue=NOWHERE):
    return list(read_markdown(SourceFile("c/a.md", text, issue)))


def one(text, issue=NOWHERE):
    (item,) = read(text, issue)
    return item


FULL = """---
# what is known of it
id: "m-1"
title: '茶馆: 里的年味'
date: 2022-02-01
newspaper: 临泽晚报
page_no: 05
authors: [王小满, "孙文"]
kicker: null
tags:
  - 年味
layout: {x: 1}
---

第一段的第一行，
第一段的第二行
Night markets
are open。

## 小标题
第二段 **重点** [链接](https://example.org)。
"""


def test_front_matter_and_body_make_an_article():
    """The keys of records, with the same meaning; values are text as written."""
    a = one(FULL)
    assert (a.id, a.title, a.title_is_derived) == ("m-1", "茶馆: 里的年味", False)
    assert (a.date, a.newspaper, a.page_no, a.kicker) == ("2022-02-01", "临泽晚报", "05", None)
    assert a.authors == ("王小满", "孙文")


def test_paragraphs_become_lines():
    """Lines of a paragraph are joined, with a space only between Latin words."""
    assert one(FULL).body.split("\n") == [
        "第一段的第一行，第一段的第二行Night markets are open。",
        "小标题",
        "第二段 **重点** [链接](https://example.org)。",
    ]


def test_crlf_changes_nothing_but_the_source():
    """The same article, over the characters of the file as it is."""
    text = FULL.replace("\n", "\r\n")
    a = one(text)
    assert a.body == one(FULL).body
    assert (a.source.start, a.source.end) == (0, len(text))


def test_lists_may_be_items_and_keep_their_order():
    """Both ways YAML writes a list of names."""
    assert one("---\nauthors:\n- 王小满\n  - '孙文'\n---\n正文").authors == ("王小满", "孙文")
    assert one("---\nauthors: 王小满、孙文\n---\n正文").authors == ("王小满", "孙文")


def test_list_items_of_the_text_stay_lines():
    """A list is not run together."""
    assert one("- 甲\n- 乙\n1. 丙").body == "- 甲\n- 乙\n1. 丙"


def test_a_file_without_front_matter_is_an_article():
    """A leading heading is its title; without one the title is derived."""
    a = one("\n# 渡口的灯 #\n\n亮了一夜。")
    assert (a.title, a.title_is_derived, a.body) == ("渡口的灯", False, "亮了一夜。")
    assert one("亮了一夜。船来了。").title_is_derived


def test_a_given_title_wins_over_the_heading():
    """The heading stays text, unless it is the title once more."""
    assert one("---\ntitle: 甲\n---\n# 乙\n丙").body == "乙\n丙"
    assert one("---\ntitle: 甲\n---\n# 甲\n丙").body == "丙"


def test_the_place_of_the_file_fills_what_is_missing():
    """Front matter wins over the path."""
    a = one("---\ndate: 2022-02-01\n---\n正文", Issue("临泽晚报", "2021-01-01", None))
    assert (a.newspaper, a.date) == ("临泽晚报", "2022-02-01")


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_an_empty_file_holds_no_article(text):
    """There is nothing to reject in nothing."""
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("---\ntitle: 甲\n正文没有结束", 3),
        ("---\ntitle: 甲\n", 1),
        ("---\ntitle: 甲\n---\n \n", 1),
        ("---\n\ntitle 甲\n---\n正文", 3),
        ("---\ndate: 2020-13-01\n---\n正文", 1),
        ("---\ntitle: [甲]\n---\n正文", 1),
        ("---\ntitle: 甲\n- 乙\n---\n正文", 3),
        ("---\nid: a/b\n---\n正文", 1),
        ("# 只有标题", 1),
    ],
)
def test_what_cannot_be_read_is_rejected_with_a_line(text, line):
    """The same checks as for records, and front matter that is no key: value."""
    item = one(text)
    assert isinstance(item, Reject)
    assert (item.path, item.line) == ("c/a.md", line)


def test_a_ruler_inside_the_text_is_text():
    """Only the first line can open front matter."""
    assert isinstance(one("正文\n\n---\n\n后文"), Article)


@pytest.mark.parametrize("text", ["# " + "#" * 100_000 + "x", "\n" * 200_000 + "正文。"])
def test_a_hostile_file_is_read_in_no_time(text):
    """No pattern and no loop that squares the length."""
    started = time.process_time()
    assert len(list(read_markdown(SourceFile("a.md", text)))) == 1
    assert time.process_time() - started < 2
