"""Symbols: the units that matching counts in (design, *Meaning*: Symbol).

A symbol is one Han character or other single character, or a whole run of ASCII letters or of
digits, so that 12 never matches 2012. White space ends a run and is dropped.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from operator import methodcaller

from search_app.model import Span
from search_app.text.fold import fold, merge_spellings, simplify, uneven

# The ranges that count as Han, for a character class.
HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_SYMBOL = re.compile(r"[a-z]+|[0-9]+|\S")

_SPAN = methodcaller("span")
Place = tuple[int, int]  # a range, end-exclusive
Edges = tuple[set[int], set[int]]


def symbols(text: str) -> tuple[str, ...]:
    """The symbols of a text, folded."""
    return tuple(_SYMBOL.findall(fold(text)))


class FoldedText:
    """A text, folded once, in which runs of symbols are found, each when it is asked for.

    Places count in the folded text, and in `simplified`, what jieba sees of it; `span` leads back.
    """

    def __init__(self, text: str) -> None:
        self.simplified = simplify(text)
        self._text, self._folded = text, merge_spellings(self.simplified)

    def occurrences(self, run: Sequence[str]) -> Iterator[Place]:
        """Every range in which the run stands in a row, in order; they may overlap."""
        pattern, may_overlap = _run_pattern(tuple(run))
        if not may_overlap:
            yield from map(_SPAN, pattern.finditer(self._folded))
            return
        match = pattern.search(self._folded)
        while match:
            yield match.span()
            match = pattern.search(self._folded, match.start() + 1)

    def runs_from(self, prefix: str) -> Iterator[Place]:
        """Every run of letters, or of digits, that begins with these, in order."""
        return map(_SPAN, _prefix_pattern(prefix).finditer(self._folded))

    def span(self, start: int, end: int) -> Span:
        """The shortest range of the text that was folded to these places; they are not empty."""
        return Span(self._origin(start), self._origin(end - 1) + 1)

    def _origin(self, place: int) -> int:
        places, uneven_characters = self._uneven
        n = bisect_right(places, place) - 1
        if n < 0:
            return place
        index, end = uneven_characters[n]
        return index if place < end else index + 1 + place - end

    # Where the characters begin that were not folded to one; the index of each in the text, and
    # where what it was folded to ends. A table of all characters would cost four times the folding.
    @cached_property
    def _uneven(self) -> tuple[list[int], list[Place]]:
        places, uneven_characters, moved = [], [], 0
        for index, count in uneven(self._text):
            places.append(index + moved)
            moved += count - 1
            uneven_characters.append((index, index + moved + 1))
        return places, uneven_characters


# What finds a run in folded text, and whether the run may overlap itself.
@lru_cache(maxsize=1024)
def _run_pattern(run: tuple[str, ...]) -> tuple[re.Pattern[str], bool]:
    # As a pattern over the folded text: a Python loop over the symbols of a long article takes a
    # second. It begins with a plain character, so that `re` skips to the next such one.
    patterns: list[str] = []
    for symbol in run:
        pattern = re.escape(symbol)
        if symbol.isascii() and symbol.isalnum():
            kind = _kind_of(symbol)
            pattern = f"{symbol}(?<!{kind}{symbol})(?!{kind})"
        patterns.append(pattern)
    may_overlap = any(run[:n] == run[-n:] for n in range(1, len(run)))
    return re.compile(r"\s*".join(patterns)), may_overlap


@lru_cache(maxsize=64)
def _prefix_pattern(prefix: str) -> re.Pattern[str]:
    kind = _kind_of(prefix)
    return re.compile(f"{prefix}(?<!{kind}{prefix}){kind}*")


def _kind_of(run: str) -> str:
    return "[0-9]" if run.isdigit() else "[a-z]"
