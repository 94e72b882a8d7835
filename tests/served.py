"""A real server over a real index: `search-app serve` in a process of its own."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
SEARCH_APP = Path(sys.executable).parent / "search-app"


class Reply(NamedTuple):
    """Status, headers in lower case, body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Address(NamedTuple):
    """Where a server listens, and the process that leads its workers."""

    port: int
    pid: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, **parameters: str) -> Reply:
        query = "?" + urllib.parse.urlencode(parameters) if parameters else ""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", path + query)
            answer = connection.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, headers, answer.read())
        finally:
            connection.close()


def environment(**more: str) -> dict[str, str]:
    """The environment without settings of whoever runs the tests."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("SEARCH_APP_")}
    return {**kept, **more}


def run(*arguments: object, **more: Any) -> subprocess.CompletedProcess[str]:
    """Runs search-app to its end."""
    command = [SEARCH_APP, *map(str, arguments)]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        env=environment(),
        check=False,
        **more,
    )


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(
    index: Path,
    command: Path = SEARCH_APP,
    cwd: Path | None = None,
    workers: int = 1,
    **more: str,
) -> Iterator[Address]:
    """A server over an index, stopped at the end."""
    port = free_port()
    arguments = ["serve", "--port", str(port), "--workers", str(workers), "--index", str(index)]
    process = subprocess.Popen(
        [command, *arguments],
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=environment(**more),
        cwd=cwd,
    )
    assert process.stderr is not None
    with process.stderr as log:
        try:
            yield _ready(Address(port, process.pid), process)
        except BaseException:
            process.terminate()
            sys.stderr.write(log.read())
            raise
        finally:
            process.terminate()
            process.wait(20)


def _ready(address: Address, process: "subprocess.Popen[str]") -> Address:
    for _ in range(400):
        if process.poll() is not None:
            break
        try:
            if address.get("/healthz").status == 200:
                return address
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the server did not start")
