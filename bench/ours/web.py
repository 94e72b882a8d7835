"""CPU of search requests: the real application called as a worker calls it, answers read whole.

    web.py PATH QUERIES

PATH is that of the API or the page; the index is that of the settings. The environment of each
request is made beforehand: parsing HTTP is the server's work, everything behind it is counted.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import clock
from werkzeug.test import EnvironBuilder, run_wsgi_app

from wsgi import app


def cpu(environ: dict[str, Any]) -> float:
    """Milliseconds of this process's CPU that a request took."""
    started = time.process_time()
    body, status, _ = run_wsgi_app(app, environ, buffered=True)
    answer = b"".join(body)
    took = (time.process_time() - started) * 1000
    if not status.startswith("200") or not answer:
        sys.exit(f"{environ['QUERY_STRING']}: {status}")
    return took


def main(path: str, queries: str) -> None:
    asked = json.loads(Path(queries).read_text(encoding="utf-8"))
    environs = [EnvironBuilder(path, query_string={"q": q}).get_environ() for q in asked]
    for environ in environs[: clock.WARM]:
        cpu(environ)
    clock.report(ms=[cpu(environ) for environ in environs[clock.WARM :]])


main(*sys.argv[1:])
