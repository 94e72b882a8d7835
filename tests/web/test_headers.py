"""Headers of every answer, revalidation, static files."""

import re
from datetime import date, timedelta

import pytest

from search_app.web import create_app, revalidation
from search_app.web.operating.operation import Operation

PATHS = ["/", "/search", "/search?q=会议", "/articles/a01", "/nosuch", "/api/v1/search",
         "/api/v1/search?q=会议", "/api/v1/status", "/openapi.json", "/healthz", "/readyz",
         "/static/app.css"]  # fmt: skip


def headers_of(client, path):
    with client.get(path) as answer:  # a static file is open until its answer is closed
        return answer.headers


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_the_headers(client, path):
    """Errors and static files too; nothing sets a cookie."""
    headers = headers_of(client, path)
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "private, no-cache"
    assert "charset=utf-8" in headers["Content-Type"]
    assert "Set-Cookie" not in headers


TAGGED = ["/api/v1/search?q=会议", "/search?q=会议", "/articles/a01", "/", "/api/v1/status",
          "/api/v1/articles/a01/similar", "/api/v1/suggest?q=会", "/openapi.json"]  # fmt: skip


@pytest.mark.parametrize("path", TAGGED)
def test_answers_can_be_revalidated(client, path):
    """The time a search took changes every time, its ETag does not."""
    first = client.get(path)
    tag = first.headers["ETag"]
    assert tag.startswith('W/"')
    for known in (tag, tag[2:], f'"other", {tag}', f'W/"other" ,{tag} , "x"', "*"):
        for ask in (client.get, client.head):
            again = ask(path, headers={"If-None-Match": known})
            assert (again.status_code, again.data) == (304, b""), known
            assert again.headers["ETag"] == tag
            assert "Accept-Encoding" in again.headers.getlist("Vary")
    for unknown in ('"other"', tag[2:-2] + '"', tag.strip('W/"') + "x", ""):
        assert client.get(path, headers={"If-None-Match": unknown}).status_code == 200
    head = client.head(path)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == tag


def test_what_a_client_has_is_not_searched_for(client, service):
    """Nor is an article read; an answer to anything that there may be (`*`) is."""
    for path in ("/search?q=会议", "/api/v1/search?q=会议"):
        tag = client.get(path).headers["ETag"]
        service.requests.clear()
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
        assert service.requests == []
        assert client.get(path, headers={"If-None-Match": "*"}).status_code == 304
        assert len(service.requests) == 1


def test_errors_are_never_what_a_client_has(client):
    """`*` is no answer to what there is not."""
    for path, status in (("/api/v1/search", 400), ("/articles/nosuch", 404), ("/nosuch", 404)):
        answer = client.get(path, headers={"If-None-Match": "*"})
        assert answer.status_code == status
        assert "ETag" not in answer.headers


def test_another_answer_has_another_tag(app, service, monkeypatch):
    """Another generation, question, host, settings, code or, where it is named, day."""
    path, base = "/search?q=会议", app.test_client()
    tags = [base.get(path).headers["ETag"]]
    tags.append(base.get("/search?q=会议&page=1").headers["ETag"])
    tags.append(base.get("/search?q=会").headers["ETag"])
    tags.append(base.get(path, base_url="https://archive.example").headers["ETag"])
    other = create_app(service, operation=Operation(settings="other"))
    tags.append(other.test_client().get(path).headers["ETag"])
    monkeypatch.setattr(revalidation, "_CODE", "other")
    tags.append(base.get(path).headers["ETag"])
    service.index.engine.edition = "000002"
    tags.append(base.get(path).headers["ETag"])
    assert len(set(tags)) == len(tags)
    assert base.get(path, headers={"If-None-Match": ", ".join(tags[:-1])}).status_code == 200


def test_a_page_that_may_name_today_is_another_one_tomorrow(client, monkeypatch):
    """A page of results is not."""

    class Tomorrow(date):
        @classmethod
        def today(cls):
            return date.today() + timedelta(days=1)

    paths = ("/articles/a01", "/search?q=会议")
    before = [client.get(path).headers["ETag"] for path in paths]
    monkeypatch.setattr(revalidation, "date", Tomorrow)
    after = [client.get(path).headers["ETag"] for path in paths]
    assert [a == b for a, b in zip(before, after, strict=True)] == [False, True]


def test_an_answer_of_the_next_generation_is_not_given_the_tag_of_the_last(client, service):
    """Where the switch comes between the tag and the answer."""
    tag = client.get("/search?q=会议").headers["ETag"]
    searched = service.search

    def switching(request):
        service.index.engine.edition = "000002"
        return searched(request)

    service.search = switching
    assert client.get("/search?q=会议").headers["ETag"] != tag


@pytest.mark.parametrize(
    ("origins", "asked", "allowed"),
    [
        ((), "https://reader.example", None),
        (("*",), "https://reader.example", "*"),
        (("https://reader.example",), "https://reader.example", "https://reader.example"),
        (
            ("https://a.example", "http://b.example:81"),
            "http://b.example:81",
            "http://b.example:81",
        ),
        (("https://reader.example",), "https://evil.example", None),
        (("https://reader.example",), "https://reader.example.evil.example", None),
        (("https://reader.example",), "http://reader.example", None),
        (("https://reader.example",), "null", None),
        (("https://reader.example",), "", None),
    ],
)
def test_other_origins_read_answers_only_where_they_are_named(service, origins, asked, allowed):
    """Errors and revalidations too; caches are told what it depends on; metrics never."""
    client = create_app(service, operation=Operation(origins=origins)).test_client()
    path = "/api/v1/search?q=会议"
    tag = client.get(path).headers["ETag"]
    for address, known in ((path, ""), (path, tag), ("/api/v1/search", ""), ("/articles/a01", "")):
        answer = client.get(address, headers={"Origin": asked, "If-None-Match": known})
        assert answer.headers.get("Access-Control-Allow-Origin") == allowed
        assert ("Origin" in answer.headers.getlist("Vary")) == (origins not in ((), ("*",)))
    metrics = client.get("/metrics", headers={"Origin": asked})
    assert "Access-Control-Allow-Origin" not in metrics.headers


def test_only_reading_is_offered_to_other_origins(service):
    """No preflight is answered: what needs one is not offered."""
    client = create_app(service, operation=Operation(origins=("*",))).test_client()
    asked = {"Origin": "https://a.example", "Access-Control-Request-Method": "POST"}
    answer = client.options("/api/v1/search", headers=asked)
    assert answer.status_code == 405
    assert "Access-Control-Allow-Methods" not in answer.headers


def test_static_files_are_kept_for_ever_under_their_hash(client):
    """Another hash, or none, is asked for again."""
    links = re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get("/").text)
    assert len(links) == 4
    for link in links:
        assert "immutable" in headers_of(client, link)["Cache-Control"]
        stale = link.partition("?")[0] + "?v=000000000000"
        assert headers_of(client, stale)["Cache-Control"] == "private, no-cache"


def test_strict_transport_is_asked_for_behind_tls_only(client):
    """On plain HTTP it would mean nothing."""
    assert "Strict-Transport-Security" not in client.get("/").headers
    assert "Strict-Transport-Security" in client.get("/", base_url="https://localhost").headers
