"""Folding: what is compared when text is matched (design, *Meaning*: Fold).

One code point becomes zero or more, by tables only and whatever stands beside it, so that
`fold(a + b) == fold(a) + fold(b)`, and so that the map back can be recomputed at any time.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import chain, repeat

from search_app.text.mapped import MappedText

# Characters that are simplified one way or the other only by their context (反覆, 瞭望, 顯著):
# matching merges the two, so that neither spelling misses the other.
MERGED = str.maketrans("覆瞭著藉祇衹彷甦", "复了着借只只仿苏")


@cache
def _simplified() -> dict[str, str]:
    """OpenCC's table for single characters, traditional TAB simplified a line (see NOTICE)."""
    lines = (files("search_app.text") / "t2s.tsv").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines)


class _Characters(dict[str, str]):
    """What each character is folded to; computed once, then a plain look-up."""

    def __init__(self, merged: bool) -> None:
        super().__init__()
        self._merged = merged

    def __missing__(self, character: str) -> str:
        folded = "".join(self._fold(character))
        self[character] = folded.translate(MERGED) if self._merged else folded
        return self[character]

    def _fold(self, character: str) -> Iterator[str]:
        simplified = _simplified()
        for c in unicodedata.normalize("NFKC", character).lower():
            if not _is_invisible(c):
                yield simplified.get(c, c)


def _is_invisible(c: str) -> bool:
    """Format characters (zero-width, bidi marks, BOM) and variation selectors."""
    return (
        unicodedata.category(c) == "Cf"
        or "\ufe00" <= c <= "\ufe0f"
        or "\U000e0100" <= c <= "\U000e01ef"
    )


_SIMPLIFIED, _FOLDED = _Characters(merged=False), _Characters(merged=True)
# All characters but those of the most common blocks that are folded to themselves. Of a newspaper's
# text one in twenty is looked up then, which takes a fifth of the time.
_CHANGED_HAN = "".join(c for c in chain(_simplified(), map(chr, MERGED)) if c < "\ua000")
_UNSURE = re.compile(f"[A-Z\x7f-\u3000\u3012-\u4dff\ua000-\U0010ffff{_CHANGED_HAN}]")


def simplify(text: str) -> str:
    """What jieba sees: NFKC, lower case, simplified, character by character."""
    return _UNSURE.sub(lambda c: _SIMPLIFIED[c[0]], text)


def fold(text: str) -> str:
    """What is compared: as jieba sees it, and the last traditional spellings merged."""
    return _UNSURE.sub(lambda c: _FOLDED[c[0]], text)


def keeps_places(text: str) -> bool:
    """Whether every character of a text is folded to exactly one."""
    return all(len(_FOLDED[c]) == 1 for c in set(_UNSURE.findall(text)))


def fold_mapped(text: str) -> MappedText:
    """`fold(text)` with the index in `text` that each folded character came from."""
    pieces = [_FOLDED[c] for c in text]
    origin = chain.from_iterable(repeat(i, len(piece)) for i, piece in enumerate(pieces))
    return MappedText("".join(pieces), tuple(origin))
