"""News pages in HTML: the article out of what stands around it, encodings, hostile pages."""

import socket
import sys
import time
from pathlib import Path

import pytest

from search_app.articles.base import BinaryFile, Issue
from search_app.articles.corpus.reader import read_corpus
from search_app.articles.records import html
from search_app.articles.records.html import read_html
from search_app.model import Article, Reject

BRIDGE = [
    "昨天上午九点，白沙河上的新桥通车。头一辆过桥的是收了班的渡船师傅骑来的三轮车，车斗里坐着两只鹅。",
    "新桥长412米，比老桥宽一倍。设计师余小满说，栏杆上的灯是仿着渡口的马灯做的，一共86盏。",
    "渡口停了，船没有拆。镇里把它刷了漆，放在桥头的亭子里，谁想坐上去看看河都行。",
]
WELL = [
    "白沙镇的老井昨天淘了第一回。四个人轮着下去，淘上来三筐碎瓦、一只铜勺和半块砖。",
    "井水清了以后，镇上的茶馆又排起了队。掌柜的说，只是少了一点井绳的味道。",
]

PORTAL = f"""<!DOCTYPE html><html><head><meta charset="utf-8">
<title>白沙河上的桥通了_白沙新闻网</title><meta name="publishdate" content="2025-03-08 09:12">
<link rel="canonical" href="https://news.example/2025/0308/7.html"></head><body>
<div class="nav"><a href="/">首页</a> <a href="/a">本地</a> <a href="/b">县区</a></div>
<div class="crumb">当前位置：<a href="/">首页</a> &gt; <a href="/a">本地</a> &gt; 正文</div>
<h1>白沙河上的桥通了</h1>
<div class="info">2025年03月08日 09:12　来源：白沙报　作者：余海棠　字号：大 中 小</div>
<div class="content"><p>　　本报讯（记者余海棠）{BRIDGE[0]}</p><p>　　{BRIDGE[1]}</p>
<p>　　{BRIDGE[2]}</p><p>责任编辑：罗静</p></div>
<div class="related"><h3>相关新闻</h3><ul><li><a href="/1">老井又有了水</a></li></ul></div>
<div class="comments"><h3>网友评论</h3><p>网友甲：桥真好看，周末带孩子去走一走。</p></div>
<div class="footer">版权所有 白沙新闻网 电话 6210000</div></body></html>"""
TABLES = f"""<html><head><title>老井又有了水</title></head><body>
<table><tr><td><a href="x">首页</a>|<a href="y">要闻</a></td></tr></table>
<table><tr><td align=center><font size=5><b>老井又有了水</b></font><br>2020-01-28 来源:白沙晚报</td>
</tr><tr><td><font size=3>　　{WELL[0]}<br><br>　　{WELL[1]}<br>　　（记者 沈舟）</font></td></tr>
</table>
<table><tr><td>Copyright 白沙晚报</td></tr></table></body></html>"""
ARTICLE = f"""<html><head><meta property="og:title" content="老井又有了水-白沙网">
<meta property="og:url" content="https://news.example/202503/09/1.html"></head><body>
<header><ul><li><a href="/">首页</a></li></ul></header><article><h1>老井又有了水</h1>
<div><span>来源：</span><a href="x">新华社</a> <span>记者：沈舟、李小麦</span></div>
<p>{WELL[0]}</p><h2>茶馆</h2><p>{WELL[1]}</p><ul><li>周一开放。</li><li>周二休息。</li></ul>
<p>【责任编辑：罗静】</p></article><section class="comments"><p>我也去过，水真甜。</p></section>
</body></html>"""
BRIEF = f"""<html><head><title>老井又有了水</title></head><body>
<div class="nav"><a href="/">首页</a></div>
<div class="text"><p>据新华社北京1月27日电 {WELL[0]}</p></div></body></html>"""
DIGITAL = f"""<html><head><title>白沙报数字报-白沙河上的桥通了</title></head><body>
<table><tr><td><a href="a">第01版：要闻</a></td><td>2025年03月08日 星期六</td></tr></table>
<table><tr><td><ul><li><a href="1">白沙河上的桥通了</a></li><li><a href="2">老井又有了水</a></li>
</ul></td><td><table><tr><td>等了十一年</td></tr><tr><td><strong>白沙河上的桥通了</strong></td></tr>
<tr><td><div id="ozoom"><founder-content><P>　　本报讯 （记者 余海棠）{BRIDGE[0]}</P>
<P>　　{BRIDGE[1]}</P></founder-content></div></td></tr></table></td></tr></table></body></html>"""
OFFICE = f"""<html><head><title>老井又有了水_要闻_白沙镇人民政府</title></head><body>
<div class="header"><a href="/">首页</a><a href="/zw">政务公开</a></div>
<div class="pages-title">老井又有了水</div>
<div class="pages-date">2025-03-09 10:00　来源： 白沙报</div>
<div class="pages_content"><div class="TRS_Editor"><p><span>　　{WELL[0]}</span></p>
<p><span>　　{WELL[1]}</span></p><p>记者：沈舟</p></div></div>
<div class="share">分享到：微信</div></body></html>"""
LINKS = "".join(f"<li><a href='/{i}'>白沙河上的第{i}座桥</a></li>" for i in range(40))
LIST = f"<html><body><ul>{LINKS}</ul></body></html>"


