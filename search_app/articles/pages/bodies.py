"""Third step: labelled lines become bodies, with the possible headlines between them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from search_app.articles.pages.label_scores import Label
from search_app.articles.pages.print.adverts import advert_signs
from search_app.articles.pages.print.credits import closing_credit
from search_app.articles.pages.print.lines import Line

_LONGEST_HEAD = 10  # lines; nothing longer is a headline
Labelled = tuple[Line, Label]


@dataclass(frozen=True)
class Body:
    """The lines of one article's text, with its byline and end mark. Never empty.

    `chance_of_headline` is the probability that a line in it, taken for a subhead, is a headline.
    """

    lines: tuple[Line, ...]
    chance_of_headline: float = 0.0

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
    return Layout(tuple(bodies), tuple(gap for gap, _ in parted), furniture)


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
