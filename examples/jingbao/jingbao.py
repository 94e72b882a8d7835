"""The page parser for a small Shanghai paper of the 1920s: headline first, its writer below.

Articles come in two kinds: a headline in one line or more with its writer's name below it, mostly
in brackets, and notes that begin with ◘ and end with their writer's name. The paper knows no full
stop: 、 ends its clauses and its articles. Lines without it are headlines, verse, captions,
advertisements, or the page's own.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Literal

from search_app.articles.base import SourceFile
from search_app.articles.derive import is_blank
from search_app.articles.printed import PrintedPage, StoryFields
from search_app.model import Article, Reject, Span
from search_app.text.repair import (
    PrintedLine,
    cells,
    printed_lines,
    repair,
    repair_headline,
    squeeze,
)

_EMPTY = ("the page holds no text", "extract the page again, perhaps with character recognition")
_NOTE = "◘"
_STOP = re.compile("[、。，；：]")
_CLOSED = re.compile("[、。；！？…‥）)』」◘▲▶]$")
# The page's own lines: its header, its imprint, the spaces that it offers to advertisers.
_PAGE = re.compile(
    r"第.{1,3}版.*|民國.{1,3}年.{3,7}日|.{2,4}年.{1,3}月.{2,4}日 星期.|星期[一二三四五六日]"
    r"|第.{2,8}[號期]|今日.張.*售.*|(?i:the crystal|established \d+)|.*掛號.*報紙"
    r"|◘(?:自動電話|電報).*◘|◘?各稿版權.*|晶 ?報|社會.{2,5}結晶|三日刊.{2,6}"
    r"|此處|處此|招登|登招|廣[告吿]|[告吿]廣|價格|格價|面議|議面"
)
_TRADE = re.compile("[價售]|大洋|[一二三四五六七八九十百][元角]|電話|發行所|刊例|折扣")
_BRACKETED = re.compile("[（(）)]{0,2}[^（）()、。，]{1,9}[（(）)]{1,2}")
_NAME = re.compile("[一-龥]{2,3}著?")
_CHAPTER = re.compile("第.{1,3}[囘回章]")
_CAPTION_END = re.compile("[◘▲▶）)]$|[）)].*[（(].{1,2}$")
_SOURCE = re.compile("[（(][^（(]*[）)]")  # below a caption: who took the picture
_LONGEST_CAPTION, _LONGEST_NAME, _LONGEST_TITLE, _LONGEST_ARTICLE = 8, 6, 4, 500  # lines
_LONGEST_LINE = 80  # characters; no longer line is a caption or the page's own
_BOX = 4  # cells: the width of the box for a headline in several lines

_NUMBER = re.compile("[（(][〇零一二三四五六七八九十百]+[）)]")
_WRITER = re.compile("(.{1,5}?)(?:自(.{2,3})寄|代覆|投稿|[著譯])?")
_SIGNATURE = re.compile(r"[（(][^（）()、。完附]{1,9}[）)]?\s*\Z|(?<=[、。])[一-龥]{1,3}[）)]\s*\Z")
_PARAGRAPH = re.compile("[\r\n](?=[▲◉□◘])")
_CLAUSES = re.compile(".{8,32}?(?=、)")  # of a text without a headline, enough to call it by


@dataclass(frozen=True)
class _Piece:
    """The lines `start` to `stop` of a page. Of an article the title ends at `title`, and all that
    stands above its text at `head`. What does not `begin` continues the article before it.
    """

    kind: Literal["article", "caption", "advertisement", "page"]
    start: int
    stop: int
    title: int = 0
    head: int = 0
    begins: bool = True


def parse_jingbao(file: SourceFile) -> Iterator[Article | Reject]:
    """The articles of a page in its order, and as furniture what belongs to none of them.

    Every character but white space belongs to exactly one of them.
    """
    if is_blank(file.text):
        yield Reject(file.path, 0, *_EMPTY)
        return
    layout = _Page(printed_lines(file.text))
    page = PrintedPage(file.path, file.text, file.issue)
    for piece in layout.pieces():
        extent = layout.span(piece.start, piece.stop)
        if piece.kind == "article":
            names, rest = layout.head(piece)
            doubts = dict(_doubts(layout, piece, names))
            yield page.article(extent, _fields(layout, piece, file.text, names, rest), doubts)
        else:
            yield page.furniture(extent)


class _Page:
    """The lines of a page, and what stands where on it."""

    def __init__(self, lines: Sequence[PrintedLine]) -> None:
        self.lines = lines
        self.texts = [line.text for line in lines]
        self._widths = [cells(line.text) for line in lines]
        self._plain = [not _STOP.search(text) for text in self.texts]
        self._edge = 0  # the line behind the last one that is no article's

    def pieces(self) -> list[_Piece]:
        """All lines of the page in pieces; a caption may stand inside an article."""
        found: list[_Piece] = []
        at = 0
        while at < len(self.lines):
            piece = self._piece(at)
            at = piece.stop
            self._edge = self._edge if piece.kind == "article" else at
            if piece.begins and not self._shows(piece, found):
                found.append(piece)
            else:
                _join(found, piece)
        return [self._judged(piece) for piece in found]

    def _piece(self, at: int) -> _Piece:
        """What begins at a line; if nothing does, the line alone."""
        if self._is_pages_own(at):
            return _Piece("page", at, at + 1)
        if (stop := self._caption_end(at)) > at:
            return _Piece("caption", at, stop)
        if (title := self._title_end(at, self._is_closed(at))) > at:
            head = self.head_end(title)
            return _Piece("article", at, head, title, head)
        if self._is_note(at):
            return _Piece("article", at, at + 1, at, at)
        if (stop := self._advertisement_end(at)) > at:
            return _Piece("advertisement", at, stop)
        return _Piece("article", at, at + 1, at, at, begins=False)

    def _is_pages_own(self, at: int) -> bool:
        text = self.texts[at]
        return len(text) <= _LONGEST_LINE and bool(_PAGE.fullmatch(" ".join(text.split())))

    def _caption_end(self, at: int) -> int:
        """Where the caption that begins at a line ends; `at` if none does."""
        stop = at
        for i in range(at, min(at + _LONGEST_CAPTION, len(self.lines))):
            text = self.texts[i]
            begins_other = text[0] not in "◘▲◀" if i == at else text[0] in "◘（("
            if not self._plain[i] or begins_other or len(text) > _LONGEST_LINE:
                break
            if len(text) > 1 and _CAPTION_END.search(text):
                stop = i + 1
            elif stop > at:
                break
        if at < stop < len(self.lines) and self.texts[stop - 1].endswith(_NOTE):
            stop += bool(_SOURCE.fullmatch(self.texts[stop]))
        return stop

    def _title_end(self, at: int, closed: bool) -> int:
        """Where the headline that begins at a line ends; `at` if none does.

        `closed` says that an article may have ended before it.
        """
        text = self.texts[at]
        if not self._plain[at] or text[-1] in "）)" or text[0] in "（(）)▲□◀":
            return at
        if not closed and self._in_column(at):
            return at
        boxed = closed and (text[0] == _NOTE or self._widths[at] <= _BOX)
        most = _LONGEST_TITLE if boxed else 1
        for end in range(at + 1, min(at + most + 1, len(self.lines))):
            below = self._bracketed_end(end) > end or self.texts[end][0] == "◉"
            if below or (closed and self._is_name(end)):
                return end
            if not self._plain[end] or (self._widths[end] > _BOX and text[0] != _NOTE):
                break
        return at + 1 if closed and self._stands_alone(at) else at

    def head_end(self, at: int) -> int:
        """Where what stands between a headline and its text ends: names, numbers, chapters."""
        while at < len(self.lines):
            narrow = self._plain[at] and self._widths[at] < 0.75 * self._column(at + 1)
            if (stop := self._bracketed_end(at)) > at:
                at = stop
            elif narrow or _CHAPTER.match(self.texts[at]):
                at += 1
            else:
                break
        return at

    def span(self, start: int, stop: int) -> Span:
        """The range of the page that some lines take."""
        return Span(self.lines[start].start, self.lines[stop - 1].end)

    def head(self, piece: _Piece) -> tuple[list[Span], list[Span]]:
        """What stands between an article's headline and its text: names, and the rest."""
        names: list[Span] = []
        rest: list[Span] = []
        at = piece.title
        while at < piece.head:
            stop = self._bracketed_end(at)
            text = "".join(self.texts[at : max(stop, at + 1)])
            named = stop > at or (_NAME.fullmatch(text) and not names)
            span = self.span(at, max(stop, at + 1))
            (names if named and not _NUMBER.fullmatch(text) else rest).append(span)
            at = max(stop, at + 1)
        return names, rest

    def _bracketed_end(self, at: int) -> int:
        """Where a name or number in brackets ends, perhaps in several lines; one may be lost."""
        joined = ""
        for i in range(at, min(at + _LONGEST_NAME, len(self.lines))):
            joined += self.texts[i]
            if not self._plain[i] or (i > at and joined[0] not in "（(）)"):
                break
            if len(joined) > 2 and _BRACKETED.fullmatch(joined):
                return i + 1
        return at

    def _is_name(self, at: int) -> bool:
        """Whether a short line above a column of text is a name without brackets."""
        if not _NAME.fullmatch(self.texts[at]) or at + 1 == len(self.lines) or self._plain[at + 1]:
            return False
        return self._widths[at + 1] > 2 * self._widths[at]

    def _is_note(self, at: int) -> bool:
        """Whether a line begins a note; a narrow line with the same mark is a subhead."""
        following = max(self._widths[at + 1 : at + 2], default=0.0)
        wide = not self._plain[at] or self._widths[at] >= 0.75 * following
        return wide and self.texts[at][0] == _NOTE

    def _stands_alone(self, at: int) -> bool:
        """Whether a line without a name below it heads a column of text."""
        width = self._widths[at]
        first, *others = self._widths[at + 1 : at + 3] or [0.0]
        narrow = (2 if at == self._edge else 4) <= width <= min(14, first - 1.5)
        return (
            (narrow or (3 <= width <= 14 and self._is_shared(at)))
            and self.texts[at][0] != _NOTE
            and self.texts[at + 1][0] not in "▲◘□"
            and not all(self._plain[at + 1 : at + 4])
            and all(abs(first - other) <= max(1, first / 10) for other in others)
            and not self._in_column(at)
        )

    def _is_shared(self, at: int) -> bool:
        """Whether the lines below a line have two of its characters in a row."""
        text = squeeze("".join(self.texts[at + 1 : at + 9]))
        head = squeeze(self.texts[at])
        return any(head[i : i + 2] in text for i in range(len(head) - 1))

    def _advertisement_end(self, at: int) -> int:
        """Where three lines or more without stops end that speak of prices."""
        if not self._is_closed(at) or (at > self._edge and self._plain[at - 1]):
            return at
        end = at
        while end < len(self.lines) and self._plain[end] and not self._is_other(end):
            end += 1
        return end if end >= at + 3 and self._is_trade(at, end) else at

    def _is_other(self, at: int) -> bool:
        """Whether a line behind an advertisement is the page's own, or begins something else."""
        marked = self.texts[at][0] in "◘◀"
        return marked or self._is_pages_own(at) or self._title_end(at, closed=True) > at

    def _is_trade(self, start: int, stop: int) -> bool:
        """Whether a third of the lines speaks of prices and places to buy."""
        trade = sum(bool(_TRADE.search(text)) for text in self.texts[start:stop])
        return 3 * trade >= stop - start

    def _in_column(self, at: int) -> bool:
        """Whether three of the lines around a line are as wide as it is."""
        around = self._widths[max(0, at - 3) : at + 4]
        return sum(abs(width - self._widths[at]) <= 1 for width in around) > 3

    def _column(self, at: int) -> float:
        """The width of the column that begins at a line."""
        return median(self._widths[at : at + 8] or [0.0])

    def _is_closed(self, at: int) -> bool:
        """Whether an article may have ended before a line."""
        before = self.texts[at - 1]
        return at == self._edge or (
            bool(_CLOSED.search(before)) and before.rfind("（") <= before.rfind("）")
        )

    def _shows(self, piece: _Piece, found: Sequence[_Piece]) -> bool:
        """Whether a caption names what the article before it is about."""
        if piece.kind != "caption" or not found or found[-1].kind != "article":
            return False
        name = re.sub("[（(].*|[◘▲◀▶]", "", "".join(self.texts[piece.start : piece.stop]))
        article = found[-1]
        stop = min(article.stop, article.start + _LONGEST_ARTICLE)
        title = squeeze("".join(self.texts[article.start : article.title]))
        text = squeeze("".join(self.texts[article.start : stop]))
        return len(name) > 2 and (name[:2] in title or name[:3] in text)

    def _judged(self, piece: _Piece) -> _Piece:
        """The piece, but as furniture where it has no name, few stops, or too many prices."""
        named = piece.head > piece.title or self.texts[piece.start][0] == _NOTE
        if piece.kind != "article" or named or _SIGNATURE.search(self.texts[piece.stop - 1]):
            return piece
        stops = self._plain[piece.head : piece.stop].count(False)
        if stops < 2 or self._is_trade(piece.start, piece.stop):
            return replace(piece, kind="advertisement")
        return piece


