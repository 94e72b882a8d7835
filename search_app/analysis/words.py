"""The analyser: one for articles and queries, so that both are cut the same way.

Matching counts in symbols (`text.symbols`); the words made here decide what an unquoted query
asks for (`required_words`) and what ranks first (`search_words`).
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files

from search_app.analysis.segmenter import ChineseSegmenter
from search_app.text.fold import fold, simplify
from search_app.text.symbols import HAN, Edges, symbols

Word = tuple[str, ...]

_HAN_OR_OTHER = re.compile(f"([{HAN}]+)|([^{HAN}]+)")
_IS_HAN = re.compile(f"[{HAN}]")
_TRIMMED = frozenset("，。；：！？、,.;:!?…·'\"\\")
_TRIMMED_CATEGORIES = frozenset({"Ps", "Pe", "Pi", "Pf", "Pd"})


def read_stop_words() -> frozenset[Word]:
    """The default stop words, each as its symbols."""
    text = (files("search_app.analysis") / "stopwords.txt").read_text(encoding="utf-8")
    return frozenset(symbols(word) for word in text.split())


def is_han(symbol: str) -> bool:
    """Whether a symbol is a Han character."""
    return bool(_IS_HAN.match(symbol))


def is_punctuation(word: Word) -> bool:
    """Whether a word has nothing but punctuation in it; true of the empty word."""
    return all(unicodedata.category(character)[0] == "P" for character in "".join(word))


def trim(chunk: str) -> str:
    """A chunk without the brackets, quotes, dashes and stops around it; % + # & @ / stay."""
    around = {c for c in chunk if c in _TRIMMED or unicodedata.category(c) in _TRIMMED_CATEGORIES}
    return chunk.strip("".join(around))


class Analyser:
    """Cuts text into words with a segmenter and a set of stop words."""

    def __init__(self, segmenter: ChineseSegmenter, stop_words: frozenset[Word]) -> None:
        self._segmenter = segmenter
        self._stop_words = stop_words
        # A query asks for the words of each of its chunks several times.
        self._required = lru_cache(maxsize=256)(self._cut)

    def search_words(self, text: str) -> Iterator[str]:
        """The words that are counted for ranking: jieba's search mode, letter and digit runs.

        Stop words stay in; white space and punctuation do not count as words.
        """
        for han, other in _HAN_OR_OTHER.findall(simplify(text)):
            yield from map(fold, self._segmenter.search_words(han))
            for symbol in symbols(other):
                if symbol.isalnum():
                    yield symbol

    def word_edges(self, text: str) -> Edges:
        """The symbols of a text with which a search word starts, and those with which one ends."""
        starts: set[int] = set()
        ends: set[int] = set()
        at = 0
        for han, other in _HAN_OR_OTHER.findall(simplify(text)):
            lone = range(at, at + len(symbols(other)))
            # What is no word (punctuation) is one by itself.
            starts.update(lone)
            ends.update(lone)
            for found, inside in zip((starts, ends), self.edges(han), strict=True):
                found.update(at + place for place in inside)
            at += len(han) or len(lone)
        return starts, ends

    def edges(self, han: str) -> Edges:
        """The characters of a simplified Han run that begin a search word, and that end one."""
        starts: set[int] = set()
        ends: set[int] = set()
        for first, last in self._inner(han):
            starts.add(first)
            ends.add(last)
        return starts, ends

    # First and last character of each search word of a Han run.
    def _inner(self, han: str) -> Iterator[tuple[int, int]]:
        found = iter(self._segmenter.search_words(han))
        at = 0
        for word in self._segmenter.words(han):
            place = length = -1
            # Before a long word come its inner words of two characters, then those of three.
            while (inner := next(found)) != word:
                if len(inner) != length:
                    place = -1
                length = len(inner)
                place = word.index(inner, place + 1)
                yield at + place, at + place + length - 1
            yield at, at + len(word) - 1
            at += len(word)

    def ranking_words(self, chunk: str) -> Iterator[str]:
        """The words of a chunk that a score counts: search words without stop words."""
        for word in self.search_words(chunk):
            if symbols(word) not in self._stop_words:
                yield word

    def required_words(self, chunk: str) -> list[Word]:
        """The words an article must hold to match an unquoted chunk, each as its symbols.

        jieba's precise cut of the Han runs, every other run as one word, without stop words and
        punctuation; one-character words and other runs side by side are one word (27日, A股).
        """
        return list(self._required(chunk))

    def _cut(self, chunk: str) -> tuple[Word, ...]:
        found: list[Word] = []
        grows = False
        for han, other in _HAN_OR_OTHER.findall(simplify(chunk)):
            core = trim(other.strip()) or other
            joins_left, joins_right = other.startswith(core), other.endswith(core)
            for text in self._segmenter.words(han) or [core]:
                word = symbols(text)
                if han:
                    joins_left = joins_right = len(text) == 1
                if is_punctuation(word) or word in self._stop_words:
                    grows = False
                    continue
                if grows and joins_left:
                    found[-1] += word
                else:
                    found.append(word)
                grows = joins_right
        return tuple(found)
