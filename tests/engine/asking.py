"""A process of readers: threads that ask one index while its generations are switched.

Run with the index's folder. For each line on stdin it begins to ask, or rests and prints what was
counted, as JSON.
"""

import gc
import json
import os
import resource
import sys
import threading
import time
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from given import BuiltIndex

from search_app.analysis.segmenter import default_segmenter
from search_app.analysis.words import Analyser, read_stop_words
from search_app.model import SearchRequest
from search_app.query.compile import QueryCompiler
from search_app.service.facade import SearchService

THREADS = 8
QUERIES = ("标记文字", "会议", "标记 -没有", "版本", "“第1篇”", "防汛抗旱 标记文字 没有的")
# Between questions, so that the writer gets its turn where processors are few.
PAUSE = 0.005 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 0.03
Asked = dict[str, Any]


class Readers:
    """Threads over one service."""

    def __init__(self, folder: Path) -> None:
        self.index = BuiltIndex(folder)
        compiler = QueryCompiler(Analyser(default_segmenter(), read_stop_words()))
        self.service = SearchService(self.index, compiler)
        # A generation that somebody holds on to, through all the switches.
        self.pinned = self.index.live()
        self.first = self.pinned.article("a1")
        self.resting = threading.Event()
        self.threads: list[threading.Thread] = []
        # Not a list: what is counted below is the memory of the readers. Closed with the process.
        self.asked = TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115
        self.noting = threading.Lock()

    def ask(self) -> None:
        self.resting.clear()
        self.asked.seek(0)
        self.asked.truncate()
        self.threads = [threading.Thread(target=self._ask, args=(n,)) for n in range(THREADS)]
        for thread in self.threads:
            thread.start()

    def rest(self) -> dict[str, object]:
        self.resting.set()
        for thread in self.threads:
            thread.join()
        assert self.pinned.article("a1") == self.first
        self.index.live()
        self.threads = []
        gc.collect()
        held = uses()
        self.asked.seek(0)
        asked = [json.loads(line) for line in self.asked]
        return {"asked": asked, "uses": held, "pinned": self.pinned.generation}

    def _ask(self, number: int) -> None:
        while not self.resting.is_set():
            number += 1
            began = time.monotonic()
            try:
                said = self._said(QUERIES[number % len(QUERIES)])
            except Exception as error:  # whatever it is, no question may end so
                said = {"failed": repr(error)}
            said |= {"began": began, "ended": time.monotonic()}
            with self.noting:
                self.asked.write(json.dumps(said) + "\n")
            time.sleep(PAUSE)

    def _said(self, q: str) -> Asked:
        page = self.service.search(SearchRequest(q=q, per_page=10))
        titles = sorted({hit.title for hit in page.hits})
        return {"q": q, "total": page.total, "titles": titles, "name": page.generation}


def uses() -> dict[str, int]:
    """What this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return {
        "descriptors": len(list(Path("/proc/self/fd").iterdir())),
        "maps": len(Path("/proc/self/maps").read_text().splitlines()),
        "kilobytes": pages * resource.getpagesize() // 1024,
    }


def main() -> None:
    readers = Readers(Path(sys.argv[1]))
    for line in sys.stdin:
        if line.strip() == "ask":
            readers.ask()
        else:
            print(json.dumps(readers.rest()), flush=True)


if __name__ == "__main__":
    main()