def _join(found: list[_Piece], piece: _Piece) -> None:
    """Adds lines to the article before them, with the captions between; else as a piece."""
    at = len(found) - 1
    while at >= 0 and found[at].kind == "caption":
        at -= 1
    if at >= 0 and found[at].kind == "article":
        found[at:] = [replace(found[at], stop=piece.stop)]
    else:
        found.append(piece)


def _fields(
    page: _Page, piece: _Piece, text: str, names: list[Span], rest: list[Span]
) -> StoryFields:
    """What is read from an article: from what stands above its text, and from its end."""
    title = squeeze("".join(page.texts[piece.start : piece.title])).removeprefix(_NOTE)
    start = page.lines[min(piece.head, piece.stop - 1)].start
    end = page.lines[piece.stop - 1].end
    signed = _SIGNATURE.search(text, max(start + 1, end - 24), end)
    named = [list(_places(text, *name)) for name in names]
    if signed and not names:
        end = signed.start()
        named = [[at for at in range(*signed.span()) if not text[at].isspace()]]
    body = "\n".join(repair(part).text for part in _PARAGRAPH.split(text[start:end]))
    bare = body.removeprefix(_NOTE).strip()
    clauses = _CLAUSES.match(bare or body)
    spans = {
        "subtitle": rest,
        "byline": [Span(places[0], places[-1] + 1) for places in named],
        "body": [_inked(text, start, end, _NOTE if bare else "")],
    }
    if title:
        spans["title"] = [_inked(text, *page.span(piece.start, piece.title), _NOTE)]
    authors = []
    place = None
    for name in named:
        places = [at for at in name if text[at] not in "（()）"]
        if writer := _WRITER.fullmatch("".join(text[at] for at in places)):
            authors.append(writer[1])
            spans.setdefault("authors", []).append(_of_group(writer, 1, places))
            if writer[2] and not place:
                place = writer[2]
                spans["place"] = [_of_group(writer, 2, places)]
    return StoryFields(
        title=title,
        called=clauses[0] if clauses else None,
        subtitle=repair_headline("\n".join(text[a:b] for a, b in rest)).text or None,
        byline="".join(text[at] for name in named for at in name) or None,
        authors=tuple(authors),
        place=place,
        body=bare or body,
        spans=spans,
    )


