"""A batch of texts as arrays of symbols and search-mode words.

The same that `text.symbols` and `analysis.words` give for one text (a test says so), in one go: a
loop over the symbols of an article costs more than everything else an index is built of.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from search_app.analysis.names import LetterTable, Names, find_names
from search_app.analysis.segmenter import LONGEST_PIECE, ChineseSegmenter, is_jieba_han
from search_app.analysis.words import is_han
from search_app.engine.arrays import Array, among, ranges
from search_app.engine.short_symbols import short_symbol
from search_app.text.fold import fold, simplify

# A symbol that is no single character is written as this and its number in `runs`.
RUN = 0x110000
# What a character is, as bits: one may be several of these.
_SPACE, _LETTER, _DIGIT, _JIEBA, _WORD = 1, 2, 4, 8, 16
_LINE_END, _TAB, _BLANK, _STOP = map(ord, "\n\t .")
# In tables of code points: one that becomes several, and one that was not met yet.
_SEVERAL, _UNKNOWN = -1, -2
# Jieba's Han are the characters from U+4E00 to U+9FD5; counted from 1 they have 15 bits, and a word
# of four is one number. The masks leave the characters of a word of so many, of longer ones none.
_BEFORE_HAN, _LAST_HAN, _HAN_BITS = 0x4E00 - 1, 0x9FD5, 15
_MASKS = np.array([0] + [(1 << 60) - (1 << 60 - 15 * n) for n in range(1, 5)] + [0])
# Lengths of the words that jieba's search mode looks for inside of longer ones.
_INNER_LENGTHS = (2, 3)
# Looking up each word of a text in a dictionary costs a third of cutting it: a table by the hash of
# a word's number knows the letter of most words that are met. Of two with one slot the later stays.
_SLOT_BITS, _FACTOR = 20, np.uint64(0x9E3779B97F4A7C15)


class Tokens(NamedTuple):
    """Symbols and words of texts, one text after the other."""

    symbols: Array  # (n,) intp: code points, or RUN + an index into `runs`
    starts: Array  # (texts + 1,): where the symbols of each text begin
    runs: list[str]
    # Words are ranges of symbols, by their first symbol and their number of symbols; the first
    # `cut` are the segmenter's of Han, in their order, the others in none.
    word_starts: Array
    word_lengths: Array
    cut: int
    folded: str  # the texts as they are compared, without anything between them
    places: Array  # (n,): where in `folded` each symbol begins
    names: list[Names]  # those in each text


class Tokenizer:
    """Makes tokens with one segmenter."""

    def __init__(self, segmenter: ChineseSegmenter) -> None:
        self._cut_lines = segmenter.cut_lines
        self._letter_table = LetterTable(segmenter)
        self._single_letters = _CodePointTable(lambda c: ord(self._letter_table[c]))
        self._slot_keys = np.zeros(1 << _SLOT_BITS, np.uint64)
        self._slot_letters = np.zeros(1 << _SLOT_BITS, np.uint8)
        self._short_words: dict[int, Array] = {}
        words = list(segmenter.short_words())
        lengths = np.fromiter(map(len, words), np.intp, len(words))
        codes, starts = _codes_of("".join(words)), lengths.cumsum() - lengths
        is_han = np.logical_and.reduceat((codes > _BEFORE_HAN) & (codes <= _LAST_HAN), starts)
        # Not np.unique, which hashes first: eight times as long at the start of every process, and
        # a word that was added twice does no harm.
        fours = _fours(codes)[starts]
        for n in _INNER_LENGTHS:
            self._short_words[n] = np.sort(fours[is_han & (lengths == n)] & _MASKS[n])

    def __call__(self, texts: Sequence[str]) -> Tokens:
        """The tokens of texts, in their order."""
        bounds = _starts_and_end(np.fromiter(map(len, texts), np.intp, len(texts)))
        simplified, bounds = _simplified(_codes_of("".join(texts)), bounds)
        codes = _MERGED(simplified)
        kinds = _KINDS(codes)
        first = np.zeros(len(codes) + 1, bool)
        first[bounds] = True
        # Which characters only go on with a run of letters or digits; none does behind the last.
        goes_on = np.zeros(len(codes) + 1, bool)
        alike = kinds[1:] & kinds[:-1] & (_LETTER | _DIGIT)
        goes_on[1:-1] = (alike > 0) & ~first[1:-1]
        begins = (kinds & _SPACE == 0) & ~goes_on[:-1]
        before = _starts_and_end(begins)  # how many symbols begin before each character
        places = begins.nonzero()[0]
        folded = _string_of(codes)
        symbols, runs = _symbols_of(codes, places, goes_on, folded)
        han_starts, han_lengths, cut, names = self._han_words(simplified, kinds, first, bounds)
        others = (kinds[places] & (_JIEBA | _WORD) == _WORD).nonzero()[0]
        word_starts = np.concatenate([before[han_starts], others])
        word_lengths = np.concatenate([han_lengths, np.ones(len(others), np.intp)])
        return Tokens(
            symbols,
            before[bounds],
            runs,
            word_starts,
            word_lengths,
            cut,
            folded,
            places,
            names,
        )

    # Starts and lengths of jieba's words, how many are no inner words, each text's names.
    def _han_words(
        self, codes: Array, kinds: Array, first: Array, bounds: Array
    ) -> tuple[Array, Array, int, list[Names]]:
        han = (kinds & _JIEBA).nonzero()[0]
        begins, lines = _pieces(codes, han, first)
        words = self._cut_lines(_string_of(lines))
        lengths = np.fromiter(map(len, words), np.intp, len(words))
        ends = lengths.cumsum()
        if int(lengths.sum()) != len(lines):
            raise ValueError("the segmenter lost characters")
        marks = lines[ends - lengths]
        gaps = marks == _LINE_END
        starts = np.empty(len(lengths), np.intp)
        starts[gaps] = han[np.roll(begins, -1)][:-1] + 1
        marks[gaps] = _gap_marks(codes, starts[gaps], han[begins][1:], bounds)
        starts[~gaps] = han[lengths[~gaps].cumsum() - lengths[~gaps]]
        fours = _fours(codes)
        letters = self._letters(fours, starts, lengths, marks, words)
        text = _string_of(codes)

        def words_between(first: int, end: int) -> str:
            return text[int(starts[first]) : int(starts[end - 1] + lengths[end - 1])]

        texts = starts.searchsorted(bounds[:-1]).tolist()
        names = find_names(letters.tobytes().decode(), texts, words_between)
        return *self._with_inner(fours, starts[~gaps], lengths[~gaps]), names

    # The letter of each word (see `analysis.letters`) and of what each gap is marked with.
    def _letters(
        self,
        fours: Array,
        starts: Array,
        lengths: Array,
        marks: Array,
        words: Sequence[str],
    ) -> Array:
        letters = np.empty(len(words), np.uint8)
        single, several = (lengths == 1).nonzero()[0], (lengths > 1).nonzero()[0]
        letters[single] = self._single_letters(marks[single])
        keys = fours[starts[several]] & _MASKS[np.minimum(lengths[several], 5)]
        keys = keys.view(np.uint64)
        slots = keys * _FACTOR >> np.uint64(64 - _SLOT_BITS)
        letters[several] = self._slot_letters[slots]
        missed = ((self._slot_keys[slots] != keys) | (keys == 0)).nonzero()[0]
        unknown = [self._letter_table[words[n]] for n in several[missed].tolist()]
        found = np.frombuffer("".join(unknown).encode(), np.uint8)
        letters[several[missed]] = found
        self._slot_keys[slots[missed]] = keys[missed]
        self._slot_letters[slots[missed]] = found
        return letters

    # Words, then those that jieba's search mode finds in longer ones; how many are none.
    def _with_inner(self, fours: Array, starts: Array, lengths: Array) -> tuple[Array, Array, int]:
        all_starts, all_lengths = [starts], [lengths]
        for n in _INNER_LENGTHS:
            longer = lengths > n
            places = ranges(starts[longer], lengths[longer] - n + 1)
            inner = places[among(fours[places] & _MASKS[n], self._short_words[n])]
            all_starts.append(inner)
            all_lengths.append(np.full(len(inner), n))
        return np.concatenate(all_starts), np.concatenate(all_lengths), len(starts)


class _CodePointTable:
    """A function of code points as an array, filled in as they are met."""

    def __init__(self, function: Callable[[str], int]) -> None:
        self._function = function
        self._values = np.full(RUN, _UNKNOWN, np.int32)

    def __call__(self, codes: Array) -> Array:
        values = self._values[codes]
        if (values == _UNKNOWN).any():
            for code in np.unique(codes[values == _UNKNOWN]).tolist():
                self._values[code] = self._function(chr(code))
            values = self._values[codes]
        return values


def _one_simplified(c: str) -> int:
    made = simplify(c)
    return ord(made) if len(made) == 1 else _SEVERAL


def _kinds_of(c: str) -> int:
    kinds = 0
    if c.isspace():
        kinds |= _SPACE
    if "a" <= c <= "z":
        kinds |= _LETTER
    if "0" <= c <= "9":
        kinds |= _DIGIT
    if is_jieba_han(c):
        kinds |= _JIEBA
    if c.isalnum() or is_han(c):
        kinds |= _WORD
    return kinds


_SIMPLIFIED = _CodePointTable(_one_simplified)
_MERGED = _CodePointTable(lambda c: ord(fold(c)))  # of characters that were simplified before
_KINDS = _CodePointTable(_kinds_of)


def _codes_of(text: str) -> Array:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.intp)


def _string_of(codes: Array) -> str:
    return codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


def _starts_and_end(lengths: Array) -> Array:
    return np.concatenate([np.zeros(1, np.intp), lengths.cumsum()])


# The code points simplified, of which each may become several, or none; and the bounds.
def _simplified(codes: Array, bounds: Array) -> tuple[Array, Array]:
    simplified = _SIMPLIFIED(codes)
    odd = (simplified == _SEVERAL).nonzero()[0]
    if not len(odd):
        return simplified, bounds
    replacements = [simplify(chr(code)) for code in codes[odd].tolist()]
    lengths = np.ones(len(codes), np.intp)
    lengths[odd] = list(map(len, replacements))
    simplified = simplified.repeat(lengths)
    simplified[simplified == _SEVERAL] = _codes_of("".join(replacements))
    return simplified, _starts_and_end(lengths)[bounds]


# What each symbol is, and the runs among them, sorted.
def _symbols_of(codes: Array, places: Array, goes_on: Array, text: str) -> tuple[Array, list[str]]:
    symbols = codes[places].astype(np.intp)
    several = goes_on[places + 1].nonzero()[0]
    starts = places[several]
    # A run ends before the first character behind it that does not go on with it.
    ends = (~goes_on).nonzero()[0]
    stops = ends[ends.searchsorted(starts + 1)]
    strings = []
    for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
        strings.append(short_symbol(text[start:stop]))
    runs = sorted(set(strings))
    numbers = {run: RUN + n for n, run in enumerate(runs)}
    symbols[several] = [numbers[string] for string in strings]
    return symbols, runs


# Which Han begin a piece that the segmenter takes as one; the pieces, each on its line.
def _pieces(codes: Array, han: Array, first: Array) -> tuple[Array, Array]:
    begins = np.ones(len(han), bool)
    begins[1:] = (np.diff(han) != 1) | first[han[1:]]
    starts = begins.nonzero()[0]
    inside = np.arange(len(han)) - starts.repeat(np.diff(starts, append=len(han)))
    begins = inside % LONGEST_PIECE == 0
    lines = np.full(len(han) + int(begins[1:].sum()), _LINE_END)
    lines[np.arange(len(han)) + begins.cumsum() - 1] = codes[han]
    return begins, lines


# A character for what stands between pieces, as `analysis.names` takes it.
def _gap_marks(codes: Array, starts: Array, ends: Array, bounds: Array) -> Array:
    blanks = _starts_and_end((codes == _BLANK) | (codes == _TAB))
    is_blank = (blanks[ends] - blanks[starts] == ends - starts) & (ends > starts)
    marks = np.where(is_blank, _BLANK, _STOP)
    one = ends - starts == 1
    marks[one] = codes[starts[one]]
    # A text begins between the end of one piece and the begin of the next one.
    marks[bounds.searchsorted(starts) < bounds.searchsorted(ends, "right")] = 0
    return marks


# Each character of Han and the three behind it as one number, (len(codes),) int64.
def _fours(codes: Array) -> Array:
    characters = np.zeros(len(codes) + 3, np.int64)
    characters[:-3] = (codes - _BEFORE_HAN) & ((1 << _HAN_BITS) - 1)
    fours = characters[:-3]
    for n in range(1, 4):
        fours = fours << _HAN_BITS | characters[n : n + len(codes)]
    return fours
