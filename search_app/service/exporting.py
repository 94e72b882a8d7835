"""Articles to be taken away: every result of a query from one generation, and one to be cited."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice
from typing import NamedTuple

from search_app.engine.base import RankedArticle, SearchEngine
from search_app.model import Article, SearchRequest
from search_app.query.compile import QueryCompiler
from search_app.service.searching import window_of

# Articles that are read at a time. Each may have a million characters, two bytes each; one at a
# time costs a tenth more (`bench/exporting.py`).
_BATCH = 20


class ExportedArticle(NamedTuple):
    """An article as it may be given away, and how many others say the same."""

    article: Article
    reprints: int


def export(
    engine: SearchEngine, compiler: QueryCompiler, request: SearchRequest, limit: int | None
) -> Iterator[ExportedArticle]:
    """Every result in the order of the search, `limit` of them at most.

    Evaluated before this returns, so that what is wrong is raised here: BadQuery, QueryTooCostly.
    The articles are read as they are asked for; until the last one the engine, and with it its
    generation, is held. Reading them may raise DamagedIndex or Unavailable.
    """
    query = compiler.compile(request.q, request.match).relaxed_if(request.relax)
    ranked = islice(engine.walk(query, window_of(request)), limit)
    first = list(islice(ranked, 1))
    return _articles(engine, chain(first, ranked))


def _articles(engine: SearchEngine, ranked: Iterator[RankedArticle]) -> Iterator[ExportedArticle]:
    while batch := list(islice(ranked, _BATCH)):
        articles = engine.articles([r.id for r in batch])
        for article, (_, _, reprints) in zip(articles, batch, strict=True):
            yield ExportedArticle(with_rights(article), reprints)


def with_rights(article: Article) -> Article:
    """The article as it may be given away: without its text where that is not open to all."""
    if article.full_text:
        return article
    return replace(article, body="", printed=None)
