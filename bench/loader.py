"""A bounded HTTP loader for one server on this machine: as fast as it can, or at a fixed rate."""

import socket
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

_LONGEST = 30.0  # seconds that an answer may take


@dataclass(slots=True)
class Heard:
    """What came back: how long each answer took in seconds, by its status; 0: none came.

    At a fixed rate it is counted from the moment at which the request was due, so that a server
    that falls behind cannot make its clients ask less (coordinated omission).
    """

    seconds: float = 0.0
    answers: dict[int, list[float]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many requests were made."""
        return sum(map(len, self.answers.values()))

    def of(self, *statuses: int) -> list[float]:
        """The times of answers with these statuses, ascending; without any, of all."""
        found: list[float] = []
        for status, times in self.answers.items():
            if not statuses or status in statuses:
                found += times
        return sorted(found)


def share(times: Sequence[float], part: float) -> float:
    """The time below which such a part of the ascending times lies; 0 where there are none."""
    return times[min(len(times) - 1, int(part * len(times)))] if times else 0.0


def as_fast_as_it_can(port: int, paths: Iterable[str], connections: int, header: str = "") -> Heard:
    """Asks each path once; on each connection the next as soon as the last is answered."""
    return _load(port, ((0.0, path) for path in paths), connections, header)


def at_rate(port: int, paths: Sequence[str], rate: float, connections: int) -> Heard:
    """Asks each path once, so many a second, whatever comes back, if a connection is free."""
    start = time.perf_counter() + 0.2
    due = ((start + n / rate, path) for n, path in enumerate(paths))
    return _load(port, due, connections, "")


def _load(port: int, due: Iterator[tuple[float, str]], connections: int, header: str) -> Heard:
    lock, heard = threading.Lock(), Heard()

    def ask_all() -> None:
        connection = _Connection(port, header)
        while True:
            with lock:
                item = next(due, None)
            if item is None:
                connection.close()
                return
            when, path = item
            if (early := when - time.perf_counter()) > 0:
                time.sleep(early)
            started = when or time.perf_counter()
            status = connection.status_of(path)
            took = time.perf_counter() - started
            with lock:
                heard.answers.setdefault(status, []).append(took)

    threads = [threading.Thread(target=ask_all) for _ in range(connections)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    heard.seconds = time.perf_counter() - started
    return heard


class _Connection:
    """A connection that is kept where the server keeps it, else made anew."""

    def __init__(self, port: int, header: str) -> None:
        self._port, self._header = port, header
        self._socket: socket.socket | None = None

    def status_of(self, path: str) -> int:
        """The status of the answer, once it is read to its end; 0 where none came."""
        request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{self._header}\r\n".encode()
        # A kept connection may have been closed meanwhile: then once more, on a new one.
        for is_kept in (True, False) if self._socket else (False,):
            with suppress(OSError):
                if not is_kept:
                    self.close()
                    self._socket = socket.create_connection(("127.0.0.1", self._port), _LONGEST)
                    self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                assert self._socket is not None
                self._socket.sendall(request)
                if status := self._read():
                    return status
        self.close()
        return 0

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _read(self) -> int:
        assert self._socket is not None
        received = b""
        while b"\r\n\r\n" not in received:
            piece = self._socket.recv(1 << 16)
            if not piece:
                return 0
            received += piece
        head, _, body = received.partition(b"\r\n\r\n")
        lower = head.lower()
        status = int(head[9:12])
        if b"transfer-encoding: chunked" in lower:
            while not body.endswith(b"0\r\n\r\n"):
                body += self._piece()
        elif b"content-length:" in lower:
            length = int(lower.partition(b"content-length:")[2].partition(b"\r\n")[0])
            left = length - len(body)
            while left > 0:
                left -= len(self._piece())
        elif status != 304:
            with suppress(ConnectionError):
                while True:
                    self._piece()
            self.close()
        if b"connection: close" in lower:
            self.close()
        return status

    def _piece(self) -> bytes:
        assert self._socket is not None
        piece = self._socket.recv(1 << 16)
        if not piece:
            raise ConnectionError
        return piece
