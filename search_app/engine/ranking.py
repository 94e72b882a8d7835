"""The order of results (design, *Meaning*: Order): constants, the formula, the sorting.

The formula and its idf are Whoosh's BM25 (`whoosh.scoring.bm25`, after Robertson and Zaragoza,
"The Probabilistic Relevance Framework: BM25 and Beyond", 2009).
"""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from search_app.model import Sort

K1 = 0.8
B = 0.75
HEAD_BOOST = 1.25
PAIR_WEIGHT = 0.6
# Scores closer than this are ties, so that rounding in another engine changes no order.
SCORE_DIGITS = 4


class Key(NamedTuple):
    """What decides an article's place besides its score."""

    date: str | None
    id: str


def idf(articles: int, holding: int) -> float:
    """Inverse document frequency of a term that `holding` of `articles` articles hold."""
    return math.log(articles / (holding + 1)) + 1


def bm25(weight: float, tf: float, length: float, mean_length: float) -> float:
    """The score of a term with this idf that stands `tf` times in a field of this length."""
    return weight * (tf * (K1 + 1)) / (tf + K1 * (1 - B + B * length / mean_length))


def in_order(
    numbers: Iterable[int],
    sort: Sort,
    key: Callable[[int], Key],
    group: Callable[[int], int],
    scores: Mapping[int, float],
) -> list[int]:
    """The articles in the order asked for: by group first, then as `sort` says.

    By relevance: score, newer first, undated last, id. By date: date, undated last, id.
    """
    ordered = sorted(numbers, key=lambda n: key(n).id)
    if sort == "oldest":
        ordered.sort(key=lambda n: key(n).date or "")
    else:
        ordered.sort(key=lambda n: key(n).date or "", reverse=True)
    ordered.sort(key=lambda n: key(n).date is None)
    if sort == "relevance":
        ordered.sort(key=lambda n: -round(scores.get(n, 0.0), SCORE_DIGITS))
    ordered.sort(key=group)
    return ordered
