"""One task done to many items by worker processes, with the results in the order of the items."""

import contextlib
import multiprocessing
import signal
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Generic, TypeVar

from search_app.errors import WorkerDied

Item = TypeVar("Item")
Result = TypeVar("Result")
_STOP_SIGNALS = {signal.SIGINT, signal.SIGTERM}
# Items for each worker that are being worked at or wait for an earlier one. More keeps workers
# busy behind one slow item, but all these results are in memory.
_AHEAD = 3


def in_order(
    task: Callable[[Item], Result], items: Iterable[Item], jobs: int
) -> Iterator[tuple[Item, Result]]:
    """Yields each item with its result. With several jobs task, items and results are pickled.

    Raises what the task raises, and WorkerDied where a worker ends before its task.
    """
    if jobs <= 1:
        for item in items:
            yield item, task(item)
        return
    with contextlib.closing(_WorkerPool(task, jobs)) as pool:
        yield from pool.results(items)


class _WorkerPool(Generic[Item, Result]):
    """Workers that were started afresh: they share no lock, file or thread with this process."""

    def __init__(self, task: Callable[[Item], Result], jobs: int) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["__main__", __name__, type(task).__module__])
        self._workers: dict[Connection, BaseProcess] = {}
        # Each item that a worker was given, and an empty list for the one result.
        self._pending: deque[tuple[Item, list[Result]]] = deque()
        self._busy: dict[Connection, list[Result]] = {}
        # A worker that is interrupted while it starts would print a traceback on our terminal:
        # signals wait. The tracker is started before, because its start unblocks them.
        resource_tracker.ensure_running()
        signal.pthread_sigmask(signal.SIG_BLOCK, _STOP_SIGNALS)
        try:
            for _ in range(jobs):
                ours, theirs = context.Pipe()
                worker = context.Process(target=_work, args=(task, theirs), daemon=True)
                worker.start()
                theirs.close()
                self._workers[ours] = worker
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOP_SIGNALS)
        self._idle = list(self._workers)

    def results(self, items: Iterable[Item]) -> Iterator[tuple[Item, Result]]:
        """Yields each item with its result, once all before it were yielded."""
        for item in items:
            connection, result = self._idle.pop(), list[Result]()
            self._busy[connection] = result
            self._pending.append((item, result))
            with contextlib.suppress(ConnectionError):  # noticed when its answer does not come
                connection.send(item)
            # Idle workers get more to do before anything is yielded: the caller may take long.
            while not self._idle or len(self._pending) >= _AHEAD * len(self._workers):
                yield from self._advance()
        while self._pending:
            yield from self._advance()

    def close(self) -> None:
        """Ends the workers, whatever they are doing."""
        for connection, worker in self._workers.items():
            worker.terminate()
            connection.close()
        for worker in self._workers.values():
            worker.join()
            worker.close()

    def _advance(self) -> Iterator[tuple[Item, Result]]:
        """Yields the first pending answer if it is there; else waits until some worker answers."""
        item, result = self._pending[0]
        if result:
            self._pending.popleft()
            yield item, result[0]
            return
        for connection in wait(list(self._busy)):
            assert isinstance(connection, Connection)
            self._busy.pop(connection).append(self._receive(connection))
            self._idle.append(connection)

    def _receive(self, connection: Connection) -> Result:
        try:
            result: Result | BaseException = connection.recv()
        except (EOFError, OSError):  # before its answer, or in the middle of it
            worker = self._workers[connection]
            worker.join(5)
            end = f"ended with exit code {worker.exitcode}; try again"
            if worker.exitcode is not None and worker.exitcode < 0:
                name = signal.Signals(-worker.exitcode).name
                end = f"was ended by {name}; is there enough memory? Try fewer --jobs"
            raise WorkerDied(f"a worker process {end}") from None
        if isinstance(result, BaseException):
            raise result
        return result


def _work(task: Callable[[Item], Result], connection: Connection) -> None:
    # Ctrl-C reaches every process of the terminal: the one that waits for us ends us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOP_SIGNALS)
    with contextlib.suppress(EOFError):
        while True:
            item = connection.recv()
            try:
                connection.send(task(item))
            except Exception as error:
                error.add_note(traceback.format_exc())
                connection.send(error)
