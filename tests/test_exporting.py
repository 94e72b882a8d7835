"""Exports over a real server: many megabytes, clients that do not read or go away, a new index."""

import http.client
import json
import os
import threading
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest
from served import Address, run, serving

# Far more in all than the buffers of a connection hold: a client that does not read stops it.
ARTICLES, CHARACTERS = 150, 40_000
# Bytes that a slow client reads five times a second: it takes a minute for all.
PART = 60_000
PATH = "/api/v1/export.jsonl?" + urllib.parse.urlencode({"q": "渡口", "sort": "oldest"})
# Nothing that is waited for takes as long, on a machine that does other things too.
SECONDS = 30


def write_edition(corpus: Path, stamp: str, articles: int = ARTICLES) -> None:
    """Articles that all say in which edition they were printed."""
    lines = []
    for n in range(articles):
        body = f"{stamp}版的渡口。" + "灯亮了一夜，" * (CHARACTERS // 6)
        lines.append(json.dumps({"id": f"n{n:03}", "title": f"第{n}篇", "body": body}))
    corpus.mkdir(exist_ok=True)
    written = corpus / "written"
    written.write_text("\n".join(lines), encoding="utf-8")
    os.replace(written, corpus / "a.jsonl")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A first edition, indexed beside."""
    corpus = tmp_path_factory.mktemp("exported") / "corpus"
    write_edition(corpus, "甲")
    done = run("rebuild", "--corpus", corpus, "--index", corpus.parent / "index")
    assert done.returncode == 0, done.stderr
    return corpus


@pytest.fixture(scope="module")
def server(corpus: Path) -> Iterator[Address]:
    with serving(corpus.parent / "index") as address:
        yield address


class Stalled:
    """An export of which a client has read the head, and no more."""

    def __init__(self, server: Address) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=SECONDS)
        self.connection.request("GET", PATH)
        self.answer = self.connection.getresponse()

    def close(self) -> None:
        self.answer.close()
        self.connection.close()


def complete(server: Address) -> list[dict[str, str]]:
    """All rows of an export, tried until there is room for one more."""
    deadline = time.monotonic() + SECONDS
    while (answer := server.get(PATH)).status == 503 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert answer.status == 200
    return list(map(json.loads, answer.body.decode().splitlines()))


def test_a_third_stream_is_told_to_come_back(server: Address) -> None:
    """Searches go on beside them, and whoever goes away makes room."""
    held = [Stalled(server), Stalled(server)]
    try:
        assert [one.answer.status for one in held] == [200, 200]
        assert held[0].answer.getheader("Transfer-Encoding") == "chunked"
        refused = server.get(PATH)
        assert refused.status == 503
        assert refused.json["type"] == "urn:search-app:problem:too_many_streams"
        assert int(refused.headers["retry-after"]) > 0
        assert server.get("/api/v1/search", q="渡口").status == 200
        held[0].close()
        assert len(complete(server)) == ARTICLES
    finally:
        for one in held:
            one.close()


def test_heads_keep_no_slot(server: Address) -> None:
    """HEAD is answered as GET would be, any number of times."""
    complete(server)
    for _ in range(5):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=SECONDS)
        connection.request("HEAD", PATH)
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, b"")
        connection.close()
    assert len(complete(server)) == ARTICLES


def test_a_stream_is_of_the_generation_it_began_with(server: Address, corpus: Path) -> None:
    """Two are published while it is read: the one before is kept as long as somebody reads it."""
    stalled = Stalled(server)
    taken, published = [], threading.Event()

    def read_slowly() -> None:  # and fast enough to be waited for
        while part := stalled.answer.read(PART):
            taken.append(part)
            published.wait(0.2)

    reader = threading.Thread(target=read_slowly)
    reader.start()
    try:
        for stamp in "乙丙":
            write_edition(corpus, stamp, articles=3)
            command = ("rebuild", "--force", "--corpus", corpus, "--index", corpus.parent / "index")
            done = run(*command)
            assert done.returncode == 0, done.stderr
        assert {row["body"][0] for row in complete(server)} == {"丙"}
        assert reader.is_alive()
    finally:
        published.set()
        reader.join(SECONDS)
        stalled.close()
    rows = list(map(json.loads, b"".join(taken).decode().splitlines()))
    assert len(rows) == ARTICLES
    assert {row["body"][0] for row in rows} == {"甲"}
