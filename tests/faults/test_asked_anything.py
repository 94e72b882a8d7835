"""Requests by the grammar, and by the description of the API: none is a fault of ours."""

import gc
import os
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from random import Random
from urllib.parse import quote, urlencode

import needs
import pytest
import report
import schemathesis
from faults.editions import SOAK
from flask.testing import FlaskClient
from given import BuiltIndex, GivenCorpus, accept
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from query import grammar
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from served import run

from search_app.articles.corpus.reader import read_corpus
from search_app.bootstrap import search_service
from search_app.filters import FILTER_NAMES
from search_app.model import Article
from search_app.settings import read_settings
from search_app.web import create_app

# Of real articles 100,000 take twenty minutes on a quiet core.
REQUESTS = int(os.environ.get("ASKED_REQUESTS", "100000")) if SOAK else 600
# Cases of each endpoint, right ones and wrong ones each: about 10,000 of all.
CASES = 550 if SOAK else 5
WARM = 2_000 if SOAK else 300
# Kilobytes that the process may hold more after the last request than after the first so many: what
# the allocator keeps, and caches that fill to their end.
GROWTH = 24 * 1024
# Seconds of CPU, the limit of any accepted request; here also on machines that are far slower.
MOST_CPU = 1.0 if SOAK else 5.0
# Statuses that a request may get whose index is sound. 503: the query would cost too much.
ALLOWED = {200, 301, 304, 400, 404, 410, 503}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    """Real articles where many are asked, else some of phrases."""
    if SOAK:
        found = read_corpus(needs.shared() / "data" / "cctv_xwlb.jsonl.gz")
        return [item for item in found if isinstance(item, Article)]
    random = Random(5)
    return [grammar.an_article(random, f"a{n}") for n in range(300)]


@pytest.fixture(scope="module")
def client(articles: list[Article], tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """The application over a real index of the articles, in this process."""
    index = tmp_path_factory.mktemp("asked") / "index"
    if SOAK:
        corpus = needs.shared() / "data" / "cctv_xwlb.jsonl.gz"
        assert run("rebuild", "--corpus", corpus, "--index", index).returncode in (0, 1)
    else:
        BuiltIndex(index).rebuild(GivenCorpus(articles), accept)
    return app_over(index).test_client()


def app_over(index: Path):  # type: ignore[no-untyped-def]
    return create_app(search_service(read_settings().with_options(index=str(index))))


def test_whatever_is_typed_is_answered_or_refused(
    client: FlaskClient, articles: list[Article]
) -> None:
    """All parameters, in all their values and some others; bounded CPU, and memory that is flat."""
    random, statuses = Random(17), Counter[int]()
    dearest, asked_for, before = 0.0, "", 0
    for number in range(REQUESTS):
        address = an_address(random, articles)
        started = time.process_time()
        answer = client.get(address)
        took = time.process_time() - started
        answer.close()
        statuses[answer.status_code] += 1
        assert answer.status_code in ALLOWED, (answer.status_code, address)
        if answer.status_code == 503:
            assert "query_too_costly" in answer.text or "/api/" not in address, address
        if took > dearest:
            dearest, asked_for = took, address
        if number == WARM:
            gc.collect()
            before = resident()
    gc.collect()
    grown = resident() - before
    assert dearest < MOST_CPU, asked_for
    assert grown < GROWTH
    report.line(
        f"asked by the grammar: {REQUESTS:,} requests, by status {dict(sorted(statuses.items()))}; "
        f"dearest {dearest * 1000:.0f} ms of CPU; "
        f"{grown / 1024:.0f} MB more after the first {WARM:,}"
    )


def an_address(random: Random, articles: list[Article]) -> str:
    """An address of ours, most often a search."""
    values: dict[str, object] = {"q": grammar.a_query(random, articles)[:200]}
    path = random.choices(
        ("/api/v1/search", "/search", "/api/v1/suggest", "/feed.atom", "/api/v1/export.jsonl",
         "/api/v1/articles/", "/articles/"), (8, 3, 2, 1, 1, 1, 1),
    )[0]  # fmt: skip
    if path.endswith("articles/"):
        path += quote(random.choice(articles).id, safe="")
    elif path == "/api/v1/export.jsonl":
        values["limit"] = random.choice((1, 20, 100))
    if not path.endswith("suggest"):
        for name, given in PARAMETERS.items():
            if random.random() < 0.15:
                values[name] = random.choice(given)
    if random.random() < 0.1:
        name = random.choice(FILTER_NAMES)
        article = random.choice(articles)
        values[name] = [article.date or "2021", article.newspaper or "日报"][
            : random.choice((1, 2))
        ]
    return f"{path}?{urlencode(values, doseq=True)}"


# Values of each parameter, right ones and wrong ones.
PARAMETERS: dict[str, tuple[str, ...]] = {
    "match": ("smart", "exact", "word", "other"),
    "from": ("2019", "2020-02", "2021-02-03", "2020-02-31"),
    "to": ("2019", "2022-01", "2021-12-01", ""),
    "relax": ("yes", "no"),
    "collapse": ("reprints", "no"),
    "sort": ("relevance", "newest", "oldest", "random"),
    "page": ("1", "2", "50", "0"),
    "per_page": ("1", "20", "100", "101"),
    "facets": ("year", "year,person,organisation", ",".join(FILTER_NAMES), "nosuch"),
    "facet_limit": ("1", "200"),
    "histogram": ("month", "week"),
    "cursor": ("*", "3.000001-20200101T000000Z", "x"),
}


# What this process holds in memory, in kilobytes.
def resident() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode), ids=lambda mode: mode.name)
def test_answers_are_as_the_description_says(
    client: FlaskClient, mode: schemathesis.GenerationMode
) -> None:
    """Status, media type and form, for values that the description allows and for others."""
    called = Counter[str]()
    described = schemathesis.openapi.from_wsgi("/openapi.json", client.application)
    for found in described.get_all_operations():
        operation = found.ok()

        @settings(max_examples=CASES, suppress_health_check=list(HealthCheck), database=None)
        @given(case=operation.as_strategy(generation_mode=mode))
        def answers_it(case: schemathesis.Case) -> None:
            # The transport that calls an application does not unpack.
            answer = case.call(headers={"Accept-Encoding": "identity"})
            called[str(answer.status_code)] += 1
            case.validate_response(answer, checks=CHECKS)

        with suppress(Unsatisfiable):  # there is no wrong value of what takes none
            answers_it()
    report.line(
        f"asked by the description, {mode.name.lower()} values: {called.total():,} cases, "
        f"by status {dict(sorted(called.items()))}"
    )
    assert called.total() > 5 * CASES
