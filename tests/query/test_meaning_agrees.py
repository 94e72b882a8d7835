"""Random queries of the whole grammar find what the reference model of *Meaning* says they find.

Typed text goes the whole way: service, parser, compiler, the arrays of a real generation.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
import report
from given import BuiltIndex, GivenCorpus, accept, seeds
from hypothesis import settings
from needs import shared
from query.grammar import a_corpus, a_request
from scan import ScanEngine

from search_app.analysis.words import Analyser
from search_app.engine.base import RankedArticle, Window
from search_app.errors import BadQuery
from search_app.model import SearchRequest
from search_app.query.compile import QueryCompiler
from search_app.query.tree import And, Query
from search_app.service.facade import SearchService

if TYPE_CHECKING:
    from query.reference import Reference, Wanted

QUERIES = 40  # for each corpus
CORPORA = settings.default.max_examples // 4
asked = Counter[str]()


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    """The model; it is made of a program that stands beside the checkout."""
    shared()
    from query import reference

    return reference


@seeds(CORPORA)
def test_what_is_typed_finds_what_it_means(
    analyser: Analyser, reference: ModuleType, seed: int
) -> None:
    """Sets, totals, order, what is dropped; and refusals."""
    random = Random(seed)
    articles = a_corpus(random)
    with TemporaryDirectory() as folder:
        index = BuiltIndex(Path(folder) / "index")
        index.rebuild(GivenCorpus(articles), accept)
        service = SearchService(index, QueryCompiler(analyser))
        model, scan = reference.Reference(articles), ScanEngine(articles, analyser)
        for _ in range(QUERIES):
            request = a_request(random, articles)
            assert_same(service, model, scan, request)


def assert_same(
    service: SearchService, model: Reference, scan: ScanEngine, request: SearchRequest
) -> None:
    """Asks both; raises AssertionError where the answers differ."""
    wanted = model.answer(request)
    asked.update({"queries": 1, "refused": wanted is None})
    if wanted is None:
        with pytest.raises(BadQuery):
            print(request, service.search(request))
        return
    page, said = service.search(request), str(request)
    full, whole = len(wanted.full), len(wanted.whole)
    word = whole if request.match == "smart" and 2 * whole < full else None
    totals = (full + len(wanted.added), full, len(wanted.runs), word)
    found = (page.total, page.total_strict, page.total_exact, page.total_word)
    assert found == totals, said
    assert page.query.relaxed == bool(wanted.added), said
    assert set(page.query.dropped) == wanted.dropped, said
    order = ordered(scan, wanted, request)[(request.page - 1) * request.per_page :]
    here = order[: request.per_page]
    assert [h.id for h in page.hits] == [r.id for r in here], said
    assert [h.score for h in page.hits] == pytest.approx([r.score for r in here], abs=1.5e-4), said
    asked.update({"with hits": page.total > 0, "relaxed": page.query.relaxed, request.match: 1})


def ordered(scan: ScanEngine, wanted: Wanted, request: SearchRequest) -> list[RankedArticle]:
    """The articles that the model finds, in the order of a plain scan's scores."""
    full, runs, added = map(frozenset, (wanted.full, wanted.runs, wanted.added))
    query = Query(And(()), And(()), wanted.ranking, wanted.runs_first)
    window = Window(sort=request.sort)
    return scan._ordered(query, window, full | added, full, runs, wanted.weights)


def test_enough_was_asked_of_the_model() -> None:
    """Most queries find something, some only when relaxed, and some are refused."""
    if not asked:
        pytest.skip("the model was not asked")
    report.line(f"oracle, meaning of what is typed: {dict(asked)}")
    assert asked["with hits"] >= 0.7 * asked["queries"]
    assert asked["relaxed"] >= 0.02 * asked["queries"]
    assert 0 < asked["refused"] <= 0.1 * asked["queries"]
