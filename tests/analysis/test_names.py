"""People and organisations are found by the words beside them, and little else is."""

import pytest
from scan import NamesAlone, names_alone

from search_app.analysis.names import Names
from search_app.analysis.segmenter import JiebaSegmenter
from search_app.model import Article, Source


def named(body: str, title: str = "无题") -> Names:
    return names_alone(Article(id="a", title=title, body=body, source=Source("x", 0, 1)))


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("市长周文斌主持会议，副市长李重山出席。", ["周文斌", "李重山"]),
        ("市长陆文骁表示，还要再看。", ["陆文骁"]),
        ("新华社记者 王　强 报道", ["王强"]),
        ("本报记者王小满、陈立报道", ["王小满", "陈立"]),
        ("渔民赵大海说，今年水大。", ["赵大海"]),
        ("欧阳明远教授介绍了经过。", ["欧阳明远"]),
        ("演员理查德·凯利昨天到访。", ["理查德·凯利"]),
        ("主席迪亚斯-卡内尔抵达", ["迪亚斯-卡内尔"]),
        ("總理溫家寶表示，中國將繼續開放。", ["温家宝"]),
        ("出席会议的有孙立群、周建民、何维。", ["孙立群", "周建民", "何维"]),
        ("局长王文涛说。王文涛还说，会有办法。", ["王文涛"]),
        ("副外长斯托尔滕贝格致辞", ["斯托尔滕贝格"]),
    ],
)
def test_people_are_found_by_what_stands_beside_them(text: str, people: list[str]) -> None:
    """Titles and verbs of speaking, dots, lists; padded names without the padding, each once."""
    assert named(text).people == tuple(people)


@pytest.mark.parametrize(
    "text",
    [
        "大家都很高兴，明天和平地来。",
        "主席高度评价，总理高兴地说，主任明天出席。",
        "乌克兰表示，哈马斯称，莫斯科宣布。",
        "水稻、玉米、白菜、黄瓜都丰收了。",
        "经济、政治、文化、社会建设。",
        "长白山·天池的春天",
        "",
    ],
)
def test_what_is_no_person_is_not_one(text: str) -> None:
    """Whatever stands beside it."""
    assert named(text).people == ()


@pytest.mark.parametrize(
    ("text", "organisations"),
    [
        ("市教育局昨天宣布，县水利局已在抽水。", ["市教育局", "县水利局"]),
        ("国务院、外交部和北京大学", ["国务院", "外交部", "北京大学"]),
        ("由文化和旅游部、农业农村部主办", ["文化和旅游部", "农业农村部"]),
        ("浙江省杭州市人民检察院公布", ["浙江省杭州市人民检察院"]),
        ("美财政部说，财政部说。", ["美财政部", "财政部"]),
        ("上海市防汛指挥部昨天发布", ["上海市防汛指挥部"]),
    ],
)
def test_organisations_are_whole(text: str, organisations: list[str]) -> None:
    """From the place that begins them to the word that ends them."""
    assert named(text).organisations == tuple(organisations)


def test_a_head_alone_is_no_organisation() -> None:
    """Neither is a kind of organisations, nor all of a country's."""
    assert named("委员会、公司、医院都要落实。地方政府和中国公司。").organisations == ()


def test_head_and_body_are_read_in_their_order() -> None:
    """Each by itself: the end of one and the begin of the other make no name."""
    assert named("市长陈立说", title="市长周文斌出席").people == ("周文斌", "陈立")
    assert named("王小满说", title="记者").people == ("王小满",)


def test_the_slow_segmenter_finds_nearly_the_same() -> None:
    """What it tags otherwise are words that stand in no dictionary."""
    slow = NamesAlone(JiebaSegmenter())
    text = "国务院总理李强、外交部长王毅和市长周文斌出席，渔民赵大海说。"
    article = Article(id="a", title="无题", body=text, source=Source("x", 0, 1))
    assert slow(article) == named(text)
