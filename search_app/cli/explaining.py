"""How `extract --explain` is printed: each decision on a page with the points that made it."""

from collections.abc import Sequence

from search_app.cli.terminal import fitted, put, put_indented
from search_app.model import Article
from search_app.service.explaining import Decision, Explanation, ScoredChoice, named_lines

_TEXT = 34  # cells of a line's text
_LABEL = 14
_INDENT = 7
_LABELS = (
    "What each line is",
    "The labels with the most points on the whole page, each by its look and the line above it.",
)
_BOUNDARIES = (
    "Where two articles may meet unseen",
    "Logarithms of odds, above 0 for two articles. A text is parted once, where that is likeliest.",
)
_HEADLINES = (
    "Which text each headline belongs to",
    "The way with the most points on the whole page; words that both have in common count most.",
)


def put_explanation(explanation: Explanation) -> None:
    """Prints why a page was read as it was, step by step."""
    put(explanation.path, bold=True, underline=True)
    _put_heading(*_LABELS)
    for decision in explanation.labels:
        _put_label(decision)
    _put_heading(*_BOUNDARIES)
    for decision in explanation.boundaries:
        _put_boundary(decision)
    _put_none(explanation.boundaries, "No boundary was weighed here.")
    _put_heading(*_HEADLINES)
    for decision in explanation.headlines:
        _put_headline(decision)
    _put_none(explanation.headlines, "No line here was taken for one.")
    _put_heading("What was made of it", "")
    for read in explanation.items:
        item = read.item
        lines, confidence = named_lines(read.first, read.last), f"confidence {item.confidence:.2f}"
        put(f"{lines}: {item.kind} {shown_title(item)}, {confidence}")
        for doubt in item.doubts:
            put_indented(f"? {doubt}", _INDENT)


def shown_title(article: Article) -> str:
    """The title; in brackets where none is printed."""
    if article.title_is_derived:
        return f"({article.title})"
    return article.title


def _put_heading(title: str, meaning: str) -> None:
    put("")
    put(title, bold=True)
    if meaning:
        put(meaning, dim=True)
    put("")


def _put_none(decisions: Sequence[Decision], message: str) -> None:
    if not decisions:
        put(message)


def _put_label(decision: Decision) -> None:
    chosen, other = decision.chosen, decision.runner_up
    why = f"{decision.margin:.1f} before {other.name}" if other else decision.why_alone
    label = fitted(chosen.name, _LABEL)
    put(f"{decision.first:5}  {label} {fitted(decision.text, _TEXT)}  {why}")
    if other:  # where nothing else was possible points decided nothing
        _put_reasons(chosen)
        _put_reasons(other)


def _put_reasons(label: ScoredChoice) -> None:
    if label.reasons:
        reasons = ", ".join(f"{text} {points:+.1f}" for text, points in label.reasons)
        name = fitted(label.name, _LABEL)
        put_indented(f"{name} {label.points:+.1f} = {reasons}", _INDENT, dim=True)


def _put_boundary(decision: Decision) -> None:
    put(f"{named_lines(decision.first, decision.last)}: {decision.about}")
    put_indented(decision.text, _INDENT)
    put_indented(f"{decision.chosen.name}, odds {decision.chosen.points:+.2f}", _INDENT, bold=True)
    _put_list(decision.chosen)


def _put_headline(decision: Decision) -> None:
    put(
        f"{named_lines(decision.first, decision.last)}: {fitted(decision.text, 2 * _TEXT).rstrip()}"
    )
    put_indented(f"{decision.chosen.name}: {decision.chosen.points:+.2f}", _INDENT, bold=True)
    _put_list(decision.chosen)
    other = decision.runner_up
    if other:
        less = f"{decision.margin:.2f} less"
        put_indented(f"next best: {other.name}: {other.points:+.2f}, {less}", _INDENT)
        _put_list(other)
    else:
        put_indented(decision.why_alone, _INDENT)


def _put_list(choice: ScoredChoice) -> None:
    for text, points in choice.reasons:
        put_indented(f"{points:+6.2f}  {text}", _INDENT + 2)
