"""Ids say whether two articles are the same, by place and by every symbol."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_app.articles.identity import article_id, identified, is_valid_id
from search_app.model import Article, Source
from search_app.text.symbols import symbols

PLACE = ("临泽日报", "2021-07-01", "01")


def test_an_id_is_short_and_may_be_given_again():
    """Sixteen lower-case hexadecimal digits, valid as a given id."""
    made = article_id(*PLACE, "标题", "正文")
    assert re.fullmatch("[0-9a-f]{16}", made)
    assert is_valid_id(made)


def test_an_id_never_changes_between_versions():
    """Addresses that people wrote down stay valid: this value is never edited."""
    assert article_id(*PLACE, "标题", "正文") == "53430b0f260c7ef8"


def test_white_space_and_width_do_not_make_another_article():
    """What matching cannot tell apart is one article."""
    assert article_id(*PLACE, "标 题", "正\n文ＡＢ") == article_id(*PLACE, "标题", "正文ab")


@pytest.mark.parametrize("end", ["甲", "。"])
def test_the_last_symbol_counts(end):
    """Articles that begin alike, however long, are told apart."""
    body = "市气象台今天发布大风蓝色预警" * 100
    assert article_id(*PLACE, "", body) != article_id(*PLACE, "", body + end)


def test_runs_are_not_run_together():
    """`1 2` and `12` are other symbols, so other articles."""
    assert article_id(*PLACE, "", "1 2") != article_id(*PLACE, "", "12")


texts = st.text(alphabet="甲乙a1 \x1e\x1f\n", max_size=4)


@given(st.tuples(*[texts] * 5), st.tuples(*[texts] * 5))
def test_ids_are_equal_exactly_where_places_and_symbols_are(a, b):
    """No way of joining the parts makes two articles one."""

    def key(parts):
        return [p.split() for p in parts[:3]] + [symbols(p) for p in parts[3:]]

    assert (article_id(*a) == article_id(*b)) == (key(a) == key(b))


def test_missing_place_is_allowed():
    """An article without newspaper, date and page has an id too."""
    assert article_id(None, None, None, "", "文") == article_id("", "", "", "", "文")


def test_a_derived_title_is_no_part_of_the_id():
    """Another way of deriving titles must not change addresses."""
    a = Article(id="", title="甲", title_is_derived=True, body="甲乙", source=Source("a", 0, 2))
    b = Article(id="", title="甲乙", title_is_derived=True, body="甲乙", source=Source("b", 5, 7))
    assert identified(a).id == identified(b).id != ""


@pytest.mark.parametrize("text", ["a", "2020-01", "文章 1", "x" * 128, "...", "a.b", "?q=1"])
def test_ids_that_can_be_kept(text):
    """Printable text of up to 128 characters."""
    assert is_valid_id(text)


@pytest.mark.parametrize(
    "text", ["", ".", "..", "a/b", "../../x", "x" * 129, "a\n", "\x00", "a\u200bb", "\ud800"]
)
def test_ids_that_cannot_be_kept(text):
    """Whatever is no single part of an address, or cannot be seen."""
    assert not is_valid_id(text)
