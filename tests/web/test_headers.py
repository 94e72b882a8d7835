"""Headers of every answer, revalidation, static files."""

import re

import pytest

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


@pytest.mark.parametrize("path", ["/api/v1/search?q=会议", "/search?q=会议", "/articles/a01", "/"])
def test_answers_can_be_revalidated(client, path):
    """The time a search took changes every time, its ETag does not."""
    first = client.get(path)
    assert first.headers["ETag"].startswith('W/"')
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    head = client.head(path)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == first.headers["ETag"]


def test_another_answer_has_another_tag(client, service):
    """A new generation is never taken for the old one."""
    first = client.get("/search?q=会议").headers["ETag"]
    service.changes = {"generation": "2-y"}
    assert client.get("/search?q=会议", headers={"If-None-Match": first}).status_code == 200


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
