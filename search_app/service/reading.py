"""An article to read, and the articles like it: those that share the words it is about."""

import math
from collections import Counter
from heapq import nlargest

from search_app.engine.base import SearchEngine, Window
from search_app.model import Article, ArticleView, Hit, Match, Reprint, common_fields
from search_app.query.compile import QueryCompiler
from search_app.query.tree import Or, Query, Ranking, Run
from search_app.service.views import hits_of, view_of
from search_app.text.symbols import symbols

# So many reprints of an article are listed beside it.
_MOST_REPRINTS = 100
# More than any cluster of reprints has members.
_ALL_REPRINTS = 10_000
# How many of an article's words are searched for: those that are rare elsewhere and frequent here.
_WORDS = 15
# An article that scores less than this share of what the article itself does is not like it.
LEAST_ALIKE = 0.15


def article(
    engine: SearchEngine, compiler: QueryCompiler, article_id: str, q: str | None, match: Match
) -> ArticleView:
    """An article with the marks of a query, where one is given; raises BadQuery, UnknownArticle."""
    marks = compiler.compile(q, match).marks if q else ()
    article = engine.article(article_id)
    listed = []
    for reprint in engine.articles(engine.reprints(article_id, _MOST_REPRINTS)):
        listed.append(Reprint(**common_fields(reprint, Reprint)))
    return view_of(article, engine.labels(article_id), tuple(listed), marks, compiler.edges)


def similar(
    engine: SearchEngine, compiler: QueryCompiler, article_id: str, limit: int, collapse: bool
) -> tuple[Hit, ...]:
    """The articles most like one, as `SearchService.similar` says; raises UnknownArticle."""
    article = engine.article(article_id)
    left_out = {article_id}
    if collapse:
        left_out.update(engine.reprints(article_id, _ALL_REPRINTS))
    query = query_like(engine, compiler, article)
    ranked = engine.search(query, Window(limit=limit + 1, collapse=collapse)).ranked
    # The first is the article itself, or one that says the same.
    least = LEAST_ALIKE * ranked[0].score if ranked else 0.0
    alike = [r for r in ranked if r.score >= least and r.id not in left_out]
    return hits_of(engine, alike[:limit], (), compiler.edges)


def query_like(engine: SearchEngine, compiler: QueryCompiler, article: Article) -> Query:
    """What to ask for articles like this one; words that all articles hold say nothing."""
    words = Counter(compiler.ranking_words(f"{article.head}\n{article.body}"))
    frequent = [word for word, _ in words.most_common() if len(word) > 1]
    weights = {}
    for word, articles in zip(frequent, engine.frequencies(frequent), strict=True):
        # tf-idf. Frequencies count gone articles too, so there may be more of them than articles.
        rarity = (engine.size + 1) / (1 + min(articles, engine.size))
        weights[word] = words[word] * math.log(rarity)
    best = tuple(nlargest(_WORDS, weights, key=lambda word: (weights[word], word)))
    runs = tuple(Run(symbols(word)) for word in best if weights[word] > 0)
    return Query(strict=Or(runs), exact=Or(()), ranking=Ranking(words=best))
