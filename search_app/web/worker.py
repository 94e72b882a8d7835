"""gunicorn's worker of threads, but no slow client takes one: heads and answers wait in its loop.

Decision 032 has the reasons and the measures.
"""

import re
import resource
import selectors
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from urllib.parse import unquote_to_bytes

from gunicorn.http import errors
from gunicorn.http.parser import RequestParser
from gunicorn.workers.gthread import ThreadWorker

from search_app.web.connection import Connection
from search_app.web.operating.metrics import count_refused
from search_app.web.problems import http_problem

# Seconds a head may take from its connection's first moment or, on a kept one, from its first byte:
# ten is the longest that anybody is kept, and deadlines are looked at every half second.
HEAD_SECONDS = 8.0
# After an answer that closes the connection, seconds for the client to close it too.
LINGER_SECONDS = 2.0
# At the end: seconds for kept connections to ask once more, and for all to be answered.
ENDING_KEEP_SECONDS, ENDING_SECONDS = 1.0, 4.0
# Requests of a worker that are answered or wait for it. One takes 5 to 10 ms of CPU, so that the
# last of them is answered within a second.
MOST_IN_FLIGHT = 36
# Threads for exports, which wait for their clients: those that may be read at a time
# (`exports.STREAMS`), and some to say so to the others.
EXPORT_THREADS = 4
# Seconds that a thread may keep the interpreter while others wait for it: the loop, which tells
# clients that too much is asked, waits behind all that compute. Python's own 5 ms were 30 to 100.
SWITCH_SECONDS = 0.0005
# Connections of a worker; each takes a descriptor and at most 32 KiB.
MOST_CONNECTIONS = 4096
# Bytes of answers that their clients have not taken, in a worker.
MOST_UNSENT = 64 << 20
# Bytes of an answer that the kernel holds, of each connection: left to itself it takes megabytes,
# and goes on to take more while the client takes nothing.
KERNEL_BUFFER = 256 << 10
_SWEEP_SECONDS = 0.5
_SPARE_DESCRIPTORS = 256  # for the index's files and the log
_BODY_HEADERS = ("CONTENT-LENGTH", "TRANSFER-ENCODING")
# Who watches the service is answered also when it is overloaded: then above all.
_EXPORT = b"/api/v1/export."
_PROBES = re.compile(rb"(GET|HEAD) /(healthz|readyz|metrics)[ ?]")
_STATUSES: tuple[tuple[type[Exception], int], ...] = (
    (errors.LimitRequestLine, 414),
    (errors.LimitRequestHeaders, 431),
    (errors.ExpectationFailed, 417),
    (errors.UnsupportedTransferCoding, 501),
    (errors.InvalidResponseHeader, 500),
    (errors.InvalidResponseHeaderName, 500),
    (errors.ConfigurationProblem, 500),
    (errors.ParseException, 400),
)


class BoundedWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Gives a request a thread when its head is whole, and sends answers from its own loop.

    A request's body is not read: nothing here takes one, and its connection is closed.
    """

    alive: bool  # until the worker is told to end

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._waiting: dict[Connection, None] = {}  # those of the loop, longest there first
        self._in_flight = 0
        self._swept = 0.0
        self._ends_at: float | None = None
        self._most_connections = MOST_CONNECTIONS
        # One thread of their own: they are answered whatever the others do.
        self._probes = ThreadPoolExecutor(1)
        self._exports = ThreadPoolExecutor(EXPORT_THREADS)

    @classmethod
    def check_config(cls, cfg: Any, log: Any) -> None:
        """Raises ConfigurationProblem for TLS, which a proxy before the service ends."""
        if cfg.is_ssl:
            raise errors.ConfigurationProblem("TLS is not offered; put a proxy before the service")

    def init_process(self) -> None:
        """Begins the loop, with as many descriptors as connections need."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = MOST_CONNECTIONS + _SPARE_DESCRIPTORS
        if soft < wanted:
            if hard != resource.RLIM_INFINITY:
                wanted = min(wanted, hard)
            with suppress(ValueError, OSError):
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
                soft = wanted
        self._most_connections = min(MOST_CONNECTIONS, max(soft - _SPARE_DESCRIPTORS, soft // 2))
        sys.setswitchinterval(SWITCH_SECONDS)
        super().init_process()

    def run(self) -> None:
        """Answers until the worker is told to end, then whoever has connected by then."""
        read, callbacks = selectors.EVENT_READ, self.method_queue.run_callbacks
        self.poller.register(self.method_queue.fileno(), read, callbacks)
        for listener in self.sockets:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BUFFER)
        self.set_accept_enabled(True)
        while self.alive and self.is_parent_alive():
            self._turn(1.0)
        self.alive = False
        self._end()

    def _turn(self, timeout: float) -> None:
        self.notify()
        self.wait_for_and_dispatch_events(min(timeout, _SWEEP_SECONDS))
        self._close_late()

    # No request is lost: those in the listener's queue are answered too.
    def _end(self) -> None:
        now = time.monotonic()
        self._ends_at = now + ENDING_SECONDS
        self.set_accept_enabled(False)
        for listener in self.sockets:
            while self.accept(listener):
                pass
            listener.close()
        for connection in self._waiting:
            connection.deadline = min(connection.deadline, now + ENDING_KEEP_SECONDS)
        while (self._waiting or self._in_flight) and time.monotonic() < self._ends_at:
            self._turn(0.1)
        for connection in list(self._waiting):
            self._drop(connection)
        for pool in (self.tpool, self._exports):
            pool.shutdown(wait=False, cancel_futures=True)
        self._probes.shutdown(wait=False)
        self.poller.close()

    def accept(self, listener: socket.socket) -> bool:
        """Takes a connection, if one waits; whether it did."""
        try:
            sock, client = listener.accept()
        except BlockingIOError:
            return False
        except OSError:
            # None is left for it, or it has gone meanwhile.
            self._drop_longest()
            return False
        if len(self._waiting) >= self._most_connections:
            self._drop_longest()
        connection = Connection(sock, client, listener.getsockname(), self._is_ending)
        connection.deadline = time.monotonic() + HEAD_SECONDS
        self._await(connection, selectors.EVENT_READ)
        self._read(connection)
        return True

    def _is_ending(self) -> bool:
        return not self.alive

    def _await(self, connection: Connection, event: int) -> None:
        callbacks = {selectors.EVENT_READ: self._read, selectors.EVENT_WRITE: self._write}
        self.poller.register(connection, event, callbacks[event])
        self._waiting[connection] = None

    def _release(self, connection: Connection) -> None:
        self.poller.unregister(connection)
        del self._waiting[connection]

    def _drop(self, connection: Connection) -> None:
        self._release(connection)
        connection.close()

    def _drop_longest(self) -> None:
        if self._waiting:
            self._drop(next(iter(self._waiting)))

    def _close_late(self) -> None:
        now = time.monotonic()
        if now < self._swept + _SWEEP_SECONDS:
            return
        self._swept = now
        for connection in list(self._waiting):
            if connection.unsent:
                self._write(connection)
            elif connection.deadline < now:
                self._drop(connection)

    def _read(self, connection: Connection) -> None:
        # Of the events of one turn an earlier one may have closed it.
        if connection not in self._waiting:
            return
        if not connection.receive():
            self._drop(connection)
        elif connection.has_head():
            self._release(connection)
            self._dispatch(connection)
        elif status := connection.excess(self.cfg.limit_request_line):
            self._release(connection)
            self._refuse(connection, status)
        elif connection.is_idle:
            connection.is_idle = False
            connection.deadline = time.monotonic() + HEAD_SECONDS

    # Hands a whole head to a thread, or refuses where too many wait for one.
    def _dispatch(self, connection: Connection) -> None:
        head = connection.take_head()
        pool = self._pool_for(head)
        if self._in_flight >= MOST_IN_FLIGHT and pool is not self._probes:
            count_refused("overloaded")
            self._refuse(connection, 503)
            return
        self._in_flight += 1
        done = pool.submit(self._serve, head, connection)
        done.add_done_callback(lambda _: self.method_queue.defer(self._served, connection))

    def _pool_for(self, head: bytes) -> ThreadPoolExecutor:
        if _PROBES.match(head):
            return self._probes
        # However it is written: a stream in any other thread would stop those behind it.
        target = head.partition(b"\r\n")[0].partition(b"?")[0]
        is_export = _EXPORT in unquote_to_bytes(target)
        pool: ThreadPoolExecutor = self._exports if is_export else self.tpool
        return pool

    # In a thread.
    def _serve(self, head: bytes, connection: Connection) -> None:
        request = None
        connection.begin_answer()
        try:
            request = next(RequestParser(self.cfg, iter([head]), connection.client))
            if any(name in _BODY_HEADERS and value != "0" for name, value in request.headers):
                request.force_close()
            connection.keep_alive = self.handle_request(request, connection)
        except (OSError, StopIteration):
            # The client has gone, or takes too little, or the answer failed midway.
            connection.close()
        except Exception as error:
            self.handle_error(request, connection, connection.client, error)

    # Back in the loop.
    def _served(self, connection: Connection) -> None:
        self._in_flight -= 1
        self._finish(connection)

    def _refuse(self, connection: Connection, status: int) -> None:
        connection.begin_answer()
        with suppress(OSError):
            connection.sendall(http_problem(status))
        self._finish(connection)

    def _write(self, connection: Connection) -> None:
        if connection not in self._waiting:
            return
        try:
            is_sent = connection.flush()
        except OSError:
            self._drop(connection)
            return
        if is_sent:
            self._release(connection)
            self._finish(connection)

    # What becomes of a connection that a thread has let go, or that has taken its answer.
    def _finish(self, connection: Connection) -> None:
        now = time.monotonic()
        if connection.unsent:
            self._await(connection, selectors.EVENT_WRITE)
            self._bound_unsent()
        elif not connection.keep_alive:
            connection.deadline = now + LINGER_SECONDS
            try:
                connection.end()
            except OSError:
                connection.close()
            else:
                self._await(connection, selectors.EVENT_READ)
        elif connection.has_head():
            self._dispatch(connection)
        else:
            connection.is_idle = True
            connection.deadline = now + ENDING_KEEP_SECONDS
            if self.alive:
                connection.deadline = now + self.cfg.keepalive
            self._await(connection, selectors.EVENT_READ)

    def _bound_unsent(self) -> None:
        unsent = 0
        for connection in reversed(list(self._waiting)):
            unsent += connection.unsent
            if unsent > MOST_UNSENT:
                self._drop(connection)
                return

    def handle_error(self, request: Any, client: Any, address: Any, error: Exception) -> None:
        """Answers a request that cannot be read, or that failed, with a problem document."""
        status = next((code for family, code in _STATUSES if isinstance(error, family)), 500)
        if status == 500:
            self.log.exception("a request failed")
        with suppress(OSError):
            client.sendall(http_problem(status))
