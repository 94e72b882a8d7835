"""Between the steps: where two articles may meet although the labels of the lines do not show it.

Line by line a headline with an unopened text behind it looks like a subhead or like a paragraph,
and two texts that meet look like one. What stands around such a boundary is weighed instead, as
logarithms of odds, all kinds of boundaries by one table. Decision 027 says how it was fitted.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import exp
from operator import attrgetter, neg, pos

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
_KINDS = ("subhead", "buried", "seam", "half_seam")

# Logarithms of odds that two articles meet, times how much of the cue there is: fitted by logistic
# regression to simulated pages and rounded. The first row is moved in favour of cutting by .7, .3
# and 1.3 (not for subheads): a wrong cut costs less text than a missed one. See decision 027.
# Columns as in _KINDS; 0 where a cue was not fitted.
_ODDS = {
    # Of a subhead -1.8, and what it is worth that two texts have nothing in common at all.
    "before anything is looked at": (-1.8 + 64 * 0.03, -2.2, -0.3, -0.4),
    "the page opens its articles with signs": (-1.4, -3.7, 0.0, -2.9),
    "the page closes its articles with marks": (-4.4, -3.7, 0.0, -2.9),
    "a blank line above it": (0.8, 0.0, 0.0, 0.0),
    "a blank line above the second text": (0.0, 3.5, 1.2, 1.2),
    "the second text begins as news do": (1.9, 2.0, 0.4, 1.7),
    "the first text opens with a sign": (0.0, 0.0, -2.2, -1.6),
    "it has several lines": (1.4, 0.0, 0.0, 0.0),
    "it is longer than 8 cells": (1.4, 0.0, 0.0, 0.0),
    "it is longer than 10 cells": (0.0, 2.3, 0.0, 0.0),
    "it is longer than 12 cells": (1.5, 0.0, 0.0, 0.0),
    "it is wider than the column": (1.5, 0.0, 0.0, 0.0),
    "it stands in two phrases": (0.9, 0.0, 0.0, 0.0),
    "it is indented as the text below": (-3.5, 0.0, 0.0, 0.0),
    "it has commas": (0.0, -3.6, 0.0, 0.0),
    "few lines above": (-2.3, 0.0, 0.0, 0.0),
    "few lines below": (-4.0, 0.0, 0.0, 0.0),
    "few characters on one side": (0.0, -3.2, -0.7, -1.7),
    "it speaks of the text above": (2.0, 0.0, 0.0, 0.0),
    "it speaks of one side only": (0.0, 2.0, 0.0, 0.0),
    "the headline below speaks of the second text": (0.0, 0.0, 2.0, 4.4),
    "the headline above speaks of the first text": (0.0, 0.0, 1.3, 0.0),
    # Their share of threes of characters, of which halves of an article have a tenth in common.
    "what both texts have in common": (-64.0, -34.0, -24.0, -44.0),
}
# How it counts that the first text holds more of a headline than the second.
_SPEAKS: dict[str, Callable[[float], float]] = {
    "it speaks of one side only": abs,
    "the headline below speaks of the second text": neg,
    "the headline above speaks of the first text": pos,
}
_MOST_SHARED_AT_SUBHEAD = 0.08  # a larger share says no more; of the other kinds: MOST_SHARED

_FEW_LINES = 4  # no article has fewer around a subhead
_FEW_CHARACTERS = 60
_SHORTEST_BURIED = 2  # lines of an article on either side of a buried headline
_LONGEST_BURIED = 4  # lines
_SHORTEST_AT_SEAM = 3  # lines of the article above a seam
_GOES_ON = "，、；,"


class Boundary:
    """A place where two articles may meet, and the logarithm of the odds that they do.

    `lines` are those of one text, or of two and what stands between them. Those before `start` are
    the first article's, those from `stop` on the second's; between them is the headline or subhead,
    nothing at a seam. The `reasons` add up to `odds`.
    """

    def __init__(self, kind: str, lines: Sequence[Line], start: int, stop: int) -> None:
        self.kind, self.lines, self.start, self.stop = kind, lines, start, stop
        self.parts = False  # one article into two, or keeps two apart
        self.odds = 0.0
        self.reasons: dict[str, float] = {}
        self._column = _KINDS.index(kind)
        self.add("before anything is looked at")

    def add(self, cue: str, amount: float = 1.0) -> None:
        """Adds the weight that this kind of boundary has for a cue, times how much there is."""
        if weight := amount * _ODDS[cue][self._column]:
            self.reasons[cue] = weight
            self.odds += weight

    def look(self, habits: tuple[float, float], cues: Mapping[str, bool]) -> None:
        """Adds the weights of the page's sign habits, and of those cues that the place shows."""
        self.add("the page opens its articles with signs", habits[0])
        self.add("the page closes its articles with marks", habits[1])
        for cue, is_shown in cues.items():
            if is_shown:
                self.add(cue)

    def compare(self, heads: Mapping[str, set[str]]) -> None:
        """Adds what words say: pairs of characters of headlines, by what they may speak of."""
        hope = self.odds  # that all of it shows fully
        for cue in heads:
            hope += _ODDS[cue][self._column]
        if hope <= 0:  # to compare takes time
            return
        first, second = ink_before(self.lines, self.start), ink_behind(self.lines, self.stop)
        if min(len(first), len(second)) < _FEW_CHARACTERS:
            self.add("few characters on one side")
        for cue, pairs in heads.items():
            self.add(cue, _SPEAKS[cue](share_in(pairs, first) - share_in(pairs, second)))
        if self.odds > 0:  # what they share can only speak against
            self.add("what both texts have in common", min(MOST_SHARED, overlap(first, second)))


