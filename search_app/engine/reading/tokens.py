"""A batch of texts as arrays of symbols and search-mode words.

The same symbols and words that `text.symbols` and `analysis.words` give for one text at a time
(a test says so), for a thousand articles in one go: a loop over the symbols of an article costs
more than everything else an index is built of.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from search_app.analysis.names import NameFinder, Names
from search_app.analysis.segmenter import LONGEST_PIECE, ChineseSegmenter, is_jieba_han
from search_app.analysis.words import is_han
from search_app.engine.arrays import Array, ranges
from search_app.engine.reading.wordletters import WordLetters
from search_app.engine.short_symbols import short_symbol
from search_app.text.fold import fold, simplify

# A symbol that is no single character is written as this and its number in `runs`.
RUN = 0x110000
# What a character is, as bits: one may be several of these.
_SPACE, _LETTER, _DIGIT, _JIEBA, _WORD = 1, 2, 4, 8, 16
_LINE_END, _TAB, _BLANK, _STOP = map(ord, "\n\t .")
# In tables of code points: one that becomes several, and one that was not met yet.
_SEVERAL, _UNKNOWN = -1, -2
_CODE_POINT_BITS = 21  # of the largest code point, 0x10FFFF
# Lengths of the words that jieba's search mode looks for inside of longer ones.
_INNER_LENGTHS = (2, 3)


class Tokens(NamedTuple):
    """Symbols and words of texts, one text after the other.

    symbols (n,) intp: code points, or RUN + an index into `runs`; starts (texts + 1,) where the
    symbols of each text begin. Words are ranges of symbols, by their first symbol and their number
    of symbols; the first `cut` are the segmenter's of Han, in their order, the others in none.
    `folded` are the texts as they are compared, without anything between them; `places` (n,) says
    where in it each symbol begins. `names` are those in each text.
    """

    symbols: Array
    starts: Array
    runs: list[str]
    word_starts: Array
    word_lengths: Array
    cut: int
    folded: str
    places: Array
    names: list[Names]


class Tokenizer:
    """Makes tokens with one segmenter."""

    def __init__(self, segmenter: ChineseSegmenter) -> None:
        self._cut_lines = segmenter.cut_lines
        self._finder = NameFinder(segmenter)
        self._word_letters = WordLetters(self._finder.letters)
        self._letters = _CodePointTable(lambda c: ord(self._finder.letters[c]))
        words_of: dict[int, list[str]] = {n: [] for n in _INNER_LENGTHS}
        for word in segmenter.short_words():
            if len(word) in words_of:
                words_of[len(word)].append(word)
        self._inner = {n: _sorted_keys(words, n) for n, words in words_of.items()}

    def __call__(self, texts: Sequence[str]) -> Tokens:
        """The tokens of texts, in their order."""
        bounds = _starts_and_end(np.fromiter(map(len, texts), np.intp, len(texts)))
        simplified, bounds = _simplified(_codes_of("".join(texts)), bounds)
        codes = _MERGED(simplified)
        kinds = _KINDS(codes)
        first = np.zeros(len(codes) + 1, bool)
        first[bounds] = True
        begins, goes_on = _symbol_starts(kinds, first[:-1])
        before = _starts_and_end(begins)  # how many symbols begin before each character
        places = begins.nonzero()[0]
        folded = _string_of(codes)
        symbols, runs = _symbols_and_runs(codes, places, goes_on, folded)
        han_starts, han_lengths, cut, names = self._han_words(simplified, kinds, first, bounds)
        others = (kinds[places] & (_JIEBA | _WORD) == _WORD).nonzero()[0]
        word_starts = np.concatenate([before[han_starts], others])
        word_lengths = np.concatenate([han_lengths, np.ones(len(others), np.intp)])
        return Tokens(
            symbols, before[bounds], runs, word_starts, word_lengths, cut, folded, places, names
        )

    def _han_words(
        self, codes: Array, kinds: Array, first: Array, bounds: Array
    ) -> tuple[Array, Array, int, list[Names]]:
        """Where jieba's words begin among the characters, and their lengths; inner words last.

        Then how many are no inner ones, and the names in each text.
        """
        han = (kinds & _JIEBA).nonzero()[0]
        begins = _piece_starts(han, first)
        lines = _pieces_on_lines(codes[han], begins)
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
        letters = self._word_letters(lines, ends - lengths, lengths, words)
        letters[lengths == 1] = self._letters(marks[lengths == 1])
        names = self._names_in_texts(codes, letters, starts, lengths, bounds)
        starts, lengths = starts[~gaps], lengths[~gaps]
        all_starts, all_lengths = [starts], [lengths]
        for n, known in self._inner.items():
            inner = _inner_words(codes, starts, lengths, n, known)
            all_starts.append(inner)
            all_lengths.append(np.full(len(inner), n))
        return np.concatenate(all_starts), np.concatenate(all_lengths), len(starts), names

    def _names_in_texts(
        self, codes: Array, letters: Array, starts: Array, lengths: Array, bounds: Array
    ) -> list[Names]:
        """The names in each text, by the letters of all words and gaps."""
        text = _string_of(codes)

        def words_between(first: int, end: int) -> str:
            return text[int(starts[first]) : int(starts[end - 1] + lengths[end - 1])]

        begins = starts.searchsorted(bounds[:-1]).tolist()
        return self._finder.find(letters.tobytes().decode(), begins, words_between)


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


def _simplified(codes: Array, bounds: Array) -> tuple[Array, Array]:
    """The code points simplified, of which each may become several, or none; and the bounds."""
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


def _symbol_starts(kinds: Array, first: Array) -> tuple[Array, Array]:
    """Which characters begin a symbol, and which only go on with a run of letters or digits."""
    alike = kinds[1:] & kinds[:-1] & (_LETTER | _DIGIT)
    goes_on = np.zeros(len(kinds), bool)
    goes_on[1:] = (alike > 0) & ~first[1:]
    return (kinds & _SPACE == 0) & ~goes_on, goes_on


def _symbols_and_runs(
    codes: Array, places: Array, goes_on: Array, folded: str
) -> tuple[Array, list[str]]:
    """What each symbol is, and the runs among them, sorted."""
    symbols = codes[places].astype(np.intp)
    padded = np.concatenate([goes_on, np.zeros(1, bool)])
    several = padded[places + 1].nonzero()[0]
    # A run ends before the first character behind it that does not go on with it.
    ends = (~padded).nonzero()[0]
    starts = places[several]
    stops = ends[ends.searchsorted(starts + 1)] if len(several) else starts
    strings = []
    for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
        strings.append(short_symbol(folded[start:stop]))
    runs = sorted(set(strings))
    numbers = {run: RUN + n for n, run in enumerate(runs)}
    symbols[several] = [numbers[string] for string in strings]
    return symbols, runs


def _piece_starts(han: Array, first: Array) -> Array:
    """Which of the Han characters begin a piece that the segmenter takes as one."""
    begins = np.ones(len(han), bool)
    begins[1:] = (np.diff(han) != 1) | first[han[1:]]
    starts = begins.nonzero()[0]
    inside = np.arange(len(han)) - starts.repeat(np.diff(starts, append=len(han)))
    pieces: Array = inside % LONGEST_PIECE == 0
    return pieces


def _pieces_on_lines(codes: Array, begins: Array) -> Array:
    """The characters with a line end between two pieces."""
    shift = begins.cumsum() - 1
    lines = np.full(len(codes) + (int(shift[-1]) if len(shift) else 0), _LINE_END)
    lines[np.arange(len(codes)) + shift] = codes
    return lines


def _gap_marks(codes: Array, starts: Array, ends: Array, bounds: Array) -> Array:
    """A character for what stands between pieces, as `analysis.names` takes it."""
    blanks = _starts_and_end((codes == _BLANK) | (codes == _TAB))
    is_blank = (blanks[ends] - blanks[starts] == ends - starts) & (ends > starts)
    marks = np.where(is_blank, _BLANK, _STOP)
    one = ends - starts == 1
    marks[one] = codes[starts[one]]
    # A text begins between the end of one piece and the begin of the next one.
    marks[bounds.searchsorted(starts) < bounds.searchsorted(ends, "right")] = 0
    return marks


def _sorted_keys(words: Iterable[str], n: int) -> Array:
    """Words of n characters as sorted numbers."""
    # Not np.unique, which hashes first: eight times as long at the start of every process, and a
    # word that was added twice does no harm.
    return np.sort(_keys_of_rows(_codes_of("".join(words)).reshape(-1, n)))


def _keys_of_rows(rows: Array) -> Array:
    """Rows of up to three code points as numbers that compare as they do."""
    packed = rows[:, 0].astype(np.uint64)
    for column in rows.T[1:]:
        packed = packed << np.uint64(_CODE_POINT_BITS) | column.astype(np.uint64)
    return packed


def _inner_words(codes: Array, starts: Array, lengths: Array, n: int, known: Array) -> Array:
    """Where in longer words the dictionary's words of n characters begin (jieba's search mode)."""
    longer = lengths > n
    sizes = lengths[longer] - n + 1
    places = ranges(starts[longer], sizes)
    packed = _keys_of_rows(codes[places[:, None] + np.arange(n)])
    at = known.searchsorted(packed)
    at[at == len(known)] = 0
    return places[known[at] == packed] if len(known) else places[:0]
