"""From the bytes of an HTML page to its elements, its headline, and the lines of its article.

trafilatura finds the text; it comes with the extra `[html]`. Nothing is ever fetched, and no
entity of a page's own is read.
"""

import codecs
import logging
import re
from typing import Any

from search_app.articles.records.checks import RecordError
from search_app.text.repair import squeeze

_ENTITIES = ("a page that declares entities of its own", "remove its <!ENTITY lines")
NO_ARTICLE = ("no article is found on the page", "save the page of one article, text included")
_NOT_READ = (
    "HTML is read by trafilatura, which is not installed",
    "pip install 'search-app[html]'",
)
_UNDECODED = "name its encoding with --encoding, for instance gb18030"

_MARKS = {
    codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be",
}  # fmt: skip
_CHARSET = re.compile(rb"<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*[\"']?\s*([\w-]+)", re.I)
_DECLARED_WITHIN = 4096  # bytes; the HTML standard asks for the declaration in the first 1,024
# As browsers have it (encoding.spec.whatwg.org): what is called by the name of a set is often in a
# larger one.
_LARGER = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "iso8859-1": "cp1252"}

STOP = re.compile("[。！？…]")
_BETWEEN = re.compile(r"\s*(?:[_|｜]+|\s[—–-]+\s|-)\s*")  # headline and name of a site
_SITE = re.compile(r".{0,12}(?:网|报|频道|新闻|要闻|在线|[电广]台|社|中心|客户端|政府)|首页|正文")
# trafilatura gives up a text of fewer characters; its own 250 would lose news in brief.
_SHORTEST_TEXT = "20"


def decode_page(data: bytes, named: str | None) -> str:
    """By its byte order mark; as UTF-8, which nothing else looks like; as it says; as named."""
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
    raise RecordError(faults[:2][-1], _UNDECODED)


def _codec_of(name: str) -> str | None:
    """The codec of a name, or of the larger set browsers take it for; None if there is none."""
    try:
        codec = codecs.lookup(name).name
        codec = _LARGER.get(codec, codec)
        b"".decode(codec)  # codecs from bytes to bytes are refused here
    except (LookupError, ValueError):
        return None
    return codec


def parse_tree(text: str) -> Any:
    """The page as elements, without scripts and comments; nothing is fetched for it."""
    # Entities may stand for others, and these for others still, until memory is full.
    if re.search("<!ENTITY", re.split("<body", text, maxsplit=1, flags=re.I)[0], re.I):
        raise RecordError(*_ENTITIES)
    try:
        import trafilatura  # here, since it takes long: where there is a page only
        from lxml import etree, html
    except ImportError:
        raise RecordError(*_NOT_READ) from None
    logging.getLogger(trafilatura.__name__).setLevel(logging.CRITICAL)  # our rejects say it
    text = re.sub(r"^\s*<\?xml[^>]*>", "", text.replace("\0", " "))  # lxml refuses to read both
    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True)
    try:
        tree = html.document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        raise RecordError(*NO_ARTICLE) from None
    for element in tree.xpath("//script|//style|//noscript|//template|//iframe"):
        element.drop_tree()
    return tree


def meta_content(tree: Any, *names: str) -> str | None:
    """What the page's head says under the first of some names that says anything."""
    contents: dict[str, str | None] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        contents.setdefault(name.lower(), meta.get("content"))
    return next(filter(None, map(contents.get, names)), None)


def page_address(tree: Any) -> str | None:
    """The address that the page itself says it has."""
    address = meta_content(tree, "og:url")
    for link in tree.iter("link"):
        if link.get("rel") == "canonical":
            return address or link.get("href")
    return address


def page_headline(tree: Any) -> str | None:
    """The only heading; else what of the page's title is also printed on it; else its title."""
    title = meta_content(tree, "og:title", "articletitle") or tree.findtext(".//title") or ""
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


def article_lines(tree: Any) -> list[str]:
    """The lines of what trafilatura takes for the article; changes the tree."""
    import trafilatura
    from trafilatura.settings import use_config

    config = use_config()
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", _SHORTEST_TEXT)
    _simplify(tree)
    extracted: Any = trafilatura.bare_extraction(
        tree, fast=True, include_comments=False, config=config
    )
    lines: list[str] = []
    if not extracted or not extracted.text:
        return lines
    for line in extracted.text.split("\n"):
        # trafilatura marks the items of lists and tables, which are none on the page.
        if line.startswith("|"):
            line = "  ".join(re.sub(r"^[|\s-]+$", "", line).replace("|", " ").split())
        else:
            line = line.removeprefix("- ").strip()
        if line:
            lines.append(line)
    return lines


def _simplify(tree: Any) -> None:
    """Makes lines of line breaks, and blocks of tables that hold sentences."""
    for line_break in tree.iter("br"):
        line_break.tail = "\n" + (line_break.tail or "")
    # Pages of the years around 2000 are set in tables, and trafilatura takes tables for data.
    if any(STOP.search(cell.text_content()) for cell in tree.iter("td")):
        for table in tree.xpath("//table[not(.//th)]"):
            for element in list(table.iter("table", "tbody", "tr", "td")):
                element.tag = "div"
