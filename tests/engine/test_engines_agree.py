"""The arrays find what a plain scan over the texts finds: sets, totals, order, scores, counts."""

from collections import Counter
from dataclasses import replace
from random import Random

import pytest
import report
from engine import oracle
from given import seeds
from hypothesis import settings

from search_app.analysis.words import Analyser
from search_app.engine.base import SearchResult
from search_app.engine.whoosh.build import merge
from search_app.query.compile import QueryCompiler

QUERIES = 40  # for each corpus
CORPORA = settings.default.max_examples * 5 // 8
UNIT = 1e-4
asked = Counter[str]()


@seeds(CORPORA)
def test_the_index_answers_as_the_scan_does(analyser: Analyser, seed: int) -> None:
    """Every node and window, over one segment and over two with deletions."""
    ask(Random(seed), analyser)


def ask(random: Random, analyser: Analyser) -> None:
    """Asks both about one corpus; raises AssertionError where their answers differ."""
    compiler = QueryCompiler(analyser)
    with oracle.limits(random), oracle.corpora(random, analyser) as both:
        for _ in range(QUERIES):
            query, window = oracle.a_query(random, both, compiler), oracle.a_window(random)
            scan, index = (engine.search(query, window) for engine in (both.scan, both.index))
            asked.update({"queries": 1, "with hits": scan.total > 0, "over two": both.two})
            asked["collapsed"] += (scan.total_collapsed or scan.total) < scan.total
            assert_same(scan, index, both, f"{query}\n{window}")


def assert_same(scan: SearchResult, index: SearchResult, both: oracle.Asked, said: str) -> None:
    """Equal in everything; scores but for rounding."""
    assert (index.mark is None) == (scan.mark is None), said
    assert replace(scan, ranked=(), mark=None) == replace(index, ranked=(), mark=None), said
    ids = [ranked.id for ranked in index.ranked]
    assert ids == [ranked.id for ranked in scan.ranked], said
    assert both.index.articles(ids) == both.scan.articles(ids), said
    assert [r.reprints for r in index.ranked] == [r.reprints for r in scan.ranked], said
    scores = [r.score for r in index.ranked]
    assert scores == pytest.approx([r.score for r in scan.ranked], abs=1.5 * UNIT), said


def test_enough_was_asked_of_the_oracle() -> None:
    """Most queries find something, and many are asked of two segments with deletions."""
    if not asked:
        pytest.skip("the oracle was not asked")
    report.line(f"oracle, plain scan: {dict(asked)}")
    assert asked["queries"] >= 2_000
    assert asked["with hits"] >= 0.7 * asked["queries"]
    assert asked["over two"] >= 0.3 * asked["queries"]
    assert asked["collapsed"] >= 0.02 * asked["queries"]


@pytest.mark.parametrize("slab", [1, 7, 100])
def test_merging_in_slabs_changes_nothing(
    analyser: Analyser, monkeypatch: pytest.MonkeyPatch, slab: int
) -> None:
    """However little memory a merge may take."""
    with oracle.corpora(Random(5), analyser) as whole:
        wanted = {path.name: path.read_bytes() for path in whole.folder.glob("*.*_pairs")}
    monkeypatch.setattr(merge.merge_pairs, "__defaults__", (slab,))
    monkeypatch.setattr(merge.merge_words, "__defaults__", (slab,))
    with oracle.corpora(Random(5), analyser) as cut:
        assert {path.name: path.read_bytes() for path in cut.folder.glob("*.*_pairs")} == wanted
