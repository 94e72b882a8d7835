"""How `extract --explain` is printed: each decision on a page with the points that made it."""

from pathlib import Path

from search_app.cli.terminal import fitted, put, put_indented
from search_app.service.explaining import Decision, Step, named_lines

_TEXT = 34  # cells of a line's text
_LABEL = 14
_INDENT = 7


def put_explanation(path: Path, steps: list[Step]) -> None:
    """Prints why a page was read as it was, step by step."""
    put(str(path), bold=True, underline=True)
    for i, (title, meaning, decisions) in enumerate(steps):
        put("")
        put(title, bold=True)
        put(f"{meaning}\n" if decisions else "Nothing of the kind was weighed here.", dim=True)
        for decision in decisions:
            if i == 0:
                _put_label(decision)
            else:
                _put_decision(decision)


def _put_label(decision: Decision) -> None:
    label = fitted(decision.choices[0].choice, _LABEL)
    put(f"{decision.lines[0]:5}  {label} {fitted(decision.text, _TEXT)}  {decision.notes[0]}")
    if len(decision.choices) == 1:  # where nothing else was possible points decided nothing
        return
    for name, points, reasons in decision.choices:
        if reasons:
            why = "; ".join(f"{text} {added:+.1f}" for text, added in reasons)
            put_indented(f"{fitted(name, _LABEL)} {points:+.1f}: {why}", _INDENT, dim=True)


def _put_decision(decision: Decision) -> None:
    put(f"{named_lines(decision.lines)}: {decision.text}")
    for note in decision.notes:
        put_indented(note, _INDENT)
    for name, points, reasons in decision.choices:
        put_indented(f"{name} {points:+.2f}", _INDENT, bold=True)
        for text, added in reasons:
            put_indented(f"{added:+6.2f}  {text}", _INDENT + 2)
