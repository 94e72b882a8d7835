"""A server that is told to end: no request that it took is lost, and nobody can keep it."""

import http.client
import json
import signal
import socket
import subprocess
import threading
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest
import report
from served import ROOT, SEARCH_APP, Address, environment, free_port, run

PATH = "/api/v1/search?q=%E9%98%B2%E6%B1%9B"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample") / "index"
    assert run("rebuild", "--corpus", ROOT / "corpus", "--index", folder).returncode == 0
    return folder


@pytest.fixture
def server(index: Path) -> "tuple[subprocess.Popen[bytes], Address]":
    """One process with two workers, which the test ends."""
    return begin(index)


def begin(index: Path) -> "tuple[subprocess.Popen[bytes], Address]":
    """A server that answers, to be ended by who asks for it."""
    port = free_port()
    process = subprocess.Popen(
        [SEARCH_APP, "serve", "--port", str(port), "--index", index],
        stderr=subprocess.DEVNULL,
        env=environment(),
    )
    address = Address(port)
    for _ in range(400):
        try:
            if address.get("/readyz").status == 200:
                return process, address
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the server did not start")


def ask(address: Address, counts: Counter[str], keep: bool) -> None:
    """Asks until nobody listens; counts statuses, and requests that were lost."""
    connection = http.client.HTTPConnection("127.0.0.1", address.port, timeout=20)
    while True:
        try:
            if connection.sock is None:
                connection.connect()
        except ConnectionRefusedError:
            return
        except OSError:
            counts["lost at connecting"] += 1
            return
        try:
            connection.request("GET", PATH)
            answer = connection.getresponse()
            answer.read()
            counts[str(answer.status)] += 1
        except (OSError, http.client.HTTPException) as error:
            counts[f"lost: {type(error).__name__}"] += 1
        if not keep or answer.will_close:
            connection.close()


@pytest.mark.parametrize("keep", [False, True], ids=["new connections", "kept connections"])
def test_no_request_is_lost_at_the_end(
    server: "tuple[subprocess.Popen[bytes], Address]", keep: bool
) -> None:
    """Whoever could connect is answered; then nobody can."""
    process, address = server
    counts: Counter[str] = Counter()
    threads = [threading.Thread(target=ask, args=(address, counts, keep)) for _ in range(12)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    process.send_signal(signal.SIGTERM)
    told = time.monotonic()
    assert process.wait(10) == 0
    ended = time.monotonic() - told
    for thread in threads:
        thread.join(20)
    report.line(f"stopping under load, keep={keep}: {dict(counts)}, ended in {ended:.1f} s")
    assert set(counts) <= {"200", "503"}
    assert counts["200"] > 20
    assert ended < 5


def test_nobody_can_keep_it(server: "tuple[subprocess.Popen[bytes], Address]") -> None:
    """Half-open sockets and idle ones: it ends in five seconds all the same."""
    process, address = server
    with ExitStack() as opened:
        for sent in (
            b"",
            b"GET / HT",
            f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode(),
        ) * 20:
            client = opened.enter_context(socket.create_connection(("127.0.0.1", address.port)))
            client.sendall(sent)
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0


@pytest.fixture(scope="module")
def large_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index whose export is larger than all that lies between a worker and its client."""
    folder = tmp_path_factory.mktemp("large")
    lines = []
    for n in range(6000):
        article = {"title": f"第{n}号", "body": f"渡口的灯亮了{n}次。" + "船工系好缆绳。" * 100}
        lines.append(json.dumps(article, ensure_ascii=False))
    (folder / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = run("rebuild", "--corpus", folder / "a.jsonl", "--index", folder / "index")
    assert done.returncode == 0, done.stderr
    return folder / "index"


def test_a_stream_is_cut_so_that_its_client_sees_it(large_index: Path) -> None:
    """No last chunk: the client knows that rows are missing. And it ends as soon as without one."""
    process, address = begin(large_index)
    with socket.create_connection(("127.0.0.1", address.port), timeout=20) as client:
        request = (
            "GET /api/v1/export.jsonl?q=%E6%B8%A1%E5%8F%A3 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        )
        client.sendall(request.encode())
        received = len(client.recv(1 << 16))
        process.send_signal(signal.SIGTERM)
        told = time.monotonic()
        last = b""
        try:
            while piece := client.recv(1 << 16):
                received += len(piece)
                last = (last + piece)[-16:]
        except ConnectionResetError:
            pass
        assert process.wait(10) == 0
        ended = time.monotonic() - told
    report.line(f"stopping a stream: {received:,} bytes came, ended in {ended:.1f} s")
    assert not last.endswith(b"0\r\n\r\n")
    assert 1 << 16 < received < 12_000_000
    assert ended < 5
