"""Last step: a PDF's pages laid out as text, region by region, and articles made of it.

The text is what `source` counts in: `laid_out` gives it, the same for the same file everywhere.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pypdfium2 import PdfDocument, PdfiumError
from pypdfium2.raw import FPDF_ERR_PASSWORD

from search_app.articles.base import BinaryFile, Issue, SourceFile
from search_app.articles.derive import is_blank
from search_app.articles.pages.parser import parse_page, parse_story
from search_app.articles.pages.print.furniture import Header, HeaderLines
from search_app.articles.pdf.blocks import Block, read_blocks, text_size
from search_app.articles.pdf.boxes import Box
from search_app.articles.pdf.glyphs import (
    MOST_GLYPHS,
    GlyphPage,
    TooFull,
    open_pdf,
    read_glyphs,
)
from search_app.articles.pdf.lines import PdfLine, read_lines
from search_app.articles.pdf.regions import Region, read_regions
from search_app.articles.printed import PrintedPage, StoryFields
from search_app.model import Article, Reject, Span
from search_app.text.repair import repair

MOST_PAGES = 2_000
MOST_LINES = 5_000  # on a page; more are read in the order of the file

_ENCRYPTED = ("an encrypted PDF", "save it without a password")
_DAMAGED = ("a damaged PDF, or none", "export it again, or repair it with a PDF tool")
_BAD_PAGE = "page {} is damaged", "export it again, or repair it with a PDF tool"
_NO_TEXT = "no text layer", "add one by character recognition (OCR)"
_TOO_LONG = f"over {MOST_PAGES:,} pages", "split it into smaller files"
_TOO_FULL = f"page {{}} holds over {MOST_GLYPHS:,} characters", "split the page"

_ADVERTISED = re.compile(r"广告|(?:热线|电话|地址|网址|微信)\s*[:：]")
_SHORTEST_LIST = 6  # lines; fewer without a sentence are no article
_LARGE = 0.85  # of the largest line of a headline: a line of the title
# A frame is a box on the page only where it is larger than a character set in a box, holds lines
# of text and not nearly the whole page.
_LEAST_FRAME = 4.0  # sizes of the text, of its shorter side
_NEARLY_ALL = 0.8  # of a page's lines
_LARGEST_TEXT = 1.2  # times the size of the text


@dataclass(frozen=True, slots=True)
class _RegionText:
    """A region as text: its headline's lines first; where kicker, title and subtitle end in it."""

    region: Region
    text: str
    head: tuple[int, int, int]


def read_pdf(file: BinaryFile) -> Iterator[Article | Reject]:
    """The articles of every page with their furniture, and why a page has none."""
    try:
        document = open_pdf(file.data)
    except PdfiumError as error:
        encrypted = error.err_code == FPDF_ERR_PASSWORD
        yield Reject(file.path, 0, *(_ENCRYPTED if encrypted else _DAMAGED))
        return
    try:
        yield from _read_pages(document, file)
    finally:
        document.close()


def laid_out(data: bytes) -> str:
    """The text of a PDF that the offsets of its articles count in; a page ends with a form feed."""
    document = open_pdf(data)
    text = ""
    try:
        for number in range(len(document)):
            page = _texts_of_page(document, number)
            if isinstance(page, list):
                text += _text_of_page(page) + "\f"
    finally:
        document.close()
    return text


def _read_pages(document: PdfDocument, file: BinaryFile) -> Iterator[Article | Reject]:
    if len(document) > MOST_PAGES:
        yield Reject(file.path, 0, *_TOO_LONG)
        return
    start, blank = 0, []
    for number in range(len(document)):
        pieces = _texts_of_page(document, number)
        if isinstance(pieces, list):
            number_of_many = number + 1 if len(document) > 1 else None
            yield from _articles(file.path, file.issue, number_of_many, pieces, start)
            start += len(_text_of_page(pieces)) + 1
            if not pieces:
                blank.append(number + 1)
        else:
            yield Reject(file.path, 0, pieces[0].format(number + 1), pieces[1])
    if blank or not len(document):
        reason, remedy = _NO_TEXT
        if len(blank) < len(document):
            reason += f" on page {', '.join(map(str, blank))}"
        yield Reject(file.path, 0, reason, remedy)


def _texts_of_page(document: PdfDocument, number: int) -> list[_RegionText] | tuple[str, str]:
    """The regions of a page as texts, none where it has no text; or what is wrong with it."""
    try:
        sheet = read_glyphs(document, number)
    except PdfiumError:
        return _BAD_PAGE
    except TooFull:
        return _TOO_FULL
    return [_region_text(region) for region in _regions(sheet)]


def _text_of_page(pieces: list[_RegionText]) -> str:
    return "".join(piece.text + "\n" for piece in pieces)


def _regions(sheet: GlyphPage) -> list[Region]:
    """The regions of the page, those in its frames after the others."""
    lines = read_lines(sheet)
    if len(lines.along) > MOST_LINES:
        return [Region(texts=[Block([*lines.along, *lines.across])])]
    size = text_size(lines.along)
    rules, frames = sheet.rules, sheet.frames
    if lines.is_turned:
        rules, frames = [], []  # they stand where they stood before the page was turned
    regions: list[Region] = []
    for framed in _framed(lines.along, frames, size):
        regions.extend(read_regions(read_blocks(framed, rules, size), size))
    regions.extend(Region(texts=[Block([line])]) for line in lines.across)
    return regions


