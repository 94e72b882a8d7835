"""News pages in HTML, one article a page; `source` counts in the whole page, decoded.

trafilatura finds the text; it comes with the extra `[html]`. Nothing is ever fetched, and no
entity of a page's own is read.
"""

import codecs
import logging
import re
from collections.abc import Iterator
from typing import Any

from search_app.articles.base import BinaryFile
from search_app.articles.pages.bodies import Body
from search_app.articles.pages.fields import read_fields
from search_app.articles.pages.print.credits import AGENCIES, authors
from search_app.articles.pages.print.lines import read_lines
from search_app.articles.records.checks import RecordError, article_from_record
from search_app.model import Article, Reject, Source, is_date
from search_app.text.repair import align, squeeze

MOST_BYTES = 20_000_000
_TOO_LONG = (f"over {MOST_BYTES:,} bytes", "save the article without what stands around it")
_DAY = re.compile(r"((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})")
_DAY_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)[-/]?(\d\d)[-/]?(\d\d)(?!\d)")
# Names that sites give their <meta> with the day of publishing.
_DATED = (
    "article:published_time",
    "pubdate",
    "publishdate",
    "publish-date",
    "dc.date",
    "date",
)
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
_NO_ARTICLE = (
    "no article is found on the page",
    "save the page of one article, text included",
)
_MARKS = {
    codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be",
}  # fmt: skip
_CHARSET = re.compile(rb"<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*[\"']?\s*([\w-]+)", re.I)
_DECLARED_WITHIN = 4096  # bytes; the HTML standard asks for the declaration in the first 1,024
# As browsers have it (encoding.spec.whatwg.org): what is named after a set is often in a larger.
_LARGER = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "iso8859-1": "cp1252"}

_STOP = re.compile("[。！？…]")
_BETWEEN = re.compile(r"\s*(?:[_|｜]+|\s[—–-]+\s|-)\s*")  # headline and name of a site
_SITE = re.compile(r".{0,12}(?:网|报|频道|新闻|要闻|在线|[电广]台|社|中心|客户端|政府)|首页|正文")
# trafilatura gives up a text of fewer characters; its own 250 would lose news in brief.
_SHORTEST_TEXT = "20"


def read_html(file: BinaryFile) -> Iterator[Article | Reject]:
    """The article of a page, or why there is none."""
    try:
        yield _article_of_page(file)
    except RecordError as error:
        yield Reject(file.path, 0, *error.args)


def _article_of_page(file: BinaryFile) -> Article | Reject:
    if len(file.data) > MOST_BYTES:
        raise RecordError(*_TOO_LONG)
    text = _decode_page(file.data, file.encoding)
    tree = _parse_tree(text)
    title, lines = _page_headline(tree), _article_lines(tree)
    around, lines = _part_from_lines_about(lines, title)
    if not lines or (_is_list_of_links(tree) and not _STOP.search("".join(lines))):
        raise RecordError(*_NO_ARTICLE)
    # What the page says before the article's first line, or the end of that.
    page = "\n".join(tree.itertext())
    end = max(0, page.find(lines[0][:10]))
    above = page[max(0, end - _LONGEST_ABOVE) : end]
    about = "\n".join([above[max(0, above.rfind(title or above)) :], *around])
    record = _text_and_credits(lines, about) | {"title": title, "url": _page_address(tree)}
    record["date"] = _publishing_day(tree, about, above)
    return article_from_record(record, Source(file.path, 0, len(text)), file.issue, 0)


# The lines about an article above and below its text, and the text without them.
def _part_from_lines_about(lines: list[str], title: str | None) -> tuple[list[str], list[str]]:
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
    return len(line) <= _LONGEST_ABOUT and not _STOP.search(line) and bool(_ABOUT.match(line))


def _is_list_of_links(tree: Any) -> bool:
    linked = 0
    for link in tree.iter("a"):
        linked += len(squeeze(link.text_content()))
    return linked > 0.5 * len(squeeze(tree.text_content()))


# By the page's head, its lines about the article, its address, what stands above it.
def _publishing_day(tree: Any, about: str, above: str) -> str | None:
    candidates = (
        _DAY.search(_meta_content(tree, *_DATED) or ""),
        _DAY.search(about),
        _DAY_IN_ADDRESS.search(_page_address(tree) or ""),
        _DAY.search(above),
    )
    for day in filter(None, candidates):
        date = "-".join(number.zfill(2) for number in day.groups())
        if is_date(date):
            return date
    return None


# The body, which begins behind the credits and ends before them, and what all lines say.
def _text_and_credits(lines: list[str], about: str) -> dict[str, object]:
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


