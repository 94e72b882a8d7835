"""Each step of the default page parser alone: lines, labels, bodies, headlines, roles, fields."""

from itertools import pairwise

import pytest

from search_app.articles.pages.bodies import Body, Gap, Layout, lay_out
from search_app.articles.pages.boundaries import join_at_subheads, part_at_headlines, part_at_seams
from search_app.articles.pages.fields import read_fields
from search_app.articles.pages.headlines import assign_headlines
from search_app.articles.pages.labels import label_lines
from search_app.articles.pages.print.columns import Reach, column_lines
from search_app.articles.pages.print.furniture import is_furniture
from search_app.articles.pages.print.lines import read_lines
from search_app.articles.pages.print.overlap import character_pairs, echoes, ink_of
from search_app.articles.pages.print.wording import advert_signs, is_known_edge
from search_app.articles.pages.roles import weigh_roles

OPEN = "本报讯（记者焦娇）昨日，市里召开\n防汛会议，部署各项防汛工作。"
DAWN = "本报讯 清晨，渡口的灯还亮着，船\n工们已经开始忙碌。"
TWO = f"{OPEN}①5\n\n市里部署防汛工作\n{DAWN}①5\n渡口的清晨"


def labels(text: str) -> str:
    return "".join(label_lines(read_lines(text)))


def layout(text: str) -> Layout:
    lines = read_lines(text)
    return join_at_subheads(lay_out(lines, label_lines(lines)), [])


def test_lines_are_cut_where_articles_meet() -> None:
    """A headline's tail and the next opening share a printed line, so do a mark and a headline."""
    lines = read_lines("正文。①5 标题一\n\n题尾 本报讯（记者焦娇） 昨日")
    assert [line.text for line in lines] == [
        "正文。①5",
        "标题一",
        "题尾",
        "本报讯（记者焦娇） 昨日",
    ]
    assert [line.ending is not None for line in lines] == [True, False, False, False]
    assert [line.opening is not None for line in lines] == [False, False, False, True]
    assert [line.blank_before for line in lines] == [False] * 4


def test_lines_know_credits_and_complete_sentences() -> None:
    """A caption with its photographer is complete, a byline is nothing but a credit."""
    byline, caption = read_lines("□ 本报记者 王 强\n图为茶馆。本报记者 孙文 摄")
    assert byline.is_credit
    assert caption.is_complete
    assert not caption.is_credit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TWO, "OBHOBH"),
        ("市里部署防汛工作\n" + OPEN, "HOB"),
        ("渡口的清晨\n□本报记者 王 强\n清晨，渡口的灯还亮着。", "HOB"),
        ("渡口的清晨\n赵一鸣\n清晨，渡口的灯还亮着。", "HOB"),
        (
            "渡口的清晨\n\n清晨，渡口的灯还亮着，船工\n忙碌。\n（孙文）\n市里开会\n" + OPEN,
            "HBBCHOB",
        ),
        ("2021年7月1日 星期四 A02 要闻\n市里开会\n" + OPEN, "FHOB"),
    ],
)
def test_lines_are_labelled_by_what_they_show_and_what_they_follow(
    text: str, expected: str
) -> None:
    """Heads, bodies, openings, closing credits, furniture."""
    assert labels(text) == expected


def test_a_line_in_mid_sentence_is_no_headline() -> None:
    """However short, between blank lines, and without punctuation."""
    assert labels("本报讯 昨日，市里召开的防汛\n\n工作会议部署了\n\n各项工作，要求落实。") == "OBB"


def test_bodies_begin_at_openings_and_end_at_marks() -> None:
    """Between two bodies is a gap, one more than bodies on the whole page."""
    page = layout(TWO)
    assert [len(body.lines) for body in page.bodies] == [2, 2]
    assert [[line.text for line in gap.lines] for gap in page.gaps] == [
        [],
        ["市里部署防汛工作"],
        ["渡口的清晨"],
    ]
    assert all(body.opened and body.closed for body in page.bodies)


def test_a_subhead_parts_no_article() -> None:
    """On a page that opens its articles, a short line between paragraphs does not."""
    text = f"市里开会\n{OPEN}\n物资到位\n全市储备编织袋五万条，可以随时\n调用。\n{TWO}"
    assert len(layout(text).bodies) == 3


