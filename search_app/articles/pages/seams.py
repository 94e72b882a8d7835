"""Between the fourth step and the fifth: texts that are two articles with nothing between them.

The first has its headline above or none, the second below. The words tell: each headline speaks
of one part only, and the parts share next to nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from search_app.articles.pages.bodies import Body, Habits
from search_app.articles.pages.headlines import Story
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

_LEAST = 3  # lines of an article
_FEW = 60  # characters of a text


class _Odds(NamedTuple):
    """What speaks for a seam, as logarithms of odds; fitted to simulated pages."""

    seam: float
    habit: float  # for a page that opens all articles, or closes all
    below: float  # by how much more of its pairs the headline below has in the second part
    above: float  # by how much more the one above has in the first
    shared: float  # for the share of runs that the parts have in common
    news: float  # the second part begins as news do
    blank: float  # a blank line parts them
    few: float  # one of them is very short
    opened: float  # the first begins with a sign, and should have a headline


_BOTH_HEADLINES = _Odds(-0.3, 0.0, 2.0, 1.3, -24, 0.4, 1.2, -0.7, -2.2)
_ONE_HEADLINE = _Odds(-0.4, -2.9, 4.4, 0.0, -44, 1.7, 1.2, -1.7, -1.6)


def part_at_seams(stories: Sequence[Story]) -> tuple[Story, ...]:
    """The same stories, those that are two articles as two."""
    habits = Habits([story.body for story in stories])
    return tuple(part for story in stories for part in _parted(story, habits))


def _parted(story: Story, habits: Habits) -> Iterator[Story]:
    seam = _seam(story, habits) if story.below else None
    if seam is None:
        yield story
        return
    lines, joined = story.body.lines, story.body.joined
    yield replace(story, body=Body(lines[:seam], joined), below=())
    yield replace(story, body=Body(lines[seam:], joined), above=(), begins=False)


def _seam(story: Story, habits: Habits) -> int | None:
    """Where the second article begins, if that is likelier than not."""
    points = {i: _points(story, habits, i) for i in _paragraphs(story.body.lines) if i >= _LEAST}
    seam = max(points, key=points.__getitem__, default=None)
    return seam if seam is not None and points[seam] > 0 else None


def _points(story: Story, habits: Habits, seam: int) -> float:
    """For two articles that meet there."""
    lines = story.body.lines
    above, below = _pairs(story.above), _pairs(story.below)
    odds = _BOTH_HEADLINES if above else _ONE_HEADLINE
    points = odds.seam + odds.habit * (habits.opened + habits.closed)
    points += odds.opened * story.body.opened + odds.blank * lines[seam].blank_before
    points += odds.news * begins_as_news(lines, seam)
    if points + odds.below + odds.above <= 0:  # the rest takes time
        return points
    first, second = ink_before(lines, seam), ink_behind(lines, seam)
    points += odds.few * (min(len(first), len(second)) < _FEW)
    points += odds.below * (held(below, second) - held(below, first))
    points += odds.above * (held(above, first) - held(above, second))
    shared = in_common(first, second) if points > 0 else 0.0
    return points + odds.shared * min(MOST_SHARED, shared)


def _paragraphs(lines: Sequence[Line]) -> Iterator[int]:
    """The lines, but for the first, that may begin a paragraph."""
    for i, (before, line) in enumerate(pairwise(lines), 1):
        short = before.width < line.width - 2 or line.blank_before or line.indent > before.indent
        if before.is_complete and short:
            yield i


def _pairs(lines: Sequence[Line]) -> set[str]:
    return pairs_of(ink_of(line for line in lines if not line.is_caption))
