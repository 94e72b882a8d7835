"""Text into words and pairs of symbols, as plainly as a peer's user would write it.

The rules are those that the design gives in *Symbol* and *Words of a chunk*, for what the measured
queries hold: Han characters and white space.
"""

import re
from itertools import pairwise
from pathlib import Path

import rjieba

_SYMBOL = re.compile(r"[a-z]+|[0-9]+|\S")
_STOP_WORDS = Path(__file__).resolve().parents[2] / "search_app" / "analysis" / "stopwords.txt"
STOP = frozenset(_STOP_WORDS.read_text(encoding="utf-8").split())
_jieba = rjieba.Jieba()


def words(text: str) -> list[str]:
    """The words of jieba's search mode, in lower case."""
    return _jieba.cut_for_search(text.lower())


def pairs(text: str) -> list[str]:
    """Every symbol with the one behind it, and the last one with a dollar."""
    return [a + b for a, b in pairwise([*_SYMBOL.findall(text.lower()), "$"])]


def required(chunk: str) -> list[str]:
    """The words a chunk asks for, if any: no stop words, single characters side by side as one."""
    found: list[str] = []
    grows = False
    for word in _jieba.cut(chunk):
        if word in STOP:
            grows = False
            continue
        if grows and len(word) == 1:
            found[-1] += word
        else:
            found.append(word)
        grows = len(word) == 1
    return found
