"""Fourth step: which body each headline belongs to, before or behind it, and what is no headline.

Words decide (pairs of characters that headline and body share), together with the habit of the
page; the best assignment over the whole page in order is taken, so that one doubtful headline
cannot push the next ones from their bodies.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise, product
from math import log1p
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

from search_app.articles.pages.bodies import Body, Layout
from search_app.articles.pages.print.lines import Line
from search_app.articles.pages.print.overlap import character_pairs, ink_of, pairs_in_order
from search_app.articles.pages.print.wording import advert_signs
from search_app.articles.pages.reasons import PointTable, Reason, reasons_of
from search_app.model import Span

_SIGNATURE = 6  # cells of the longest line behind a text that may be its signature
# Points for a text by whether a headline stands above it, and below it; words apart.
_Fits = dict[tuple[bool, bool], float]


@dataclass(frozen=True, slots=True)
class HeadlinePoints(PointTable):
    """Every reason to give a headline to one text or the other; explanations print the names.

    In points for a line whose every pair of characters stands in the text.
    """

    # Set by hand on simulated pages, as far as boundary F1 rose on pages with other seeds.
    headline_and_text_share_words: float = 7.0
    it_has_headlines_on_both_sides: float = -3.5
    it_has_no_headline: float = -2.0
    nothing_else_shows_where_it_begins: float = -1.0
    its_headline_is_on_the_usual_side: float = 0.8
    lines_that_stand_together_are_parted: float = -2.5
    they_are_parted_at_an_advertisement: float = -1.0
    a_kind_of_piece_heads_what_stands_below: float = 2.0  # 相关链接
    a_kind_of_piece_heads_what_stands_above: float = -2.0
    an_advertisement_is_there: float = -1.5  # the signs of its lines speak for it
    a_line_sells_something: float = 1.5  # for each sign of it
    a_line_sells_nothing: float = -0.7
    a_caption_is_no_headline: float = 0.5


class Story(NamedTuple):
    """What newsrooms call a story: a text with the head lines that belong to it.

    `likeness` is the share of its pairs of characters that headline and text have in common,
    `rival` that of headline and the text on its other side. Captions stand between head lines: they
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


class AssignedHeadlines(NamedTuple):
    """All stories of a page; the head lines that belong to none of them are the page's own."""

    stories: tuple[Story, ...]
    furniture: tuple[Line, ...]


class GapSplit(NamedTuple):
    """One way to part a gap: lines before `below` are the headline of the text before it, those
    from `above` on that of the text behind; what stands between is neither's.
    """

    below: int
    above: int
    points: float  # those that do not depend on the texts
    likeness_below: float  # the sum of the lines given; so is the next
    likeness_above: float
    head_below: bool  # whether these are more than captions
    head_above: bool


class WeighedSplit(NamedTuple):
    """A way to part the lines of a gap; its points are the gap's and those of texts around it."""

    lines: tuple[Line, ...]
    split: GapSplit
    points: float
    reasons: tuple[Reason, ...]
    stories: list[tuple[Story, tuple[Reason, ...]]]


def assign_headlines(layout: Layout) -> AssignedHeadlines:
    """Every body with its headline lines; every line of every gap is in a story or is furniture."""
    if not layout.bodies:
        return AssignedHeadlines((), ())
    best = _Assignment(layout, HeadlinePoints())
    furniture: list[Line] = []
    for gap, split in zip(layout.gaps, best.chosen, strict=True):
        furniture += gap.lines[split.below : split.above]
    stories = tuple(best.story(k) for k in range(len(layout.bodies)))
    return AssignedHeadlines(stories, tuple(furniture))


def explain_gaps(layout: Layout) -> tuple[list[list[WeighedSplit]], bool]:
    """All ways to part each gap, the best first, and whether headlines are usually above texts."""
    explained: list[list[WeighedSplit]] = []
    if not layout.bodies:
        return explained, True
    best = _Assignment(layout, HeadlinePoints().reasoned())
    for k, chosen in enumerate(best.chosen):
        others = [best.weighed(k, split) for split in best.splits[k] if split is not chosen]
        others.sort(key=attrgetter("points"), reverse=True)
        explained.append([best.weighed(k, chosen), *others])
    return explained, best.usually_above


