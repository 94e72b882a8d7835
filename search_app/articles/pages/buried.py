"""Between the third step and the fourth: headlines that were taken for lines of a text.

Line by line a headline with an unopened text behind it looks like a paragraph. Seen from the whole
text there is a line that speaks of one part only, and parts that share next to nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from search_app.articles.pages.bodies import Body, Gap, Habits, Layout
from search_app.articles.pages.labels import INDENT, is_cut
from search_app.articles.pages.print.lines import Line
from search_app.articles.pages.print.news import begins_as_news
from search_app.articles.pages.print.runs import (
    MOST_SHARED,
    held,
    in_common,
    ink_before,
    ink_behind,
    ink_of,
    pairs_of,
)

_GOES_ON = "，、；,"
_LEAST = 2  # lines of an article
_LONGEST = 4  # lines of a headline
_BIG = 10  # cells, from which on a line is hardly a subhead
_FEW = 60  # characters of a text
# Logarithms of odds, fitted to simulated pages; to cut wrongly costs less than not to cut: .7 more.
_ODDS = -2.2
_HABIT = -3.7  # for a page that opens all its articles, or closes all
_BLANK = 3.5  # below the headline
_NEWS = 2.0
_LONG = 2.3
_COMMAS = -3.6
_SHORT = -3.2
_OWN = 2.0  # for how much more of its pairs one part has than the other
_SHARED = -34.0  # for the share of runs that the parts have in common, up to .15


def part_at_headlines(layout: Layout) -> Layout:
    """The same page with a gap for the likeliest headline that stood inside each text, if any."""
    habits = Habits(layout.bodies)
    bodies: list[Body] = []
    gaps = [layout.gaps[0]]
    for body, gap in zip(layout.bodies, layout.gaps[1:], strict=True):
        if found := _headline(body, habits):
            start, stop = found
            bodies.append(Body(body.lines[:start], body.joined))
            gaps.append(Gap(open=body.lines[start:stop]))
            body = Body(body.lines[stop:], body.joined)
        bodies.append(body)
        gaps.append(gap)
    return replace(layout, bodies=tuple(bodies), gaps=tuple(gaps))


def _headline(body: Body, habits: Habits) -> tuple[int, int] | None:
    """The lines of the likeliest headline inside a text, if it is likelier than not."""
    found = {place: _points(body, place, habits) for place in _places(body.lines)}
    best = max(found, key=found.__getitem__, default=None)
    return best if best and found[best] > 0 else None


def _places(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """Where lines stand that may be a headline, and that a text may begin behind."""
    for start in range(_LEAST, len(lines) - _LEAST):
        if not lines[start - 1].is_complete or lines[start].indent >= INDENT:
            continue
        for stop in range(start + 1, min(start + _LONGEST, len(lines) - _LEAST) + 1):
            last = lines[stop - 1]
            if last.is_complete or last.opening or "。" in last.text:
                break
            goes_on = last.text[-1] in _GOES_ON or is_cut(last, lines[stop])
            if not goes_on and _may_begin(lines[stop], lines[0]):
                yield start, stop


def _may_begin(line: Line, first: Line) -> bool:
    """Whether a text may begin there, on a page on which another one begins with `first`."""
    return line.indent >= INDENT or first.indent < INDENT


def _points(body: Body, place: tuple[int, int], habits: Habits) -> float:
    start, stop = place
    lines, head = body.lines, body.lines[start:stop]
    shown = ink_of(head)
    points = _ODDS + _HABIT * (habits.opened + habits.closed)
    points += _BLANK * lines[stop].blank_before + _NEWS * begins_as_news(lines, stop)
    points += _LONG * (sum(line.width for line in head) > _BIG)
    points += _COMMAS * min(2, sum(map(shown.count, "，、；")))
    if points + _OWN <= 0:  # the rest takes time
        return points
    first, second, pairs = ink_before(lines, start), ink_behind(lines, stop), pairs_of(shown)
    points += _SHORT * (min(len(first), len(second)) < _FEW)
    points += _OWN * abs(held(pairs, first) - held(pairs, second))
    return points + _SHARED * min(MOST_SHARED, in_common(first, second)) if points > 0 else points
