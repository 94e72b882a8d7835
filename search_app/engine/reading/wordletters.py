"""The letters of words (see `analysis.letters`) for whole arrays of words.

Looking up each word of a text in a dictionary costs a third of cutting it: a word of up to four
characters is one number, and a table by its hash knows the letter of most that are met.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from search_app.engine.arrays import Array

# Of two words with the same slot the later one pushes the other out.
_SLOT_BITS = 20
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
# Jieba's Han are the characters from here on; counted from 1 they have 15 bits.
_BEFORE_HAN, _CHARACTER_BITS = 0x4E00 - 1, 15
_LONGEST = 4


class WordLetters:
    """Looks up the letters of jieba's words of Han: from each its code."""

    def __init__(self, letters: Mapping[str, str]) -> None:
        self._letters = letters
        self._keys = np.zeros(1 << _SLOT_BITS, np.uint64)
        self._codes = np.zeros(1 << _SLOT_BITS, np.uint8)

    def __call__(self, codes: Array, starts: Array, lengths: Array, words: Sequence[str]) -> Array:
        """A letter for each word of two characters or more, 0 for any other.

        Words begin at `starts` in the code points; `words` are their strings.
        """
        found = np.zeros(len(starts), np.uint8)
        several = (lengths > 1).nonzero()[0]
        keys = _keys(codes, starts[several], lengths[several])
        slots = keys * _FACTOR >> np.uint64(64 - _SLOT_BITS)
        found[several] = self._codes[slots]
        missed = ((self._keys[slots] != keys) | (keys == 0)).nonzero()[0]
        unknown = "".join([self._letters[words[n]] for n in several[missed].tolist()])
        letters = np.frombuffer(unknown.encode(), np.uint8)
        found[several[missed]] = letters
        self._keys[slots[missed]], self._codes[slots[missed]] = keys[missed], letters
        return found


def _keys(codes: Array, starts: Array, lengths: Array) -> Array:
    """The characters of each word as one number; 0 for a word that has too many."""
    characters = codes - _BEFORE_HAN
    last = len(codes) - 1
    keys = characters[starts] << _CHARACTER_BITS | characters[starts + 1]
    for n in range(2, _LONGEST):
        more = np.where(lengths > n, characters[np.minimum(starts + n, last)], 0)
        keys = keys << _CHARACTER_BITS | more
    return np.where(lengths > _LONGEST, 0, keys).astype(np.uint64)
