"""CPU of one query, newest first, with facets and a histogram, several times.

newest.py INDEX QUERY TIMES
"""

import sys
import time

import clock
from engine import opened

from search_app.engine.base import Window

_WINDOW = Window(
    sort="newest", facets=("newspaper", "authors", "page_no", "year"), histogram="month"
)


def main(folder: str, query: str, times: str) -> None:
    engine, compiler = opened(folder)
    took, total = [], 0
    for _ in range(3 + int(times)):
        started = time.process_time()
        total = engine.search(compiler.compile(query, "smart").query, _WINDOW).total
        took.append((time.process_time() - started) * 1000)
    clock.report(ms=took[3:], total=total)


main(*sys.argv[1:])
