"""PDF pages: columns, headlines and frames read off where the glyphs stand."""

import re
from collections import Counter
from pathlib import Path

import pytest
import report
from articles.pdf_maker import Sheet
from articles.pdf_pages import random_page
from reportlab.lib.pdfencrypt import StandardEncryption

from search_app.articles.base import BinaryFile, Issue
from search_app.articles.corpus.reader import read_corpus
from search_app.articles.pdf import glyphs, read_pdf, reader
from search_app.articles.pdf.fonts import bar_font
from search_app.articles.pdf.reader import laid_out
from search_app.model import Article, Reject
from search_app.service.sheets import sheets
from search_app.text.repair import squeeze

PAGES = 40
BRIDGE = [
    "昨天上午九点，白沙河上的新桥通车。头一辆过桥的是收了班的渡船师傅骑来的三轮车，车斗里坐着他的老伴和两只鹅。",
    "新桥长412米，比老桥宽一倍，两边留了走人的道。设计师余小满说，栏杆上的灯是仿着渡口的马灯做的，一共86盏。",
    "渡口停了，船没有拆。镇里把它刷了漆，放在桥头的亭子里，谁想坐上去看看河都行。",
]
WELL = [
    "白沙镇的老井昨天淘了第一回。四个人轮着下去，淘上来三筐碎瓦、一只铜勺和半块写着“光绪”的砖。",
    "井水清了以后，镇上的茶馆又排起了队。掌柜的说，自来水泡的茶也好喝，只是少了一点井绳的味道。",
]
HERON = [
    "河口的白鹭今年多了两窝。护林员在望远镜里数了三个早晨，一共是37只，比去年多5只。",
    "他请大家不要走近，放风筝也请到河的那一边去。",
]


def read(data: bytes, issue: Issue | None = None) -> list[Article | Reject]:
    return list(read_pdf(BinaryFile("a.pdf", data, issue or Issue())))


def articles(data: bytes) -> list[Article]:
    return [a for a in read(data) if isinstance(a, Article) and a.kind == "article"]


def furniture(data: bytes) -> list[str]:
    return [squeeze(a.body) for a in read(data) if getattr(a, "kind", "") == "furniture"]


def lines(paragraphs: list[str]) -> str:
    return "\n".join(paragraphs)


def test_a_full_page_reads_as_a_person_reads_it() -> None:
    """Every title and body, kicker, subtitle, byline, frame, advertisement and header."""
    s = Sheet()
    s.line("2025年3月8日 星期六", 40, 30, 10)
    s.line("03 乡镇", 760, 30, 10)
    s.centred("等了十一年", 40, 428, 66, 14)
    s.centred("白沙河上的桥通了", 40, 428, 98, 28)
    s.centred("——渡船留在桥头给人看河", 40, 428, 118, 13)
    end = s.columns(["本报讯（记者余海棠）" + BRIDGE[0], *BRIDGE[1:]], 40, 130, width=138, count=3)
    s.line("老 井 又 有 了 水", 496, 92, 22)
    s.centred("本报记者 沈 舟 通讯员 李小麦", 496, 290, 112, 9)
    s.columns([*WELL[:-1], WELL[-1] + "①5"], 496, 120, width=138, count=2)
    s.line("河口的白鹭多了两窝", 40, end + 60, 20)
    s.columns([HERON[0] + HERON[1]], 40, end + 74, width=138, count=2)
    s.line("▲白鹭飞过河口。本报记者 余海棠 摄", 40, end + 260, 7.5)
    s.frame(400, end + 60, 220, 140)
    s.centred("怎样过桥", 400, 220, end + 84, 13)
    s.columns(["三轮车走右边，行人走两边，牛请从老桥走。"], 410, end + 90, width=200)
    s.frame(640, end + 60, 160, 90)
    s.centred("白沙种子站", 640, 160, end + 90, 18)
    s.line("新到春萝卜种子", 660, end + 112, 10)
    s.line("电话：6210000", 660, end + 130, 10)
    s.line("责任编辑 罗静 校对 孙文", 40, 1160, 9)
    data = s.pdf()
    bridge, well, heron, caption, box = articles(data)
    assert (bridge.kicker, bridge.title) == ("等了十一年", "白沙河上的桥通了")
    assert (bridge.subtitle, bridge.body) == ("——渡船留在桥头给人看河", lines(BRIDGE))
    assert (bridge.authors, bridge.confidence) == (("余海棠",), 1.0)
    assert (bridge.date, bridge.page_no, bridge.section) == ("2025-03-08", "03", "乡镇")
    assert (well.title, well.kicker, well.subtitle) == ("老井又有了水", None, None)
    assert (well.authors, well.mark, well.body) == (("沈舟", "李小麦"), "①5", lines(WELL))
    assert (heron.title, heron.body) == ("河口的白鹭多了两窝", "".join(HERON))
    assert (caption.title_is_derived, caption.authors) == (True, ("余海棠",))
    assert (box.title, box.body) == ("怎样过桥", "三轮车走右边，行人走两边，牛请从老桥走。")
    assert furniture(data) == [
        "2025年3月8日星期六",
        "03乡镇",
        "责任编辑罗静校对孙文",
        "白沙种子站新到春萝卜种子电话：6210000",
    ]


