"""What is counted of requests, over all workers and their restarts, in the words of Prometheus.

Each worker writes to files of its own in a folder that `gunicorn_conf` makes, and whoever is asked
adds them up. Their names are those of a slot, not of a process: a worker takes the lowest slot that
is free and counts on from where the last one in it stopped.
"""

import os
from functools import cache
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
FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"  # as prometheus-client names it
# Seconds: the budgets are 10 ms for a search, 0.3 s for the costliest, none over 2 s.
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 1.0, 2.0, 10.0)
# Bytes of a file, beyond what some thirty endpoints and ten statuses need. Written at once: memory
# of a file that has no room on its disk when it is written to ends the process.
_FILE_BYTES = 256 << 10
_FILES = ("counter", "histogram", "gauge_livesum")
_slot = "main"


class _Counts:
    """What is counted. Made with the application: only then is it known whether it is shared."""

    def __init__(self) -> None:
        self.folder = os.environ.get(FOLDER_VARIABLE)
        prometheus_client.disable_created_metrics()
        if self.folder:
            # Before the first metric is made, which keeps it.
            values.ValueClass = values.MultiProcessValue(lambda: _slot)
        self.registry = registry = CollectorRegistry()
        self.requests = Counter(
            "search_app_requests", "Requests answered", ("endpoint", "status"), registry=registry
        )
        self.durations = Histogram(
            "search_app_request_duration_seconds",
            "Time to answer a request",
            ("endpoint",),
            registry=registry,
            buckets=_BUCKETS,
        )
        self.in_flight = Gauge(
            "search_app_in_flight",
            "Requests that are being answered",
            registry=registry,
            multiprocess_mode="livesum",
        )
        self.refused = Counter(
            "search_app_refused",
            "Requests refused to protect the others",
            ("reason",),
            registry=registry,
        )


# Called first by `install`, before there are threads that would each make one.
_counts = cache(_Counts)


def install() -> None:
    """Makes what is counted; call it with the application, once its environment is set up."""
    _counts()


def begin_request() -> None:
    """Counts a request that is being answered."""
    _counts().in_flight.inc()


def end_request(endpoint: str, status: str, seconds: float) -> None:
    """Counts a request that was answered."""
    counts = _counts()
    counts.in_flight.dec()
    counts.requests.labels(endpoint, status).inc()
    counts.durations.labels(endpoint).observe(seconds)


def count_refused(reason: str) -> None:
    """Counts a request refused for a reason: rate, overloaded, costly or streams."""
    _counts().refused.labels(reason).inc()


def exposition(gauges: list[tuple[str, str, float]]) -> bytes:
    """Everything counted, and some gauges of now: name, help, value."""
    counts = _counts()
    counted = counts.registry
    if counts.folder:
        counted = CollectorRegistry()
        multiprocess.MultiProcessCollector(counted, counts.folder)
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
    if not folder:
        return []
    return [Path(folder, f"{kind}_{slot}.db") for kind in kinds]
