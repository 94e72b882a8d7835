"""What is counted of requests, over all workers and their restarts, in the words of Prometheus.

Each worker writes to files of its own in a folder that `gunicorn_conf` makes, and whoever is asked
adds them up. Their names are those of a slot, not of a process: a worker takes the lowest slot that
is free and counts on from where the last one in it stopped.
"""

import os
from pathlib import Path

import prometheus_client
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
    values,
)

CONTENT_TYPE = prometheus_client.CONTENT_TYPE_PLAIN_0_0_4
# prometheus-client looks for it when it is imported.
FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
# Seconds: the budgets are 10 ms for a search, 0.3 s for the costliest, none over 2 s.
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 1.0, 2.0, 10.0)
# Bytes of a file, beyond what some thirty endpoints and ten statuses need. Written at once: memory
# of a file that has no room on its disk when it is written to ends the process.
_FILE_BYTES = 256 << 10
_FILES = ("counter", "histogram", "gauge_livesum")
_slot = "main"
_is_shared = FOLDER_VARIABLE in os.environ
_registry = CollectorRegistry()

prometheus_client.disable_created_metrics()
if _is_shared:
    # Before the first metric is made, which keeps it.
    values.ValueClass = values.MultiProcessValue(lambda: _slot)
_REQUESTS = Counter(
    "search_app_requests", "Requests answered", ("endpoint", "status"), registry=_registry
)
_DURATION = Histogram(
    "search_app_request_duration_seconds",
    "Time to answer a request",
    ("endpoint",),
    registry=_registry,
    buckets=_BUCKETS,
)
_IN_FLIGHT = Gauge(
    "search_app_in_flight",
    "Requests that are being answered",
    registry=_registry,
    multiprocess_mode="livesum",
)
_REFUSED = Counter(
    "search_app_refused", "Requests refused to protect the others", ("reason",), registry=_registry
)


def begin_request() -> None:
    """Counts a request that is being answered."""
    _IN_FLIGHT.inc()


def end_request(endpoint: str, status: str, seconds: float) -> None:
    """Counts a request that was answered."""
    _IN_FLIGHT.dec()
    _REQUESTS.labels(endpoint, status).inc()
    _DURATION.labels(endpoint).observe(seconds)


def count_refused(reason: str) -> None:
    """Counts a request refused for a reason: rate, overloaded, costly or streams."""
    _REFUSED.labels(reason).inc()


def exposition(gauges: list[tuple[str, str, float]]) -> bytes:
    """Everything counted, and some gauges of now: name, help, value."""
    counted = _registry
    if _is_shared:
        counted = CollectorRegistry()
        multiprocess.MultiProcessCollector(counted, os.environ[FOLDER_VARIABLE])
    lines = []
    for name, about, value in gauges:
        lines.append(f"# HELP {name} {about}\n# TYPE {name} gauge\n{name} {value}\n")
    return generate_latest(counted) + "".join(lines).encode()


def take_slot(slot: str) -> None:
    """From now on this process counts in a slot that no other one has."""
    global _slot
    _slot = slot
    for path in _files_of(slot, _FILES):
        if not path.exists():
            path.write_bytes(bytes(_FILE_BYTES))


def leave_slot(slot: str) -> None:
    """What a process that has gone was just doing counts no more; what it has done does."""
    for path in _files_of(slot, ("gauge_livesum",)):
        path.unlink(missing_ok=True)


def _files_of(slot: str, kinds: tuple[str, ...]) -> list[Path]:
    folder = os.environ.get(FOLDER_VARIABLE)
    return [Path(folder, f"{kind}_{slot}.db") for kind in kinds] if folder else []
