"""The pages for people: what they show, what they keep, and that texts stay texts."""

import re
from dataclasses import replace

import pytest

from search_app.model import SearchRequest


def page(client, path, **query):
    answer = client.get(path, query_string=query or None)
    assert answer.mimetype == "text/html"
    return answer.text


def test_the_front_page_has_the_form(client):
    """A labelled search field, the count of articles, the language."""
    text = page(client, "/")
    assert '<html lang="zh-Hans">' in text
    assert 'type="search"' in text
    assert '<label for="q"' in text
    assert "收录 4 篇" in text


def test_a_search_without_a_query_is_the_form(client):
    """And a blank one says what is wanted."""
    assert client.get("/search?utm_source=a").status_code == 200
    for blank in ("", "\u3000", "\u200b"):
        answer = client.get("/search", query_string={"q": blank})
        assert answer.status_code == 400
        assert "请写下要找的词" in answer.text


def test_results_show_titles_facts_and_marks(client):
    """All that tells one article from another."""
    text = page(client, "/search", q="统一指挥")
    assert "找到 1 篇" in text
    for shown in ("防汛抗旱指挥部召开会议", "我市部署今年防汛抗旱工作", "临泽日报", "2021年7月1日",
                  "第A01版", "王小满",
                  "要求<mark>统一指挥</mark> 统一调度"):  # fmt: skip
        assert shown in text
    assert 'href="/articles/a01?q=' in text


def test_totals_say_what_was_weakened(client, service):
    """Full matches, weaker ones, dropped words and the border between them."""
    found = service.search(SearchRequest(q="会议"))
    first, second = found.hits[0].id, found.hits[1].id
    echo = replace(found.query, relaxed=True, dropped=("纪要",))
    strict = {"total_strict": 1, "total_strict_collapsed": 1}
    service.changes = {**strict, "total_exact": 0, "query": echo}
    text = page(client, "/search", q="会议")
    assert "1 篇完全符合，另有 3 篇较弱的匹配" in text
    assert "<del>纪要</del>" in text
    assert text.index(f"{first}?q") < text.index("以下是较弱的匹配") < text.index(f"{second}?q")
    assert "relax=no" in text


def test_reprints_are_folded_and_can_be_unfolded(client, service):
    """Both numbers, a way to each reprint, and one back."""
    service.index.with_reprints(("a01", "a04"))
    text = page(client, "/search", q="会议")
    assert "找到 4 篇" in text
    assert "合并成 3 篇" in text
    assert text.count("<article") == 3
    assert re.search(r'<a href="/articles/a0[14]#reprints">另有 1 篇转载</a>', text)
    assert '<a href="/search?q=%E4%BC%9A%E8%AE%AE&amp;collapse=no"' in text
    text = page(client, "/search", q="会议", collapse="no")
    assert text.count("<article") == 4
    assert re.search(r'href="/search\?q=%E4%BC%9A%E8%AE%AE"[^>]*>合并转载', text)
    assert '<input type="hidden" name="collapse" value="no">' in text
    assert "转载只能合并" in client.get("/search?q=a&collapse=b").text


def test_an_article_names_its_reprints(client, service):
    """Beside it, with newspaper and date, apart from what is only like it."""
    assert "reprints" not in page(client, "/articles/a01")
    service.index.with_reprints(("a01", "a02", "a03"))
    text = page(client, "/articles/a01")
    (listed,) = re.findall(r'<h2 id="reprints">转载 2 篇</h2>(.*?)</ul>', text, re.DOTALL)
    assert re.findall(r'href="/articles/(\w+)"', listed) == ["a02", "a03"]
    assert "渡口周刊 1962年3月" in listed
    assert "&lt;script&gt;" in listed


def test_results_can_be_narrowed_down_and_widened_again(client):
    """Each value with its count; a click adds it, a second one takes it away."""
    text = page(client, "/search", q="会议")
    assert '<a href="/search?q=%E4%BC%9A%E8%AE%AE&amp;newspaper=%E4%B8%B4' in text
    assert "只看" not in text
    asked = {"q": "会议", "newspaper": ["临泽日报", "没有的报"], "year": "2021"}
    text = client.get("/search", query_string=asked).text
    assert "找到 1 篇" in text
    assert text.count('aria-current="true"><bdi>') == 3
    assert "没有的报 ×" in text
    (without,) = re.findall(r'href="([^"]+)"[^>]*>2021 ×', text)
    assert without.count("newspaper=") == 2
    assert "year" not in without


def test_results_can_be_narrowed_down_to_who_is_named(client):
    """People and organisations stand beside newspapers, years and authors."""
    text = page(client, "/search", q="会议")
    assert re.search(r"<h3>人物</h3>\s*<ul>\s*<li><a [^>]*>\s*<bdi>李重山", text)
    assert "找到 1 篇" in page(client, "/search", q="会议", person="李重山")


