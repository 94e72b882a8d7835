"""Articles as answers show them: a hit, an article to read, one that says the same.

What such a value has in common with `Article` is handed on under the same name.
"""

from collections.abc import Sequence
from dataclasses import replace

from search_app.engine.base import Labels, RankedArticle, SearchEngine
from search_app.model import Article, ArticleView, Hit, Reprint, Snippet, common_fields
from search_app.query.highlight import EdgeFinder, marks, printed_marks
from search_app.query.snippets import snippets
from search_app.query.tree import Mark


def reprint_of(article: Article) -> Reprint:
    """An article that says the same as another one, as it is listed there."""
    return Reprint(**common_fields(article, Reprint))


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
        people=labels.people,
        organisations=labels.organisations,
        reprints=labels.reprints,
        reprinted=reprinted,
        **common_fields(article, ArticleView),
    )
    if article.full_text:
        return view
    around: Sequence[Snippet] = ()
    if spans["body"]:
        around = tuple(snippets(article, runs, spans, edges))
    return replace(
        view,
        snippets=tuple(snippet for snippet in around if snippet.field == "body"),
        body="",
        body_spans=(),
        paragraphs=(),
        printed=None,
        printed_spans=(),
    )
