"""What may be meant: by a query that finds next to nothing, or by what was typed so far.

That is another query, or texts and titles of the index, by characters or by sound.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import islice, pairwise

from search_app.analysis.lookalikes import look_alike
from search_app.analysis.pinyin import letters_of
from search_app.engine.base import SearchEngine, SearchResult, Window
from search_app.errors import BadQuery
from search_app.model import Suggestion
from search_app.query.compile import CompiledQuery
from search_app.query.tree import Query, Ranking, Run
from search_app.text.fold import fold
from search_app.text.symbols import HAN, symbols

MOST = 10
MOST_TITLES = 4
# More are asked for than are shown: a completion that only deleted articles hold is dropped.
_ASKED = 2 * MOST
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


def suggest(engine: SearchEngine, typed: str) -> list[Suggestion]:
    """Up to ten texts and titles that go on from what was typed, frequent ones first.

    Every one leads to an article that may be found, and says to how many.
    """
    begun, space, last = typed.strip().rpartition(" ")
    titles = _titles(engine, last)
    completions = engine.completions(last, _ASKED)
    # The weights of completions are only about right, so all are counted, in one request.
    counts = engine.counts([*titles, *(c.text for c in completions)])
    suggestions = []
    for completion, count in zip(completions, counts[len(titles) :], strict=True):
        if count:
            suggestions.append(Suggestion(begun + space + completion.text, completion.kind, count))
    suggestions.sort(key=lambda s: (-s.count, s.text))
    del suggestions[MOST - len(titles) :]
    for title, count in zip(titles, counts, strict=False):
        # A title that stands in no head as it is printed still leads to its own article.
        suggestions.append(Suggestion(begun + space + title, "title", max(1, count)))
    return suggestions


# Titles that hold what was typed, then those that begin to sound so; each once.
def _titles(engine: SearchEngine, typed: str) -> list[str]:
    ids: list[str] = []
    if run := symbols(typed):
        query = Query.of(Run(run, "head"), Ranking(pairs=tuple(pairwise(run))))
        ids += [ranked.id for ranked in engine.search(query, Window(limit=MOST_TITLES)).ranked]
    if letters := letters_of(typed):
        ids += engine.titles_sounding(letters, MOST_TITLES)
    titles = [a.title for a in engine.articles(ids, 0) if not a.title_is_derived]
    return list(dict.fromkeys(titles))[:MOST_TITLES]


def is_doubtful(q: str, result: SearchResult) -> bool:
    """Whether a query found so little that something else may have been meant."""
    if not result.total:
        return True
    if _is_sentence(q):
        return False
    return result.total_strict < _ENOUGH_FOUND or not result.total_exact


def nowhere(engine: SearchEngine, compiled: CompiledQuery) -> tuple[str, ...]:
    """The words of a query that stand in no article; of those that were typed, not of others."""
    runs = ["".join(mark.symbols) for mark in compiled.marks if isinstance(mark, Run)]
    words = [word for word in dict.fromkeys(runs) if word in compiled.words]
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
    narrow = replace(window, facets=(), histogram=None, spent=found.cost)
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
            if result.total:
                return bare
    return None


# The query with one piece changed, likelier changes first.
def _candidates(engine: SearchEngine, q: str, missing: Iterable[str]) -> Iterator[str]:
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
        others = list(look_alike(word))
        if word.isalpha() and word.isascii() and len(word) >= _SHORTEST_LATIN:
            completions = engine.completions(word[:2], _MOST_COMPARED)
            words = [completion.text for completion in completions if completion.text.isascii()]
            others = difflib.get_close_matches(word, words, 2, _LEAST_ALIKE)
        for text, count in zip(others, engine.counts(others), strict=True):
            if count:
                yield q[:start] + text + q[start + len(word) :]


# Pieces of a query and what sounds the same and is more frequent, long pieces first.
def _homophones(engine: SearchEngine, q: str) -> Iterator[tuple[int, int, str]]:
    if _is_sentence(q):
        return
    pieces = []
    for size in range(_LONGEST_PIECE, 1, -1):
        for run in _HAN_RUN.finditer(q):
            for start in range(run.start(), run.end() - size + 1):
                pieces.append((start, start + size, fold(q[start : start + size])))
    sounding: dict[str, dict[str, int]] = {}
    for _, _, piece in pieces:
        sounding[piece] = {fold(text): weight for text, _, weight in engine.homophones(piece)}
    # Words of the index come with weights; another piece is counted, if anything sounds like it.
    uncounted = [piece for piece, alike in sounding.items() if alike and piece not in alike]
    counts = dict(zip(uncounted, engine.counts(uncounted), strict=True))
    for start, end, piece in pieces:
        typed_weight = sounding[piece].get(piece) or counts.get(piece, 0)
        for text, weight in sounding[piece].items():
            if text != piece and weight > typed_weight:
                yield start, end, text


def _is_sentence(q: str) -> bool:
    return sum(map(len, _HAN_RUN.findall(q))) > _LONGEST_DOUBTED
