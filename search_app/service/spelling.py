"""What may have been meant by a query that finds next to nothing."""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice

from search_app.analysis.lookalikes import look_alike
from search_app.engine.base import SearchEngine, SearchResult, Window
from search_app.errors import BadQuery
from search_app.query.compile import CompiledQuery
from search_app.query.tree import Run
from search_app.text.fold import fold
from search_app.text.symbols import HAN

# A query that so many articles match in full found what it asks for.
_FEW = 3
# What is offered stands, as it is, in so many times as many articles as what was typed.
_TIMES = 10
# Longer than this is a sentence; of its pieces too many sound like something.
_LONGEST = 16
_PIECE, _MOST_TRIED = 8, 10
_LATIN, _ALIKE = 4, 0.75
_MARKS = re.compile('["“”「」『』＂]')
_HAN_RUN = re.compile(f"[{HAN}]{{2,}}")


def is_doubtful(q: str, found: SearchResult) -> bool:
    """Whether a query found so little that something else may have been meant."""
    short = sum(map(len, _HAN_RUN.findall(q))) <= _LONGEST
    return not found.total or (short and (found.total_strict < _FEW or not found.total_exact))


def nowhere(engine: SearchEngine, compiled: CompiledQuery) -> tuple[str, ...]:
    """The words of a query that stand in no article."""
    runs = (mark for mark in compiled.marks if isinstance(mark, Run))
    words = list(dict.fromkeys("".join(run.symbols) for run in runs))
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
    # Where folding changes its length, pieces of a query cannot be told apart.
    candidates = _candidates(engine, q, missing) if len(fold(q)) == len(q) else ()
    others: dict[str, CompiledQuery] = {}
    for other in islice(dict.fromkeys(candidates), _MOST_TRIED):
        try:
            others[other] = compile(other)
        except BadQuery:
            continue
    results = engine.totals([compiled.unrelaxed for compiled in others.values()], narrow)
    better = []
    for other, result in zip(others, results, strict=True):
        if result.total > found.total_strict:
            better.append((result.total_exact, result.total, other))
    most, _, best = max(better, default=(0, 0, None))
    if most > _TIMES * found.total_exact:
        return best
    bare = _MARKS.sub(" ", q).strip()
    if found.total or bare == q:
        return None
    return bare if _finds_anything(engine, compile, bare, narrow) else None


def _finds_anything(
    engine: SearchEngine, compile: Callable[[str], CompiledQuery], q: str, window: Window
) -> bool:
    """Whether another query has matches, weaker ones too."""
    try:
        query = compile(q).query
    except BadQuery:
        return False
    (result,) = engine.totals([query], window)
    return result.total > 0


def _candidates(engine: SearchEngine, q: str, missing: Iterable[str]) -> Iterator[str]:
    for start, end, text in _homophones(engine, q):
        yield q[:start] + text + q[end:]
    for word in missing:
        start = fold(q).find(word)
        if start >= 0:
            others = _close(engine, word) if word.isascii() else list(look_alike(word))
            for text, count in zip(others, engine.counts(others), strict=True):
                if count:
                    yield q[:start] + text + q[start + len(word) :]


def _homophones(engine: SearchEngine, q: str) -> Iterator[tuple[int, int, str]]:
    """Pieces of a query and what sounds the same and is more frequent, long pieces first."""
    sounding: dict[str, dict[str, int]] = {}
    for start, end in _han_pieces(q):
        piece = fold(q[start:end])
        sounding[piece] = {fold(text): weight for text, _, weight in engine.homophones(piece)}
    # The engine's words have weights; what is none is counted, where something sounds like it.
    uncounted = [piece for piece, alike in sounding.items() if alike and piece not in alike]
    counts = dict(zip(uncounted, engine.counts(uncounted), strict=True))
    for start, end in _han_pieces(q):
        piece = fold(q[start:end])
        typed_weight = sounding[piece].get(piece) or counts.get(piece, 0)
        for text, weight in sounding[piece].items():
            if text != piece and weight > typed_weight:
                yield start, end, text


def _han_pieces(q: str) -> Iterator[tuple[int, int]]:
    """Where pieces of runs of Han characters begin and end, long ones first; none of sentences."""
    runs = list(_HAN_RUN.finditer(q))
    if sum(len(run[0]) for run in runs) > _LONGEST:
        return
    for size in range(_PIECE, 1, -1):
        for run in runs:
            for start in range(run.start(), run.end() - size + 1):
                yield start, start + size


def _close(engine: SearchEngine, word: str) -> list[str]:
    """Words of the index with nearly these letters."""
    if len(word) < _LATIN or not word.isalpha():
        return []
    begun = [c.text for c in engine.completions(word[:2], 300) if c.text.isascii()]
    return difflib.get_close_matches(word, begun, 2, _ALIKE)
