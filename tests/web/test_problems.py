"""Errors as problem documents for programs, as pages for people."""

import pytest

from search_app.bootstrap import search_service
from search_app.errors import DamagedIndex, NoIndex, Unavailable
from search_app.settings import read_settings
from search_app.web import create_app

PROBLEM = "application/problem+json"


def problem(answer):
    assert answer.content_type.startswith(PROBLEM)
    assert answer.json["status"] == answer.status_code
    return answer.json


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/api/v1/search", 400, "bad_parameter"),
        ("/api/v1/search?q=-x", 400, "bad_query"),
        ("/api/v1/articles/a01?q=-x", 400, "bad_query"),
        ("/api/v1/articles/nosuch", 404, "unknown_article"),
        ("/api/v1/nosuch", 404, "unknown_address"),
        ("/api", 404, "unknown_address"),
        ("/api/v1/articles/..%2F..%2Fetc", 404, "unknown_address"),
    ],
)
def test_the_api_answers_errors_as_problem_documents(client, path, status, kind):
    """The type tells programs which problem it is, the detail tells people."""
    told = problem(client.get(path))
    assert told["status"] == status
    assert told["type"].endswith(kind)
    assert told["title"]
    assert told["detail"]


def test_a_query_that_cannot_be_searched_for_names_its_parameter(client):
    """The service's own message is passed on."""
    errors = problem(client.get("/api/v1/search?q=-x"))["errors"]
    assert errors == [
        {"parameter": "q", "message": "the query has nothing to search for; give at least one word"}
    ]


@pytest.mark.parametrize(
    "error",
    [
        NoIndex("no index"),
        DamagedIndex("index/ is damaged"),
        Unavailable("the cluster at https://search.example does not answer; try again"),
    ],
)
def test_without_an_index_one_is_asked_to_come_again(client, service, error):
    """Searches get a 503; the process itself is alive, and the form is shown."""
    service.index.error = error
    for path in ("/api/v1/search?q=x", "/api/v1/articles/a01", "/api/v1/status", "/readyz"):
        answer = client.get(path)
        assert problem(answer)["detail"] == str(error)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    page = client.get("/search?q=x")
    assert (page.status_code, page.mimetype, page.headers["Retry-After"]) == (503, "text/html", "5")
    assert client.get("/healthz").status_code == 200
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("path", ["/api/v1/search?q=x", "/search?q=x", "/"])
def test_only_reading_is_allowed(client, method, path):
    """Other methods are told which ones there are."""
    answer = client.open(path, method=method)
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD"}


def test_a_surprise_is_a_500_without_its_text(client, service):
    """What went wrong stands in the log, not in the answer."""
    service.search = lambda request: 1 / 0
    told = problem(client.get("/api/v1/search?q=x"))
    assert told["status"] == 500
    assert "division" not in str(told)
    page = client.get("/search?q=x")
    assert (page.status_code, page.mimetype) == (500, "text/html")
    assert "division" not in page.text


@pytest.mark.parametrize("path", ["//evil.example/", "/../etc/passwd", "/search/", "/nosuch"])
def test_paths_lead_nowhere_else(client, path):
    """No path is redirected, to another place least of all."""
    answer = client.get("/", environ_overrides={"PATH_INFO": path})
    assert answer.status_code == 404
    assert "Location" not in answer.headers


def test_only_our_own_names_are_answered_to(service):
    """Probes ask by address, everything else by a name that is ours."""
    client = create_app(service, hosts=("archive.example",)).test_client()
    names = {"archive.example:8000": 200, "ARCHIVE.example": 200}
    for host in (
        "evil.example",
        "",
        "a@archive.example",
        "archive.example:x",
        "archive.example/",
        "[::1]",
    ):
        names[host] = 400
    for host, status in names.items():
        assert client.get("/api/v1/search?q=x", headers={"Host": host}).status_code == status
    assert client.get("/healthz", headers={"Host": "10.0.0.7"}).status_code == 200


@pytest.fixture
def thrifty(build, make_article, tmp_path):
    """Asks an application over a real index in which a query may read three hundred postings."""
    bodies = (f"会议纪要第{n}号，防汛抗旱指挥部" for n in range(200))
    build([*(make_article(f"a{n}", b) for n, b in enumerate(bodies)), make_article("x", "渡口")])
    given = {"INDEX": str(tmp_path / "index"), "MOST_POSTINGS": "300"}
    settings = read_settings({f"SEARCH_APP_{name}": value for name, value in given.items()})
    return create_app(search_service(settings)).test_client()


def test_a_costly_query_is_a_problem_that_says_how_to_go_on(thrifty):
    """A cheaper one is answered before it and after it; the service stays ready."""
    assert thrifty.get("/api/v1/search?q=渡口").json["total"] == 1
    answer = thrifty.get("/api/v1/search?q=会议纪要 指挥部 OR 防汛抗旱")
    told = problem(answer)
    assert answer.status_code == 503
    assert "Retry-After" not in answer.headers
    assert set(told) == {"type", "title", "status", "detail", "errors"}
    assert told["type"] == "urn:search-app:problem:query_too_costly"
    assert "300 are allowed; leave out its most common words" in told["detail"]
    assert thrifty.get("/api/v1/search?q=渡口").json["total"] == 1
    assert thrifty.get("/readyz").json == {"ready": True, "degraded": False, "problem": None}


def test_a_costly_query_gets_a_page_that_does_not_blame_the_index(thrifty):
    """It says what to change, and the form still holds what was typed."""
    page = thrifty.get("/search?q=会议纪要 指挥部 OR 防汛抗旱")
    assert (page.status_code, page.mimetype) == (503, "text/html")
    assert "这次检索要读的太多" in page.text
    assert "去掉其中最常见的" in page.text
    assert "索引" not in page.text.partition("<main")[2].partition("</main>")[0]
    assert "会议纪要 指挥部 OR 防汛抗旱" in page.text
