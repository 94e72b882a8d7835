"""What a query costs is known before it runs."""

import gc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from given import BuiltIndex, GivenCorpus, accept

from search_app.analysis.words import Analyser
from search_app.engine.base import Window
from search_app.engine.whoosh.answer.evaluate import Evaluation
from search_app.errors import QueryTooCostly
from search_app.model import Article
from search_app.query.compile import QueryCompiler
from search_app.query.tree import Prefix

Make = Callable[..., Article]
COMMON = (
    "会议",
    "会议纪要",
    "“会议纪要第”",
    "会",
    "会议 OR 渡口",
    "会议 -渡口",
    "标题:无题",
    '"会 议"~9',
    '"会议 纪要"~9',
    "prefix",
)


@pytest.fixture
def folder(tmp_path: Path, make_article: Make) -> Path:
    """An index of two segments in which some symbols are everywhere and others in one article."""
    index = BuiltIndex(tmp_path / "index")
    bodies = [f"会议纪要第{n}号 a{'bcdef'[n % 5] * (n + 1)}" for n in range(90)]
    articles = [make_article(f"a{n}", body) for n, body in enumerate(bodies)]
    articles.append(make_article("x", "渡口"))
    index.rebuild(GivenCorpus(articles), accept)
    index.update(GivenCorpus([*articles[3:], make_article("y", "会议渡口")]), accept)
    return index.folder


def found(index: BuiltIndex, analyser: Analyser, q: str) -> int:
    """How many match; `prefix` is a tree of its own: a symbol that begins with a."""
    query = QueryCompiler(analyser).compile(q, "smart").query
    if q == "prefix":
        query = replace(query, strict=Prefix("a"))
    return index.live().search(query, Window()).total


def test_a_costly_query_is_refused_before_it_runs(
    folder: Path, analyser: Analyser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is evaluated; the message has both numbers and the way on; the rest is answered."""
    ran: list[Evaluation] = []
    answer = Evaluation.answer
    monkeypatch.setattr(Evaluation, "answer", lambda self: ran.append(self) or answer(self))
    thrifty = BuiltIndex(folder, most_postings=40)
    for q in COMMON:
        with pytest.raises(QueryTooCostly, match=r"\d+ postings, and 40 are allowed; leave out"):
            found(thrifty, analyser, q)
    assert ran == []
    assert found(thrifty, analyser, "渡口") == 2
    assert len(ran) == 1
    assert thrifty.live().damage is None


def test_the_limit_itself_is_allowed(folder: Path, analyser: Analyser) -> None:
    """One posting less is not; what was allowed answers as without a limit."""
    free = BuiltIndex(folder)
    for q in COMMON:
        cost = cost_of(folder, analyser, q)
        assert found(BuiltIndex(folder, cost), analyser, q) == found(free, analyser, q) > 0
        with pytest.raises(QueryTooCostly):
            found(BuiltIndex(folder, cost - 1), analyser, q)


def test_what_must_stand_near_costs_more_than_to_stand_somewhere(
    folder: Path, analyser: Analyser
) -> None:
    """The places of both are sorted and compared; each further nearness is compared again."""
    somewhere, near, twice = (
        cost_of(folder, analyser, q) for q in ("会 议", '"会 议"~9', '"会 议"~9 "会 议"~8')
    )
    assert near > 3 * somewhere
    assert twice - near > somewhere


def test_queries_that_are_counted_together_share_what_one_may_cost(
    folder: Path, analyser: Analyser
) -> None:
    """What was spent before counts too; those past the limit are refused, one by one."""
    compiler = QueryCompiler(analyser)
    queries = [compiler.compile(q, "smart").unrelaxed for q in ("会议", "会", "渡口")]
    free = BuiltIndex(folder).live()
    totals = [result.total for result in free.totals(queries, Window())]
    enough = free.totals(queries, Window())[-1].cost
    assert [r.total for r in BuiltIndex(folder, enough).live().totals(queries, Window())] == totals
    *most, last = BuiltIndex(folder, enough - 1).live().totals(queries, Window())
    assert isinstance(last.refused, QueryTooCostly)
    assert [result.total for result in most] == totals[:-1]
    spent = BuiltIndex(folder, enough).live().totals(queries, Window(spent=enough))
    assert all(isinstance(result.refused, QueryTooCostly) for result in spent)


def cost_of(folder: Path, analyser: Analyser, q: str) -> int:
    """As the refusal of a query says it."""
    with pytest.raises(QueryTooCostly) as refusal:
        found(BuiltIndex(folder, 0), analyser, q)
    return int(str(refusal.value).split("read ")[1].split(" ")[0].replace(",", ""))


def test_an_answered_query_leaves_nothing_to_collect(folder: Path, analyser: Analyser) -> None:
    """No objects in a circle: the arrays of a query are gone with its answer."""
    index = BuiltIndex(folder)
    for _ in range(2):  # whatever is made once is there after the first time
        gc.collect()
        gc.disable()
        for q in COMMON[:-1]:
            found(index, analyser, q)
        left = gc.collect()
        gc.enable()
    assert left == 0
