"""Second step: glyphs become lines, each of one column, in one size."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from search_app.articles.pdf.boxes import Box
from search_app.articles.pdf.glyphs import Glyph, GlyphPage

# All shares are of a glyph's size, which a Han character is as wide as. They were chosen on made
# pages and measured on 300 others (decision 026).
_WORD_SPACE = 0.15  # a gap that parts Latin words: their spaces are about a quarter
_VISIBLE_GAP = 0.2  # a gap that shows between Han characters
_COLUMN_GAP = 0.8  # the narrowest white between two columns of text,
_HEADLINE_GAP = 0.35  # and of a headline, which is set closer than text
_WIDEST_SPACE = 1.2  # the widest gap for a space inside a line, such as an indent
_ASCENT = 0.88  # how much of a glyph is above its base line: that of a Han font's em box
_OVERLAP = 0.5  # by which a glyph may begin before the last one's end (kerning, brackets)
_NEXT = 3.0  # the widest gap to the next glyph of one run
_LARGER = 1.15  # times the size of the text: what is set larger is a headline
_MOST_SPACES = 8  # that stand for one gap


@dataclass(frozen=True, slots=True)
class PdfLine:
    """Glyphs side by side, or in a vertical headline one below the other, with their spaces."""

    text: str
    box: Box
    size: float


@dataclass(frozen=True, slots=True)
class PageLines:
    """The lines of a page, and those that stand across them.

    Where most glyphs are set in vertical lines, the page is turned to be read from its right.
    """

    along: list[PdfLine]
    across: list[PdfLine]
    is_turned: bool


def read_lines(page: GlyphPage) -> PageLines:
    """Every glyph of a page in exactly one line."""
    upright: list[Glyph] = []
    lying: list[Glyph] = []
    for glyph in page.glyphs:
        row = upright if glyph.upright else lying
        row.append(glyph)
    vertical: list[list[Glyph]] = []
    horizontal: list[list[Glyph]] = []
    for run in _glyph_runs(upright):
        column = vertical if _is_vertical(run) else horizontal
        column.append(run)
    across = list(_lying_lines(lying))
    if 2 * sum(map(len, vertical)) > len(page.glyphs):
        along = [_laid_down(_vertical_line(run), page.width) for run in vertical]
        return PageLines(along, [*map(_horizontal_line, horizontal), *across], True)
    text_size = median([glyph.size for glyph in page.glyphs] or [1.0])
    lines = list(map(_vertical_line, vertical))
    for run in horizontal:
        lines.extend(map(_horizontal_line, _split_at_columns(run, text_size)))
    return PageLines(_joined_in_columns(lines), across, False)


def _glyph_runs(glyphs: list[Glyph]) -> Iterator[list[Glyph]]:
    """Glyphs that follow one another on one base line, or at least three straight down."""
    run: list[Glyph] = []
    for i, glyph in enumerate(glyphs):
        if run and not _continues(run, glyphs, i):
            yield run
            run = []
        run.append(glyph)
    if run:
        yield run


def _continues(run: list[Glyph], glyphs: list[Glyph], i: int) -> bool:
    """Whether the glyph at `i` is the next one of a run."""
    last, glyph = run[-1], glyphs[i]
    if last.base == glyph.base and last.size == glyph.size:  # first, as nearly always so
        return -_OVERLAP * last.size <= glyph.left - last.right <= _NEXT * last.size
    if len(run) > 1:
        return _is_below(last, glyph) if _is_vertical(run) else _is_beside(last, glyph)
    if _is_beside(last, glyph):
        return True
    # Two glyphs one below the other may be the ends of two lines; three are a vertical headline.
    return _is_below(last, glyph) and i + 1 < len(glyphs) and _is_below(glyph, glyphs[i + 1])


def _is_beside(a: Glyph, b: Glyph) -> bool:
    """Whether `b` goes on to the right of `a`; base line and size differ for figures and marks."""
    size = max(a.size, b.size)
    if abs(a.base - b.base) > 0.35 * size or size > 1.7 * min(a.size, b.size):
        return False
    return -_OVERLAP * size <= b.left - a.right <= _NEXT * size


def _is_below(a: Glyph, b: Glyph) -> bool:
    """Whether `b` is the next one straight down, in the same size."""
    aligned = abs(a.left + a.right - b.left - b.right) <= 0.6 * a.size
    return aligned and a.size == b.size and 0.7 * a.size <= b.base - a.base <= 2.5 * a.size


def _is_vertical(run: Sequence[Glyph]) -> bool:
    return len(run) > 1 and run[1].base - run[0].base > 0.5 * run[0].size


def _split_at_columns(run: list[Glyph], text_size: float) -> Iterator[list[Glyph]]:
    """A run cut at the gaps that may be white between columns: wide ones among narrow ones."""
    gaps = _gaps_across(run)
    if max(gaps, default=0.0) <= _HEADLINE_GAP:
        yield run
        return
    usual, start = max(0.0, median(gaps)), 0
    for i, gap in enumerate(gaps, 1):
        if gap > max(_widest_gap_before(run[i], text_size), 2 * usual + 0.3):
            yield run[start:i]
            start = i
    yield run[start:]


def _widest_gap_before(glyph: Glyph, text_size: float) -> float:
    """The widest gap before a glyph that is inside of its column.

    A space that the file has keeps a headline together; in small type it may be an indent.
    """
    if glyph.size > _LARGER * text_size:
        return float("inf") if glyph.spaced else _HEADLINE_GAP
    return _WIDEST_SPACE if glyph.spaced else _COLUMN_GAP


def _gaps_across(run: Sequence[Glyph]) -> list[float]:
    """The gaps between the glyphs of a horizontal run, in sizes of the glyph behind each."""
    return [(b.left - a.right) / b.size for a, b in pairwise(run)]


def _horizontal_line(run: Sequence[Glyph]) -> PdfLine:
    size, base = run[0].size, run[0].base
    for glyph in run:
        size, base = max(size, glyph.size), max(base, glyph.base)
    box = Box(run[0].left, base - _ASCENT * size, run[-1].right, base)
    return PdfLine(_spaced_text(run, _gaps_across(run)), box, size)


def _vertical_line(run: Sequence[Glyph]) -> PdfLine:
    size, left, right = run[0].size, run[0].left, run[0].right
    for glyph in run:
        left, right = min(left, glyph.left), max(right, glyph.right)
    box = Box(left, run[0].base - _ASCENT * size, right, run[-1].base)
    gaps = [(b.base - a.base) / size - 1 for a, b in pairwise(run)]
    return PdfLine(_spaced_text(run, gaps), box, size)


def _spaced_text(run: Sequence[Glyph], gaps: list[float]) -> str:
    """The glyphs with their spaces; gaps that all have alike are none until they show."""
    if max(gaps, default=0.0) < _WORD_SPACE and not any(g.spaced for g in run[1:]):
        return "".join(g.text for g in run)
    usual = median(gaps)
    tracking = usual if 0 < usual < _VISIBLE_GAP else 0.0  # letter-spacing of the whole line
    text = run[0].text
    for (before, glyph), gap in zip(pairwise(run), gaps, strict=True):
        space = _spaces_for(gap - tracking, before.text, glyph.text)
        if not space and glyph.spaced:
            space = " "
        text += space + glyph.text
    return text


def _spaces_for(gap: float, before: str, behind: str) -> str:
    """Spaces as a typist would set them: two to the width of a Han character."""
    latin = before.isascii() and behind.isascii()
    if gap < (_WORD_SPACE if latin else _VISIBLE_GAP):
        return ""
    return " " * max(1, min(_MOST_SPACES, round(2 * gap)))


def _laid_down(line: PdfLine, width: float) -> PdfLine:
    """A vertical line laid down: what stood on the right is above, what stood above is left."""
    left, top, right, bottom = line.box
    return PdfLine(line.text, Box(top, width - right, bottom, width - left), line.size)


def _lying_lines(glyphs: list[Glyph]) -> Iterator[PdfLine]:
    """Glyphs that lie on their side, a line up to each place where the next one is not near."""
    run: list[Glyph] = []
    for glyph in glyphs:
        if run and abs(glyph.left - run[-1].left) + abs(glyph.base - run[-1].base) > 4 * glyph.size:
            yield _lying_line(run)
            run = []
        run.append(glyph)
    if run:
        yield _lying_line(run)


def _lying_line(run: list[Glyph]) -> PdfLine:
    box, text = Box(run[0].left, run[0].base, run[0].right, run[0].base), ""
    for glyph in run:
        box = box.joined(Box(glyph.left, glyph.base, glyph.right, glyph.base))
        if glyph.spaced:
            text += " "
        text += glyph.text
    return PdfLine(text.strip(), box, run[0].size)


def _joined_in_columns(lines: list[PdfLine]) -> list[PdfLine]:
    """Lines whose gap is inside a column, made one: a line above or below runs through it.

    A gap that goes on above or below is white between two columns, whatever stands across them.
    """
    ordered = sorted(lines, key=lambda line: (round(line.box.bottom), line.box.left))
    bottoms = [line.box.bottom for line in ordered]
    joined: list[PdfLine] = []
    for line in ordered:
        near = 3.5 * line.size
        first = bisect_left(bottoms, line.box.bottom - near)
        last = bisect_left(bottoms, line.box.bottom + near)
        if joined and _is_one_line(joined[-1], line, ordered[first:last]):
            joined[-1] = _side_by_side(joined[-1], line)
        else:
            joined.append(line)
    return joined


def _is_one_line(a: PdfLine, b: PdfLine, around: list[PdfLine]) -> bool:
    """Whether `b`, on the level of `a`, goes on with it; `around` are the lines near them."""
    gap = b.box.left - a.box.right
    level = abs(a.box.bottom - b.box.bottom) <= 0.3 * b.size
    same_size = 0.8 * b.size <= a.size <= 1.25 * b.size
    if not level or not same_size or not -0.1 * b.size < gap <= 3 * b.size:
        return False
    slack = 0.5 * b.size
    others = [line for line in around if abs(line.box.bottom - b.box.bottom) > slack]
    return not _gap_goes_on(a, b, others) and _is_run_through(a, b, others)


def _gap_goes_on(a: PdfLine, b: PdfLine, others: list[PdfLine]) -> bool:
    """Whether on another level too a column ends where `a` does and one begins where `b` does."""
    slack, left, right = 0.5 * b.size, a.box.right, b.box.left
    ending, beginning = set(), set()
    for line in others:
        level = round(line.box.bottom / slack)
        if line.box.right <= right + slack and _may_end_column(line, a, b.size):
            ending.add(level)
        if left - slack <= line.box.left < right + 6 * slack:
            beginning.add(level)
    return not ending.isdisjoint(beginning)


def _is_run_through(a: PdfLine, b: PdfLine, others: list[PdfLine]) -> bool:
    """Whether right above or below a line stands across the gap."""
    for line in others:
        near = abs(line.box.bottom - b.box.bottom) <= 2.3 * b.size
        if near and line.box.left < a.box.right and line.box.right > b.box.left:
            return True
    return False


def _may_end_column(line: PdfLine, a: PdfLine, size: float) -> bool:
    """Whether a column may end with a line near `a`: under a headline short lines are no edge."""
    edge = a.box.left
    if line.size <= 0.87 * size:
        edge = a.box.right - 0.5 * size
    return line.box.right > edge


def _side_by_side(a: PdfLine, b: PdfLine) -> PdfLine:
    space = _spaces_for((b.box.left - a.box.right) / b.size, a.text[-1], b.text[0])
    return PdfLine(a.text + space + b.text, a.box.joined(b.box), max(a.size, b.size))
