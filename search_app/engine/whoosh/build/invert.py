"""From the tokens of a batch to its postings, sorted by term: what a run on disk holds.

A run's terms are numbers that mean the same in every run but for the runs of letters and digits
and the long words, which are numbers into sorted lists of its own. Sorting is all there is to
inverting; NumPy orders columns of u16 by counting, which is faster than its sort of one number that
has all of them.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from search_app.engine.arrays import Array, narrow, ranges
from search_app.engine.reading.tokens import RUN, Tokens
from search_app.engine.whoosh.store.array_file import packed_strings

Arrays = dict[str, Array]
# A word of up to three characters is a number made of them; a longer one is looked up.
SHORT = 3
CHARACTER_BITS = np.uint64(21)


def first_characters(strings: Sequence[str]) -> Array:
    """The code point that each string begins with, (n,) int64."""
    return np.array(strings, "<U1").view("<u4").astype(np.int64)  # one character of each is kept


def pairs(tokens: Tokens) -> Arrays:
    """The postings of every pair of neighbouring symbols; the last of a text is paired with 0.

    symbols (distinct,): the symbols of this batch in their order, of which `runs` are the strings;
    first, second (terms,): the places of a term's two symbols there, counted from 1. counts, sizes
    (terms,): how many documents and positions; docs, tfs: a posting each; then positions.
    """
    known, number = _symbol_numbers(tokens)
    first = number[tokens.symbols]
    second = np.concatenate([first[1:], np.zeros(1, np.int64)])[: len(first)]
    lengths = np.diff(tokens.starts)
    second[tokens.starts[1:][lengths > 0] - 1] = 0
    high = len(known).bit_length()
    place = sorting(second, first)
    term = (first << high | second)[place]
    docs = np.arange(len(lengths)).repeat(lengths)[place]
    terms = _changes(term)
    postings = (_changes(docs) | terms).nonzero()[0]
    begins = terms.nonzero()[0]
    return {
        "symbols": known.astype(np.uint32),
        "runs": packed_strings(tokens.runs),
        "first": narrow(term[begins] >> high),
        "second": narrow(term[begins] & ((1 << high) - 1)),
        "counts": _distances(terms[postings]),
        "sizes": _distances(terms),
        "docs": narrow(docs[postings]),
        "tfs": narrow(np.diff(postings, append=len(docs))),
        "positions": narrow(place - tokens.starts[docs]),
        "lengths": narrow(lengths),
    }


def words(tokens: Tokens) -> Arrays:
    """The postings of the words, sorted as their bytes are.

    keys: the words of up to SHORT characters, as `word_keys` makes numbers of them; long: the
    others; both sorted. terms: which of these, short ones first, each term is. counts, docs, tfs
    as in `pairs`. lengths: how many words stand in each text.
    """
    texts = np.arange(len(tokens.starts) - 1).repeat(np.diff(tokens.starts))
    docs = texts[tokens.word_starts]
    short = (tokens.word_lengths <= SHORT) & (tokens.symbols[tokens.word_starts] < RUN)
    keys, short_terms, short_docs = _short_words(tokens, short, docs[short])
    strings, found = _long_words(tokens, ~short)
    order = sorting(docs[~short], found)
    long_terms, long_docs = found[order], docs[~short][order]
    term = np.concatenate([short_terms, long_terms + len(keys)])
    doc = np.concatenate([short_docs, long_docs])
    terms = _changes(term)
    postings = (_changes(doc) | terms).nonzero()[0]
    counts = _distances(terms[postings])
    order = np.concatenate(interleaved(keys, strings)).argsort()
    moved = ranges((counts.cumsum() - counts)[order], counts[order])
    return {
        "keys": keys,
        "long": packed_strings(strings),
        "terms": narrow(order),
        "counts": counts[order],
        "docs": narrow(doc[postings][moved]),
        "tfs": narrow(np.diff(postings, append=len(doc))[moved]),
        "lengths": narrow(np.bincount(docs, minlength=len(tokens.starts) - 1)),
    }


def edges(tokens: Tokens) -> Arrays:
    """For each symbol two bits, four symbols a byte, each text from a byte on.

    The lower one says that a word of the search mode starts with the symbol, the other that one
    ends with it; what is no word (punctuation) counts as one. edge_counts: bytes of each text.
    """
    bits = np.zeros(len(tokens.symbols), np.uint8)
    bits[tokens.word_starts] |= 1
    bits[tokens.word_starts + tokens.word_lengths - 1] |= 2
    opened = np.bincount(tokens.word_starts, minlength=len(bits))
    closed = np.bincount(tokens.word_starts + tokens.word_lengths, minlength=len(bits) + 1)[:-1]
    bits[(opened - closed).cumsum() == 0] = 3
    lengths = np.diff(tokens.starts)
    counts = -(-lengths // 4)
    padded = np.zeros(4 * int(counts.sum()), np.uint8)
    padded[ranges(4 * (counts.cumsum() - counts), lengths)] = bits
    fours = padded.reshape(-1, 4) << np.array([0, 2, 4, 6], np.uint8)
    return {"edges": np.bitwise_or.reduce(fours, axis=1), "edge_counts": narrow(counts)}


def word_keys(characters: Array) -> Array:
    """Code points (3, n), zeros behind the last, as numbers that compare as the strings do."""
    first, second, third = characters.astype(np.uint64)
    keys: Array = (first << CHARACTER_BITS | second) << CHARACTER_BITS | third
    return keys


def words_of_keys(keys: Array) -> list[str]:
    """The strings that `word_keys` made these numbers of."""
    shifts = np.array([2, 1, 0], np.uint64) * CHARACTER_BITS
    characters = (keys[:, None] >> shifts) & np.uint64((1 << 21) - 1)
    strings: list[str] = characters.astype("<u4").view(f"<U{SHORT}").ravel().tolist()
    return strings


def interleaved(keys: Array, strings: Sequence[str]) -> tuple[Array, Array]:
    """The places of short words and of longer ones where both are sorted as one list.

    A longer word stands behind the short one of its first characters and before the next.
    """
    begins = word_keys(np.array(strings, f"<U{SHORT}").view("<u4").reshape(-1, SHORT).T)
    places = keys.searchsorted(begins, "right") + np.arange(len(strings))
    return np.arange(len(keys)) + begins.searchsorted(keys), places


# The distinct symbols in their order, and for each symbol its place there from 1.
def _symbol_numbers(tokens: Tokens) -> tuple[Array, Array]:
    met = np.zeros(RUN + len(tokens.runs), bool)
    met[tokens.symbols] = True
    known = met.nonzero()[0]
    # As their UTF-8 bytes are sorted: a run stands behind its first character, before the next one.
    order = known.astype(np.int64) << 32
    several = (known >= RUN).nonzero()[0]
    runs = known[several] - RUN
    order[several] = (first_characters(tokens.runs)[runs] << 32) + 1 + runs
    known = known[order.argsort()]
    number = np.zeros(len(met), np.int64)
    number[known] = np.arange(1, len(known) + 1)
    return known, number


# The distinct short words as numbers, which of them each short word is, and its text.
def _short_words(tokens: Tokens, short: Array, docs: Array) -> tuple[Array, Array, Array]:
    known, number = _symbol_numbers(tokens)
    padded = np.concatenate([number[tokens.symbols], np.zeros(SHORT, np.int64)])
    starts, lengths = tokens.word_starts[short], tokens.word_lengths[short]
    place = np.arange(SHORT)[:, None]
    parts = np.where(lengths > place, padded[starts + place], 0)
    order, size = sorting(docs, *parts[::-1]), len(known).bit_length()
    key, docs = ((parts[0] << size | parts[1]) << size | parts[2])[order], docs[order]
    terms = _changes(key)
    characters = np.concatenate([np.zeros(1, np.int64), known])
    places = key[terms] >> size * place[::-1] & ((1 << size) - 1)
    return word_keys(characters[places]), terms.cumsum() - 1, docs


# The words that are no short ones, sorted, and which of them each one is.
def _long_words(tokens: Tokens, long: Array) -> tuple[list[str], Array]:
    first = tokens.symbols[tokens.word_starts[long]]
    begins = tokens.places[tokens.word_starts[long]]
    words = []
    for symbol, begin, length in zip(
        first.tolist(), begins.tolist(), tokens.word_lengths[long].tolist(), strict=True
    ):
        if symbol >= RUN:
            words.append(tokens.runs[symbol - RUN])
        else:
            words.append(tokens.folded[begin : begin + length])
    strings = sorted(set(words))
    return strings, looked_up(words, numbered(strings))


def numbered(strings: Sequence[str]) -> dict[str, int]:
    """The place of each string in a list."""
    return {string: place for place, string in enumerate(strings)}


def looked_up(strings: Sequence[str], places: Mapping[str, int]) -> Array:
    """The places of strings, (n,) intp."""
    return np.array([places[string] for string in strings], np.intp)


def sorting(*columns: Array) -> Array:
    """The order of rows of numbers, none negative: by the last column, then by those before it.

    Rows that are alike stay in their order.
    """
    small = []
    for column in columns:
        if int(column.max(initial=0)) < 1 << 16:
            column = column.astype(np.uint16)  # NumPy sorts these by counting, others by comparing
        small.append(column)
    order: Array = np.lexsort(small)
    return order


# Where a value differs from the one before; the first does.
def _changes(values: Array) -> Array:
    changes = np.ones(len(values), bool)
    changes[1:] = values[1:] != values[:-1]
    return changes


# How many things stand from each beginning to the next.
def _distances(begins: Array) -> Array:
    return narrow(np.diff(begins.nonzero()[0], append=len(begins)))
