"""Which words a chunk asks for, and which are counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_app.analysis.segmenter import RjiebaSegmenter
from search_app.analysis.words import Analyser, is_punctuation, read_stop_words, trim
from search_app.text.symbols import symbols

analyser = Analyser(RjiebaSegmenter(), read_stop_words())


@pytest.mark.parametrize(
    ("chunk", "words"),
    [
        ("防汛抗旱指挥部", ["防汛", "抗旱", "指挥部"]),
        ("5G概念", ["5g", "概念"]),
        ("1月27日", ["1月27日"]),
        ("A股", ["a股"]),
        ("曾炯", ["曾炯"]),
        ("产品和服务", ["产品", "服务"]),
        ("《消防》", ["消防"]),
        ("3.5%", ["3.5%"]),
        ("会议的", ["会议"]),
        ("的", []),
        ("，", []),
        ("會議並聽取", ["会议", "听取"]),
    ],
)
def test_a_chunk_asks_for_its_words(chunk: str, words: list[str]) -> None:
    """jieba's cut without stop words; lone characters and other runs side by side are one."""
    assert ["".join(word) for word in analyser.required_words(chunk)] == words


def test_search_words_hold_the_words_inside_long_words() -> None:
    """What ranks is jieba's search mode, letter and digit runs, punctuation left out."""
    assert list(analyser.search_words("指挥部，5G")) == ["指挥", "指挥部", "5", "g"]


def test_ranking_words_leave_stop_words_out() -> None:
    """Stop words would only rank long articles."""
    assert list(analyser.ranking_words("会议的通知")) == ["会议", "通知"]


@given(st.text(max_size=20))
def test_words_stand_in_the_chunk_in_its_order(chunk: str) -> None:
    """No word is invented: each is a run of the chunk's own symbols."""
    rest = symbols(chunk)
    for word in analyser.required_words(chunk):
        while rest and rest[: len(word)] != word:
            rest = rest[1:]
        assert word
        assert rest[: len(word)] == word
        rest = rest[len(word) :]


def test_trimming_leaves_what_belongs_to_a_word() -> None:
    """Brackets, quotes, dashes and stops go; % + # & @ / stay."""
    assert trim("（《会议》）。") == "会议"
    assert trim("3.5%") == "3.5%"
    assert trim("——“”") == ""
    assert is_punctuation(())
