"""Third step: labelled lines become bodies, with the possible headlines between them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, inf

from search_app.articles.pages.labels import Label
from search_app.articles.pages.print.adverts import advert_signs
from search_app.articles.pages.print.credits import closing_credit
from search_app.articles.pages.print.lines import Line
from search_app.articles.pages.print.news import begins_as_news
from search_app.articles.pages.print.runs import (
    held,
    in_common,
    ink_before,
    ink_behind,
    ink_of,
    pairs_of,
)

_FEW = 4  # lines: no article has fewer around a subhead
_LONGEST_HEAD = 10  # lines; nothing longer is a headline
Labelled = tuple[Line, Label]


@dataclass(frozen=True)
class Body:
    """The lines of one article's text, with its byline and end mark. Never empty.

    `joined` is the probability that a line in it that was taken for a subhead heads an article.
    """

    lines: tuple[Line, ...]
    joined: float = 0.0

    @property
    def opened(self) -> bool:
        """Whether a sign or a credit shows that an article begins here."""
        first = self.lines[0]
        return first.opening is not None or first.credit > first.start or first.is_names

    @property
    def closed(self) -> bool:
        """Whether a mark or a credit shows that an article ends here."""
        last = self.lines[-1]
        return last.ending is not None or closing_credit(last.text) < len(last.text)

    @property
    def text(self) -> str:
        """Its lines as printed."""
        return "\n".join(line.text for line in self.lines)


@dataclass(frozen=True)
class Gap:
    """Head lines between two bodies; furniture may part them for `before` and `after`.

    Lines of `before` can only be a headline behind the body before them, lines of `after` only one
    above the body behind them, lines of `open` either.
    """

    before: tuple[Line, ...] = ()
    open: tuple[Line, ...] = ()
    after: tuple[Line, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """All its lines in page order."""
        return self.before + self.open + self.after

    def has_label_in(self, start: int, stop: int | None) -> bool:
        """Whether one of some of its lines says what kind of piece begins below it."""
        return any(line.is_label for line in self.lines[start:stop])


@dataclass(frozen=True)
class Layout:
    """A page: `gaps[i]` stands before `bodies[i]`, the last gap behind the last body."""

    bodies: tuple[Body, ...]
    gaps: tuple[Gap, ...]
    furniture: tuple[Line, ...]


def lay_out(lines: Sequence[Line], labels: Sequence[Label]) -> Layout:
    """The bodies of a page and what stands between them. There is a gap more than bodies."""
    bodies: list[Body] = []
    between: list[list[Labelled]] = [[]]
    for run in _runs(list(zip(lines, labels, strict=True))):
        head, text, tail = _unheaded(run) if run[0][1] in "HF" else ([], run, [])
        between[-1].extend(head)
        if text:
            bodies.append(Body(tuple(line for line, _ in text)))
            between.append(tail)
    last = len(between) - 1
    parted = [_part(gap, i == 0, i == last) for i, gap in enumerate(between)]
    furniture = tuple(line for _, loose in parted for line in loose)
    return _join_at_subheads(Layout(tuple(bodies), tuple(gap for gap, _ in parted), furniture))


def _unheaded(run: list[Labelled]) -> tuple[list[Labelled], list[Labelled], list[Labelled]]:
    """Head lines; if there are too many for a headline, they are a poem or a list between two."""
    shown = sum(not (line.is_caption or advert_signs(line.text)) for line, _ in run)
    if shown <= _LONGEST_HEAD or any(label == "F" for _, label in run):
        return run, [], []
    blocks = [i for i, (line, _) in enumerate(run) if line.blank_before]
    start = next((i for i in blocks if 0 < i <= 4), 1)
    stop = next((i for i in reversed(blocks) if i >= len(run) - 4), len(run))
    return run[:start], run[start:stop], run[stop:]


def _runs(labelled: list[Labelled]) -> Iterator[list[Labelled]]:
    """Maximal runs that belong to one body, or to one gap."""
    run = labelled[:1]
    for before, item in pairwise(labelled):
        if _parts(before, item, run):
            yield run
            run = []
        run.append(item)
    if run:
        yield run


def _parts(before: Labelled, item: Labelled, run: list[Labelled]) -> bool:
    previous, p = before
    _, label = item
    if (p in "HF") != (label in "HF"):
        return True
    if label == "O":
        return not all(line.is_credit or line.is_names for line, _ in run)
    return label == "B" and (p == "C" or previous.ending is not None)


def _part(gap: list[Labelled], first: bool, last: bool) -> tuple[Gap, list[Line]]:
    """A gap and its furniture; what that cuts off from all bodies is furniture too."""
    at = [i for i, (_, label) in enumerate(gap) if label == "F"]
    lines = [line for line, _ in gap]
    if not at:
        return Gap(open=tuple(lines)), []
    start = 0 if first else at[0]
    stop = len(lines) if last else at[-1] + 1
    return Gap(before=tuple(lines[:start]), after=tuple(lines[stop:])), lines[start:stop]


def _join_at_subheads(layout: Layout) -> Layout:
    """Bodies parted by a subhead only are one body."""
    if not layout.bodies:
        return layout
    bodies, gaps = list(layout.bodies[:1]), list(layout.gaps[:1])
    habits = Habits(layout.bodies)
    for gap, body in zip(layout.gaps[1:-1], layout.bodies[1:], strict=True):
        odds = habits.odds_of_headline(bodies[-1], gap, body)
        if odds < 0:
            joined = max(bodies[-1].joined, 1 / (1 + exp(-odds)))
            bodies[-1] = Body(bodies[-1].lines + gap.lines + body.lines, joined)
        else:
            bodies.append(body)
            gaps.append(gap)
    return Layout(tuple(bodies), (*gaps, *layout.gaps[len(layout.bodies) :]), layout.furniture)


def _column(first: Body, second: Body) -> float:
    """The width of the widest of the lines around a gap: a subhead fits into its column."""
    return max(line.width for line in first.lines[-4:] + second.lines[:4])


def _end(body: Body) -> str:
    return ink_before(body.lines, len(body.lines))


def _cohesion(first: Body, second: Body) -> float:
    """Points for two texts to be one article, by what they have in common."""
    shared = in_common(_end(first), ink_behind(second.lines, 0))
    return max(-1.2, min(2.0, 40 * (shared - 0.03)))


def _points_back(first: Body, gap: Gap, second: Body) -> float:
    """Points where the lines speak of the text before them: no subhead does."""
    shown = pairs_of(ink_of(gap.open))
    return max(0, held(shown, _end(first)) - held(shown, ink_behind(second.lines, 0)))


class Habits:
    """How this page opens and closes its articles: what it does elsewhere it would do here."""

    def __init__(self, bodies: Sequence[Body]) -> None:
        known = [b for b in bodies if b.opened or b.closed]
        n = len(known) + 1  # one article is no habit yet
        self.opened = sum(b.opened for b in known) / n
        self.closed = sum(b.closed for b in known) / n

    def odds_of_headline(self, above: Body, gap: Gap, below: Body) -> float:
        """The logarithm of the odds that what stands between two texts is no subhead inside one."""
        if above.closed or below.opened or not gap.open or gap.has_label_in(0, None):
            return inf
        size = sum(line.width for line in gap.open)
        first, widest = gap.open[0], max(line.width for line in gap.open)
        headline = 1.4 * (len(gap.open) > 1) + 1.4 * (size > 8) + 1.5 * (size > 12)
        headline += 1.5 * (widest > _column(above, below) + 1)
        headline += 0.8 * first.blank_before + 0.9 * any(line.has_two_phrases for line in gap.open)
        headline += 1.9 * begins_as_news(below.lines, 0)
        headline += 2 * _points_back(above, gap, below) - 1.6 * _cohesion(above, below)
        inside = 1.8 + 1.4 * self.opened + 4.4 * self.closed
        inside += 2.3 * (len(above.lines) < _FEW) + 4 * (len(below.lines) < _FEW)
        indented = first.indent >= 1.5 and first.indent == below.lines[0].indent
        return headline - inside - 3.5 * indented
