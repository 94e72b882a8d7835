"""CPU of exports: seconds per 1,000 rows of each format, plain and compressed.

Run `.venv/bin/python bench/exporting.py INDEX [QUERY…]`; nothing is written.
"""

import sys
import time

from search_app.bootstrap import search_service
from search_app.model import SearchRequest
from search_app.settings import read_settings
from search_app.web import create_app
from search_app.web.exports import FORMATS

_ROUNDS = 3


def main(index: str, queries: list[str]) -> None:
    """Prints a line for each query and format; of some rounds the best."""
    service = search_service(read_settings().with_options(index=index))
    client = create_app(service).test_client()
    for q in queries:
        rows = service.search(SearchRequest(q=q, relax=False)).total
        for ending in FORMATS:
            for encoding in ("identity", "gzip"):
                best = float("inf")
                for _ in range(_ROUNDS):
                    started = time.process_time()
                    answer = client.get(
                        f"/api/v1/export.{ending}",
                        query_string={"q": q},
                        headers={"Accept-Encoding": encoding},
                        buffered=False,
                    )
                    with answer:
                        size = sum(map(len, answer.response))
                    best = min(best, time.process_time() - started)
                per_thousand = 1000 * best / rows
                print(
                    f"{q} {ending} {encoding}: {rows:,} rows, {size / 1e6:.1f} MB, "
                    f"{best:.2f} s, {per_thousand:.3f} s per 1,000 rows",
                    flush=True,
                )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:] or ["国", "习近平"])