def test_a_headline_below_its_text_is_no_subhead_of_the_next() -> None:
    """It is long and speaks of the text above; what stands below begins as news do."""
    above = (
        "昨日，市里部署防汛工作，\n要求备足沙袋，船只待命。\n值班的人日夜守在堤坝上，\n不离半步。"
    )
    below = (
        "今天清晨渡口的灯还亮着，\n船工老周已经擦洗过甲板，\n等着第一班的乘客上船来，\n一个不落。"
    )
    lines = read_lines(f"本报讯{above}\n市里部署防汛工作备足沙袋\n\n{below}")
    labelled = lay_out(lines, ["O", "B", "B", "B", "H", "B", "B", "B", "B"])
    parted = join_at_subheads(labelled, [])
    assert [len(body.lines) for body in parted.bodies] == [4, 4]
    assert [line.text for line in parted.gaps[1].lines] == ["市里部署防汛工作备足沙袋"]


def test_furniture_keeps_headlines_on_their_side() -> None:
    """A headline does not reach over the page's own lines to a body."""
    page = layout(f"{OPEN}①5\n标题甲\n责任编辑 王小满\n标题乙\n本报讯 清晨。①5")
    assert [line.text for line in page.gaps[1].before] == ["标题甲"]
    assert [line.text for line in page.gaps[1].after] == ["标题乙"]
    assert [line.text for line in page.furniture] == ["责任编辑 王小满"]


def test_a_poem_is_no_headline() -> None:
    """Too many lines without a sentence are a text of their own."""
    poem = "\n".join(f"渡口的风吹过第{n}座山岗" for n in "一二三四五六七八九十百千")
    page = layout(f"渡口谣\n\n{poem}\n\n市里部署防汛工作\n{OPEN}")
    assert len(page.bodies) == 2
    assert [line.text for line in page.gaps[1].lines] == ["市里部署防汛工作"]


@pytest.mark.parametrize(
    "text",
    [
        TWO,
        f"市里部署防汛工作\n{OPEN}①5\n渡口的清晨\n{DAWN}①5",
    ],
)
def test_shared_words_decide_whose_headline_it_is(text: str) -> None:
    """Above or below: each headline finds its body."""
    stories = assign_headlines(layout(text)).stories
    assert [story.head[0].text for story in stories] == ["市里部署防汛工作", "渡口的清晨"]


def test_pairs_ignore_white_space() -> None:
    """The unit of likeness is a pair of neighbouring characters."""
    assert character_pairs(ink_of(read_lines("防 汛\n会"))) == {"防汛", "汛会"}


@pytest.mark.parametrize(
    ("head", "kicker", "title", "subtitle"),
    [
        ("市里开会", 0, 1, 0),
        ("王小平调研时强调\n抓好防汛工作\n确保百姓平安", 1, 2, 0),
        ("桐桥区试点集中充电\n\n电动车推出楼道 一夜八毛\n九个小区没有一起火情", 1, 1, 1),
        ("我市特事特办 专项资金下达\n市级已下达260万元，各县区1090万元", 0, 1, 1),
        ("渡口的灯\n——记老船工周平", 0, 1, 1),
        ("公交票价一元变两元\n两套方案摆上桌面", 0, 2, 0),
    ],
)
def test_headlines_come_apart_into_roles(head: str, kicker: int, title: int, subtitle: int) -> None:
    """A kicker leads in or stands alone above; a subtitle gives facts or begins with a dash."""
    assert tuple(map(len, weigh_roles(read_lines(head), "")[0].choice)) == (kicker, title, subtitle)


def test_the_tail_of_a_title_is_no_title() -> None:
    """It shares its line with the next opening: the blank line above is another column's."""
    head = read_lines("公布热线\n受理疫情\n\n防控问题 本报讯（记者焦娇）昨日")[:3]
    assert tuple(map(len, weigh_roles(head, "")[0].choice)) == (0, 3, 0)


def test_fields_are_read_off_a_body() -> None:
    """Byline and mark are not part of the text; the agency's place is the article's."""
    text = "新华社上海8月16日电（记者 陈国华、刘 洋） 指\n数收涨。\n（据新华社）①5"
    fields = read_fields(layout(text).bodies[0], text)
    assert (fields.agency, fields.place, fields.mark) == ("新华社", "上海", "①5")
    assert fields.authors == ("陈国华", "刘洋")
    assert fields.body == "指数收涨。"
    assert fields.byline == "新华社上海8月16日电（记者 陈国华、刘 洋） （据新华社）"


