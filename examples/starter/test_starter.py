"""What both readers read, and that they keep the promises of all."""

from dashed import parse_dashed_page
from tabbed import read_tabbed

from search_app.articles.base import Issue, SourceFile
from search_app.articles.contract import check_importer, check_odd_texts, check_page_parser
from search_app.model import Article, Reject

ISSUE = Issue("临泽日报", "2021-07-01", "01")


def test_articles_stand_between_lines_of_dashes() -> None:
    """A title alone is rejected with its line."""
    text = "标题一\n正文的第\n一句。\n---\n\n标题二\n正文二。\n----\n只有标题\n"
    first, second, reject = check_page_parser(parse_dashed_page, SourceFile("p.txt", text, ISSUE))
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert (first.title, first.body) == ("标题一", "正文的第一句。")
    assert second.printed == "标题二\n正文二。"
    assert isinstance(reject, Reject)
    assert reject.line == 9


def test_an_article_is_a_line_with_a_tab() -> None:
    """A line without one is rejected with its number."""
    file = SourceFile("a.tabbed", "题\t正文\n没有正文\n", ISSUE)
    a, reject = check_importer(read_tabbed, file)
    assert isinstance(a, Article)
    assert (a.title, a.body, a.source.start, a.source.end) == ("题", "正文", 0, 4)
    assert isinstance(reject, Reject)
    assert reject.line == 2


def test_nothing_makes_them_fail() -> None:
    """Odd texts of all kinds."""
    check_odd_texts(parse_dashed_page)
    check_odd_texts(read_tabbed)
