"""One task done to many parts by worker processes, with the results in the order of the parts."""

import contextlib
import multiprocessing
import signal
import traceback
from collections.abc import Callable, Iterable, Iterator
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Generic, TypeVar

from search_app.errors import WorkerDied

Part = TypeVar("Part")
Result = TypeVar("Result")
_HELD = {signal.SIGINT, signal.SIGTERM}
# Parts that may be under way or wait for an earlier one, for each worker: what bounds memory.
_AHEAD = 3


def in_order(
    task: Callable[[Part], Result], parts: Iterable[Part], jobs: int
) -> Iterator[tuple[Part, Result]]:
    """Each part with its result. Task and parts are pickled where there are several jobs.

    Raises what the task raises, and WorkerDied where a worker ends before its task.
    """
    if jobs <= 1:
        yield from ((part, task(part)) for part in parts)
        return
    with contextlib.closing(_Team(task, jobs)) as team:
        yield from team.results(iter(parts))


class _Team(Generic[Part, Result]):
    """Workers that were started afresh: they share no lock, file or thread with this process."""

    def __init__(self, task: Callable[[Part], Result], jobs: int) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["__main__", __name__, type(task).__module__])
        self._workers: dict[Connection, BaseProcess] = {}
        # A worker whose start is cut off would say so, at length, on a terminal of ours. The
        # tracker comes first: starting it takes the signals up again.
        resource_tracker.ensure_running()
        signal.pthread_sigmask(signal.SIG_BLOCK, _HELD)
        try:
            for _ in range(jobs):
                ours, theirs = context.Pipe()
                worker = context.Process(target=_work, args=(task, theirs), daemon=True)
                worker.start()
                theirs.close()
                self._workers[ours] = worker
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _HELD)

    def results(self, parts: Iterator[Part]) -> Iterator[tuple[Part, Result]]:
        idle, busy = list(self._workers), dict[Connection, int]()
        given: dict[int, Part] = {}
        done: dict[int, Result] = {}
        first = following = 0
        more = True
        while more or given:
            while more and idle and len(given) < _AHEAD * len(self._workers):
                try:
                    part = next(parts)
                except StopIteration:
                    more = False
                    break
                given[following], busy[idle[-1]] = part, following
                self._send(idle.pop(), part)
                following += 1
            if first in done:
                yield given.pop(first), done.pop(first)
                first += 1
            elif busy:
                for connection in wait(list(busy)):
                    assert isinstance(connection, Connection)
                    done[busy.pop(connection)] = self._receive(connection)
                    idle.append(connection)

    def close(self) -> None:
        """Ends the workers, whatever they are doing."""
        for connection, worker in self._workers.items():
            worker.terminate()
            connection.close()
        for worker in self._workers.values():
            worker.join()
            worker.close()

    def _send(self, connection: Connection, part: object) -> None:
        with contextlib.suppress(ConnectionError):  # told when its answer does not come
            connection.send(part)

    def _receive(self, connection: Connection) -> Result:
        try:
            result: Result | BaseException = connection.recv()
        except (EOFError, OSError):  # before its answer, or in the middle of it
            worker = self._workers[connection]
            worker.join(5)
            raise WorkerDied(_reason(worker.exitcode)) from None
        if isinstance(result, BaseException):
            raise result
        return result


def _work(task: Callable[[Part], Result], connection: Connection) -> None:
    # Ctrl-C reaches every process of the terminal: the one that waits for us ends us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _HELD)
    with contextlib.suppress(EOFError):
        while True:
            part = connection.recv()
            try:
                connection.send(task(part))
            except Exception as error:
                error.add_note(traceback.format_exc())
                connection.send(error)


def _reason(code: int | None) -> str:
    if code is not None and code < 0:
        name = signal.Signals(-code).name
        return f"a worker process was ended by {name}; is there enough memory? Try fewer --jobs"
    return f"a worker process ended with exit code {code}; try again"
