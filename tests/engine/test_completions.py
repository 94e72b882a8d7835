"""What an index offers to somebody who types: as a plain scan of its articles says."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from given import BuiltIndex, GivenCorpus, accept
from scan import ScanEngine

from search_app.analysis.words import Analyser
from search_app.engine.base import SearchEngine
from search_app.engine.whoosh.build import batch
from search_app.model import Article, Source

Make = Callable[..., Article]
TEXTS = (
    "防汛抗旱指挥部", "防汛", "重庆长江", "银行行长", "防疫", "NATO", "nation", "5G", "A股",
    "的", "一", "會議", "会意", "汇演", "旅游", "绿叶", "王小满", "渡口的灯", "，", "\n",
)  # fmt: skip
TYPED = (
    "防", "防汛", "會", "f", "fx", "fxkh", "fangxun", "fangxunkangh", "zh", "cq", "chongqing",
    "chongqingchangjiang", "yh", "n", "na", "NAT", "lv", "lvyou", "w", "wangxiaoman", "z", "的",
    "5", "xyz",
)  # fmt: skip


def articles(random: Random, count: int) -> list[Article]:
    texts = [["".join(random.choices(TEXTS, k=k)) for k in (2, 6)] for _ in range(count)]
    return [
        Article(
            id=f"a{n}",
            title=title or "无",
            body=body,
            date=f"2021-01-{1 + n % 28:02}",
            title_is_derived=random.random() < 0.2,
            authors=random.choice(((), ("王　小满",), ("王小满", "李四"))),
            place=random.choice((None, "北京", "重慶")),
            source=Source("x", 0, 1),
        )
        for n, (title, body) in enumerate(texts)
    ]


def titles_sounding(engine: SearchEngine, typed: str) -> set[str]:
    return {a.title for a in engine.articles(engine.titles_sounding(typed, 30))}


@pytest.mark.parametrize("seed", range(6))
def test_words_names_and_titles_are_those_of_a_scan(
    tmp_path: Path, analyser: Analyser, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By characters, pinyin and initials; phrases aside, which the scan does not know."""
    monkeypatch.setattr(batch, "_WORDS_OF_PHRASE", ())
    given = articles(Random(seed), 20)
    index = BuiltIndex(tmp_path / "index")
    index.rebuild(GivenCorpus(given), accept)
    live, scan = index.live(), ScanEngine(given, analyser)
    found = 0
    for typed in TYPED:
        wanted = scan.completions(typed, 1000)
        assert live.completions(typed, 1000) == wanted, typed
        few = [c.weight for c in live.completions(typed, 3)]
        assert few == [c.weight for c in wanted[:3]], typed
        assert live.homophones(typed) == scan.homophones(typed), typed
        if typed.isascii() and typed:
            titles = [titles_sounding(engine, typed) for engine in (live, scan)]
            assert titles[0] == titles[1], typed
        found += len(wanted)
    assert found > 30


def test_words_side_by_side_in_headlines_are_phrases(
    build: Callable[..., BuiltIndex], make_article: Make
) -> None:
    """Not across the end of a headline or a line, and not with a stop word at an end."""
    heads = ["全市防汛抗旱工作会议召开", "全市防汛抗旱工作会议落幕", "防汛的工作"]
    live = build([make_article(f"a{n}", "正文。", h) for n, h in enumerate(heads)]).live()
    texts = [c.text for c in live.completions("防汛", 50)]
    assert "防汛抗旱" in texts
    assert "防汛抗旱工作" in texts
    assert not any("召开" in text or "的" in text for text in texts)


def test_an_update_adds_its_words_and_leaves_out_titles_that_are_gone(
    tmp_path: Path, make_article: Make
) -> None:
    """Two segments are asked as one."""
    before = [make_article(f"a{n}", "防汛会议。", f"防汛第{n}期") for n in range(30)]
    index = BuiltIndex(tmp_path / "index")
    index.rebuild(GivenCorpus(before), accept)
    after = [*before[1:], *(make_article(f"b{n}", "防震演练。", "防震演练") for n in range(2))]
    index.update(GivenCorpus(after), accept)
    live = index.live()
    assert len(live.collection.segments) == 2
    assert {"防汛", "防震"} <= {c.text for c in live.completions("fang", 50)}
    assert [c.text for c in live.homophones("防阵")] == ["防震"]
    titles = {a.id for a in live.articles(live.titles_sounding("fxd", 100))}
    assert titles == {a.id for a in before[1:]}
