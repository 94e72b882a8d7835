"""The command line: results on stdout, the rest on stderr, exit codes that mean something."""

import json
import os
import pty
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
from served import ROOT, SEARCH_APP, environment, run

PAGE = ROOT / "corpus" / "澜州日报" / "2023-06-12" / "A01.txt"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "index"
    assert run("rebuild", "--corpus", ROOT / "corpus", "--index", folder).returncode == 0
    return folder


def test_rebuild_says_what_it_counted_on_stderr(tmp_path: Path) -> None:
    """Nothing is printed where a pipe would read it."""
    done = run("rebuild", "--corpus", PAGE, "--index", tmp_path / "index")
    assert (done.returncode, done.stdout) == (0, "")
    assert "4 indexed" in done.stderr


def test_rejects_are_file_line_reason_and_remedy(tmp_path: Path) -> None:
    """And exit code 1 says that there were some."""
    path = tmp_path / "a.jsonl"
    path.write_text('{"body": "一篇文章。"}\n{"title": "没有正文"}\n', encoding="utf-8")
    done = run("rebuild", "--corpus", path, "--index", tmp_path / "index")
    assert done.returncode == 1
    (line,) = [line for line in done.stderr.splitlines() if "a.jsonl" in line]
    where, reason = line.split(": ", 1)
    assert where == f"{path}:2"
    assert len(reason.split("; ")) == 2


def test_rejects_for_one_reason_are_summed_up_behind_the_first(tmp_path: Path) -> None:
    """A file of another kind does not fill the terminal; other reasons are still named."""
    path = tmp_path / "a.jsonl"
    lines = ['{"title": "没有正文"}'] * 50 + ["["] + ['{"body": "一篇文章。"}'] * 60
    path.write_text("\n".join(lines), encoding="utf-8")
    done = run("rebuild", "--corpus", path, "--index", tmp_path / "index")
    assert done.returncode == 1
    named = [line for line in done.stderr.splitlines() if line.startswith(f"{path}:")]
    assert len(named) == 41
    # The same text has the same id, which is said with the line that has it.
    assert "39 more like these (the id …): remove one of the two" in done.stderr
    assert "30 more like these (" in done.stderr
    assert f"{path}:51: " in done.stderr


def test_search_prints_what_a_person_reads(index: Path) -> None:
    """Totals, titles and marks, by default ten."""
    done = run("search", "防汛抗旱", "--index", index)
    assert done.returncode == 0
    assert "【防汛抗旱】" in done.stdout
    assert done.stderr == ""


def test_show_prints_an_article_that_search_found(index: Path) -> None:
    """The id is in the list of results."""
    found = json.loads(run("search", "防汛抗旱", "--json", "--index", index).stdout)
    hit = found["hits"][0]
    done = run("show", hit["id"], "--index", index)
    assert hit["title"] in done.stdout
    assert done.returncode == 0


