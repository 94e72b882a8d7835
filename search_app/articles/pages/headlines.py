"""Fourth step: which body each headline belongs to, before or behind it, and what is no headline.

Words decide (pairs of characters that headline and body share), together with the habit of the
page; the best assignment over the whole page in order is taken, so that one doubtful headline
cannot push the next ones from their bodies.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from math import log1p
from typing import NamedTuple

from search_app.articles.pages.bodies import Body, Layout
from search_app.articles.pages.print.lines import Line
from search_app.articles.pages.print.overlap import character_pairs, ink_of, pairs_in_order
from search_app.articles.pages.print.wording import advert_signs
from search_app.articles.pages.reasons import PointTable, Reason, reasons_of
from search_app.model import Span

_SIGNATURE = 6  # cells of the longest line behind a text that may be its signature


@dataclass(frozen=True, slots=True)
class HeadlinePoints(PointTable):
    """Every reason to give a headline to one text or the other; explanations print the names.

    In points for a line whose every pair of characters stands in the text. Set by hand on simulated
    pages, as far as boundary F1 rose on pages with other seeds.
    """

    words_shared_with_it: float = 7.0
    headlines_on_both_sides: float = -3.5
    no_headline: float = -2.0
    nothing_else_shows_where_it_begins: float = -1.0
    headline_on_the_usual_side: float = 0.8
    lines_that_stand_together_parted: float = -2.5
    parted_at_an_advertisement: float = -1.0
    kind_of_piece_heads_what_stands_below: float = 2.0  # 相关链接
    kind_of_piece_above_its_end: float = -2.0
    an_advertisement_there: float = -1.5  # the signs of its lines speak for it
    line_sells_something: float = 1.5  # for each sign of it
    line_sells_nothing: float = -0.7
    caption_is_no_headline: float = 0.5


_POINTS = HeadlinePoints()


@dataclass(frozen=True)
class Story:
    """What newsrooms call a story: a text with the head lines that belong to it.

    `likeness` is the share of pairs of characters that text and headline have in common.

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
class AssignedHeadlines:
    """All stories of a page; the head lines that belong to none of them are the page's own."""

    stories: tuple[Story, ...]
    furniture: tuple[Line, ...]


class GapSplit(NamedTuple):
    """One way to part a gap: lines before `below` are the headline of the text before it, those
    from `above` on that of the text behind; what stands between is neither's.

    `points` are those that do not depend on the texts. The sums of likeness are of the lines given;
    `head_below` and `head_above` say whether these are more than captions.
    """

    below: int
    above: int
    points: float
    likeness_below: float
    likeness_above: float
    head_below: bool
    head_above: bool


class WeighedSplit(NamedTuple):
    """A way to part a gap, where the other gaps are parted as they were; points by what they are
    for: the gap itself, the text before it, and the text behind it.
    """

    split: GapSplit
    points: float
    gap: tuple[Reason, ...]
    before: tuple[Reason, ...]
    behind: tuple[Reason, ...]


class ExplainedGap(NamedTuple):
    """Why head lines went where they went: the way they were parted, and the next best one.

    There is no next best one where nothing else was possible.
    """

    lines: tuple[Line, ...]
    chosen: WeighedSplit
    runner_up: WeighedSplit | None


def assign_headlines(layout: Layout) -> AssignedHeadlines:
    """Every body with its headline lines; every line of every gap is in a story or is furniture."""
    if not layout.bodies:
        return AssignedHeadlines((), ())
    return _best_assignment(layout, _POINTS).headlines()


def explain_gaps(layout: Layout) -> list[ExplainedGap]:
    """For each gap of a page why its lines went where they went; takes longer than to decide it."""
    if not layout.bodies:
        return []
    best = _best_assignment(layout, _POINTS.reasoned())
    return [best.explained(k) for k in range(len(layout.gaps))]


def _best_assignment(layout: Layout, points: HeadlinePoints) -> "_Assignment":
    """The better one of two: on one the page prints headlines above their texts, or below."""
    pairs = _Pairs(layout)
    splits = [list(_splits(layout, k, pairs, points)) for k in range(len(layout.gaps))]
    # A page has one habit, which no single gap shows: both are tried on all of it.
    above = _Assignment(layout, splits, pairs, points, usually_above=True)
    below = _Assignment(layout, splits, pairs, points, usually_above=False)
    return below if below.points > above.points else above


