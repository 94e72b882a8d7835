"""Answers by gzip: what is compressed, and that streams arrive as they are made."""

import gzip
import zlib

import pytest
from flask import Response

GZIP = {"Accept-Encoding": "gzip"}


@pytest.mark.parametrize(
    "path",
    [
        "/search?q=会议",
        "/api/v1/search?q=会议",
        "/articles/a01",
        "/openapi.json",
        "/static/app.css",
    ],
)
def test_what_is_long_is_compressed_where_that_is_asked(client, path):
    """With the length of what is sent; without being asked it is the same, plain."""
    plain, small = client.get(path), client.get(path, headers=GZIP)
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert int(small.headers["Content-Length"]) == len(small.data) < len(plain.data)
    for answer in (plain, small, client.head(path), client.head(path, headers=GZIP)):
        assert "Accept-Encoding" in answer.headers.getlist("Vary")
        answer.close()
    assert small.headers["ETag"].startswith("W/")
    if "search" not in path:  # that says how long it took
        assert gzip.decompress(small.data) == plain.data


@pytest.mark.parametrize(
    ("accepted", "is_small"),
    [
        ("br, gzip;q=0.5", True),
        ("*", True),
        ("gzip;q=0", False),
        ("identity", False),
        ("", False),
        ("br;q=1, *;q=0", False),
    ],
)
def test_the_client_says_what_it_takes(client, accepted, is_small):
    """By names, weights and a star."""
    answer = client.get("/articles/a01", headers={"Accept-Encoding": accepted})
    assert (answer.headers.get("Content-Encoding") == "gzip") is is_small


def test_what_is_short_is_left_as_it_is(client):
    """A packet costs more."""
    answer = client.get("/healthz", headers=GZIP)
    assert "Content-Encoding" not in answer.headers


def rows(app, pieces, closed=None):
    """A stream of pieces under `/rows`, as an export makes it."""

    class Pieces:
        def __iter__(self):
            yield from pieces()

        def close(self):
            if closed is not None:
                closed.append(True)

    app.add_url_rule("/rows", "rows", lambda: Response(Pieces(), mimetype="text/csv"))
    return app.test_client()


def test_rows_of_a_stream_arrive_while_others_are_made(app):
    """Each piece of some length can be read before the next is made; what made them is closed."""
    made, closed = [], []

    def pieces():
        for number in range(4):
            made.append(number)
            yield f"{number}".encode() * 20_000

    answer = rows(app, pieces, closed).get("/rows", headers=GZIP, buffered=False)
    machine, seen = zlib.decompressobj(16 + zlib.MAX_WBITS), b""
    for piece in answer.response:
        seen += machine.decompress(piece)
        assert len(seen) == 20_000 * len(made)
    answer.close()
    assert machine.eof
    assert closed == [True]


def test_a_stream_of_many_short_rows_is_small(app):
    """They are compressed together, not each for itself."""
    lines = [b"a line that is much like the others\n"] * 5000
    answer = rows(app, lambda: iter(lines)).get("/rows", headers=GZIP)
    assert gzip.decompress(answer.data) == b"".join(lines)
    assert len(answer.data) < 5000


def test_a_stream_that_breaks_has_no_end(app):
    """So that the client sees that it is incomplete."""

    def pieces():
        yield b"x" * 20_000
        raise RuntimeError("the index has gone")

    answer = rows(app, pieces).get("/rows", headers=GZIP, buffered=False)
    machine = zlib.decompressobj(16 + zlib.MAX_WBITS)
    arriving = iter(answer.response)
    machine.decompress(next(arriving))
    with pytest.raises(ConnectionAbortedError):
        next(arriving)
    assert not machine.eof


def test_a_stream_that_is_only_asked_about_is_closed(app):
    """HEAD takes no piece of it."""
    closed = []
    answer = rows(app, lambda: iter([b"x"]), closed).head("/rows", headers=GZIP)
    answer.close()
    assert closed == [True]