# Which share of its articles a page opens with signs, and closes with marks or credits (0–1).
# What it does elsewhere it would do here. Bodies without any sign are not counted.
def _sign_habits(bodies: Iterable[Body]) -> tuple[float, float]:
    bodies_by_signs = Counter((body.opened, body.closed) for body in bodies)
    opened, closed = bodies_by_signs[True, False], bodies_by_signs[False, True]
    both = bodies_by_signs[True, True]
    signed = 1 + both + opened + closed  # one article is no habit yet
    return (both + opened) / signed, (both + closed) / signed


def join_at_subheads(layout: Layout, weighed: list[Boundary]) -> Layout:
    """The page with bodies joined that only a subhead parts; adds what it looks at to `weighed`."""
    habits = _sign_habits(layout.bodies)
    bodies, gaps = list(layout.bodies[:1]), list(layout.gaps[:1])
    for gap, body in zip(layout.gaps[1:], layout.bodies[1:], strict=False):
        above = bodies[-1]
        names_piece = any(line.is_label for line in gap.lines)
        if gap.open and not (names_piece or above.closed or body.opened):
            boundary = _at_subhead(above, gap, body, habits)
            weighed.append(boundary)
            boundary.parts = boundary.odds >= 0
            if not boundary.parts:
                chance = max(above.chance_of_headline, 1 / (1 + exp(-boundary.odds)))
                bodies[-1] = Body(tuple(boundary.lines), chance)
                continue
        bodies.append(body)
        gaps.append(gap)
    if layout.bodies:
        gaps.append(layout.gaps[-1])
    return layout._replace(bodies=tuple(bodies), gaps=tuple(gaps))


def _at_subhead(above: Body, gap: Gap, below: Body, habits: tuple[float, float]) -> Boundary:
    lines, head, start = above.lines + gap.lines + below.lines, gap.open, len(above.lines)
    stop = start + len(gap.lines)
    boundary = Boundary("subhead", lines, start, stop)
    size = sum(line.width for line in head)
    # A subhead fits into its column: as wide as the widest of the lines around it.
    column = max(line.width for line in above.lines[-4:] + below.lines[:4])
    is_indented = head[0].indent >= INDENT and head[0].indent == lines[stop].indent
    cues = {
        "it has several lines": len(head) > 1,
        "it is longer than 8 cells": size > 8,
        "it is longer than 12 cells": size > 12,
        "it is wider than the column": max(line.width for line in head) > column + 1,
        "a blank line above it": head[0].blank_before,
        "it stands in two phrases": any(line.has_two_phrases for line in head),
        "it is indented as the text below": is_indented,
        "the second text begins as news do": begins_as_news(lines, stop),
        "few lines above": start < _FEW_LINES,
        "few lines below": len(lines) - stop < _FEW_LINES,
    }
    boundary.look(habits, cues)
    first, second = ink_before(lines, start), ink_behind(lines, stop)
    pairs = character_pairs(ink_of(head))
    speaks_of_above = share_in(pairs, first) - share_in(pairs, second)
    boundary.add("it speaks of the text above", max(0, speaks_of_above))
    shared = min(_MOST_SHARED_AT_SUBHEAD, overlap(first, second))
    boundary.add("what both texts have in common", shared)
    return boundary


