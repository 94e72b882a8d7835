"""Fourth step: which body each headline belongs to, before or behind it.

Words decide (pairs of characters that headline and body share), together with the habit of the
page; the best assignment over the whole page in order is taken, so that one doubtful headline
cannot push the next ones from their bodies.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from math import log1p

from search_app.articles.pages.bodies import Body, Gap, Layout
from search_app.articles.pages.lines import Line
from search_app.text.repair import squeeze

_SHARED = 6.0  # points for a head line whose every pair stands in the body
_TWO_HEADLINES = -5.0
_NO_HEADLINE = -2.0
_NO_BEGINNING = -1.0  # nothing but a headline above would show that the body begins here
_CUT_BLOCK = -3.0  # lines that stand together go together
_HABIT = 0.8
_LONGEST = 10  # lines; no headline has more


@dataclass(frozen=True)
class Story:
    """A body with the head lines that belong to it; `likeness` is the share of pairs they share."""

    body: Body
    above: tuple[Line, ...]
    below: tuple[Line, ...]
    likeness: float

    @property
    def head(self) -> tuple[Line, ...]:
        """Its head lines in page order."""
        return self.above + self.below


def tell_stories(layout: Layout) -> list[Story]:
    """Every body with its headline lines; every line of every gap belongs to one of them."""
    if not layout.bodies:
        return []
    pairs = _Pairs(layout)
    options = (_Assignment(layout, pairs, habit) for habit in (1.0, 0.0))
    return max(options, key=lambda option: option.points).stories()


def pairs_of(text: str) -> set[str]:
    """The pairs of neighbouring characters in a text, white space left out."""
    text = squeeze(text)
    return {text[i : i + 2] for i in range(len(text) - 1)}


class _Pairs:
    """The pairs of every body; pairs that few bodies hold weigh more."""

    def __init__(self, layout: Layout) -> None:
        self._bodies = [pairs_of(body.text) for body in layout.bodies]
        self._holders = Counter(pair for pairs in self._bodies for pair in pairs)

    def share(self, text: str, body: int) -> float:
        """The weight of the text's pairs that the body holds, of all its pairs (0–1)."""
        weights = {p: self._weight(p) for p in pairs_of(text)}
        held = sum(w for p, w in weights.items() if p in self._bodies[body])
        return held / sum(weights.values()) if weights else 0.0

    def _weight(self, pair: str) -> float:
        return log1p(len(self._bodies) / max(1, self._holders[pair]))


@dataclass(frozen=True)
class _Cut:
    """One way to part a gap: the first `at` lines go to the body before, the others behind."""

    at: int
    points: float
    below: float  # likeness of the lines given to the body before
    above: float  # likeness of the lines given to the body behind


class _Assignment:
    """The best way to give the gaps' lines to the bodies; `habit` 1: headlines above, 0: below."""

    def __init__(self, layout: Layout, pairs: _Pairs, habit: float) -> None:
        self._layout, self._habit = layout, habit
        self._cuts = [
            list(_cuts(gap, k, pairs, len(layout.bodies))) for k, gap in enumerate(layout.gaps)
        ]
        self._back: list[list[int]] = []
        points = [cut.points for cut in self._cuts[0]]
        for k in range(len(layout.bodies)):
            points = self._extend(points, k)
        self._last = max(range(len(points)), key=points.__getitem__)
        self.points = points[self._last]

    def _extend(self, points: list[float], k: int) -> list[float]:
        best, back = [], []
        for cut in self._cuts[k + 1]:
            options = [p + self._fit(k, c, cut) for p, c in zip(points, self._cuts[k], strict=True)]
            back.append(max(range(len(options)), key=options.__getitem__))
            best.append(options[back[-1]] + cut.points)
        self._back.append(back)
        return best

    def _fit(self, k: int, before: _Cut, behind: _Cut) -> float:
        """Points for the headlines that body `k` gets from the cuts around it."""
        above = before.at < len(self._layout.gaps[k].lines)
        below = behind.at > 0
        points = _SHARED * (before.above + behind.below)
        points += _TWO_HEADLINES if above and below else 0.0
        points += 0.0 if above or below else _NO_HEADLINE
        points += _HABIT * (above == bool(self._habit)) if above != below else 0.0
        return points + (0.0 if above or not k or self._begins(k) else _NO_BEGINNING)

    def _begins(self, k: int) -> bool:
        bodies = self._layout.bodies
        return bodies[k].opened or bodies[k - 1].closed

    @cached_property
    def _chosen(self) -> list[_Cut]:
        at, chosen = self._last, [self._cuts[-1][self._last]]
        for k in reversed(range(len(self._back))):
            at = self._back[k][at]
            chosen.append(self._cuts[k][at])
        return chosen[::-1]

    def stories(self) -> list[Story]:
        """The bodies with the lines they got."""
        return [self._story(k) for k in range(len(self._layout.bodies))]

    def _story(self, k: int) -> Story:
        before, behind = self._chosen[k], self._chosen[k + 1]
        above = self._layout.gaps[k].lines[before.at :]
        below = self._layout.gaps[k + 1].lines[: behind.at]
        likeness = (before.above + behind.below) / max(1, len(above) + len(below))
        if above and below:  # one of them is no headline; lines behind a text may be its signature
            return Story(Body(self._layout.bodies[k].lines + below), above, (), likeness)
        return Story(self._layout.bodies[k], above, below, likeness)


def _cuts(gap: Gap, k: int, pairs: _Pairs, bodies: int) -> Iterator[_Cut]:
    """The ways to part gap `k`; at the page's edges there is only one."""
    lines = gap.lines
    first = len(lines) if k == bodies else len(gap.before)
    last = 0 if k == 0 else len(lines) - len(gap.after)
    first, last = (0, 0) if k == 0 else (first, max(first, last))
    below = _likeness(lines, k - 1, pairs) if k else [0.0] * (len(lines) + 1)
    total = _likeness(lines, k, pairs) if k < bodies else [0.0] * (len(lines) + 1)
    above = [total[-1] - below_it for below_it in total]
    for at in range(first, last + 1):
        if first + _LONGEST < at < last - _LONGEST:
            continue
        whole = at in (first, last) or lines[at].blank_before
        yield _Cut(at, 0.0 if whole else _CUT_BLOCK, below[at], above[at])


def _likeness(lines: tuple[Line, ...], body: int, pairs: _Pairs) -> list[float]:
    """For every number of lines from the first, the sum of what they share with the body."""
    before = ["", *(line.text[-1] for line in lines)]
    texts = [b + line.text for b, line in zip(before, lines, strict=False)]
    return list(accumulate((pairs.share(text, body) for text in texts), initial=0.0))