@pytest.mark.parametrize(
    ("text", "from_edge", "furniture"),
    [
        ("2020年1月28日 星期二 A02 要闻", 20, True),
        ("A02", 0, True),
        ("A02", 20, False),
        ("2020年1月28日", 20, False),
        ("责任编辑：王小满  版式：孙文", 20, True),
        ("编辑部昨日搬家", 0, False),
        ("市里召开会议", 0, False),
    ],
)
def test_furniture_is_known_by_its_parts(text: str, from_edge: int, furniture: bool) -> None:
    """A date or number alone is furniture only near the page's edge."""
    assert is_furniture(text, from_edge) is furniture


def test_lines_are_cut_behind_a_sentence() -> None:
    """The next headline may stand there; digits set off and letter-spacing are no such place."""
    lines = read_lines(
        "部署各项工作。 市里召开会议\n工作。 1月\n工 作 。 开 会\n工作完成。 市 里 开 会"
    )
    assert [(line.text, line.is_tail) for line in lines] == [
        ("部署各项工作。", False),
        ("市里召开会议", True),
        ("工作。 1月", False),
        ("工 作 。 开 会", False),
        ("工作完成。", False),
        ("市 里 开 会", True),
    ]


def test_captions_go_to_the_end_of_their_sentence() -> None:
    """The photographer's name too, and no further."""
    lines = read_lines("工作。①5\n▲昨日，渡口的船工\n正在忙碌。\n本报记者 孙文 摄\n市里开会")
    assert [line.is_caption for line in lines] == [False, True, True, True, False]


@pytest.mark.parametrize(
    ("text", "label", "row"),
    [
        ("相关链接", True, False),
        ("【 新 闻 背 景 】", True, False),
        ("链接两岸的桥", False, False),
        ("小白菜 5.6元 12%", False, True),
        ("资金 1090 万元", False, False),
    ],
)
def test_labels_and_rows_are_known(text: str, label: bool, row: bool) -> None:
    """What names a box, and the rows of tables."""
    (line,) = read_lines(text)
    assert (line.is_label, line.is_row) == (label, row)


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("预约电话：6286283", 2),
        ("地址：纱厂路18号", 1),
        ("全场七折 进店有礼", 1),
        ("市里召开会议", 0),
    ],
)
def test_advertisements_show_what_they_sell(text: str, signs: int) -> None:
    """A telephone number says most."""
    assert advert_signs(text) == signs


def test_columns_are_as_wide_as_their_lines() -> None:
    """First lines may have lost their indent, letter-spaced lines are measured without spaces."""
    text = (
        "市里开会\n昨日下午我市召开的防汛\n工作会议部署了下一步的防汛\n工作要求各县区抓好落实并\n"
        "切 实 做 好 各 项 准 备 工 作\n在汛期到来之前全部完成这些\n工作。"
    )
    reach = column_lines(read_lines(text))
    assert reach[0] == reach[-1] == Reach.SHORT
    assert reach[1] == Reach.INDENTED
    assert set(reach[2:6]) == {Reach.FULL}


def test_columns_may_be_set_in_characters() -> None:
    """Letters and digits take half a cell in print; some extractors wrap as if it were a whole."""
    text = (
        "昨日有12345人参加会议\n市里的A1B2C3路公交车\n全部改走新线因为老桥要维修\n修到ABCDEFGH时停"
    )
    assert column_lines(read_lines(text)) == [Reach.FULL] * 4


def test_the_first_sentence_echoes_its_headline() -> None:
    """A headline is said again below, other lines are not."""
    lines = read_lines("市里部署防汛工作\n昨日，市里部署防汛\n工作。\n渡口的清晨\n灯亮着。")
    points = echoes(lines)
    assert points[0] > 1
    assert points[3] == 0


def test_the_pair_that_an_edge_parts_is_looked_up_on_the_page() -> None:
    """A sentence that runs over the edge parts a word that stands elsewhere; a headline ends."""
    lines = read_lines("市里防\n汛，全市防汛。\n渡口清晨\n灯亮着3\n天")
    page = "\n".join(line.ink for line in lines)
    known = [is_known_edge(a, b, page) for a, b in pairwise(lines)]
    assert known == [True, None, False, None]


def test_an_advertisement_between_articles_is_no_headline() -> None:
    """Its lines belong to the page; the headlines beside it keep their texts."""
    advert = "鸿运家具城开业\n全场七折 进店有礼\n电话：6286283"
    text = f"{OPEN}①5\n\n市里部署防汛工作\n\n{advert}\n\n{DAWN}①5\n渡口的清晨"
    told = assign_headlines(layout(text))
    assert [story.head[0].text for story in told.stories] == ["市里部署防汛工作", "渡口的清晨"]
    assert [line.text[:2] for line in told.furniture] == ["鸿运", "全场", "电话"]