@pytest.mark.parametrize("indent", [0, 2])
@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_columns_are_read_one_after_the_other(count: int, indent: int) -> None:
    """However many they are, under a headline that begins above the first of them."""
    s = Sheet()
    s.line("白沙河上的桥通了", 40, 80, 24)
    s.columns(BRIDGE + WELL, 40, 90, width=130, count=count, indent=indent)
    (article,) = articles(s.pdf())
    assert article.title == "白沙河上的桥通了"
    assert squeeze(article.body) == squeeze("".join(BRIDGE + WELL))
    assert indent == 0 or article.body == lines(BRIDGE + WELL)


def test_random_pages_are_read_exactly() -> None:
    """Nearly every article of many pages, its body and its headline to the character."""
    total = exact = titled = 0
    for seed in range(PAGES):
        data, expected = random_page(seed)
        found = {squeeze(a.body): a for a in articles(data)}
        for e in expected:
            a = found.get(e.body)
            total, exact = total + 1, exact + (a is not None)
            head = (squeeze(a.title), a.kicker, a.subtitle) if a else None
            titled += head == (e.title, e.kicker, e.subtitle)
    report.LINES.append(f"PDF pages: {exact} of {total} bodies exact, {titled} with their heads")
    assert exact >= 0.99 * total
    assert titled >= 0.99 * total


def test_every_glyph_is_in_one_item_and_offsets_point_at_it() -> None:
    """Nothing is lost or said twice; the laid-out text is what the offsets count in."""
    for seed in range(3):
        data, expected = random_page(seed)
        items = [item for item in read(data) if isinstance(item, Article)]
        text = reader.laid_out(data)
        held = "".join(text[a.source.start : a.source.end] for a in items)
        assert all(a.printed == text[a.source.start : a.source.end] for a in items)
        assert Counter(squeeze(held)) == Counter(squeeze(text))
        for e in expected:
            assert Counter(e.title + e.body) <= Counter(squeeze(held))


def test_headlines_side_by_side_stay_two() -> None:
    """However near, and though the file has them one after the other."""
    s = Sheet()
    s.line("白沙河上的新桥昨天上午通车", 40, 80, 22)
    s.line("镇上的老井淘出一只铜勺", 340, 80, 22)
    s.columns(BRIDGE, 40, 90, width=138, count=2)
    s.columns(WELL, 340, 90, width=138, count=2)
    found = [(a.title, a.body) for a in articles(s.pdf())]
    assert found == [
        ("白沙河上的新桥昨天上午通车", lines(BRIDGE)),
        ("镇上的老井淘出一只铜勺", lines(WELL)),
    ]


@pytest.mark.parametrize("x", [100, 130, 146, 160])
def test_a_headline_of_two_phrases_is_one(x: float) -> None:
    """Though the space between them may stand above the white between two columns."""
    s = Sheet()
    s.line("渡船停了", x - 88, 80, 22)
    s.line("新桥通了", x + 22, 80, 22)
    s.columns(["".join(BRIDGE)], 30, 90, width=120, count=3)
    (article,) = articles(s.pdf())
    assert (article.title, article.body) == ("渡船停了 新桥通了", "".join(BRIDGE))


