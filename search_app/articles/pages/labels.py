"""Second step: what each line of a page is, by the best labelling of the whole page in order.

A line is (H)ead, (B)ody, (O)pening of a body, (C)losing credit or (F)urniture. What a line looks
like and what follows what give points; the labelling with the most points is taken (Viterbi).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf, log
from typing import Literal, NamedTuple

from search_app.articles.pages.print.adverts import advert_signs
from search_app.articles.pages.print.columns import Reach, column_lines
from search_app.articles.pages.print.echoes import echoes, is_known_edge
from search_app.articles.pages.print.lines import Line

Label = Literal["H", "B", "O", "C", "F"]
_IN_TEXT = frozenset("BO")
INDENT = 1.5  # cells, from which on a line is indented

# Points, in units of "one weak sign". A broken sentence is the surest sign of all.
_BROKEN_SENTENCE = -6.0
_NO_BEGINNING = -4.0  # a body begins without opening and without headline

_HOPELESS = 6.0  # points behind the best that later lines hardly ever make up for
_HEAD_BEGINS = 0.8  # most lines are no headlines
_USUAL_BLANKS = 0.1  # share of the lines that a blank line follows where columns end with one

# Of the pairs that edges part in mid sentence, the page has .43 elsewhere; of those inside a
# headline .15, at its end .03.
_EDGE_IN_HEAD = {None: 0.0, True: -0.5, False: 0.2}
_EDGE_OF_HEAD = {None: 0.0, True: -2.0, False: 0.3}

_LONGEST_PAGE = 40_000  # characters in which such a pair is looked for
_SHORTEST_TEXT = 12  # cells of the first line of a text that is a sentence
_LEADS_TO_LIST = "：:"
_INNER_STOP = re.compile(r"[。；]")
_COMMA = re.compile(r"[，、]")
_GOES_ON = re.compile(r"[，、；,]$")
_CUT = re.compile(
    r"[，、。；：！？）》”’]$|\d[\d年月日时分个万亿元%％]|[A-Za-z][A-Za-z]"
)  # what a wrap may part, but no beginning
_APART = re.compile(r"[一-龥”》！？]{2}[ \u3000]+[一-龥“《]{2}")
_BEGINS = 0.8  # for a line that lacks an indent to be the first of a text
_PHRASES_APART = 1.5
_CUT_OFF = re.compile(r"\S\s?[，。；、]")  # the end of a word that a wrap parted


def label_lines(lines: Sequence[Line]) -> list[Label]:
    """The label of every line; takes time in proportion to the page."""
    in_column = column_lines(lines)
    habits = _Habits.of(lines, in_column)
    best: dict[Label, float] = {"F": 0.0}
    back: list[dict[Label, Label]] = []
    previous, fits = None, _Fits(Reach.SHORT, Reach.SHORT, None)
    page = "\n".join(line.ink for line in lines)[:_LONGEST_PAGE]
    columns = zip(lines, [*lines[1:], None], in_column, echoes(lines), strict=True)
    for line, following, fits_now, echo in columns:
        edge = is_known_edge(previous, line, page) if previous and "H" in best else None
        fits = _Fits(fits.line, fits_now, edge)
        scores: dict[Label, float] = {}
        came: dict[Label, Label] = {}
        in_text = previous is not None and _IN_TEXT.issuperset(best)
        for label in _possible(line, previous if in_text else None, fits):
            points = -inf
            for before, so_far in best.items():
                reached = so_far + _step(previous, before, line, label, fits, habits)
                if reached > points:
                    points, came[label] = reached, before
            points += _shape(line, label, fits_now, following)
            scores[label] = points + echo if label == "H" else points
        least = max(scores.values()) - _HOPELESS
        best = {label: points for label, points in scores.items() if points > least}
        back.append(came)
        previous = line
    return _trace(best, back, previous)


def _trace(
    best: dict[Label, float], back: list[dict[Label, Label]], last: Line | None
) -> list[Label]:
    if last is None:
        return []
    ends = {label: s + _end(last, label) for label, s in best.items()}
    labels = [max(ends, key=ends.__getitem__)]
    for came in reversed(back[1:]):
        labels.append(came[labels[-1]])
    return labels[::-1]


def _possible(line: Line, text: Line | None, fits: "_Fits") -> tuple[Label, ...]:
    """The labels a line may have; `text` is the line before it, if that is surely of a text."""
    if line.opening:
        return ("O",)
    if line.is_furniture and not line.ending:
        return ("F", "B")
    if line.in_opening:
        return ("B",)
    if line.is_caption:
        return ("B", "H")
    if line.is_credit:
        return ("O", "C")
    if line.is_names:
        return ("O", "C", "B", "H")
    if line.credit > line.start:
        return ("O", "B")
    if text and _runs_on(text, line, fits):
        return ("B",)
    return ("B",) if line.ending or "。" in line.text[:-2] else ("B", "H")


def _runs_on(previous: Line, line: Line, fits: "_Fits") -> bool:
    """Whether two lines in the middle of a column can be but one sentence of a text."""
    whole = fits.previous == fits.line == Reach.FULL and not line.blank_before
    return whole and not (previous.is_complete or previous.is_row)


class _Fits(NamedTuple):
    """How far a line and the one before it reach in their columns."""

    previous: Reach
    line: Reach
    known: bool | None  # whether the page has the pair of characters that their edge parts


@dataclass(frozen=True)
class _Habits:
    """What this page does with the beginnings of paragraphs, and with blank lines.

    `blank` are the points for a blank line in mid sentence: columns end there on some pages, on
    others it stands around headlines only.
    """

    indents: bool
    blank: float

    @classmethod
    def of(cls, lines: Sequence[Line], in_column: Sequence[Reach]) -> "_Habits":
        begun = [b for a, b in pairwise(lines) if b.opening or (a.is_complete and b.blank_before)]
        indented = sum(line.indent >= INDENT for line in begun)
        # The third line of a sentence is in a text; what stands before it may be a headline.
        inner = [
            c.blank_before
            for a, b, c, sure in zip(lines, lines[1:], lines[2:], in_column[1:], strict=False)
            if sure and not (a.is_complete or b.is_complete or c.opening)
        ]
        rate = (sum(inner) + 0.3) / (len(inner) + 10)
        return cls(
            indented > 2 and indented > 0.7 * len(begun),
            max(-2.5, min(0.0, log(rate / _USUAL_BLANKS))),
        )


def _shape(line: Line, label: Label, in_column: Reach, following: Line | None) -> float:
    """How much a line looks like what its label says, in points."""
    if line.is_caption:
        return 0.0
    if line.is_label:
        return 2.0 if label == "H" else -2.0
    if label == "H":
        return _head_shape(line, in_column) - 1.5 * _begins_paragraph(line, following)
    if label == "F":
        return 1.5
    broken = label == "B" and not (line.is_complete or in_column or line.is_tail or line.is_row)
    points = -_PHRASES_APART * (label == "B" and _stands_in_phrases(line))
    if not broken or (following and following.is_tail):
        return points
    return points - 1.5 - bool(advert_signs(line.text))


def _stands_in_phrases(line: Line) -> bool:
    """Whether a space parts Han from Han, which nothing does in the lines of a text."""
    return line.has_two_phrases and not line.is_spaced and bool(_APART.search(line.text))


def _begins_paragraph(line: Line, following: Line | None) -> bool:
    """Whether an indented line and the one behind it end at the same column's edge."""
    if following is None or line.indent <= following.indent:
        return False
    return abs(line.indent + line.width - following.indent - following.width) <= 1