class _Pairs:
    """The pairs of characters of every body; those that few bodies hold weigh more."""

    def __init__(self, layout: Layout) -> None:
        # The last one is of no body: before the first, at [-1], and behind the last stands none.
        self._bodies = [
            *(character_pairs(ink_of(body.lines)) for body in layout.bodies),
            set(),
        ]
        self._holders = Counter(chain.from_iterable(self._bodies))
        count = len(layout.bodies)
        self._weights = [log1p(count / max(1, n)) for n in range(count + 1)]

    def share(self, lines: Sequence[Line], body: int, before: str = "") -> float:
        """The weight of the pairs of `before` and lines that the body holds, of all (0–1)."""
        pairs = self._bodies[body]
        total = shared = 0.0
        # A set would be summed up in another order in every process: two ways that are equally
        # good would be told apart by the last bit.
        for pair in pairs_in_order(before + ink_of(lines)):
            weight = self._weights[self._holders.get(pair, 0)]
            total += weight
            if pair in pairs:
                shared += weight
        return shared / total if total else 0.0

    def sums(self, lines: Sequence[Line], body: int) -> list[float]:
        """For every number of lines from the first, the sum of their shares; captions have none."""
        sums = [0.0]
        before = ""
        for line in lines:
            share = 0.0
            if not (line.is_caption or line.is_label):
                share = self.share([line], body, before)
            sums.append(sums[-1] + share)
            before = line.ink[-1]  # so that the pair that a wrap parts counts, too
        return sums


class _Assignment:
    """The best way to part all gaps of a page, found gap by gap (Viterbi 1967)."""

    def __init__(self, layout: Layout, points: HeadlinePoints) -> None:
        self._layout, self._points, self._pairs = layout, points, _Pairs(layout)
        gaps = range(len(layout.gaps))
        self.splits = [list(_splits(layout, k, self._pairs, points)) for k in gaps]
        # Whether more than a headline shows that a body begins where it does.
        self._begins = [layout.bodies[0].opened]
        for above, body in pairwise(layout.bodies):
            self._begins.append(body.opened or above.closed)
        # A page has one habit, which no single gap shows: both are tried on all of it.
        most_above, chosen_above = self._best_way(usually_above=True)
        most_below, chosen_below = self._best_way(usually_above=False)
        self.usually_above = most_above >= most_below
        self.chosen = chosen_above if self.usually_above else chosen_below

    # The most points that the page can get, and the splits that get them.
    def _best_way(self, *, usually_above: bool) -> tuple[float, list[GapSplit]]:
        # Of each way its points, its last split, and the way up to that.
        best: list[tuple[float, GapSplit, Any]]
        best = [(split.points, split, None) for split in self.splits[0]]
        for k in range(len(self._layout.bodies)):
            fits, reached = self._fits_of(k, usually_above), []
            for split in self.splits[k + 1]:
                # All pairs of splits are looked at: a comprehension takes half the time of a loop.
                ways = [points + self._fit(fits, before, split) for points, before, _ in best]
                i = ways.index(max(ways))
                reached.append((ways[i] + split.points, split, best[i]))
            best = reached
        way = max(best, key=itemgetter(0))
        most, chosen = way[0], []
        while way:
            _, split, way = way
            chosen.append(split)
        return most, chosen[::-1]

    def _fits_of(self, k: int, usually_above: bool) -> _Fits:
        points = self._points
        fits: _Fits = {}
        for above, below in product((False, True), repeat=2):
            fit = 0.0
            if above and below:
                fit += points.it_has_headlines_on_both_sides
            elif not (above or below):
                fit += points.it_has_no_headline
            elif above == usually_above:
                fit += points.its_headline_is_on_the_usual_side
            if k and not above and not self._begins[k]:
                fit += points.nothing_else_shows_where_it_begins
            fits[above, below] = fit
        return fits

    def _fit(self, fits: _Fits, before: GapSplit, behind: GapSplit) -> float:
        likeness = before.likeness_above + behind.likeness_below
        fit = fits[before.head_above, behind.head_below]
        return self._points.headline_and_text_share_words * likeness + fit

    def story(self, k: int) -> Story:
        """Body `k` with the lines that it got."""
        before, behind, body = self.chosen[k], self.chosen[k + 1], self._layout.bodies[k]
        above = self._layout.gaps[k].lines[before.above :]
        below = self._layout.gaps[k + 1].lines[: behind.below]
        likeness = before.likeness_above + behind.likeness_below
        signed = all(line.width <= _SIGNATURE for line in below)
        # Below a text that has its headline above, lines as short as a name are who wrote it.
        if before.head_above and below and signed:
            body, below, likeness = Body(body.lines + below), (), before.likeness_above
        rival = max(self._pairs.share(above, k - 1), self._pairs.share(below, k + 1))
        count = max(1, len(above) + len(below))
        return Story(body, above, below, likeness / count, rival, self._begins[k])

    def weighed(self, k: int, split: GapSplit) -> WeighedSplit:
        """A way to part gap `k`, with the reasons for its points."""
        gaps, bodies, ways = self._layout.gaps, self._layout.bodies, list(self.chosen)
        ways[k] = split
        points, stories = float(split.points), []
        for b in range(max(0, k - 1), min(k + 1, len(bodies))):
            fit = self._fit(self._fits_of(b, self.usually_above), ways[b], ways[b + 1])
            points += float(fit)
            above = gaps[b].lines[ways[b].above :]
            below = gaps[b + 1].lines[: ways[b + 1].below]
            stories.append((Story(bodies[b], above, below, 0.0), reasons_of(fit)))
        return WeighedSplit(gaps[k].lines, split, points, reasons_of(split.points), stories)