class _Pairs:
    """The pairs of characters of every body; those that few bodies hold weigh more."""

    def __init__(self, layout: Layout) -> None:
        self._bodies = [character_pairs(ink_of(body.lines)) for body in layout.bodies]
        self._holders = Counter(chain.from_iterable(self._bodies))
        count = len(self._bodies)
        self._weights = [log1p(count / max(1, n)) for n in range(count + 1)]

    def share(self, ink: str, body: int) -> float:
        """The weight of a text's pairs that the body holds, of all its pairs (0–1)."""
        pairs = self._bodies[body]
        total = shared = 0.0
        # A set would be summed up in another order in every process: two ways that are equally
        # good would be told apart by the last bit.
        for pair in pairs_in_order(ink):
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
                share = self.share(before + line.ink, body)
            sums.append(sums[-1] + share)
            before = line.ink[-1]  # so that the pair that a wrap parts counts, too
        return sums


class _Assignment:
    """The best way to part all gaps of a page, found gap by gap (Viterbi 1967)."""

    def __init__(
        self,
        layout: Layout,
        splits: Sequence[Sequence[GapSplit]],
        pairs: _Pairs,
        points: HeadlinePoints,
        *,
        usually_above: bool,
    ) -> None:
        self._layout, self._splits, self._pairs = layout, splits, pairs
        self._points, self._usually_above = points, usually_above
        self._fits = [self._fits_of(k) for k in range(len(layout.bodies))]
        best = [split.points for split in splits[0]]
        steps = []
        for k in range(len(layout.bodies)):
            best, step = self._extended(best, k)
            steps.append(step)
        last = max(range(len(best)), key=best.__getitem__)
        self.points = best[last]
        self._chosen = self._traced(steps, last)

    def _fits_of(self, k: int) -> dict[tuple[bool, bool], float]:
        """Points for body `k` by whether a headline stands above and below it, words apart."""
        points = self._points
        fits: dict[tuple[bool, bool], float] = {}
        for above in (False, True):
            for below in (False, True):
                fit = 0.0
                if above and below:
                    fit += points.headlines_on_both_sides
                elif not (above or below):
                    fit += points.no_headline
                elif above == self._usually_above:
                    fit += points.headline_on_the_usual_side
                if k and not above and not self._begins(k):
                    fit += points.nothing_else_shows_where_it_begins
                fits[above, below] = fit
        return fits

    def _extended(self, best: list[float], k: int) -> tuple[list[float], list[int]]:
        """The points of the best ways to part the gaps up to the one behind body `k`.

        With each the number of the split of the gap before it.
        """
        extended, step = [], []
        for split in self._splits[k + 1]:
            # All pairs of splits are looked at: a comprehension takes half the time of a loop.
            ways = [
                points + self._fit(k, before, split)
                for points, before in zip(best, self._splits[k], strict=True)
            ]
            step.append(max(range(len(ways)), key=ways.__getitem__))
            extended.append(ways[step[-1]] + split.points)
        return extended, step

    def _fit(self, k: int, before: GapSplit, behind: GapSplit) -> float:
        """Points for the headlines that body `k` gets from the gaps around it."""
        likeness = before.likeness_above + behind.likeness_below
        fit = self._fits[k][before.head_above, behind.head_below]
        return self._points.words_shared_with_it * likeness + fit

    def _begins(self, k: int) -> bool:
        """Whether more than a headline shows that body `k` begins where it does."""
        bodies = self._layout.bodies
        return bodies[k].opened or (k > 0 and bodies[k - 1].closed)

    def _traced(self, steps: list[list[int]], last: int) -> list[GapSplit]:
        """The splits of the best way, the first gap's first."""
        chosen = [self._splits[-1][last]]
        for k in reversed(range(len(steps))):
            last = steps[k][last]
            chosen.append(self._splits[k][last])
        return chosen[::-1]

    def headlines(self) -> AssignedHeadlines:
        """The bodies with the lines they got, and the lines that none got."""
        furniture: list[Line] = []
        for gap, split in zip(self._layout.gaps, self._chosen, strict=True):
            furniture += gap.lines[split.below : split.above]
        stories = [self._story(k) for k in range(len(self._layout.bodies))]
        return AssignedHeadlines(tuple(stories), tuple(furniture))

    def _story(self, k: int) -> Story:
        before, behind = self._chosen[k], self._chosen[k + 1]
        above = self._layout.gaps[k].lines[before.above :]
        below = self._layout.gaps[k + 1].lines[: behind.below]
        body = self._layout.bodies[k]
        likeness = before.likeness_above + behind.likeness_below
        signed = all(line.width <= _SIGNATURE for line in below)
        # Below a text that has its headline above, lines as short as a name are who wrote it.
        if before.head_above and below and signed:
            body, below, likeness = Body(body.lines + below), (), before.likeness_above
        rival = max(self._share(above, k - 1), self._share(below, k + 1))
        count = max(1, len(above) + len(below))
        return Story(body, above, below, likeness / count, rival, self._begins(k))

    def _share(self, lines: Sequence[Line], k: int) -> float:
        if not lines or not 0 <= k < len(self._layout.bodies):
            return 0.0
        return self._pairs.share(ink_of(lines), k)

    def explained(self, k: int) -> ExplainedGap:
        """Why gap `k` was parted as it was."""
        chosen = self._chosen[k]
        others = [self._weighed(k, split) for split in self._splits[k] if split is not chosen]
        runner_up = max(others, key=lambda other: other.points, default=None)
        return ExplainedGap(self._layout.gaps[k].lines, self._weighed(k, chosen), runner_up)

    def _weighed(self, k: int, split: GapSplit) -> WeighedSplit:
        before = behind = 0.0
        if k > 0:
            before = self._fit(k - 1, self._chosen[k - 1], split)
        if k < len(self._layout.bodies):
            behind = self._fit(k, split, self._chosen[k + 1])
        points = float(split.points) + float(before) + float(behind)
        reasons = reasons_of(split.points), reasons_of(before), reasons_of(behind)
        return WeighedSplit(split, points, *reasons)


