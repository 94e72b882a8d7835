"""Symbols: the units that matching counts in (design, *Meaning*: Symbol).

A symbol is one Han character or other single character, or a whole run of ASCII letters or of
digits, so that 12 never matches 2012. White space ends a run and is dropped.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property, lru_cache

from search_app.model import Span
from search_app.text.fold import fold, fold_mapped

# The ranges that count as Han, for a character class.
HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_SYMBOL = re.compile(r"[a-z]+|[0-9]+|\S")

Edges = tuple[set[int], set[int]]


def symbols(text: str) -> tuple[str, ...]:
    """The symbols of a text, folded."""
    return tuple(_SYMBOL.findall(fold(text)))


class FoldedText:
    """A text, folded once, in which runs of symbols are found with their places in it."""

    def __init__(self, text: str) -> None:
        self._mapped = fold_mapped(text)
        self._folded = self._mapped.text

    @cached_property
    def _symbol_starts(self) -> list[int]:
        return [match.start() for match in _SYMBOL.finditer(self._folded)]

    def occurrences(self, run: Sequence[str], edges: Edges | None = None) -> list[Span]:
        """Every range in which the run stands in a row, from edge to edge; they may overlap."""
        found: list[Span] = []
        for match in _run_pattern(tuple(run)).finditer(self._folded):
            start, end = match.span(1)
            # Edges are numbers of symbols: those that a range may begin with, and end with.
            if edges is not None:
                first = bisect_left(self._symbol_starts, start)
                last = bisect_left(self._symbol_starts, end) - 1
                if first not in edges[0] or last not in edges[1]:
                    continue
            found.append(self._mapped.span(start, end))
        return found

    def runs_from(self, prefix: str) -> list[Span]:
        """Every run of letters, or of digits, that begins with these."""
        kind = _kind_of(prefix)
        matches = re.finditer(f"(?<!{kind}){prefix}{kind}*", self._folded)
        return [self._mapped.span(*match.span()) for match in matches]


# The last few are kept, since marks and snippets ask in turn.
folded_text = lru_cache(maxsize=16)(FoldedText)


# What finds a run in folded text, as its group 1.
@lru_cache(maxsize=1024)
def _run_pattern(run: tuple[str, ...]) -> re.Pattern[str]:
    # As a pattern over the folded text: a Python loop over the symbols of a long article takes a
    # second. Only where a run may overlap itself a look-ahead is needed, which is slower to scan.
    patterns: list[str] = []
    for symbol in run:
        pattern = re.escape(symbol)
        if symbol.isascii() and symbol.isalnum():
            kind = _kind_of(symbol)
            pattern = f"(?<!{kind}){symbol}(?!{kind})"
        patterns.append(pattern)
    pattern = "(" + r"\s*".join(patterns) + ")"
    if any(run[:n] == run[-n:] for n in range(1, len(run))):
        pattern = f"(?={pattern})"
    return re.compile(pattern)


def _kind_of(run: str) -> str:
    return "[0-9]" if run.isdigit() else "[a-z]"
