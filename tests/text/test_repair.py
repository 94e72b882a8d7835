import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_app.text.repair import (
    align,
    is_complete,
    printed_lines,
    repair,
    repair_headline,
    squeeze,
)

# What pages are made of, so that wraps, gaps and columns come about often.
PAGES = st.text(alphabet="市防汛，。：”）（A b1 2\n\n\u3000 \r\t5①", max_size=80)


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("具 体 安 排 上 来 ， 采 取", "具体安排上来，采取"),
        ("严 的措\n施", "严 的措施"),
        ("挥 、 统 一 调 度 ， 以 最 严 的措\n施", "挥、统一调度，以最严的措施"),
        ("2 0 2 0", "2020"),
        ("于2 0 2 0 年 1 月", "于2020年1月"),
        ("1 月 27 日", "1月27日"),
        ("各县 （市） 区", "各县（市）区"),
        ("3569278、 3569499； 沁 阳 市", "3569278、3569499；沁阳市"),
        ("践行初心使命 做好值班值守", "践行初心使命 做好值班值守"),
        ("践 行 初 心  做 好 值 班", "践行初心 做好值班"),
        ("病毒感染的肺\n炎疫情", "病毒感染的肺炎疫情"),
        ("资金10\n90万元", "资金1090万元"),
        ("使用iPh\none手机", "使用iPhone手机"),
        ("去New\nYork看", "去New York看"),
        ("again along the\nriver. COVID-\n19 rules", "again along the river. COVID-19 rules"),
        ("用的是Open\nAI的模型，OpenAI说", "用的是OpenAI的模型，OpenAI说"),
        ("A股 5G", "A股5G"),
        ("", ""),
        (" \n\u3000\n", ""),
    ],
)
def test_layout_is_undone(printed: str, expected: str) -> None:
    """Wraps and letter-spacing go; a space stays between phrases and between Latin words."""
    assert repair(printed).text == expected


def test_a_blank_line_in_mid_sentence_is_a_column_break() -> None:
    """Only white space between two columns parts the halves of a sentence."""
    assert repair("全力以\n\n赴打赢这场硬仗。").text == "全力以赴打赢这场硬仗。"


@pytest.mark.parametrize(
    "printed",
    [
        "会议在沁阳市召开，听取汇报。\n\n会上，市领导作了讲话，提出要求。",
        "会议在沁阳市召开，听取了各县\n的汇报。\n会上，市领导作了讲话，提出要\n求，部署工作。",
        "　　会议在市里召开，听取了汇报。\n　　会上，市领导作了讲话，提出\n要求。",
    ],
)
def test_paragraphs_end_where_a_sentence_and_a_line_do(printed: str) -> None:
    """A blank line, a short line or an indent behind a full stop ends a paragraph."""
    first, second = repair(printed).text.split("\n")
    assert first.endswith("汇报。")
    assert second.startswith("会上")


def test_a_subhead_is_a_paragraph_of_its_own() -> None:
    """A short line without punctuation between two paragraphs joins neither."""
    printed = (
        "各级部门成立防汛指挥部，昼夜值班。\n物资到位\n全市共储备编织袋五万条，可以随时\n调用。"
    )
    assert repair(printed).text.split("\n")[1] == "物资到位"


def test_the_lines_of_a_headline_are_joined_by_a_space() -> None:
    """A reader sees where a headline breaks; matching ignores it."""
    assert repair_headline("践行初心使命 做好值班\n\n为 佳 节 护航").text == (
        "践行初心使命 做好值班 为佳节护航"
    )


@given(PAGES)
def test_nothing_but_white_space_changes(page: str) -> None:
    """The squeezed text stays, and every character comes from one that is the same."""
    mapped = repair(page)
    assert squeeze(mapped.text) == squeeze(page)
    assert len(mapped.origin) == len(mapped.text)
    assert list(mapped.origin) == sorted(mapped.origin)
    for character, place in zip(mapped.text, mapped.origin, strict=True):
        assert page[place] == character or (character.isspace() and page[place].isspace())
    assert mapped.text == mapped.text.strip()


@given(PAGES)
def test_the_map_back_can_be_recomputed(page: str) -> None:
    """`align` finds the same places from the two texts alone."""
    mapped = repair(page)
    for character, a, b in zip(mapped.text, mapped.origin, align(mapped.text, page), strict=True):
        assert a == b or character.isspace()


@given(st.text(alphabet="市防汛，。A b1 2\u3000", max_size=40))
def test_repairing_a_line_twice_is_repairing_it_once(line: str) -> None:
    """What repair leaves of one line's white space it leaves again."""
    once = repair(line).text
    assert squeeze(repair(once).text) == squeeze(once)
    assert repair(repair(once).text).text == repair(once).text


def test_a_body_is_found_inside_its_printed_article() -> None:
    """Headline and byline stand before it, other wraps inside it."""
    printed = "市里开会\n本报讯 昨 日\n下午，开会。①5"
    assert [printed[i] for i in align("昨日下午，开会。", printed)] == list("昨日下午，开会。")


@pytest.mark.parametrize(
    ("repaired", "original"), [("开会", "开了会"), ("开会开会", "开会"), ("a", "")]
)
def test_a_text_that_is_not_there_is_an_error(repaired: str, original: str) -> None:
    """No map is better than a wrong one."""
    with pytest.raises(ValueError, match="does not stand"):
        align(repaired, original)


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        ("完。", True),
        ("“完。”", True),
        ("完！（记者王强）", True),
        ("完，", False),
        ("标题", False),
    ],
)
def test_a_sentence_ends_at_a_stop_and_what_closes_after_it(text: str, complete: bool) -> None:
    """Quotes, brackets and a signature may follow the stop."""
    assert is_complete(text) is complete


def test_lines_know_their_range_indent_and_blank_lines() -> None:
    """Ranges leave the spaces out; CR LF is one line end."""
    text = "一行\r\n\r\n\u3000\u3000二 行 \n三行"
    lines = printed_lines(text)
    assert [text[line.start : line.end] for line in lines] == ["一行", "二 行", "三行"]
    assert [line.blank_before for line in lines] == [False, True, False]
    assert [line.indent for line in lines] == [0, 2, 0]


def test_tables_stay_tables() -> None:
    """Rows are lines, their columns parted by a space; one line that looks like a row is none."""
    text = "今日菜价如下：\n小白菜 5.6元 12%\n空心菜  6元 9%\n其他菜价没有\n变化。"
    assert (
        repair(text).text == "今日菜价如下：\n小白菜 5.6元 12%\n空心菜 6元 9%\n其他菜价没有变化。"
    )
    assert repair("市里下达资金 1090 30%\n用于防汛。").text == "市里下达资金1090 30%用于防汛。"
