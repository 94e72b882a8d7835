"""What may have been meant by a query that finds next to nothing."""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import islice

from search_app.analysis.lookalikes import look_alike
from search_app.engine.base import SearchEngine, SearchResult, Window
from search_app.errors import BadQuery
from search_app.query.compile import CompiledQuery
from search_app.query.tree import Query, Run
from search_app.text.fold import fold
from search_app.text.symbols import HAN

# A query that so many articles match in full found what it asks for.
_ENOUGH_FOUND = 3
# What is offered stands, as it is, in so many times as many articles as what was typed: what is
# rare is not wrong, and an offer that is not meant is worse than none.
_TIMES_MORE = 10
# Characters. Longer than this is a sentence; of its pieces too many sound like something.
_LONGEST_DOUBTED = 16
_LONGEST_PIECE = 8
# Each candidate costs a count of its matches.
_MOST_TRIED = 10
# A word of letters is compared with others from this length on, by difflib's ratio.
_SHORTEST_LATIN, _LEAST_ALIKE = 4, 0.75
_MOST_COMPARED = 300
_QUOTATION_MARKS = re.compile('["“”「」『』＂]')
_HAN_RUN = re.compile(f"[{HAN}]{{2,}}")


def is_doubtful(q: str, result: SearchResult) -> bool:
    """Whether a query found so little that something else may have been meant."""
    if not result.total:
        return True
    if _is_sentence(q):
        return False
    return result.total_strict < _ENOUGH_FOUND or not result.total_exact


def nowhere(engine: SearchEngine, compiled: CompiledQuery) -> tuple[str, ...]:
    """The words of a query that stand in no article."""
    runs = ["".join(mark.symbols) for mark in compiled.marks if isinstance(mark, Run)]
    words = list(dict.fromkeys(runs))
    counts = engine.counts(words)
    return tuple(word for word, count in zip(words, counts, strict=True) if not count)


def did_you_mean(
    engine: SearchEngine,
    compile: Callable[[str], CompiledQuery],
    q: str,
    found: SearchResult,
    missing: Iterable[str],
    window: Window,
) -> str | None:
    """Another query that finds far more than this one `found`; None where there is none.

    Tried are: a piece that sounds the same; a character that looks alike, or nearly the same
    letters, in one of the `missing` words; no quotation marks where nothing was found with them.
    """
    narrow = replace(window, facets=(), histogram=None)
    queries: dict[str, Query] = {}
    for candidate in islice(dict.fromkeys(_candidates(engine, q, missing)), _MOST_TRIED):
        with suppress(BadQuery):
            queries[candidate] = compile(candidate).unrelaxed
    # One request for all: an engine may be far away.
    results = engine.totals(list(queries.values()), narrow)
    better = []
    for candidate, result in zip(queries, results, strict=True):
        if result.total > found.total_strict:
            better.append((result.total_exact, result.total, candidate))
    if better:
        most, _, best = max(better)
        if most > _TIMES_MORE * found.total_exact:
            return best
    bare = _QUOTATION_MARKS.sub(" ", q).strip()
    if not found.total and bare != q:
        with suppress(BadQuery):
            # Weaker matches too: without the marks there may be nothing else.
            (result,) = engine.totals([compile(bare).query], narrow)
            return bare if result.total else None
    return None


def _candidates(engine: SearchEngine, q: str, missing: Iterable[str]) -> Iterator[str]:
    """The query with one piece changed, likelier changes first."""
    folded = fold(q)
    # Where folding changes its length, a place in the folded query is none in what was typed.
    if len(folded) != len(q):
        return
    for start, end, text in _homophones(engine, q):
        yield q[:start] + text + q[end:]
    for word in missing:
        start = folded.find(word)
        if start < 0:
            continue
        others = _near_in_letters(engine, word) if word.isascii() else list(look_alike(word))
        for text, count in zip(others, engine.counts(others), strict=True):
            if count:
                yield q[:start] + text + q[start + len(word) :]


def _homophones(engine: SearchEngine, q: str) -> Iterator[tuple[int, int, str]]:
    """Pieces of a query and what sounds the same and is more frequent, long pieces first."""
    pieces = list(_han_pieces(q))
    sounding: dict[str, dict[str, int]] = {}
    for start, end in pieces:
        piece = fold(q[start:end])
        sounding[piece] = {fold(text): weight for text, _, weight in engine.homophones(piece)}
    # Words of the index come with weights; another piece is counted, if anything sounds like it.
    uncounted = [piece for piece, alike in sounding.items() if alike and piece not in alike]
    counts = dict(zip(uncounted, engine.counts(uncounted), strict=True))
    for start, end in pieces:
        piece = fold(q[start:end])
        typed_weight = sounding[piece].get(piece) or counts.get(piece, 0)
        for text, weight in sounding[piece].items():
            if text != piece and weight > typed_weight:
                yield start, end, text


def _han_pieces(q: str) -> Iterator[tuple[int, int]]:
    """Where pieces of runs of Han characters begin and end, long ones first; none of sentences."""
    if _is_sentence(q):
        return
    for size in range(_LONGEST_PIECE, 1, -1):
        for run in _HAN_RUN.finditer(q):
            for start in range(run.start(), run.end() - size + 1):
                yield start, start + size


def _is_sentence(q: str) -> bool:
    return sum(map(len, _HAN_RUN.findall(q))) > _LONGEST_DOUBTED


def _near_in_letters(engine: SearchEngine, word: str) -> list[str]:
    """Up to two words of the index with nearly these letters and the same beginning."""
    if len(word) < _SHORTEST_LATIN or not word.isalpha():
        return []
    completions = engine.completions(word[:2], _MOST_COMPARED)
    words = [completion.text for completion in completions if completion.text.isascii()]
    return difflib.get_close_matches(word, words, 2, _LEAST_ALIKE)
