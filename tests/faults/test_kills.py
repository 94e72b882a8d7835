"""Builds that are killed: at each named point, and at any time. Never half an index."""

import json
import os
import signal
import subprocess
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
import report
from faults import editions
from faults.calls import command, watch
from faults.editions import SOAK, Edition, edition, forked, held, leftovers
from served import SEARCH_APP, Address, environment, run, serving

# How often each point: 20 times take a quarter of an hour on two quiet cores.
POINTS, EACH = (20, int(os.environ.get("KILLS_EACH", "20"))) if SOAK else (8, 1)
AT_RANDOM = 100 if SOAK else 2
pytestmark = pytest.mark.usefixtures("on_linux")


class Client(threading.Thread):
    """Asks over HTTP all the time; every answer must be of one edition, whole."""

    def __init__(self, address: Address) -> None:
        super().__init__()
        self._address, self._over = address, threading.Event()
        self.said: dict[str, set[Edition]] = defaultdict(set)
        self.answers, self.wrong = 0, list[str]()

    def run(self) -> None:
        while not self._over.wait(0.03):
            reply = self._address.get("/api/v1/search", q="标记文字", per_page="100")
            self.answers += 1
            try:
                self._look(reply.status, reply.json)
            except (AssertionError, KeyError, ValueError) as error:
                self.wrong.append(f"{reply.status} {error!r} {reply.body[:200]!r}")

    def _look(self, status: int, page: dict[str, object]) -> None:
        assert status == 200
        titles = {hit["title"] for hit in page["hits"]}  # type: ignore[attr-defined]
        assert len(titles) == 1, titles
        made = edition(int(titles.pop().removeprefix("版本")))
        assert page["total"] == len(page["hits"]) == made.total  # type: ignore[arg-type]
        self.said[str(page["generation"])].add(made)

    def stop(self) -> None:
        self._over.set()
        self.join()


@contextmanager
def asked(index: Path) -> Iterator[Client]:
    """A server and a client that asks it; at the end no answer was wrong."""
    with serving(index) as address:
        client = Client(address)
        client.start()
        try:
            yield client
        finally:
            client.stop()
    assert client.wrong == []
    assert client.answers
    assert all(len(made) == 1 for made in client.said.values()), client.said


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """A corpus of edition 1, and its index."""
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    editions.write(corpus, 1)
    editions.warm(tmp_path)
    assert forked(lambda: build("rebuild", corpus, index)) == 0
    return corpus, index


def build(kind: str, corpus: Path, index: Path) -> None:
    command(kind, "--corpus", corpus, "--index", index, "--jobs", "1")


def points(kind: str, corpus: Path, index: Path) -> list[str]:
    """The name of each point that a build passes, in order."""
    seen = index.parent / "points"

    def note(point: str) -> None:
        with open(seen, "a", encoding="utf-8") as file:
            file.write(point + "\n")

    def noted() -> None:
        watch(index, after=note)
        build(kind, corpus, index)

    assert forked(noted) == 0
    passed = seen.read_text("utf-8").splitlines()
    seen.unlink()
    return passed


def chosen(passed: list[str]) -> list[int]:
    """The moments that matter most, then others at equal distances: numbers of points."""
    wanted = ("rename .building", "fsync .", "replace CURRENT.new", "fsync CURRENT.new",
              "fsync manifest.json", "fsync generation", "unlink generation/manifest.json",
              "rmdir generation", "mkdir .building")  # fmt: skip
    found = {n for n, point in enumerate(passed) if point in wanted}
    found |= {0, len(passed) - 1}
    others = [n for n in range(len(passed)) if n not in found]
    while len(found) < POINTS:
        found.add(others.pop(Random(len(found)).randrange(len(others))))
    return sorted(found)


def killed_at(number: int, kind: str, corpus: Path, index: Path) -> int:
    """Runs a build that is killed right behind its so-manieth point."""
    passed = 0

    def kill(point: str) -> None:
        nonlocal passed
        if passed == number:
            os.kill(os.getpid(), signal.SIGKILL)
        passed += 1

    def until_killed() -> None:
        watch(index, after=kill)
        build(kind, corpus, index)

    return forked(until_killed)


@pytest.mark.parametrize("kind", ["rebuild", "update"])
def test_a_build_killed_at_any_point_leaves_an_index_whole(
    folders: tuple[Path, Path], kind: str
) -> None:
    """What was live, or what was being made; the next run takes away all that is left."""
    corpus, index = folders
    before, stamp = editions.edition(1), 1
    seen, outcomes = Counter[str](), Counter[str]()
    with asked(index) as client:
        for turn in range(EACH):
            for place in range(POINTS):
                # Anew each time: how many points there are depends on what lies there.
                if not turn and not place:
                    stamp += 1
                    before = editions.write(corpus, stamp)
                    passed = points(kind, corpus, index)
                    numbers = chosen(passed)
                stamp += 1
                after = editions.write(corpus, stamp)
                assert killed_at(numbers[place], kind, corpus, index) == -signal.SIGKILL
                seen[f"{numbers[place]:03} {passed[numbers[place]]}"] += 1
                found = held(index)
                assert found in (before, after)
                outcomes["old" if found == before else "new"] += 1
                assert forked(lambda: build(kind, corpus, index)) == 0
                assert held(index) == after
                assert leftovers(index, generations=4) == []
                before = after
    assert forked(lambda: build(kind, corpus, index)) == 0
    assert leftovers(index) == []
    assert run("verify", "--index", index).returncode == 0
    assert len(seen) == POINTS
    assert set(outcomes) == {"old", "new"}
    report.line(
        f"kills at {POINTS} points of {kind}: {sum(seen.values())}, left {dict(outcomes)}, "
        f"{client.answers:,} answers meanwhile, 0 wrong; {dict(sorted(seen.items()))}"
    )


def test_a_build_killed_at_any_time_leaves_an_index_whole(folders: tuple[Path, Path]) -> None:
    """With worker processes; by time most kills meet the reading, as the histogram shows."""
    corpus, index = folders
    random, before, outcomes = Random(5), edition(1), Counter[str]()
    histogram: Counter[float] = Counter()
    with asked(index) as client:
        for stamp in range(2, 2 + AT_RANDOM):
            after = editions.write(corpus, stamp)
            kind = random.choice(("rebuild", "update"))
            options = ["--corpus", corpus, "--index", index, "--jobs", "2"]
            process = subprocess.Popen(
                [SEARCH_APP, kind, *options], env=environment(), stderr=subprocess.PIPE
            )
            seconds = random.uniform(0.2, 1.4)
            time.sleep(seconds)
            process.kill()
            process.communicate(timeout=60)
            found = held(index)
            assert found in (before, after)
            outcomes[f"{kind}, {'old' if found == before else 'new'}"] += 1
            histogram[round(seconds, 1)] += 1
            assert forked(lambda kind=kind: build(kind, corpus, index)) == 0
            assert held(index) == after
            assert leftovers(index, generations=4) == []
            before = after
    report.line(
        f"kills at random: {AT_RANDOM}, {json.dumps(dict(sorted(outcomes.items())))}, by seconds "
        f"{json.dumps(dict(sorted(histogram.items())))}, {client.answers:,} answers meanwhile, "
        "0 wrong"
    )
