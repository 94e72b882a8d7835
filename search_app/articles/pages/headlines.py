"""Fourth step: which body each headline belongs to, before or behind it, and what is no headline.

Words decide (pairs of characters that headline and body share), together with the habit of the
page; the best assignment over the whole page in order is taken, so that one doubtful headline
cannot push the next ones from their bodies.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, chain, pairwise
from math import log1p
from typing import NamedTuple

from search_app.articles.pages.bodies import Body, Gap, Layout
from search_app.articles.pages.print.adverts import advert_signs
from search_app.articles.pages.print.lines import Line
from search_app.articles.pages.print.overlap import character_pairs, ink_of, pairs_in_order
from search_app.model import Span

_SHARED = 7.0  # points for a head line whose every pair stands in the body
_TWO_HEADLINES = -3.5
_NO_HEADLINE = -2.0
_NO_BEGINNING = -1.0  # nothing but a headline above would show that the body begins here
_CUT_BLOCK = -2.5  # lines that stand together go together
_CUT_AT_ADVERT = -1.0
_LABELLED = 2.0  # a label heads what stands below it
_HABIT = 0.8
_LONGEST = 10  # lines; no headline has more
_ADVERT = -1.5  # for an advertisement to be there; its signs speak for it
_ADVERT_SIGN = 1.5
_NO_SIGN = -0.7  # for a line of it that shows none
_SIGNATURE = 6  # cells of the longest line behind a text that may be its signature


@dataclass(frozen=True)
class Story:
    """A body with the head lines that belong to it; `likeness` is the share of pairs they share.

    `rival` is the share that the text on their other side holds. Captions stand between them: they
    are the article's, and no part of its headline. `begins` says whether more than a headline shows
    where the article begins.
    """

    body: Body
    above: tuple[Line, ...]
    below: tuple[Line, ...]
    likeness: float
    rival: float = 0.0
    begins: bool = True

    @property
    def head(self) -> tuple[Line, ...]:
        """Its head lines in page order."""
        return tuple(line for line in self.above + self.below if not line.is_caption)

    @property
    def extent(self) -> Span:
        """The range of the page that all its lines take."""
        first = self.above or self.body.lines
        last = self.below or self.body.lines
        return Span(first[0].start, last[-1].end)


@dataclass(frozen=True)
class Telling:
    """All stories of a page; the lines that belong to none of them are the page's own."""

    stories: tuple[Story, ...]
    furniture: tuple[Line, ...]


def tell_stories(layout: Layout) -> Telling:
    """Every body with its headline lines; every line of every gap is in a story or is furniture."""
    if not layout.bodies:
        return Telling((), ())
    pairs, last = _Pairs(layout), len(layout.bodies)
    cuts = [list(_cuts(gap, k, pairs, last)) for k, gap in enumerate(layout.gaps)]
    options = (_Assignment(layout, cuts, pairs, habit) for habit in (1.0, 0.0))
    return max(options, key=lambda option: option.points).telling()


class _Pairs:
    """The pairs of every body; pairs that few bodies hold weigh more."""

    def __init__(self, layout: Layout) -> None:
        self._bodies = [character_pairs(ink_of(body.lines)) for body in layout.bodies]
        self._holders = Counter(chain.from_iterable(self._bodies))
        count = len(self._bodies)
        self._weights = [log1p(count / max(1, n)) for n in range(count + 1)]

    def share(self, ink: str, body: int) -> float:
        """The weight of a text's pairs that the body holds, of all its pairs (0–1)."""
        total = held = 0.0
        # A set would be summed up in another order in every process: two ways that are equally
        # good would be told apart by the last bit.
        for pair in pairs_in_order(ink):
            weight = self._weights[self._holders.get(pair, 0)]
            total += weight
            held += weight * (pair in self._bodies[body])
        return held / total if total else 0.0


class _Cut(NamedTuple):
    """One way to part a gap: lines before `below` go to the body before, those from `above` on to
    the one behind; what stands between is neither's. The sums of likeness are of the lines given.
    """

    below: int
    above: int
    points: float
    likeness_below: float
    likeness_above: float
    head_below: bool  # whether what is given is more than captions
    head_above: bool


