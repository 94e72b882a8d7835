"""What operators see: counts, lines of a log, ids of requests, limits; and who is shown them."""

import json
import re

import pytest
from flask import Response
from prometheus_client.parser import text_string_to_metric_families

from search_app.errors import DamagedIndex, NoIndex
from search_app.web import create_app
from search_app.web.operating.operation import Operation, client_address, is_this_machine


def counted(client):
    """What `/metrics` says: values by name and labels."""
    samples = {}
    for family in text_string_to_metric_families(client.get("/metrics").text):
        for sample in family.samples:
            samples[(sample.name, *sorted(sample.labels.values()))] = sample.value
    return samples


def test_requests_are_counted_by_their_short_names(client):
    """An unknown address has none; pages are pages."""
    before = counted(client)
    paths = ["/api/v1/search?q=会议", "/api/v1/search", "/api/v1/articles/a01", "/search?q=会议",
             "/articles/a01", "/nosuch", "/static/app.css", "/healthz"]  # fmt: skip
    for path in paths:
        client.get(path).close()
    after = counted(client)
    name = "search_app_requests_total"
    new = {key[1:]: n - before.get(key, 0) for key, n in after.items() if key[0] == name}
    expected = [("200", "article"), ("400", "search"), ("200", "search"), ("404", "none"),
                ("200", "static"), ("200", "healthz")]  # fmt: skip
    assert {labels: n for labels, n in new.items() if n} == {
        **dict.fromkeys(expected, 1),
        ("200", "page"): 2,
        ("200", "metrics"): 1,
    }
    for endpoint, more in (("search", 2), ("page", 2)):
        key = "search_app_request_duration_seconds_count", endpoint
        assert after[key] - before.get(key, 0) == more
    # None but those that ask for it; tests before this one may not have closed an answer.
    assert after[("search_app_in_flight",)] == before[("search_app_in_flight",)]
    assert after[("search_app_documents",)] == 4
    assert after[("search_app_degraded",)] == 0


def test_metrics_say_that_the_newest_index_does_not_answer(client, service):
    """Whether an older one does or none; the probe tells which, and what is wrong."""
    assert client.get("/readyz?strict").status_code == 200
    service.index.problem = DamagedIndex("000002 is damaged")
    assert client.get("/readyz").json == {
        "ready": True,
        "degraded": True,
        "problem": "000002 is damaged",
    }
    strict = client.get("/readyz?strict")
    assert (strict.status_code, strict.json["detail"]) == (503, "000002 is damaged")
    assert counted(client)[("search_app_degraded",)] == 1
    assert counted(client)[("search_app_documents",)] == 4
    service.index.error = NoIndex("no index")
    assert counted(client)[("search_app_degraded",)] == 1
    assert ("search_app_documents",) not in counted(client)


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("::ffff:127.0.0.1", {}, 403),
        ("10.0.0.7", {}, 403),
        ("127.0.0.1", {"X-Forwarded-For": "10.0.0.7"}, 403),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 403),
        ("127.0.0.1", {"Forwarded": "for=10.0.0.7"}, 403),
        ("127.0.0.1", {"X-Real-IP": "10.0.0.7"}, 403),
        ("127.0.0.1", {"Via": "1.1 proxy"}, 403),
        ("", {}, 403),
    ],
)
def test_only_this_machine_is_shown_metrics(app, service, address, headers, status):
    """Behind a proxy here every client seems to be: what came through one is from elsewhere."""
    from_there = {"REMOTE_ADDR": address}
    answer = app.test_client().get("/metrics", headers=headers, environ_base=from_there)
    assert answer.status_code == status
    assert status == 200 or answer.content_type.startswith("application/problem+json")
    shown = create_app(service, operation=Operation(shows_metrics=True)).test_client()
    assert shown.get("/metrics", headers=headers, environ_base=from_there).status_code == 200


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("10.0.0.7", "1.1.1.1", "10.0.0.7"),
        ("127.0.0.1", "1.1.1.1", "1.1.1.1"),
        ("127.0.0.1", "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        ("127.0.0.1", "6.6.6.6, 1.1.1.1,127.0.0.1", "1.1.1.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", ",", "127.0.0.1"),
        ("127.0.0.1", "127.0.0.1", "127.0.0.1"),
    ],
)
def test_a_client_is_who_our_proxy_says_it_is(peer, forwarded, client):
    """What the client itself wrote before that is not believed, nor anybody else's word."""
    environ = {"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": forwarded}
    assert client_address(environ, frozenset({"127.0.0.1"})) == client
    assert not is_this_machine(environ)


