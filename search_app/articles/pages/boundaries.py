"""Between the steps: where two articles may meet although the labels of the lines do not show it.

Line by line a headline with an unopened text behind it looks like a subhead or like a paragraph,
and two texts that meet look like one. What stands around such a boundary is weighed instead, as
logarithms of odds, all kinds of boundaries by one table. Decision 027 says how it was fitted.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from math import exp
from typing import Literal, NamedTuple

from search_app.articles.pages.bodies import Body, Gap, Layout
from search_app.articles.pages.headlines import Story
from search_app.articles.pages.print.lines import INDENT, Line
from search_app.articles.pages.print.overlap import (
    MOST_SHARED,
    character_pairs,
    ink_before,
    ink_behind,
    ink_of,
    overlap,
    share_in,
)
from search_app.articles.pages.print.wording import begins_as_news, wrap_parts_word

# "subhead": head lines between two texts, which may be a subhead inside one; "buried": lines of a
# text that may be a headline; "seam": two texts that meet with nothing between them, where a
# headline stands above the first and below the second; "half_seam": where only the latter does.
BoundaryKind = Literal["subhead", "buried", "seam", "half_seam"]


class _Weights(NamedTuple):
    """What a cue adds to the odds of each kind of boundary; 0 where it was not fitted."""

    subhead: float
    buried: float
    seam: float
    half_seam: float


# Logarithms of odds that two articles meet, times how much of the cue there is: fitted by logistic
# regression to simulated pages and rounded. The first row is moved in favour of cutting by .7, .3
# and 1.3 (not for subheads): a wrong cut costs less text than a missed one. See decision 027.
_ODDS = {
    # Of a subhead -1.8, and what it is worth that two texts have nothing in common at all.
    "before anything is looked at": _Weights(-1.8 + 64 * 0.03, -2.2, -0.3, -0.4),
    "the page opens its articles with signs": _Weights(-1.4, -3.7, 0.0, -2.9),
    "the page closes its articles with marks": _Weights(-4.4, -3.7, 0.0, -2.9),
    "a blank line above it": _Weights(0.8, 0.0, 0.0, 0.0),
    "a blank line above the second text": _Weights(0.0, 3.5, 1.2, 1.2),
    "the second text begins as news do": _Weights(1.9, 2.0, 0.4, 1.7),
    "the first text opens with a sign": _Weights(0.0, 0.0, -2.2, -1.6),
    "it has several lines": _Weights(1.4, 0.0, 0.0, 0.0),
    "it is longer than 8 cells": _Weights(1.4, 0.0, 0.0, 0.0),
    "it is longer than 10 cells": _Weights(0.0, 2.3, 0.0, 0.0),
    "it is longer than 12 cells": _Weights(1.5, 0.0, 0.0, 0.0),
    "it is wider than the column": _Weights(1.5, 0.0, 0.0, 0.0),
    "it stands in two phrases": _Weights(0.9, 0.0, 0.0, 0.0),
    "it is indented as the text below": _Weights(-3.5, 0.0, 0.0, 0.0),
    "it has commas": _Weights(0.0, -3.6, 0.0, 0.0),
    "few lines above": _Weights(-2.3, 0.0, 0.0, 0.0),
    "few lines below": _Weights(-4.0, 0.0, 0.0, 0.0),
    "few characters on one side": _Weights(0.0, -3.2, -0.7, -1.7),
    "it speaks of the text above": _Weights(2.0, 0.0, 0.0, 0.0),
    "it speaks of one side only": _Weights(0.0, 2.0, 0.0, 0.0),
    "the headline below speaks of the second text": _Weights(0.0, 0.0, 2.0, 4.4),
    "the headline above speaks of the first text": _Weights(0.0, 0.0, 1.3, 0.0),
    # Their share of threes of characters, of which halves of an article have a tenth in common.
    "what both texts have in common": _Weights(-64.0, -34.0, -24.0, -44.0),
}
_MOST_SHARED_AT_SUBHEAD = 0.08  # a larger share says no more; of the other kinds: MOST_SHARED

_FEW_LINES = 4  # no article has fewer around a subhead
_FEW_CHARACTERS = 60
_SHORTEST_BURIED = 2  # lines of an article on either side of a buried headline
_LONGEST_BURIED = 4  # lines
_SHORTEST_AT_SEAM = 3  # lines of the article above a seam
_GOES_ON = "，、；,"


class Boundary(NamedTuple):
    """A place where two articles may meet, and the logarithm of the odds that they do.

    `lines` are those of one text, or of two and what stands between them. Those before `start` are
    the first article's, those from `stop` on the second's; between them is the headline or subhead,
    nothing at a seam. The `reasons` add up to `odds`; where the first ones leave no hope, words are
    not compared, which takes time.
    """

    kind: BoundaryKind
    lines: Sequence[Line]
    start: int
    stop: int
    reasons: dict[str, float]
    odds: float


class SignHabits(NamedTuple):
    """Which share of its articles a page opens with signs, and closes with marks or credits (0–1).

    What it does elsewhere it would do here.
    """

    opened: float
    closed: float

    @classmethod
    def of(cls, bodies: Iterable[Body]) -> "SignHabits":
        """The habits that show in some bodies; those without any sign are not counted."""
        signed, opened, closed = 1, 0, 0  # one article is no habit yet
        for body in bodies:
            if body.opened:
                opened += 1
            if body.closed:
                closed += 1
            if body.opened or body.closed:
                signed += 1
        return cls(opened / signed, closed / signed)


class _Scales:
    """Adds up the weights of the cues that one boundary shows."""

    def __init__(self, kind: BoundaryKind, habits: SignHabits) -> None:
        self.kind: BoundaryKind = kind
        self.reasons: dict[str, float] = {}
        self.odds = 0.0
        self.add("before anything is looked at")
        self.add("the page opens its articles with signs", habits.opened)
        self.add("the page closes its articles with marks", habits.closed)

    def add(self, cue: str, amount: float = 1.0) -> None:
        """Adds the weight that this kind of boundary has for a cue, times how much there is."""
        weight: float = amount * getattr(_ODDS[cue], self.kind)
        if weight:
            self.reasons[cue] = weight
            self.odds += weight

    def may_win(self, *cues: str) -> bool:
        """Whether the odds can still speak for two articles, if all of these cues show fully."""
        hope = self.odds
        for cue in cues:
            hope += getattr(_ODDS[cue], self.kind)
        return hope > 0

    def boundary(self, lines: Sequence[Line], start: int, stop: int) -> Boundary:
        """What was weighed."""
        return Boundary(self.kind, lines, start, stop, self.reasons, self.odds)


def join_at_subheads(layout: Layout, weighed: list[Boundary] | None = None) -> Layout:
    """The page with bodies joined that only a subhead parts.

    Every boundary that was looked at is added to `weighed`, as in the two functions below.
    """
    habits = SignHabits.of(layout.bodies)
    bodies = list(layout.bodies[:1])
    gaps = list(layout.gaps[:1])
    for gap, body in zip(layout.gaps[1:], layout.bodies[1:], strict=False):
        boundary = _at_subhead(bodies[-1], gap, body, habits)
        if boundary and weighed is not None:
            weighed.append(boundary)
        if boundary and boundary.odds < 0:
            chance = max(bodies[-1].chance_of_headline, 1 / (1 + exp(-boundary.odds)))
            bodies[-1] = Body(tuple(boundary.lines), chance)
        else:
            bodies.append(body)
            gaps.append(gap)
    if layout.bodies:
        gaps.append(layout.gaps[-1])
    return replace(layout, bodies=tuple(bodies), gaps=tuple(gaps))


def _at_subhead(above: Body, gap: Gap, below: Body, habits: SignHabits) -> Boundary | None:
    """Two articles rather than one with a subhead; None where it can be none."""
    if above.closed or below.opened or not gap.open or gap.has_label_in(0, None):
        return None
    scales = _Scales("subhead", habits)
    _weigh_look_of_subhead(scales, above, gap.open, below)
    if begins_as_news(below.lines, 0):
        scales.add("the second text begins as news do")
    if len(above.lines) < _FEW_LINES:
        scales.add("few lines above")
    if len(below.lines) < _FEW_LINES:
        scales.add("few lines below")
    first, second = ink_before(above.lines, len(above.lines)), ink_behind(below.lines, 0)
    pairs = character_pairs(ink_of(gap.open))
    scales.add(
        "it speaks of the text above", max(0, share_in(pairs, first) - share_in(pairs, second))
    )
    shared = min(_MOST_SHARED_AT_SUBHEAD, overlap(first, second))
    scales.add("what both texts have in common", shared)
    start = len(above.lines)
    lines = above.lines + gap.lines + below.lines
    return scales.boundary(lines, start, start + len(gap.lines))


def _weigh_look_of_subhead(scales: _Scales, above: Body, head: Sequence[Line], below: Body) -> None:
    size = sum(line.width for line in head)
    widest = max(line.width for line in head)
    # A subhead fits into its column: as wide as the widest of the lines around it.
    column = max(line.width for line in above.lines[-4:] + below.lines[:4])
    if len(head) > 1:
        scales.add("it has several lines")
    if size > 8:
        scales.add("it is longer than 8 cells")
    if size > 12:
        scales.add("it is longer than 12 cells")
    if widest > column + 1:
        scales.add("it is wider than the column")
    if head[0].blank_before:
        scales.add("a blank line above it")
    if any(line.has_two_phrases for line in head):
        scales.add("it stands in two phrases")
    if head[0].indent >= INDENT and head[0].indent == below.lines[0].indent:
        scales.add("it is indented as the text below")


def part_at_headlines(layout: Layout, weighed: list[Boundary] | None = None) -> Layout:
    """The page with a gap for the likeliest headline that stood inside each text, if any."""
    habits = SignHabits.of(layout.bodies)
    bodies: list[Body] = []
    gaps = [layout.gaps[0]]
    for body, gap in zip(layout.bodies, layout.gaps[1:], strict=True):
        buried = _likeliest(_buried_in(body.lines, habits), weighed)
        if buried:
            start, stop = buried.start, buried.stop
            bodies.append(replace(body, lines=body.lines[:start]))
            gaps.append(Gap(open=body.lines[start:stop]))
            body = replace(body, lines=body.lines[stop:])
        bodies.append(body)
        gaps.append(gap)
    return replace(layout, bodies=tuple(bodies), gaps=tuple(gaps))


def _likeliest(boundaries: Iterable[Boundary], weighed: list[Boundary] | None) -> Boundary | None:
    """The likeliest of the boundaries in one text, if it is likelier than not."""
    best = None
    for boundary in boundaries:
        if weighed is not None:
            weighed.append(boundary)
        if boundary.odds > 0 and (best is None or boundary.odds > best.odds):
            best = boundary
    return best


def _buried_in(lines: Sequence[Line], habits: SignHabits) -> Iterator[Boundary]:
    """Every headline that may stand inside a text, with a sentence complete above it."""
    last = len(lines) - _SHORTEST_BURIED
    for start in range(_SHORTEST_BURIED, last):
        if not lines[start - 1].is_complete or lines[start].indent >= INDENT:
            continue
        for stop in range(start + 1, min(start + _LONGEST_BURIED, last) + 1):
            bottom = lines[stop - 1]
            # A line that ends a sentence, or holds one, is text: so is all that begins with it.
            if bottom.is_complete or bottom.opening or "。" in bottom.text:
                break
            if bottom.text[-1] in _GOES_ON or wrap_parts_word(bottom, lines[stop]):
                continue
            # Where the text begins with an indent the one below the headline would, too.
            if lines[stop].indent >= INDENT or lines[0].indent < INDENT:
                yield _buried(lines, start, stop, habits)


def _buried(lines: Sequence[Line], start: int, stop: int, habits: SignHabits) -> Boundary:
    head = lines[start:stop]
    ink = ink_of(head)
    scales = _Scales("buried", habits)
    if lines[stop].blank_before:
        scales.add("a blank line above the second text")
    if begins_as_news(lines, stop):
        scales.add("the second text begins as news do")
    if sum(line.width for line in head) > 10:
        scales.add("it is longer than 10 cells")
    scales.add("it has commas", min(2, ink.count("，") + ink.count("、") + ink.count("；")))
    if scales.may_win("it speaks of one side only"):  # to compare takes time
        first, second, pairs = (
            ink_before(lines, start),
            ink_behind(lines, stop),
            character_pairs(ink),
        )
        if min(len(first), len(second)) < _FEW_CHARACTERS:
            scales.add("few characters on one side")
        scales.add(
            "it speaks of one side only", abs(share_in(pairs, first) - share_in(pairs, second))
        )
        _weigh_common(scales, first, second)
    return scales.boundary(lines, start, stop)


def _weigh_common(scales: _Scales, first: str, second: str) -> None:
    """What two texts share speaks against a boundary; not looked at where nothing speaks for it."""
    if scales.odds > 0:
        shared = min(MOST_SHARED, overlap(first, second))
        scales.add("what both texts have in common", shared)


def part_at_seams(
    stories: Sequence[Story], weighed: list[Boundary] | None = None
) -> tuple[Story, ...]:
    """The same stories, those that are two articles as two."""
    habits = SignHabits.of(story.body for story in stories)
    parted: list[Story] = []
    for story in stories:
        seam = _likeliest(_seams_in(story, habits), weighed)
        if seam:
            first = replace(story.body, lines=story.body.lines[: seam.stop])
            # The headline above stays with the first text, the one below goes with the second.
            parted.append(replace(story, body=first, below=()))
            second = replace(story.body, lines=story.body.lines[seam.stop :])
            story = replace(story, body=second, above=(), begins=False)
        parted.append(story)
    return tuple(parted)


def _seams_in(story: Story, habits: SignHabits) -> Iterator[Boundary]:
    """Every paragraph of a text with a headline below it that may begin another article."""
    lines = story.body.lines
    if not story.below:
        return
    above, below = _pairs_of_headline(story.above), _pairs_of_headline(story.below)
    for i, (before, line) in enumerate(pairwise(lines), 1):
        short = before.width < line.width - 2 or line.blank_before or line.indent > before.indent
        if i >= _SHORTEST_AT_SEAM and before.is_complete and short:
            yield _seam(story, i, above, below, habits)


def _pairs_of_headline(lines: Iterable[Line]) -> set[str]:
    return character_pairs(ink_of(line for line in lines if not line.is_caption))


def _seam(
    story: Story, place: int, above: set[str], below: set[str], habits: SignHabits
) -> Boundary:
    lines = story.body.lines
    scales = _Scales("seam" if above else "half_seam", habits)
    if story.body.opened:
        scales.add("the first text opens with a sign")
    if lines[place].blank_before:
        scales.add("a blank line above the second text")
    if begins_as_news(lines, place):
        scales.add("the second text begins as news do")
    first_speaks = "the headline above speaks of the first text"
    second_speaks = "the headline below speaks of the second text"
    if scales.may_win(first_speaks, second_speaks):  # to compare takes time
        first, second = ink_before(lines, place), ink_behind(lines, place)
        if min(len(first), len(second)) < _FEW_CHARACTERS:
            scales.add("few characters on one side")
        scales.add(second_speaks, share_in(below, second) - share_in(below, first))
        scales.add(first_speaks, share_in(above, first) - share_in(above, second))
        _weigh_common(scales, first, second)
    return scales.boundary(lines, place, place)