class _Assignment:
    """The best way to give the gaps' lines to the bodies; `habit` 1: headlines above, 0: below."""

    def __init__(
        self, layout: Layout, cuts: Sequence[Sequence[_Cut]], pairs: _Pairs, habit: float
    ) -> None:
        self._layout, self._cuts, self._pairs, self._habit = layout, cuts, pairs, habit
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
        above, below = before.head_above, behind.head_below
        points = _SHARED * (before.likeness_above + behind.likeness_below)
        points += _TWO_HEADLINES if above and below else 0.0
        points += 0.0 if above or below else _NO_HEADLINE
        points += _HABIT * (above == bool(self._habit)) if above != below else 0.0
        return points + (0.0 if above or not k or self._begins(k) else _NO_BEGINNING)

    def _begins(self, k: int) -> bool:
        bodies = self._layout.bodies
        return bodies[k].opened or (k > 0 and bodies[k - 1].closed)

    @cached_property
    def _chosen(self) -> list[_Cut]:
        at, chosen = self._last, [self._cuts[-1][self._last]]
        for k in reversed(range(len(self._back))):
            at = self._back[k][at]
            chosen.append(self._cuts[k][at])
        return chosen[::-1]

    def telling(self) -> Telling:
        """The bodies with the lines they got, and the lines that none got."""
        gaps = zip(self._layout.gaps, self._chosen, strict=True)
        furniture = [line for gap, cut in gaps for line in gap.lines[cut.below : cut.above]]
        stories = [self._story(k) for k in range(len(self._layout.bodies))]
        return Telling(tuple(stories), tuple(furniture))

    def _story(self, k: int) -> Story:
        before, behind = self._chosen[k], self._chosen[k + 1]
        above = self._layout.gaps[k].lines[before.above :]
        below = self._layout.gaps[k + 1].lines[: behind.below]
        body = self._layout.bodies[k]
        likeness = before.likeness_above + behind.likeness_below
        signed = all(line.width <= _SIGNATURE for line in below)
        if before.head_above and below and signed:
            body, below, likeness = Body(body.lines + below), (), before.likeness_above
        rival = max(self._share(above, k - 1), self._share(below, k + 1))
        count = max(1, len(above) + len(below))
        return Story(body, above, below, likeness / count, rival, self._begins(k))

    def _share(self, lines: Sequence[Line], k: int) -> float:
        if not lines or not 0 <= k < len(self._layout.bodies):
            return 0.0
        return self._pairs.share(ink_of(lines), k)


def _cuts(gap: Gap, k: int, pairs: _Pairs, bodies: int) -> Iterator[_Cut]:
    """The ways to part gap `k`; before the first body and behind the last there are fewer."""
    lines = gap.lines
    first = len(gap.before)  # what stands before furniture can be no headline above
    last = len(lines) - len(gap.after)
    below = _likeness(lines, k - 1, pairs) if k else [0.0] * (len(lines) + 1)
    above = _likeness(lines, k, pairs) if k < bodies else [0.0] * (len(lines) + 1)
    signs = [0 if line.is_caption else advert_signs(line.text) for line in lines]
    sold = list(accumulate(map(_advert_points, lines, signs), initial=0.0))
    parting = [0.0, *map(_parting_points, pairwise(lines), pairwise(signs)), 0.0]
    heads = [not line.is_caption for line in lines]
    apart = not all(heads) or any(signs) or not k or k == bodies
    for b in range(len(lines) + 1 if k else 1):
        for a in range(b, len(lines) + 1 if apart else b + 1):
            if (a < first and k) or (b > last and k < bodies) or (a < len(lines) and k == bodies):
                continue
            points = parting[b] + (parting[a] + sold[a] - sold[b] if a > b else 0.0)
            points += _ADVERT * any(heads[b:a])
            points += _LABELLED * (gap.has_label_in(a, None) - gap.has_label_in(0, b))
            shares = below[b], above[-1] - above[a]
            yield _Cut(b, a, points, *shares, any(heads[:b]), any(heads[a:]))


def _parting_points(lines: tuple[Line, Line], signs: tuple[int, int]) -> float:
    """Points for parting two neighbouring lines: lines that stand together go together."""
    before, line = lines
    if line.blank_before or line.is_label or before.is_caption or line.is_caption:
        return 0.0
    return _CUT_AT_ADVERT if bool(signs[0]) != bool(signs[1]) else _CUT_BLOCK


def _advert_points(line: Line, signs: int) -> float:
    """Points for a line to be neither headline's, but of an advertisement or a caption."""
    return 0.5 if line.is_caption else _ADVERT_SIGN * signs or _NO_SIGN


def _likeness(lines: tuple[Line, ...], body: int, pairs: _Pairs) -> list[float]:
    """For every number of lines from the first, the sum of what they share with the body."""
    before = ["", *(line.ink[-1] for line in lines)]
    shares = (
        0.0 if line.is_caption or line.is_label else pairs.share(b + line.ink, body)
        for b, line in zip(before, lines, strict=False)
    )
    return list(accumulate(shares, initial=0.0))
