"""A server that is reloaded, whose workers are killed, that is asked far more than it can answer.

Every answer that comes is of one edition, whole.
"""

import asyncio
import http.client
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from urllib.parse import quote

import pytest
import report
from faults import editions
from faults.editions import SOAK, edition
from served import Address, run, serving

RELOADS, KILLS = (100, 50) if SOAK else (3, 3)
SECONDS = 60.0 if SOAK else 3.0
ASKING = 4  # clients of those that are reloaded or killed
WORKERS = 2
# Ten times what two workers take on at once (decision 035), each with a request under way.
OVERLOAD = 10 * WORKERS * 36
RECOVERED = 2.0  # seconds
PATIENCE = 20.0
# What a client sees whose connection was cut.
CUT = (ConnectionError, http.client.HTTPException)
pytestmark = pytest.mark.usefixtures("on_linux")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("overload")
    editions.write(folder / "corpus", 1)
    done = run("rebuild", "--corpus", folder / "corpus", "--index", folder / "index")
    assert done.returncode == 0, done.stderr
    return folder / "index"


class Asking(threading.Thread):
    """Asks over and over, each time on a new connection; counts answers, cuts and what is wrong."""

    def __init__(self, address: Address, over: threading.Event) -> None:
        super().__init__()
        self._address, self._over = address, over
        self.answers, self.cut, self.wrong = 0, 0, list[str]()

    def run(self) -> None:
        made = edition(1)
        while not self._over.is_set():
            try:
                reply = self._address.get("/api/v1/search", q="标记文字", per_page="100")
            except CUT:
                self.cut += 1
                continue
            except OSError as error:
                self.wrong.append(repr(error))
                continue
            self.answers += 1
            if reply.status != 200 or reply.json["total"] != made.total:
                self.wrong.append(f"{reply.status} {reply.body[:200]!r}")


@contextmanager
def asked(address: Address) -> Iterator[list[Asking]]:
    """Clients that ask all the time."""
    over = threading.Event()
    clients = [Asking(address, over) for _ in range(ASKING)]
    for client in clients:
        client.start()
    try:
        yield clients
    finally:
        over.set()
        for client in clients:
            client.join()


def workers(address: Address) -> set[int]:
    """The processes that answer."""
    children = Path(f"/proc/{address.pid}/task/{address.pid}/children").read_text()
    return set(map(int, children.split()))


def are_others(address: Address, before: set[int]) -> bool:
    """Whether as many workers answer as should, none of them from before."""
    now = workers(address)
    return len(now) == WORKERS and not before & now


def have_answers(clients: list[Asking], before: int) -> bool:
    """Whether more was answered than before."""
    return sum(client.answers for client in clients) > before


def has_gone(address: Address, worker: int) -> bool:
    """Whether a worker is none any more; one that was killed is there until that is noticed."""
    return worker not in workers(address)


def wait_until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_reloads_lose_no_answer(index: Path) -> None:
    """SIGHUP, again and again: other workers answer, no request fails."""
    with serving(index, workers=WORKERS) as address, asked(address) as clients:
        for _ in range(RELOADS):
            before = workers(address)
            os.kill(address.pid, signal.SIGHUP)
            wait_until(partial(are_others, address, before))
    assert [client.wrong for client in clients] == [[]] * ASKING
    assert sum(client.cut for client in clients) == 0
    answers = sum(client.answers for client in clients)
    assert answers > RELOADS
    report.line(f"reloads: {RELOADS}, {answers:,} answers, none failed")


def test_killed_workers_are_replaced(index: Path) -> None:
    """SIGKILL: what was in flight in that worker is cut, all else is answered."""
    with serving(index, workers=WORKERS) as address, asked(address) as clients:
        for n in range(KILLS):
            wait_until(lambda: len(workers(address)) == WORKERS)
            wait_until(partial(have_answers, clients, sum(c.answers for c in clients)))
            killed = sorted(workers(address))[n % WORKERS]
            os.kill(killed, signal.SIGKILL)
            wait_until(partial(has_gone, address, killed))
        wait_until(lambda: len(workers(address)) == WORKERS)
        assert address.get("/readyz").status == 200
    assert [client.wrong for client in clients] == [[]] * ASKING
    cut, answers = (sum(getattr(c, name) for c in clients) for name in ("cut", "answers"))
    assert cut <= KILLS * ASKING
    assert answers > KILLS
    report.line(f"killed workers: {KILLS}, {answers:,} answers, {cut} cut in flight")


def test_an_overload_is_told_so_and_goes_by(index: Path) -> None:
    """Ten times what is taken on at once, distinct queries: answered or told to come back."""
    with serving(index, workers=WORKERS) as address:
        statuses, slowest = asyncio.run(overload(address.port))
        began = time.monotonic()
        assert address.get("/api/v1/search", q="标记文字").status == 200
        recovered = time.monotonic() - began
        assert address.get("/healthz").status == 200
    assert set(statuses) == {200, 503}, statuses
    assert recovered < RECOVERED
    counted = ", ".join(f"{status}: {n:,}" for status, n in sorted(statuses.items()))
    report.line(
        f"overload by {OVERLOAD} clients for {SECONDS:.0f} s: {counted}; slowest {slowest:.1f} s, "
        f"answered {recovered * 1000:.0f} ms after it"
    )


async def overload(port: int) -> tuple[Counter[int], float]:
    """Clients that all ask at once for so long; what came, by status, and the longest wait."""
    statuses, numbers, slowest = Counter[int](), count(), 0.0
    end = time.monotonic() + SECONDS

    async def ask() -> None:
        nonlocal slowest
        while (began := time.monotonic()) < end:
            query = quote(f"标记文字 会议 {next(numbers)}")
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            request = f"GET /api/v1/search?q={query} HTTP/1.1\r\nHost: localhost\r\n"
            writer.write(f"{request}Connection: close\r\n\r\n".encode())
            answer = await asyncio.wait_for(reader.read(), PATIENCE)
            writer.close()
            statuses[int(answer[9:12] or b"0")] += 1
            slowest = max(slowest, time.monotonic() - began)

    await asyncio.gather(*(ask() for _ in range(OVERLOAD)))
    return statuses, slowest
