"""Pages of the paper, made up in its layout; how well real ones come apart: `measure.py`."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jingbao import parse_jingbao

from search_app.articles.base import Issue, SourceFile
from search_app.articles.contract import check_page_parser, golden_fields
from search_app.model import Article, Reject
from search_app.text.repair import squeeze

GOLDEN = Path(__file__).parent / "golden" / "滬濱小報" / "1921-05-04" / "2"
TEXT = "却說那書生走到橋頭、雨已下得緊了\n、忽見柳樹底下、有人撑着一把青布\n傘、向他招手、\n"
OTHER = "城隍廟之得意樓、近聘說書人周鳳池\n、每日申刻開講、余偶過之、座無虛席\n、"
# Lines that pages are made of, to be thrown together in any order.
PIECES = (
    TEXT
    + OTHER
    + """
第二版　民國十年五月四日
各稿版權所有
茶樓
論電車之擠
秋山
（聽
潮）
（鷗）
（一）
））
（（
◘
◘北城白鸚鵡
◘橋成之盛況（鳴岐攝）
每尺大洋二角
▲或謂、
◉
第二囘　借傘
（未完）
a1
"""
).split("\n")


def parse(text: str) -> list[Article]:
    found = list(parse_jingbao(SourceFile("2.txt", text, Issue("滬濱小報", "1921-05-04", "2"))))
    return [item for item in found if isinstance(item, Article)]


def kinds(text: str) -> list[tuple[str, str]]:
    """Each piece's kind, and its title or else its first characters."""
    return [(a.kind, a.title if not a.title_is_derived else a.body[:4]) for a in parse(text)]


def test_a_name_below_a_line_makes_it_a_headline() -> None:
    """In brackets or without, in one line or several, with a bracket lost or turned."""
    for name in (
        "（聽潮）",
        "聽潮",
        "聽潮）",
        "（聽\n潮）",
        "））\n聽潮\n自紹\n興寄\n（（",
        "（聽潮投稿）",
    ):
        (article,) = parse(f"茶樓聽書小記\n{name}\n{OTHER}")
        assert (article.title, article.authors) == ("茶樓聽書小記", ("聽潮",)), name
        assert squeeze(article.body) == squeeze(OTHER)
        assert article.byline == squeeze(name)
        assert article.place == ("紹興" if "自" in name else None)
        assert (article.newspaper, article.date, article.page_no) == ("滬濱小報", "1921-05-04", "2")


def test_a_line_without_a_name_is_a_headline_by_its_width_or_its_words() -> None:
    """Narrower than the column below it, or with words of it; else it belongs to the text."""
    column = "昨日城隍廟前有人\n賣藝、觀者甚衆、\n巡捕驅之、不散、\n"
    titles = {"夜遊": 1, "夜遊小記": 2, "城隍廟前賣藝者之歎息": 2, "大風吹落一塊金字招牌": 1}
    for title, found in titles.items():
        page = f"論電車之擠\n（冷眼）\n{OTHER}其擠如此、\n{title}\n{column}"
        assert len(parse(page)) == found, title


def test_a_headline_in_a_box_is_put_together() -> None:
    """Its lines are narrow, and no line of the article before is taken with them."""
    found = parse(f"論電車之擠\n（冷眼）\n{TEXT}茶樓\n聽書\n小記\n（聽潮）\n{OTHER}")
    assert [a.title for a in found] == ["論電車之擠", "茶樓聽書小記"]


def test_a_line_of_verse_is_no_headline() -> None:
    """As wide as those around it, it belongs to them, even above a headline."""
    verse = "一枝紅杏出牆東不怨春風只怨儂\n待得提籃人去後滿城都在賣花中\n"
    found = parse(f"賣花詞\n（秋山）\n{TEXT}{verse}論電車之擠\n（冷眼）\n{OTHER}")
    assert [a.title for a in found] == ["賣花詞", "論電車之擠"]
    assert found[0].body.endswith("滿城都在賣花中")


def test_notes_begin_with_a_mark_and_end_with_a_name() -> None:
    """A name that lost a bracket is still one; a remark in brackets is none."""
    found = parse(f"◘{TEXT}（鷗）\n◘{OTHER}冷眼）\n◘北城茶園、有白鸚鵡一頭、（未完）\n")
    assert [a.authors for a in found] == [("鷗",), ("冷眼",), ()]
    assert [a.title_is_derived for a in found] == [True] * 3
    assert all(a.body.startswith(a.title) for a in found)
    assert found[2].body == "北城茶園、有白鸚鵡一頭、（未完）"


