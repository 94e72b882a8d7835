"""The results as Markdown: the machine, the table of budgets, notes, growth."""

from collections.abc import Mapping, Sequence

from budgets import BUDGETS, Budget, Measured, reached
from process import Built

Row = Sequence[str]
_GROWTH = (
    "articles", "seconds", "articles/s", "MB", "bytes/article", "per text byte", "peak MiB",
)  # fmt: skip
_HEADING = ("what", "against", "unit", "ours", "peer", "ratio", "floor", "goal", "met")


def document(
    about: Mapping[str, str],
    found: Sequence[Measured],
    growth: Sequence[tuple[Built, int]],
    failed: Sequence[str],
    quick: bool,
) -> str:
    """The whole page; `failed` says what could not be measured, and why."""
    known = {measured.key: measured for measured in found}
    pairs = [(budget, known[budget.key]) for budget in BUDGETS if budget.key in known]
    parts = ["# Measurements", _QUICK if quick else _ABOUT]
    parts += [_table([("", ""), *about.items()])]
    if pairs:
        parts += [_table([_HEADING, *(_row(*pair) for pair in pairs)])]
    if notes := [f"- **{b.what}** ({b.against}): {m.note}" for b, m in pairs if m.note]:
        parts += ["\n".join(notes)]
    if failed:
        parts += ["\n".join(["Not measured:", "", *(f"- {reason}" for reason in failed)])]
    if growth:
        parts += [
            "## Growth: headlines, each an article, all cores",
            _table([_GROWTH, *(_growth_row(*grown) for grown in growth)]),
        ]
    return "\n\n".join(parts) + "\n"


_ABOUT = """Made by `make bench`. Peers were measured in the same run, in turns with ours, so that
ratios (ours ÷ peer) hold on other machines; single figures do not. Times are wall times unless a
row says CPU."""
_QUICK = "**A quick run on tiny corpora: it shows that everything runs, its figures mean nothing.**"


def _row(budget: Budget, measured: Measured) -> Row:
    ratio = "" if measured.peer is None else f"{_number(measured.ours / measured.peer)}×"
    peer = "" if measured.peer is None else _number(measured.peer)
    limits = [_limit(budget, limit) for limit in (budget.floor, budget.goal)]
    cells = (budget.unit, _number(measured.ours), peer, ratio, *limits)
    return (budget.what, budget.against, *cells, reached(budget, measured))


def _limit(budget: Budget, limit: float) -> str:
    if budget.rule == "none":
        return ""
    if budget.rule == "apart":
        return f"± {limit:g} %"
    if budget.rule == "value":
        return f"≤ {limit:g}"
    return f"{'≥' if budget.rule == 'faster' else '≤'} {limit:g}×"


def _number(value: float) -> str:
    """Three digits that count, or a whole number."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _growth_row(index: Built, text: int) -> Row:
    return (
        f"{index.articles:,}",
        f"{index.wall:.1f}",
        f"{index.rate:,.0f}",
        f"{index.bytes / 1e6:,.1f}",
        f"{index.bytes / index.articles:,.0f}",
        f"{index.bytes / text:.2f}",
        f"{index.peak / 2**20:,.0f}",
    )


def _table(rows: Sequence[Row]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [_line(row, widths) for row in rows]
    rule = _line(["-" * width for width in widths], widths)
    return "\n".join([lines[0], rule, *lines[1:]])


def _line(row: Row, widths: Sequence[int]) -> str:
    cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
    return f"| {' | '.join(cells)} |"
