"""Running what is measured, each in a process of its own, and watching its memory from outside."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
BENCH = Path(__file__).resolve().parent
WORK = BENCH / ".work"
OURS = Path(sys.executable)
PEERS = WORK / "peers" / "bin" / "python"
SEARCH_APP = OURS.with_name("search-app")
# What a worker of the server has; whoever answers queries is given the same, peers too.
MALLOC = {
    "MALLOC_TRIM_THRESHOLD_": "268435456",
    "MALLOC_MMAP_THRESHOLD_": "33554432",
    "MALLOC_TOP_PAD_": "16777216",
}
LONGEST = 900  # seconds that one measurement may take
_EVERY = 0.1  # seconds between two looks at the memory


def say(message: str) -> None:
    """Says on stderr how far the run has come."""
    print(f"{time.strftime('%H:%M:%S')} {message}", file=sys.stderr, flush=True)


def measure(python: Path, script: str, *arguments: object, **environment: str) -> dict[str, Any]:
    """Runs a script of this folder; what it reports, and its wall and CPU seconds from outside."""
    variables = os.environ | {"PYTHONPATH": str(BENCH), "PYTHONUTF8": "1"} | environment
    command = [str(python), str(BENCH / script), *map(str, arguments)]
    before, started = os.times(), time.perf_counter()
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, env=variables, check=False, timeout=LONGEST
        )
    except subprocess.TimeoutExpired:
        raise Failed(f"{script} took more than {LONGEST} s") from None
    wall, after = time.perf_counter() - started, os.times()
    if done.returncode:
        names = " ".join(a.name if isinstance(a, Path) else str(a) for a in arguments)
        raise Failed(f"{script} {names} ended with {done.returncode}")
    cpu = after.children_user + after.children_system
    cpu -= before.children_user + before.children_system
    return {"wall": wall, "cpu": cpu, **json.loads(done.stdout)}


class Failed(Exception):
    """What was to be measured ended with an error; the other measurements go on."""


@dataclass(frozen=True, slots=True)
class Built:
    """An index and what building it took; `peak` is in bytes, 0 where it was not watched."""

    folder: Path
    articles: int
    bytes: int
    wall: float
    peak: int

    @property
    def rate(self) -> float:
        """Articles per second, from the start of the command to its end."""
        return self.articles / self.wall


def rebuild(corpus: Path, folder: Path, jobs: int = 0, watched: bool = False) -> Built:
    """Builds a new index with the command line, as a user would; `jobs` 0 means all cores."""
    shutil.rmtree(folder, ignore_errors=True)
    command = [str(SEARCH_APP), "rebuild", "--corpus", str(corpus), "--index", str(folder)]
    command += ["--jobs", str(jobs)]
    started = time.perf_counter()
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    with _peak(process.pid) if watched else contextlib.nullcontext(lambda: 0) as peak:
        code = _ended(process)
    wall = time.perf_counter() - started
    if code not in (0, 1):
        raise Failed(f"search-app rebuild --corpus {corpus.name} ended with {code}")
    status = _status(folder)
    return Built(folder, status["indexed"], status["bytes"], wall, peak())


def _ended(process: subprocess.Popen[bytes]) -> int:
    """The exit code of a process; it is terminated where it takes too long."""
    try:
        return process.wait(LONGEST)
    except subprocess.TimeoutExpired:
        process.terminate()
        process.wait()
        raise Failed(f"search-app rebuild took more than {LONGEST} s") from None


def built(folder: Path) -> Built:
    """What is known of an index that was built before."""
    status = _status(folder)
    return Built(folder, status["indexed"], status["bytes"], 0, 0)


def _status(folder: Path) -> dict[str, Any]:
    command = [str(SEARCH_APP), "status", "--json", "--index", str(folder)]
    found: dict[str, Any] = json.loads(subprocess.check_output(command))
    return found


def in_turns(rounds: int, **measures: Callable[[], T]) -> Mapping[str, list[T]]:
    """What each measure gave in each round; they take turns, so that noise meets them alike."""
    found: dict[str, list[T]] = {name: [] for name in measures}
    for number in range(1, rounds + 1):
        for name, take in measures.items():
            say(f"  {name}, round {number} of {rounds}")
            found[name].append(take())
    return found


def warmed(folder: Path) -> Path:
    """Reads every file of a folder, so that no query waits for a disk; returns the folder."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                while file.read(1 << 24):
                    pass
    return folder


@contextlib.contextmanager
def _peak(pid: int) -> Iterator[Callable[[], int]]:
    """Watches a process and all below it; tells their largest memory together, in bytes.

    Shared pages count once, by what /proc calls their proportional set size; pages of files that
    are mapped count too. 0 where there is no /proc.
    """
    most, ended = 0, threading.Event()

    def watch() -> None:
        nonlocal most
        while not ended.wait(_EVERY):
            most = max(most, sum(map(_memory, family(pid))))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield lambda: most
    finally:
        ended.set()
        thread.join()


def family(pid: int) -> Iterator[int]:
    """A process and all below it, by their numbers; where there is no /proc, itself alone."""
    yield pid
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from family(int(child))


def _memory(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
