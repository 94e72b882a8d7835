"""Finding and reading articles."""

import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from search_app.engine.base import (
    FacetField,
    RankedArticle,
    SearchEngine,
    SearchIndex,
    SearchResult,
    Window,
)
from search_app.errors import SearchAppError
from search_app.model import (
    ArticleView,
    Doubtful,
    Facet,
    FacetValue,
    Hit,
    IndexStatus,
    Match,
    Month,
    QueryEcho,
    Readiness,
    SearchPage,
    SearchRequest,
    Suggestion,
)
from search_app.query.compile import Compiled, QueryCompiler
from search_app.query.tree import Mark
from search_app.service.cursor import Cursor
from search_app.service.recall import Recall, recall
from search_app.service.similar import LEAST_ALIKE, similar
from search_app.service.spelling import did_you_mean, is_doubtful, nowhere
from search_app.service.suggest import suggest
from search_app.service.views import hit_of, reprint_of, view_of
from search_app.service.wording import Impact, impact

# A facet's name in the API and the field that the index has.
_FIELDS: Mapping[Facet, FacetField] = {
    "newspaper": "newspaper", "author": "authors", "agency": "agency", "place": "place",
    "section": "section", "page_no": "page_no", "person": "people",
    "organisation": "organisations", "year": "year",
}  # fmt: skip


# Parameters of the API that stand in the request as they were given.
_PARAMETERS = {
    "q": "q", "match": "match", "per_page": "per_page", "sort": "sort", "from": "date_from",
    "to": "date_to", "facet_limit": "facet_limit",
}  # fmt: skip
# So many reprints of an article are listed beside it.
_LISTED = 100
# More than any cluster of reprints has members.
_ALL_REPRINTS = 10_000


