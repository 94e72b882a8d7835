"""Articles like one: those that share the words it is about."""

import math
from collections import Counter
from heapq import nlargest

from search_app.engine.base import SearchEngine, Window
from search_app.model import Article
from search_app.query.compile import QueryCompiler
from search_app.query.tree import Or, Query, Ranking, Run
from search_app.text.symbols import symbols

# Of so many of its most frequent words the rarest elsewhere, weighed by how often they stand here.
_CANDIDATES, _WORDS = 40, 15
# An article that scores less than this share of what the article itself does is not like it.
LEAST_ALIKE = 0.15


def similar(engine: SearchEngine, compiler: QueryCompiler, article: Article, count: int) -> Query:
    """What to ask for articles like this one; `count` are live, words that all hold say nothing."""
    words = Counter(compiler.ranking_words(f"{article.head}\n{article.body}"))
    frequent = [(word, n) for word, n in words.most_common(4 * _CANDIDATES) if len(word) > 1]
    weights = {
        word: n * math.log((count + 1) / (1 + _holding(engine, word)))
        for word, n in frequent[:_CANDIDATES]
    }
    best = tuple(nlargest(_WORDS, weights, key=lambda word: (weights[word], word)))
    runs = tuple(Run(symbols(word)) for word in best if weights[word] > 0)
    return Query(strict=Or(runs), exact=Or(()), ranking=Ranking(words=best))


def _holding(engine: SearchEngine, word: str) -> int:
    run = Run(symbols(word))
    return engine.search(Query(strict=run, exact=run, ranking=Ranking()), Window(limit=0)).total