def read(page: str | bytes, issue: Issue | None = None, encoding: str | None = None) -> list:
    data = page.encode() if isinstance(page, str) else page
    return list(read_html(BinaryFile("a.html", data, issue or Issue(), encoding)))


def one(page: str | bytes, issue: Issue | None = None, encoding: str | None = None) -> Article:
    (article,) = read(page, issue, encoding)
    assert isinstance(article, Article), article
    return article


def said(page: str | bytes, encoding: str | None = None) -> str:
    (reject,) = read(page, encoding=encoding)
    assert isinstance(reject, Reject)
    return str(reject)


def test_a_portal_page_is_its_article_and_nothing_around_it() -> None:
    """No navigation, no related news, no comments; credits are fields."""
    a = one(PORTAL)
    assert (a.title, a.body) == ("白沙河上的桥通了", "\n".join(BRIDGE))
    assert (a.newspaper, a.date, a.authors) == ("白沙报", "2025-03-08", ("余海棠",))
    assert (a.byline, a.agency) == ("本报讯（记者余海棠）", None)
    assert a.url == "https://news.example/2025/0308/7.html"
    assert (a.source.start, a.source.end, a.printed) == (0, len(PORTAL), None)


def test_a_page_laid_out_in_tables_is_read_too() -> None:
    """Line breaks part its paragraphs; the date stands in its text."""
    a = one(TABLES)
    assert (a.title, a.body) == ("老井又有了水", "\n".join(WELL))
    assert (a.newspaper, a.date, a.authors) == ("白沙晚报", "2020-01-28", ("沈舟",))


def test_a_page_of_marked_parts_gives_agency_names_and_the_day_of_its_address() -> None:
    """A subhead and a list are parts of the text; the site's name is none of the title."""
    a = one(ARTICLE)
    assert (a.title, a.date) == ("老井又有了水", "2025-03-09")
    assert (a.agency, a.newspaper, a.authors) == ("新华社", None, ("沈舟", "李小麦"))
    assert a.body.split("\n") == [WELL[0], "茶馆", WELL[1], "周一开放。", "周二休息。"]


def test_a_title_is_told_from_the_name_of_its_site() -> None:
    """It stands on the page without that; so do the pages of digital papers and of offices."""
    a, b = one(DIGITAL), one(OFFICE)
    assert (a.title, a.date, a.authors) == ("白沙河上的桥通了", "2025-03-08", ("余海棠",))
    assert a.body == "\n".join(BRIDGE[:2])
    assert (b.title, b.date, b.newspaper) == ("老井又有了水", "2025-03-09", "白沙报")
    assert (b.body, b.authors) == ("\n".join(WELL), ("沈舟",))


def test_a_dateline_is_no_text() -> None:
    """Agency and place come from it."""
    a = one(BRIEF, Issue("白沙报", "2025-03-08"))
    assert (a.body, a.agency, a.place) == (WELL[0], "新华社", "北京")
    assert (a.newspaper, a.date) == ("白沙报", "2025-03-08")


def declaring(charset: str) -> str:
    return PORTAL.replace("utf-8", charset)


@pytest.mark.parametrize(
    ("charset", "codec"), [("gb2312", "gbk"), ("GBK", "gbk"), ("gb18030", "gb18030")]
)
def test_a_page_is_decoded_by_what_it_declares(charset: str, codec: str) -> None:
    """The larger sets are meant."""
    assert one(declaring(charset).encode(codec)).body == "\n".join(BRIDGE)