def _head_shape(line: Line, in_column: Reach) -> float:
    text = line.text
    points = 0.0
    points -= 4 * bool(_INNER_STOP.search(text))
    points -= 2 * bool(_GOES_ON.search(text))
    points -= min(2, len(_COMMA.findall(text)))
    points -= 2 * (line.width > 45)
    points += 0.5 * line.has_two_phrases
    points -= 2 * line.is_row
    return points + (0.0 if in_column else 1.0)


def _step(
    previous: Line | None, before: Label, line: Line, label: Label, fits: _Fits, habits: _Habits
) -> float:
    """Points for `line` being `label` behind `previous`, which is `before`."""
    if previous is None:
        return _NO_BEGINNING if label == "C" or (label == "O" and line.is_names) else 0.0
    if label == "F":
        return 0.0 if before in "HF" or previous.is_complete else -3.0
    if label == "H":
        begins = before != "H" or previous.is_label
        points = _into_head(previous, before, line) - 0.5 * (fits.line > 0 and begins)
        return points if begins else points + _EDGE_IN_HEAD[fits.known]
    if label == "B":
        if before == "H" and not previous.is_caption:
            return _out_of_head(previous, line, fits, habits)
        return _into_body(previous, before, line, fits, habits)
    return _into_credit(previous, before, line, label)


