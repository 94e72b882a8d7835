"""Writes docs/first-run.md: a session from a corpus to a found article, as it really ran.

    python docs/first_run.py          writes the file
    python docs/first_run.py --check  compares it, and fails where the two differ

Times, generations and counts of bytes are masked: everything else must stay what readers see.
"""

import difflib
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "first-run.md"
BIN = Path(sys.executable).parent

INTRODUCTION = """\
# A first run 初次使用

What `make run` does, step by step, on the sample newspaper of this repository. This page is
written by `make first-run` from what the commands really printed; times are masked.

本页由 `make first-run` 根据命令的实际输出写成，时间已隐去。
"""

STEPS = [
    ("Build the index 建立索引", "search-app rebuild --corpus corpus --index index"),
    ("Search it 检索", "search-app search 防汛抗旱 --limit 2 --index index"),
    ("Only this run of characters 逐字检索", "search-app search '“防汛抗旱指挥部”' --index index"),
    ("What it holds 索引概况", "search-app status --index index"),
    (
        "How a page is taken apart 版面拆分",
        "search-app extract corpus/澜州日报/2023-06-12/A01.txt | head -n 12",
    ),
]
ASKED = "curl -sG --data-urlencode q=防汛抗旱 'http://127.0.0.1:8000/api/v1/search?per_page=1'"

MASKS = [
    (re.compile(r"in \d+\.\d ms"), "in … ms"),
    (re.compile(r'"took_ms":\d+\.\d+'), '"took_ms":0.0'),
    (re.compile(r"\d{6}-\d{8}T\d{6}Z"), "000001-…"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00"), "…"),
    (re.compile(r"^(bytes +)\d+", re.MULTILINE), r"\g<1>…"),
    (re.compile(r'"score":\d+\.\d+'), '"score":0.0'),
]


def masked(text: str) -> str:
    """The text without what differs from run to run."""
    for pattern, replacement in MASKS:
        text = pattern.sub(replacement, text)
    return "\n".join(line.rstrip() for line in text.splitlines())


def shell(command: str, folder: Path) -> str:
    """What a command prints, its standard error first, as a terminal would show it."""
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    kept = {k: v for k, v in os.environ.items() if not k.startswith("SEARCH_APP_")}
    done = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env={**kept, "PATH": path},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return masked(done.stderr + done.stdout)


def asked(folder: Path) -> str:
    """One answer of the API, from a real server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [BIN / "search-app", "serve", "--index", "index", "--port", str(port)]
    server = subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/api/v1/search?per_page=1&q=%E9%98%B2%E6%B1%9B%E6%8A%97%E6%97%B1"
    try:
        for _ in range(200):
            try:
                with urllib.request.urlopen(url, timeout=10) as answer:
                    return masked(answer.read().decode())
            except OSError:
                time.sleep(0.05)
        raise SystemExit("the server did not answer")
    finally:
        server.terminate()
        server.wait(20)


def written() -> str:
    """The whole page."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "corpus").symlink_to(ROOT / "corpus")
        parts = [INTRODUCTION]
        for title, command in STEPS:
            output = shell(command, folder)
            parts.append(f"## {title}\n\n```console\n$ {command}\n{output}\n```\n")
        answer = asked(folder)
        parts.append(f"## Ask the API 程序接口\n\n```console\n$ search-app serve &\n$ {ASKED}\n")
        parts[-1] += f"{answer}\n```\n"
        return "\n".join(parts)


def main() -> None:
    text = written()
    if "--check" not in sys.argv:
        PAGE.write_text(text, encoding="utf-8")
        return
    known = PAGE.read_text(encoding="utf-8")
    if text != known:
        lines = known.splitlines(True), text.splitlines(True)
        sys.stderr.writelines(difflib.unified_diff(*lines, "docs/first-run.md", "this run"))
        sys.exit("docs/first-run.md is not what a first run prints: run `make first-run`")


if __name__ == "__main__":
    main()