def test_big5_is_read_as_declared_and_as_named() -> None:
    """In traditional characters."""
    text = "<p>白沙鎮的老井昨天淘了第一回，四個人輪著下去，淘上來三筐碎瓦、一隻銅勺。</p>"
    page = f"<html><head>%s<title>老井又有了水</title></head><body>{text}</body></html>"
    body = text[3:-4]
    assert one((page % '<meta charset="big5">').encode("big5")).body == body
    assert one((page % "").encode("big5"), encoding="big5").body == body
    assert one(b"\xff\xfe" + (page % "").encode("utf-16-le")).body == body
    assert one(b"\xef\xbb\xbf" + (page % '<meta charset="gbk">').encode()).body == body


def test_what_is_utf_8_is_read_as_that_whatever_it_declares() -> None:
    """Browsers save pages so; other encodings do not look like it."""
    assert one(declaring("gb2312")).body == "\n".join(BRIDGE)


def test_bytes_of_no_encoding_are_rejected_with_their_place() -> None:
    """No character is made up."""
    data = TABLES.encode("gb18030")
    at = next(i for i, byte in enumerate(data) if byte > 127)
    remedy = "name its encoding with --encoding, for instance gb18030"
    assert said(data) == f"a.html: not utf-8: bad byte 0x{data[at]:02x} at offset {at}; {remedy}"
    assert one(data, encoding="gb18030").body == "\n".join(WELL)
    broken = declaring("no-such-charset").encode() + b"\xff\xff"
    assert "not utf-8: bad byte 0xff" in said(broken)


BOMB = '<!DOCTYPE html [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
EXTERNAL = '<?xml version="1.0"?><!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("prolog", [BOMB, EXTERNAL])
def test_entities_of_a_page_are_refused(prolog: str) -> None:
    """Neither expanded nor fetched."""
    page = f"{prolog}<html><body><p>{WELL[0]}&b;&x;</p></body></html>"
    remedy = "remove its <!ENTITY lines"
    assert said(page) == f"a.html: a page that declares entities of its own; {remedy}"


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the page refers to."""
    monkeypatch.setattr(socket, "socket", lambda *_, **__: pytest.fail("a connection was opened"))
    page = PORTAL.replace(
        "<body>", '<body><img src="https://news.example/a.jpg"><iframe src="//x"></iframe>'
    )
    page = page.replace(
        "<head>", '<head><base href="https://news.example/"><link href="//y/z.css">'
    )
    assert one(page).body == "\n".join(BRIDGE)


@pytest.mark.parametrize(
    "page", ["", " \n", "<html></html>", "<!-- nothing -->", LIST, "\0\0", "<p></p>"]
)
def test_a_page_without_an_article_is_rejected(page: str) -> None:
    """An empty one, or a list of links."""
    remedy = "save the page of one article, text included"
    assert said(page) == f"a.html: no article is found on the page; {remedy}"


def test_hostile_pages_take_no_time_and_no_stack() -> None:
    """Nested beyond reason, in one line, with scripts that look like text."""
    started = time.process_time()
    for page in (
        "<div>" * 100_000 + WELL[0],
        f"<p>{WELL[0] * 5_000}</p>",
        "<" * 200_000,
        "<p " + "a " * 200_000 + f">{WELL[0]}</p>",
    ):
        assert len(read(page)) == 1
    assert time.process_time() - started < 20
    page = PORTAL.replace("<h1>", "<script>document.write('<p>不是正文。</p>')</script><h1>")
    assert one(page).body == "\n".join(BRIDGE)


def test_a_page_too_large_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is named."""
    monkeypatch.setattr(html, "MOST_BYTES", 100)
    remedy = "save the article without what stands around it"
    assert said(PORTAL) == f"a.html: over 20,000,000 bytes; {remedy}"


def test_without_trafilatura_every_page_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra."""
    for name in ("lxml", "trafilatura"):
        with monkeypatch.context() as patch:
            patch.setitem(sys.modules, name, None)
            assert said(PORTAL) == (
                "a.html: HTML is read by trafilatura, which is not installed; "
                "pip install 'search-app[html]'"
            )


def test_pages_of_a_corpus_are_read_by_their_endings(tmp_path: Path) -> None:
    """Both; the place of a file fills what the page does not say."""
    folder = tmp_path / "白沙报" / "2025-03-08"
    folder.mkdir(parents=True)
    (folder / "1.html").write_text(PORTAL, encoding="utf-8")
    (folder / "2.HTM").write_text(BRIEF, encoding="utf-8")
    first, second = read_corpus(tmp_path)
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert (first.title, second.newspaper, second.page_no) == ("白沙河上的桥通了", "白沙报", None)
