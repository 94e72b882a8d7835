"""Set algebra over article numbers, for engines that can say which articles hold a run.

Also relaxation (design, *Meaning*: Relaxation), which needs no more than that.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from search_app.query.tree import And, Dated, Node, Not, Quorum, Run, Valued

Numbers = frozenset[int]
Leaf = Run | Valued | Dated
Holding = Callable[[Leaf], Numbers]

# A query with fewer matches than this is relaxed; an added article holds this share by weight.
ENOUGH = 10
QUORUM = 0.3


def evaluate(node: Node, holding: Holding, every: Numbers) -> Numbers:
    """The articles a tree means, of the articles in `every`."""
    if isinstance(node, Leaf):
        return holding(node)
    if isinstance(node, Not):
        return every - evaluate(node.part, holding, every)
    sets = [evaluate(part, holding, every) for part in node.parts]
    if isinstance(node, And):
        return every.intersection(*sets)
    return frozenset().union(*sets)


@dataclass(frozen=True, slots=True)
class Relaxed:
    """The articles that hold enough of a query's words, and the runs that counted for it."""

    articles: Numbers = frozenset()
    runs: tuple[Run, ...] = ()


def relax(quorum: Quorum, strict: Numbers, holding: Holding, every: Numbers) -> Relaxed:
    """The articles to add to `strict`, and why."""
    held = {run: holding(run) for word in quorum.words for run in _stand_in(word, holding)}
    weights = {run: _weight(len(every), len(found)) for run, found in held.items() if found}
    if not weights:
        return Relaxed()
    firm = evaluate(quorum.firm, holding, every)
    least = QUORUM * sum(weights.values()) - 1e-9
    reached: dict[int, float] = {}
    for run, weight in weights.items():
        for number in held[run]:
            reached[number] = reached.get(number, 0.0) + weight
    added = frozenset(n for n, got in reached.items() if got >= least) & firm - strict
    return Relaxed(added, tuple(weights) if added else ())


def _stand_in(word: Run, holding: Holding) -> list[Run]:
    """The word, or its pairs of neighbours where no article holds it and it is long enough."""
    if holding(word) or len("".join(word.symbols)) < 3:
        return [word]
    pairs = zip(word.symbols, word.symbols[1:], strict=False)
    return [Run(pair, word.field) for pair in pairs]


def _weight(articles: int, holding: int) -> float:
    """The idf of a word that `holding` of `articles` articles hold."""
    return math.log(1 + (articles - holding + 0.5) / (holding + 0.5))
