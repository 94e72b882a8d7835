"""The sorted dictionary of a field: terms as bytes without zeros, numbered in their order.

Most are pairs of Han characters, seven bytes with the separator: their key, eight bytes as a number
that compares as they do, is all there is of them. `long` ones have `tails` beside it.
"""

from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np

from search_app.engine.arrays import Array, starts_of
from search_app.engine.short_symbols import short_symbol
from search_app.engine.whoosh.store.array_file import ArrayFile, ArrayWriter, encoded

KEY = 8
SEPARATOR = b"\x1f"  # white space to the symbol rule, so that no symbol holds it
# So few terms are found sooner by bisection, one by one, than in one call of NumPy.
_ONE_BY_ONE = 4


def pair_term(first: str, second: str) -> bytes:
    """The term of two neighbouring symbols; the last one of a field stands before ""."""
    return encoded(short_symbol(first)) + SEPARATOR + encoded(short_symbol(second))


@lru_cache(maxsize=4096)
def pair_terms(symbols: tuple[str, ...]) -> tuple[bytes, ...]:
    """The terms of all neighbours among these symbols; a query asks for them many times."""
    return tuple(pair_term(first, second) for first, second in pairwise(symbols))


def word_term(word: str) -> bytes:
    """The term of a word."""
    return encoded(short_symbol(word))


def pairs_of(first: str) -> bytes:
    """The prefix that the terms of all pairs with this first symbol have."""
    return pair_term(first, "")


class Terms:
    """Finds terms in the dictionary of a field."""

    def __init__(self, file: ArrayFile) -> None:
        self._file = file
        self.keys, self._long = file["keys"], file["long"]
        self._single_keys = file.scalars("keys")
        self._tail_starts, self._tails = file.scalars("tail_starts"), file["tails"]
        file.check(len(self._tail_starts) == len(self._long) + 1)

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, number: int) -> bytes:
        head = int(self.keys[number]).to_bytes(KEY, "big").rstrip(b"\0")
        at = int(self._long.searchsorted(np.uint32(number)))
        if at < len(self._long) and int(self._long[at]) == number:
            return head + self._tail(at)
        return head

    def many(self, numbers: Array) -> list[bytes]:
        """The terms with these numbers."""
        terms: list[bytes] = self.keys[numbers].astype(">u8").view(f"S{KEY}").tolist()
        if len(self._long):
            at = self._long.searchsorted(numbers.astype(np.uint32))
            is_long = self._long.take(at, mode="clip") == numbers
            for n in is_long.nonzero()[0].tolist():
                terms[n] += self._tail(int(at[n]))
        return terms

    def of_two_keys(self) -> tuple[Array, Array]:
        """The numbers of the terms of sixteen bytes, (n,) intp, and these terms, (n,) S16."""
        starts = np.asarray(self._tail_starts).astype(np.int64)
        at = np.flatnonzero(np.diff(starts) == KEY)
        self._file.check(not len(at) or int(starts.max()) <= len(self._tails))
        numbers = self._long[at].astype(np.intp)
        heads = self.keys[numbers].astype(">u8").view(np.uint8).reshape(-1, KEY)
        tails = self._tails[starts[at][:, None] + np.arange(KEY)]
        return numbers, np.hstack([heads, tails]).view(f"S{2 * KEY}").ravel()

    def find(self, terms: Sequence[bytes]) -> list[int]:
        """The number of each term, -1 for those that the field does not hold."""
        keys, wanted = self._single_keys, list(map(key_of, terms))
        if len(terms) <= _ONE_BY_ONE:
            firsts = [bisect_left(keys, key) for key in wanted]
        else:
            firsts = self.keys.searchsorted(np.array(wanted, np.uint64)).tolist()
        numbers = []
        for term, key, number in zip(terms, wanted, firsts, strict=True):
            is_there = number < len(keys) and keys[number] == key
            if is_there and len(term) >= KEY:
                number = self._bound_from(number, term)
                is_there = number < len(keys) and self[number] == term
            numbers.append(number if is_there else -1)
        return numbers

    def prefixed(self, prefix: bytes) -> tuple[int, int]:
        """The first term that begins with this, and the first behind it that does not."""
        return self.bound(prefix), self.bound(prefix[:-1] + bytes([prefix[-1] + 1]))

    def bound(self, term: bytes) -> int:
        """The number of the first term that is not less than this one."""
        return self._bound_from(int(self.keys.searchsorted(np.uint64(key_of(term)))), term)

    # As `bound`, where `place` is the first term whose key is not less.
    def _bound_from(self, place: int, term: bytes) -> int:
        if len(term) <= KEY:
            return place
        end = place + int(self.keys[place:].searchsorted(np.uint64(key_of(term)), "right"))
        first, last = self._long.searchsorted(np.array([place, end], np.uint32)).tolist()
        # Of the terms with this key at most one is no longer than the key; it stands first.
        short = end - place - (last - first)
        before: int = bisect_left(range(first, last), term[KEY:], key=self._tail)
        return int(place + short + before)

    def _tail(self, at: int) -> bytes:
        # Of the term that is number `at` of the long ones.
        start, end = self._file.span(self._tail_starts, at, len(self._tails))
        return self._tails[start:end].tobytes()


class TermWriter:
    """Writes the dictionary of a field, slab by slab, in the order of the terms."""

    def __init__(self, writer: ArrayWriter) -> None:
        self._writer, self._count = writer, 0
        self._tail_lengths: list[Array] = [np.empty(0, np.uint64)]

    def append(self, keys: Array, long: Array, tails: Sequence[bytes]) -> None:
        """Adds terms by their keys; `long` are the indices among them of those with a tail."""
        self._tail_lengths.append(np.fromiter(map(len, tails), np.uint64, len(tails)))
        self._writer.append("keys", keys)
        self._writer.append("long", (long + self._count).astype(np.uint32))
        self._writer.append("tails", np.frombuffer(b"".join(tails), np.uint8))
        self._count += len(keys)

    def append_bytes(self, terms: Sequence[bytes]) -> None:
        """Adds terms as they are."""
        keys = np.fromiter(map(key_of, terms), np.uint64, len(terms))
        long = np.flatnonzero(np.fromiter(map(len, terms), np.intp, len(terms)) > KEY)
        self.append(keys, long, [terms[i][KEY:] for i in long.tolist()])

    def close(self) -> None:
        """Writes where the tails begin."""
        self._writer.append("tail_starts", starts_of(np.concatenate(self._tail_lengths)))


def key_of(term: bytes) -> int:
    """The first eight bytes of a term as a number that compares as they do."""
    return int.from_bytes(term[:KEY].ljust(KEY, b"\0"), "big")
