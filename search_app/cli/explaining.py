"""How `extract --explain` is printed: each decision on a page with the points that made it."""

from collections.abc import Iterable

from search_app.cli.terminal import fitted, put, put_indented
from search_app.service.explaining import Decision, Explanation, named_lines

_TEXT = 34  # cells of a line's text
_LABEL = 14
_INDENT = 7
# The steps with what their points mean, and what is said where nothing was weighed.
_LABELS = (
    "What each line is",
    "The labels with the most points on the whole page, each by its look and the line above it.",
    "",
)
_BOUNDARIES = (
    "Where two articles may meet unseen",
    "Logarithms of odds, above 0 for two articles. A text is parted once, where that is likeliest.",
    "No boundary was weighed here.",
)
_HEADLINES = (
    "Which text each headline belongs to",
    "The way with the most points on the whole page; words that both have in common count most.\n"
    "The headlines of this page usually stand {} their texts.",
    "No line here was taken for one.",
)


def put_explanation(path: str, explanation: Explanation) -> None:
    """Prints why a page was read as it was, step by step."""
    labels, boundaries, headlines, items = explanation.steps
    put(path, bold=True, underline=True)
    _put_heading(labels, *_LABELS)
    for decision in labels:
        _put_label(decision)
    _put_heading(boundaries, *_BOUNDARIES)
    for decision in boundaries:
        put(f"{named_lines(decision.lines)}: {decision.notes[0]}")
        put_indented(decision.text, _INDENT)
        name, odds, reasons = decision.chosen
        _put_weighed(f"{name}, odds {odds:+.2f}", reasons)
    title, meaning, otherwise = _HEADLINES
    _put_heading(headlines, title, meaning.format(explanation.usual_side), otherwise)
    for decision in headlines:
        text = fitted(decision.text, 2 * _TEXT).rstrip()
        put(f"{named_lines(decision.lines)}: {text}")
        name, points, reasons = decision.chosen
        _put_weighed(f"{name}: {points:+.2f}; {decision.notes[0]}", reasons)
        if decision.runner_up:
            name, points, reasons = decision.runner_up
            _put_weighed(f"next best: {name}: {points:+.2f}", reasons)
    put("")
    put("What was made of it\n", bold=True)
    for decision in items:
        name, confidence, _ = decision.chosen
        put(f"{named_lines(decision.lines)}: {name}, confidence {confidence:.2f}")
        for doubt in decision.notes:
            put_indented(f"? {doubt}", _INDENT)


def _put_heading(decisions: list[Decision], title: str, meaning: str, otherwise: str) -> None:
    put("")
    put(title, bold=True)
    if decisions:
        put(f"{meaning}\n", dim=True)
    else:
        put(f"\n{otherwise}")


def _put_label(decision: Decision) -> None:
    label = fitted(decision.chosen.choice, _LABEL)
    put(f"{decision.lines[0]:5}  {label} {fitted(decision.text, _TEXT)}  {decision.notes[0]}")
    if decision.runner_up is None:  # where nothing else was possible points decided nothing
        return
    for name, points, reasons in (decision.chosen, decision.runner_up):
        if reasons:
            why = "; ".join(f"{text} {added:+.1f}" for text, added in reasons)
            put_indented(f"{fitted(name, _LABEL)} {points:+.1f}: {why}", _INDENT, dim=True)


def _put_weighed(decided: str, reasons: Iterable[tuple[str, float]]) -> None:
    put_indented(decided, _INDENT, bold=True)
    for text, points in reasons:
        put_indented(f"{points:+6.2f}  {text}", _INDENT + 2)
