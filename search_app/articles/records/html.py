"""News pages in HTML, one article a page; `source` counts in the whole page, decoded."""

import re
from collections.abc import Iterator
from typing import Any

from search_app.articles.base import BinaryFile
from search_app.articles.pages.bodies import Body
from search_app.articles.pages.fields import read_fields
from search_app.articles.pages.print.credits import AGENCIES, authors
from search_app.articles.pages.print.lines import read_lines
from search_app.articles.records.checks import RecordError, article_from_record, is_date
from search_app.articles.records.html_page import (
    NO_ARTICLE,
    STOP,
    article_lines,
    decode_page,
    meta_content,
    page_address,
    page_headline,
    parse_tree,
)
from search_app.model import Article, Reject, Source
from search_app.text.repair import align, squeeze

MOST_BYTES = 20_000_000
_TOO_LONG = (f"over {MOST_BYTES:,} bytes", "save the article without what stands around it")

_DAY = re.compile(r"((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})")
_DAY_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)[-/]?(\d\d)[-/]?(\d\d)(?!\d)")
# Names that sites give their <meta> with the day of publishing.
_DATED = ("article:published_time", "pubdate", "publishdate", "publish-date", "dc.date", "date")
_LABEL = r"(?:来源|稿源|作者|(?:本报)?记者|通讯员|(?:责任|值班)?编辑|责编|校对|审核|监制)\s*[:：]"
_FROM = re.compile(rf"(?:来源|稿源)\s*[:：]\s*(?!{_LABEL})([^\s:：|｜()（）【】]{{2,20}})")
_BY = re.compile(r"(?:作者|记者|通讯员)\s*[:：]\s*((?:(?!\w+\s*[:：])[^|｜:：\n]){2,40})")
_ABOUT = re.compile(
    rf"[【\[（(]?\s*(?:{_LABEL}|(?:发布|发表)?(?:时间|日期)\s*[:：]|(?:字号|浏览|点击|原标题|当前位置)"
    r"|[上下]一篇|打印|分享|收藏|首页|Copyright|版权所有|©|\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2})"
)
_RELATED = re.compile(
    r"(?:相关|延伸|推荐|热门|更多|网友)(?:新闻|阅读|链接|报道|评论|文章)\s*[:：]?"
)
# Longer lines are sentences without a stop, and farther up stands the site's navigation.
_LONGEST_ABOUT = 100  # characters of a line about an article
_LONGEST_ABOVE = 1_000  # characters between a page's headline and its article
_HEADLINE_WITHIN = 20  # lines: farther down the same words are a part of the text


def read_html(file: BinaryFile) -> Iterator[Article | Reject]:
    """The article of a page, or why there is none."""
    try:
        yield _article_of_page(file)
    except RecordError as error:
        yield Reject(file.path, 0, *error.args)


def _article_of_page(file: BinaryFile) -> Article | Reject:
    if len(file.data) > MOST_BYTES:
        raise RecordError(*_TOO_LONG)
    text = decode_page(file.data, file.encoding)
    tree = parse_tree(text)
    title, lines = page_headline(tree), article_lines(tree)
    around, lines = _part_from_lines_about(lines, title)
    if not lines or (_is_list_of_links(tree) and not STOP.search("".join(lines))):
        raise RecordError(*NO_ARTICLE)
    # What the page says before the article's first line, or the end of that.
    page = "\n".join(tree.itertext())
    end = max(0, page.find(lines[0][:10]))
    above = page[max(0, end - _LONGEST_ABOVE) : end]
    about = "\n".join([above[max(0, above.rfind(title or above)) :], *around])
    record = _text_and_credits(lines, about) | {"title": title, "url": page_address(tree)}
    record["date"] = _publishing_day(tree, about, above)
    return article_from_record(record, Source(file.path, 0, len(text)), file.issue, 0)


def _part_from_lines_about(lines: list[str], title: str | None) -> tuple[list[str], list[str]]:
    """The lines about an article above and below its text, and the text without them."""
    start, end = 0, len(lines)
    for number, line in enumerate(lines):
        if title and number < _HEADLINE_WITHIN and squeeze(line) == squeeze(title):
            start = number + 1
    while start < end and _is_about(lines[start]):
        start += 1
    for number, line in enumerate(lines[start:], start):
        if _RELATED.fullmatch(line):
            end = number
            break
    text_end = end
    while text_end > start and _is_about(lines[text_end - 1]):
        text_end -= 1
    return lines[:start] + lines[text_end:end][::-1], lines[start:text_end]


def _is_about(line: str) -> bool:
    return len(line) <= _LONGEST_ABOUT and not STOP.search(line) and bool(_ABOUT.match(line))


def _is_list_of_links(tree: Any) -> bool:
    linked = 0
    for link in tree.iter("a"):
        linked += len(squeeze(link.text_content()))
    return linked > 0.5 * len(squeeze(tree.text_content()))


def _publishing_day(tree: Any, about: str, above: str) -> str | None:
    """By the page's head, its lines about the article, its address, what stands above it."""
    candidates = (
        _DAY.search(meta_content(tree, *_DATED) or ""),
        _DAY.search(about),
        _DAY_IN_ADDRESS.search(page_address(tree) or ""),
        _DAY.search(above),
    )
    for day in filter(None, candidates):
        date = "-".join(number.zfill(2) for number in day.groups())
        if is_date(date):
            return date
    return None


def _text_and_credits(lines: list[str], about: str) -> dict[str, object]:
    """The body, which begins behind the credits and ends before them, and what all lines say."""
    body = "\n".join(lines)
    fields = read_fields(Body(read_lines(body)), body)
    places = align(fields.body, body)
    newspaper = agency = None
    if source := _FROM.search(about):
        if re.search(AGENCIES, source[1]):
            agency = source[1]
        else:
            newspaper = source[1]
    names: list[str] = []
    for by in _BY.finditer(about):
        names += authors(by[1])
    return {
        "body": body[places[0] : places[-1] + 1],
        "newspaper": newspaper,
        "agency": agency or fields.agency,
        "authors": list(dict.fromkeys([*names, *fields.authors])),
        "byline": fields.byline,
        "place": fields.place,
    }
