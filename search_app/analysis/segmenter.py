"""Cutting runs of Han characters into words, as jieba 0.42.1 defines it.

rjieba gives the same tokens 20 to 40 times faster and is used where it can be imported; jieba is
the definition and the fallback. Neither touches the dictionary cache that jieba shares between
users in the temporary folder: whoever can write there could choose our words.
"""

import importlib.util
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

# jieba's own idea of Han; anything beyond it comes out one character at a time, and rjieba
# disagrees there (U+9FD6 and up), so that neither is ever asked.
_JIEBA_HAN = re.compile("([\u4e00-\u9fd5]+)")
# jieba builds a graph over the whole run: 200,000 characters without punctuation took a minute.
LONGEST_PIECE = 1_000
# What is cut at once, in a row the pieces of a text.
JIEBA_PIECE = re.compile(f"[\u4e00-\u9fd5]{{1,{LONGEST_PIECE}}}")

Cut = Callable[[str], list[str]]


class UserWord(NamedTuple):
    """A word for the dictionary, as jieba takes it; without a frequency it gets what it needs."""

    text: str
    frequency: int | None = None
    tag: str = ""


class ChineseSegmenter:
    """Cuts a run of Han characters; the tokens of `words` joined are the run again."""

    # Set by those that inherit, so that no step stands between: they are asked for every word.
    _cut: Cut
    _cut_for_search: Cut
    _tagged: Callable[[str], Iterable[Iterable[str]]]
    knows: Callable[[str], object]  # whether a word stands in the dictionary

    def __init__(self, jieba: Any, added: Sequence[UserWord]) -> None:
        self._added = added
        for word in added:
            jieba.add_word(word.text, word.frequency, word.tag or None)

    def words(self, run: str) -> list[str]:
        """The precise mode: every character in exactly one word."""
        return _piecewise(run, self._cut)

    def search_words(self, run: str) -> list[str]:
        """The search mode: long words' inner words too, each before the word it stands in."""
        return _piecewise(run, self._cut_for_search)

    def cut_lines(self, lines: str) -> list[str]:
        """As `words` for lines of at most LONGEST_PIECE of jieba's Han; line ends are words too."""
        return self._cut(lines)

    def tag(self, word: str) -> str:
        """The part of speech of a word, in jieba's letters; x where it is none."""
        tags = [tag for _, tag in self._tagged(word)]
        # A word that was added without a tag has an empty one.
        if len(tags) == 1 and tags[0]:
            return tags[0]
        return "x"

    def short_words(self) -> list[str]:
        """The words of two and three characters that the search mode looks for in longer ones."""
        # From jieba's dictionary file, which costs less than jieba itself.
        spec = importlib.util.find_spec("jieba")
        assert spec is not None
        assert spec.origin is not None
        words = Path(spec.origin).with_name("dict.txt").read_text(encoding="utf-8").split()[::3]
        words += [added.text for added in self._added]
        return [word for word in words if len(word) in (2, 3)]


class RjiebaSegmenter(ChineseSegmenter):
    """jieba's tokens from its Rust counterpart, with the dictionary built in."""

    def __init__(self, added: Sequence[UserWord] = ()) -> None:
        import rjieba

        # It reads its dictionary while it is imported, an instance for one's own words once more.
        jieba = rjieba.Jieba() if added else rjieba
        super().__init__(jieba, added)
        self._cut, self._cut_for_search = jieba.cut, jieba.cut_for_search
        self._tagged, self.knows = jieba.tag, jieba.has_word


class JiebaSegmenter(ChineseSegmenter):
    """jieba itself: the definition of the tokens, and the fallback."""

    def __init__(self, added: Sequence[UserWord] = ()) -> None:
        import jieba

        jieba.setLogLevel(60)
        self._jieba = own = jieba.Tokenizer()
        # What `initialize` does, without its cache file in the shared temporary folder.
        own.FREQ, own.total = own.gen_pfdict(own.get_dict_file())
        own.initialized = True
        super().__init__(own, added)
        self._cut = own.lcut
        self._cut_for_search = own.lcut_for_search
        self.knows = own.FREQ.get

    @cached_property
    def _tagged(self) -> Any:  # type: ignore[override]
        # Only a build asks for it, and it takes a second to read.
        from jieba.posseg import POSTokenizer

        return POSTokenizer(self._jieba).lcut


def default_segmenter(added: Sequence[UserWord] = ()) -> ChineseSegmenter:
    """The fast segmenter where it is installed for this machine, else jieba; with words added."""
    try:
        return RjiebaSegmenter(added)
    except ImportError:
        return JiebaSegmenter(added)


def is_jieba_han(c: str) -> bool:
    """Whether a character is one that jieba cuts; any other comes out by itself."""
    return bool(_JIEBA_HAN.match(c))


def _piecewise(run: str, cut: Cut) -> list[str]:
    if len(run) <= LONGEST_PIECE and _JIEBA_HAN.fullmatch(run):
        return cut(run)
    words: list[str] = []
    at = 0
    for piece in JIEBA_PIECE.finditer(run):
        words += [*run[at : piece.start()], *cut(piece[0])]
        at = piece.end()
    return [*words, *run[at:]]
