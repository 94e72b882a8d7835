"""Symbols: the units that matching counts in (design, *Meaning*: Symbol).

A symbol is one Han character or other single character, or a whole run of ASCII letters or of
digits, so that 12 never matches 2012. White space ends a run and is dropped.
"""

import re
from collections.abc import Sequence

from search_app.model import Span
from search_app.text.fold import fold, fold_mapped

# The ranges that count as Han, for a character class.
HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_SYMBOL = re.compile(r"[a-z]+|[0-9]+|\S")


def symbols(text: str) -> tuple[str, ...]:
    """The symbols of a text, folded."""
    return tuple(_SYMBOL.findall(fold(text)))


def symbols_of_folded(folded: str) -> list[str]:
    """The symbols of text that was folded before."""
    return _SYMBOL.findall(folded)


class SymbolText:
    """The symbols of a text with their places in it, to mark what a query found."""

    def __init__(self, text: str) -> None:
        mapped = fold_mapped(text)
        found = [m.span() for m in _SYMBOL.finditer(mapped.text)]
        self.symbols = [mapped.text[a:b] for a, b in found]
        self.spans = [mapped.span(a, b) for a, b in found]

    def occurrences(self, run: Sequence[str]) -> list[Span]:
        """Every range of the text in which `run` stands in a row; they may overlap."""
        run, n = list(run), len(run)
        return [
            Span(self.spans[i].start, self.spans[i + n - 1].end)
            for i in range(len(self.symbols) - n + 1)
            if self.symbols[i] == run[0] and self.symbols[i : i + n] == run
        ]