class SearchService:
    """Answers searches from the live index."""

    def __init__(self, index: SearchIndex, compiler: QueryCompiler) -> None:
        self._index = index
        self._compiler = compiler

    def search(self, request: SearchRequest) -> SearchPage:
        """One page of results; raises BadQuery, NoIndex, DamagedIndex or CursorExpired."""
        started = time.perf_counter()
        cursor = None if request.cursor is None else Cursor.read(request.cursor)
        engine = self._engine(cursor, request)
        compiled = self._cutting(engine).compile(request.q, request.match)
        query = compiled.query if request.relax else compiled.unrelaxed
        window = _window(request, cursor)
        found = engine.search(query, window)
        took = (time.perf_counter() - started) * 1000
        missing, meant = self._doubts(engine, request, compiled, found, window)
        echo = QueryEcho(
            q=request.q,
            match=request.match,
            chunks=compiled.chunks,
            words=compiled.words,
            relaxed=found.relaxed,
            dropped=tuple("".join(word) for word in found.dropped),
            did_you_mean=meant,
            alternatives=compiled.alternatives,
            nowhere=missing,
        )
        return SearchPage(
            query=echo,
            total=found.total,
            total_strict=found.total_strict,
            total_exact=found.total_exact,
            total_word=found.total_word,
            total_collapsed=found.total_collapsed,
            total_strict_collapsed=found.strict_collapsed,
            page=request.page,
            per_page=request.per_page,
            took_ms=round(took, 1),
            generation=engine.generation,
            hits=self._hits(engine, found.ranked, (*compiled.marks, *found.stand_ins)),
            facets=_facets(request, found),
            histogram=tuple(Month(month, count) for month, count in found.histogram),
            next=_next(request, engine.generation, found),
        )

    def _doubts(
        self,
        engine: SearchEngine,
        request: SearchRequest,
        compiled: Compiled,
        found: SearchResult,
        window: Window,
    ) -> tuple[tuple[str, ...], str | None]:
        """The words that stand nowhere, and what may have been meant, where little was found."""
        if window.offset or window.after or not is_doubtful(request.q, found):
            return (), None
        missing = nowhere(engine, compiled)
        again = partial(self._cutting(engine).compile, match=request.match)
        return missing, did_you_mean(engine, again, request.q, found, missing, window)

    def _cutting(self, engine: SearchEngine) -> QueryCompiler:
        """The compiler that cuts as the engine's articles were cut."""
        return self._compiler.using(engine.dictionaries)

    def _engine(self, cursor: Cursor | None, request: SearchRequest) -> SearchEngine:
        try:
            if cursor is None or cursor.generation is None:
                return self._index.live()
            return self._index.kept(cursor.generation)
        except SearchAppError:
            # A query that means nothing is the first fault to name, whatever the index is like.
            self._compiler.compile(request.q, request.match)
            raise

    def _hits(
        self, engine: SearchEngine, ranked: Sequence[RankedArticle], runs: tuple[Mark, ...]
    ) -> tuple[Hit, ...]:
        articles, cut = engine.articles([r.id for r in ranked]), self._cutting(engine).edges
        return tuple(
            hit_of(a, r.score, r.reprints, runs, cut) for a, r in zip(articles, ranked, strict=True)
        )

    def article(self, article_id: str, q: str | None = None, match: Match = "smart") -> ArticleView:
        """An article to read, marked if a query is given; raises BadQuery, UnknownArticle.

        Of the latter WithdrawnArticle says why it is gone, MovedArticle under which id it is now.
        """
        engine = self._index.live()
        compiler = self._cutting(engine)
        compiled: Compiled | None = compiler.compile(q, match) if q else None
        article = engine.article(article_id)
        runs = compiled.marks if compiled else ()
        reprints = engine.articles(engine.reprints(article_id, _LISTED))
        listed = tuple(map(reprint_of, reprints))
        return view_of(article, engine.labels(article_id), listed, runs, compiler.edges)

    def recall(self, count: int) -> list[Recall]:
        """How many articles are found by so many pieces of their own text; see `recall.py`."""
        engine = self._index.live()
        return recall(engine, self._cutting(engine), count)

    def similar(self, article_id: str, limit: int = 10, collapse: bool = False) -> tuple[Hit, ...]:
        """The articles most like one, without it; raises UnknownArticle as `article` does.

        With `collapse` also without its reprints, and one for all of any other cluster.
        """
        engine = self._index.live()
        article = engine.article(article_id)
        left_out = {article_id}
        if collapse:
            left_out.update(engine.reprints(article_id, _ALL_REPRINTS))
        query = similar(engine, self._cutting(engine), article)
        ranked = engine.search(query, Window(limit=limit + 1, collapse=collapse)).ranked
        # The first is the article itself, or one that says the same.
        least = LEAST_ALIKE * ranked[0].score if ranked else 0.0
        alike = [r for r in ranked if r.score >= least and r.id not in left_out]
        return self._hits(engine, alike[:limit], ())

    def suggest(self, typed: str) -> tuple[Suggestion, ...]:
        """What somebody may be about to type, by the beginning."""
        return tuple(suggest(self._index.live(), typed))

    def impact(self, folder: Path) -> Impact:
        """How the live articles would be cut with a folder of dictionaries; see `wording.py`."""
        return impact(self._index.live(), folder)

    def doubtful(self) -> Iterator[Doubtful]:
        """The articles whose parser was unsure of them, one by one."""
        for a in self._index.live().every():
            if a.is_doubtful:
                yield Doubtful(a.id, a.title, a.confidence, a.doubts, a.source)

    def status(self) -> IndexStatus:
        """What the live generation holds; raises NoIndex or DamagedIndex."""
        return self._index.live().status()

    def readiness(self) -> Readiness:
        """Whether searches can be answered, and what is wrong with the index if anything is."""
        try:
            self._index.live()
        except SearchAppError as problem:
            return Readiness(False, str(problem))
        left = self._index.problem
        return Readiness(True, str(left) if left else None)


def _window(request: SearchRequest, cursor: Cursor | None) -> Window:
    return Window(
        offset=0 if cursor else (request.page - 1) * request.per_page,
        limit=request.per_page,
        after=cursor.mark if cursor else None,
        sort=request.sort,
        date_from=request.date_from,
        date_to=request.date_to,
        filters=tuple((_FIELDS[facet], values) for facet, values in request.filters),
        facets=tuple(_FIELDS[facet] for facet in request.facets),
        facet_limit=request.facet_limit,
        histogram="month" if request.histogram else None,
        in_words=True,
        collapse=request.collapse,
    )


def _facets(request: SearchRequest, found: SearchResult) -> dict[Facet, tuple[FacetValue, ...]]:
    counted = zip(request.facets, found.facets, strict=True)
    return {
        facet: tuple(FacetValue(value, count) for value, count in values)
        for facet, (_, values) in counted
    }


def _next(request: SearchRequest, generation: str, found: SearchResult) -> str | None:
    """The address of what comes behind these hits; None where nothing does."""
    if found.mark is None:
        return None
    default = SearchRequest(q="")
    given: dict[str, object] = {
        name: getattr(request, field)
        for name, field in _PARAMETERS.items()
        if getattr(request, field) != getattr(default, field)
    }
    if not request.relax:
        given["relax"] = "no"
    if request.collapse:
        given["collapse"] = "reprints"
    if request.facets:
        given["facets"] = ",".join(request.facets)
    if request.histogram:
        given["histogram"] = "month"
    given.update(request.filters, cursor=str(Cursor(found.mark, generation)))
    return "/api/v1/search?" + urlencode(given, doseq=True)