@pytest.mark.parametrize(
    ("given", "is_kept"),
    [
        ("a1.B-2_c", True),
        ("x" * 64, True),
        ("x" * 65, False),
        ("", False),
        ("a b", False),
        ('a"b', False),
        ("号", False),
    ],
)
def test_an_answer_has_the_id_of_its_request(client, given, is_kept):
    """One that a proxy gave is kept if it cannot forge a line; errors and revalidations too."""
    for path in ("/api/v1/search?q=会议", "/nosuch", "/static/app.css", "/healthz"):
        with client.get(path, headers={"X-Request-Id": given.encode().decode("latin-1")}) as answer:
            (shown,) = answer.headers.getlist("X-Request-Id")
        assert (shown == given) is is_kept
        assert is_kept or re.fullmatch("[0-9a-f]{16}", shown)


def logged(capsys, service, path, **operation):
    """The lines that a request leaves."""
    app = create_app(service, operation=Operation(**operation))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    headers = {"X-Request-Id": "id-1", "Referer": "http://localhost/search?q=%E7%BB%9D"}
    app.test_client().get(path, headers=headers).close()
    return capsys.readouterr().err


def test_a_request_is_a_line_of_json(capsys, service):
    """With what operators count by, and nothing of who asked what."""
    lines = logged(capsys, service, "/api/v1/search?q=绝密", log="json").splitlines()
    (line,) = map(json.loads, lines)
    assert list(line) == ["time", "route", "status", "ms", "bytes", "request_id"]
    assert (line["route"], line["status"], line["request_id"]) == ("search", 200, "id-1")
    assert line["bytes"] > 100
    assert line["ms"] > 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])


def test_a_request_is_a_line_of_text(capsys, service):
    """The same fields in the same order; a stream is logged when it ends."""
    line = logged(capsys, service, "/nosuch?q=绝密", log="text")
    assert re.fullmatch(
        r"time=\S+ route=none status=404 ms=[\d.]+ bytes=\d+ request_id=id-1\n", line
    )
    assert "route=static status=200" in logged(capsys, service, "/static/app.css", log="text")


def test_queries_and_addresses_are_logged_only_where_that_is_set(capsys, service):
    """As they were sent: percent-encoded, on one line."""
    line = logged(capsys, service, "/api/v1/search?q=绝密", log="json", logs_queries=True)
    assert json.loads(line)["query"] == "q=%E7%BB%9D%E5%AF%86"
    assert json.loads(line)["address"] == "127.0.0.1"


@pytest.mark.parametrize("log", ["", "text", "json"])
def test_an_error_of_ours_is_logged_with_the_id_and_without_what_was_typed(capsys, service, log):
    """Even where no request is: it is the only trace of a 500."""

    def failing(_):
        try:
            int("绝密")
        except ValueError as error:
            raise RuntimeError("绝密 cannot be searched for") from error

    service.search = failing
    text = logged(capsys, service, "/api/v1/search?q=绝密", log=log)
    assert "绝密" not in text
    assert "%E7%BB%9D" not in text
    assert "id-1" in text
    assert "RuntimeError" in text
    assert "api.search" in text
    assert "ValueError" in text
    assert "test_observe.py" in text
    assert text.count("\n") == 1 + bool(log)
    assert ("status" in text) is bool(log)
    shown = logged(capsys, service, "/api/v1/search?q=绝密", log=log, logs_queries=True)
    assert "绝密 cannot be searched for" in shown