def test_a_marked_line_narrower_than_its_column_is_a_subhead() -> None:
    """It stays inside its article."""
    assert kinds(f"茶樓小記\n（聽潮）\n{TEXT}◘西湖\n{OTHER}") == [("article", "茶樓小記")]


def test_a_caption_belongs_to_the_article_that_names_it() -> None:
    """Else it is furniture; inside an article's text it is a part of that."""
    head, caption = "說書人周鳳池\n（聽潮）\n", "◘新橋落成之盛況（鳴岐攝）\n"
    assert kinds(f"{head}{OTHER}\n◘周鳳池之近影◘\n") == [("article", "說書人周鳳池")]
    assert kinds(f"{head}{OTHER}\n{caption}") == [
        ("article", "說書人周鳳池"),
        ("furniture", "◘新橋落"),
    ]
    assert kinds(f"{head}{OTHER}\n{caption}{TEXT}") == [("article", "說書人周鳳池")]


@pytest.mark.parametrize(
    "advert",
    [
        "大有恆綢莊\n新到杭州湖縐\n每尺大洋二角\n電話一三五七\n",
        "德隆參號\n本號自運吉林野參、每兩大洋八元、\n另售鹿茸、價格從廉、電話南市二百、\n",
    ],
    ids=["lines", "sentences"],
)
def test_an_advertisement_between_articles_is_furniture(advert: str) -> None:
    """With stops or without: whole, and glued to neither neighbour."""
    page = f"茶樓小記\n（聽潮）\n{TEXT}{advert}論電車之擠\n（冷眼）\n{OTHER}"
    assert kinds(page) == [
        ("article", "茶樓小記"),
        ("furniture", squeeze(advert)[:4]),
        ("article", "論電車之擠"),
    ]


def test_doubts_say_what_was_not_printed() -> None:
    """A text without a headline, a headline without a name, an end in mid sentence."""
    (bare,) = parse(TEXT + OTHER.removesuffix("、"))
    assert bare.doubts == (
        "nothing shows where the article begins",
        "the text ends in mid sentence",
    )
    (unsigned,) = parse(f"茶樓小記\n{TEXT}{OTHER}")
    assert unsigned.doubts == ("no name shows that the first line is a headline",)
    assert unsigned.confidence == 0.8
    assert parse(f"茶樓小記\n（聽潮）\n{TEXT}")[0].confidence == 1.0


def test_a_blank_page_is_rejected() -> None:
    """With what to do about it."""
    (reject,) = parse_jingbao(SourceFile("2.txt", " \n　\n"))
    assert isinstance(reject, Reject)
    assert "character recognition" in reject.remedy


@given(st.lists(st.sampled_from(PIECES), max_size=24))
@example(["◘", "◘"])  # the same note, printed twice
def test_the_parser_keeps_the_promises_of_all(pieces: list[str]) -> None:
    """Every character is in exactly one piece, in page order, whatever lines a page has."""
    check_page_parser(parse_jingbao, SourceFile("2.txt", "\n".join(pieces)))


def test_a_page_reads_as_a_person_reads_it() -> None:
    """Every field of every article and all furniture, in page order, but for white space."""
    file = SourceFile("2.txt", GOLDEN.with_suffix(".txt").read_text(encoding="utf-8"))
    lines = GOLDEN.with_suffix(".jsonl").read_text(encoding="utf-8").splitlines()
    found = check_page_parser(parse_jingbao, file)
    assert [golden_fields(a) for a in found] == [json.loads(line) for line in lines]


@pytest.mark.parametrize(
    "line", ["）" * 50, "（甲" * 30, "◘甲乙丙◘", "茶樓", "每尺大洋二角", "、", "◘"]
)
def test_a_hostile_page_takes_time_in_proportion(line: str) -> None:
    """Four times the lines, or a line of four times the length, take no twelve times as long."""
    for joint in ("\n", ""):
        times = []
        for count in (2_000, 8_000):
            started = time.process_time()
            parse("甲乙丙丁\n（冷眼）\n" + joint.join([line] * count))
            times.append(time.process_time() - started)
        assert times[1] < 12 * max(times[0], 0.1)
