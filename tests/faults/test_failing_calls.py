"""Calls that fail: each write, open, rename, link, sync in turn; a full disk; no permission."""

import errno
import os
import resource
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import report
from faults import editions
from faults.calls import CHANGING, command, watch
from faults.editions import SOAK, edition, forked, held, leftovers

STRIDE = int(os.environ.get("CALLS_STRIDE", "1")) if SOAK else 60
CALLS = ("write", "open", *CHANGING)
READER = 10_002
pytestmark = pytest.mark.usefixtures("on_linux")
as_root = pytest.mark.usefixtures("as_root")


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """A corpus of edition 2, and an index of edition 1 that is kept as it is in `old`."""
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    editions.warm(tmp_path)
    for stamp in (0, 1):
        editions.write(corpus, stamp)
        assert forked(lambda: build("rebuild", corpus, index)) == 0
    editions.write(corpus, 2)
    shutil.copytree(index, tmp_path / "old")
    return corpus, index


def build(kind: str, corpus: Path, index: Path) -> None:
    command(kind, "--corpus", corpus, "--index", index, "--jobs", "1")


def reset(index: Path) -> None:
    shutil.rmtree(index)
    shutil.copytree(index.parent / "old", index)


def failing(call: str, number: int, kind: str, corpus: Path, index: Path) -> tuple[int, str]:
    """A build whose so-manieth call of this name fails: its exit code and what it said."""
    passed = -1

    def fail(point: str) -> None:
        nonlocal passed
        if point.split()[0] == call:
            passed += 1
            if passed == number:
                code = errno.EIO if call == "fsync" else errno.ENOSPC
                raise OSError(code, os.strerror(code), point)

    def until_it_fails() -> None:
        watch(index, before=fail)
        build(kind, corpus, index)

    errors = index.parent / "errors"
    code = forked(until_it_fails, errors=errors)
    return code, errors.read_text("utf-8")


def counted(kind: str, corpus: Path, index: Path) -> Counter[str]:
    """How many calls of each name a build makes."""
    seen = index.parent / "seen"

    def note(point: str) -> None:
        with os.fdopen(os.open(seen, os.O_WRONLY | os.O_CREAT | os.O_APPEND), "w") as file:
            file.write(point.split()[0] + "\n")

    def noted() -> None:
        watch(index, before=note)
        build(kind, corpus, index)

    assert forked(noted) == 0
    return Counter(seen.read_text("utf-8").split())


@pytest.mark.parametrize("kind", ["rebuild", "update"])
def test_any_call_that_fails_fails_the_build_and_nothing_else(
    folders: tuple[Path, Path], kind: str
) -> None:
    """Exit code 3 and one line; what is live goes on, or what had just been made live does."""
    corpus, index = folders
    calls = counted(kind, corpus, index)
    old, new = edition(1), edition(2)
    outcomes = Counter[str]()
    for call in CALLS:
        for number in range(0, calls[call], STRIDE):
            reset(index)
            code, said = failing(call, number, kind, corpus, index)
            where = f"{kind}, {call} {number}: {code}\n{said}"
            assert code in (0, 3), where
            found = held(index)
            assert found == new if not code else found in (old, new), where
            assert code == 0 or sum(line.startswith("search-app: ") for line in lines(said)) == 1
            assert "Traceback" not in said, where
            outcomes[f"{call}: exit {code}, {'old' if found == old else 'new'} live"] += 1
            if number % 10 == 0:
                assert forked(lambda: build(kind, corpus, index)) == 0, where
                assert held(index) == new, where
                assert leftovers(index) == [], where
    tried = sum(outcomes.values())
    report.line(f"failing calls of {kind}: {tried} of {calls.total()}, {dict(outcomes)}")
    assert tried >= calls.total() // STRIDE


def lines(said: str) -> list[str]:
    return said.splitlines()


@contextmanager
def small_disk(kilobytes: int) -> Iterator[Path]:
    """A file system of this size."""
    with tempfile.TemporaryDirectory() as folder:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", folder]
        if subprocess.run(mount, capture_output=True, check=False).returncode:
            pytest.skip("nothing can be mounted here")
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "-l", folder], check=True)


@as_root
def test_a_disk_that_fills_up_fails_the_build_and_nothing_else(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the middle, wherever that is: disks of many sizes, with the guard for space away."""
    corpus, old = folders
    # In the kilobytes of whole pages that a file takes there; one generation, as two are there.
    size = sum(-(-path.stat().st_size // 4096) * 4 for path in old.rglob("*")) // 2
    monkeypatch.setattr("search_app.engine.whoosh.build.builder.SPACE", 0)
    outcomes = Counter[str]()
    for more in range(8, 2 * size, 2 * size // (60 if SOAK else 4)):
        with small_disk(2 * size + more) as disk:
            index = disk / "index"
            shutil.copytree(old, index)
            errors = old.parent / "errors"
            code = forked(lambda i=index: build("rebuild", corpus, i), errors=errors)
            said = errors.read_text("utf-8")
            assert code in (0, 3), said
            assert held(index) == edition(2 if code == 0 else 1)
            if code:
                assert "No space left on device" in said
                assert leftovers(index) == []
            outcomes[f"exit {code}"] += 1
    report.line(f"disks that fill up: {dict(outcomes)}")
    assert outcomes["exit 3"]


def test_a_file_that_may_not_grow_fails_the_build_and_nothing_else(
    folders: tuple[Path, Path],
) -> None:
    """RLIMIT_FSIZE, from nothing to the largest file."""
    corpus, index = folders
    largest = max(path.stat().st_size for path in index.rglob("*"))
    outcomes = Counter[str]()
    for most in range(400, largest, largest // (60 if SOAK else 4)):

        def limited(most: int = most) -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
            build("rebuild", corpus, index)

        errors = index.parent / "errors"
        code = forked(limited, errors=errors)
        said = [line for line in lines(errors.read_text("utf-8")) if "search-app: " in line]
        assert code == 3
        assert len(said) <= 1  # what it says is a file too, and may be too long as well
        assert held(index) == edition(1)
        assert leftovers(index) == []
        outcomes["exit 3"] += 1
    report.line(f"files that may not grow: {dict(outcomes)}")


@as_root
def test_a_folder_that_may_not_be_written_fails_the_build(folders: tuple[Path, Path]) -> None:
    """Another user's, who may read it: exit code 3, one line, and it is served on."""
    corpus, index = folders
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        shutil.copytree(corpus, Path(folder) / "corpus")
        shutil.copytree(index, Path(folder) / "index")
        for path in (Path(folder) / "index", *(Path(folder) / "index").rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        for kind in ("rebuild", "update"):
            errors = index.parent / "errors"
            arguments = (kind, Path(folder) / "corpus", Path(folder) / "index")
            code = forked(lambda a=arguments: build(*a), user=READER, errors=errors)
            said = errors.read_text("utf-8")
            assert (code, said.count("\n")) == (3, 1), said
            assert "Permission denied" in said
        assert held(Path(folder) / "index") == edition(1)
