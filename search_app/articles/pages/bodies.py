"""Third step: labelled lines become bodies, with the possible headlines between them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from search_app.articles.pages.label_scores import Label
from search_app.articles.pages.print.credits import closing_credit
from search_app.articles.pages.print.lines import Line
from search_app.articles.pages.print.wording import advert_signs

_BETWEEN = frozenset("HF")  # labels of lines that stand between bodies
_LONGEST_HEAD = 10  # lines; nothing longer is a headline
_HEAD_OF_POEM = 4  # lines at most that a blank line sets off at an edge of a poem
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
    for block in _blocks(list(zip(lines, labels, strict=True))):
        if block[0][1] not in _BETWEEN:
            bodies.append(Body(_lines_of(block)))
            between.append([])
            continue
        above, text, below = _text_among_heads(block)
        between[-1].extend(above)
        if text:
            bodies.append(Body(_lines_of(text)))
            between.append(below)
    gaps: list[Gap] = []
    furniture: list[Line] = []
    for i, labelled in enumerate(between):
        gap, loose = _without_furniture(labelled, first=i == 0, last=i == len(bodies))
        gaps.append(gap)
        furniture += loose
    return Layout(tuple(bodies), tuple(gaps), tuple(furniture))


def _lines_of(labelled: Iterable[Labelled]) -> tuple[Line, ...]:
    return tuple(line for line, _ in labelled)


def _blocks(labelled: list[Labelled]) -> Iterator[list[Labelled]]:
    """The longest runs of lines that belong to one body, or to one gap."""
    block = labelled[:1]
    for before, item in pairwise(labelled):
        if _begins_block(before, item, block):
            yield block
            block = []
        block.append(item)
    if block:
        yield block


def _begins_block(before: Labelled, item: Labelled, block: list[Labelled]) -> bool:
    previous, label_above = before
    _, label = item
    if (label_above in _BETWEEN) != (label in _BETWEEN):
        return True
    if label == "O":
        return not all(line.is_credit or line.is_names for line, _ in block)
    return label == "B" and (label_above == "C" or previous.ending is not None)


def _text_among_heads(
    block: list[Labelled],
) -> tuple[list[Labelled], list[Labelled], list[Labelled]]:
    """Head lines, the text between them, and head lines again; mostly there is no text.

    Too many lines for a headline are a poem or a list, and blank lines near its edges set its
    headline off, or the next one's.
    """
    shown = 0
    blanks = []
    for i, (line, label) in enumerate(block):
        if label == "F":
            return block, [], []
        if not (line.is_caption or advert_signs(line.text)):
            shown += 1
        if line.blank_before:
            blanks.append(i)
    if shown <= _LONGEST_HEAD:
        return block, [], []
    start, stop = 1, len(block)
    if blanks and blanks[-1] >= len(block) - _HEAD_OF_POEM:
        stop = blanks[-1]
    for blank in blanks:
        if 0 < blank <= _HEAD_OF_POEM:
            start = blank
            break
    return block[:start], block[start:stop], block[stop:]


def _without_furniture(gap: list[Labelled], *, first: bool, last: bool) -> tuple[Gap, list[Line]]:
    """A gap and its furniture; what that cuts off from all bodies is furniture too."""
    lines = _lines_of(gap)
    places = [i for i, (_, label) in enumerate(gap) if label == "F"]
    if not places:
        return Gap(open=lines), []
    start, stop = places[0], places[-1] + 1
    if first:
        start = 0
    if last:
        stop = len(lines)
    return Gap(before=lines[:start], after=lines[stop:]), list(lines[start:stop])
