"""Sounds of many texts at once are those of each one."""

from hypothesis import example, given
from hypothesis import strategies as st

from search_app.analysis.pinyin import readings, sounds
from search_app.engine.whoosh.build.soundkeys import sound_keys
from search_app.engine.whoosh.store.terms import KEY
from search_app.text.fold import fold

_WORDS = sorted(readings().words)
PIECES = (
    st.sampled_from(_WORDS) | st.text("一丁重庆银行长大ⅷéか·：", max_size=4) | st.text(max_size=3)
)
TEXTS = st.lists(st.lists(PIECES, max_size=5).map("".join).map(fold), max_size=6)


@example(
    [
        "",
        "重庆",
        "abcdefg重庆",
        "abcdefgh重庆",
        "2024年1月",
        "：：—",
        "𠮷野家",
        "，".join("防汛抗旱"),
    ]
)
@given(TEXTS)
def test_many_sound_as_each(texts: list[str]) -> None:
    keys = sound_keys(texts).tolist()
    assert keys == [_number(sound) for text in texts for sound in sounds(text, KEY)]


def _number(sound: str) -> int:
    return int.from_bytes(sound[:KEY].encode("ascii", "ignore").ljust(KEY, b"\0"), "big")
