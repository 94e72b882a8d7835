"""Numbers in Chinese and Arabic numerals: what is one, and what only looks like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_app.text.fold import fold
from search_app.text.numerals import ZEROS, arabic_mapped, count_in_han, in_arabic, in_han


@pytest.mark.parametrize(
    ("typed", "arabic"),
    [
        ("二〇二四年", "2024年"),
        ("二零二四年十二月", "2024年12月"),
        ("二○○八", "2008"),
        ("一九四九", "1949"),
        ("第十四届", "第14届"),
        ("一十四", "14"),
        ("一百二十三人", "123人"),
        ("兩千零五", "2005"),
        ("三月八日", "3月8日"),
        ("十月", "10月"),
        ("二十万", "20万"),
    ],
)
def test_chinese_numerals_are_written_as_arabic_ones(typed: str, arabic: str) -> None:
    """Folded; every number of the text."""
    assert in_arabic(typed) == arabic


@pytest.mark.parametrize(
    ("typed", "han"),
    [
        ("2024年", ("二〇二四年", "二零二四年", "二○二四年")),
        ("1949", ("一九四九", "一千九百四十九")),
        ("2000元", ("二〇〇〇元", "二零零零元", "二○○○元", "二千元")),
        ("14个月", ("十四个月",)),
        ("第1005号", ("第一〇〇五号", "第一零零五号", "第一○○五号", "第一千零五号")),
        ("3月8日", ("三月八日",)),
        ("10月", ("十月",)),
        ("20万", ("二十万",)),
        ("3000人", ("三千人",)),
    ],
)
def test_arabic_numerals_are_written_as_chinese_ones(typed: str, han: tuple[str, ...]) -> None:
    """A year digit by digit, with each of the three zeros; a count as read; both if unsure."""
    assert in_han(typed) == han


@pytest.mark.parametrize(
    "typed",
    ["会议", "一", "五四运动", "九一八", "十四五", "二三十", "一点", "十", "百年", "千千万万",
     "会议定于二", "5G", "A12", "3.5%", "12:30", "2021-07", "24/7", "05", "007",
     "3569499", "3", "0月"],
)  # fmt: skip
def test_what_is_no_sure_number_stays(typed: str) -> None:
    """Words that hold numerals, codes, decimals, times."""
    assert in_arabic(typed) == fold(typed)
    assert in_han(fold(typed)) == ()


def test_every_count_is_read_and_written() -> None:
    """From one Chinese form back to the same number."""
    counts = {n: count_in_han(n) for n in range(1, 10_000)}
    assert len(set(counts.values())) == len(counts)
    assert [counts[n] for n in (10, 19, 101, 110, 1005, 1010, 2300)] == [
        "十", "十九", "一百零一", "一百一十", "一千零五", "一千零一十", "二千三百",
    ]  # fmt: skip
    assert all(in_arabic(f"第{counts[n]}届") == f"第{n}届" for n in range(11, 10_000))


@given(st.text(alphabet="〇零一二两三十百千年月日0123456789.万aA会 ", max_size=12))
def test_other_ways_are_few_folded_and_different(text: str) -> None:
    """In Arabic numerals there is nothing left to write so."""
    arabic = in_arabic(text)
    assert fold(arabic) == arabic
    assert in_arabic(arabic) == arabic
    found = in_han(arabic)
    assert len(found) <= len(ZEROS) + 1
    assert arabic not in found


@given(st.text(alphabet="〇零一二两三十百千年月日０12㎡兩5.会 ", max_size=12))
def test_arabic_numerals_know_where_they_stood(text: str) -> None:
    """Each character came from one at or behind the one before it, and says the same."""
    mapped = arabic_mapped(text)
    assert mapped.text == in_arabic(text)
    assert len(mapped.origin) == len(mapped.text)
    assert list(mapped.origin) == sorted(mapped.origin)
    assert all(0 <= place < len(text) for place in mapped.origin)


def test_a_number_stands_where_it_was_printed() -> None:
    """All of it, however many digits that makes."""
    mapped = arabic_mapped("于十一月二十七日")
    start = mapped.text.index("11月27日")
    assert mapped.span(start, len(mapped.text)) == (1, 8)
