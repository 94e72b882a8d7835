"""Third step: labelled lines become bodies, with the possible headlines between them."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from search_app.articles.pages.label_scores import Label
from search_app.articles.pages.print.credits import closing_credit
from search_app.articles.pages.print.lines import Line
from search_app.articles.pages.print.wording import advert_signs

_BETWEEN = frozenset("HF")  # labels of lines that stand between bodies
_LONGEST_HEAD = 10  # lines; nothing longer is a headline
_HEAD_OF_POEM = 4  # lines at most that a blank line sets off at an edge of a poem
Labelled = tuple[Line, Label]


class Body(NamedTuple):
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


class Gap(NamedTuple):
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


class Layout(NamedTuple):
    """A page: `gaps[i]` stands before `bodies[i]`, the last gap behind the last body."""

    bodies: tuple[Body, ...]
    gaps: tuple[Gap, ...]
    furniture: tuple[Line, ...]


def lay_out(lines: Sequence[Line], labels: Sequence[Label]) -> Layout:
    """The bodies of a page and what stands between them. There is a gap more than bodies."""
    bodies: list[Body] = []
    between: list[list[Labelled]] = [[]]
    for block in _blocks(zip(lines, labels, strict=True)):
        start, stop = 0, len(block)
        if block[0][1] in _BETWEEN:
            start, stop = _text_among_heads(block)
        between[-1] += block[:start]
        if start < stop:
            bodies.append(Body(_lines_of(block[start:stop])))
            between.append(block[stop:])
    gaps: list[Gap] = []
    furniture: tuple[Line, ...] = ()
    for i, labelled in enumerate(between):
        # Furniture in a gap, and what it cuts off from all bodies.
        places = [place for place, (_, label) in enumerate(labelled) if label == "F"]
        if not places:
            gaps.append(Gap(open=_lines_of(labelled)))
            continue
        start = 0 if i == 0 else places[0]
        stop = len(labelled) if i == len(bodies) else places[-1] + 1
        gaps.append(Gap(before=_lines_of(labelled[:start]), after=_lines_of(labelled[stop:])))
        furniture += _lines_of(labelled[start:stop])
    return Layout(tuple(bodies), tuple(gaps), furniture)


def _lines_of(labelled: Iterable[Labelled]) -> tuple[Line, ...]:
    return tuple(line for line, _ in labelled)


# The longest runs of lines that belong to one body, or to one gap.
def _blocks(labelled: Iterable[Labelled]) -> list[list[Labelled]]:
    blocks: list[list[Labelled]] = []
    above = None
    for line, label in labelled:
        if above is None or (above[1] in _BETWEEN) != (label in _BETWEEN):
            begins = True
        elif label == "O":
            begins = not all(credit.is_credit or credit.is_names for credit, _ in blocks[-1])
        else:
            begins = label == "B" and (above[1] == "C" or above[0].ending is not None)
        if begins:
            blocks.append([])
        above = line, label
        blocks[-1].append(above)
    return blocks


# Where a text between head lines begins and ends; mostly there is none, at their end.
# Too many lines for a headline are a poem or a list, and blank lines near its edges set its
# headline off, or the next one's.
def _text_among_heads(block: list[Labelled]) -> tuple[int, int]:
    shown = 0
    blanks = []
    for i, (line, label) in enumerate(block):
        if label == "F":
            return len(block), len(block)
        if not (line.is_caption or advert_signs(line.text)):
            shown += 1
        if line.blank_before:
            blanks.append(i)
    if shown <= _LONGEST_HEAD:
        return len(block), len(block)
    stop = len(block)
    if blanks and blanks[-1] >= len(block) - _HEAD_OF_POEM:
        stop = blanks[-1]
    starts = [blank for blank in blanks if 0 < blank <= _HEAD_OF_POEM]
    return min(starts, default=1), stop
