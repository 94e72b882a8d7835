"""Many threads in several processes ask while generations are switched under them."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
import report
from engine.asking import QUERIES, THREADS, Asked
from given import BuiltIndex, GivenCorpus, accept
from served import environment

from search_app.analysis.words import Analyser
from search_app.model import Article, SearchPage, SearchRequest
from search_app.query.compile import QueryCompiler
from search_app.service.facade import SearchService

Make = Callable[..., Article]
PROCESSES = 2
WARM_UP = 6
SWITCHES = 1_000 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 25
# Readers follow a switch within two seconds: that long they may say what was live before it.
BEHIND = 2.0
# What the allocator keeps of a process whose threads came and went, and the pages it has touched.
MAPS, KILOBYTES = 8, 12 * 1024
ASKING = Path(__file__).with_name("asking.py")

pytestmark = pytest.mark.usefixtures("on_linux")


Said = tuple[int, tuple[str, ...]]


class Live(NamedTuple):
    """What the generation of this name says; it was live at some time between these two."""

    name: str
    says: dict[str, Said]
    since: float
    until: float


class Writer:
    """Makes one edition after the other live, and remembers when.

    Editions differ in the title of every article, and in how many there are.
    """

    def __init__(self, index: BuiltIndex, service: SearchService, make_article: Make) -> None:
        self._index, self._service, self._make = index, service, make_article
        self._random = Random(1)
        self._edition = 0
        self._can_return = False
        self.live: list[Live] = []

    def switch(self) -> None:
        """Mostly to the next edition, by a rebuild or an update; or back to the one before."""
        kind = self._random.choice(("rebuild", "update", "back"))
        if kind == "back" and self._can_return:
            self._noted(self._index.roll_back)
        elif kind == "update":
            corpus = self._corpus()
            self._noted(lambda: self._index.update(corpus, accept, delta_share=9.0))
        else:
            self.rebuild()
        self._can_return = kind != "back"

    def rebuild(self) -> None:
        corpus = self._corpus()
        self._noted(lambda: self._index.rebuild(corpus, accept))

    def _corpus(self) -> GivenCorpus:
        self._edition += 1
        title = f"版本{self._edition}"
        bodies = (f"标记文字，第{n}篇。" + "会议" * (n % 3) for n in range(20 + self._edition % 7))
        return GivenCorpus([self._make(f"a{n}", b, title=title) for n, b in enumerate(bodies)])

    def _noted(self, switch: Callable[[], object]) -> None:
        began = time.monotonic()
        switch()
        if self.live:
            self.live[-1] = self.live[-1]._replace(until=time.monotonic())
        pages = [self._service.search(SearchRequest(q=q)) for q in QUERIES]
        says = {q: said(page) for q, page in zip(QUERIES, pages, strict=True)}
        assert says["标记文字"] in {(20 + n % 7, (f"版本{n}",)) for n in range(self._edition + 1)}
        self.live.append(Live(pages[0].generation, says, began, float("inf")))


class Reading:
    """A process of readers (`asking.py`)."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, ASKING, folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(PYTHONPATH=str(ASKING.parents[1])),
        )
        self.asked: list[Asked] = []

    def tell(self, what: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(what + "\n")
        self.process.stdin.flush()

    def rested(self) -> dict[str, int]:
        """Waits until the threads rest; what the process holds then."""
        self.tell("rest")
        assert self.process.stdout is not None
        told = json.loads(self.process.stdout.readline())
        self.asked += told["asked"]
        self.pinned: str = told["pinned"]
        uses: dict[str, int] = told["uses"]
        return uses


@contextmanager
def readings(folder: Path) -> Iterator[list[Reading]]:
    """Processes of readers, ended at the end."""
    found = [Reading(folder) for _ in range(PROCESSES)]
    try:
        yield found
    finally:
        for reading in found:
            reading.process.kill()
            reading.process.communicate()


def asked_through(found: list[Reading], writer: Writer, switches: int) -> list[dict[str, int]]:
    """Everyone asks through so many switches; the last one is a rebuild, so that uses compare."""
    for reading in found:
        reading.tell("ask")
    for _ in range(switches - 1):
        writer.switch()
    writer.rebuild()
    return [reading.rested() for reading in found]


def test_every_answer_is_right_for_a_generation_that_was_live(
    tmp_path: Path, make_article: Make, analyser: Analyser
) -> None:
    """And nothing grows; a generation that somebody holds on to stays through all of it."""
    index = BuiltIndex(tmp_path / "index")
    writer = Writer(index, SearchService(index, QueryCompiler(analyser)), make_article)
    writer.rebuild()
    with readings(index.folder) as found:
        for reading in found:
            reading.rested()
        before = asked_through(found, writer, WARM_UP)
        after = asked_through(found, writer, SWITCHES)
        assert {reading.pinned for reading in found} == {writer.live[0].name}
        assert (index.folder / writer.live[0].name / "manifest.json").exists()
    asked = [one for reading in found for one in reading.asked]
    late = [behind(one, writer.live) for one in asked]
    wrong = [one for one, seconds in zip(asked, late, strict=True) if seconds > BEHIND]
    report.line(told(len(asked), len(wrong), max(late), before, after))
    assert wrong == []
    assert len({one["name"] for one in asked}) > len(writer.live) / 2
    for old, new in zip(before, after, strict=True):
        assert new["descriptors"] <= old["descriptors"] + 1
        assert new["maps"] <= old["maps"] + MAPS
        assert new["kilobytes"] <= old["kilobytes"] + KILOBYTES
    writer.rebuild()
    assert len([path for path in index.folder.iterdir() if path.is_dir()]) == 2


def said(page: SearchPage) -> Said:
    """How many, and the titles of those shown."""
    return page.total, tuple(sorted({hit.title for hit in page.hits}))


def behind(one: Asked, live: list[Live]) -> float:
    """Seconds since an answer's generation was live when it was asked; infinite for a wrong one."""
    return min(
        (
            max(0.0, one["began"] - of.until)
            for of in live
            if of.name == one.get("name")
            and of.says[one["q"]] == (one["total"], tuple(one["titles"]))
            and of.since <= one["ended"]
        ),
        default=float("inf"),
    )


def told(
    asked: int, wrong: int, late: float, before: list[dict[str, int]], after: list[dict[str, int]]
) -> str:
    uses = ", ".join(
        f"{name} "
        + " and ".join(f"{a[name]}→{b[name]}" for a, b in zip(before, after, strict=True))
        for name in before[0]
    )
    return (
        f"concurrency: {PROCESSES * THREADS} threads, {WARM_UP}+{SWITCHES} switches, "
        f"{asked:,} answers, {wrong} wrong, at most {late * 1000:.0f} ms behind, {uses}"
    )
