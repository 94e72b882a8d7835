"""Folding: what is compared when text is matched (design, *Meaning*: Fold).

One code point becomes zero or more, by tables only and whatever stands beside it, so that
`fold(a + b) == fold(a) + fold(b)`, and so that the map back can be recomputed at any time.
"""

import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import chain, repeat

from search_app.text.mapped import Mapped

# Characters that are simplified one way or the other only by their context (反覆, 瞭望, 顯著):
# matching merges the two, so that neither spelling misses the other.
MERGED = str.maketrans("覆瞭著藉祇衹彷甦", "复了着借只只仿苏")


@cache
def _simplified() -> dict[str, str]:
    """OpenCC's table for single characters, traditional TAB simplified a line (see NOTICE)."""
    lines = (files("search_app.text") / "t2s.tsv").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines)


class _CodePoints(dict[int, str]):
    """What `str.translate` asks for each code point; computed once, then a plain look-up."""

    def __init__(self, merged: bool) -> None:
        super().__init__()
        self._simplified = _simplified()
        self._merged = merged

    def __missing__(self, code_point: int) -> str:
        folded = "".join(self._fold_character(chr(code_point)))
        self[code_point] = folded.translate(MERGED) if self._merged else folded
        return self[code_point]

    def _fold_character(self, character: str) -> Iterator[str]:
        for c in unicodedata.normalize("NFKC", character).lower():
            if not _is_invisible(c):
                yield self._simplified.get(c, c)


def _is_invisible(c: str) -> bool:
    """Format characters (zero-width, bidi marks, BOM) and variation selectors."""
    return (
        unicodedata.category(c) == "Cf"
        or "\ufe00" <= c <= "\ufe0f"
        or "\U000e0100" <= c <= "\U000e01ef"
    )


_SIMPLIFIED = _CodePoints(merged=False)
_FOLDED = _CodePoints(merged=True)


def simplify(text: str) -> str:
    """What jieba sees: NFKC, lower case, simplified, character by character."""
    return text.translate(_SIMPLIFIED)


def fold(text: str) -> str:
    """What is compared: as jieba sees it, and the last traditional spellings merged."""
    return text.translate(_FOLDED)


def fold_mapped(text: str) -> Mapped:
    """`fold(text)` with the index in `text` that each folded character came from."""
    pieces = [_FOLDED[ord(c)] for c in text]
    origin = chain.from_iterable(repeat(i, len(piece)) for i, piece in enumerate(pieces))
    return Mapped("".join(pieces), tuple(origin))