def part_at_headlines(layout: Layout, weighed: list[Boundary]) -> Layout:
    """The page with a gap for the likeliest headline that stood inside each text, if any."""
    habits = _sign_habits(layout.bodies)
    bodies: list[Body] = []
    gaps = [layout.gaps[0]]
    for body, gap in zip(layout.bodies, layout.gaps[1:], strict=True):
        if buried := _likeliest(_buried_in(body.lines, habits), weighed):
            bodies.append(body._replace(lines=body.lines[: buried.start]))
            gaps.append(Gap(open=body.lines[buried.start : buried.stop]))
            body = body._replace(lines=body.lines[buried.stop :])
        bodies.append(body)
        gaps.append(gap)
    return layout._replace(bodies=tuple(bodies), gaps=tuple(gaps))


# The likeliest of the boundaries in one text, if it is likelier than not.
def _likeliest(boundaries: Iterable[Boundary], weighed: list[Boundary]) -> Boundary | None:
    looked_at = list(boundaries)
    weighed += looked_at
    best = max(looked_at, key=attrgetter("odds"), default=None)
    if best is None or best.odds <= 0:
        return None
    best.parts = True
    return best


# Every headline that may stand inside a text, with a sentence complete above it.
def _buried_in(lines: Sequence[Line], habits: tuple[float, float]) -> Iterator[Boundary]:
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
                yield _buried(Boundary("buried", lines, start, stop), habits)


def _buried(boundary: Boundary, habits: tuple[float, float]) -> Boundary:
    lines, start, stop = boundary.lines, boundary.start, boundary.stop
    ink = ink_of(lines[start:stop])
    cues = {
        "a blank line above the second text": lines[stop].blank_before,
        "the second text begins as news do": begins_as_news(lines, stop),
        "it is longer than 10 cells": sum(line.width for line in lines[start:stop]) > 10,
    }
    boundary.look(habits, cues)
    commas = ink.count("，") + ink.count("、") + ink.count("；")
    boundary.add("it has commas", min(2, commas))
    boundary.compare({"it speaks of one side only": character_pairs(ink)})
    return boundary


def part_at_seams(stories: Sequence[Story], weighed: list[Boundary]) -> list[Story]:
    """The same stories, those that are two articles as two."""
    habits = _sign_habits(story.body for story in stories)
    parted: list[Story] = []
    for story in stories:
        if seam := _likeliest(_seams_in(story, habits), weighed):
            first = story.body._replace(lines=story.body.lines[: seam.stop])
            # The headline above stays with the first text, the one below goes with the second.
            parted.append(story._replace(body=first, below=()))
            second = story.body._replace(lines=story.body.lines[seam.stop :])
            story = story._replace(body=second, above=(), begins=False)
        parted.append(story)
    return parted


# Every paragraph of a text with a headline below it that may begin another article.
def _seams_in(story: Story, habits: tuple[float, float]) -> Iterator[Boundary]:
    lines = story.body.lines
    if not story.below:
        return
    above, below = _pairs_of_headline(story.above), _pairs_of_headline(story.below)
    for i, (before, line) in enumerate(pairwise(lines), 1):
        short = before.width < line.width - 2 or line.blank_before or line.indent > before.indent
        if i >= _SHORTEST_AT_SEAM and before.is_complete and short:
            boundary = Boundary("seam" if above else "half_seam", lines, i, i)
            cues = {
                "the first text opens with a sign": story.body.opened,
                "a blank line above the second text": line.blank_before,
                "the second text begins as news do": begins_as_news(lines, i),
            }
            boundary.look(habits, cues)
            heads = {
                "the headline below speaks of the second text": below,
                "the headline above speaks of the first text": above,
            }
            boundary.compare(heads)
            yield boundary


def _pairs_of_headline(lines: Iterable[Line]) -> set[str]:
    return character_pairs(ink_of(line for line in lines if not line.is_caption))