def test_extract_prints_articles_without_an_index(tmp_path: Path) -> None:
    """As text for people, as one JSON line an article for programs."""
    done = run("extract", "--json", PAGE, cwd=tmp_path)
    articles = [json.loads(line) for line in done.stdout.splitlines()]
    assert [a["title_is_derived"] for a in articles] == [False, True, False, False]
    assert all(a["source"]["path"] == str(PAGE) for a in articles)
    text = run("extract", PAGE, cwd=tmp_path).stdout
    assert all(a["title"] in text for a in articles)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["nosuch"], 2, "nosuch"),
        ([], 2, "command"),
        (["search"], 2, "QUERY"),
        (["search", "国", "--limit", "0"], 2, "--limit"),
        (["search", ""], 2, "at least one word"),
        (["search", "国", "--index", "nowhere"], 3, "rebuild"),
        (["show", "nosuch", "--index", "nowhere"], 3, "rebuild"),
        (["rebuild", "--corpus", "nowhere", "--index", "i"], 3, "--corpus"),
        (["rebuild", "--corpus", ".", "--index", "i"], 3, "--index"),
        (["rebuild", "--encoding", "nosuch", "--index", "i"], 2, "encoding"),
        (["serve", "--port", "abc"], 2, "whole number"),
        (["serve", "--port", "99999"], 2, "--port"),
    ],
)
def test_what_goes_wrong_is_one_line_with_the_remedy(
    arguments: list[str], code: int, says: str, tmp_path: Path
) -> None:
    """No traceback, nothing on stdout."""
    (tmp_path / "corpus").mkdir()
    done = run(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (code, "")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


def test_settings_say_where_a_value_came_from(tmp_path: Path) -> None:
    """Option over environment over file over default; a wrong file is named."""
    (tmp_path / "search-app.toml").write_text("port = 9000\n", encoding="utf-8")
    assert "9000" in run("settings", cwd=tmp_path).stdout
    (tmp_path / "search-app.toml").write_text("prot = 9000\n", encoding="utf-8")
    done = run("settings", cwd=tmp_path)
    assert done.returncode == 2
    assert "prot" in done.stderr


def test_a_closed_pipe_is_no_error(index: Path) -> None:
    """`| head` ends the command quietly."""
    command = (
        f"'{SEARCH_APP}' extract --json '{ROOT / 'corpus'}' | head -c 1; exit ${{PIPESTATUS[0]}}"
    )
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, env=environment(), timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_rebuild_and_leaves_nothing(
    tmp_path: Path, sent: signal.Signals, code: int
) -> None:
    """The folder it was building in is gone, nothing was published."""
    lines = [json.dumps({"id": f"a{n}", "body": "江面平静，渡轮准点。" * 50}) for n in range(4000)]
    (tmp_path / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    index = tmp_path / "index"
    process = subprocess.Popen(
        [SEARCH_APP, "rebuild", "--corpus", tmp_path / "a.jsonl", "--index", index],
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
        # In the background of a shell interrupts are ignored, and so they would be here.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    while not (index / ".building").exists():
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(sent)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == code
    assert "Traceback" not in errors
    assert sorted(p.name for p in index.iterdir()) == ["writer.lock"]


def test_text_cannot_drive_the_terminal(tmp_path: Path) -> None:
    """Escape sequences and bidi controls of a title are left out."""
    article = {"id": "a", "title": "红\u001b[31m字\u202e倒", "body": "正文。"}
    (tmp_path / "a.jsonl").write_text(json.dumps(article), encoding="utf-8")
    index = tmp_path / "index"
    run("rebuild", "--corpus", tmp_path / "a.jsonl", "--index", index)
    done = run("show", "a", "--index", index)
    assert "\x1b" not in done.stdout
    assert "\u202e" not in done.stdout


def test_progress_is_shown_where_someone_watches(tmp_path: Path) -> None:
    """A bar on a terminal, none in a log."""
    main, terminal = pty.openpty()
    try:
        process = subprocess.Popen(
            [SEARCH_APP, "rebuild", "--corpus", ROOT / "corpus", "--index", tmp_path / "index"],
            stderr=terminal,
            env=environment(TERM="xterm"),
        )
        assert process.wait(60) == 0
        shown = os.read(main, 100_000).decode(errors="replace")
    finally:
        os.close(main)
        os.close(terminal)
    assert "reading" in shown
    assert "100%" in shown
    log = run("rebuild", "--corpus", ROOT / "corpus", "--index", tmp_path / "index").stderr
    assert "reading" not in log


@pytest.mark.parametrize("closed", ["2>&1 | head -n 0", "2>&-", ">&-"])
def test_nobody_listening_does_not_stop_a_rebuild(tmp_path: Path, closed: str) -> None:
    """Progress that cannot be printed changes nothing."""
    index = tmp_path / "index"
    command = f"'{SEARCH_APP}' rebuild --corpus '{ROOT / 'corpus'}' --index '{index}' {closed}"
    done = subprocess.run(
        ["bash", "-c", f"{command}; exit ${{PIPESTATUS[0]}}"],
        env=environment(),
        timeout=60,
        check=False,
    )
    assert done.returncode == 0
    assert (index / "CURRENT").exists()


def test_a_permalink_outlives_a_page_that_is_taken_apart_in_another_way(tmp_path: Path) -> None:
    """`show` says the id that the article has now; a withdrawal by the old one holds too."""
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    page = corpus / "澜州日报" / "2023-06-12" / "A01.txt"
    page.parent.mkdir(parents=True)
    page.write_text(PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    run("rebuild", "--corpus", corpus, "--index", index)
    first = json.loads(run("extract", "--json", page).stdout.splitlines()[0])
    text = page.read_text(encoding="utf-8")
    printed = text[first["source"]["start"] : first["source"]["end"]].splitlines()
    page.write_text(text.replace("\n".join(printed[-2:]), ""), encoding="utf-8")
    assert run("update", "--corpus", corpus, "--index", index).returncode == 0
    done = run("show", first["id"], "--index", index)
    assert done.returncode == 0
    assert first["body"][:30] in done.stdout
    (now,) = re.findall(r"the id (\w+) now", done.stderr)
    assert now != first["id"]
    assert run("show", now, "--index", index).stdout == done.stdout
    (corpus / "withdrawn.txt").write_text(f"{first['id']}\t法院裁定\n", encoding="utf-8")
    for command in ("update", "rebuild"):
        assert run(command, "--corpus", corpus, "--index", index).returncode == 0
        for article_id in (first["id"], now):
            done = run("show", article_id, "--index", index)
            assert (done.returncode, "法院裁定" in done.stderr) == (2, True)


def test_doubtful_articles_are_counted_and_listed(index: Path) -> None:
    """Each with its place and why; they are found as all others are."""
    counted = json.loads(run("status", "--json", "--index", index).stdout)["doubtful"]
    listed = run("status", "--doubtful", "--json", "--index", index).stdout.splitlines()
    articles = [json.loads(line) for line in listed]
    assert 0 < len(articles) == counted
    assert all(a["confidence"] < 0.7 and a["doubts"] for a in articles)
    shown = run("status", "--doubtful", "--index", index).stdout
    for a in articles:
        assert a["id"] in shown
        assert a["doubts"][0] in shown
        assert run("show", a["id"], "--index", index).returncode == 0
    again = run("rebuild", "--corpus", ROOT / "corpus", "--index", index)
    assert f"{counted} of the indexed are doubtful" in again.stderr


def test_strict_ends_with_the_code_of_a_guard(tmp_path: Path) -> None:
    """The first reject is named, and nothing is published."""
    path = tmp_path / "a.jsonl"
    path.write_text('{"body": "一篇文章。"}\n{"title": "没有正文"}\n{}\n', encoding="utf-8")
    for command in ("rebuild", "update"):
        done = run(command, "--strict", "--corpus", path, "--index", tmp_path / "index")
        assert (done.returncode, done.stdout) == (3, "")
        assert done.stderr.count("a.jsonl:") == 1
        assert "--strict" in done.stderr
    assert not (tmp_path / "index" / "CURRENT").exists()
