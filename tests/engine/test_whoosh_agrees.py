"""Whoosh's own searcher over our codec finds the same documents, with the same scores.

Only shapes in which it is sound are asked: Term, And, Or, Phrase, and a positive ConstantScore with
AndMaybe at the root; always to the last match. What it does wrong is in `test_whoosh_defects.py`.
"""

from collections import Counter
from random import Random

import hypothesis.strategies as st
import numpy as np
import pytest
import report
from engine import oracle
from hypothesis import HealthCheck, Phase, given, settings
from whoosh.index import open_dir
from whoosh.query.compound import And as WhooshAnd
from whoosh.query.compound import AndMaybe
from whoosh.query.compound import Or as WhooshOr
from whoosh.query.positional import Phrase
from whoosh.query.qcore import NullQuery
from whoosh.query.qcore import Query as WhooshQuery
from whoosh.query.terms import Term
from whoosh.query.wrappers import ConstantScoreQuery
from whoosh.scoring import BM25F
from whoosh.searching import Searcher

from search_app.analysis.words import Analyser
from search_app.engine.base import Window
from search_app.engine.ranking import K1, B
from search_app.engine.whoosh.answer.evaluate import Evaluation
from search_app.engine.whoosh.answer.order import SCORED
from search_app.engine.whoosh.store.terms import pair_term, pair_terms, pairs_of, word_term
from search_app.query.compile import QueryCompiler
from search_app.query.tree import TEXT_FIELDS, And, Node, Or, Query, Ranking, Run

QUERIES = 20  # for each corpus
asked = Counter[str]()


@settings(
    max_examples=settings.default.max_examples // 5,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(st.integers(0, 2**32))
def test_whoosh_finds_and_scores_as_the_arrays_do(analyser: Analyser, seed: int) -> None:
    """Over one segment and over two with deletions, which count in its statistics."""
    random = Random(seed)
    compiler = QueryCompiler(analyser)
    with oracle.corpora(random, analyser) as both:
        index = open_dir(str(both.folder), readonly=True)
        searcher = index.searcher(weighting=BM25F(B=B, K1=K1))
        for _ in range(QUERIES):
            tree = a_tree(random, both)
            words = " ".join(("会", *("".join(oracle.a_run(random, both, 4)) for _ in range(3))))
            ranking = compiler.compile(words, "smart").query.ranking
            query = Query(tree, tree, ranking)
            evaluation = Evaluation(both.index.collection, both.index.statistics, query, Window())
            docs = evaluation.documents(tree).docs
            scores = dict(zip(docs.tolist(), evaluation.scorer.scores(docs).tolist(), strict=True))
            found = searched(searcher, tree, ranking)
            assert found == pytest.approx(scores, rel=1e-4, abs=1e-9), f"{tree} {ranking}"
            asked.update({"queries": 1, "with hits": len(docs) > 0, "over two": both.two})


def test_enough_was_asked_of_whoosh() -> None:
    """And mostly found something."""
    if not asked:
        pytest.skip("Whoosh was not asked")
    report.line(f"oracle, Whoosh's searcher: {dict(asked)}")
    assert asked["with hits"] >= 0.7 * asked["queries"]
    assert asked["over two"] >= 0.3 * asked["queries"]


def a_tree(random: Random, asked: oracle.Asked, depth: int = 0) -> Node:
    if depth < 2 and random.random() < 0.5:
        parts = tuple(a_tree(random, asked, depth + 1) for _ in range(random.randint(1, 3)))
        return Or(parts) if random.random() < 0.6 else And(parts)
    return Run(oracle.a_run(random, asked, 4), random.choice(oracle.FIELDS))


def searched(searcher: Searcher, tree: Node, ranking: Ranking) -> dict[int, float]:
    """Every document that Whoosh finds, with its score."""
    pairs = [pair_term(*pair) for pair in ranking.pairs]
    terms = [
        Term(f"{name}_pairs" if of_pairs else name, term.decode(), boost=weight)
        for name, weight, of_pairs in SCORED
        for term in (map(word_term, ranking.words) if not of_pairs else pairs)
    ]
    query = AndMaybe(ConstantScoreQuery(translated(searcher, tree), score=1.0), WhooshOr(terms))
    results = searcher.search(query, limit=None)
    return {number: (score or 0.0) - 1.0 for number, score in results.items()}


def translated(searcher: Searcher, node: Node) -> WhooshQuery:
    """Our tree as Whoosh's."""
    if isinstance(node, Run):
        fields = [node.field] if node.field else TEXT_FIELDS
        return WhooshOr([in_field(searcher, f"{f}_pairs", node.symbols) for f in fields])
    assert isinstance(node, And | Or)
    parts = [translated(searcher, part) for part in node.parts]
    return WhooshAnd(parts) if isinstance(node, And) else WhooshOr(parts)


def in_field(searcher: Searcher, field: str, run: tuple[str, ...]) -> WhooshQuery:
    if len(run) > 1:
        pairs = [term.decode() for term in pair_terms(run)]
        return Term(field, pairs[0]) if len(pairs) == 1 else Phrase(field, pairs)
    found = list(searcher.reader().expand_prefix(field, pairs_of(run[0])))
    return WhooshOr([Term(field, term) for term in found]) if found else NullQuery


@pytest.mark.parametrize("length", [1, 2, 3, 300])
def test_long_runs_and_symbols_are_found_to_the_last_character(
    build, make_article, analyser, length
):  # type: ignore[no-untyped-def]
    """A body of 100,000 characters is searchable at its end; so is a symbol of any length."""
    body = "水" * 60_000 + "江河湖海" * 10_000 + "9" * 5_000 + "终" * length
    engine = build([make_article("a", body), make_article("b", "江河 " + "9" * 4_999)]).live()
    assert engine.collection.segments[0].pairs["body"].positions.dtype == np.int32

    def total(q: str) -> int:
        return engine.search(QueryCompiler(analyser).compile(q, "exact").query, Window()).total

    assert total("终" * min(length, 200)) == 1
    assert total("海江河湖海99") == 0
    assert total("江河") == 2
