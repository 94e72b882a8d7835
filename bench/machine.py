"""What was measured, on what: the machine, the day, the versions. Also run in the peers' Python."""

import json
import os
import platform
import sqlite3
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("search-app", "whoosh3", "jieba", "rjieba", "numpy", "tantivy", "flask", "gunicorn")


def about() -> dict[str, str]:
    """The machine and the day."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": f"{_processor()}, {cores()} cores",
        "memory": f"{memory:.0f} GiB",
        "system": platform.platform(terse=True),
        # What else was running: figures of a busy machine say little, ratios less than they should.
        "load before": f"{os.getloadavg()[0]:.2f}",
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    }


def cores() -> int:
    """How many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not Linux
        return os.cpu_count() or 1


def versions() -> str:
    """Python, SQLite, and whatever of the measured packages is installed here."""
    found = [f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}"]
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


if __name__ == "__main__":
    print(json.dumps(versions()))
