"""How gunicorn serves the application; `search-app serve` passes its options in the environment."""

import atexit
import os
import shutil
import signal
import sys
import tempfile
from typing import Any

from search_app.web.operating import metrics

_host = os.environ.get("SEARCH_APP_HOST", "127.0.0.1")
_port = os.environ.get("SEARCH_APP_PORT", "8000")

wsgi_app = "wsgi:app"
bind = f"[{_host}]:{_port}" if ":" in _host else f"{_host}:{_port}"
workers = int(os.environ.get("SEARCH_APP_WORKERS", "2"))

worker_class = "search_app.web.worker.BoundedWorker"
# They only compute: heads and answers wait in the worker's loop, exports have threads of their own.
# One runs while the other waits for the disk; more would take turns, so that all of them are late
# (decision 039).
threads = 2
timeout = 30
# A worker ends by itself before (`worker.ENDING_SECONDS`).
graceful_timeout = 5
# Against what a library may leak in months; not all workers at once.
max_requests = 200_000
max_requests_jitter = 50_000
keepalive = 5
# Loaded once, before the fork: workers are ready sooner and share the dictionary's memory. The
# index is opened by each at its first request: locks and open files are not shared between them.
preload_app = True
# It would wait for a slow client; static files are small.
sendfile = False

limit_request_line = 4094
limit_request_fields = 100
limit_request_field_size = 8190
forwarded_allow_ips = os.environ.get("SEARCH_APP_PROXIES", "127.0.0.1,::1")

# No query texts and no addresses: `%(U)s` is the path alone.
accesslog = None
access_log_format = "%(t)s %(m)s %(U)s %(s)s %(B)s bytes %(M)s ms"
# Below errors gunicorn logs the address and the request line of what it refuses.
loglevel = "error"
# Its socket would be written under the home directory, where a service may not write.
control_socket_disable = True


# Where workers count for /metrics: made before the application is loaded, gone with the master. A
# new one even where the environment names one: it is that of a master which this one replaces.
_counts = tempfile.mkdtemp(prefix="search-app-metrics-")
os.environ[metrics.FOLDER_VARIABLE] = _counts
_master = os.getpid()


# Workers inherit it, and leave it to the master.
@atexit.register
def _remove_counts() -> None:
    if os.getpid() == _master:
        shutil.rmtree(_counts, ignore_errors=True)


_ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)


def pre_fork(server: Any, worker: Any) -> None:
    """Gives a worker the lowest slot to count in that no living one has."""
    taken = {other.slot for other in server.WORKERS.values()}
    worker.slot = min(set(range(len(taken) + 1)) - taken)


def child_exit(server: Any, worker: Any) -> None:
    """Forgets what a worker that has ended, in whatever way, was just doing."""
    metrics.leave_slot(str(worker.slot))


def post_fork(server: Any, worker: Any) -> None:
    """Lets a worker be ended from its first moment on.

    Until gunicorn gives it handlers of its own, a signal goes to those it inherited from the
    master, into a copy of the master's queue that nobody reads; and the master would wait for it
    `graceful_timeout` seconds.
    """
    for number in _ENDING:
        signal.signal(number, lambda *_: sys.exit(0))
    while not server.SIG_QUEUE.empty():
        if server.SIG_QUEUE.get() in _ENDING:
            sys.exit(0)
    metrics.take_slot(str(worker.slot))


def when_ready(server: Any) -> None:
    """Says once where the service answers."""
    print(f"search-app answers at http://{bind}/ (workers: {workers})", file=sys.stderr)
