"""A client's connection: what it sent of a head, and what it has not taken of an answer."""

import select
import socket
import struct
import time
from collections.abc import Callable
from typing import Any

# Bytes. Browsers send heads of one or two KiB; a proxy may add cookies and addresses.
LONGEST_HEAD = 32 << 10
# Bytes of an answer in pieces that wait for its client before the thread that makes them does.
MOST_WAITING = 1 << 20
# A client takes that much in that many seconds, or the rest of the answer, or it is left.
LEAST_TAKEN, LEAST_RATE_SECONDS = 6 * (16 << 10), 6.0
_RESET = struct.pack("ii", 1, 0)  # of seconds: on, 0 (man 7 socket)
_HEAD_END = b"\r\n\r\n"


class SlowClient(ConnectionAbortedError):
    """The client takes its answer too slowly, or the server ends before it has taken it."""


class Connection:
    """A socket that never blocks, as gunicorn's parser and response need it.

    It belongs to the worker's loop, but while a request is answered to the thread that does.
    `deadline` is when the loop closes it, in seconds of the monotonic clock.
    """

    def __init__(
        self, sock: socket.socket, client: Any, server: Any, is_ending: Callable[[], bool]
    ) -> None:
        sock.setblocking(False)
        self.socket, self.client, self.server = sock, client, server
        self.deadline = 0.0
        self.keep_alive = False
        self.is_idle = False  # has been answered, and has not begun to ask again
        self.has_ended = False  # has been answered for the last time
        self._is_ending = is_ending
        self._received = bytearray()
        self._unsent = bytearray()
        self._written = 0  # bytes of this answer, sent or not
        self._taken = 0
        self._taken_until: float | None = None

    @property
    def sock(self) -> "Connection":
        """What gunicorn writes an answer to."""
        return self

    def fileno(self) -> int:
        """The socket's descriptor, for selectors."""
        return self.socket.fileno()

    def receive(self) -> bool:
        """Takes what has come, behind the last answer to no use; whether the client is there."""
        try:
            data = self.socket.recv(LONGEST_HEAD)
        except BlockingIOError:
            return True
        except OSError:
            return False
        if not self.has_ended:
            self._received += data
        return bool(data)

    def has_head(self) -> bool:
        """Whether a whole head has come."""
        return _HEAD_END in self._received

    def take_head(self) -> bytes:
        """The head that has come; what is behind it stays."""
        end = self._received.index(_HEAD_END) + len(_HEAD_END)
        head = bytes(self._received[:end])
        del self._received[:end]
        return head

    def excess(self, longest_line: int) -> int:
        """The HTTP status for a head that has too much already; 0 while it may go on."""
        received = self._received
        if len(received) > longest_line and b"\r\n" not in received[: longest_line + 2]:
            return 414
        if len(received) > LONGEST_HEAD:
            return 431
        return 0

    def begin_answer(self) -> None:
        """Before the first byte of an answer."""
        self._written = 0
        self.keep_alive = False
        self._taken_until = None

    def sendall(self, data: bytes) -> None:
        """Sends what the client takes now, keeps the rest; waits only in an answer of many pieces.

        Raises SlowClient, or OSError where the client has gone.
        """
        # Only a stream comes in so many pieces: cut here, it has no last chunk, and its client sees
        # that it is incomplete.
        if self._is_ending() and self._written > MOST_WAITING:
            raise SlowClient("the server ends")
        while self._unsent and len(self._unsent) + len(data) > MOST_WAITING:
            self._await_client()
            if self._is_ending():
                raise SlowClient("the server ends")
        self._written += len(data)
        self._unsent += data
        self.flush()

    send = sendall

    def flush(self) -> bool:
        """Sends what the client takes now; whether all of the answer is sent.

        Raises SlowClient, or OSError where the client has gone.
        """
        while self._unsent:
            try:
                sent = self.socket.send(self._unsent)
            except BlockingIOError:
                self.check_rate()
                return False
            del self._unsent[:sent]
            self._taken += sent
        return True

    @property
    def unsent(self) -> int:
        """How many bytes of the answer the client has not taken."""
        return len(self._unsent)

    def check_rate(self) -> None:
        """Raises SlowClient where the client took too little in the last seconds."""
        now = time.monotonic()
        # It counts from where the kernel took no more: until then nobody knows what a client does.
        if self._taken_until is not None:
            if now < self._taken_until:
                return
            if self._taken < LEAST_TAKEN:
                raise SlowClient("too little of the answer is taken")
        self._taken, self._taken_until = 0, now + LEAST_RATE_SECONDS

    def end(self) -> None:
        """Tells the client that nothing more comes; OSError where it has gone.

        To be read to its end before it is closed: else it is reset, and the client may lose the
        answer (RFC 9112, 9.6).
        """
        self.has_ended = True
        self._received.clear()
        self.socket.shutdown(socket.SHUT_WR)

    def shutdown(self, _: int) -> None:
        """Raises OSError, so that gunicorn closes without waiting where an answer fails midway."""
        raise OSError("the worker's loop ends connections")

    def close(self) -> None:
        """Closes the socket at once; what was not sent is not."""
        if self._unsent:
            # Else the kernel would keep megabytes of it for minutes.
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self._unsent.clear()
        self.socket.close()

    def _await_client(self) -> None:
        poll = select.poll()
        poll.register(self.socket, select.POLLOUT)
        # So often a thread looks whether the server ends.
        poll.poll(500)
        self.flush()
