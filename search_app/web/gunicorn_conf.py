"""How gunicorn serves the application; `search-app serve` passes its options in the environment."""

import os
import signal
import sys
from typing import Any

_host = os.environ.get("SEARCH_APP_HOST", "127.0.0.1")
_port = os.environ.get("SEARCH_APP_PORT", "8000")

wsgi_app = "wsgi:app"
bind = f"[{_host}]:{_port}" if ":" in _host else f"{_host}:{_port}"
workers = int(os.environ.get("SEARCH_APP_WORKERS", "2"))

# A connection that sends half a request keeps its thread: with many, and with workers that are
# watched from outside their threads, slow clients do not stop the others.
worker_class = "gthread"
threads = 32
timeout = 30
graceful_timeout = 20
keepalive = 5
# Loaded once, before the fork: workers are ready sooner and share the dictionary's memory. The
# index is opened by each at its first request: locks and open files are not shared between them.
preload_app = True

limit_request_line = 4094
limit_request_fields = 100
limit_request_field_size = 8190
forwarded_allow_ips = "127.0.0.1,::1"

# No query texts and no addresses: `%(U)s` is the path alone.
accesslog = None
access_log_format = "%(t)s %(m)s %(U)s %(s)s %(B)s bytes %(M)s ms"
# Below errors gunicorn logs the address and the request line of what it refuses.
loglevel = "error"
# Its socket would be written under the home directory, where a service may not write.
control_socket_disable = True


_ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)


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


def when_ready(server: Any) -> None:
    """Says once where the service answers."""
    print(f"search-app answers at http://{bind}/ (workers: {workers})", file=sys.stderr)
