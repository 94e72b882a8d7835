"""What may have been meant by a query that finds next to nothing."""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from search_app.analysis.lookalikes import look_alike
from search_app.engine.base import SearchEngine, SearchResult, Window
from search_app.errors import BadQuery, QueryTooCostly
from search_app.query.compile import Compiled
from search_app.query.tree import Run
from search_app.service.suggest import count
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


def nowhere(engine: SearchEngine, compiled: Compiled) -> tuple[str, ...]:
    """The words of a query that stand in no article."""
    words = dict.fromkeys("".join(m.symbols) for m in compiled.marks if isinstance(m, Run))
    return tuple(word for word in words if not count(engine, word))


def did_you_mean(
    engine: SearchEngine,
    compile: Callable[[str], Compiled],
    q: str,
    found: SearchResult,
    missing: Iterable[str],
    window: Window,
) -> str | None:
    """Another query that finds far more than this one `found`; None where there is none.

    Tried are: a piece that sounds the same; a character that looks alike, or nearly the same
    letters, in one of the `missing` words; no quotation marks where nothing was found with them.
    """
    narrow = replace(window, offset=0, limit=0, facets=(), histogram=False)

    def ask(query: str, relaxed: bool = False) -> SearchResult:
        try:
            compiled = compile(query)
            return engine.search(compiled.query if relaxed else compiled.unrelaxed, narrow)
        except (BadQuery, QueryTooCostly):  # no query to offer
            return SearchResult(0, 0, 0, ())

    # Where folding changes its length, pieces of a query cannot be told apart.
    others = dict.fromkeys(_candidates(engine, q, missing) if len(fold(q)) == len(q) else ())
    tried = [(ask(other), other) for other, _ in zip(others, range(_MOST_TRIED), strict=False)]
    better = [(f.total_exact, f.total, other) for f, other in tried if f.total > found.total_strict]
    most, _, best = max(better, default=(0, 0, None))
    if most > _TIMES * found.total_exact:
        return best
    bare = _MARKS.sub(" ", q).strip()
    return bare if not found.total and bare != q and ask(bare, relaxed=True).total else None


def _candidates(engine: SearchEngine, q: str, missing: Iterable[str]) -> Iterator[str]:
    for start, end, text in _homophones(engine, q):
        yield q[:start] + text + q[end:]
    for word in missing:
        others = _close(engine, word) if word.isascii() else look_alike(word)
        start, end = (at := fold(q).find(word)), at + len(word)
        if at >= 0:
            yield from (q[:start] + text + q[end:] for text in others if count(engine, text))


def _homophones(engine: SearchEngine, q: str) -> Iterator[tuple[int, int, str]]:
    """Pieces of a query and what sounds the same and is more frequent, long pieces first."""
    runs = list(_HAN_RUN.finditer(q))
    if sum(len(run[0]) for run in runs) > _LONGEST:
        return
    pieces = (
        (start, start + size)
        for size in range(_PIECE, 1, -1)
        for run in runs
        for start in range(run.start(), run.end() - size + 1)
    )
    for start, end in pieces:
        piece = fold(q[start:end])
        found = {fold(text): weight for text, _, weight in engine.homophones(piece)}
        known = found.pop(piece, 0) or (count(engine, piece) if found else 0)
        yield from ((start, end, text) for text, n in found.items() if n > known)


def _close(engine: SearchEngine, word: str) -> list[str]:
    """Words of the index with nearly these letters."""
    if len(word) < _LATIN or not word.isalpha():
        return []
    begun = (c.text for c in engine.completions(word[:2], 300) if c.text.isascii())
    return difflib.get_close_matches(word, begun, 2, _ALIKE)