@pytest.mark.parametrize("log", ["", "json"])
def test_a_stream_that_breaks_is_logged_with_its_id(capsys, service, log):
    """Its head was sent already; without what the error says."""

    def pieces():
        yield b"x" * 20_000
        raise ValueError("绝密")

    app = create_app(service, operation=Operation(log=log))
    app.add_url_rule("/rows", "api.rows", lambda: Response(pieces()))
    answer = app.test_client().get("/rows", headers={"X-Request-Id": "id-1"}, buffered=False)
    with pytest.raises(ConnectionAbortedError):
        list(answer.response)
    answer.close()
    text = capsys.readouterr().err
    assert "绝密" not in text
    lines = text.splitlines()
    assert len(lines) == 1 + bool(log)
    for part in ("id-1", "rows", "ValueError", "pieces"):
        assert part in lines[0]


LIMITED = Operation(rate_limit="3/minute", proxies=frozenset({"127.0.0.1"}))


def statuses(client, path, times, **more):
    found = []
    for _ in range(times):
        with client.get(path, **more) as answer:
            found.append(answer.status_code)
    return found


def test_a_client_that_asks_too_often_is_told_when_to_come_back(service):
    """By a problem or a page; probes, metrics and static files are never refused."""
    client = create_app(service, operation=LIMITED).test_client()
    before = counted(client).get(("search_app_refused_total", "rate"), 0)
    asked = [client.get("/api/v1/search?q=会议"), client.get("/search?q=会议"),
             client.get("/nosuch"), client.get("/api/v1/search?q=会议"),
             client.get("/")]  # fmt: skip
    assert [answer.status_code for answer in asked] == [200, 200, 404, 429, 429]
    for answer in asked[3:]:
        assert 0 < int(answer.headers["Retry-After"]) <= 61
    assert asked[3].content_type.startswith("application/problem+json")
    assert asked[4].content_type.startswith("text/html")
    assert counted(client)[("search_app_refused_total", "rate")] - before == 2
    for path in ("/healthz", "/readyz", "/metrics", "/static/app.css"):
        assert set(statuses(client, path, 5)) == {200}


def test_every_client_has_a_limit_of_its_own(service):
    """By the address that a proxy of ours gives; all of an IPv6 network are one."""
    client = create_app(service, operation=LIMITED).test_client()

    def times_answered(**headers):
        return statuses(client, "/api/v1/status", 5, headers=headers).count(200)

    assert times_answered() == 3
    assert times_answered(**{"X-Forwarded-For": "1.1.1.1"}) == 3
    assert times_answered(**{"X-Forwarded-For": "6.6.6.6, 1.1.1.1"}) == 0
    assert times_answered(**{"X-Forwarded-For": "2001:db8:0:1::5"}) == 3
    assert times_answered(**{"X-Forwarded-For": "2001:db8:0:1:ffff::6"}) == 0
    assert times_answered(**{"X-Forwarded-For": "2001:db8:0:2::5"}) == 3


def test_what_is_known_of_clients_has_a_bound_and_an_end(monkeypatch):
    """Many addresses take no more memory; a window that ended counts no more."""
    from search_app.web.operating import limits

    clock = 1000.0
    monkeypatch.setattr(limits, "MOST_CLIENTS", 3)
    monkeypatch.setattr(limits.time, "time", lambda: clock)
    counts = limits.BoundedCounts("bounded://")
    assert [counts.incr("a", 60), counts.incr("a", 60), counts.get("a")] == [1, 2, 2]
    assert counts.get_expiry("a") == 1060
    clock = 1060.0
    assert [counts.get("a"), counts.incr("a", 60)] == [0, 1]
    for number in range(10):
        counts.incr(str(number), 60)
    assert [counts.get(key) for key in ("a", "6", "7", "8", "9")] == [0, 0, 1, 1, 1]
    assert counts.reset() == 3
