"""Second step: what each line of a page is, by the best labelling of the whole page in order.

A line is (H)ead, (B)ody, (O)pening of a body, (C)losing credit or (F)urniture. `LabelScorer` gives
points for what a line looks like and for what follows what; the labelling with the most points is
taken (Viterbi 1967). `explain_labels` says which reasons gave each line its label.
"""

from collections.abc import Sequence
from math import inf, log
from typing import NamedTuple

from search_app.articles.pages.label_scores import (
    Label,
    LabelScorer,
    LineContext,
    allowed_labels,
)
from search_app.articles.pages.print.columns import Reach, column_lines
from search_app.articles.pages.print.lines import INDENT, Line
from search_app.articles.pages.print.overlap import echoes
from search_app.articles.pages.print.wording import is_known_edge
from search_app.articles.pages.reasons import ScoredChoice, reasons_of

_TEXT_LABELS = frozenset("BO")
_ABOVE_THE_PAGE: Label = "F"  # as if the page's own lines stood there
_HOPELESS = 6.0  # points behind the best that later lines hardly ever make up for
# The share of lines that a blank line follows where columns end with one, and the points that a
# blank line in mid sentence costs at most: some pages have them around headlines only.
_USUAL_BLANKS, _DEAREST_BLANK = 0.1, -2.5
# A page indents its paragraphs if more than two, and more than this share of them, are indented.
_MOST_PARAGRAPHS = 0.7
_LONGEST_PAGE = 40_000  # characters in which a pair that an edge parts is looked for
# A step of the search: why a line may have no other labels than these, each with the best above it.
_LineSearch = tuple[LineContext, str, dict[Label, Label]]


class LabelledLine(NamedTuple):
    """Why a line has its label: its points below the label above it, and those of the next best."""

    line: Line
    chosen: ScoredChoice[Label]
    runner_up: ScoredChoice[Label] | None  # if any other label was allowed
    margin: float  # points less for the whole page with it here and the same labels elsewhere
    allowed: str  # why no other labels


def label_lines(lines: Sequence[Line]) -> list[Label]:
    """The label of every line; takes time in proportion to the page."""
    if not lines:
        return []
    reaches = column_lines(lines)
    return _best_labels(*_search(lines, reaches, scorer_of(lines, reaches)))


def explain_labels(lines: Sequence[Line]) -> list[LabelledLine]:
    """The same labels with the reasons for them; the points of all lines are those of the page."""
    if not lines:
        return []
    reaches = column_lines(lines)
    scorer = scorer_of(lines, reaches).reasoned()
    steps, ends = _search(lines, reaches, scorer)
    labels, explained = _best_labels(steps, ends), []
    for i, (at, why, best_above) in enumerate(steps):
        # Each label in the place of the best one, while all other lines keep theirs.
        choices: dict[Label, ScoredChoice[Label]] = {}
        on_page: dict[Label, float] = {}
        for label in best_above:
            before = labels[i - 1] if i else _ABOVE_THE_PAGE
            points = scorer.step(before, at, label) + scorer.look(at, label)
            if at.below is None:
                points += scorer.end(at.line, label)
            choices[label] = ScoredChoice(label, float(points), reasons_of(points))
            on_page[label] = float(points)
            if at.below:
                on_page[label] += scorer.step(label, steps[i + 1][0], labels[i + 1])
        chosen, runner_up, margin = choices.pop(labels[i]), None, inf
        if choices:
            runner_up = choices[max(choices, key=on_page.__getitem__)]
            margin = on_page[chosen.choice] - on_page[runner_up.choice]
        explained.append(LabelledLine(at.line, chosen, runner_up, margin, why))
    return explained


def scorer_of(lines: Sequence[Line], reaches: Sequence[Reach]) -> LabelScorer:
    """Knows whether a page indents its paragraphs and what a blank line in mid sentence costs."""
    first_lines = indented = inner_lines = blank = 0
    for i in range(1, len(lines)):
        above, line = lines[i - 1], lines[i]
        if line.opening or (above.is_complete and line.blank_before):
            first_lines += 1
            if line.indent >= INDENT:
                indented += 1
        # The third line of a sentence is in a text; what stands before it may be a headline.
        unfinished = i > 1 and not (lines[i - 2].is_complete or above.is_complete)
        if reaches[i - 1] and unfinished and not line.opening:
            inner_lines += 1
            if line.blank_before:
                blank += 1
    rate = (blank + 0.3) / (inner_lines + 10)  # some lines are no habit yet
    return LabelScorer(
        page_indents=indented > 2 and indented > _MOST_PARAGRAPHS * first_lines,
        a_blank_line_is_in_mid_sentence=max(_DEAREST_BLANK, min(0.0, log(rate / _USUAL_BLANKS))),
    )


# Every line's best way from each of its labels to the top, and the points at the end.
def _search(
    lines: Sequence[Line], reaches: Sequence[Reach], scorer: LabelScorer
) -> tuple[list[_LineSearch], dict[Label, float]]:
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
        allowed, why = allowed_labels(at, _TEXT_LABELS.issuperset(best))
        scores: dict[Label, float] = {}
        best_above: dict[Label, Label] = {}
        for label in allowed:
            points = -inf
            for before, so_far in best.items():
                reached = so_far + scorer.step(before, at, label)
                if reached > points:
                    points, best_above[label] = reached, before
            scores[label] = points + scorer.look(at, label)
        # What is hopelessly behind is looked at no longer.
        least = max(scores.values()) - _HOPELESS
        best = {label: points for label, points in scores.items() if points > least}
        steps.append((at, why, best_above))
        above, reach_above = line, reach
    ends = {label: points + scorer.end(lines[-1], label) for label, points in best.items()}
    return steps, ends


def _best_labels(steps: Sequence[_LineSearch], ends: dict[Label, float]) -> list[Label]:
    labels = [max(ends, key=ends.__getitem__)]
    for _, _, best_above in reversed(steps[1:]):
        labels.append(best_above[labels[-1]])
    return labels[::-1]
