import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_app.articles.base import Issue, SourceFile
from search_app.articles.derive import is_blank
from search_app.articles.pages import PAGE_PARSERS, parse_page
from search_app.model import Article, Reject
from search_app.text.repair import align

TESTS = Path(__file__).resolve().parents[2]
CORPUS = TESTS.parent / "corpus"
PAGES = [p.read_text(encoding="utf-8") for p in sorted(CORPUS.rglob("*.txt"))]

# The pieces that pages are made of, to be thrown together in any order.
PIECES = [
    "本报讯（记者焦娇）昨日下",
    "午，我市召开会议。",
    "新华社北京1月27日电 中",
    "共中央作出指示。①5",
    "市里召开会议",
    "2020年1月28日 星期二 A02 要闻",
    "责任编辑 王小满",
    "□本报记者 王 强",
    "（孙文）",
    "赵一鸣",
    "——记老船工",
    "①",
    "5",
    "",
    "　　会上，",
    "a b c 1 2",
]


def parse(text: str, issue: Issue = Issue()) -> list[Article]:  # noqa: B008 - frozen
    found = list(parse_page(SourceFile("page.txt", text, issue)))
    return [a for a in found if isinstance(a, Article)]


def assert_all_is_accounted_for(text: str) -> None:
    """Every character but white space stands in exactly one article or piece of furniture."""
    end = 0
    for a in parse(text):
        assert not text[end : a.source.start].strip()
        assert end <= a.source.start < a.source.end
        end = a.source.end
        assert a.printed == text[a.source.start : end]
        if a.kind == "article":
            align(a.body, a.printed)
        assert a.title
    # A page of invisible characters alone holds nothing to read and is rejected whole.
    assert not text[end:].strip() or is_blank(text)


@given(st.lists(st.sampled_from(PIECES), max_size=24))
def test_no_character_of_a_page_is_lost(pieces: list[str]) -> None:
    """Whatever the order of a page's pieces, each is part of one article."""
    assert_all_is_accounted_for("\n".join(pieces))


def test_what_nobody_can_see_is_no_article() -> None:
    """It is furniture, and called what it is."""
    text = "市里开会\n本报讯 昨日，市里召开会议。①5\n\u200b\u200b"
    assert_all_is_accounted_for(text)
    found = [(a.kind, a.title) for a in parse(text)]
    assert found == [("article", "市里开会"), ("furniture", "U+200B U+200B")]


def test_a_mark_alone_is_its_own_text() -> None:
    """However it is cut: nothing is lost, and it has a title."""
    for text in ("①\n5", "▲\n\u200b", "图为现场\n\u200b", "\u200b\n①5"):
        assert_all_is_accounted_for(text)
    (article,) = parse_page(SourceFile("p.txt", "①\n5"))
    assert isinstance(article, Article)
    assert (article.title, article.mark) == ("①5", None)


@given(st.text(max_size=60))
def test_any_text_is_accounted_for(text: str) -> None:
    """A page may hold anything."""
    assert_all_is_accounted_for(text)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("text", PAGES, ids=range(len(PAGES)))
def test_shuffled_pages_are_accounted_for(text: str, seed: int) -> None:
    """The lines of a page in the wrong order are still all there."""
    lines = text.split("\n")
    random.Random(seed).shuffle(lines)
    assert_all_is_accounted_for(text)
    assert_all_is_accounted_for("\n".join(lines))


@pytest.mark.parametrize("text", ["", " \n\u3000\n"])
def test_an_empty_page_is_rejected(text: str) -> None:
    """The reject names the file as a whole, the reason and the remedy."""
    (reject,) = parse_page(SourceFile("p.txt", text))
    assert isinstance(reject, Reject)
    assert str(reject).startswith("p.txt: the page holds no text; ")


