"""`update --watch`: real files, a real process; each wait is bounded far above what it takes."""

import errno
import fcntl
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
import watchfiles
from needs import user_namespace
from served import SEARCH_APP, environment

from search_app.cli import watching
from search_app.errors import GuardRefused

PATIENCE = 40.0  # seconds
QUIET = 2.0  # in which an update that comes would have come
LIVE = "is live in"


class Watching:
    """A process that watches a corpus of ten files of five articles."""

    def __init__(self, folder: Path, *options: object, within: Sequence[str] = ()) -> None:
        self.corpus, self.index = folder / "corpus", folder / "index"
        self.corpus.mkdir()
        for number in range(10):
            self.write(f"{number}.jsonl", records(f"a{number}"))
        self._said = (folder / "said").open("w+", encoding="utf-8")
        command = [SEARCH_APP, "update", "--watch", "--corpus", self.corpus, "--index", self.index]
        self.process = subprocess.Popen(
            [*within, *command, "--jobs", "1", *options],
            stderr=self._said,
            env=environment(),
            # Shells start what is in the background with Ctrl-C ignored.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def write(self, name: str, text: str) -> Path:
        path = self.corpus / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def said(self) -> str:
        return Path(self._said.name).read_text("utf-8")

    def wait_for(self, count: int, text: str = LIVE) -> float:
        """Until this was said so often; returns when it was."""
        end = time.monotonic() + PATIENCE
        while self.said().count(text) < count:
            assert time.monotonic() < end, self.said()
            assert self.process.poll() is None, self.said()
            time.sleep(0.02)
        assert self.said().count(text) == count, self.said()
        return time.monotonic()

    def wait_for_line(self, start: str) -> None:
        """Until the last update counted this."""
        end = time.monotonic() + PATIENCE
        while not self.counted().startswith(start):
            assert time.monotonic() < end, self.said()
            time.sleep(0.02)

    def counted(self) -> str:
        """What was said of the last update."""
        return [line for line in self.said().splitlines() if line.startswith("read ")][-1]

    def end(self, by: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(by)
        code = self.process.wait(PATIENCE)
        self._said.close()
        return code


def records(name: str, count: int = 5) -> str:
    lines = []
    for n in range(count):
        record = {"id": f"{name}-{n}", "body": f"{name}号渡轮第{n}班准点靠岸，江面平静。"}
        lines.append(json.dumps(record, ensure_ascii=False) + "\n")
    return "".join(lines)


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Callable[..., Watching]]:
    started = []

    def start(*options: object, within: Sequence[str] = ()) -> Watching:
        started.append(Watching(tmp_path, *options, within=within))
        started[0].wait_for(1)
        return started[0]

    yield start
    for one in started:
        one.end()


def test_a_burst_becomes_one_generation_and_no_file_is_taken_half(
    watch: Callable[..., Watching],
) -> None:
    """Storms of saves, a file that is written slowly, editors' own files, folders moved about."""
    world = watch()
    for n in range(20):
        world.write(f"{n % 10}.jsonl", records(f"a{n % 10}").replace("准点", f"{n}点"))
        time.sleep(0.05)
    written = time.monotonic()
    took = world.wait_for(2) - written
    assert took < 15  # three, on a machine of one's own: bench/updating.py has the measure
    assert world.counted().startswith("read 50: 50 indexed")

    text = records("slow", 40)
    with (world.corpus / "slow.jsonl").open("w", encoding="utf-8") as slow:
        for start in range(0, len(text), 200):
            slow.write(text[start : start + 200])
            slow.flush()
            time.sleep(0.2)
    world.wait_for(3)
    assert world.counted().startswith("read 90: 90 indexed, 0 furniture, 0 withdrawn, 0 rejected")

    for name in (".4.jsonl.swp", "4913", "4.jsonl~", "#4.jsonl#", "_4.jsonl", "4.jsonl.tmp"):
        world.write(name, records("b"))
    time.sleep(QUIET)
    world.wait_for(3)
    (world.corpus / "4.jsonl.tmp").replace(world.corpus / "4.jsonl")
    world.wait_for(4)
    assert world.counted().startswith("read 90: 90 indexed")

    outside = world.corpus.parent / "2021"
    outside.mkdir()
    (outside / "c.jsonl").write_text(records("c"), "utf-8")
    outside.rename(world.corpus / "2021")
    world.wait_for(5)
    assert world.counted().startswith("read 95: 95 indexed")
    (world.corpus / "2021").rename(outside)
    world.wait_for(6)
    world.write("withdrawn.txt", "c-0\t法院裁定\na3-0\t法院裁定\n")
    world.wait_for(7)
    assert world.counted().startswith("read 90: 89 indexed, 0 furniture, 1 withdrawn")
    assert world.end(signal.SIGINT) == 130


def test_what_is_wrong_is_said_once_and_it_goes_on(watch: Callable[..., Watching]) -> None:
    """A damaged file, another build that holds the lock, a corpus that is gone for a while."""
    world = watch()
    world.write("3.jsonl", "")
    world.wait_for(2)
    assert world.counted().startswith("read 51: 50 indexed")
    with (world.index / "writer.lock").open("r+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        world.write("new.jsonl", records("new"))
        world.wait_for(1, "already running")
        time.sleep(3.5)  # it is tried again after three
        world.wait_for(1, "already running")
    world.wait_for(3)
    assert world.counted().startswith("read 56: 55 indexed")
    assert world.said().count("3.jsonl: empty") == 1

    world.corpus.rename(world.corpus.parent / "away")
    world.wait_for(1, "neither a file nor a folder")
    (world.corpus.parent / "away").rename(world.corpus)
    world.wait_for(4)
    world.write("newer.jsonl", records("newer"))
    world.wait_for(5)
    assert world.counted().startswith("read 61: 60 indexed")
    world.corpus.rename(world.corpus.parent / "away")
    world.wait_for(2, "neither a file nor a folder")
    (world.corpus.parent / "away").rename(world.corpus)
    world.wait_for(6)
    assert world.end() == 143
    assert not list(world.index.glob(".building*"))


def test_other_dictionaries_are_taken_too(watch: Callable[..., Watching], tmp_path: Path) -> None:
    """By a rebuild, since all texts are to be cut anew."""
    words = tmp_path / "words"
    words.mkdir()
    world = watch("--dictionaries", words)
    (words / "user_dict.txt").write_text("准点靠岸\n", "utf-8")
    world.wait_for(2)
    assert "the dictionaries changed" in world.said()


@pytest.mark.parametrize(
    ("options", "said"), [(("--force",), "--watch"), (("--encoding", "utf-9"), "utf-9")]
)
def test_what_was_mistyped_is_said_at_once(
    tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    """And it ends; --force, too, which would guard nothing for ever."""
    (tmp_path / "corpus").mkdir()
    command = [SEARCH_APP, "update", "--watch", *options]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=tmp_path, env=environment(), timeout=PATIENCE
    )
    assert (done.returncode, said in done.stderr) == (2, True)


def test_a_corpus_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    """The build is asked at once, and says so; then again when it is there."""
    feed = watching._ChangeFeed([tmp_path / "later"], lambda path: True)
    began = time.monotonic()
    feed.wait(PATIENCE)
    (tmp_path / "later").mkdir()
    feed.wait(PATIENCE)
    assert time.monotonic() - began < PATIENCE
    feed.close()


def test_where_the_system_tells_of_no_more_changes_files_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As where no more watches are left; said once."""

    def limited(*paths, **options):  # type: ignore[no-untyped-def]
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(watchfiles, "watch", limited)
    feed = watching._ChangeFeed([tmp_path], lambda path: True)
    feed.wait(PATIENCE)
    seen = threading.Event()
    waiter = threading.Thread(target=lambda: (feed.wait(PATIENCE), seen.set()), daemon=True)
    waiter.start()
    (tmp_path / "a.jsonl").write_text("{}", "utf-8")
    assert seen.wait(PATIENCE)
    feed.close()
    assert not feed._thread.is_alive()
    assert capsys.readouterr().err.count("max_user_watches") == 1


# Runs a program in a user namespace of its own, where only so many folders can be watched.
ONE_WATCH = (
    "unshare", "-Ur", "sh", "-c",
    'echo 1 > /proc/sys/user/max_inotify_watches && exec "$@"', "sh",
)  # fmt: skip


def test_when_a_new_folder_gets_no_watch_files_are_looked_at(
    watch: Callable[..., Watching],
) -> None:
    """By the real limit of the kernel; said once."""
    user_namespace()
    world = watch(within=ONE_WATCH)
    (world.corpus / "2022").mkdir()
    world.wait_for(1, "max_user_watches")
    world.write("2022/d.jsonl", records("d"))
    world.wait_for_line("read 55: 55 indexed")
    world.write("2022/d.jsonl", records("d", 6))
    world.wait_for_line("read 56: 56 indexed")
    assert world.said().count("max_user_watches") == 1


def test_a_full_disk_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And tried again until there is room; how much is left differs each time."""
    monkeypatch.setattr(watching, "_RETRY", 0.01)
    monkeypatch.setattr(watching, "_QUIET", 0.01)
    tried = []

    def build() -> None:
        tried.append(0)
        if len(tried) < 4:
            raise GuardRefused(f"No space left: {len(tried)} MB, and 9 may be needed")
        raise SystemExit

    with pytest.raises(SystemExit):
        watching.follow([tmp_path], lambda path: True, build)
    assert capsys.readouterr().err.count("No space left") == 1
