"""The use cases of an index behind one name: each method finds the engine and hands on."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from search_app import model
from search_app.engine.base import SearchEngine, SearchIndex
from search_app.errors import SearchAppError
from search_app.model import Doubtful, Hit, Match, Readiness, common_fields
from search_app.query.compile import QueryCompiler
from search_app.service import exporting, reading, searching, suggesting
from search_app.service.exporting import ExportedArticle

if TYPE_CHECKING:  # no server needs it, and it takes as long to load as the values of the model
    from search_app.service.auditing import Impact, Recall


class SearchService:
    """Answers from the live index. Every method may raise NoIndex, DamagedIndex or Unavailable."""

    def __init__(self, index: SearchIndex, compiler: QueryCompiler) -> None:
        self._index = index
        self._compiler = compiler

    # The live engine, and the compiler that cuts as its articles were cut.
    def _live(self) -> tuple[SearchEngine, QueryCompiler]:
        engine = self._index.live()
        return engine, self._compiler.using(engine.dictionaries)

    def search(self, request: model.SearchRequest) -> model.SearchPage:
        """One page of results; raises BadQuery, CursorExpired or QueryTooCostly."""
        return searching.search(self._index, self._compiler, request)

    def article(
        self, article_id: str, q: str | None = None, match: Match = "smart"
    ) -> model.ArticleView:
        """An article to read, marked if a query is given; raises BadQuery, UnknownArticle."""
        engine, compiler = self._live()
        marks = compiler.compile(q, match).marks if q else ()
        return reading.view_of(engine, article_id, marks, compiler.edges)

    def export(
        self, request: model.SearchRequest, limit: int | None = None
    ) -> Iterator[ExportedArticle]:
        """Every result in its order, of one generation; raises BadQuery or QueryTooCostly at once.

        The page and the cursor of the request mean nothing here.
        """
        return exporting.export(*self._live(), request, limit)

    def to_cite(self, article_id: str) -> model.Article:
        """An article as it may be given away; raises UnknownArticle."""
        return exporting.with_rights(self._index.live().article(article_id))

    def similar(self, article_id: str, limit: int = 10, collapse: bool = False) -> tuple[Hit, ...]:
        """The articles most like one, without it; raises UnknownArticle.

        With `collapse` also without its reprints, and one for all of any other cluster.
        """
        return reading.similar(*self._live(), article_id, limit, collapse)

    def suggest(self, typed: str) -> tuple[model.Suggestion, ...]:
        """What somebody may be about to type, by the beginning."""
        return tuple(suggesting.suggest(self._index.live(), typed))

    def doubtful(self) -> Iterator[Doubtful]:
        """The articles whose parser was unsure of them, one by one."""
        for article in self._index.live().every():
            if article.is_doubtful:
                yield Doubtful(**common_fields(article, Doubtful))

    def status(self) -> model.IndexStatus:
        """What the live generation holds."""
        return self._index.live().status()

    def holdings(self, *names: model.FilterName) -> list[Sequence[model.FacetValue]]:
        """The values of some filters in all articles, the most frequent first, with counts."""
        return searching.holdings(self._index.live(), names)

    def edition(self) -> str:
        """Another text whenever the same question may be answered in another way."""
        return self._index.live().edition

    def readiness(self) -> Readiness:
        """Whether searches can be answered, and what is wrong with the index if anything is."""
        try:
            self._index.live()
        except SearchAppError as problem:
            return Readiness(False, False, str(problem))
        newer = self._index.problem
        return Readiness(True, newer is not None, str(newer) if newer else None)

    def recall(self, count: int) -> "list[Recall]":
        """How many articles are found by so many pieces of their own text, by kind of piece."""
        from search_app.service import auditing

        return auditing.recall(*self._live(), count)

    def impact(self, folder: Path) -> "Impact":
        """How the live articles would be cut with a folder of dictionaries; raises BadSetting."""
        from search_app.service import auditing

        return auditing.impact(self._index.live(), folder)
