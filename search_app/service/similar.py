"""Articles like one: those that share the words it is about."""

import math
from collections import Counter
from heapq import nlargest

from search_app.engine.base import SearchEngine
from search_app.model import Article
from search_app.query.compile import QueryCompiler
from search_app.query.tree import Or, Query, Ranking, Run
from search_app.text.symbols import symbols

# So many of its words are asked for: those that are rare elsewhere and stand here often.
_WORDS = 15
# An article that scores less than this share of what the article itself does is not like it.
LEAST_ALIKE = 0.15


def similar(engine: SearchEngine, compiler: QueryCompiler, article: Article) -> Query:
    """What to ask for articles like this one; words that all articles hold say nothing."""
    words = Counter(compiler.ranking_words(f"{article.head}\n{article.body}"))
    frequent = [word for word, _ in words.most_common() if len(word) > 1]
    weights = {
        word: words[word] * math.log((engine.size + 1) / (1 + min(n, engine.size)))
        for word, n in zip(frequent, engine.frequencies(frequent), strict=True)
    }
    best = tuple(nlargest(_WORDS, weights, key=lambda word: (weights[word], word)))
    runs = tuple(Run(symbols(word)) for word in best if weights[word] > 0)
    return Query(strict=Or(runs), exact=Or(()), ranking=Ranking(words=best))
