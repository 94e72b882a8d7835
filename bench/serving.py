"""Serving: CPU of a request, the costliest queries, the time until a worker answers."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from budgets import Measured
from inputs import Inputs
from process import MALLOC, OURS, SEARCH_APP, Failed, in_turns, measure, say, warmed

_GIVE_UP = 60  # seconds


def requests(inputs: Inputs) -> Iterator[Measured]:
    """The application in a process like a worker, with the parameters that are the default."""
    folder = inputs.index(inputs.mixed()).folder
    queries = inputs.some_queries(inputs.sizes.requests)
    environment = {**MALLOC, "SEARCH_APP_INDEX": str(warmed(folder))}
    found = in_turns(
        min(2, inputs.sizes.rounds),
        api=lambda: measure(OURS, "ours/web.py", "/api/v1/search", queries, **environment)["ms"],
        page=lambda: measure(OURS, "ours/web.py", "/search", queries, **environment)["ms"],
    )
    api, page = (min(map(median, found[name])) for name in ("api", "page"))
    note = f"{inputs.sizes.requests:,} queries; the dearer one of page ({page:.2f}) and API "
    note += f"({api:.2f}); all but the parsing of HTTP"
    yield Measured("request", max(api, page), None, note)


def costliest(inputs: Inputs) -> Iterator[Measured]:
    """Common symbols in every shape, over long articles and over very many short ones."""
    corpora = {
        "costliest-100k": inputs.mixed(),
        "costliest-2m": inputs.headlines(inputs.sizes.growth[-1]),
    }
    for key, corpus in corpora.items():
        folder = warmed(inputs.index(corpus).folder)
        say(f"  asking {corpus.stem} all that is costly")
        found = measure(OURS, "ours/costliest.py", folder, corpus, **MALLOC)
        took, engine, total, match, query = found["slowest"][0]
        refused = [found["refused"].get(name, 0) for name in ("QueryTooCostly", "BadQuery")]
        note = f"median of 3, snippets included, {engine:.0f} ms without; `{_short(query)}` "
        note += f"({match}, {len(query)} characters, {total:,} found); of the queries tried "
        note += f"{found['accepted']} were accepted, {refused[0]} refused as too costly, "
        note += f"{refused[1]} as no queries"
        if failed := found["failed"]:
            note += f"; **{len(failed)} failed**, the first is {failed[0]}"
        yield Measured(key, took, None, note, bool(failed))


def _short(query: str) -> str:
    text = query.replace("|", "\\|").replace("`", "'")
    return text if len(text) <= 40 else f"{text[:39]}…"


def newest(inputs: Inputs) -> Iterator[Measured]:
    """A frequent word over all headlines, in the order of dates, with facets and a histogram."""
    folder = warmed(inputs.index(inputs.headlines(inputs.sizes.growth[-1])).folder)
    found = measure(OURS, "ours/newest.py", folder, "北京", 20, **MALLOC)
    yield Measured("newest", median(found["ms"]), None, f"median of 20; {found['total']:,} found")


def start(inputs: Inputs) -> Iterator[Measured]:
    """From the command `serve` to the first answer that says a worker is ready."""
    folder = warmed(inputs.index(inputs.mixed()).folder)
    times = [_until_ready(folder) for _ in range(inputs.sizes.starts)]
    note = f"median of {len(times)} starts, {min(times):.2f} to {max(times):.2f} s; two workers"
    yield Measured("start", median(times), None, note)


def _until_ready(folder: Path) -> float:
    port = free_port()
    command = [str(SEARCH_APP), "serve", "--index", str(folder), "--port", str(port)]
    started = time.perf_counter()
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=dict(os.environ))
    try:
        while not _is_ready(port):
            if server.poll() is not None or time.perf_counter() - started > _GIVE_UP:
                raise Failed("search-app serve did not become ready")
            time.sleep(0.005)
        return time.perf_counter() - started
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
