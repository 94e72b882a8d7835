"""Finding and reading articles."""

import time
from collections.abc import Sequence
from urllib.parse import quote

from search_app.engine.base import Ranked, SearchEngine, SearchIndex, Window
from search_app.errors import SearchAppError
from search_app.model import (
    Article,
    ArticleView,
    Hit,
    IndexStatus,
    Match,
    QueryEcho,
    Readiness,
    SearchPage,
    SearchRequest,
)
from search_app.query.compile import Compiled, QueryCompiler
from search_app.query.highlight import marks, printed_marks
from search_app.query.snippets import snippets
from search_app.query.tree import Run


class SearchService:
    """Answers searches from the live index."""

    def __init__(self, index: SearchIndex, compiler: QueryCompiler) -> None:
        self._index = index
        self._compiler = compiler

    def search(self, request: SearchRequest) -> SearchPage:
        """One page of results; raises BadQuery, NoIndex or DamagedIndex."""
        started = time.perf_counter()
        compiled = self._compiler.compile(request.q, request.match)
        engine = self._index.live()
        query = compiled.query if request.relax else compiled.unrelaxed
        found = engine.search(query, _window(request))
        took = (time.perf_counter() - started) * 1000
        echo = QueryEcho(
            q=request.q,
            match=request.match,
            chunks=compiled.chunks,
            words=compiled.words,
            relaxed=found.relaxed,
            dropped=tuple("".join(word) for word in found.dropped),
        )
        return SearchPage(
            query=echo,
            total=found.total,
            total_strict=found.total_strict,
            total_exact=found.total_exact,
            page=request.page,
            per_page=request.per_page,
            took_ms=round(took, 1),
            generation=engine.generation,
            hits=_hits(engine, found.ranked, (*compiled.marks, *found.stand_ins)),
        )

    def article(self, article_id: str, q: str | None = None, match: Match = "smart") -> ArticleView:
        """An article to read, marked if a query is given; raises UnknownArticle, BadQuery."""
        compiled: Compiled | None = self._compiler.compile(q, match) if q else None
        article = self._index.live().article(article_id)
        return _view(article, compiled.marks if compiled else ())

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


def _window(request: SearchRequest) -> Window:
    return Window(
        offset=(request.page - 1) * request.per_page,
        limit=request.per_page,
        sort=request.sort,
        date_from=request.date_from,
        date_to=request.date_to,
    )


def _hits(engine: SearchEngine, ranked: Sequence[Ranked], runs: tuple[Run, ...]) -> tuple[Hit, ...]:
    articles = engine.articles([r.number for r in ranked])
    return tuple(_hit(a, r.score, runs) for a, r in zip(articles, ranked, strict=True))


def _hit(article: Article, score: float, runs: tuple[Run, ...]) -> Hit:
    found = marks(article, runs)
    return Hit(
        id=article.id,
        url=_url(article),
        score=score,
        title=article.title,
        title_is_derived=article.title_is_derived,
        title_spans=found["title"],
        kicker=article.kicker,
        subtitle=article.subtitle,
        newspaper=article.newspaper,
        date=article.date,
        page_no=article.page_no,
        authors=article.authors,
        agency=article.agency,
        place=article.place,
        reprints=0,
        snippets=snippets(article, runs, found),
    )


def _view(article: Article, runs: tuple[Run, ...]) -> ArticleView:
    found = marks(article, runs)
    return ArticleView(
        id=article.id,
        url=_url(article),
        title=article.title,
        title_is_derived=article.title_is_derived,
        title_spans=found["title"],
        kicker=article.kicker,
        kicker_spans=found["kicker"],
        subtitle=article.subtitle,
        subtitle_spans=found["subtitle"],
        newspaper=article.newspaper,
        date=article.date,
        page_no=article.page_no,
        section=article.section,
        authors=article.authors,
        agency=article.agency,
        place=article.place,
        byline=article.byline,
        byline_spans=found["byline"] if article.byline else (),
        body=article.body,
        body_spans=found["body"],
        paragraphs=tuple(article.body.split("\n")),
        printed=article.printed,
        printed_spans=printed_marks(article, found),
        mark=article.mark,
        source=article.source,
    )


def _url(article: Article) -> str:
    return "/articles/" + quote(article.id, safe="")
