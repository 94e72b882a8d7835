"""Builds that fail half-way: a killed worker, a full disk. What is live stays, nothing is left."""

import contextlib
import json
import os
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from served import SEARCH_APP, environment, run

BODY = "江面平静，渡轮准点。" * 50


FILES, ARTICLES = 12, 180  # of a size from which a file is a part of its own


def write(path: Path, name: str, count: int, word: str) -> None:
    lines = ({"id": f"{name}{n}", "body": f"{word}第{n}篇。{BODY}"} for n in range(count))
    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    path.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Enough that it takes a while; every article holds 新."""
    folder = tmp_path_factory.mktemp("corpus")
    for n in range(FILES):
        write(folder / f"{n:02}.jsonl", f"b{n}-", ARTICLES, "新")
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of one article that holds 旧."""
    folder = tmp_path_factory.mktemp("built")
    write(folder / "a.jsonl", "a", 1, "旧")
    done = run("rebuild", "--corpus", folder / "a.jsonl", "--index", folder / "index")
    assert done.returncode == 0
    return folder / "index"


@pytest.fixture
def index(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "index"))


def listing(index: Path) -> list[str]:
    return sorted(str(path.relative_to(index)) for path in index.rglob("*"))


def total(index: Path, q: str) -> int:
    found: int = json.loads(run("search", q, "--json", "--index", index).stdout)["total"]
    return found


def children(pid: int) -> Iterator[int]:
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            yield from map(int, path.read_text().split())


def workers(pid: int) -> list[int]:
    """Processes that a rebuild has started by way of another one."""
    return [worker for child in children(pid) for worker in children(child)]


def wait_until(process: "subprocess.Popen[str]", true: Callable[[], Any]) -> None:
    while not true():
        assert process.poll() is None, "it was done before it could be disturbed"
        time.sleep(0.005)


@pytest.mark.usefixtures("on_linux")
def test_a_killed_worker_fails_the_build_and_nothing_else(index: Path, corpus: Path) -> None:
    """Exit code 3 and one line with the reason; the next rebuild is as if nothing had been."""
    before = listing(index)
    process = subprocess.Popen(
        [SEARCH_APP, "rebuild", "--corpus", corpus, "--index", index, "--jobs", "2"],
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    wait_until(process, lambda: any((index / ".building").glob("runs/*")))
    started = workers(process.pid)
    os.kill(started[0], signal.SIGKILL)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 3
    assert errors == (
        "search-app: a worker process was ended by SIGKILL; is there enough memory? "
        "Try fewer --jobs\n"
    )
    assert len(started) == 2
    assert not any(Path(f"/proc/{pid}").exists() for pid in started)
    assert listing(index) == before
    assert total(index, "旧") == 1
    assert run("rebuild", "--corpus", corpus, "--index", index, "--jobs", "2").returncode == 0
    assert total(index, "新") == FILES * ARTICLES


@pytest.mark.parametrize(("most", "jobs"), [(100_000, "2"), (600_000, "1")])
def test_a_write_that_fails_fails_the_build_and_nothing_else(
    index: Path, corpus: Path, most: int, jobs: str
) -> None:
    """In a worker and in what comes after them: no file may be larger than `most`."""
    before = listing(index)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    done = run("rebuild", "--corpus", corpus, "--index", index, "--jobs", jobs, preexec_fn=limit)
    assert done.returncode == 3
    assert done.stderr.startswith("search-app: File too large")
    assert done.stderr.count("\n") == 1
    assert listing(index) == before
    assert run("verify", "--index", index).returncode == 0
