"""What somebody may be about to type: texts and titles of the index, by characters or by sound."""

from collections.abc import Iterator
from itertools import pairwise

from search_app.analysis.pinyin import letters_of
from search_app.engine.base import SearchEngine, Window
from search_app.model import Suggestion
from search_app.query.tree import Node, Query, Ranking, Run
from search_app.text.symbols import symbols

MOST = 10
MOST_TITLES = 4
# More is asked for than is shown: what only gone articles hold falls out.
_ASKED = 2 * MOST


def suggest(engine: SearchEngine, typed: str) -> list[Suggestion]:
    """Up to ten texts and titles that go on from what was typed, frequent ones first.

    Every one leads to an article that may be found, and says to how many.
    """
    begun, _, last = typed.strip().rpartition(" ")
    before = f"{begun} " if begun else ""
    titles = list(_titles(engine, last))[:MOST_TITLES]
    texts = _texts(engine, last)[: MOST - len(titles)]
    return [Suggestion(before + s.text, s.kind, s.count) for s in (*texts, *titles)]


def count(engine: SearchEngine, text: str) -> int:
    """How many articles hold a text as it is."""
    return engine.search(_holding(Run(symbols(text))), Window(limit=0)).total


def _texts(engine: SearchEngine, typed: str) -> list[Suggestion]:
    """By how many articles really hold each: the weights of completions are only about right."""
    found = ((text, kind) for text, kind, _ in engine.completions(typed, _ASKED))
    counted = [Suggestion(text, kind, count(engine, text)) for text, kind in found]
    return sorted((s for s in counted if s.count), key=lambda s: (-s.count, s.text))


def _titles(engine: SearchEngine, typed: str) -> Iterator[Suggestion]:
    """Titles that hold what was typed, then those that begin to sound so; each once."""
    numbers: list[int] = []
    if run := symbols(typed):
        query = _holding(Run(run, "head"), Ranking(pairs=tuple(pairwise(run))))
        numbers += (r.number for r in engine.search(query, Window(limit=MOST_TITLES)).ranked)
    if letters := letters_of(typed):
        numbers += engine.titles_sounding(letters, MOST_TITLES)
    articles = engine.articles(numbers)
    for title in dict.fromkeys(a.title for a in articles if not a.title_is_derived):
        yield Suggestion(title, "title", max(1, count(engine, title)))


def _holding(node: Node, ranking: Ranking = Ranking()) -> Query:  # noqa: B008, as it is frozen
    return Query(strict=node, exact=node, ranking=ranking)
