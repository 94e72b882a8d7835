import pytest

from search_app.articles.pages.print.signs import Sign, endings, openings, squeezed


def opened(text: str) -> list[Sign]:
    return list(openings(squeezed(text), text))


@pytest.mark.parametrize(
    ("text", "printed", "agency", "place", "date"),
    [
        ("本报讯（记者焦娇）昨日", "本报讯（记者焦娇）", None, None, None),
        ("【本报讯】昨日", "【本报讯】", None, None, None),
        ("本报讯 昨日", "本报讯", None, None, None),
        ("本报讯（记者金桂香、\n姚广强）记者", "本报讯（记者金桂香、\n姚广强）", None, None, None),
        ("晚报讯（通讯员 李明）昨日", "晚报讯（通讯员 李明）", None, None, None),
        ("本报北京1月27日讯 昨日", "本报北京1月27日讯", None, "北京", None),
        ("新华社北京1月27日电 中", "新华社北京1月27日电", "新华社", "北京", None),
        ("据新华社日内瓦２７日电 中", "据新华社日内瓦２７日电", "新华社", "日内瓦", None),
        ("新华社上海2020年1月27日电", "新华社上海2020年1月27日电", "新华社", "上海", "2020-01-27"),
        ("中新网郑州一月二十七日电 中", "中新网郑州一月二十七日电", "中新网", "郑州", None),
        (
            "法新社巴黎27日电（记者 王强）中",
            "法新社巴黎27日电（记者 王强）",
            "法新社",
            "巴黎",
            None,
        ),
        ("据新华社电 中", "据新华社电", "新华社", None, None),
        ("题尾 本报讯（记者焦娇）昨日", "本报讯（记者焦娇）", None, None, None),
    ],
)
def test_openings_name_agency_place_and_day(
    text: str, printed: str, agency: str | None, place: str | None, date: str | None
) -> None:
    """Wherever white space stands before them, even where a column's edge cuts them."""
    (sign,) = opened(text)
    assert text[sign.start : sign.end] == printed
    assert (sign.agency, sign.place, sign.date) == (agency, place, date)


@pytest.mark.parametrize(
    "text",
    [
        "昨日的本报讯说",
        "本报热线电话1234",
        "据悉，\n新华社电讯稿",
        "他订了《\n新华社电讯》",
        "上海社科院1月27日",
    ],
)
def test_a_sentence_may_speak_of_newspapers(text: str) -> None:
    """No opening in mid sentence."""
    assert opened(text) == []


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("安全。①5", "①5"),
        ("安全。①\n5\n标题", "①5"),
        ("安全。④2\n\n12345热线", "④2"),
        ("安全。⑥12 本报讯", "⑥12"),
        ("安全。（完）", None),
        ("安全。（责任编辑：王小满）③2", "③2"),
        ("安全。（据新华社）", None),
        ("安全。（下转A02版）", None),
        ("安全。（下\n转 A02 版）\n标题", None),
    ],
)
def test_end_marks_stand_before_white_space(text: str, mark: str | None) -> None:
    """A wrap may part the circled number from its digit; the next line's digits are not its own."""
    (sign,) = endings(squeezed(text), text)
    assert sign.mark == mark
    assert sign.start == 3


@pytest.mark.parametrize("text", ["措施①加强管理②5个小组成立", "①2020年"])
def test_numbered_items_are_no_end_marks(text: str) -> None:
    """What goes on behind the number is a list."""
    assert list(endings(squeezed(text), text)) == []


def test_jump_lines_are_part_of_the_text() -> None:
    """下转 ends a text and 上接 begins one; editors and sources do not belong to it."""
    (begins,) = opened("（上接A01版）也有家长担心")
    assert begins.in_text
    (ends,) = endings(squeezed("安全。（下转A02版）"), "安全。（下转A02版）")
    assert ends.in_text
    (noted,) = endings(squeezed("安全。（据新华社）①5"), "安全。（据新华社）①5")
    assert (noted.in_text, noted.agency, noted.mark) == (False, "新华社", "①5")


def test_an_opening_begins_its_line() -> None:
    """Not in the letter-spaced headline above it."""
    text = "员 的 蓝 天 故 事\n\n晚报讯（记者 丁远）昨日"
    (sign,) = opened(text)
    assert text[sign.start :].startswith("晚报讯")
