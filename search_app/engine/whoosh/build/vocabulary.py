"""The terms of all runs of a build as numbers that compare as the terms' bytes do."""

import numpy as np

from search_app.engine.arrays import Array, distinct
from search_app.engine.reading.tokens import RUN
from search_app.engine.whoosh.build.batch import Runs
from search_app.engine.whoosh.build.invert import (
    first_characters,
    interleaved,
    looked_up,
    numbered,
    words_of_keys,
)
from search_app.engine.whoosh.store.array_file import ArrayFile, encoded, unpacked_strings
from search_app.engine.whoosh.store.terms import KEY, SEPARATOR, TermWriter, key_of

# Of each of a pair's two symbols: a code point, and how many runs sort before it.
NUMBER_BITS = 32


class PairVocabulary:
    """Terms of two symbols: the number of the first, and in the lower half that of the second.

    A character's number is its code point and how many runs of letters or digits sort before it,
    counted from 1; 0 is the end of a field.
    """

    def __init__(self, runs: Runs, field: str) -> None:
        self._field = field
        self._runs = _sorted_strings(runs, f"{field}.runs")
        self._numbers = numbered(self._runs)
        self._firsts = first_characters(self._runs)
        # A run stands behind its first character: the number of each run.
        self._places = self._firsts + 2 + np.arange(len(self._runs))

    def numbers(self, run: ArrayFile) -> Array:
        """The terms of a run, in its order, in which they ascend, as (terms,) int64."""
        symbols = run[f"{self._field}.symbols"].astype(np.int64)
        several = symbols >= RUN
        numbers = symbols + self._firsts.searchsorted(symbols) + 1
        places = looked_up(unpacked_strings(run[f"{self._field}.runs"]), self._numbers)
        numbers[several] = self._places[places[symbols[several] - RUN]]
        numbers = np.concatenate([np.zeros(1, np.int64), numbers])
        one = numbers[run[f"{self._field}.first"]]
        two = numbers[run[f"{self._field}.second"]]
        return one << NUMBER_BITS | two

    def put(self, writer: TermWriter, numbers: Array) -> None:
        """Writes the terms with these numbers, which ascend."""
        halves = np.concatenate([numbers >> NUMBER_BITS, numbers & ((1 << NUMBER_BITS) - 1)])
        known = distinct(halves)
        before = self._places.searchsorted(known)
        texts = list(map(chr, (known - 1 - before).clip(0).tolist()))
        is_run = self._places.searchsorted(known, "right") > before
        for n in is_run.nonzero()[0].tolist():
            texts[n] = self._runs[int(before[n])]
        if len(known) and known[0] == 0:
            texts[0] = ""
        symbols = list(map(encoded, texts))
        one, two = known.searchsorted(halves).reshape(2, -1)
        keys, length = _joined_keys(symbols, one, two)
        # Only what is longer than a key is made into bytes at all.
        long = (length > KEY).nonzero()[0]
        whole = []
        for first, second in zip(one[long].tolist(), two[long].tolist(), strict=True):
            whole.append(symbols[first] + SEPARATOR + symbols[second])
        keys[long] = np.fromiter(map(key_of, whole), np.uint64, len(whole))
        writer.append(keys, long, [term[KEY:] for term in whole])


class WordVocabulary:
    """Words: their places in one sorted list. Methods as of pairs."""

    def __init__(self, runs: Runs, field: str) -> None:
        self._field = field
        self._short = distinct(runs.joined(f"{field}.keys").astype(np.uint64))
        long = _sorted_strings(runs, f"{field}.long")
        self._long = numbered(long)
        self._short_places, self._long_places = interleaved(self._short, long)
        order = np.concatenate([self._short_places, self._long_places]).argsort()
        words = words_of_keys(self._short) + long
        self._terms = np.array(list(map(encoded, words)), object)[order]

    def numbers(self, run: ArrayFile) -> Array:
        short = self._short_places[self._short.searchsorted(run[f"{self._field}.keys"])]
        strings = unpacked_strings(run[f"{self._field}.long"])
        long = self._long_places[looked_up(strings, self._long)]
        return np.concatenate([short, long])[run[f"{self._field}.terms"]]

    def put(self, writer: TermWriter, numbers: Array) -> None:
        writer.append_bytes(self._terms[numbers].tolist())


def _sorted_strings(runs: Runs, name: str) -> list[str]:
    strings: set[str] = set()
    for run in runs:
        strings.update(unpacked_strings(run[name]))
    return sorted(strings)


# The keys of pairs of texts with the separator between, where they fit, and all lengths.
def _joined_keys(texts: list[bytes], one: Array, two: Array) -> tuple[Array, Array]:
    eight = np.uint64(8)
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    values = np.fromiter(map(key_of, texts), np.uint64, len(texts))
    values >>= (KEY - lengths).clip(0).astype(np.uint64) * eight
    length = lengths[one] + 1 + lengths[two]
    behind = lengths[two].clip(0, KEY - 1).astype(np.uint64) * eight
    keys = ((values[one] << eight | np.uint64(ord(SEPARATOR))) << behind) | values[two]
    return keys << (KEY - length).clip(0).astype(np.uint64) * eight, length
