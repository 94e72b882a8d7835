"""Seen from outside, over real HTTP: several workers that die and come back, an index that goes."""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from prometheus_client.parser import text_string_to_metric_families
from served import SEARCH_APP, Address, environment, free_port, run, serving

COUNT = "search_app_requests_total", "200", "search"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of twenty articles."""
    folder = tmp_path_factory.mktemp("observed")
    (folder / "corpus").mkdir()
    lines = [{"id": f"a{n}", "title": f"第{n}班", "body": "渡轮开出。"} for n in range(20)]
    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    (folder / "corpus" / "a.jsonl").write_text(text, encoding="utf-8")
    done = run("rebuild", "--corpus", folder / "corpus", "--index", folder / "index")
    assert done.returncode == 0, done.stderr
    return folder / "index"


class Master(NamedTuple):
    """A server with its process."""

    address: Address
    process: "subprocess.Popen[bytes]"

    def workers(self) -> set[int]:
        pid = self.process.pid
        return set(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))

    def search(self, times: int) -> None:
        for _ in range(times):
            assert self.address.get("/api/v1/search", q="渡轮").status == 200

    def counted(self) -> dict[tuple[str, ...], float]:
        answer = self.address.get("/metrics")
        assert answer.status == 200
        samples = {}
        for family in text_string_to_metric_families(answer.body.decode()):
            for sample in family.samples:
                samples[(sample.name, *sorted(sample.labels.values()))] = sample.value
        return samples

    def replaced(self, before: set[int], count: int) -> None:
        """Waits until so many workers answer that are none of those before."""
        for _ in range(200):
            now = self.workers()
            if len(now) == count and not now & before:
                self.address.get("/healthz")
                return
            time.sleep(0.05)
        raise AssertionError("the workers were not replaced")


@contextmanager
def mastered(index: Path, folder: Path, **more: str) -> Iterator[Master]:
    """Two workers, with a folder of their own for temporary files."""
    folder.mkdir(exist_ok=True)
    port = free_port()
    arguments = ["serve", "--port", str(port), "--workers", "2", "--index", str(index)]
    process = subprocess.Popen(
        [SEARCH_APP, *arguments],
        stderr=subprocess.DEVNULL,
        env=environment(TMPDIR=str(folder), **more),
    )
    try:
        for _ in range(200):
            try:
                if Address(port).get("/healthz").status == 200:
                    break
            except OSError:
                time.sleep(0.05)
        yield Master(Address(port), process)
    finally:
        process.terminate()
        process.wait(20)


def test_counts_are_those_of_all_workers_and_outlive_them(built: Path, tmp_path: Path) -> None:
    """Killed or replaced ones too; the folder they are kept in is private, bounded, and goes."""
    with mastered(built, tmp_path / "temporary") as master:
        (folder,) = (tmp_path / "temporary").glob("search-app-metrics-*")
        assert folder.stat().st_mode & 0o777 == 0o700
        expected = 0
        for number, sent in ((signal.SIGKILL, "all"), (signal.SIGHUP, "master")) * 2:
            master.search(20)
            expected += 20
            before = master.workers()
            for pid in before if sent == "all" else [master.process.pid]:
                os.kill(pid, number)
            master.replaced(before, 2)
        found = master.counted()
        assert found[COUNT] == expected
        assert found["search_app_request_duration_seconds_count", "search"] == expected
        assert found["search_app_in_flight",] == 1
        assert found["search_app_documents",] == 20
        assert 0 < found["search_app_generation_age_seconds",] < 3600
        # As many slots as there are workers at a time, also while new ones take over.
        assert len(list(folder.glob("counter_[0-9]*.db"))) <= 4
        assert len(list(folder.glob("gauge_*_[0-9]*.db"))) == 2
    assert master.process.returncode == 0
    assert list((tmp_path / "temporary").iterdir()) == []


def test_an_index_that_goes_is_said_while_it_still_answers(built: Path, tmp_path: Path) -> None:
    """The folder, the generation in it, or one of its files; until it is there again."""
    shutil.copytree(built, tmp_path / "index")
    (generation,) = (tmp_path / "index").glob("0*")
    # One worker: another may not have opened what is gone, and answers nothing then.
    with serving(tmp_path / "index") as address:
        for gone in (tmp_path / "index", generation, generation / "base.columns"):
            assert address.get("/readyz", strict="").status == 200
            away = gone.rename(tmp_path / "away")
            shown = address.get("/readyz")
            assert (shown.status, address.get("/readyz", strict="").status) == (200, 503)
            assert (shown.json["ready"], shown.json["degraded"]) == (True, True)
            assert shown.json["problem"]
            assert address.get("/api/v1/search", q="渡轮").json["total"] == 20
            assert b"search_app_degraded 1.0" in address.get("/metrics").body
            away.rename(gone)
            for _ in range(160):
                if address.get("/readyz", strict="").status == 200:
                    break
                time.sleep(0.05)
            assert b"search_app_degraded 0.0" in address.get("/metrics").body


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("CORS", "reader.example"),
        ("CORS", "https://reader.example/"),
        ("CORS", "*, https://a.example"),
        ("RATE_LIMIT", "often"),
        ("RATE_LIMIT", "0/minute"),
        ("RATE_LIMIT", "5/fortnight"),
        ("LOG", "xml"),
        ("LOG_QUERIES", "1"),
        ("METRICS", "everybody"),
        ("PROXIES", "my proxy"),
    ],
)
def test_a_setting_that_cannot_be_is_named_before_anything_is_served(name: str, wrong: str) -> None:
    """In one line, exit code 2 or 3."""
    done = subprocess.run(
        [SEARCH_APP, "serve", "--port", str(free_port())],
        capture_output=True,
        text=True,
        env=environment(**{f"SEARCH_APP_{name}": wrong}),
        timeout=30,
        check=False,
    )
    assert done.returncode in (2, 3)
    assert f"SEARCH_APP_{name}" in done.stderr
    assert done.stderr.count("\n") == 1