def test_a_lead_stands_before_the_columns_under_it() -> None:
    """It is set across them, and larger."""
    s, lead = Sheet(), "记者昨天从镇里知道，新桥上午通车，行人和三轮车都可以走，牛要走老桥。"
    s.centred("白沙河上的桥通了", 40, 388, 80, 26)
    end = s.columns([lead], 40, 90, width=388, size=10.5, leading=16)
    s.columns(BRIDGE, 40, end + 8, width=120, count=3)
    assert [a.body for a in articles(s.pdf())] == [lines([lead, *BRIDGE])]


def test_a_picture_in_a_column_parts_no_article() -> None:
    """The column goes on below it; the caption ends the article's text."""
    s = Sheet()
    s.line("白沙河上的桥通了", 40, 80, 24)
    text = "".join(BRIDGE) * 3
    cells = [text[i : i + 13] for i in range(0, len(text), 13)]
    first, above, below = cells[:15], cells[15:19], cells[19:24]
    for x, top, column in (
        (40, 90, first),
        (174, 90, above),
        (174, 230, below),
        (308, 90, cells[24:]),
    ):
        for i, line in enumerate(column, 1):
            s.line(line, x, top + 14 * i, 9)
    s.frame(174, 160, 120, 50)
    s.line("▲新桥全景。余海棠摄", 174, 222, 7.5)
    (article,) = articles(s.pdf())
    assert squeeze(article.body) == text + "▲新桥全景。"
    assert article.authors == ("余海棠",)


