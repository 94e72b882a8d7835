"""How often one client may ask; loaded only where a limit is set, for it takes 50 ms.

Each worker counts for itself: with n of them a client has up to n times the limit.
"""

import time
from ipaddress import IPv6Address, ip_address
from threading import Lock

from flask import Flask, request
from flask_limiter import Limiter
from limits.storage import Storage

from search_app.web.operating.operation import client_address

# Clients that are counted at a time, about 2 MB; the first of them are forgotten beyond.
MOST_CLIENTS = 10_000


class BoundedCounts(Storage):
    """Counts of the clients of this process, in bounded memory.

    That of `limits` has no bound, and looks through all it has up to a hundred times a second.
    """

    STORAGE_SCHEME = ["bounded"]  # noqa: RUF012  # the base class has it so

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **_: str) -> None:
        super().__init__(uri, wrap_exceptions)
        self._counts: dict[str, tuple[int, float]] = {}  # and when they end, the oldest first
        self._lock = Lock()

    @property
    def base_exceptions(self) -> type[Exception]:
        """The errors of a storage elsewhere; here there are none."""
        return OSError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Counts a request of a client in a window of so many seconds; how many it has made."""
        with self._lock:
            count, ends = self._counts.get(key, (0, 0.0))
            if ends <= time.time():
                self._counts.pop(key, None)
                count, ends = 0, time.time() + expiry
            self._counts[key] = count + amount, ends
            if len(self._counts) > MOST_CLIENTS:
                del self._counts[next(iter(self._counts))]
            return count + amount

    def get(self, key: str) -> int:
        """How many requests a client has made in its window."""
        count, ends = self._counts.get(key, (0, 0.0))
        return count if ends > time.time() else 0

    def get_expiry(self, key: str) -> float:
        """When the window of a client ends, in seconds since 1970."""
        return self._counts.get(key, (0, time.time()))[1]

    def check(self) -> bool:
        """Always in order."""
        return True

    def reset(self) -> int:
        """Forgets everybody; how many that were."""
        forgotten = len(self._counts)
        self._counts.clear()
        return forgotten

    def clear(self, key: str) -> None:
        """Forgets one client."""
        self._counts.pop(key, None)


def install(app: Flask, limit: str, proxies: frozenset[str], exempt: frozenset[str]) -> None:
    """Refuses (429) what one client asks beyond a limit on all addresses but `exempt` ones."""

    def key() -> str:
        return _network(client_address(request.environ, proxies))

    limiter = Limiter(
        key,
        application_limits=[limit],
        storage_uri="bounded://",
        strategy="fixed-window",
        # Unknown addresses are counted too.
        request_identifier=lambda: request.endpoint or "none",
        headers_enabled=False,
    )
    limiter.request_filter(lambda: request.path in exempt)
    limiter.init_app(app)
    app.extensions[__name__] = limiter


def seconds_to_wait(app: Flask) -> int:
    """After how many seconds the client that was just refused may ask again."""
    limit = app.extensions[__name__].current_limit
    return max(1, round(limit.reset_at - time.time() + 0.5)) if limit else 1


# Whoever has an IPv6 address has at least the 2^64 of its network (RFC 6177).
def _network(address: str) -> str:
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address or "none"
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return parsed.exploded[:19]
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)
