"""From values to HTML: marks by offsets, escaping, texts fit for display."""

from dataclasses import replace

import pytest

from search_app.model import SearchRequest, Span
from search_app.web.render import marked, paging, paragraphs, visible


def test_each_piece_is_escaped_by_itself_and_then_marked():
    """Markup that a mark splits stays text."""
    assert marked("<script>", [Span(4, 6)]) == "&lt;scr<mark>ip</mark>t&gt;"
    assert marked("a&b", [Span(1, 2)]) == "a<mark>&amp;</mark>b"


def test_marks_in_the_text_are_text():
    """Highlights come from offsets, nothing is searched for in the text."""
    assert marked("<mark>\ue000", []) == "&lt;mark&gt;\ue000"


def test_a_mark_never_crosses_a_line():
    """Each line is a whole element, in the printed text and in paragraphs."""
    assert marked("统\n一", [Span(0, 3)]) == "<mark>统</mark>\n<mark>一</mark>"
    assert paragraphs("甲<\n乙", [Span(1, 3)]) == [
        "甲<mark>&lt;</mark>",
        "<mark></mark>乙",
    ]


def test_bidi_controls_are_shown():
    """A title cannot turn around the text beside it."""
    assert visible("a\u202eb\u2066c") == "a[U+202E]b[U+2066]c"


@pytest.mark.parametrize("between", ["", "\u200d", "\u034f"])
def test_piled_up_marks_are_cut_off(between):
    """At most four on one character, whatever is put between them."""
    shown = visible("e" + ("\u0301" + between) * 2000 + "x")
    assert shown.count("\u0301") <= 4
    assert (shown[0], shown[-1]) == ("e", "x")


def test_ordinary_text_is_shown_as_it_is():
    """Punctuation, accents and joined emoji are not piled-up marks."""
    text = "“记者——报道……”e\u0301 👩‍👩‍👧‍👦🏳️‍🌈 ①②③④⑤ 㐀𠮷〇"
    assert visible(text) == text


def test_dates_are_written_as_they_are_known(app):
    """A year or a month alone is not made a day."""
    with app.test_request_context():
        day = app.jinja_env.filters["day"]
        assert [day(d) for d in ("2020-01-28", "1962-03", "0987")] == [
            "2020年1月28日",
            "1962年3月",
            "987年",
        ]


def test_a_citation_leaves_out_what_is_not_known(app, service):
    """Authors, title, newspaper, date and page as GB/T 7714 orders them."""
    cite = app.jinja_env.filters["citation"]
    first, second = service.article("a01"), service.article("a02")
    assert cite(first) == "王小满. 防汛抗旱指挥部召开会议[N]. 临泽日报, 2021-07-01(A01)."
    assert cite(second) == "新华社. [渡口的灯亮了一夜][N]. 渡口周刊, 1962-03."
    bare = replace(first, authors=(), newspaper=None, date=None, page_no=None)
    assert cite(bare) == "防汛抗旱指挥部召开会议[N]."


def test_pages_are_numbered_with_gaps_and_end_at_the_window(service):
    """First, last and what is near; none past what can be turned to."""
    page = replace(service.search(SearchRequest(q="会议", page=7)), total=100_000)
    assert paging(page).last == 1000
    assert paging(page).numbers == (1, None, 5, 6, 7, 8, 9, None, 1000)
    assert paging(replace(page, total=0, page=1)).numbers == (1,)
