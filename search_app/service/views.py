"""Articles as answers show them: a hit, an article to read.

What such a value has in common with `Article` is handed on under the same name.
"""

from collections.abc import Sequence
from dataclasses import replace

from search_app.engine.base import Labels, RankedArticle, SearchEngine
from search_app.model import Article, ArticleView, Hit, Reprint, common_fields
from search_app.query.highlight import EdgeFinder, marks, printed_marks
from search_app.query.snippets import snippets
from search_app.query.tree import Mark


def hits_of(
    engine: SearchEngine, ranked: Sequence[RankedArticle], runs: tuple[Mark, ...], edges: EdgeFinder
) -> tuple[Hit, ...]:
    """Ranked articles as a list of results shows them, with these runs marked."""
    hits = []
    articles = engine.articles([r.id for r in ranked])
    for article, (_, score, reprints) in zip(articles, ranked, strict=True):
        spans = marks(article, runs, edges)
        hit = Hit(
            score=score,
            title_spans=spans["title"],
            reprints=reprints,
            snippets=tuple(snippets(article, runs, spans, edges)),
            **common_fields(article, Hit),
        )
        hits.append(hit)
    return tuple(hits)


def view_of(
    article: Article,
    labels: Labels,
    reprinted: tuple[Reprint, ...],
    runs: tuple[Mark, ...],
    edges: EdgeFinder,
) -> ArticleView:
    """An article to read, with these runs marked; of one that may not be read, where they stand."""
    spans = marks(article, runs, edges)
    view = ArticleView(
        title_spans=spans["title"],
        kicker_spans=spans["kicker"],
        subtitle_spans=spans["subtitle"],
        byline_spans=spans["byline"] if article.byline else (),
        body_spans=spans["body"],
        paragraphs=tuple(article.body.split("\n")),
        printed_spans=printed_marks(article, spans),
        reprinted=reprinted,
        **labels._asdict(),
        **common_fields(article, ArticleView),
    )
    if article.full_text:
        return view
    around = []
    if spans["body"]:
        for snippet in snippets(article, runs, spans, edges):
            if snippet.field == "body":
                around.append(snippet)
    hidden = {"body": "", "body_spans": (), "paragraphs": (), "printed": None, "printed_spans": ()}
    return replace(view, snippets=tuple(around), **hidden)  # type: ignore[arg-type]
