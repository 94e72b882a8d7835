"""What somebody may be about to type: texts and titles of the index, by characters or by sound."""

from itertools import pairwise

from search_app.analysis.pinyin import letters_of
from search_app.engine.base import SearchEngine, Window
from search_app.model import Suggestion
from search_app.query.tree import Query, Ranking, Run
from search_app.text.symbols import symbols

MOST = 10
MOST_TITLES = 4
# More are asked for than are shown: a completion that only deleted articles hold is dropped.
_ASKED = 2 * MOST


def suggest(engine: SearchEngine, typed: str) -> list[Suggestion]:
    """Up to ten texts and titles that go on from what was typed, frequent ones first.

    Every one leads to an article that may be found, and says to how many.
    """
    begun, _, last = typed.strip().rpartition(" ")
    before = f"{begun} " if begun else ""
    titles = _titles(engine, last)
    completions = engine.completions(last, _ASKED)
    # The weights of completions are only about right, so all are counted, in one request.
    counts = engine.counts([*titles, *(c.text for c in completions)])
    suggestions = []
    for completion, count in zip(completions, counts[len(titles) :], strict=True):
        if count:
            suggestions.append(Suggestion(before + completion.text, completion.kind, count))
    suggestions.sort(key=lambda s: (-s.count, s.text))
    del suggestions[MOST - len(titles) :]
    for title, count in zip(titles, counts, strict=False):
        # A title that stands in no head as it is printed still leads to its own article.
        suggestions.append(Suggestion(before + title, "title", max(1, count)))
    return suggestions


def _titles(engine: SearchEngine, typed: str) -> list[str]:
    """Titles that hold what was typed, then those that begin to sound so; each once."""
    ids: list[str] = []
    if run := symbols(typed):
        query = Query.of(Run(run, "head"), Ranking(pairs=tuple(pairwise(run))))
        ids += [ranked.id for ranked in engine.search(query, Window(limit=MOST_TITLES)).ranked]
    if letters := letters_of(typed):
        ids += engine.titles_sounding(letters, MOST_TITLES)
    titles: dict[str, None] = {}
    for article in engine.articles(ids):
        if not article.title_is_derived:
            titles[article.title] = None
    return list(titles)[:MOST_TITLES]