def _in_sentence(previous: Line, before: Label) -> bool:
    """Whether the body that runs through `previous` stops in mid sentence there."""
    return before in "BO" and not (previous.is_complete or previous.is_row)


def _into_head(previous: Line, before: Label, line: Line) -> float:
    if line.is_caption and before in "BOC" and not previous.ending:
        return -2.0 if previous.is_complete else _BROKEN_SENTENCE
    if previous.is_caption and before == "H" and not previous.is_complete and not line.is_caption:
        return _BROKEN_SENTENCE
    if before == "O" and (previous.is_credit or previous.is_names):
        return _BROKEN_SENTENCE
    if _in_sentence(previous, before):
        return _BROKEN_SENTENCE
    points = 0.5 * line.blank_before + 0.5 * (before == "C" or previous.ending is not None)
    goes_on = before == "H" and not previous.is_label
    return points if goes_on else points - _HEAD_BEGINS


def _into_body(previous: Line, before: Label, line: Line, fits: _Fits, habits: _Habits) -> float:
    if before == "C" or (before in "BO" and previous.ending):
        return _NO_BEGINNING + 1.5 * (line.blank_before or line.indent >= INDENT)
    if before == "O" and (previous.is_credit or previous.is_names):
        return 0.5
    if line.is_caption:
        return 0.0 if before in "BO" else -1.0
    if line.is_tail and before in "BO":
        return 1.5
    if before in "BO":
        if previous.is_complete:
            # A paragraph is over: the next one would be indented, as all are here.
            over = line.blank_before or fits.previous != Reach.FULL
            return -2.0 if habits.indents and over and line.indent < INDENT else 0.3
        return _inside_sentence(previous, line, fits, habits)
    return -1.5 if habits.indents and line.indent < INDENT else 0.0


def _out_of_head(previous: Line, line: Line, fits: _Fits, habits: _Habits) -> float:
    """Into a body that begins with nothing but a headline above it."""
    if is_cut(previous, line):
        return _NO_BEGINNING
    points = -2.0 if line.is_complete and line.width < _SHORTEST_TEXT else 0.0
    points += _EDGE_OF_HEAD[fits.known]
    if habits.indents and line.indent < INDENT:
        points -= 1.5
    # What looks like a headline may be the text's first line.
    if fits.previous and fits.line and line.indent <= previous.indent:
        points -= 0.4 if line.blank_before else 0.7
    points += _BEGINS * (fits.line == Reach.INDENTED)
    if line.blank_before or line.indent > previous.indent:
        return points
    return points - 0.5 * (1 + (abs(line.width - previous.width) < 0.15 * line.width))


def is_cut(previous: Line, line: Line) -> bool:
    """Whether what stands on both sides of the edge between two lines belongs together."""
    together = _CUT.search(previous.text[-1] + line.text[0]) or _CUT_OFF.match(line.text)
    return together is not None


def _inside_sentence(previous: Line, line: Line, fits: _Fits, habits: _Habits) -> float:
    """A sentence may run over the end of a column, but not into an indented paragraph."""
    if previous.is_row or previous.text[-1] in _LEADS_TO_LIST:
        return 0.0
    if line.indent >= previous.indent + INDENT:
        return -2.0
    if line.blank_before:
        return habits.blank - _BEGINS * (fits.line == Reach.INDENTED)
    return -0.5 if fits.previous == fits.line == Reach.INDENTED else 0.5


def _into_credit(previous: Line, before: Label, line: Line, label: Label) -> float:
    """Into an opening, or into a credit that closes the text before it."""
    if label == "C":
        signed = line.is_credit or line.text[0] in "（("
        return 2.0 if signed and before in "BC" and previous.is_complete else _NO_BEGINNING
    if line.is_names and before != "H":
        return _NO_BEGINNING
    broken = _in_sentence(previous, before) and not previous.is_credit
    return 2 * _BROKEN_SENTENCE if broken else 1.5 * line.is_names


def _end(last: Line, label: Label) -> float:
    if label == "O" and (last.is_credit or last.is_names):
        return _NO_BEGINNING
    return _BROKEN_SENTENCE if _in_sentence(last, label) else 0.0
