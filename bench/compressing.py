"""What levels of gzip cost and save, on answers of the application to a few queries.

    SEARCH_APP_INDEX=index python bench/compressing.py

Prints for each level milliseconds of CPU (best of five) and KB over the wire, by kind of answer.
"""

import time
import zlib

from werkzeug.test import EnvironBuilder, run_wsgi_app

from wsgi import app

QUERIES = ("国务院会议", "防汛抗旱", "渡轮", "中国 经济", "教育改革", "上海")
FACETS = "newspaper,author,section"
ANSWERS = {
    "page of results": ("/search", {}),
    "API, ten hits, three facets": ("/api/v1/search", {"facets": FACETS}),
    "API, a hundred hits": ("/api/v1/search", {"per_page": "100"}),
}


def body(path: str, parameters: dict[str, str]) -> bytes:
    environ = EnvironBuilder(path, query_string=parameters).get_environ()
    pieces, status, _ = run_wsgi_app(app, environ, buffered=True)
    assert status == "200 OK", status
    return b"".join(pieces)


def compressed(content: bytes, level: int) -> tuple[float, int]:
    best = 1e9
    for _ in range(5):
        started = time.process_time()
        machine = zlib.compressobj(level, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
        made = machine.compress(content) + machine.flush()
        best = min(best, time.process_time() - started)
    return best * 1000, len(made)


for kind, (path, more) in ANSWERS.items():
    bodies = [body(path, {"q": query, **more}) for query in QUERIES]
    print(f"{kind}: {sum(map(len, bodies)) / len(bodies) / 1000:.1f} KB")
    for level in (1, 2, 3, 4, 5, 6, 9):
        found = [compressed(content, level) for content in bodies]
        ms, size = (sum(column) / len(bodies) for column in zip(*found, strict=True))
        print(f"  level {level}: {ms:.2f} ms, {size / 1000:.1f} KB")
