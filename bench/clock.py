"""Timing inside the process that does the work; what was timed goes to stdout as JSON."""

import json
import time
from collections.abc import Callable, Sequence
from typing import Any

# Asked before the clock runs, of queries that are not among those measured.
WARM = 8


def timed(ask: Callable[[str], int], queries: Sequence[str]) -> dict[str, Any]:
    """Asks each query once, the first few unmeasured; milliseconds and total of each other one."""
    for query in queries[:WARM]:
        ask(query)
    times, totals = [], []
    for query in queries[WARM:]:
        started = time.perf_counter()
        total = ask(query)
        times.append((time.perf_counter() - started) * 1000)
        totals.append(total)
    return {"ms": times, "totals": totals}


def report(**found: Any) -> None:
    """Prints what was measured, for the process that started this one."""
    print(json.dumps(found, ensure_ascii=False))