def test_subheads_stay_in_their_columns() -> None:
    """A little larger than the text, at the top of a column and inside of one."""
    s, rows = Sheet(), list[tuple[str, float]]()
    s.centred("白沙河上的桥通了", 40, 388, 80, 26)
    texts = {"桥": BRIDGE[0] * 2, "船": BRIDGE[1] * 2, "灯": BRIDGE[2] * 2, "井": WELL[0] * 2}
    for name, text in texts.items():
        rows += [("说说" + name, 10.8)] * (name != "桥")
        rows += [(text[i : i + 13], 9.0) for i in range(0, len(text), 13)]
    for i, (text, size) in enumerate(rows):
        column, row = divmod(i, -(-len(rows) // 3))
        s.line(text, 40 + column * 134 + 12 * (size > 9), 104 + 15 * row, size)
    (article,) = articles(s.pdf())
    said = "".join(("说说" + name) * (name != "桥") + text for name, text in texts.items())
    assert squeeze(article.body) == said


def test_a_headline_may_stand_upright_beside_its_text() -> None:
    """Its characters one below the other."""
    s = Sheet()
    s.down("桥通了", 40, 80, 26, drop=1.15)
    s.columns(BRIDGE, 80, 80, width=120, count=3)
    assert [(a.title, a.body) for a in articles(s.pdf())] == [("桥通了", lines(BRIDGE))]


def test_a_page_of_vertical_lines_is_read_from_the_right() -> None:
    """With its headline, set larger at the right edge."""
    s, x = Sheet(), 780.0
    s.down("白沙河上的桥通了", x, 60, 24)
    for paragraph in BRIDGE:
        text = "\u3000\u3000" + paragraph
        for i in range(0, len(text), 25):
            x -= 18
            s.down(text[i : i + 25], x, 60, 10)
    assert [(a.title, a.body) for a in articles(s.pdf())] == [("白沙河上的桥通了", lines(BRIDGE))]


def test_turned_text_is_kept_apart() -> None:
    """It is in no article, and not lost."""
    s = Sheet()
    s.line("白沙河上的桥通了", 40, 80, 24)
    s.columns(BRIDGE, 40, 90, width=120, count=3)
    s.turned("白沙种子站 新到", 700, 300, 10)
    data = s.pdf()
    assert [a.body for a in articles(data)] == [lines(BRIDGE)]
    assert furniture(data) == ["白沙种子站新到"]


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_that_lies_on_its_side_is_read_as_it_is_seen(turn: int) -> None:
    """Whether it says so itself, as readers of PDF want it, or just is set so."""
    for says_so in (True, False):
        s = Sheet()
        s.canvas.setPageRotation(turn if says_so else 0)
        s.canvas.translate(421, 595)
        s.canvas.rotate(turn)
        s.canvas.translate(-421, -595)
        s.line("白沙河上的桥通了", 140, 280, 24)
        s.columns(BRIDGE, 140, 290, width=120, count=3)
        s.turned("旁边的字", 560, 500, 10)
        data = s.pdf()
        assert [(a.title, a.body) for a in articles(data)] == [("白沙河上的桥通了", lines(BRIDGE))]
        assert furniture(data) == ["旁边的字"]


def test_sizes_may_come_from_the_scale_of_the_page() -> None:
    """Fonts of size 1, enlarged."""
    s = Sheet((842 / 9, 1191 / 9))
    s.canvas.setPageSize((842, 1191))
    s.canvas.scale(9, 9)
    s.line("白沙河上的桥通了", 4, 9, 2.6)
    s.columns(BRIDGE, 4, 10, width=14, count=3, gutter=1.5, size=1, leading=1.5)
    assert [(a.title, a.body) for a in articles(s.pdf())] == [("白沙河上的桥通了", lines(BRIDGE))]


def test_text_without_large_headlines_goes_through_the_page_parser() -> None:
    """It finds by their words what their size does not show."""
    s = Sheet()
    y = s.columns(["白沙河上的桥通了"], 40, 90, width=138, indent=0)
    y = s.columns(["本报讯（记者余海棠）" + BRIDGE[0]], 40, y, width=138)
    y = s.columns(["老井又有了水"], 40, y + 14, width=138, indent=0)
    s.columns(["本报讯（记者沈舟）" + WELL[0]], 40, y, width=138)
    found = [(a.title, a.body) for a in articles(s.pdf())]
    assert found == [("白沙河上的桥通了", BRIDGE[0]), ("老井又有了水", WELL[0])]


def test_a_rule_parts_what_stands_above_and_below_it() -> None:
    """Without it the text goes on."""
    for ruled in (True, False):
        s = Sheet()
        s.line("白沙河上的桥通了", 40, 80, 24)
        end = s.columns(BRIDGE, 40, 90, width=138)
        if ruled:
            s.rule(40, end + 8, 138)
        s.columns(WELL, 40, end + 16 * ruled, width=138)
        bodies = [lines(BRIDGE), lines(WELL)] if ruled else [lines(BRIDGE + WELL)]
        assert [a.body for a in articles(s.pdf())] == bodies


def two_pages() -> bytes:
    s = Sheet()
    for title, text in (("白沙河上的桥通了", BRIDGE), ("老井又有了水", WELL)):
        s.line(title, 40, 80, 24)
        s.columns(text, 40, 90, width=138, count=2)
        s.end_page()
    return s.pdf()


def test_pages_of_a_file_are_numbered_and_a_file_of_one_page_is_that_page(tmp_path: Path) -> None:
    """Newspaper, day and page of one page are those of its place."""
    place = Issue("白沙报", "2025-03-08", "all")
    found = [a for a in read(two_pages(), place) if isinstance(a, Article)]
    assert [(a.newspaper, a.date, a.page_no, a.title) for a in found] == [
        ("白沙报", "2025-03-08", "1", "白沙河上的桥通了"),
        ("白沙报", "2025-03-08", "2", "老井又有了水"),
    ]
    s = Sheet()
    s.columns(HERON, 40, 90, width=138)
    path = tmp_path / "白沙报" / "2025-03-08" / "A03.pdf"
    path.parent.mkdir(parents=True)
    path.write_bytes(s.pdf())
    (article,) = read_corpus(tmp_path)
    assert isinstance(article, Article)
    assert (article.newspaper, article.page_no) == ("白沙报", "A03")


@pytest.mark.parametrize("place", ["全刊.pdf", "白沙报/2025-03-08/全刊.pdf"])
def test_an_article_goes_on_on_another_page_of_its_file(tmp_path: Path, place: str) -> None:
    """A whole issue may be one file, with a date or without; each piece is found in it again."""
    s = Sheet()
    for title, text in (
        ("白沙河上的桥通了", [*BRIDGE[:2], "（下转第2版）"]),
        ("", ["（上接第1版）" + BRIDGE[2]]),
    ):
        s.line(title or "二版", 40, 80, 24 if title else 10)
        s.columns(text, 40, 90, width=138, count=2)
        s.end_page()
    path = tmp_path / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data := s.pdf())
    found = [a for a in read_corpus(tmp_path) if isinstance(a, Article) and a.kind == "article"]
    assert [a.body for a in found] == [lines(BRIDGE)]
    assert [source.path for source in found[0].continued] == [found[0].source.path]
    text = laid_out(data)
    first, second = (text[s.start : s.end] for s in (found[0].source, *found[0].continued))
    assert found[0].printed == f"{first}\n{second}"
    (sheet,) = sheets(found)
    shown = [piece for stretch in sheet.stretches for _, piece in stretch.pieces]
    assert squeeze("".join(shown)) == squeeze(first + second)


def test_the_same_bytes_give_the_same_articles() -> None:
    """Whatever fonts the machine has: one of ours stands for all."""
    data = random_page(1)[0]
    assert read(data) == read(data)
    assert len(bar_font()) < 1_000


def said(data: bytes) -> list[str]:
    return [str(item) for item in read(data) if isinstance(item, Reject)]


def test_a_pdf_without_text_is_rejected() -> None:
    """As a whole, or those of its pages."""
    s = Sheet()
    s.frame(10, 10, 100, 100)
    remedy = "add one by character recognition (OCR)"
    assert said(s.pdf()) == [f"a.pdf: no text layer; {remedy}"]
    s = Sheet()
    s.end_page()
    s.columns(HERON, 40, 90, width=138)
    s.end_page()
    s.frame(10, 10, 100, 100)
    s.end_page()
    data = s.pdf()
    assert said(data) == [f"a.pdf: no text layer on page 1, 3; {remedy}"]
    assert [a.body for a in articles(data)] == [lines(HERON)]


def test_an_encrypted_pdf_is_rejected() -> None:
    """One that opens without a password is read."""
    for password, count in (("secret", 0), ("", 1)):
        s = Sheet(encrypt=StandardEncryption(password, ownerPassword="owner", canCopy=0))
        s.columns(HERON, 40, 90, width=138)
        data = s.pdf()
        rejected = ["a.pdf: an encrypted PDF; save it without a password"]
        assert said(data) == (rejected if password else [])
        assert len(articles(data)) == count


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4", b"\0" * 999, b"<html>", two_pages()[:700]])
def test_what_is_no_whole_pdf_is_rejected(data: bytes) -> None:
    """With what to do."""
    remedy = "export it again, or repair it with a PDF tool"
    assert said(data) == [f"a.pdf: a damaged PDF, or none; {remedy}"]


@pytest.mark.parametrize("number", [0, 1])
def test_a_damaged_page_keeps_no_other_from_being_read(number: int) -> None:
    """The page is named."""
    data = two_pages()
    start = [m.start() for m in re.finditer(rb"/Type /Page\b", data)][number]
    data = data[:start] + b"/Type /None" + data[start + 11 :]
    remedy = "export it again, or repair it with a PDF tool"
    assert said(data) == [f"a.pdf: page {number + 1} is damaged; {remedy}"]
    assert [a.page_no for a in articles(data)] == [str(2 - number)]


def test_too_many_pages_or_characters_are_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is named."""
    monkeypatch.setattr(glyphs, "MOST_GLYPHS", 120)
    assert said(two_pages()) == ["a.pdf: page 1 holds over 200,000 characters; split the page"]
    monkeypatch.setattr(reader, "MOST_PAGES", 1)
    assert said(two_pages()) == ["a.pdf: over 2,000 pages; split it into smaller files"]
