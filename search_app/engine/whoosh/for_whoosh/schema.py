"""The fields as Whoosh knows them, for other tools that open an index, and for tests.

`head` and `body` hold search-mode words, `…_pairs` every pair of neighbouring symbols with its
position, so that any text is found as a phrase of pairs.
"""

import functools
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from whoosh.analysis.acore import Token
from whoosh.analysis.analyzers import Analyzer
from whoosh.fields import ID, TEXT, Schema

from search_app.analysis.segmenter import default_segmenter
from search_app.analysis.words import Analyser, read_stop_words
from search_app.engine.whoosh.store.terms import pair_term, word_term
from search_app.text.symbols import symbols


# The analyser of the index itself; made once, since it loads a dictionary.
@functools.cache
def _own_analyser() -> Analyser:
    return Analyser(default_segmenter(), read_stop_words())


class WordAnalyzer(Analyzer):
    """jieba's search-mode words as Whoosh tokens; whole articles, to their last character."""

    def __call__(self, value: str, **wanted: Any) -> Iterator[Token]:
        words = _own_analyser().search_words(value)
        return _whoosh_tokens(map(word_term, words), wanted)

    def __reduce__(self) -> tuple[type, tuple[()]]:
        return WordAnalyzer, ()


class PairAnalyzer(Analyzer):
    """Every pair of neighbouring symbols as a Whoosh token."""

    def __call__(self, value: str, **wanted: Any) -> Iterator[Token]:
        # The last symbol is paired with nothing: every symbol begins exactly one pair.
        pairs = pairwise((*symbols(value), ""))
        return _whoosh_tokens((pair_term(first, second) for first, second in pairs), wanted)


def article_schema() -> Schema:
    """The schema of every index."""
    words = TEXT(analyzer=WordAnalyzer(), phrase=False)
    pairs = TEXT(analyzer=PairAnalyzer(), phrase=True)
    ids = ID(stored=True, unique=True)
    return Schema(
        id=ids,
        head=words,
        body=words,
        head_pairs=pairs,
        body_pairs=pairs,
        byline_pairs=pairs,
    )


def _whoosh_tokens(terms: Iterable[bytes], wanted: dict[str, Any]) -> Iterator[Token]:
    # Whoosh passes one Token object along and lets its consumers read it at once: its own
    # tokenizers do the same, since an object a token costs more than the token.
    token = Token(positions=wanted.get("positions", False), mode=wanted.get("mode", ""))
    start = wanted.get("start_pos", 0)
    for position, term in enumerate(terms, start):
        token.text, token.pos = term.decode(), position
        token.boost, token.stopped = 1.0, False
        yield token
