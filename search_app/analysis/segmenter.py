"""Cutting runs of Han characters into words, as jieba 0.42.1 defines it.

rjieba gives the same tokens 20 to 40 times faster and is used where it can be imported; jieba is
the definition and the fallback. Neither touches the dictionary cache that jieba shares between
users in the temporary folder: whoever can write there could choose our words.
"""

import importlib.util
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, Protocol

# jieba's own idea of Han; anything beyond it comes out one character at a time, and rjieba
# disagrees there (U+9FD6 and up), so that neither is ever asked.
_JIEBA_HAN = re.compile("([\u4e00-\u9fd5]+)")
# jieba builds a graph over the whole run: 200,000 characters without punctuation took a minute.
LONGEST_PIECE = 1_000

Cut = Callable[[str], list[str]]


class UserWord(NamedTuple):
    """A word for the dictionary, as jieba takes it; without a frequency it gets what it needs."""

    text: str
    frequency: int | None = None
    tag: str = ""


class ChineseSegmenter(Protocol):
    """Cuts a run of Han characters; the tokens of `words` joined are the run again."""

    def words(self, run: str) -> list[str]:
        """The precise mode: every character in exactly one word."""

    def search_words(self, run: str) -> list[str]:
        """The search mode: long words' inner words too, each before the word it stands in."""

    def cut_lines(self, lines: str) -> list[str]:
        """As `words` for many runs at once, one a line; line ends come as words of their own.

        A line has at most LONGEST_PIECE characters of jieba's own range.
        """

    def tag(self, word: str) -> str:
        """The part of speech of a word, in jieba's letters; x where it is none."""

    def knows(self, word: str) -> bool:
        """Whether a word stands in the dictionary."""

    def short_words(self) -> Iterable[str]:
        """The words of two and three characters that the search mode looks for in longer ones."""


class RjiebaSegmenter:
    """jieba's tokens from its Rust counterpart, with the dictionary built in.

    It reads that while it is imported; an instance of its own, for words of one's own, reads it
    once more.
    """

    def __init__(self, words: Iterable[UserWord] = ()) -> None:
        import rjieba

        self._added = tuple(words)
        jieba = rjieba.Jieba() if self._added else rjieba
        for word in self._added:
            jieba.add_word(word.text, word.frequency, word.tag or None)
        self._cut: Cut = jieba.cut
        self._cut_for_search: Cut = jieba.cut_for_search
        self._tag: Callable[[str], list[tuple[str, str]]] = jieba.tag
        self.knows: Callable[[str], bool] = jieba.has_word

    def words(self, run: str) -> list[str]:
        return _piecewise(run, self._cut)

    def search_words(self, run: str) -> list[str]:
        return _piecewise(run, self._cut_for_search)

    def cut_lines(self, lines: str) -> list[str]:
        return self._cut(lines)

    def tag(self, word: str) -> str:
        return _only(self._tag(word))

    def short_words(self) -> Iterable[str]:
        return _short_words(self._added)


class JiebaSegmenter:
    """jieba itself: the definition of the tokens, and the fallback."""

    def __init__(self, words: Iterable[UserWord] = ()) -> None:
        import jieba

        jieba.setLogLevel(60)
        self._jieba = jieba.Tokenizer()
        # What `initialize` does, without its cache file in the shared temporary folder.
        self._jieba.FREQ, self._jieba.total = self._jieba.gen_pfdict(self._jieba.get_dict_file())
        self._jieba.initialized = True
        self._added = tuple(words)
        for word in self._added:
            self._jieba.add_word(word.text, word.frequency, word.tag or None)

    @cached_property
    def _tagger(self) -> Any:
        # Only a build asks for it, and it takes a second to read.
        from jieba.posseg import POSTokenizer

        return POSTokenizer(self._jieba)

    def words(self, run: str) -> list[str]:
        return _piecewise(run, self._jieba.lcut)

    def search_words(self, run: str) -> list[str]:
        return _piecewise(run, self._jieba.lcut_for_search)

    def cut_lines(self, lines: str) -> list[str]:
        words: list[str] = self._jieba.lcut(lines)
        return words

    def tag(self, word: str) -> str:
        return _only([tuple(pair) for pair in self._tagger.lcut(word)])

    def knows(self, word: str) -> bool:
        return bool(self._jieba.FREQ.get(word))

    def short_words(self) -> Iterable[str]:
        return _short_words(self._added)


def default_segmenter(words: Iterable[UserWord] = ()) -> ChineseSegmenter:
    """The fast segmenter where it is installed for this machine, else jieba; with words added."""
    words = tuple(words)
    try:
        return RjiebaSegmenter(words)
    except ImportError:
        return JiebaSegmenter(words)


def _only(tagged: Sequence[tuple[str, str]]) -> str:
    return (len(tagged) == 1 and tagged[0][1]) or "x"


def is_jieba_han(c: str) -> bool:
    """Whether a character is one that jieba cuts; any other comes out by itself."""
    return bool(_JIEBA_HAN.match(c))


def _short_words(added: Iterable[UserWord]) -> Iterable[str]:
    """From jieba's dictionary file, which costs less than jieba itself, and those added."""
    spec = importlib.util.find_spec("jieba")
    assert spec is not None
    assert spec.origin is not None
    words = Path(spec.origin).with_name("dict.txt").read_text(encoding="utf-8").split()[::3]
    words += (word.text for word in added)
    return (word for word in words if len(word) in (2, 3))


def _piecewise(run: str, cut: Cut) -> list[str]:
    if len(run) <= LONGEST_PIECE and _JIEBA_HAN.fullmatch(run):
        return cut(run)
    words: list[str] = []
    for stretch in _stretches(run):
        words += cut(stretch)
    return words


def _stretches(run: str) -> Iterator[str]:
    """A run as jieba may be asked for it: not too long, what is no Han to it by the character."""
    for stretch in _JIEBA_HAN.split(run):
        if _JIEBA_HAN.fullmatch(stretch):
            for start in range(0, len(stretch), LONGEST_PIECE):
                yield stretch[start : start + LONGEST_PIECE]
        else:
            yield from stretch
