"""The best documents of common words, found when the index was built (champion lists).

After Manning, Raghavan and Schütze, *Introduction to Information Retrieval*, 7.1.3; here a list is
exact: scores depend on nothing but the collection, and the file `champions` is only there while
that is one segment of which nothing is gone.

    words, words_starts   a table of strings, sorted: a word, behind it those that a score counts
    totals                u32 a word, how many documents hold it
    whole                 u32 a word, how many of them as a whole word, where these are less than
                          half, else the total
    docs                  u32, the first LONGEST of each word, one word after the other
    scores                u32, theirs, in the units of `ranking.SCORE_UNITS`
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from search_app.analysis.words import Analyser, is_han
from search_app.engine.arrays import Array
from search_app.engine.base import SearchResult, Window
from search_app.engine.ranking import SCORE_UNITS
from search_app.engine.whoosh.answer.collection import Collection
from search_app.engine.whoosh.answer.evaluate import Evaluation
from search_app.engine.whoosh.answer.scoring import statistics
from search_app.engine.whoosh.store.array_file import ArrayFile, write_arrays
from search_app.engine.whoosh.store.strings import StringTable, decoded, encoded, string_table
from search_app.query.tree import Query, Ranking, Run
from search_app.text.symbols import symbols

CHAMPIONS = "champions"
# In smaller collections no word takes long.
SMALLEST = 50_000
# A word is common that so many documents hold, and one of so many.
LEAST, SHARE = 1_000, 100
LONGEST = 20
_BETWEEN = "\n"


class Champions:
    """Answers what the lists of a generation answer; empty where its folder has none."""

    def __init__(self, folder: Path, collection: Collection) -> None:
        path = folder / CHAMPIONS
        self._file = file = ArrayFile(path) if path.exists() else None
        if file is None:
            return
        self._collection, self._words = collection, StringTable(file, "words")
        self._totals, self._whole = file["totals"], file["whole"]
        self._docs, self._scores = file["docs"], file["scores"]
        size = len(self._words)
        file.check(len(self._totals) == len(self._whole) == size)
        file.check(len(self._docs) == len(self._scores) == size * LONGEST)

    def answer(self, query: Query, window: Window) -> SearchResult | None:
        """The answer to a query for one common word, as an evaluation gives it; else None."""
        run, end = query.strict, window.offset + window.limit
        if self._file is None or not isinstance(run, Run) or not _is_plain(query, run):
            return None
        if end > LONGEST or window != Window(window.offset, window.limit, in_words=window.in_words):
            return None
        word = _entry(run, query.ranking.words)
        n = bisect_left(range(len(self._words)), encoded(word), key=self._key)
        if n == len(self._words) or self._words[n] != word:
            return None
        shown = slice(n * LONGEST + window.offset, n * LONGEST + end)
        docs, total, whole = self._docs[shown], int(self._totals[n]), int(self._whole[n])
        self._file.check(int(docs.max(initial=0)) < self._collection.documents and whole <= total)
        scores = self._scores[shown] / SCORE_UNITS
        told = window.in_words and query.word is not None and 2 * whole < total
        ranked = tuple(self._collection.ranked(docs.astype(np.intp), scores))
        passed = window.offset + len(ranked)
        mark = str(passed) if ranked and passed < total else None
        in_words = whole if told else None
        return SearchResult(total, total, total, ranked, total_word=in_words, mark=mark)

    def _key(self, n: int) -> bytes:
        return encoded(self._words[n])


def write_champions(folder: Path, collection: Collection, analyser: Analyser) -> None:
    """Writes the lists of a generation of one segment, of which nothing is gone."""
    known = statistics(collection.segments)
    window = Window(limit=0, in_words=True)
    lists: list[_List] = []
    for query in _queries(collection, analyser):
        found = Evaluation(collection, known, query, window)
        assert isinstance(query.strict, Run)
        word = _entry(query.strict, query.ranking.words)
        lists.append(_List(word, found.answer(), *found.ordered()))
    lists.sort(key=lambda item: encoded(item.word))
    docs = [d for item in lists for d in item.docs[:LONGEST].tolist()]
    scores = [s for item in lists for s in item.scores[:LONGEST].tolist()]
    whole = [f.total if f.total_word is None else f.total_word for _, f, *_ in lists]
    units = np.rint(np.array(scores) * SCORE_UNITS)
    arrays = {
        **string_table("words", [item.word for item in lists]),
        "totals": np.array([item.found.total for item in lists], np.uint32),
        "whole": np.array(whole, np.uint32),
        "docs": np.array(docs, np.uint32),
        "scores": units.astype(np.uint32),
    }
    write_arrays(folder / CHAMPIONS, arrays)


class _List(NamedTuple):
    word: str
    found: SearchResult
    docs: Array
    scores: Array


def _queries(collection: Collection, analyser: Analyser) -> Iterator[Query]:
    """What is asked by each common word that is a query's one word."""
    if collection.documents < SMALLEST:
        return
    least = max(LEAST, LONGEST, collection.documents // SHARE)
    for word in _common(collection, least):
        run = Run(symbols(word))
        if len(run.symbols) > 1 and (words := _counted(run, word, analyser)):
            ranking = Ranking(words, _han_pairs(run), (run,))
            yield Query(run, run, ranking, runs_first=True, word=Run(run.symbols, whole=True))


def _counted(run: Run, word: str, analyser: Analyser) -> tuple[str, ...]:
    """The words that a score counts of a query for one word; none where it is several words."""
    if analyser.required_words(word) == [run.symbols]:
        return tuple(dict.fromkeys(analyser.ranking_words(word)))
    # As it was typed it may be one that folding changed: 显著 is 显着 here.
    return (word,) if len(run.symbols) == len(word) == 2 else ()


def _common(collection: Collection, least: int) -> Sequence[str]:
    (segment,) = collection.segments
    field = segment.words["body"]
    return [decoded(term) for term in field.terms.many((field.counts() >= least).nonzero()[0])]


def _is_plain(query: Query, run: Run) -> bool:
    """Whether a query asks for one run in any field, and counts what belongs to that."""
    plain = run.field is None and not run.whole and query.exact == run
    plain = plain and query.word in (None, Run(run.symbols, whole=True))
    return plain and query.ranking.near == (run,) and query.ranking.pairs == _han_pairs(run)


def _han_pairs(run: Run) -> tuple[tuple[str, str], ...]:
    return tuple(dict.fromkeys(p for p in pairwise(run.symbols) if all(map(is_han, p))))


def _entry(run: Run, words: Sequence[str]) -> str:
    return _BETWEEN.join(("".join(run.symbols), *words))
