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
from typing import Any, TypeVar

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
    upcoming, has_more = iter(items), True
    # Each item that a worker was given, and an empty list for the one result.
    pending: deque[tuple[Item, list[Result]]] = deque()
    busy: dict[Connection, list[Result]] = {}
    with _started(task, jobs) as workers:
        idle = list(workers)
        while has_more or pending:
            # Idle workers get more to do before anything is yielded: the caller may take long.
            if has_more and idle and len(pending) < _AHEAD * jobs:
                try:
                    item = next(upcoming)
                except StopIteration:
                    has_more = False
                    continue
                idle_one = idle.pop()
                busy[idle_one] = []
                pending.append((item, busy[idle_one]))
                with contextlib.suppress(ConnectionError):  # noticed when its answer does not come
                    idle_one.send(item)
            elif pending[0][1]:
                item, result = pending.popleft()
                yield item, result[0]
            else:
                for connection in wait(list(busy)):
                    assert isinstance(connection, Connection)
                    busy.pop(connection).append(_received(connection, workers[connection]))
                    idle.append(connection)


# Workers that were started afresh: they share no lock, file or thread with this process.
@contextlib.contextmanager
def _started(task: Callable[[Item], Any], jobs: int) -> Iterator[dict[Connection, BaseProcess]]:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", __name__, type(task).__module__])
    workers: dict[Connection, BaseProcess] = {}
    # A worker that is interrupted while it starts would print a traceback on our terminal:
    # signals wait. The tracker is started before, because its start unblocks them.
    resource_tracker.ensure_running()
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOP_SIGNALS)
    try:
        for _ in range(jobs):
            ours, theirs = context.Pipe()
            workers[ours] = context.Process(target=_work, args=(task, theirs), daemon=True)
            workers[ours].start()
            theirs.close()
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOP_SIGNALS)
    try:
        yield workers
    finally:
        for connection, worker in workers.items():
            worker.terminate()
            connection.close()
        for worker in workers.values():
            worker.join()
            worker.close()


def _received(connection: Connection, worker: BaseProcess) -> Any:
    try:
        result = connection.recv()
    except (EOFError, OSError):  # before its answer, or in the middle of it
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
