"""A page of results for a query, with what may have been meant where it finds next to nothing."""

import time
from functools import partial

from search_app.engine.base import SearchEngine, SearchIndex, SearchResult, Window
from search_app.errors import SearchAppError
from search_app.filters import FIELDS
from search_app.model import FacetValue, FilterName, Month, QueryEcho, SearchPage, SearchRequest
from search_app.query.compile import CompiledQuery, QueryCompiler
from search_app.service.cursor import Cursor
from search_app.service.spelling import did_you_mean, is_doubtful, nowhere
from search_app.service.views import hits_of


def search(index: SearchIndex, compiler: QueryCompiler, request: SearchRequest) -> SearchPage:
    """One page of results, from the generation that the request's cursor names or the live one.

    The query is cut with the dictionaries of that generation. Raises BadQuery, NoIndex,
    DamagedIndex, CursorExpired, Unavailable or QueryTooCostly.
    """
    started = time.perf_counter()
    cursor = None if request.cursor is None else Cursor.read(request.cursor)
    engine = _engine(index, compiler, cursor, request)
    compiler = compiler.using(engine.dictionaries)
    compiled = compiler.compile(request.q, request.match)
    query = compiled.query if request.relax else compiled.unrelaxed
    window = _window(request, cursor)
    result = engine.search(query, window)
    took = (time.perf_counter() - started) * 1000
    missing, meant = _doubts(engine, compiler, request, compiled, result, window)
    marks = (*compiled.marks, *result.stand_ins)
    after = None if result.mark is None else str(Cursor(result.mark, engine.generation))
    return SearchPage(
        query=_echo(request, compiled, result, missing, meant),
        total=result.total,
        total_strict=result.total_strict,
        total_exact=result.total_exact,
        total_word=result.total_word,
        total_collapsed=result.total_collapsed,
        total_strict_collapsed=result.strict_collapsed,
        page=request.page,
        per_page=request.per_page,
        took_ms=round(took, 1),
        generation=engine.generation,
        hits=hits_of(engine, result.ranked, marks, compiler.edges),
        facets=_facets(request, result),
        histogram=tuple(Month(month, count) for month, count in result.histogram),
        next=after,
    )


def _engine(
    index: SearchIndex, compiler: QueryCompiler, cursor: Cursor | None, request: SearchRequest
) -> SearchEngine:
    try:
        if cursor is None or cursor.generation is None:
            return index.live()
        return index.kept(cursor.generation)
    except SearchAppError:
        # A query that means nothing is the first fault to name, whatever the index is like.
        compiler.compile(request.q, request.match)
        raise


def _doubts(
    engine: SearchEngine,
    compiler: QueryCompiler,
    request: SearchRequest,
    compiled: CompiledQuery,
    result: SearchResult,
    window: Window,
) -> tuple[tuple[str, ...], str | None]:
    """The words that stand nowhere, and what may have been meant, where little was found."""
    if window.offset or window.after or not is_doubtful(request.q, result):
        return (), None
    missing = nowhere(engine, compiled)
    again = partial(compiler.compile, match=request.match)
    return missing, did_you_mean(engine, again, request.q, result, missing, window)


def _echo(
    request: SearchRequest,
    compiled: CompiledQuery,
    result: SearchResult,
    missing: tuple[str, ...],
    meant: str | None,
) -> QueryEcho:
    return QueryEcho(
        q=request.q,
        match=request.match,
        chunks=compiled.chunks,
        words=compiled.words,
        relaxed=result.relaxed,
        dropped=tuple("".join(word) for word in result.dropped),
        did_you_mean=meant,
        alternatives=compiled.alternatives,
        nowhere=missing,
    )


def _window(request: SearchRequest, cursor: Cursor | None) -> Window:
    return Window(
        offset=0 if cursor else (request.page - 1) * request.per_page,
        limit=request.per_page,
        after=cursor.mark if cursor else None,
        sort=request.sort,
        date_from=request.date_from,
        date_to=request.date_to,
        filters=tuple((FIELDS[facet], values) for facet, values in request.filters),
        facets=tuple(FIELDS[facet] for facet in request.facets),
        facet_limit=request.facet_limit,
        histogram="month" if request.histogram else None,
        in_words=True,
        collapse=request.collapse,
    )


def _facets(
    request: SearchRequest, result: SearchResult
) -> dict[FilterName, tuple[FacetValue, ...]]:
    facets = {}
    for name, (_, counts) in zip(request.facets, result.facets, strict=True):
        facets[name] = tuple(FacetValue(value, count) for value, count in counts)
    return facets