def _splits(layout: Layout, k: int, pairs: _Pairs, points: HeadlinePoints) -> Iterator[GapSplit]:
    """The ways to part gap `k`; before the first body and behind the last there are fewer."""
    gap, bodies = layout.gaps[k], len(layout.bodies)
    lines = gap.lines
    count = len(lines)
    first = len(gap.before)  # what stands before furniture can be no headline above
    last = count - len(gap.after)
    below = pairs.sums(lines, k - 1) if k else [0.0] * (count + 1)
    above = pairs.sums(lines, k) if k < bodies else [0.0] * (count + 1)
    signs = []
    for line in lines:
        signs.append(0 if line.is_caption else advert_signs(line.text))
    parting = [0.0, *_parting_points(lines, signs, points), 0.0]
    heads = [not line.is_caption for line in lines]
    # Without a caption or a sign of an advertisement no line between two texts is neither's: that
    # leaves one way to part a gap for each of its lines instead of one for each pair of them.
    apart = not all(heads) or any(signs) or not k or k == bodies
    for b in range(count + 1 if k else 1):
        unassigned = 0.0
        for a in range(b, count + 1 if apart else b + 1):
            if a > b:
                unassigned += _unassigned_points(lines[a - 1], signs[a - 1], points)
            if (a < first and k) or (b > last and k < bodies) or (a < count and k == bodies):
                continue
            own = parting[b]
            if a > b:
                own += parting[a] + unassigned
            if any(heads[b:a]):
                own += points.an_advertisement_there
            if gap.has_label_in(a, None):
                own += points.kind_of_piece_heads_what_stands_below
            if gap.has_label_in(0, b):
                own += points.kind_of_piece_above_its_end
            likeness_above = above[-1] - above[a]
            yield GapSplit(b, a, own, below[b], likeness_above, any(heads[:b]), any(heads[a:]))


def _parting_points(
    lines: Sequence[Line], signs: Sequence[int], points: HeadlinePoints
) -> Iterator[float]:
    """Points for parting each two neighbouring lines: lines that stand together go together."""
    for i in range(1, len(lines)):
        before, line = lines[i - 1], lines[i]
        if line.blank_before or line.is_label or before.is_caption or line.is_caption:
            yield 0.0
        elif (signs[i - 1] > 0) != (signs[i] > 0):
            yield points.parted_at_an_advertisement
        else:
            yield points.lines_that_stand_together_parted


def _unassigned_points(line: Line, signs: int, points: HeadlinePoints) -> float:
    """Points for a line to be of no headline, but of an advertisement or a caption."""
    if line.is_caption:
        return points.caption_is_no_headline
    if signs:
        return points.line_sells_something * signs
    return points.line_sells_nothing
