"""Load: requests a second and CPU of ours and of what people would run instead, under one loader.

Every query is asked once, over kept connections where the server keeps them, by a loader on the
same machine; servers take turns. CPU is that of all processes of a server, from /proc.
"""

import json
import os
import random
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from budgets import Measured
from builds import sqlite_index, whoosh_index
from inputs import Inputs
from loader import Heard, as_fast_as_it_can, at_rate, share
from process import MALLOC, PEERS, SEARCH_APP, Failed, family, in_turns, warmed
from serving import free_port

# As the floors were set: connections that ask, workers that answer.
CONNECTIONS, WORKERS = 8, 2
# Facets that broadcast items have values for.
_FACETS = "year,person,organisation"
_SEARCH = "/api/v1/search"
# More than are ever in flight: those that ours takes on, and a few that are being refused.
_MANY = 120
_TICKS = os.sysconf("SC_CLK_TCK")
_GIVE_UP = 60  # seconds
_SHORT = 2  # characters of a chunk that has no trigram


@dataclass(frozen=True, slots=True)
class Run:
    """What one server did under a load."""

    heard: Heard
    cpu: float  # seconds of all its processes

    @property
    def rate(self) -> float:
        """Requests answered in a second."""
        return self.heard.count / self.heard.seconds

    @property
    def each(self) -> float:
        """Milliseconds of CPU of a request."""
        return self.cpu / self.heard.count * 1000


