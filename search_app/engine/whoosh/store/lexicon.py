"""What an index can suggest: its words, phrases, people and places, and titles by their sound.

Texts are sorted by what they fold to. A key is the first eight letters of a pinyin or of initials,
its owner the number of the text that sounds so or, from the number of texts on, of a document whose
title does.
"""

from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from search_app.analysis.pinyin import begins_to_sound, pinyin
from search_app.engine.arrays import Array, distinct
from search_app.engine.base import Completion, TextKind
from search_app.engine.whoosh.store.array_file import ArrayFile, StringTable
from search_app.engine.whoosh.store.terms import KEY, key_of
from search_app.text.fold import fold

KINDS: tuple[TextKind, ...] = ("phrase", "place", "organisation", "person")
_LAST = "\U0010ffff"  # no text goes on with a greater character


class Lexicon:
    """Reads the lexicon of a segment with so many documents."""

    def __init__(self, path: Path, documents: int) -> None:
        self._file = file = ArrayFile(path)
        self._texts = StringTable(file, "texts")
        self._size = len(self._texts)
        self._kinds, self._counts = file["kinds"], file["counts"]
        self._keys, self._owners = file["keys"], file["owners"]
        file.check(len(self._kinds) == len(self._counts) == self._size)
        file.check(len(self._keys) == len(self._owners))
        file.check(int(self._owners.max(initial=0)) < max(1, self._size + documents))

    def beginning(self, folded: str, most: int) -> Iterator[Completion]:
        """The most frequent texts that begin with a folded one."""
        numbers = range(self._size)
        first = bisect_left(numbers, folded, key=self._folded)
        end = bisect_left(numbers, folded + _LAST, lo=first, key=self._folded)
        return self._completions(np.arange(first, end), most)

    def sounding(self, letters: str, most: int) -> Iterator[Completion]:
        """The most frequent texts whose pinyin or initials begin with these letters."""
        owners = self._owners_of(letters)
        numbers = distinct(owners[owners < self._size])
        if len(letters) > KEY:
            sounding = [begins_to_sound(self._folded(n), letters) for n in numbers.tolist()]
            numbers = numbers[np.array(sounding, bool)]
        return self._completions(numbers, most)

    def titles(self, letters: str) -> Array:
        """The documents whose titles sound as these letters begin, as far as eight letters tell."""
        owners = self._owners_of(letters)
        return distinct(owners[owners >= self._size].astype(np.intp) - self._size)

    def homophones(self, sound: str) -> Iterator[Completion]:
        """The texts whose whole pinyin is this."""
        owners = self._owners_of(sound, whole=True)
        for number in distinct(owners[owners < self._size]).tolist():
            if pinyin(self._folded(number)) == sound:
                yield self._completion(number)

    def _folded(self, number: int) -> str:
        return fold(self._texts[number])

    # The owners of the keys that begin with these letters, or are these.
    def _owners_of(self, sound: str, whole: bool = False) -> Array:
        low = high = key_of(sound.encode("ascii", "replace"))
        if not whole:
            high |= (1 << 8 * max(0, KEY - len(sound))) - 1
        first = self._keys.searchsorted(np.uint64(low))
        return self._owners[first : self._keys.searchsorted(np.uint64(high), "right")]

    # The most frequent of these texts, in no order.
    def _completions(self, numbers: Array, most: int) -> Iterator[Completion]:
        if len(numbers) > most:
            numbers = numbers[np.argpartition(self._counts[numbers], -most)[-most:]]
        return map(self._completion, numbers.tolist())

    def _completion(self, number: int) -> Completion:
        kind = int(self._kinds[number])
        self._file.check(kind < len(KINDS))
        return Completion(self._texts[number], KINDS[kind], int(self._counts[number]))
