"""An archive's own words, synonyms and stop words as files."""

from pathlib import Path
from random import Random

import pytest

from search_app.analysis.dictionaries import (
    LONGEST,
    MOST_SYNONYMS,
    NO_DICTIONARIES,
    Dictionaries,
    Synonyms,
)
from search_app.analysis.segmenter import JiebaSegmenter, RjiebaSegmenter, UserWord
from search_app.errors import BadSetting

USER_WORDS = "防汛抗洪救灾 100 n\n\n水库大坝 n\n渡輪公司\n防汛办\n"


def test_words_are_cut_as_the_file_says() -> None:
    """Traditional forms are its simplified words; a word without a frequency gets its way."""
    analyser = Dictionaries(user_words=USER_WORDS).analyser()
    words = analyser.required_words("水库大坝渡轮公司防汛抗洪救灾")
    assert ["".join(word) for word in words] == ["水库大坝", "渡轮公司", "防汛抗洪救灾"]
    assert "水库大坝" in analyser.search_words("在水库大坝外")
    assert ["".join(w) for w in NO_DICTIONARIES.analyser().required_words("水库大坝")] != [
        "水库大坝"
    ]


def test_a_list_of_stop_words_stands_in_place_of_the_default() -> None:
    analyser = Dictionaries(stop_words="会议\n").analyser()
    assert analyser.required_words("防汛会议的") == [("防", "汛"), ("的",)]
    assert Dictionaries(stop_words="").analyser().required_words("的") == [("的",)]


def test_synonyms_mean_each_other_or_one_way_only() -> None:
    text = "# 机构\n世卫组织， 世界卫生组织, WHO\n老汉口, 汉口镇 => 汉口\n"
    assert list(Dictionaries(synonyms=text).synonym_groups()) == [
        Synonyms(*[("世卫组织", "世界卫生组织", "WHO")] * 2),
        Synonyms(("老汉口", "汉口镇"), ("汉口",)),
    ]


@pytest.mark.parametrize("segmenter", [RjiebaSegmenter, JiebaSegmenter])
def test_added_words_are_cut_alike_by_both_segmenters(
    segmenter: type[RjiebaSegmenter] | type[JiebaSegmenter],
) -> None:
    """With a frequency, with a tag, with neither; in both modes, and for many lines at once."""
    random, characters = Random(3), "防汛抗旱指挥部重庆长江水库大坝会议的人民"
    words = [UserWord("水库大坝"), UserWord("汛抗", 9_000_000), UserWord("庆长江", 5, "ns")]
    one, other = segmenter(words), JiebaSegmenter(words)
    for _ in range(300):
        run = "".join(random.choices(characters, k=random.randint(1, 20))) + "水库大坝"
        assert one.words(run) == other.words(run)
        assert one.search_words(run) == other.search_words(run)
    assert set(one.short_words()) >= {"汛抗", "庆长江"}


@pytest.mark.parametrize(
    ("name", "line", "reason"),
    [
        ("user_dict.txt", "坏 词 频", "is not a word, its frequency and its tag"),
        ("user_dict.txt", "坏词 0 n", "is not a word, its frequency and its tag"),
        ("user_dict.txt", "坏词 -3", "is not a word, its frequency and its tag"),
        ("user_dict.txt", "坏词 12345678901", "is not a word, its frequency and its tag"),
        ("user_dict.txt", "# 说明", "is not a word"),
        ("user_dict.txt", "词" * (LONGEST + 1), "has a word of over"),
        ("synonyms.txt", "单个", "is no list of synonyms"),
        ("synonyms.txt", "甲, => 乙 => 丙", "is no list of synonyms"),
        ("synonyms.txt", "=> 乙", "is no list of synonyms"),
        ("synonyms.txt", "甲,乙" * MOST_SYNONYMS + ",丙", f"has over {MOST_SYNONYMS} words"),
        ("synonyms.txt", "甲, " + "乙" * (LONGEST + 1), "has a word of"),
        ("synonyms.txt", "甲, \u200b", "has a word of"),
        ("stopwords.txt", "这 个", "has white space"),
    ],
)
def test_a_fault_has_its_file_and_line(tmp_path: Path, name: str, line: str, reason: str) -> None:
    first = {"user_dict.txt": "防汛", "synonyms.txt": "和, 与", "stopwords.txt": "的"}[name]
    (tmp_path / name).write_text(f"{first}\n\n{line}\n", encoding="utf-8")
    (fault,) = Dictionaries.kept(tmp_path).faults()
    assert (fault.path, fault.line) == (name, 3)
    with pytest.raises(BadSetting, match=f"{name}:3: ({reason})"):
        Dictionaries.read(tmp_path)


def test_lines_without_effect_are_told_apart_from_faults(tmp_path: Path) -> None:
    """A dictionary made for jieba may have them; a build takes it."""
    (tmp_path / "user_dict.txt").write_text("防汛\n5G技术 3\n防汛\n", encoding="utf-8")
    idle = Dictionaries.read(tmp_path).idle()
    assert [(r.line, r.reason[:7]) for r in idle] == [(2, "changes"), (3, "is ther")]


def test_good_files_have_no_fault_and_are_kept_as_they_are(tmp_path: Path) -> None:
    """A byte order mark and the line ends of other systems are no faults."""
    source, kept = tmp_path / "given", tmp_path / "kept"
    source.mkdir(), kept.mkdir()
    (source / "user_dict.txt").write_bytes("\ufeff防汛办 3 n\r\n".encode())
    (source / "synonyms.txt").write_bytes("和, 与\n".encode())
    given = Dictionaries.read(source)
    given.write(kept)
    assert Dictionaries.read(kept) == given
    assert sorted(path.name for path in kept.iterdir()) == ["synonyms.txt", "user_dict.txt"]
    assert not Dictionaries.read(tmp_path)


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="no folder"):
        Dictionaries.read(tmp_path / "nowhere")
    (tmp_path / "stopwords.txt").write_bytes("的\n".encode() + "地".encode("gbk"))
    with pytest.raises(BadSetting, match=r"stopwords\.txt:2: not UTF-8"):
        Dictionaries.read(tmp_path)
