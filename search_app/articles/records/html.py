"""News pages in HTML, one article a page: its text without what stands around it, and its fields.

trafilatura finds the text; it comes with the extra `[html]`. Nothing is ever fetched, and no
entity of a page's own is read. What `source` counts in is the whole page, decoded.
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
from search_app.articles.records.checks import article_from_record, is_date
from search_app.model import Article, Reject, Source
from search_app.text.repair import align, squeeze

MOST_BYTES = 20_000_000

_TOO_LONG = (f"over {MOST_BYTES:,} bytes", "save the article without what stands around it")
_ENTITIES = ("a page that declares entities of its own", "remove its <!ENTITY lines")
_NO_ARTICLE = ("no article is found on the page", "save the page of one article, text included")
_NOT_READ = (
    "HTML is read by trafilatura, which is not installed",
    "pip install 'search-app[html]'",
)
_UNDECODED = "name its encoding with --encoding, for instance gb18030"

_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_CHARSET = re.compile(rb"<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*[\"']?\s*([\w-]+)", re.I)
# As browsers have it: what is called by the name of a set is often in a larger one.
_LARGER = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "iso8859-1": "cp1252"}

_STOP = re.compile("[。！？…]")
_BETWEEN = re.compile(r"\s*(?:[_|｜]+|\s[—–-]+\s|-)\s*")  # headline and name of a site
_SITE = re.compile(r".{0,12}(?:网|报|频道|新闻|要闻|在线|[电广]台|社|中心|客户端|政府)|首页|正文")
_DAY = re.compile(r"((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})")
_DAY_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)[-/]?(\d\d)[-/]?(\d\d)(?!\d)")
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
_LONGEST_ABOUT = 100  # characters of a line about an article
_LONGEST_ABOVE = 1_000  # characters between a page's headline and its article


class _PageError(Exception):
    """A page that becomes no article: why, and what to do."""


def read_html(file: BinaryFile) -> Iterator[Article | Reject]:
    """The article of a page, or why there is none."""
    try:
        yield _article(file)
    except _PageError as error:
        yield Reject(file.path, 0, *error.args)


def _article(file: BinaryFile) -> Article | Reject:
    if len(file.data) > MOST_BYTES:
        raise _PageError(*_TOO_LONG)
    text = _decoded(file.data, file.encoding)
    if re.search("<!ENTITY", re.split("<body", text, maxsplit=1, flags=re.I)[0], re.I):
        raise _PageError(*_ENTITIES)
    tree = _tree(text)
    title, lines = _title(tree), _lines_of_text(tree)
    around, lines = _parted(lines, title)
    if not lines or (_is_list(tree) and not _STOP.search("".join(lines))):
        raise _PageError(*_NO_ARTICLE)
    above = _above(tree, lines[0])
    about = "\n".join([above[max(0, above.rfind(title or above)) :], *around])
    date = _date(tree, about, above)
    record = _said(about) | {"title": title, "date": date, "url": _address(tree)}
    return article_from_record(
        _with_credits(record, lines), Source(file.path, 0, len(text)), file.issue, 0
    )


def _decoded(data: bytes, named: str | None) -> str:
    """By its byte order mark; as UTF-8, which nothing else looks like; as it says; as named."""
    for mark, codec in _MARKS.items():
        if data.startswith(mark):
            return _decoded_as(data[len(mark) :], codec, len(mark))
    declared = _CHARSET.search(data[:4096])
    names = [_known(name) for name in (declared and declared[1].decode("ascii"), named) if name]
    for codec in ("utf-8", *filter(None, names)):
        try:
            return data.decode(codec)
        except UnicodeError:
            continue
    return _decoded_as(data, next(filter(None, names), "utf-8"), 0)


def _known(name: str) -> str | None:
    """The codec of a name, or of the larger set browsers take it for; None if there is none."""
    try:
        codec = codecs.lookup(name).name
        codec = _LARGER.get(codec, codec)
        b"".decode(codec)
    except (LookupError, ValueError):
        return None
    return codec


def _decoded_as(data: bytes, codec: str, before: int) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as e:
        reason = f"not {codec}: bad byte 0x{data[e.start]:02x} at offset {before + e.start}"
        raise _PageError(reason, _UNDECODED) from None


def _tree(text: str) -> Any:
    """The page as elements, without scripts and comments; nothing is fetched for it."""
    try:
        from lxml import etree, html  # with trafilatura, where there is a page only
    except ImportError:
        raise _PageError(*_NOT_READ) from None
    text = re.sub(r"^\s*<\?xml[^>]*>", "", text.replace("\0", " "))  # lxml refuses to read both
    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True)
    try:
        tree = html.document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        raise _PageError(*_NO_ARTICLE) from None
    for element in tree.xpath("//script|//style|//noscript|//template|//iframe"):
        element.drop_tree()
    return tree


def _meta(tree: Any, *names: str) -> str | None:
    """What the page's head says under the first of some names."""
    found: dict[str, str | None] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        found.setdefault(name.lower(), meta.get("content"))
    return next((found[name] for name in names if found.get(name)), None)


