import pytest

from search_app.articles.base import Issue, SourceFile
from search_app.articles.pages import parse_page
from search_app.articles.pages.print.furniture import Header, HeaderLines
from search_app.model import Article

PAGE = """临泽日报 2021年7月1日 星期四 A02 要闻

市里开会
本报讯（记者王强）昨日，市里召开会议。
"""


@pytest.mark.parametrize(
    ("lines", "header"),
    [
        (
            ["澜州日报 2020年7月8日 星期三 A03 要闻"],
            Header("澜州日报", "2020-07-08", "A03", "要闻"),
        ),
        (["临泽日报", "2021年7月1日 星期四 第3版"], Header("临泽日报", "2021-07-01", "3")),
        (["2020-01-28 星期二 02版 城事"], Header(None, "2020-01-28", "02", "城事")),
        (["第十二版 副刊 2020年1月2日"], Header(None, "2020-01-02", "12", "副刊")),
        (["责任编辑：王小满 校对 孙文", "广告热线：6218000"], Header()),
    ],
)
def test_a_header_says_where_the_page_belongs(lines: list[str], header: Header) -> None:
    """Newspaper, day, page and section, in any order; who made the page is something else."""
    read = HeaderLines()
    for line in lines:
        read.read(line)
    assert read.header == header


def test_articles_take_from_the_header_what_their_path_does_not_say() -> None:
    """The path goes first."""
    alone, placed = (
        next(a for a in parse_page(SourceFile("p", PAGE, issue)) if a.kind == "article")
        for issue in (Issue(), Issue("焦作日报", "2020-01-28", "B01"))
    )
    assert isinstance(alone, Article)
    assert (alone.newspaper, alone.date, alone.page_no) == ("临泽日报", "2021-07-01", "A02")
    assert (placed.newspaper, placed.date, placed.page_no) == ("焦作日报", "2020-01-28", "B01")
    assert alone.section == placed.section == "要闻"
