"""Second step: glyphs become lines, each of one column, in one size."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from search_app.articles.pdf.glyphs import Box, Glyph, Sheet

_WORD_SPACE = 0.15  # of a size: between Latin words
_LOOSE = 0.2  # of a size: a gap that shows
_WIDE = 0.8  # of a size: as narrow as the white between two columns may be,
_NARROW = 0.35  # and of the size of a headline
_SPACED = 1.2  # of a size: as wide as a space inside a line may be
_ASCENT = 0.88  # of a size: how much of a glyph is above its base line


@dataclass(frozen=True, slots=True)
class Line:
    """Glyphs side by side, or in a vertical headline one below the other, with their spaces."""

    text: str
    box: Box
    size: float


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a page, and those that stand across them.

    Where most glyphs are set in vertical lines, the page is turned to be read from its right.
    """

    along: list[Line]
    across: list[Line]
    is_turned: bool


def read_lines(sheet: Sheet) -> Lines:
    """Every glyph of a page in exactly one line."""
    runs = list(_runs([g for g in sheet.glyphs if g.upright]))
    vertical = [run for run in runs if _is_vertical(run)]
    turned = list(_turned([g for g in sheet.glyphs if not g.upright]))
    if 2 * sum(map(len, vertical)) > len(sheet.glyphs):
        lines = [_turn(_stacked(run), sheet.width) for run in vertical]
        return Lines(lines, [_line(r) for r in runs if not _is_vertical(r)] + turned, True)
    size = median([glyph.size for glyph in sheet.glyphs] or [1.0])
    lines = [_stacked(run) for run in vertical]
    lines += [_line(part) for run in runs if not _is_vertical(run) for part in _parts(run, size)]
    return Lines(_joined(lines), turned, False)


def _runs(glyphs: list[Glyph]) -> Iterator[list[Glyph]]:
    """Glyphs that follow one another on one base line, or at least three straight down."""
    run: list[Glyph] = []
    for i, glyph in enumerate(glyphs):
        if run and not _goes_on(run, glyphs, i):
            yield run
            run = []
        run.append(glyph)
    if run:
        yield run


def _goes_on(run: list[Glyph], glyphs: list[Glyph], i: int) -> bool:
    last, glyph = run[-1], glyphs[i]
    if last.base == glyph.base and last.size == glyph.size:  # as nearly always
        return -0.5 * last.size <= glyph.left - last.right <= 3 * last.size
    if len(run) > 1:
        return _is_below(last, glyph) if _is_vertical(run) else _is_beside(last, glyph)
    if _is_beside(last, glyph):
        return True
    return _is_below(last, glyph) and i + 1 < len(glyphs) and _is_below(glyph, glyphs[i + 1])


def _is_beside(a: Glyph, b: Glyph) -> bool:
    size = max(a.size, b.size)
    same = abs(a.base - b.base) <= 0.35 * size and size <= 1.7 * min(a.size, b.size)
    return same and -0.5 * size <= b.left - a.right <= 3 * size


def _is_below(a: Glyph, b: Glyph) -> bool:
    aligned = abs(a.left + a.right - b.left - b.right) <= 0.6 * a.size
    return aligned and a.size == b.size and 0.7 * a.size <= b.base - a.base <= 2.5 * a.size


def _is_vertical(run: Sequence[Glyph]) -> bool:
    return len(run) > 1 and run[1].base - run[0].base > 0.5 * run[0].size


def _parts(run: list[Glyph], text_size: float) -> Iterator[list[Glyph]]:
    """A run without the gaps that may be white between columns: wide ones among narrow ones.

    A space that the file has keeps a headline together; in small type it may be an indent.
    """
    gaps = [(b.left - a.right) / b.size for a, b in pairwise(run)]
    if max(gaps, default=0.0) <= _NARROW:
        yield run
        return
    usual, start = max(0.0, median(gaps)), 0
    for i, gap in enumerate(gaps, 1):
        if run[i].size > 1.15 * text_size:
            allowed = float("inf") if run[i].spaced else _NARROW
        else:
            allowed = _SPACED if run[i].spaced else _WIDE
        if gap > max(allowed, 2 * usual + 0.3):
            yield run[start:i]
            start = i
    yield run[start:]


def _line(run: Sequence[Glyph]) -> Line:
    size, base = max(g.size for g in run), max(g.base for g in run)
    box = Box(run[0].left, base - _ASCENT * size, run[-1].right, base)
    return Line(_text(run, [(b.left - a.right) / b.size for a, b in pairwise(run)]), box, size)


