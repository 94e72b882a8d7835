"""What an index can suggest: its words, phrases, people and places, and titles by their sound.

<name>.lexicon has

    texts, texts_starts   a table of strings, sorted by what they fold to
    kinds                 u8 a text, a place in KINDS
    counts                u32 a text, in about how many articles it stands
    keys                  u64, sorted: the first eight letters of a pinyin or of initials, filled up
                          with zeros
    owners                u32 a key, the number of its text; or of its document, counted behind
                          the last text, whose title sounds so
"""

from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from search_app.analysis.pinyin import begins_to_sound, pinyin
from search_app.engine.arrays import Array, distinct
from search_app.engine.base import Completion, TextKind
from search_app.engine.whoosh.store.array_file import ArrayFile
from search_app.engine.whoosh.store.strings import StringTable
from search_app.engine.whoosh.store.terms import KEY, key_of
from search_app.text.fold import fold

KINDS: tuple[TextKind, ...] = ("phrase", "place", "organisation", "person")


class Lexicon:
    """Reads the lexicon of a segment with so many documents."""

    def __init__(self, path: Path, documents: int) -> None:
        self._file = file = ArrayFile(path)
        self._texts, self._kinds, self._counts = (
            StringTable(file, "texts"), file["kinds"], file["counts"],
        )  # fmt: skip
        self._keys, self._owners = file["keys"], file["owners"]
        self._size = len(self._texts)
        file.check(len(self._kinds) == len(self._counts) == self._size)
        file.check(len(self._keys) == len(self._owners))
        file.check(int(self._owners.max(initial=0)) < max(1, self._size + documents))

    def beginning(self, folded: str, most: int) -> Iterator[Completion]:
        """The most frequent texts that begin with a folded one."""
        low, high = (self._place(key) for key in (folded, folded + "\U0010ffff"))
        return self._completions(np.arange(low, high), most)

    def sounding(self, letters: str, most: int) -> Iterator[Completion]:
        """The most frequent texts whose pinyin or initials begin with these letters."""
        owners = self._sounding(letters)
        return self._completions(distinct(owners[owners < self._size]), most, letters)

    def titles(self, letters: str) -> Array:
        """The documents whose titles sound as these letters begin, as far as eight letters tell."""
        owners = self._sounding(letters)
        return distinct(owners[owners >= self._size].astype(np.intp) - self._size)

    def homophones(self, sound: str) -> Iterator[Completion]:
        """The texts whose whole pinyin is this."""
        owners = self._within(*[key_of(sound.encode("ascii", "replace"))] * 2)
        numbers = distinct(owners[owners < self._size])
        found = ((n, self._texts[n]) for n in numbers.tolist())
        return (self._completion(n) for n, text in found if pinyin(fold(text)) == sound)

    def _place(self, folded: str) -> int:
        return bisect_left(range(self._size), folded, key=lambda n: fold(self._texts[n]))

    def _sounding(self, letters: str) -> Array:
        low = key_of(letters.encode())
        return self._within(low, low | (1 << 8 * max(0, KEY - len(letters))) - 1)

    def _within(self, low: int, high: int) -> Array:
        """The owners of the keys from `low` to `high`."""
        first = self._keys.searchsorted(np.uint64(low))
        return self._owners[first : self._keys.searchsorted(np.uint64(high), "right")]

    def _completions(self, numbers: Array, most: int, letters: str = "") -> Iterator[Completion]:
        if len(letters) > KEY:  # the keys tell no more than that
            texts = ((n, fold(self._texts[n])) for n in numbers.tolist())
            numbers = np.array([n for n, t in texts if begins_to_sound(t, letters)], np.intp)
        if len(numbers) > most:
            numbers = numbers[np.argpartition(self._counts[numbers], -most)[-most:]]
        return map(self._completion, numbers.tolist())

    def _completion(self, n: int) -> Completion:
        self._file.check(self._kinds[n] < len(KINDS))
        return Completion(self._texts[n], KINDS[self._kinds[n]], int(self._counts[n]))
