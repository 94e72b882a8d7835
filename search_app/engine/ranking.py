"""The constants of matching and order (design, *Meaning*), and the formulas they stand in.

BM25 and its idf are Whoosh's (`whoosh.scoring`, after Robertson and Zaragoza, "The Probabilistic
Relevance Framework: BM25 and Beyond", 2009). Every engine takes them from here. What other
boosts, weights of pairs and quorums would do, and no nearness, is measured in bench/quality.md.
"""

import math

from search_app.query.tree import Run

K1 = 0.8
B = 0.75
HEAD_BOOST = 1.25
PAIR_WEIGHT = 0.6
# For the best so many articles it counts how near each other the words stand: the score grows by
# up to this share, with the largest share by idf of the words inside so many symbols.
NEAR_BEST = 100
NEAR_WEIGHT = 0.8
NEAR_SYMBOLS = 40
# Scores closer than this are ties, so that rounding in another engine changes no order.
SCORE_UNITS = 10_000
# A query with fewer matches than this is relaxed; an added article holds this share by weight.
ENOUGH = 10
QUORUM = 0.3
# Runs of letters or digits that a prefix may stand for.
MOST_EXPANSIONS = 200


def idf(articles: int, holding: int) -> float:
    """Inverse document frequency, for scores, of a term that so many articles hold."""
    return math.log(articles / (holding + 1)) + 1


def share_weight(articles: int, holding: int) -> float:
    """The idf of a word, for shares of a query's words, that so many live articles hold."""
    return math.log(1 + (articles - holding + 0.5) / (holding + 0.5))


def stand_ins(word: Run) -> list[Run]:
    """What counts in place of a word that no article holds: its pairs of neighbours, if long."""
    if len("".join(word.symbols)) < 3:
        return []
    return [Run(pair, word.field) for pair in zip(word.symbols, word.symbols[1:], strict=False)]