def _stacked(run: Sequence[Glyph]) -> Line:
    size = run[0].size
    left, right = min(g.left for g in run), max(g.right for g in run)
    box = Box(left, run[0].base - _ASCENT * size, right, run[-1].base)
    return Line(_text(run, [(b.base - a.base) / size - 1 for a, b in pairwise(run)]), box, size)


def _text(run: Sequence[Glyph], gaps: list[float]) -> str:
    """The glyphs with their spaces; gaps that all have alike are none until they show."""
    if max(gaps, default=0.0) < _WORD_SPACE and not any(g.spaced for g in run[1:]):
        return "".join(g.text for g in run)
    usual = median(gaps)
    alike = usual if 0 < usual < _LOOSE else 0.0
    text = run[0].text
    for (a, b), gap in zip(pairwise(run), gaps, strict=True):
        text += (_space(gap - alike, a.text, b.text) or " " * b.spaced) + b.text
    return text


def _space(gap: float, before: str, behind: str) -> str:
    """Spaces as a typist would set them: two to the width of a Han character."""
    latin = before.isascii() and behind.isascii()
    if gap < (_WORD_SPACE if latin else _LOOSE):
        return ""
    return " " * max(1, min(8, round(2 * gap)))


def _turn(line: Line, width: float) -> Line:
    """A vertical line laid down: what stood on the right is above, what stood above is left."""
    left, top, right, bottom = line.box
    return Line(line.text, Box(top, width - right, bottom, width - left), line.size)


def _turned(glyphs: list[Glyph]) -> Iterator[Line]:
    """Turned glyphs, as a line for each place where the next one is not near."""
    run: list[Glyph] = []
    for glyph in glyphs:
        if run and abs(glyph.left - run[-1].left) + abs(glyph.base - run[-1].base) > 4 * glyph.size:
            yield _gathered(run)
            run = []
        run.append(glyph)
    if run:
        yield _gathered(run)


def _gathered(run: list[Glyph]) -> Line:
    box = Box(run[0].left, run[0].base, run[0].right, run[0].base)
    for glyph in run:
        box = box.around(Box(glyph.left, glyph.base, glyph.right, glyph.base))
    return Line("".join(" " * g.spaced + g.text for g in run).strip(), box, run[0].size)


def _joined(lines: list[Line]) -> list[Line]:
    """Lines whose gap is inside a column, made one: a line above or below runs through it.

    A gap that goes on above or below is white between two columns, whatever stands across them.
    """
    ordered = sorted(lines, key=lambda line: (round(line.box.bottom), line.box.left))
    bottoms = [line.box.bottom for line in ordered]
    joined: list[Line] = []
    for line in ordered:
        near = 3.5 * line.size
        first = bisect_left(bottoms, line.box.bottom - near)
        last = bisect_left(bottoms, line.box.bottom + near)
        if joined and _may_join(joined[-1], line, ordered[first:last]):
            joined[-1] = _pair(joined[-1], line)
        else:
            joined.append(line)
    return joined


def _may_join(a: Line, b: Line, around: list[Line]) -> bool:
    gap = b.box.left - a.box.right
    same = abs(a.box.bottom - b.box.bottom) <= 0.3 * b.size and 0.8 * b.size <= a.size
    if not same or a.size > 1.25 * b.size or not -0.1 * b.size < gap <= 3 * b.size:
        return False
    slack, left, right = 0.5 * b.size, a.box.right, b.box.left
    apart = [n for n in around if abs(n.box.bottom - b.box.bottom) > slack]
    before = [n.box for n in apart if n.box.right <= right + slack and _is_edge(n, a, b.size)]
    behind = [n.box for n in apart if left - slack <= n.box.left < right + 6 * slack]
    levels = {round(n.bottom / slack) for n in before}
    if any(round(n.bottom / slack) in levels for n in behind):
        return False
    close = [n.box for n in apart if abs(n.box.bottom - b.box.bottom) <= 2.3 * b.size]
    return any(n.left < left and n.right > right for n in close)


def _is_edge(line: Line, a: Line, size: float) -> bool:
    """Whether a column may end with a line near `a`: under a headline short lines are no edge."""
    return line.box.right > (a.box.left if line.size > 0.87 * size else a.box.right - 0.5 * size)


def _pair(a: Line, b: Line) -> Line:
    space = _space((b.box.left - a.box.right) / b.size, a.text[-1], b.text[0])
    return Line(a.text + space + b.text, a.box.around(b.box), max(a.size, b.size))
