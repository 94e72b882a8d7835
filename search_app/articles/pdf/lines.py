"""Second step: glyphs become lines, each of one column, in one size."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from statistics import median

from search_app.articles.pdf.boxes import Box, box_around
from search_app.articles.pdf.glyphs import Glyph, GlyphPage

# All shares are of a glyph's size, which a Han character is as wide as. They were chosen on made
# pages and measured on 300 others (decision 026).
_WORD_SPACE = 0.15  # a gap that parts Latin words: their spaces are about a quarter
_VISIBLE_GAP = 0.2  # a gap that shows between Han characters
_HEADLINE_GAP = 0.35  # the narrowest white between two columns of a headline
# The widest gap inside of a column, by whether the glyph behind it is larger than text and whether
# the file has a space there: that keeps a headline together; in small type it may be an indent.
_WIDEST_IN_COLUMN = {
    (True, True): inf,
    (True, False): _HEADLINE_GAP,
    (False, True): 1.2,
    (False, False): 0.8,
}
_ASCENT = 0.88  # how much of a glyph is above its base line: that of a Han font's em box
_OVERLAP = 0.5  # by which a glyph may begin before the last one's end (kerning, brackets)
_NEXT = 3.0  # the widest gap to the next glyph of one run
_LARGER = 1.15  # times the size of the text: what is set larger is a headline
_MOST_SPACES = 8  # that stand for one gap


# Without `eq` lines are told apart by what they are, which is quick to look up in a set.
@dataclass(frozen=True, slots=True, eq=False)
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
    glyphs: dict[bool, list[Glyph]] = {True: [], False: []}  # by whether they are upright
    for glyph in page.glyphs:
        glyphs[glyph.upright].append(glyph)
    # By whether they are vertical.
    runs: dict[bool, list[list[Glyph]]] = {True: [], False: []}
    for run in _glyph_runs(glyphs[True]):
        runs[_is_vertical(run)].append(run)
    across = list(_lying_lines(glyphs[False]))
    lines = list(map(_vertical_line, runs[True]))
    if 2 * sum(map(len, runs[True])) > len(page.glyphs):
        # Vertical lines are laid down: what stood on the right is above, what stood above is left.
        for i, line in enumerate(lines):
            left, top, right, bottom = line.box
            box = Box(top, page.width - right, bottom, page.width - left)
            lines[i] = PdfLine(line.text, box, line.size)
        return PageLines(lines, [*map(_horizontal_line, runs[False]), *across], True)
    text_size = median([glyph.size for glyph in page.glyphs] or [1.0])
    for run in runs[False]:
        lines.extend(map(_horizontal_line, _split_at_columns(run, text_size)))
    return PageLines(_joined_in_columns(lines), across, False)


# Glyphs that follow one another on one base line, or at least three straight down.
def _glyph_runs(glyphs: list[Glyph]) -> Iterator[list[Glyph]]:
    run = glyphs[:1]
    for i, glyph in enumerate(glyphs[1:], 1):
        last = run[-1]
        if last.base == glyph.base and last.size == glyph.size:  # first, as nearly always so
            goes_on = -_OVERLAP * last.size <= glyph.left - last.right <= _NEXT * last.size
        elif _is_vertical(run):
            goes_on = _is_below(last, glyph)
        else:
            goes_on = _is_beside(last, glyph)
            # Two, one below the other, may be the ends of two lines; three are a vertical headline.
            if not goes_on and len(run) == 1 and i + 1 < len(glyphs):
                goes_on = _is_below(last, glyph) and _is_below(glyph, glyphs[i + 1])
        if not goes_on:
            yield run
            run = []
        run.append(glyph)
    if run:
        yield run


# Whether `b` goes on to the right of `a`; base line and size differ for figures and marks.
def _is_beside(a: Glyph, b: Glyph) -> bool:
    size = max(a.size, b.size)
    if abs(a.base - b.base) > 0.35 * size or size > 1.7 * min(a.size, b.size):
        return False
    return -_OVERLAP * size <= b.left - a.right <= _NEXT * size


# Whether `b` is the next one straight down, in the same size.
def _is_below(a: Glyph, b: Glyph) -> bool:
    aligned = abs(a.left + a.right - b.left - b.right) <= 0.6 * a.size
    return aligned and a.size == b.size and 0.7 * a.size <= b.base - a.base <= 2.5 * a.size


def _is_vertical(run: Sequence[Glyph]) -> bool:
    return len(run) > 1 and run[1].base - run[0].base > 0.5 * run[0].size


# A run cut at the gaps that may be white between columns: wide ones among narrow ones.
def _split_at_columns(run: list[Glyph], text_size: float) -> Iterator[list[Glyph]]:
    gaps = _gaps_across(run)
    start = 0
    if max(gaps, default=0.0) > _HEADLINE_GAP:
        usual = max(0.0, median(gaps))
        for i, gap in enumerate(gaps, 1):
            is_large = run[i].size > _LARGER * text_size
            if gap > max(_WIDEST_IN_COLUMN[is_large, run[i].spaced], 2 * usual + 0.3):
                yield run[start:i]
                start = i
    yield run[start:]


# The gaps between the glyphs of a horizontal run, in sizes of the glyph behind each.
def _gaps_across(run: Sequence[Glyph]) -> list[float]:
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


# Glyphs that lie on their side, a line up to each place where the next one is not near.
def _lying_lines(glyphs: list[Glyph]) -> Iterator[PdfLine]:
    starts: list[int] = []
    for i, glyph in enumerate(glyphs):
        last = glyphs[i - 1]
        away = abs(glyph.left - last.left) + abs(glyph.base - last.base)
        if i == 0 or away > 4 * glyph.size:
            starts.append(i)
    for start, end in pairwise([*starts, len(glyphs)]):
        run, text = glyphs[start:end], ""
        for glyph in run:
            if glyph.spaced:
                text += " "
            text += glyph.text
        box = box_around(Box(glyph.left, glyph.base, glyph.right, glyph.base) for glyph in run)
        yield PdfLine(text.strip(), box, run[0].size)


# The glyphs with their spaces; gaps that all have alike are none until they show.
def _spaced_text(run: Sequence[Glyph], gaps: list[float]) -> str:
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


# Spaces as a typist would set them: two to the width of a Han character.
def _spaces_for(gap: float, before: str, behind: str) -> str:
    latin = before.isascii() and behind.isascii()
    if gap < (_WORD_SPACE if latin else _VISIBLE_GAP):
        return ""
    return " " * max(1, min(_MOST_SPACES, round(2 * gap)))


# Lines whose gap is inside a column, made one.
def _joined_in_columns(lines: list[PdfLine]) -> list[PdfLine]:
    ordered = sorted(lines, key=lambda line: (round(line.box.bottom), line.box.left))
    bottoms = [line.box.bottom for line in ordered]
    joined = ordered[:1]
    for b in ordered[1:]:
        a, near = joined[-1], 3.5 * b.size
        gap = b.box.left - a.box.right
        level = abs(a.box.bottom - b.box.bottom) <= 0.3 * b.size
        same_size = 0.8 * b.size <= a.size <= 1.25 * b.size
        around: list[PdfLine] = []
        if level and same_size and -0.1 * b.size < gap <= 3 * b.size:
            first = bisect_left(bottoms, b.box.bottom - near)
            around = ordered[first : bisect_left(bottoms, b.box.bottom + near)]
        if _is_inside_column(a, b, around):
            text = a.text + _spaces_for(gap / b.size, a.text[-1], b.text[0]) + b.text
            joined[-1] = PdfLine(text, box_around((a.box, b.box)), max(a.size, b.size))
        else:
            joined.append(b)
    return joined


# Whether the gap between two lines is in one column: a line above or below runs through it.
# A gap that goes on there, where a column ends where `a` does and one begins where `b` does, is
# white between two columns, whatever stands across them.
def _is_inside_column(a: PdfLine, b: PdfLine, around: list[PdfLine]) -> bool:
    slack, left, right = 0.5 * b.size, a.box.right, b.box.left
    is_run_through = False
    ending, beginning = set(), set()
    for line in around:
        away = abs(line.box.bottom - b.box.bottom)
        if away <= slack:
            continue
        if away <= 2.3 * b.size and line.box.left < left and line.box.right > right:
            is_run_through = True
        level = round(line.box.bottom / slack)
        # Under a headline short lines are no edge of a column.
        least = left - slack if line.size <= 0.87 * b.size else a.box.left
        if least < line.box.right <= right + slack:
            ending.add(level)
        if left - slack <= line.box.left < right + 6 * slack:
            beginning.add(level)
    return is_run_through and ending.isdisjoint(beginning)
