"""Lists of the best documents of common words say what an evaluation says."""

from pathlib import Path
from random import Random

import pytest
from engine import oracle
from given import GivenCorpus, accept

from search_app.analysis.words import Analyser
from search_app.engine.base import SearchResult, Window
from search_app.engine.whoosh.answer import champions
from search_app.engine.whoosh.answer.engine import WhooshEngine
from search_app.engine.whoosh.answer.evaluate import Evaluation
from search_app.engine.whoosh.generations.live import WhooshIndex
from search_app.model import Match
from search_app.query.compile import QueryCompiler
from search_app.query.tree import Query

WORDS = ("会议", "防汛", "人民", "天安门", "防汛会议", "“会议”", "标题:会议", "会议 -人民")
WINDOWS = [
    Window(limit=n, offset=k, in_words=w) for n in (1, 7) for k in (0, 5, 40) for w in (0, 1)
]
SORTED = Window(sort="newest")


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WhooshIndex:
    """An index in which a word is common that ten documents hold."""
    monkeypatch.setattr(champions, "SMALLEST", 1)
    monkeypatch.setattr(champions, "LEAST", 10)
    random = Random(11)
    articles = [oracle.an_article(random, f"a{n}") for n in range(60)]
    index = WhooshIndex(tmp_path / "index")
    index.rebuild(GivenCorpus(articles), accept)
    return index


def evaluated(engine: WhooshEngine, query: Query, window: Window) -> SearchResult:
    return Evaluation(engine.collection, engine.statistics, query, window).answer()


def listed(engine: WhooshEngine, query: Query, window: Window) -> SearchResult | None:
    assert engine._champions is not None
    return engine._champions.answer(query, window)


def test_a_list_says_what_an_evaluation_says(index: WhooshIndex, analyser: Analyser) -> None:
    """In every window that it reaches, as asked by words and as asked exactly."""
    engine, compiler, answered = index.live(), QueryCompiler(analyser), 0
    matches: tuple[Match, ...] = ("smart", "exact", "word")
    for word in WORDS:
        for query in (compiler.compile(word, match).query for match in matches):
            for window in (*WINDOWS, SORTED, Window(histogram="month"), Window(limit=100)):
                wanted = evaluated(engine, query, window)
                found = listed(engine, query, window)
                assert found in (None, wanted), (word, window)
                assert engine.search(query, window) == wanted
                answered += found is not None
    assert answered >= 12
    query = compiler.compile("会议", "smart").query
    for other in (SORTED, Window(histogram="month"), Window(date_from="2021"), Window(offset=15)):
        assert listed(engine, query, other) is None


def test_there_are_no_lists_where_something_is_gone(index: WhooshIndex, analyser: Analyser) -> None:
    """After an update the best may be others; a rebuild finds them again."""
    query = QueryCompiler(analyser).compile("会议", "smart").query
    before = index.live().search(query, Window())
    articles = [oracle.an_article(Random(5), "b")]
    articles += [*index.live().every()][1:]
    index.update(GivenCorpus(articles), accept)
    engine = index.live()
    assert listed(engine, query, Window()) is None if engine._champions else True
    assert engine.search(query, Window()) == evaluated(engine, query, Window()) != before
