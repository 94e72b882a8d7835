"""How many requests a worker computes at once: our worker over an application that counts."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from served import Address, environment, free_port

from search_app.web.gunicorn_conf import threads
from search_app.web.worker import EXPORT_THREADS

# Answers with the most requests that it has had at once.
APPLICATION = """
import threading, time
lock, now, most = threading.Lock(), 0, 0

def app(environ, start_response):
    global now, most
    with lock:
        now += 1
        most = max(most, now)
    time.sleep(0.2)
    with lock:
        now -= 1
        body = str(most).encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
"""
CLIENTS = 6


@pytest.fixture
def address(tmp_path: Path) -> Iterator[Address]:
    (tmp_path / "counting.py").write_text(APPLICATION, "utf-8")
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", "python:search_app.web.gunicorn_conf",
         "--chdir", str(tmp_path), "--workers", "1", "counting:app"],
        env=environment(SEARCH_APP_PORT=str(port)) | {"PYTHONPATH": os.getcwd()},
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(400):
            try:
                Address(port).get("/readyz")
                break
            except OSError:
                time.sleep(0.05)
        yield Address(port)
    finally:
        process.terminate()
        process.wait(20)


def most_at_once(address: Address, path: str) -> int:
    found = []
    clients = [
        threading.Thread(target=lambda: found.append(int(address.get(path).body)))
        for _ in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert len(found) == CLIENTS
    return max(found)


def test_requests_take_turns_and_exports_do_not_hold_them_up(address: Address) -> None:
    """Two compute at a time; exports wait for their clients beside them, however they are asked."""
    assert most_at_once(address, "/api/v1/search") == threads == 2
    assert most_at_once(address, "/api/v1/%65xport.csv") == EXPORT_THREADS
    assert threads < EXPORT_THREADS
