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
_SPACE, _LETTER, _DIGIT, _JIEBA, _WORD = 1, 2, 4, 8, 16
_LINE_END, _TAB, _BLANK, _STOP = map(ord, "\n\t .")
_SEVERAL, _UNKNOWN = -1, -2


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
        self._letters = _Table(lambda c: ord(self._finder.letters[c]))
        words = list(segmenter.short_words())
        self._inner = [(n, _keys([word for word in words if len(word) == n], n)) for n in (2, 3)]

    def __call__(self, texts: Sequence[str]) -> Tokens:
        """The tokens of texts, in their order."""
        bounds = _bounds(np.fromiter(map(len, texts), np.intp, len(texts)))
        simplified, bounds = _simplified(_codes("".join(texts)), bounds)
        codes = _MERGED(simplified)
        kinds = _KINDS(codes)
        first = np.zeros(len(codes) + 1, bool)
        first[bounds] = True
        begins, goes_on = _symbol_starts(kinds, first[:-1])
        before = _bounds(begins)  # how many symbols begin before each character
        places = begins.nonzero()[0]
        folded = _text(codes)
        symbols, runs = _symbols(codes, places, goes_on, folded)
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
        begins = _run_starts(han, first)
        lines = _lines(codes[han], begins)
        words = self._cut_lines(_text(lines))
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
        names = self._names(codes, letters, starts, lengths, bounds)
        starts, lengths = starts[~gaps], lengths[~gaps]
        inner = [_inner(codes, starts, lengths, n, known) for n, known in self._inner]
        counts = [np.full(len(i), n) for i, (n, _) in zip(inner, self._inner, strict=True)]
        lengths = np.concatenate([lengths, *counts])
        return np.concatenate([starts, *inner]), lengths, len(starts), names

    def _names(
        self, codes: Array, letters: Array, starts: Array, lengths: Array, bounds: Array
    ) -> list[Names]:
        """The names in each text, by the letters of all words and gaps."""
        text = _text(codes)

        def piece(first: int, end: int) -> str:
            return text[int(starts[first]) : int(starts[end - 1] + lengths[end - 1])]

        begins = starts.searchsorted(bounds[:-1]).tolist()
        return self._finder.find(letters.tobytes().decode(), begins, piece)


class _Table:
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


def _kind(c: str) -> int:
    return (
        _SPACE * c.isspace()
        | _LETTER * ("a" <= c <= "z")
        | _DIGIT * ("0" <= c <= "9")
        | _JIEBA * is_jieba_han(c)
        | _WORD * (c.isalnum() or is_han(c))
    )


_SIMPLIFIED = _Table(_one_simplified)
_MERGED = _Table(lambda c: ord(fold(c)))  # of characters that were simplified before
_KINDS = _Table(_kind)


def _codes(text: str) -> Array:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.intp)


def _text(codes: Array) -> str:
    return codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


def _bounds(lengths: Array) -> Array:
    return np.concatenate([np.zeros(1, np.intp), lengths.cumsum()])


def _simplified(codes: Array, bounds: Array) -> tuple[Array, Array]:
    """The code points simplified, of which each may become several, or none; and the bounds."""
    simplified = _SIMPLIFIED(codes)
    odd = (simplified == _SEVERAL).nonzero()[0]
    if not len(odd):
        return simplified, bounds
    pieces = [simplify(chr(code)) for code in codes[odd].tolist()]
    lengths = np.ones(len(codes), np.intp)
    lengths[odd] = [len(piece) for piece in pieces]
    simplified = simplified.repeat(lengths)
    simplified[simplified == _SEVERAL] = [ord(c) for piece in pieces for c in piece]
    return simplified, _bounds(lengths)[bounds]


def _symbol_starts(kinds: Array, first: Array) -> tuple[Array, Array]:
    """Which characters begin a symbol, and which only go on with a run of letters or digits."""
    alike = kinds[1:] & kinds[:-1] & (_LETTER | _DIGIT)
    goes_on = np.zeros(len(kinds), bool)
    goes_on[1:] = (alike > 0) & ~first[1:]
    return (kinds & _SPACE == 0) & ~goes_on, goes_on


def _symbols(codes: Array, places: Array, goes_on: Array, folded: str) -> tuple[Array, list[str]]:
    """What each symbol is, and the runs among them, sorted."""
    symbols = codes[places].astype(np.intp)
    padded = np.concatenate([goes_on, np.zeros(1, bool)])
    several = padded[places + 1].nonzero()[0]
    # A run ends before the first character behind it that does not go on with it.
    ends = (~padded).nonzero()[0]
    starts = places[several]
    stops = ends[ends.searchsorted(starts + 1)] if len(several) else starts
    found = [
        short_symbol(folded[a:b]) for a, b in zip(starts.tolist(), stops.tolist(), strict=True)
    ]
    runs = sorted(set(found))
    numbers = {run: RUN + n for n, run in enumerate(runs)}
    symbols[several] = [numbers[run] for run in found]
    return symbols, runs


def _run_starts(han: Array, first: Array) -> Array:
    """Which of the Han characters begin a piece that the segmenter takes as one."""
    begins = np.ones(len(han), bool)
    begins[1:] = (np.diff(han) != 1) | first[han[1:]]
    starts = begins.nonzero()[0]
    inside = np.arange(len(han)) - starts.repeat(np.diff(starts, append=len(han)))
    pieces: Array = inside % LONGEST_PIECE == 0
    return pieces


def _lines(codes: Array, begins: Array) -> Array:
    """The characters with a line end between two pieces."""
    shift = begins.cumsum() - 1
    lines = np.full(len(codes) + (int(shift[-1]) if len(shift) else 0), _LINE_END)
    lines[np.arange(len(codes)) + shift] = codes
    return lines


def _gap_marks(codes: Array, starts: Array, ends: Array, bounds: Array) -> Array:
    """A character for what stands between pieces, as `analysis.names` takes it."""
    blanks = _bounds((codes == _BLANK) | (codes == _TAB))
    is_blank = (blanks[ends] - blanks[starts] == ends - starts) & (ends > starts)
    marks = np.where(is_blank, _BLANK, _STOP)
    one = ends - starts == 1
    marks[one] = codes[starts[one]]
    # A text begins between the end of one piece and the begin of the next one.
    marks[bounds.searchsorted(starts) < bounds.searchsorted(ends, "right")] = 0
    return marks


def _keys(words: Iterable[str], n: int) -> Array:
    """Words of n characters as sorted numbers."""
    return np.unique(_packed(_codes("".join(words)).reshape(-1, n)))


def _packed(rows: Array) -> Array:
    """Rows of up to three code points as numbers that compare as they do."""
    packed = rows[:, 0].astype(np.uint64)
    for column in rows.T[1:]:
        packed = packed << np.uint64(21) | column.astype(np.uint64)
    return packed


def _inner(codes: Array, starts: Array, lengths: Array, n: int, known: Array) -> Array:
    """Where in longer words the dictionary's words of n characters begin (jieba's search mode)."""
    longer = lengths > n
    sizes = lengths[longer] - n + 1
    places = ranges(starts[longer], sizes)
    packed = _packed(codes[places[:, None] + np.arange(n)])
    at = known.searchsorted(packed)
    at[at == len(known)] = 0
    return places[known[at] == packed] if len(known) else places[:0]