def _framed(lines: list[PdfLine], frames: list[Box], size: float) -> list[list[PdfLine]]:
    """The lines outside of frames, then those in each; a frame around nearly all is none."""
    loose = lines
    framed: list[tuple[Box, list[PdfLine]]] = []
    for frame in sorted(set(frames), key=lambda box: (box.width * box.height, box)):
        inside: list[PdfLine] = []
        outside: list[PdfLine] = []
        for line in loose:
            side = inside if frame.holds(line.box) else outside
            side.append(line)
        if min(frame.width, frame.height) < _LEAST_FRAME * size or len(inside) < 2:
            continue
        is_around_all = len(inside) >= _NEARLY_ALL * len(lines)
        holds_text = min(line.size for line in inside) < _LARGEST_TEXT * size
        if holds_text and not is_around_all:
            loose = outside
            framed.append((frame, inside))
    framed.sort(key=lambda item: (item[0].top, item[0].left))
    return [loose, *(inside for _, inside in framed)]


def _region_text(region: Region) -> _RegionText:
    """A region written as a page of text is: headline, then its columns, then the captions."""
    text, ends = "", []
    for part in _headline_parts(_lines_of_blocks(region.head)):
        text += _printed_below(part)
        ends.append(len(text))
    for block in region.texts:
        for i, line in enumerate(block.lines):
            text += "\u3000" * round(block.indent(i)) + line.text + "\n"
    for caption in region.captions:
        text += "\u3000\u3000" + _printed_below(caption.lines)
    kicker_end, title_end, subtitle_end = ends
    return _RegionText(region, text, (kicker_end, title_end, subtitle_end))


def _printed_below(lines: list[PdfLine]) -> str:
    """Lines one below the other."""
    return "".join(line.text + "\n" for line in lines)


def _lines_of_blocks(blocks: Iterable[Block]) -> list[PdfLine]:
    lines: list[PdfLine] = []
    for block in blocks:
        lines.extend(block.lines)
    return lines


def _headline_parts(head: list[PdfLine]) -> tuple[list[PdfLine], list[PdfLine], list[PdfLine]]:
    """Kicker, title and subtitle: the largest lines, with what stands between, are the title."""
    largest = max((line.size for line in head), default=0.0)
    large = [i for i, line in enumerate(head) if line.size >= _LARGE * largest]
    first, last = (large[0], large[-1] + 1) if large else (0, 0)
    return head[:first], head[first:last], head[last:]


def _articles(
    path: str, issue: Issue, number: int | None, pieces: list[_RegionText], start: int
) -> Iterator[Article]:
    """The articles and the furniture of a page whose text begins at `start`.

    `number` is that of a page of many.
    """
    lines = HeaderLines()
    said = [_header_spans(piece, lines) for piece in pieces]
    header = lines.header
    placed = _placed(header, issue, number)
    for piece, spans in zip(pieces, said, strict=True):
        page = PrintedPage(path, piece.text, placed, header.section, start)
        start += len(piece.text) + 1
        if is_blank(piece.text):
            continue
        if spans is not None:
            body = repair(piece.text).text
            yield page.furniture(_inked(piece.text), StoryFields(body=body, spans=spans))
        elif piece.head[-1]:
            yield parse_story(page, piece.head)
        else:
            yield from _parsed(page)


def _header_spans(piece: _RegionText, header: HeaderLines) -> dict[str, list[Span]] | None:
    """What furniture says of its page is read, and where it says it; None for an article."""
    if not _is_furniture(piece):
        return None
    spans: dict[str, list[Span]] = {}
    start = 0
    for line in piece.text.splitlines(keepends=True):
        for name, ranges in header.read(line.rstrip("\r\n"), start).items():
            spans.setdefault(name, []).extend(ranges)
        start += len(line)
    return spans


def _placed(header: Header, issue: Issue, number: int | None) -> Issue:
    """What the file's place says, else what the page's header does; `number` is of many pages."""
    page_no = header.page_no or str(number) if number else issue.page_no or header.page_no
    return Issue(issue.newspaper or header.newspaper, issue.date or header.date, page_no)


def _inked(text: str) -> Span:
    """The range of a text without the white space around it."""
    printed = text.strip()
    start = text.index(printed)
    return Span(start, start + len(printed))


def _parsed(page: PrintedPage) -> Iterator[Article]:
    """What the parser of page text reads in a region that shows no headline by its look."""
    for item in parse_page(SourceFile(page.path, page.text, page.issue, page.start)):
        if isinstance(item, Article):
            yield replace(item, section=item.section or page.section)


def _is_furniture(piece: _RegionText) -> bool:
    """A region that says nothing in sentences, or little and that as advertisements do."""
    body = piece.text[piece.head[-1] :]
    lines = _lines_of_blocks(piece.region.texts)
    opened = bool(piece.region.texts) and piece.region.texts[0].opens
    if _ADVERTISED.search(piece.text) and not opened:
        return body.count("。") < 3
    return "。" not in body and (len(lines) < _SHORTEST_LIST or not piece.head[-1])