# By its byte order mark; as UTF-8, which nothing else looks like; as it says; as named.
def _decode_page(data: bytes, named: str | None) -> str:
    mark, names = b"", [named or ""]
    if declared := _CHARSET.search(data[:_DECLARED_WITHIN]):
        names.insert(0, declared[1].decode("ascii"))
    candidates = ["utf-8", *filter(None, map(_codec_of, names))]
    for known_mark, codec in _MARKS.items():
        if data.startswith(known_mark):
            mark, candidates = known_mark, [codec]
    faults = []
    for codec in candidates:
        try:
            return data[len(mark) :].decode(codec)
        except UnicodeError as e:
            at = len(mark) + getattr(e, "start", 0)
            faults.append(f"not {codec}: bad byte 0x{data[at]:02x} at offset {at}")
    # Of a page that says what it is in, nobody is told that it is no UTF-8.
    remedy = "name its encoding with --encoding, for instance gb18030"
    raise RecordError(faults[:2][-1], remedy)


# The codec of a name, or of the larger set browsers take it for; None if there is none.
def _codec_of(name: str) -> str | None:
    try:
        codec = codecs.lookup(name).name
        codec = _LARGER.get(codec, codec)
        b"".decode(codec)  # codecs from bytes to bytes are refused here
    except (LookupError, ValueError):
        return None
    return codec


# The page as elements, without scripts and comments; nothing is fetched for it.
def _parse_tree(text: str) -> Any:
    # Entities may stand for others, and these for others still, until memory is full.
    if re.search("<!ENTITY", re.split("<body", text, maxsplit=1, flags=re.I)[0], re.I):
        reason = "a page that declares entities of its own"
        raise RecordError(reason, "remove its <!ENTITY lines")
    try:
        import trafilatura  # here, since it takes long: where there is a page only
        from lxml import etree, html
    except ImportError:
        reason = "HTML is read by trafilatura, which is not installed"
        raise RecordError(reason, "pip install 'search-app[html]'") from None
    logging.getLogger(trafilatura.__name__).setLevel(logging.CRITICAL)  # our rejects say it
    text = re.sub(r"^\s*<\?xml[^>]*>", "", text.replace("\0", " "))  # lxml refuses to read both
    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True)
    try:
        tree = html.document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        raise RecordError(*_NO_ARTICLE) from None
    for element in tree.xpath("//script|//style|//noscript|//template|//iframe"):
        element.drop_tree()
    return tree


# What the page's head says under the first of some names that says anything.
def _meta_content(tree: Any, *names: str) -> str | None:
    contents: dict[str, str | None] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        contents.setdefault(name.lower(), meta.get("content"))
    return next(filter(None, map(contents.get, names)), None)


def _page_address(tree: Any) -> str | None:
    address = _meta_content(tree, "og:url")
    for link in tree.iter("link"):
        if link.get("rel") == "canonical":
            return address or link.get("href")
    return address


# The only heading; else what of the page's title is also printed on it; else its title.
def _page_headline(tree: Any) -> str | None:
    title = _meta_content(tree, "og:title", "articletitle") or tree.findtext(".//title") or ""
    title = " ".join(title.split())
    for kind in ("h1",) if title else ("h1", "h2"):
        texts = [" ".join(element.text_content().split()) for element in tree.iter(kind)]
        headings = list(filter(None, texts))
        for heading in headings:
            if squeeze(heading) in squeeze(title):
                return heading
        if len(headings) == 1:
            return headings[0]
    # The title of the page without the names of site and section.
    parts = [part for part in _BETWEEN.split(title) if not _SITE.fullmatch(part)]
    printed: set[str] = set()
    for body in tree.iter("body"):
        printed.update(map(squeeze, body.itertext()))
    for headline in (title, *parts):
        if squeeze(headline) in printed:
            return headline
    return parts[0] if parts else None


# The lines of what trafilatura takes for the article; changes the tree.
def _article_lines(tree: Any) -> list[str]:
    import trafilatura
    from trafilatura.settings import use_config

    config = use_config()
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", _SHORTEST_TEXT)
    for line_break in tree.iter("br"):
        line_break.tail = "\n" + (line_break.tail or "")
    # Pages of the years around 2000 are set in tables, and trafilatura takes tables for data.
    if any(_STOP.search(cell.text_content()) for cell in tree.iter("td")):
        for table in tree.xpath("//table[not(.//th)]"):
            for element in list(table.iter("table", "tbody", "tr", "td")):
                element.tag = "div"
    found: Any = trafilatura.bare_extraction(tree, fast=True, include_comments=False, config=config)
    lines: list[str] = []
    if not found or not found.text:
        return lines
    for line in found.text.split("\n"):
        # trafilatura marks the items of lists and tables, which are none on the page.
        if line.startswith("|"):
            line = "  ".join(re.sub(r"^[|\s-]+$", "", line).replace("|", " ").split())
        else:
            line = line.removeprefix("- ").strip()
        if line:
            lines.append(line)
    return lines
