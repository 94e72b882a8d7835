"""Second step: what each line of a page is, by the best labelling of the whole page in order.

A line is (H)ead, (B)ody, (O)pening of a body, (C)losing credit or (F)urniture. `LabelScorer` gives
points for what a line looks like and for what follows what; the labelling with the most points is
taken (Viterbi 1967). `explain_labels` says which reasons gave each line its label.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf, log
from typing import NamedTuple

from search_app.articles.pages.label_points import LABEL_POINTS
from search_app.articles.pages.label_scores import (
    AllowedLabels,
    Label,
    LabelScorer,
    LineContext,
    Typesetting,
    allowed_labels,
)
from search_app.articles.pages.print.columns import Reach, column_lines
from search_app.articles.pages.print.lines import INDENT, Line
from search_app.articles.pages.print.overlap import echoes
from search_app.articles.pages.print.wording import is_known_edge
from search_app.articles.pages.reasons import Reason, reasons_of

_TEXT_LABELS = frozenset("BO")
_ABOVE_THE_PAGE: Label = "F"  # as if the page's own lines stood there
_HOPELESS = 6.0  # points behind the best that later lines hardly ever make up for
# The share of lines that a blank line follows where columns end with one, and the points that a
# blank line in mid sentence costs at most: some pages have them around headlines only.
_USUAL_BLANKS, _DEAREST_BLANK = 0.1, -2.5
# A page indents its paragraphs if more than two, and more than this share of them, are indented.
_MOST_PARAGRAPHS = 0.7
_LONGEST_PAGE = 40_000  # characters in which a pair that an edge parts is looked for


class _LineSearch(NamedTuple):
    """One step of the search: the labels a line may have, each with the best label above it."""

    at: LineContext
    allowed: AllowedLabels
    best_above: dict[Label, Label]


@dataclass(frozen=True, slots=True)
class LabelScore:
    """The points that a label gets in its place, and the reasons whose points these are."""

    label: Label
    points: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class LabelledLine:
    """Why a line has its label: its points below the label above it, and those of the next best.

    `runner_up` is None if no other label was allowed; `allowed` says why. The whole page would get
    `margin` points less with the runner-up here and the same labels elsewhere.
    """

    line: Line
    chosen: LabelScore
    runner_up: LabelScore | None
    margin: float
    allowed: str


def label_lines(lines: Sequence[Line]) -> list[Label]:
    """The label of every line; takes time in proportion to the page."""
    if not lines:
        return []
    reaches = column_lines(lines)
    scorer = LabelScorer(typesetting_of(lines, reaches))
    return _best_labels(*_search(lines, reaches, scorer))


def explain_labels(lines: Sequence[Line]) -> list[LabelledLine]:
    """The same labels with the reasons for them, line by line.

    The points of all lines together are those of the page.
    """
    if not lines:
        return []
    reaches = column_lines(lines)
    typesetting = typesetting_of(lines, reaches)
    steps, ends = _search(lines, reaches, LabelScorer(typesetting))
    labels = _best_labels(steps, ends)
    scorer = LabelScorer(typesetting, LABEL_POINTS.reasoned())
    return [_explained(steps, labels, i, scorer) for i in range(len(lines))]


def _explained(
    steps: Sequence[_LineSearch], labels: Sequence[Label], i: int, scorer: LabelScorer
) -> LabelledLine:
    """The label of a line and the next best one, while all other lines keep theirs."""
    at, allowed, _ = steps[i]
    scores: dict[Label, LabelScore] = {}
    with_next_line: dict[Label, float] = {}
    for label in allowed.labels:
        before = labels[i - 1] if i else _ABOVE_THE_PAGE
        points = scorer.step(before, at, label) + scorer.look(at, label)
        if at.below is None:
            points += scorer.end(at.line, label)
        scores[label] = LabelScore(label, float(points), reasons_of(points))
        with_next_line[label] = float(points)
        if at.below is not None:
            with_next_line[label] += scorer.step(label, steps[i + 1].at, labels[i + 1])
    chosen = scores.pop(labels[i])
    if not scores:
        return LabelledLine(at.line, chosen, None, inf, allowed.reason)
    runner_up = max(scores.values(), key=lambda score: with_next_line[score.label])
    margin = with_next_line[chosen.label] - with_next_line[runner_up.label]
    return LabelledLine(at.line, chosen, runner_up, margin, allowed.reason)


def typesetting_of(lines: Sequence[Line], reaches: Sequence[Reach]) -> Typesetting:
    """Whether a page indents its paragraphs, and what a blank line in mid sentence means on it."""
    first_lines = indented = 0
    for above, line in pairwise(lines):
        if line.opening or (above.is_complete and line.blank_before):
            first_lines += 1
            if line.indent >= INDENT:
                indented += 1
    inner_lines = blank = 0
    for i in range(2, len(lines)):
        # The third line of a sentence is in a text; what stands before it may be a headline.
        unfinished = not (lines[i - 2].is_complete or lines[i - 1].is_complete)
        if reaches[i - 1] and unfinished and not lines[i].opening:
            inner_lines += 1
            if lines[i].blank_before:
                blank += 1
    rate = (blank + 0.3) / (inner_lines + 10)  # some lines are no habit yet
    return Typesetting(
        indents=indented > 2 and indented > _MOST_PARAGRAPHS * first_lines,
        blank=max(_DEAREST_BLANK, min(0.0, log(rate / _USUAL_BLANKS))),
    )


def _search(
    lines: Sequence[Line], reaches: Sequence[Reach], scorer: LabelScorer
) -> tuple[list[_LineSearch], dict[Label, float]]:
    """Every line's best way from each of its labels to the page's top, and the points at the end.

    Labels that are hopelessly behind are looked at no longer.
    """
    page = "\n".join(line.ink for line in lines)[:_LONGEST_PAGE]
    steps: list[_LineSearch] = []
    best: dict[Label, float] = {_ABOVE_THE_PAGE: 0.0}
    above, reach_above = None, Reach.SHORT
    around = zip(lines, [*lines[1:], None], reaches, echoes(lines), strict=True)
    for line, below, reach, echo in around:
        edge_known = None
        if above and "H" in best:
            edge_known = is_known_edge(above, line, page)
        at = LineContext(above, line, below, reach_above, reach, edge_known, echo)
        allowed = allowed_labels(at, _TEXT_LABELS.issuperset(best))
        scores: dict[Label, float] = {}
        best_above: dict[Label, Label] = {}
        for label in allowed.labels:
            points = -inf
            for before, so_far in best.items():
                reached = so_far + scorer.step(before, at, label)
                if reached > points:
                    points, best_above[label] = reached, before
            scores[label] = points + scorer.look(at, label)
        least = max(scores.values()) - _HOPELESS
        best = {label: points for label, points in scores.items() if points > least}
        steps.append(_LineSearch(at, allowed, best_above))
        above, reach_above = line, reach
    ends = {}
    for label, points in best.items():
        ends[label] = points + scorer.end(lines[-1], label)
    return steps, ends


def _best_labels(steps: Sequence[_LineSearch], ends: dict[Label, float]) -> list[Label]:
    labels = [max(ends, key=ends.__getitem__)]
    for step in reversed(steps[1:]):
        labels.append(step.best_above[labels[-1]])
    return labels[::-1]
