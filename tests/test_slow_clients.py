"""Clients that ask slowly, or do not take their answers, and what the others notice of them."""

import json
import os
import resource
import shutil
import socket
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import report
from served import ROOT, Address, run, serving

# `make soak` takes a thousand sockets of each kind, one kind after the other.
IS_SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
MANY = 1000 if IS_SOAK else 40
WHOLE = b"GET /api/v1/search?q=%E9%98%B2%E6%B1%9B HTTP/1.1\r\nHost: 127.0.0.1\r\n"
KINDS = {
    "an answer not taken": b"GET /api/v1/articles/long HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "nothing": b"",
    "one byte": b"G",
    "half a request line": b"GET /api/v1/se",
    "half a head": WHOLE,
    "a body announced": WHOLE + b"Content-Length: 1000\r\n\r\n",
    "a chunked body announced": WHOLE + b"Transfer-Encoding: chunked\r\n\r\n",
    "kept alive and idle": WHOLE + b"\r\n",
}
# Seconds; ten, and what the requests before them take on a busy machine.
LONGEST_STAY = 14
ESTABLISHED = ("01", "08")  # or closed by the client alone
TOGETHER = [[kind] for kind in KINDS] if IS_SOAK else [list(KINDS)]


@pytest.fixture(scope="module")
def long_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample corpus, and an article whose page is longer than what a kernel keeps of it."""
    folder = tmp_path_factory.mktemp("long")
    shutil.copytree(ROOT / "corpus", folder / "corpus")
    long = {"id": "long", "title": "长文", "body": "渡口的灯亮了，船工把缆绳系在岸边。" * 50_000}
    (folder / "corpus" / "long.jsonl").write_text(json.dumps(long), encoding="utf-8")
    done = run("rebuild", "--corpus", folder / "corpus", "--index", folder / "index")
    assert done.returncode == 0, done.stderr
    return folder / "index"


@pytest.fixture(scope="module")
def server(long_index: Path) -> Iterator[Address]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    with serving(long_index, workers=2) as address:
        yield address
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def connected(opened: ExitStack, address: Address, sent: bytes) -> list[socket.socket]:
    """So many sockets that have sent something, with small buffers for what they are sent."""
    sockets = []
    for _ in range(MANY):
        client = opened.enter_context(socket.socket())
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(10)
        client.connect(("127.0.0.1", address.port))
        client.sendall(sent)
        sockets.append(client)
    return sockets


def usual_time(address: Address, most: float = 1.0) -> float:
    """Median seconds of a search, asked for at most a second."""
    times = []
    until = time.monotonic() + most
    while len(times) < 5 or time.monotonic() < until:
        started = time.monotonic()
        status = address.get("/api/v1/search", q="防汛抗旱").status
        assert status in (200, 503)
        # Those that take no answer have asked too, and a worker may be busy with them.
        if status == 200:
            times.append(time.monotonic() - started)
    return statistics.median(times)


def kept_open(address: Address) -> int:
    """How many sockets the server has not closed, as the kernel counts them."""
    kept = 0
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, _, state, *_ = line.split()
        kept += local.endswith(f":{address.port:04X}") and state in ESTABLISHED
    return kept


@pytest.mark.parametrize("kinds", TOGETHER, ids=lambda kinds: kinds[0])
def test_clients_that_keep_sockets_do_not_stop_the_others(
    server: Address, kinds: list[str]
) -> None:
    """A search takes its usual time, and each of their sockets is closed within ten seconds."""
    usual = usual_time(server)
    with ExitStack() as opened:
        for kind in kinds:
            connected(opened, server, KINDS[kind])
        last = time.monotonic()
        attacked = usual_time(server)
        time.sleep(max(0, last + LONGEST_STAY - time.monotonic()))
        still_open = kept_open(server)
    told = f"a search takes {1000 * attacked:.1f} ms, {attacked / usual:.2f} x its usual time"
    report.line(f"slow clients, {MANY} with {', '.join(kinds)}: {told}")
    assert still_open == 0
    # Twice is what is wanted; a busy machine needs room.
    assert attacked < max(4 * usual, 0.2)


def test_a_byte_a_second_is_no_way_to_stay(server: Address) -> None:
    """The head has one deadline, not one for each of its bytes."""
    with ExitStack() as opened:
        sockets = connected(opened, server, b"GET / HTTP/1.1\r\n")
        began = time.monotonic()
        while sockets and time.monotonic() < began + 12:
            time.sleep(1)
            for client in list(sockets):
                try:
                    client.sendall(b"x")
                except OSError:
                    sockets.remove(client)
    assert not sockets