class Server:
    """A running server, with the CPU that it has used."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self._process, self.port = process, port

    def cpu(self) -> float:
        """Seconds of CPU of all its processes, those that ended too."""
        ticks = 0
        for pid in family(self._process.pid):
            # Behind the name, which may hold anything: state is the third field, utime the 14th.
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))
        return ticks / _TICKS

    def run(self, load: Callable[[], Heard]) -> Run:
        """Puts a load on it."""
        before = self.cpu()
        heard = load()
        return Run(heard, self.cpu() - before)

    def each_once(self, paths: Sequence[str], header: str = "") -> Run:
        """Asks each path once, as fast as it can; raises Failed where one is not answered."""
        done = self.run(lambda: as_fast_as_it_can(self.port, paths, CONNECTIONS, header))
        wrong = {status: len(times) for status, times in done.heard.answers.items()}
        if set(wrong) - {200, 304}:
            raise Failed(f"answers by status: {wrong}")
        return done


@contextmanager
def serving(command: Sequence[object], probe: str, **environment: str) -> Iterator[Server]:
    """A server by its command, in which {port} stands for a free port, once it answers a probe."""
    port = free_port()
    words = [str(word).replace("{port}", str(port)) for word in command]
    process = subprocess.Popen(
        words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=os.environ | MALLOC | environment,
    )  # fmt: skip
    try:
        end = time.monotonic() + _GIVE_UP
        while not _answers(f"http://127.0.0.1:{port}{probe}"):
            if process.poll() is not None or time.monotonic() > end:
                raise Failed(f"{words[0]} did not begin to serve")
            time.sleep(0.05)
        yield Server(process, port)
    finally:
        process.terminate()
        process.wait()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=20) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def loads(inputs: Inputs) -> Iterator[Measured]:
    """Ours against the stock app and Datasette, then ours alone."""
    queries = json.loads(inputs.queries_of(inputs.cctv()).read_text(encoding="utf-8"))
    yield from _against_peers(inputs, queries)
    with _ours(inputs) as server:
        server.each_once(_searches(queries[:50]))
        most = server.each_once(_searches(queries)).rate
        yield from _at_half(server, queries, most)
        yield from _ways(server, queries)
        yield from _unchanged(server, queries)
        yield from _overloaded(server, inputs, most)


def _against_peers(inputs: Inputs, queries: Sequence[str]) -> Iterator[Measured]:
    stock = {"STOCK_INDEX": str(warmed(whoosh_index(inputs.cctv())))}
    database = sqlite_index(inputs.cctv())
    gunicorn = [PEERS.with_name("gunicorn"), "--chdir", PEERS.parents[3] / "peers",
                "--workers", WORKERS, "--bind", "127.0.0.1:{port}"]  # fmt: skip
    kinds = {"sync": ["-k", "sync"], "gthread": ["-k", "gthread", "--threads", "4"]}
    probe = _stock_paths(["会议"])[0]

    def ours() -> Run:
        with _ours(inputs) as server:
            return server.each_once(_searches(queries))

    def stock_by(kind: str) -> Run:
        command = [*gunicorn, *kinds[kind], "stock_app:app"]
        with serving(command, probe, **stock) as server:
            return server.each_once(_stock_paths(queries))

    def datasette() -> Run:
        command = [PEERS.with_name("datasette"), "serve", database, "--port", "{port}",
                   "--setting", "sql_time_limit_ms", "20000"]  # fmt: skip
        paths = _datasette_paths(database.stem, queries)
        with serving(command, "/-/versions.json") as server:
            return server.each_once(paths)

    found = in_turns(
        inputs.sizes.rounds, ours=ours, datasette=datasette,
        sync=lambda: stock_by("sync"), gthread=lambda: stock_by("gthread"),
    )  # fmt: skip
    rates = {name: median(run.rate for run in runs) for name, runs in found.items()}
    costs = {name: median(run.each for run in runs) for name, runs in found.items()}
    best = max(kinds, key=rates.__getitem__)
    asked = f"{len(queries):,} distinct queries, each once, {CONNECTIONS} connections, "
    asked += f"{WORKERS} workers; median of {inputs.sizes.rounds} turns; ours with three facets, "
    asked += "snippets and exact totals"
    note = f"{asked}; the stock app by its best workers, {best} "
    note += f"(sync {rates['sync']:.0f}, gthread {rates['gthread']:.0f}), ten best, highlights"
    yield Measured("load-stock", rates["ours"], rates[best], note)
    yield Measured("load-stock-cpu", costs["ours"], costs[best])
    short = sum(any(len(chunk) <= _SHORT for chunk in query.split()) for query in queries)
    note = "one process as it comes, ten best with snippets and the total, by SQL; "
    note += f"{short:,} of the queries have a run of two characters, which has no trigram and is "
    note += f"looked for in every text; CPU {costs['datasette']:.1f} ms"
    yield Measured("load-datasette", rates["ours"], rates["datasette"], note)


# How long answers take where half of what could be asked is.
def _at_half(server: Server, queries: Sequence[str], most: float) -> Iterator[Measured]:
    times = at_rate(server.port, _searches(queries), most / 2, _MANY).of(200)
    middle, last = share(times, 0.5) * 1000, share(times, 0.99) * 1000
    note = f"{most / 2:.0f} requests a second, each timed from when it was due"
    yield Measured("load-p99", last, middle, note)
    yield Measured("load-p99-ms", last)


# What whole words, and more of them on a page, cost beside what is asked as a rule.
def _ways(server: Server, queries: Sequence[str]) -> Iterator[Measured]:
    some = queries[:400]
    usual = server.each_once(_searches(some, relax="no")).each
    word = server.each_once(_searches(some, relax="no", match="word")).each
    again = server.each_once(_searches(some, relax="no")).each
    many = server.each_once(_searches(some, relax="no", per_page="100")).each
    least = min(usual, again)
    yield Measured("load-word", word, least, f"{len(some)} queries, 10 a page, no weaker matches")
    yield Measured("load-many", many, least, f"{len(some)} queries")


def _unchanged(server: Server, queries: Sequence[str]) -> Iterator[Measured]:
    path = _searches(queries[:1])[0]
    # A tag is of the host, too.
    asked = urllib.request.Request(
        f"http://127.0.0.1:{server.port}{path}", headers={"Host": "localhost"}
    )
    with urllib.request.urlopen(asked, timeout=20) as answer:
        tag = answer.headers["ETag"]
    done = server.each_once([path] * 2_000, f"If-None-Match: {tag}\r\n")
    if set(done.heard.answers) != {304}:
        raise Failed("what had not changed was answered anew")
    yield Measured("load-304", done.each, None, "CPU of both workers for each of 2,000")


# Twice what it can do, distinct queries: what is taken on is answered, the rest told at once.
def _overloaded(server: Server, inputs: Inputs, most: float) -> Iterator[Measured]:
    seconds = inputs.sizes.overload
    queries = _any_queries(inputs.cctv(), int(2 * most * seconds))
    heard = at_rate(server.port, _searches(queries), 2 * most, 2 * _MANY)
    counts = {status: len(times) for status, times in sorted(heard.answers.items())}
    if set(counts) - {200, 503}:
        raise Failed(f"answers by status: {counts}")
    answered, refused = heard.of(200), heard.of(503)
    note = f"{2 * most:.0f} requests a second for {seconds} s, of distinct queries: {counts}; "
    note += f"answered within {share(answered, 0.5) * 1000:.0f} ms (median)"
    yield Measured("load-over", heard.of()[-1], None, note)
    yield Measured("load-refused", share(refused, 0.5) * 1000)
    yield Measured("load-refused-p99", share(refused, 0.99) * 1000)


@contextmanager
def _ours(inputs: Inputs) -> Iterator[Server]:
    folder = warmed(inputs.index(inputs.cctv()).folder)
    command = [SEARCH_APP, "serve", "--index", folder, "--port", "{port}", "--workers", WORKERS]
    with serving(command, "/readyz") as server:
        yield server


def _searches(queries: Sequence[str], **more: str) -> list[str]:
    values = {"facets": _FACETS, **more}
    return [f"{_SEARCH}?{urllib.parse.urlencode({'q': q, **values})}" for q in queries]


def _stock_paths(queries: Sequence[str]) -> list[str]:
    return [f"/search?{urllib.parse.urlencode({'q': query})}" for query in queries]


# All chunks in a row, as in ours: long ones by the index, those without a trigram by a scan.
def _datasette_paths(database: str, queries: Sequence[str]) -> list[str]:
    paths = []
    for query in queries:
        conditions, values, order = [], {}, "rowid"
        if long := [f'"{chunk}"' for chunk in query.split() if len(chunk) > _SHORT]:
            conditions.append("articles match :long")
            values["long"] = " ".join(long)
            order = "rank"
        for n, chunk in enumerate(query.split()):
            if len(chunk) <= _SHORT:
                conditions.append(f"(title like :c{n} or body like :c{n})")
                values[f"c{n}"] = f"%{chunk}%"
        found = f"from articles where {' and '.join(conditions)}"
        text = "snippet(articles, 2, '<mark>', '</mark>', '…', 40)"
        sql = f"select id, title, {text} as text, (select count(*) {found}) as total {found} "
        sql += f"order by {order} limit 10"
        asked = urllib.parse.urlencode({"sql": sql, "_shape": "objects", **values})
        paths.append(f"/{database}.json?{asked}")
    return paths


# Runs of two to eight characters from anywhere in the texts.
def _any_queries(corpus: Path, count: int) -> list[str]:
    choose, found = random.Random(23), dict[str, None]()
    with corpus.open(encoding="utf-8") as lines:
        bodies = [json.loads(line)["body"] for line in lines]
    while len(found) < count:
        body = choose.choice(bodies)
        start = choose.randrange(len(body))
        run = body[start : start + choose.randint(2, 8)]
        if run.isalnum():
            found[run] = None
    return list(found)
