"""Every hostile request, sent byte by byte to a real server: status, kind, what it says."""

import ast
import contextlib
import csv
import io
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from bad_requests import ARTICLES, ELSEWHERE, PROBLEM, REQUESTS, Request, api, get
from served import ROOT, Address, Reply, run, serving

LONGEST = 10.0  # seconds; all are far below one on a machine of one's own
IN_THE_LIST = set(range(1, 70)) | {89}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    folder = tmp_path_factory.mktemp("bad")
    with serving(build(folder, ARTICLES), SEARCH_APP_HOSTS="localhost") as address:
        yield address


def build(folder: Path, articles: dict[str, dict[str, str]]) -> Path:
    lines = [json.dumps({"id": i, **fields}, ensure_ascii=False) for i, fields in articles.items()]
    (folder / "corpus").mkdir()
    (folder / "corpus" / "a.jsonl").write_text("\n".join(lines), "utf-8", "surrogatepass")
    done = run("rebuild", "--corpus", folder / "corpus", "--index", folder / "index")
    assert done.returncode == 0, done.stderr
    return folder / "index"


def ask(port: int, raw: bytes) -> Reply:
    """What comes until the connection is closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=LONGEST) as client:
        received = b""
        # What is too long is answered before it is read.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            client.sendall(raw)
        with contextlib.suppress(ConnectionResetError):
            while piece := client.recv(1 << 16):
                received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    status_line, *lines = head.decode("latin-1").split("\r\n")
    headers = {}
    for line in lines:
        name, _, value = line.partition(": ")
        headers[name.lower()] = value
    return Reply(int(status_line.split()[1]), headers, body)


@pytest.mark.parametrize("request_", REQUESTS, ids=str)
def test_a_bad_request_gets_what_the_table_says(server: Address, request_: Request) -> None:
    """The exact status and kind; the words that say what to do; quickly."""
    began = time.monotonic()
    reply = ask(server.port, request_.raw)
    assert time.monotonic() - began < LONGEST
    text = reply.body.decode()
    assert reply.status == request_.status, text[:500]
    assert "Traceback" not in text
    assert request_.says in text or request_.says in heard(reply)
    assert not request_.lacks or request_.lacks not in text
    name, value = request_.header
    assert value in reply.headers.get(name, "")
    if request_.kind == "page":
        assert reply.headers["content-type"].startswith("text/html")
    elif request_.kind:
        assert reply.headers["content-type"].startswith("application/problem+json")
        assert reply.json["type"] == PROBLEM + request_.kind
        assert reply.json["detail"]
    if request_.total is not None:
        assert reply.json["total"] == request_.total


# The words of a problem, its escapes read.
def heard(reply: Reply) -> str:
    if "problem+json" not in reply.headers.get("content-type", ""):
        return ""
    faults = [f"{fault['parameter']}: {fault['message']}" for fault in reply.json["errors"]]
    return "\n".join([reply.json["detail"], *faults])


def test_the_server_is_well_after_all_of_them(server: Address) -> None:
    """It answers as before."""
    assert ask(server.port, api(q="堤防")).json["total"] == 1


def test_every_number_of_the_list_occurs() -> None:
    """In the table, or in a test that is there."""
    assert {request.number for request in REQUESTS} | set(ELSEWHERE) == IN_THE_LIST
    for place in ELSEWHERE.values():
        path, _, name = place.partition("::")
        tree = ast.parse((ROOT / path).read_text("utf-8"))
        assert name in [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]


def test_a_client_that_goes_is_logged_and_nothing_else(server: Address) -> None:
    """In the middle of its request, or of its answer: all others are answered."""
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", server.port), timeout=LONGEST) as client:
            client.sendall(api(q="国")[:40])
        with socket.create_connection(("127.0.0.1", server.port), timeout=LONGEST) as client:
            client.sendall(get("/articles/deep"))
            client.recv(1)
    assert ask(server.port, api(q="堤防")).json["total"] == 1


@pytest.mark.parametrize("damage", ["missing", "damaged"])
def test_without_an_index_it_is_alive_and_not_ready(tmp_path: Path, damage: str) -> None:
    """Searches are told when to come back; pages say so in words."""
    index = tmp_path / "index"
    if damage == "damaged":
        build(tmp_path, {"plain": ARTICLES["plain"]})
        (index / "CURRENT").write_text("000009-20200101T000000Z\n")
        for file in index.glob("0*/base.*"):
            file.write_bytes(b"")
    with serving(index) as address:
        assert ask(address.port, get("/healthz")).status == 200
        for path in ("/readyz", "/api/v1/search?q=a"):
            reply = ask(address.port, get(path))
            assert (reply.status, reply.json["type"]) == (503, f"{PROBLEM}not_ready")
            assert int(reply.headers["retry-after"]) > 0
        page = ask(address.port, get("/search?q=a"))
        assert (page.status, "请稍后再试" in page.body.decode()) == (503, True)


def test_cells_of_an_export_are_no_formulas(tmp_path: Path) -> None:
    """What a spreadsheet would run gets an apostrophe before it."""
    beginnings = ("=1+1", "+1", "-1", "@SUM(1)", "\tx", "\rx")
    articles = {
        f"a{n}": {"title": f"{text}标题", "body": f"{text}堤防", "newspaper": f"{text}报"}
        for n, text in enumerate(beginnings)
    }
    with serving(build(tmp_path, articles)) as address:
        reply = ask(
            address.port,
            get("/api/v1/export.csv?q=%E5%A0%A4%E9%98%B2", more="Accept-Encoding: identity\r\n"),
        )
    text = unchunked(reply).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(rows) == len(beginnings)
    for row in rows:
        assert not any(value.startswith(("=", "+", "-", "@", "\t", "\r")) for value in row.values())
    assert sum(row["title"].startswith("'") for row in rows) >= 4


def unchunked(reply: Reply) -> bytes:
    if reply.headers.get("transfer-encoding") != "chunked":
        return reply.body
    rest, whole = reply.body, b""
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        whole += rest[: int(size, 16)]
        rest = rest[int(size, 16) + 2 :]
    return whole
