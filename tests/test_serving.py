"""Served for real: gunicorn, a corpus on disk, generations that switch under it."""

import html
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import needs
import pytest
from served import ROOT, SEARCH_APP, Address, environment, free_port, run, serving


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the sample corpus."""
    index = tmp_path_factory.mktemp("sample") / "index"
    done = run("rebuild", "--corpus", ROOT / "corpus", "--index", index)
    assert done.returncode == 0, done.stderr
    return index


@pytest.fixture(scope="module")
def server(sample: Path) -> Iterator[Address]:
    with serving(sample) as address:
        yield address


def test_the_sample_corpus_is_searched_over_http(server: Address) -> None:
    """A word that stands in several articles is found in all of them, marked."""
    answer = server.get("/api/v1/search", q="防汛抗旱").json
    assert answer["total"] >= 3
    assert answer["total_exact"] >= 3
    assert all("<mark>" in s["html"] for h in answer["hits"][:3] for s in h["snippets"][:1])


def test_a_hit_leads_to_its_article(server: Address) -> None:
    """The API's url is the page's; both show the same article."""
    hit = server.get("/api/v1/search", q="防汛抗旱").json["hits"][0]
    page = server.get(hit["url"], q="防汛抗旱").body.decode()
    article = server.get(f"/api/v1/articles/{hit['id']}").json
    assert "<mark>" in page
    assert article["title"] == hit["title"]


def test_the_documentation_can_be_followed_with_curl(server: Address, tmp_path: Path) -> None:
    """Every command of /docs as it stands there, of which one is meant to be refused."""
    needs.program("curl")
    (tmp_path / ".curlrc").write_text('silent\nwrite-out = "\\n%{http_code}"\n')
    page = html.unescape(server.get("/docs").body.decode())
    commands = re.findall(r"<code>(curl .*?)</code>", page, re.S)
    assert len(commands) > 10
    # The last one asks whether anything has changed since.
    expected = ["400" if "per_page=500" in command else "200" for command in commands] + ["304"]
    for command, status in zip([*commands, commands[-1]], expected, strict=True):
        done = subprocess.run(
            ["sh", "-c", command],
            capture_output=True,
            cwd=tmp_path,
            env=environment(HOME=str(tmp_path)),
            timeout=20,
            check=True,
        )
        assert done.stdout.decode().rpartition("\n")[2] == status, command
    assert (tmp_path / "防汛.csv").read_text("utf-8-sig").startswith("id,url,title")


def test_every_example_of_the_description_finds_something(server: Address) -> None:
    """Alone, with a word that nearly all articles have."""
    paths = server.get("/openapi.json").json["paths"]
    for parameter in paths["/api/v1/search"]["get"]["parameters"]:
        value = parameter["example"]
        if isinstance(value, list):
            value = ",".join(value)
        answer = server.get("/api/v1/search", **{"q": "的", parameter["name"]: str(value)})
        assert answer.json["hits"], parameter["name"]
    article_id = paths["/api/v1/articles/{article_id}"]["get"]["parameters"][0]["example"]
    assert server.get(f"/api/v1/articles/{article_id}").status == 200


def test_status_says_the_same_in_the_terminal_and_over_http(sample: Path, server: Address) -> None:
    """One value, printed twice."""
    printed = json.loads(run("status", "--json", "--index", sample).stdout)
    assert printed == server.get("/api/v1/status").json


def test_a_running_server_follows_a_rebuild_without_a_failed_answer(tmp_path: Path) -> None:
    """Within two seconds; every answer is wholly of one generation."""
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    write_edition(corpus, "甲")
    assert run("rebuild", "--corpus", corpus, "--index", index).returncode == 0
    with serving(index) as address:
        write_edition(corpus, "乙")
        build = subprocess.Popen(
            [SEARCH_APP, "rebuild", "--corpus", corpus, "--index", index],
            stderr=subprocess.DEVNULL,
            env=environment(),
        )
        seen = set()
        until = None
        while until is None or time.monotonic() < until:
            seen.add(editions(address))
            if until is None and build.poll() is not None:
                until = time.monotonic() + 2
        assert build.returncode == 0
        assert seen == {"甲", "乙"}
        assert editions(address) == "乙"


def write_edition(folder: Path, name: str) -> None:
    folder.mkdir(exist_ok=True)
    lines = [{"id": f"a{n}", "title": f"版本{name}", "body": "标记文字。"} for n in range(50)]
    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    (folder / "a.jsonl").write_text(text, encoding="utf-8")


def editions(address: Address) -> str:
    answer = address.get("/api/v1/search", q="标记文字", per_page="50")
    assert answer.status == 200
    assert answer.json["total"] == 50
    return "".join({hit["title"][-1] for hit in answer.json["hits"]})


def test_up_builds_what_is_missing_and_serves(tmp_path: Path) -> None:
    """One command from a corpus to a page; SIGTERM ends it with 0."""
    port = free_port()
    arguments = ["--corpus", ROOT / "corpus", "--index", tmp_path / "index", "--port", str(port)]
    process = subprocess.Popen(
        [SEARCH_APP, "up", *arguments],
        stderr=subprocess.DEVNULL,
        env=environment(),
        cwd=tmp_path,
    )
    try:
        wait_for(Address(port))
        assert Address(port).get("/api/v1/status").json["indexed"] >= 24
        assert (tmp_path / "index" / "CURRENT").exists()
    finally:
        process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


@pytest.mark.parametrize("moment", ["before", "after"])
def test_sigterm_ends_a_worker_that_has_just_begun(tmp_path: Path, moment: str) -> None:
    """At once, not after the seconds that requests have to end: it has none yet."""
    begun, config = tmp_path / "begun", tmp_path / "slow.py"
    waiting = f"pathlib.Path({str(begun)!r}).touch(); time.sleep(1)"
    ours = "gunicorn_conf.post_fork(server, worker)"
    steps = [waiting, ours] if moment == "before" else [ours, waiting]
    config.write_text(
        "import pathlib, time\n"
        "from search_app.web import gunicorn_conf\n"
        "from search_app.web.gunicorn_conf import *\n"
        f"def post_fork(server, worker): {'; '.join(steps)}\n",
        encoding="utf-8",
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", config],
        stderr=subprocess.DEVNULL,
        env=environment(SEARCH_APP_PORT=str(free_port()), SEARCH_APP_WORKERS="1"),
        cwd=ROOT,
    )
    for _ in range(200):
        if begun.exists():
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0


def wait_for(address: Address) -> None:
    for _ in range(400):
        try:
            if address.get("/readyz").status == 200:
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError("nothing answers")


@pytest.mark.parametrize("command", ["up", "serve"])
def test_a_busy_port_is_one_line_that_names_the_option(
    server: Address, tmp_path: Path, command: str
) -> None:
    """And nothing is built for a server that could not start."""
    done = run(command, "--port", server.port, "--index", tmp_path / "index", cwd=ROOT)
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert "--port" in done.stderr
    assert not (tmp_path / "index").exists()


def test_files_of_the_current_folder_do_not_stand_in_for_ours(sample: Path, tmp_path: Path) -> None:
    """A wsgi.py, gunicorn.py or flask.py that lies around is not run."""
    for name in ("wsgi.py", "gunicorn.py", "flask.py", "search_app.py"):
        (tmp_path / name).write_text("raise SystemExit('the wrong file')")
    relative = Path(os.path.relpath(sample, tmp_path))
    with serving(relative, cwd=tmp_path) as address:
        assert address.get("/readyz").status == 200


def test_a_withdrawn_article_is_gone_with_its_reason(tmp_path: Path) -> None:
    """From search, over HTTP and in the terminal; a rebuild without the list brings it back."""
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    write_edition(corpus, "甲")
    (corpus / "withdrawn.txt").write_text("a7\t法院裁定\n", encoding="utf-8")
    assert run("rebuild", "--corpus", corpus, "--index", index).returncode == 0
    with serving(index) as address:
        assert address.get("/api/v1/search", q="标记文字").json["total"] == 49
        answer = address.get("/api/v1/articles/a7")
        assert answer.status == 410
        assert "法院裁定" in answer.json["detail"]
        page = address.get("/articles/a7")
        assert page.status == 410
        assert "法院裁定" in page.body.decode()
        status = address.get("/api/v1/status").json
        assert (status["read"], status["indexed"], status["withdrawn"]) == (50, 49, 1)
    shown = run("show", "a7", "--index", index)
    assert shown.returncode == 2
    assert "法院裁定" in shown.stderr
    (corpus / "withdrawn.txt").unlink()
    assert run("rebuild", "--corpus", corpus, "--index", index).returncode == 0
    assert run("show", "a7", "--index", index).returncode == 0