# The ways to part gap `k`; before the first body and behind the last there are fewer.
def _splits(layout: Layout, k: int, pairs: _Pairs, points: HeadlinePoints) -> Iterator[GapSplit]:
    gap, bodies, lines = layout.gaps[k], len(layout.bodies), layout.gaps[k].lines
    count = len(lines)
    # What stands before furniture can be no headline above, what stands behind it none below.
    first = count if k == bodies else len(gap.before)
    last = count - len(gap.after) if k else 0
    below, above = pairs.sums(lines, k - 1), pairs.sums(lines, k)
    parting, alone = _points_of_lines(lines, points)
    heads = [not line.is_caption for line in lines]
    labels = [line.is_label for line in lines]
    # Without a caption or a sign of an advertisement no line between two texts is neither's: that
    # leaves one way to part a gap for each of its lines instead of one for each pair of them.
    apart = max(alone, default=0.0) > 0 or not 0 < k < bodies
    for b in range(last + 1):
        unassigned = 0.0
        for a in range(b, count + 1 if apart else b + 1):
            if a > b:
                unassigned += alone[a - 1]
            if a < first:
                continue
            own = parting[b]
            if a > b:
                own += parting[a] + unassigned
            if any(heads[b:a]):
                own += points.an_advertisement_is_there
            if any(labels[a:]):
                own += points.a_kind_of_piece_heads_what_stands_below
            if any(labels[:b]):
                own += points.a_kind_of_piece_heads_what_stands_above
            likeness_above = above[-1] - above[a]
            yield GapSplit(b, a, own, below[b], likeness_above, any(heads[:b]), any(heads[a:]))


# Points for parting the lines at each place, and for each of them to be of no headline.
def _points_of_lines(
    lines: Sequence[Line], points: HeadlinePoints
) -> tuple[list[float], list[float]]:
    parting, alone = [0.0], []
    above, sold_above = None, False
    for line in lines:
        signs = 0 if line.is_caption else advert_signs(line.text)
        # Lines that stand together go together.
        if above:
            if line.blank_before or line.is_label or above.is_caption or line.is_caption:
                parting.append(0.0)
            elif sold_above != (signs > 0):
                parting.append(points.they_are_parted_at_an_advertisement)
            else:
                parting.append(points.lines_that_stand_together_are_parted)
        if line.is_caption:
            alone.append(points.a_caption_is_no_headline)
        elif signs:
            alone.append(points.a_line_sells_something * signs)
        else:
            alone.append(points.a_line_sells_nothing)
        above, sold_above = line, signs > 0
    return [*parting, 0.0], alone
