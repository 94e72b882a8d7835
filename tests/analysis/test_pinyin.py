"""Pinyin and initials of what is suggested."""

from importlib.resources import files

import pytest
from analysis import pinyin_table

from search_app.analysis.pinyin import begins_to_sound, letters_of, pinyin, sounds, syllables


@pytest.mark.parametrize(
    ("text", "typed", "short"),
    [
        ("防汛抗旱", "fangxunkanghan", "fxkh"),
        ("重庆银行行长", "chongqingyinhanghangzhang", "cqyhhz"),
        ("长江", "changjiang", "cj"),
        ("旅游", "lvyou", "ly"),
        ("a股5g", "agu5g", "ag5g"),
        ("", "", ""),
    ],
)
def test_as_it_is_typed(text: str, typed: str, short: str) -> None:
    assert (pinyin(text), *sounds(text, 20)) == (typed, typed, short)


def test_a_syllable_for_each_character() -> None:
    for text in ("重庆长江", "行行重行行", "㐂𠮷·龘", "单于"):
        assert len(syllables(text)) == len(text)


def test_what_follows_decides_how_a_character_is_read() -> None:
    """Also where only the first character is compared."""
    assert sounds("重庆", 1) == ("chong", "c")
    assert begins_to_sound("重庆：长江", "cqcj")
    assert begins_to_sound("重庆", "chongq")
    assert not begins_to_sound("重庆", "z")


@pytest.mark.parametrize(
    ("typed", "letters"),
    [("Fx KH", "fxkh"), ("xi'an", "xian"), ("５G", "5g"), ("防", ""), ("", "")],
)
def test_letters_may_be_a_sound(typed: str, letters: str) -> None:
    assert letters_of(typed) == letters


def test_the_table_is_what_pypinyin_says() -> None:
    table = (files("search_app.analysis") / "pinyin.tsv").read_text(encoding="utf-8")
    assert table.splitlines() == pinyin_table.lines()
