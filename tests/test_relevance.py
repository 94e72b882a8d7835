"""The order of results: what readers of the sample newspaper type, and what they should see first.

Each line of `relevance/*.tsv` is a query, the article it looks for, the place among the results
that this article must keep, and perhaps one that must stand below it. Articles are named by
newspaper, date and the beginning of their title. What a reader rightly expects and the engine
does not do stays in the lists, with the reason behind it: such a row must fail until it is right.
"""

import csv
from pathlib import Path
from typing import NamedTuple

import pytest
from _pytest.mark import ParameterSet
from served import ROOT, run

from search_app.bootstrap import search_service
from search_app.model import Hit, SearchRequest
from search_app.service.facade import SearchService
from search_app.settings import read_settings
from search_app.text.fold import fold
from search_app.text.repair import squeeze

LISTS = sorted((Path(__file__).parent / "relevance").glob("*.tsv"))


class Row(NamedTuple):
    """What a reader types and expects; the last two may be empty."""

    query: str
    article: str
    within: int
    near_miss: str = ""
    fails_because: str = ""


def read_rows(path: Path) -> list[Row]:
    """The rows of a list, without its heading."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]
    return [Row(query, article, int(n), *more) for query, article, n, *more in lines]


def case(row: Row) -> ParameterSet:
    """The row as a test's parameter, expected to fail if it says why."""
    reason = row.fails_because
    marks = [pytest.mark.xfail(reason=reason, raises=AssertionError, strict=True)] if reason else []
    return pytest.param(row, id=row.query, marks=marks)


ROWS = [row for path in LISTS for row in read_rows(path)]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> SearchService:
    index = tmp_path_factory.mktemp("relevance") / "index"
    assert run("rebuild", "--corpus", ROOT / "corpus", "--index", index).returncode == 0
    return search_service(read_settings().with_options(index=str(index)))


def named(hit: Hit) -> str:
    """What an article's name in the lists is the beginning of."""
    return f"{hit.newspaper} {hit.date} {hit.title}"


def places(hits: list[str], article: str) -> list[int]:
    """Where the articles of this name stand, from 1."""
    return [i for i, hit in enumerate(hits, 1) if hit.startswith(article)]


@pytest.fixture(scope="module")
def everything(service: SearchService) -> list[str]:
    pages = (SearchRequest(q="日期:1900..", page=n, per_page=100) for n in (1, 2))
    return [named(hit) for page in pages for hit in service.search(page).hits]


@pytest.mark.parametrize("row", [case(row) for row in ROWS])
def test_what_is_looked_for_comes_first(service: SearchService, row: Row) -> None:
    """The article stands within its place, and a near miss below it or nowhere."""
    hits = [named(h) for h in service.search(SearchRequest(q=row.query, per_page=100)).hits]
    place = min(places(hits, row.article), default=len(hits) + 1)
    assert place <= min(row.within, len(hits)), hits[:10]
    if row.near_miss:
        assert all(place < other for other in places(hits, row.near_miss)), hits[:10]


def test_the_lists_are_no_easy_ones(everything: list[str]) -> None:
    """Every name fits one article; few queries quote the title, many have a near miss."""
    for row in ROWS:
        assert len(places(everything, row.article)) == 1, row
        assert not row.near_miss or len(places(everything, row.near_miss)) == 1, row
    assert len({row.query for row in ROWS}) == len(ROWS) >= 80
    assert {row.within for row in ROWS} <= {1, 3, 10}
    assert sum(bool(row.near_miss) for row in ROWS) >= 20
    assert sum(quotes_title(row, everything) for row in ROWS) <= 20


def quotes_title(row: Row, everything: list[str]) -> bool:
    """Whether query and title share four characters in a row."""
    (name,) = (name for name in everything if name.startswith(row.article))
    query, title = (fold(squeeze(text)) for text in (row.query, name.split(" ", 2)[2]))
    return any(query[i : i + 4] in title for i in range(len(query) - 3))
