"""From the tokens of a batch to its postings, sorted by term: what a run on disk holds.

A run's terms are numbers that mean the same in every run but for the runs of letters and digits
and the long words, which are numbers into sorted lists of its own. Sorting is all there is to
inverting; NumPy orders columns of u16 by counting, which is faster than its sort of one number that
has all of them.
"""

from collections.abc import Sequence

import numpy as np

from search_app.engine.arrays import Array, narrow, ranges
from search_app.engine.reading.tokens import RUN, Tokens
from search_app.engine.whoosh.store.strings import packed_strings

Arrays = dict[str, Array]
# A word of up to three characters is a number made of them; a longer one is looked up.
SHORT = 3
CHARACTER_BITS = 21


def symbol_order(symbols: Array, runs: list[str]) -> Array:
    """Numbers that compare as the UTF-8 bytes of the symbols do: a run stands behind its first
    character, and before the next one.
    """
    order = symbols.astype(np.int64) << 32
    several = (symbols >= RUN).nonzero()[0]
    number = symbols[several] - RUN
    firsts = np.fromiter((ord(run[0]) for run in runs), np.int64, len(runs))
    order[several] = (firsts[number] << 32) + 1 + number
    return order


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


def word_keys(parts: list[Array]) -> Array:
    """Up to three code points as one number; numbers compare as the strings do."""
    first, second, third = (part.astype(np.uint64) for part in parts)
    bits = np.uint64(CHARACTER_BITS)
    return (first << bits | second) << bits | third


def words_of_keys(keys: Array) -> list[str]:
    """The strings that `word_keys` made these numbers of."""
    bits = np.uint64(CHARACTER_BITS)
    columns = [keys >> bits * np.uint64(SHORT - 1 - i) for i in range(SHORT)]
    rows = np.stack([column & np.uint64((1 << CHARACTER_BITS) - 1) for column in columns], axis=1)
    strings: list[str] = rows.astype("<u4").view(f"<U{SHORT}").ravel().tolist()
    return strings


def interleaved(keys: Array, strings: Sequence[str]) -> tuple[Array, Array]:
    """The places of short words and of longer ones where both are sorted as one list.

    A longer word stands behind the short one of its first characters and before the next.
    """
    begins = word_keys(list(np.array(strings, f"<U{SHORT}").view("<u4").reshape(-1, SHORT).T))
    places = keys.searchsorted(begins, "right") + np.arange(len(strings))
    return np.arange(len(keys)) + begins.searchsorted(keys), places


def _symbol_numbers(tokens: Tokens) -> tuple[Array, Array]:
    """The distinct symbols in their order, and for each symbol its place there from 1."""
    met = np.zeros(RUN + len(tokens.runs), bool)
    met[tokens.symbols] = True
    known = met.nonzero()[0]
    known = known[symbol_order(known, tokens.runs).argsort()]
    number = np.zeros(len(met), np.int64)
    number[known] = np.arange(1, len(known) + 1)
    return known, number


def _short_words(tokens: Tokens, short: Array, docs: Array) -> tuple[Array, Array, Array]:
    """The distinct short words as numbers, which of them each short word is, and its text."""
    known, number = _symbol_numbers(tokens)
    padded = np.concatenate([number[tokens.symbols], np.zeros(SHORT, np.int64)])
    starts, lengths = tokens.word_starts[short], tokens.word_lengths[short]
    parts = [np.where(lengths > i, padded[starts + i], 0) for i in range(SHORT)]
    order, size = sorting(docs, *reversed(parts)), len(known).bit_length()
    key, docs = _concatenated_bits(parts, size)[order], docs[order]
    terms = _changes(key)
    characters = np.concatenate([np.zeros(1, np.int64), known])
    places = [key[terms] >> (SHORT - 1 - i) * size & ((1 << size) - 1) for i in range(SHORT)]
    return word_keys([characters[place] for place in places]), terms.cumsum() - 1, docs


def _long_words(tokens: Tokens, long: Array) -> tuple[list[str], Array]:
    """The words that are no short ones, sorted, and which of them each one is."""
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
    numbers = {string: n for n, string in enumerate(strings)}
    return strings, np.array([numbers[word] for word in words], np.int64)


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


def _concatenated_bits(parts: Sequence[Array], size: int) -> Array:
    """Numbers of so many bits as one."""
    joined = parts[0]
    for part in parts[1:]:
        joined = joined << size | part
    return joined


def _changes(values: Array) -> Array:
    """Where a value differs from the one before; the first does."""
    changes = np.ones(len(values), bool)
    changes[1:] = values[1:] != values[:-1]
    return changes


def _distances(begins: Array) -> Array:
    """How many things stand from each beginning to the next."""
    return narrow(np.diff(begins.nonzero()[0], append=len(begins)))