def test_an_article_takes_place_and_date_from_its_issue() -> None:
    """The dateline's day is not the paper's."""
    text = "市里开会\n\n新华社北京2020年1月27日电 市里昨日召开会议，部署工作。"
    (a,) = parse(text, Issue("焦作日报", "2020-01-28", "A02"))
    assert (a.newspaper, a.date, a.page_no, a.place) == ("焦作日报", "2020-01-28", "A02", "北京")
    (undated,) = parse(text)
    assert undated.date == "2020-01-27"
    assert len(a.id) == 16 != undated.id


def test_a_page_without_an_opening_is_one_doubtful_article() -> None:
    """Its first line is the headline; the doubts say what is missing."""
    (a,) = parse("清晨的渡口\n\n江面上的雾还没有散，船工们已经开始\n忙碌。第一班渡轮六点出发。")
    assert (a.title, a.title_is_derived) == ("清晨的渡口", False)
    assert a.confidence < 1
    assert a.doubts


def test_a_text_without_headline_is_named_by_its_first_sentence() -> None:
    """The derived title says that it is one."""
    (a,) = parse("本报讯（记者焦娇）今日立春。天气转暖，市民出游。")
    assert (a.title, a.title_is_derived, a.byline) == ("今日立春", True, "本报讯（记者焦娇）")


def test_page_furniture_is_kept_apart() -> None:
    """Header and editors are of the page, not of its articles."""
    text = (
        "临泽日报\n2021年7月1日 星期四 A02 要闻\n市里开会\n本报讯 昨日，市里召开会议。\n"
        "责任编辑 王小满 校对 孙文"
    )
    found = [(a.kind, a.title) for a in parse(text)]
    assert found == [
        ("furniture", "临泽日报"),
        ("furniture", "2021年7月1日 星期四A02要闻"),
        ("article", "市里开会"),
        ("furniture", "责任编辑 王小满 校对 孙文"),
    ]


BURIED = (
    "昨日，市里部署防汛工作，要求各县区\n检查水库堤坝，备足沙袋。\n市里部署防汛备足沙袋船只\n\n"
    "今天清晨，渡口的灯还亮着，船工\n已经擦洗甲板。"
)


@pytest.mark.parametrize(
    "text",
    [
        "市里召开会议部署工作\n" * 2_000,
        "（" * 20_000,
        "□" * 20_000,
        "本报讯" * 7_000,
        "记者王强" + " " * 20_000 + "x",
        "王强 " * 7_000,
        "2 0 2 0 " * 3_000,
        "①5\n" * 2_000,
        f"{BURIED}\n" * 400,
        BURIED.replace("船工", "船工" + "".join(map(chr, range(0x4E00, 0x5200)))) * 20,
        ("市里部署防汛\n\n" + "防汛工作，市里部署。\n\n" * 900 + "渡口亮着灯\n\n") * 2,
    ],
    ids=lambda text: repr(text[:8]),
)
def test_a_hostile_page_takes_time_in_proportion(text: str) -> None:
    """Four times the page takes no sixteen times as long."""

    def seconds(page: str) -> float:
        started = time.process_time()
        parse(page)
        return time.process_time() - started

    times = 4 if "x" not in text else 1
    longer = text * times if times > 1 else text.replace("x", " " * 60_000 + "x")
    assert seconds(longer) < 12 * max(seconds(text), 0.1)


def test_a_page_reads_the_same_in_every_process() -> None:
    """Two ways to part this one are as good as each other: no order of a set may decide."""
    code = (
        "from articles.simulator.pages import mixed_pages, parse;"
        "from articles.simulator.texts import invented;"
        "[page] = mixed_pages([4367], invented());"
        "print([article.title for article in parse(page.text)])"
    )
    shown = set()
    for seed in ("1", "7"):
        env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(TESTS)}
        done = subprocess.run(
            [sys.executable, "-c", code], env=env, capture_output=True, check=True
        )
        shown.add(done.stdout)
    assert len(shown) == 1


def test_the_table_has_a_default() -> None:
    """Whoever adds a page parser puts it into the table."""
    assert PAGE_PARSERS["default"] is parse_page
