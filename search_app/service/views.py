"""Articles as answers show them: a hit, an article to read, one that says the same."""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote

from search_app.engine.base import Labels, RankedArticle, SearchEngine
from search_app.model import Article, ArticleView, Hit, Reprint
from search_app.query.highlight import Cut, marks, printed_marks
from search_app.query.snippets import snippets
from search_app.query.tree import Mark


def reprint_of(article: Article) -> Reprint:
    """An article that says the same as another one, as it is listed there."""
    return Reprint(
        id=article.id,
        url=_url(article),
        title=article.title,
        newspaper=article.newspaper,
        date=article.date,
        page_no=article.page_no,
    )


def hits_of(
    engine: SearchEngine, ranked: Sequence[RankedArticle], runs: tuple[Mark, ...], cut: Cut
) -> tuple[Hit, ...]:
    """Ranked articles as a list of results shows them, with these runs marked."""
    hits = []
    articles = engine.articles([r.id for r in ranked])
    for article, (_, score, reprints) in zip(articles, ranked, strict=True):
        hits.append(hit_of(article, score, reprints, runs, cut))
    return tuple(hits)


def hit_of(article: Article, score: float, reprints: int, runs: tuple[Mark, ...], cut: Cut) -> Hit:
    """An article in a list of results, with these runs marked."""
    found = marks(article, runs, cut)
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
        reprints=reprints,
        snippets=snippets(article, runs, found, cut),
    )


def view_of(
    article: Article,
    labels: Labels,
    reprinted: tuple[Reprint, ...],
    runs: tuple[Mark, ...],
    cut: Cut,
) -> ArticleView:
    """An article to read, with these runs marked; of one that may not be read, where they stand."""
    found = marks(article, runs, cut)
    view = ArticleView(
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
        day=article.day,
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
        continued=article.continued,
        people=labels.people,
        organisations=labels.organisations,
        reprints=labels.reprints,
        reprinted=reprinted,
    )
    if article.full_text:
        return view
    shown = snippets(article, runs, found, cut) if found["body"] else ()
    return replace(
        view,
        full_text=False,
        snippets=tuple(snippet for snippet in shown if snippet.field == "body"),
        body="",
        body_spans=(),
        paragraphs=(),
        printed=None,
        printed_spans=(),
    )


def _url(article: Article) -> str:
    return "/articles/" + quote(article.id, safe="")
