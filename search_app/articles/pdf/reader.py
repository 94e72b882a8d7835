"""Last step: a PDF's pages laid out as text, region by region, and articles made of it.

The text is what `source` counts in: `laid_out` gives it, the same for the same file everywhere.
"""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import NamedTuple

from pypdfium2 import PdfDocument, PdfiumError
from pypdfium2.raw import FPDF_ERR_PASSWORD

from search_app.articles.base import BinaryFile, Issue, SourceFile
from search_app.articles.derive import is_blank
from search_app.articles.pages.parser import parse_page, parse_story
from search_app.articles.pages.print.furniture import HeaderLines
from search_app.articles.pdf.blocks import Block, read_blocks, text_size
from search_app.articles.pdf.boxes import Box
from search_app.articles.pdf.glyphs import (
    MOST_GLYPHS,
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


class _RegionText(NamedTuple):
    """A region as text: its headline's lines first; where kicker, title and subtitle end in it."""

    text: str
    head: tuple[int, int, int]
    is_furniture: bool


def read_pdf(file: BinaryFile) -> Iterator[Article | Reject]:
    """The articles of every page with their furniture, and why a page has none."""
    try:
        document = open_pdf(file.data)
    except PdfiumError as error:
        encrypted = error.err_code == FPDF_ERR_PASSWORD
        yield Reject(file.path, 0, *(_ENCRYPTED if encrypted else _DAMAGED))
        return
    with closing(document):
        if len(document) > MOST_PAGES:
            yield Reject(file.path, 0, *_TOO_LONG)
            return
        start, blank = 0, []
        for number in range(1, len(document) + 1):
            regions = _texts_of_page(document, number)
            if isinstance(regions, tuple):
                reason, remedy = regions
                yield Reject(file.path, 0, reason.format(number), remedy)
                continue
            yield from _articles(file, number if len(document) > 1 else None, regions, start)
            start += len(_text_of_page(regions))
            if not regions:
                blank.append(str(number))
        if blank or not len(document):
            reason, remedy = _NO_TEXT
            if len(blank) < len(document):
                reason += f" on page {', '.join(blank)}"
            yield Reject(file.path, 0, reason, remedy)


def laid_out(data: bytes) -> str:
    """The text of a PDF that the offsets of its articles count in; a page ends with a form feed."""
    text = ""
    with closing(open_pdf(data)) as document:
        for number in range(1, len(document) + 1):
            regions = _texts_of_page(document, number)
            if isinstance(regions, list):
                text += _text_of_page(regions)
    return text


# The regions of a page as texts, those in its frames last; or what is wrong with it.
def _texts_of_page(document: PdfDocument, number: int) -> list[_RegionText] | tuple[str, str]:
    try:
        sheet = read_glyphs(document, number - 1)
    except PdfiumError:
        return _BAD_PAGE
    if sheet is None:
        return _TOO_FULL
    lines = read_lines(sheet)
    if len(lines.along) > MOST_LINES:
        return [_region_text(Region(texts=[Block([*lines.along, *lines.across])]))]
    size = text_size(lines.along)
    rules, frames = sheet.rules, sheet.frames
    if lines.is_turned:
        rules, frames = [], []  # they stand where they stood before the page was turned
    regions: list[Region] = []
    for framed in _framed(lines.along, frames, size):
        regions.extend(read_regions(read_blocks(framed, rules, size), size))
    regions.extend(Region(texts=[Block([line])]) for line in lines.across)
    return list(map(_region_text, regions))


def _text_of_page(regions: list[_RegionText]) -> str:
    return "".join(region.text + "\n" for region in regions) + "\f"


# The lines outside of frames, then those in each; a frame around nearly all is none.
def _framed(lines: list[PdfLine], frames: list[Box], size: float) -> list[list[PdfLine]]:
    loose = lines
    framed: list[tuple[Box, list[PdfLine]]] = []
    for frame in sorted(set(frames), key=lambda box: (box.width * box.height, box)):
        inside = [line for line in loose if frame.holds(line.box)]
        if min(frame.width, frame.height) < _LEAST_FRAME * size or len(inside) < 2:
            continue
        is_around_all = len(inside) >= _NEARLY_ALL * len(lines)
        holds_text = min(line.size for line in inside) < _LARGEST_TEXT * size
        if holds_text and not is_around_all:
            loose = [line for line in loose if not frame.holds(line.box)]
            framed.append((frame, inside))
    framed.sort(key=lambda item: (item[0].top, item[0].left))
    return [loose, *(inside for _, inside in framed)]


# A region written as a page of text is: headline, then its columns, then the captions.
def _region_text(region: Region) -> _RegionText:
    head: list[PdfLine] = []
    for block in region.head:
        head.extend(block.lines)
    # The largest lines of a headline, with what stands between, are the title.
    largest = max((line.size for line in head), default=0.0)
    large = [i for i, line in enumerate(head) if line.size >= _LARGE * largest]
    text, kicker_end, title_end = "", 0, 0
    for i, line in enumerate(head):
        text += line.text + "\n"
        if i < large[0]:
            kicker_end = len(text)
        if i <= large[-1]:
            title_end = len(text)
    subtitle_end = len(text)
    for block in region.texts:
        for i, line in enumerate(block.lines):
            text += "\u3000" * round(block.indent(i)) + line.text + "\n"
    for caption in region.captions:
        text += "\u3000\u3000" + "".join(line.text + "\n" for line in caption.lines)
    if _ADVERTISED.search(text) and not (region.texts and region.texts[0].opens):
        is_furniture = text.count("。", subtitle_end) < 3
    else:
        lines = sum(len(block.lines) for block in region.texts)
        is_list = subtitle_end and lines >= _SHORTEST_LIST
        is_furniture = not is_list and "。" not in text[subtitle_end:]
    return _RegionText(text, (kicker_end, title_end, subtitle_end), is_furniture)


# The articles and the furniture of a page whose text begins at `start`.
# `number` is that of a page of many.
def _articles(
    file: BinaryFile, number: int | None, regions: list[_RegionText], start: int
) -> Iterator[Article]:
    lines = HeaderLines()
    said = [lines.read(region.text) if region.is_furniture else {} for region in regions]
    header, given = lines.header, file.issue
    # What the file's place says, else what the page's header does; it is the place of all pages.
    page_no = header.page_no or str(number) if number else given.page_no or header.page_no
    issue = Issue(given.newspaper or header.newspaper, given.date or header.date, page_no)
    for (text, head, is_furniture), spans in zip(regions, said, strict=True):
        page = PrintedPage(file.path, text, issue, header.section, start)
        start += len(text) + 1
        if is_blank(text):
            continue
        if is_furniture:
            first, printed = len(text) - len(text.lstrip()), text.strip()
            fields = StoryFields(body=repair(text).text, spans=spans)
            yield page.furniture(Span(first, first + len(printed)), fields)
        elif head[-1]:
            yield parse_story(page, head)
        else:
            # The parser of page text reads a region that shows no headline by its look.
            for item in parse_page(SourceFile(page.path, text, issue, page.start)):
                if isinstance(item, Article):
                    yield replace(item, section=item.section or page.section)
