"""Folding: what is compared when text is matched (design, *Meaning*: Fold).

One code point becomes zero or more, by tables only and whatever stands beside it, so that
`fold(a + b) == fold(a) + fold(b)`, and so that the map back can be recomputed at any time.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from typing import NamedTuple

from search_app.model import Span

# Characters that are simplified one way or the other only by their context (反覆, 瞭望, 顯著):
# matching merges the two, so that neither spelling misses the other.
_MERGED_PAIRS = tuple(zip("覆瞭著藉祇衹彷甦", "复了着借只只仿苏", strict=True))
MERGED = {ord(traditional): ord(merged) for traditional, merged in _MERGED_PAIRS}
# OpenCC's table for single characters, traditional TAB simplified a line (see NOTICE).
_TABLE = (files("search_app.text") / "t2s.tsv").read_text(encoding="utf-8").split()
_OPENCC = dict(zip(_TABLE[::2], _TABLE[1::2], strict=True))
Replacement = Callable[[re.Match[str]], str]
_VARIATION_SELECTOR = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


class MappedText(NamedTuple):
    """A text, and for each of its characters the index in the original it was made from."""

    text: str
    # As long as `text`, and never decreasing. One character of the original may have made several
    # (㎡ → m2) or none (a zero-width space).
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        """The shortest range of the original that made `text[start:end]`; both not empty."""
        return Span(self.origin[start], self.origin[end - 1] + 1)


class _Characters(dict[str, str]):
    """What each character is folded to; computed once, then a plain look-up."""

    def __init__(self, merged: Mapping[int, int]) -> None:
        self._merged = merged

    def __missing__(self, character: str) -> str:
        folded = ""
        for c in unicodedata.normalize("NFKC", character).lower():
            # Nobody sees format characters (zero-width, bidi marks, BOM): they are dropped.
            if unicodedata.category(c) != "Cf" and not _VARIATION_SELECTOR.match(c):
                folded += _OPENCC.get(c, c)
        return self.setdefault(character, folded.translate(self._merged))


_SIMPLIFIED, _FOLDED = _Characters({}), _Characters(MERGED)
# All characters but those of the most common blocks that are folded to themselves. Of a newspaper's
# text one in twenty is looked up then, which takes a fifth of the time.
_CHANGED_HAN = "".join(c for c in (*_OPENCC, *map(chr, MERGED)) if c < "\ua000")
_UNSURE = re.compile(f"[A-Z\x7f-\u3000\u3012-\u4dff\ua000-\U0010ffff{_CHANGED_HAN}]")
# All but the common characters that are folded to exactly one: the usual quotes and dashes, ASCII,
# CJK punctuation, Han, full-width forms. Of a newspaper's text one in two hundred is looked up.
_PERHAPS_UNEVEN = re.compile("[^\t-~“”‘’—·\u3000-\u3029\u4e00-\u9fff\uff01-\uff5e]")


def simplify(text: str) -> str:
    """What jieba sees: NFKC, lower case, simplified, character by character."""
    return _UNSURE.sub(lambda c: _SIMPLIFIED[c[0]], text)


def fold(text: str) -> str:
    """What is compared: as jieba sees it, and the last traditional spellings merged."""
    return _UNSURE.sub(lambda c: _FOLDED[c[0]], text)


def merge_spellings(simplified: str) -> str:
    """`fold(text)` of a text that is simplified already; no character moves."""
    # A replacement at a time takes a tenth of the time of a table of characters.
    for traditional, merged in _MERGED_PAIRS:
        simplified = simplified.replace(traditional, merged)
    return simplified


def uneven(text: str) -> Iterator[tuple[int, int]]:
    """The index of each character that is not folded to exactly one, and to how many it is."""
    for match in _PERHAPS_UNEVEN.finditer(text):
        count = len(_FOLDED[match[0]])
        if count != 1:
            yield match.start(), count


def fold_mapped(text: str) -> MappedText:
    """`fold(text)` with the index in `text` that each folded character came from."""
    return substituted(_UNSURE, lambda c: _FOLDED[c[0]], text)


def substituted(pattern: re.Pattern[str], replacement: Replacement, text: str) -> MappedText:
    """`pattern.sub(replacement, text)`, with a map: a replacement came from its match's begin."""
    origin: list[int] = []
    done = 0
    for match in pattern.finditer(text):
        origin += range(done, match.start())
        origin += [match.start()] * len(replacement(match))
        done = match.end()
    origin += range(done, len(text))
    return MappedText(pattern.sub(replacement, text), tuple(origin))
