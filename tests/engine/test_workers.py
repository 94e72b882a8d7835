"""Worker processes: results in order, and what is said when one of them dies."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from search_app.engine.reading.workers import in_order
from search_app.errors import WorkerDied

LARGE = 64 << 20  # more than a pipe holds


def squared(part: int) -> int:
    time.sleep(0.02 * (part % 3))
    return part * part


def refusing(part: int) -> int:
    if part == 5:
        raise ValueError(f"not {part}")
    return part


def dying(part: int) -> int:
    if part == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    return part


def ending(part: int) -> int:
    if part == 5:
        os._exit(7)
    return part


def dying_while_it_answers(part: int) -> bytes:
    """The answer is more than the pipe holds, and nobody reads it yet."""
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGKILL)).start()
    return bytes(LARGE)


def dying_before_it_reads(part: bytes) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def own_pid(part: int) -> int:
    time.sleep(0.02)
    return os.getpid()


def slowly(parts: int) -> Iterator[int]:
    for part in range(parts):
        time.sleep(part and 1)
        yield part


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_results_come_in_the_order_of_the_parts(jobs: int) -> None:
    """Whoever is done first, and though nobody knows how many parts there are."""
    assert list(in_order(squared, iter(range(20)), jobs)) == [(n, n * n) for n in range(20)]


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_a_task_raises_is_raised(jobs: int) -> None:
    """As it was, with the message."""
    with pytest.raises(ValueError, match="not 5"):
        list(in_order(refusing, range(20), jobs))


@pytest.mark.parametrize(
    ("task", "parts", "reason"),
    [
        (dying, range(20), "ended by SIGKILL; is there enough memory"),
        (ending, range(20), "exit code 7"),
        (dying_while_it_answers, slowly(3), "ended by SIGKILL"),
        (dying_before_it_reads, [bytes(LARGE)] * 9, "ended by SIGKILL"),
    ],
)
def test_a_dead_worker_is_named(task, parts, reason: str) -> None:  # type: ignore[no-untyped-def]
    """With the way it ended, wherever in its work that was."""
    with pytest.raises(WorkerDied, match=reason):
        list(in_order(task, parts, 2))


def test_a_worker_that_dies_with_its_part_unread_is_named() -> None:
    """Its end of the pipe is then reset, not closed; the other worker is ended with it."""
    pids = set[int]()

    def kill() -> None:
        for pid in pids:
            os.kill(pid, signal.SIGKILL)

    def parts() -> Iterator[int]:
        yield from range(8)
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        threading.Timer(0.3, kill).start()
        yield from range(8)

    results = in_order(own_pid, parts(), 2)
    with pytest.raises(WorkerDied, match="ended by SIGKILL"):
        pids.update(pid for _, pid in results)
    assert pids
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
