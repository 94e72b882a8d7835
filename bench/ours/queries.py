"""Asks each of a list of queries once: from the typed string to ranked numbers and exact total.

queries.py INDEX QUERIES [relax]
"""

import json
import sys
from pathlib import Path

import clock
from engine import opened

from search_app.engine.base import Window


def main(folder: str, queries: str, *options: str) -> None:
    engine, compiler = opened(folder)
    window, relax = Window(), "relax" in options

    def ask(query: str) -> int:
        compiled = compiler.compile(query, "smart")
        return engine.search(compiled.query if relax else compiled.unrelaxed, window).total

    clock.report(**clock.timed(ask, json.loads(Path(queries).read_text(encoding="utf-8"))))


main(*sys.argv[1:])