def _inked(text: str, start: int, end: int, sign: str = "") -> Span:
    """The range without the white space around it, nor a sign that begins it."""
    printed = text[start:end].rstrip()
    inner = printed.lstrip().removeprefix(sign).lstrip()
    return Span(start + len(printed) - len(inner), start + len(printed))


def _places(text: str, start: int, end: int) -> Iterator[int]:
    """The characters of some lines, but for the white space around each of them."""
    for line in printed_lines(text[start:end]):
        yield from range(start + line.start, start + line.end)


def _of_group(m: re.Match[str], group: int, places: Sequence[int]) -> Span:
    return Span(places[m.start(group)], places[m.end(group) - 1] + 1)


def _doubts(page: _Page, piece: _Piece, names: Sequence[Span]) -> Iterator[tuple[str, float]]:
    """What makes an article doubtful; one of it leaves a confidence of .8, two .6."""
    cost = 0.2
    if not piece.begins:
        yield "nothing shows where the article begins", cost
        cost = 0.25
    elif not names and piece.title > piece.start:
        yield "no name shows that the first line is a headline", cost
        cost = 0.25
    signed = _SIGNATURE.search(page.texts[piece.stop - 1])
    if not signed and not _CLOSED.search(page.texts[piece.stop - 1]):
        yield "the text ends in mid sentence", cost