def test_a_caption_behind_a_mark_is_no_article() -> None:
    """It stays with the article, and out of its headline."""
    told = assign_headlines(
        layout(f"{OPEN}①5\n▲会议现场。\n\n市里部署防汛工作\n\n{DAWN}①5\n渡口的清晨")
    )
    assert [[line.text for line in story.head] for story in told.stories] == [
        ["市里部署防汛工作"],
        ["渡口的清晨"],
    ]


def test_two_headlines_of_two_texts_part_them() -> None:
    """One above, one below, nothing between the texts; one that has both for itself stays whole."""
    dam = (
        "昨日，市里部署防汛工作，要求各县\n区检查水库堤坝，备足沙袋船只。\n防汛工作由市水利局牵头。"
    )
    boat = "清晨的渡口亮着灯，船工老周已经在\n擦洗甲板，等第一班乘客上船。\n渡口下月停用。"
    text = f"市里部署防汛工作\n\n{dam}\n\n{boat}\n\n清晨的渡口亮着灯"
    stories = part_at_seams(assign_headlines(layout(text)).stories, [])
    assert [story.head[0].text for story in stories] == ["市里部署防汛工作", "清晨的渡口亮着灯"]
    assert [len(story.body.lines) for story in stories] == [3, 3]
    whole = f"市里部署防汛工作\n\n{dam}\n\n市里备足沙袋船只"
    assert len(part_at_seams(assign_headlines(layout(whole)).stories, [])) == 1


BURIED = (
    "昨日，市里部署防汛工作，要求各县区\n检查水库堤坝，备足沙袋船只，值班的\n人一刻也不离开堤坝。\n"
    "市里部署防汛备足沙袋船只\n\n今天清晨，渡口的灯还亮着，船工老周\n已经在擦洗甲板，等第一班乘客上船。"
)


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        (BURIED, [3, 2]),
        (BURIED.replace("船只\n\n", "船只，\n\n"), [6]),  # a sentence goes on
        (BURIED.replace("堤坝。", "堤坝，"), [6]),  # one is not over
        (BURIED.replace("\n\n今天清晨", "\n那天清晨"), [6]),  # nothing says that news begins
        (BURIED.replace("渡口的灯还亮着，船工老周", "市里备足沙袋船只，检查水库堤坝"), [6]),
    ],
)
def test_a_headline_may_be_buried_in_a_text(text: str, sizes: list[int]) -> None:
    """It speaks of one part only, and the parts have nothing in common."""
    whole = Layout((Body(read_lines(text)),), (Gap(), Gap()), ())
    parted = part_at_headlines(whole, [])
    assert [len(body.lines) for body in parted.bodies] == sizes
    assert len(parted.gaps) == len(sizes) + 1
    every = [*(body.lines for body in parted.bodies), *(gap.lines for gap in parted.gaps)]
    assert sorted(line for lines in every for line in lines) == sorted(whole.bodies[0].lines)


def test_a_headline_that_may_be_parted_otherwise_is_a_close_thing() -> None:
    """A lead-in is clear; two lines of which either could be the title are not."""
    clear, other, *_ = weigh_roles(read_lines("王小平调研时强调\n\n抓好防汛工作 确保安全"), "")
    assert clear.points - other.points > 2
    close, other, *_ = weigh_roles(read_lines("冰雪旅游进入旺季\n冬季旅游市场持续火热起来了"), "")
    assert close.points - other.points < 2


def test_the_parts_of_a_headline_have_reasons() -> None:
    """Which add up to the points that part it, best way first."""
    head, text = read_lines("王小平调研时强调\n\n抓好防汛工作\n措施到位 确保安全"), "抓好防汛工作"
    best, second, *others = weigh_roles(head, text, explained=True)
    plain = weigh_roles(head, text)
    assert [way.choice for way in plain] == [way.choice for way in (best, second, *others)]
    assert [way.points for way in plain] == [way.points for way in (best, second, *others)]
    assert ("the kicker leads in", 3.0) in best.reasons
    assert ("a blank line is below the kicker", 3.0) in best.reasons
    for way in (best, second, *others):
        assert sum(points for _, points in way.reasons) == pytest.approx(way.points)