def test_what_is_narrowed_down_to_nothing_says_so(client):
    """With the way back to everything."""
    text = page(client, "/search", q="会议", author="无此人")
    assert "没有找到" in text
    assert re.search(r'href="/search\?q=%E4%BC%9A%E8%AE%AE"[^>]*>在全部文章里再找一次', text)


def test_a_page_of_results_takes_no_place_in_a_walk(client, service):
    """Cursors are for programs."""
    assert "找到 4 篇" in page(client, "/search", q="会议", cursor="3.000001-20210701T000000Z")
    assert service.requests[-1].cursor is None


def test_totals_say_how_many_hold_the_whole_chunk(client, service):
    """With a link to those alone."""
    service.changes = {"total_exact": 2}
    text = page(client, "/search", q="会议", sort="newest")
    assert "其中 2 篇含有完整的“会议”" in text
    assert re.search(r'href="/search\?[^"]*match=exact[^"]*"[^>]*>只看这些', text)
    assert "sort=newest" in text


def test_links_keep_the_search_and_drop_trackers(client):
    """Paging and sorting change one thing only."""
    text = page(client, "/search", q="会议", per_page="1", utm_source="x", **{"from": "1900"})
    assert "utm_source" not in text
    following = re.search(r'rel="next" href="([^"]+)"', text)[1].replace("&amp;", "&")
    assert "page=2" in following
    assert "per_page=1" in following
    assert "from=1900" in following
    assert 'aria-current="page">2' in client.get(following).text


def test_nothing_found_helps_on(client):
    """How the query was cut, and what else to try."""
    text = page(client, "/search", q="没有的词", match="exact", **{"from": "2020"})
    assert "没有找到" in text
    assert "不限日期再找一次" in text
    assert "改用智能匹配" in text


def test_a_page_past_the_end_leads_back(client):
    """It says how many pages there are."""
    assert "结果只有 1 页" in page(client, "/search", q="会议", page="9")


def test_an_article_is_shown_repaired_and_as_printed(client):
    """Paragraphs to read, lines as printed to check, both marked; where it stood, how to cite."""
    text = page(client, "/articles/a01", q="会议")
    assert text.count("<p>昨日上午") == 1
    assert "防汛抗旱工作<mark>会议</mark>召开" in text
    assert "防汛抗旱工\n作<mark>会议</mark>召开" in text
    assert "统 一 领 导" in text
    assert "临泽日报/2021-07-01/01.txt" in text
    assert "第 121–480 字" in text
    assert "[N]. 临泽日报, 2021-07-01(A01)." in text
    assert 'href="/search?q=%E4%BC%9A%E8%AE%AE"' in text


def test_a_derived_title_says_so(client):
    """In the list and on the article's own page."""
    for path in ("/search?q=渡口", "/articles/a02"):
        assert "（原文无标题，取自首句）" in page(client, path)


def test_texts_stay_texts(client):
    """Script in title, body or query is shown, never run."""
    for path, query in (("/search", "会议"), ("/articles/a03", "会议"), ("/articles/a03", "script"),
                        ("/search", "<script>alert(1)</script>"), ("/search", '"><img onerror=x>'),
                        ("/search", "{{7*7}}")):  # fmt: skip
        text = page(client, path, q=query)
        assert "<script>alert" not in text
        assert "<img" not in text
        assert "<b>" not in text
        assert "<mark>假" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page(client, "/articles/a03")
    assert "{{7*7}}" in page(client, "/search", q="{{7*7}}")


def test_no_page_needs_inline_script_or_style(client):
    """The content security policy would refuse them."""
    for path in ("/", "/search?q=会议", "/articles/a01?q=会议", "/nosuch"):
        text = page(client, path)
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script>", text)


def test_hostile_titles_neither_turn_nor_tower(client):
    """Bidi controls are shown, combining marks limited, titles isolated."""
    text = page(client, "/articles/a04")
    assert "[U+202E]倒写[U+2066]" in text
    assert text.count("\u0301") <= 4
    assert "<bdi>会议" in text


@pytest.mark.parametrize(
    ("path", "status", "advice"),
    [
        ("/search?q=x&page=abc", 400, "页码是从 1 起的整数"),
        ("/search?q=x&from=2021&to=2020", 400, "起始日期写作"),
        ("/search?q=-x", 400, "至少要有一个想找的词"),
        ("/search?q=%ff", 400, "请检查网址"),
        ("/articles/nosuch", 404, "没有这篇文章"),
        ("/nosuch", 404, "请检查网址"),
    ],
)
def test_errors_are_pages_that_help(client, path, status, advice):
    """In Chinese, with the form to go on from."""
    answer = client.get(path)
    assert answer.status_code == status
    assert advice in answer.text
    assert 'type="search"' in answer.text