def _title(tree: Any) -> str | None:
    """The only heading; else what of the page's title is also printed on it; else its title."""
    named = _meta(tree, "og:title", "articletitle") or tree.findtext(".//title") or ""
    named = " ".join(named.split())
    for kind in ("h1", "h2") if not named else ("h1",):
        headings = [text for h in tree.iter(kind) if (text := " ".join(h.text_content().split()))]
        fitting = [text for text in headings if squeeze(text) in squeeze(named)]
        if fitting or len(headings) == 1:
            return (fitting or headings)[0]
    parts = [part for part in _BETWEEN.split(named) if not _SITE.fullmatch(part)]
    printed = {squeeze(text) for body in tree.iter("body") for text in body.itertext()}
    return next((p for p in (named, *parts) if squeeze(p) in printed), next(iter(parts), None))


def _lines_of_text(tree: Any) -> list[str]:
    """The lines of what trafilatura takes for the article."""
    try:
        import trafilatura
        from trafilatura.settings import use_config
    except ImportError:
        raise _PageError(*_NOT_READ) from None
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # what it says is in our rejects
    config = use_config()
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", "20")  # news in brief is short
    found: Any = trafilatura.bare_extraction(
        _plain(tree), fast=True, include_comments=False, config=config
    )
    text = (found and found.text) or ""
    lines = (_without_marks(line) for line in text.split("\n"))
    return [line for line in lines if line]


def _plain(tree: Any) -> Any:
    """The page with its line breaks as lines, and tables that hold sentences as blocks."""
    for line_break in tree.iter("br"):
        line_break.tail = "\n" + (line_break.tail or "")
    if any(_STOP.search(cell.text_content()) for cell in tree.iter("td")):
        for table in tree.xpath("//table[not(.//th)]"):
            for element in list(table.iter("table", "tbody", "tr", "td")):
                element.tag = "div"
    return tree


def _without_marks(line: str) -> str:
    """A line as it stands on the page: trafilatura marks the items of lists and tables."""
    if line.startswith("|"):
        return "  ".join(re.sub(r"^[|\s-]+$", "", line).replace("|", " ").split())
    return line.removeprefix("- ").strip()


def _parted(lines: list[str], title: str | None) -> tuple[list[str], list[str]]:
    """The lines about an article above and below its text, and the text without them."""
    heads = [i for i, line in enumerate(lines[:20]) if title and squeeze(line) == squeeze(title)]
    start = heads[-1] + 1 if heads else 0
    while start < len(lines) and _is_about(lines[start]):
        start += 1
    stop = next((i for i, x in enumerate(lines[start:], start) if _RELATED.fullmatch(x)), None)
    text, below = lines[start:stop], []
    while text and _is_about(text[-1]):
        below.append(text.pop())
    return lines[:start] + below, text


def _is_about(line: str) -> bool:
    return len(line) <= _LONGEST_ABOUT and not _STOP.search(line) and bool(_ABOUT.match(line))


def _is_list(tree: Any) -> bool:
    """Whether most of a page is links."""
    links = sum(len(squeeze(link.text_content())) for link in tree.iter("a"))
    return links > 0.5 * len(squeeze(tree.text_content()))


def _above(tree: Any, first: str) -> str:
    """What the page says before the article's first line, or the end of it."""
    text = "\n".join(tree.itertext())
    end = max(0, text.find(first[:10]))
    return text[max(0, end - _LONGEST_ABOVE) : end]


def _said(about: str) -> dict[str, object]:
    """Where an article comes from and who wrote it, from the lines about it."""
    found = _FROM.search(about)
    source = found[1] if found else None
    agency = source if source and re.search(AGENCIES, source) else None
    names = [name for by in _BY.finditer(about) for name in authors(by[1])]
    return {"newspaper": source if not agency else None, "agency": agency, "authors": names}


def _date(tree: Any, about: str, above: str) -> str | None:
    """The day of publishing, by the page's head, its lines about the article, its address."""
    said = [_DAY.search(_meta(tree, *_DATED) or ""), _DAY.search(about)]
    said += [_DAY_IN_ADDRESS.search(_address(tree) or ""), _DAY.search(above)]
    days = ("-".join(part.zfill(2) for part in day.groups()) for day in said if day)
    return next(filter(is_date, days), None)


def _address(tree: Any) -> str | None:
    canonical = next((link for link in tree.iter("link") if link.get("rel") == "canonical"), None)
    return _meta(tree, "og:url") or (canonical.get("href") if canonical is not None else None)


def _with_credits(record: dict[str, object], lines: list[str]) -> dict[str, object]:
    """The record with its body, which begins behind the credits and ends before them."""
    body = "\n".join(lines)
    fields = read_fields(Body(read_lines(body)), body)
    places = align(fields.body, body)
    given = record["authors"]
    names = [*(given if isinstance(given, list) else []), *fields.authors]
    return record | {
        "body": body[places[0] : places[-1] + 1],
        "byline": fields.byline,
        "authors": list(dict.fromkeys(names)),
        "agency": record["agency"] or fields.agency,
        "place": fields.place,
    }
