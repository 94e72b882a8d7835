"""The fields of the Whoosh index and what is put into them.

`head` and `body` hold search-mode words, for ranking and for other tools that open the index.
`head_pairs`, `body_pairs` and `byline_pairs` hold every pair of neighbouring symbols with its
position, for matching: a run of symbols is a phrase of pairs. Each field ends in a pair with
nothing, so that every symbol begins exactly one pair and a single symbol is a prefix.
"""

import functools
import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from whoosh.analysis.acore import Token
from whoosh.analysis.analyzers import Analyzer
from whoosh.fields import ID, TEXT, Schema

from search_app.analysis.segmenter import default_segmenter
from search_app.analysis.words import Analyser, read_stop_words
from search_app.text.symbols import symbols

SEPARATOR = "\x1f"
# A symbol may be a run of any length (a page of digits); its term is cut to its hash.
LONGEST_SYMBOL = 64


@functools.cache
def default_analyser() -> Analyser:
    """The analyser of an index that is opened without us choosing one."""
    return Analyser(default_segmenter(), read_stop_words())


class WordAnalyzer(Analyzer):
    """jieba's search-mode words as Whoosh tokens; whole articles, to their last character."""

    def __init__(self, analyser: Analyser | None = None) -> None:
        self._analyser = analyser

    def __call__(self, value: str, **wanted: Any) -> Iterator[Token]:
        analyser = self._analyser or default_analyser()
        return _tokens(analyser.search_words(value), wanted)

    def __reduce__(self) -> tuple[type, tuple[()]]:
        return WordAnalyzer, ()


class PairAnalyzer(Analyzer):
    """Every pair of neighbouring symbols as a Whoosh token."""

    def __call__(self, value: str, **wanted: Any) -> Iterator[Token]:
        return _tokens(pair_terms(symbols(value), closed=True), wanted)


def _tokens(texts: Iterator[str], wanted: dict[str, Any]) -> Iterator[Token]:
    # Whoosh passes one Token object along and lets its consumers read it at once: its own
    # tokenizers do the same, since an object a token costs more than the token.
    token = Token(positions=wanted.get("positions", False), mode=wanted.get("mode", ""))
    start = wanted.get("start_pos", 0)
    for position, text in enumerate(texts, start):
        token.text, token.pos, token.boost, token.stopped = text, position, 1.0, False
        yield token


def pair_terms(run: Sequence[str], closed: bool) -> Iterator[str]:
    """The pairs of a run as terms; a closed run's last symbol is paired with nothing."""
    short = [_short(symbol) for symbol in run]
    following = [*short[1:], ""] if closed else short[1:]
    return (a + SEPARATOR + b for a, b in zip(short, following, strict=False))


def prefix_of(symbol: str) -> str:
    """What the terms of all pairs begin with whose first symbol is this one."""
    return _short(symbol) + SEPARATOR


def _short(symbol: str) -> str:
    if len(symbol) <= LONGEST_SYMBOL:
        return symbol
    digest = hashlib.blake2b(symbol.encode(), digest_size=16).hexdigest()
    return symbol[: LONGEST_SYMBOL // 2] + digest


def article_schema(analyser: Analyser) -> Schema:
    """The schema of a new index."""
    words = TEXT(analyzer=WordAnalyzer(analyser), phrase=False)
    pairs = TEXT(analyzer=PairAnalyzer(), phrase=True)
    return Schema(
        id=ID(stored=True, unique=True),
        head=words,
        body=words,
        head_pairs=pairs,
        body_pairs=pairs,
        byline_pairs=pairs,
    )
