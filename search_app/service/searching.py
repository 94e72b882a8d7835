"""A page of results for a query, with what may have been meant where it finds next to nothing."""

import re
import time
from collections.abc import Sequence
from functools import partial

from search_app.engine.base import SearchEngine, SearchIndex, SearchResult, Window
from search_app.errors import BadQuery, SearchAppError
from search_app.filters import FIELDS
from search_app.model import (
    FacetValue,
    FilterName,
    Month,
    QueryEcho,
    SearchPage,
    SearchRequest,
    common_fields,
)
from search_app.query.compile import CompiledQuery, QueryCompiler
from search_app.query.tree import And, Query
from search_app.service.reading import hits_of
from search_app.service.suggesting import did_you_mean, is_doubtful, nowhere

# Where to go on: the mark of an engine, and the generation. That never changes, so that a walk,
# which begins with *, meets every article once, whatever is published meanwhile.
_CURSOR = re.compile(r"([0-9A-Za-z_]{1,2000})\.([0-9]{6,20}-[0-9]{8}T[0-9]{6}Z)")


def search(index: SearchIndex, compiler: QueryCompiler, request: SearchRequest) -> SearchPage:
    """One page of results, from the generation that the request's cursor names or the live one.

    The query is cut with the dictionaries of that generation. Raises BadQuery, NoIndex,
    DamagedIndex, CursorExpired, Unavailable or QueryTooCostly.
    """
    started = time.perf_counter()
    mark, generation = _place_of(request.cursor)
    try:
        engine = index.kept(generation) if generation else index.live()
    except SearchAppError:
        # A query that means nothing is the first fault to name, whatever the index is like.
        compiler.compile(request.q, request.match)
        raise
    compiler = compiler.using(engine.dictionaries)
    compiled = compiler.compile(request.q, request.match)
    window = window_of(request, mark)
    result = engine.search(compiled.relaxed_if(request.relax), window)
    took = (time.perf_counter() - started) * 1000
    facets = {}
    for name, (_, counts) in zip(request.facets, result.facets, strict=True):
        facets[name] = tuple(FacetValue(value, count) for value, count in counts)
    page = common_fields(result, SearchPage)
    page["facets"] = facets
    page["histogram"] = tuple(Month(month, count) for month, count in result.histogram)
    if result.mark is not None:
        page["next"] = f"{result.mark}.{engine.generation}"
    marks = (*compiled.marks, *result.stand_ins)
    return SearchPage(
        query=_echo(engine, compiler, request, compiled, result, window),
        hits=hits_of(engine, result.ranked, marks, compiler.edges),
        page=request.page, per_page=request.per_page, took_ms=round(took, 1),
        generation=engine.generation, total_strict_collapsed=result.strict_collapsed, **page,
    )  # fmt: skip


def holdings(engine: SearchEngine, names: Sequence[FilterName]) -> list[Sequence[FacetValue]]:
    """The values of some filters in all articles, the most frequent first, with their counts."""
    window = Window(limit=1, facets=tuple(FIELDS[name] for name in names), facet_limit=200)
    counted = engine.search(Query.of(And(())), window).facets
    return [[FacetValue(value, count) for value, count in counts] for _, counts in counted]


# The mark and the generation that a cursor names, if any; BadQuery for what is no cursor.
def _place_of(cursor: str | None) -> tuple[str | None, str | None]:
    if cursor in (None, "*"):
        return None, None
    # Whether a mark is one, its engine knows.
    if match := _CURSOR.fullmatch(cursor):
        return match[1], match[2]
    raise BadQuery("is no cursor: begin with * and go on with what `next` gives", "cursor")


def window_of(request: SearchRequest, mark: str | None = None) -> Window:
    """What a request asks of an engine; with a mark it goes on there, in place of a page."""
    asked = common_fields(request, Window)
    asked["filters"] = tuple((FIELDS[name], values) for name, values in request.filters)
    asked["facets"] = tuple(FIELDS[name] for name in request.facets)
    asked["histogram"] = None
    if request.histogram:
        asked["histogram"] = "month"
    offset = 0
    if request.cursor is None:
        offset = (request.page - 1) * request.per_page
    return Window(offset=offset, limit=request.per_page, after=mark, in_words=True, **asked)


# How the query was understood; where little was found, what may have been meant.
def _echo(
    engine: SearchEngine,
    compiler: QueryCompiler,
    request: SearchRequest,
    compiled: CompiledQuery,
    result: SearchResult,
    window: Window,
) -> QueryEcho:
    missing: tuple[str, ...] = ()
    meant = None
    if not window.offset and not window.after and is_doubtful(request.q, result):
        missing = nowhere(engine, compiled)
        again = partial(compiler.compile, match=request.match)
        meant = did_you_mean(engine, again, request.q, result, missing, window)
    return QueryEcho(
        q=request.q, match=request.match, chunks=compiled.chunks, words=compiled.words,
        relaxed=result.relaxed, dropped=tuple(map("".join, result.dropped)), did_you_mean=meant,
        alternatives=compiled.alternatives, nowhere=missing,
    )  # fmt: skip
