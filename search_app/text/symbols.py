"""Symbols: the units that matching counts in (design, *Meaning*: Symbol).

A symbol is one Han character or other single character, or a whole run of ASCII letters or of
digits, so that 12 never matches 2012. White space ends a run and is dropped.
"""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property, lru_cache

from search_app.model import Span
from search_app.text.fold import fold, fold_mapped, keeps_places
from search_app.text.mapped import MappedText

# The ranges that count as Han, for a character class.
HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_SYMBOL = re.compile(r"[a-z]+|[0-9]+|\S")

Edges = tuple[AbstractSet[int], AbstractSet[int]]


def symbols(text: str) -> tuple[str, ...]:
    """The symbols of a text, folded."""
    return tuple(_SYMBOL.findall(fold(text)))


def symbols_of_folded(folded: str) -> list[str]:
    """The symbols of text that was folded before."""
    return _SYMBOL.findall(folded)


class FoldedText:
    """A text, folded once, in which runs of symbols are found with their places in it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._folded = fold(text)

    def occurrences(self, run: Sequence[str], edges: Edges | None = None) -> list[Span]:
        """Every range of the text in which the run stands in a row; they may overlap.

        With `edges` only those that begin with a symbol of the first set and end with one of the
        second; both count the symbols of the text.
        """
        ranges = [m.span(1) for m in _run_pattern(tuple(run)).finditer(self._folded)]
        if edges and ranges:
            ranges = self._between(edges, ranges)
        return [self._span(start, end) for start, end in ranges]

    def _between(self, edges: Edges, ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Those of some ranges of the folded text that begin and end where words do."""
        spans = [match.span() for match in _SYMBOL.finditer(self._folded)]
        starts = {spans[n][0] for n in edges[0]}
        ends = {spans[n][1] for n in edges[1]}
        whole: list[tuple[int, int]] = []
        for start, end in ranges:
            if start in starts and end in ends:
                whole.append((start, end))
        return whole

    def runs_from(self, prefix: str) -> list[Span]:
        """Every run of letters, or of digits, that begins with these."""
        kind = _kind_of(prefix)
        matches = re.finditer(f"(?<!{kind}){prefix}{kind}*", self._folded)
        return [self._span(*match.span()) for match in matches]

    def _span(self, start: int, end: int) -> Span:
        """A range of the text by one of what it was folded to."""
        return Span(start, end) if self._keeps_places else self._mapped.span(start, end)

    @cached_property
    def _keeps_places(self) -> bool:
        return len(self._folded) == len(self._text) and keeps_places(self._text)

    @cached_property
    def _mapped(self) -> MappedText:
        return fold_mapped(self._text)


@lru_cache(maxsize=1024)
def _run_pattern(run: tuple[str, ...]) -> re.Pattern[str]:
    """What finds a run in folded text, as its group 1."""
    # As a pattern over the folded text: a Python loop over the symbols of a long article takes a
    # second. Only where a run may overlap itself a look-ahead is needed, which is slower to scan.
    pattern = "(" + r"\s*".join(map(_pattern, run)) + ")"
    overlaps = any(run[:n] == run[-n:] for n in range(1, len(run)))
    return re.compile(f"(?={pattern})" if overlaps else pattern)


@lru_cache(maxsize=16)
def folded_text(text: str) -> FoldedText:
    """The text to look for runs in; the last few are kept, since marks and snippets ask in turn."""
    return FoldedText(text)


def _pattern(symbol: str) -> str:
    """A symbol as a regular expression that keeps to whole runs of letters and of digits."""
    if not symbol.isascii() or not symbol.isalnum():
        return re.escape(symbol)
    kind = _kind_of(symbol)
    return f"(?<!{kind}){symbol}(?!{kind})"


def _kind_of(run: str) -> str:
    """The characters that would make a run of letters, or of digits, a longer one."""
    return "[0-9]" if run.isdigit() else "[a-z]"
