"""What is read from files is as before: every field of every article, furniture and rejects."""

import gzip
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from articles.pdf_pages import random_page
from articles.simulator.texts import broadcast
from needs import shared
from packages import EXAMPLES, install_example
from same.paper import page, write_issue
from same.pins import ROOT, SAMPLE, hold, run

GOLDEN = EXAMPLES / "jingbao" / "golden"
_CONFIG = '[[source]]\nfolder = "滬濱小報"\nparser = "jingbao"\n'
_SINGLE_SEEDS = range(20_000, 20_000 + 200 * 37, 37)
_PDF_SEEDS = range(3, 3 + 60 * 11, 11)
_SHARED_SEEDS = range(70_000, 70_000 + 200 * 53, 53)
# A path between `, perhaps with its encoding, and the text of the file.
_EXAMPLE = re.compile(r"^`([^`\n]+)`(?: \((\w+)\)|: [^\n]*)?\n\n```\w+\n(.*?)```\n", re.M | re.S)


def write_sample(folder: Path) -> None:
    """The sample newspaper: text, PDF, HTML, Markdown, records, an archive."""
    shutil.copytree(SAMPLE, folder)


def write_golden(folder: Path) -> None:
    """The page that lies among the golden ones, read by its newspaper's parser."""
    shutil.copytree(GOLDEN / "滬濱小報", folder / "滬濱小報")
    for records in folder.rglob("*.jsonl"):
        records.unlink()
    (folder / "corpus.toml").write_text(_CONFIG, encoding="utf-8")


def write_formats(folder: Path) -> None:
    """The files of docs/formats.md: every format, some lines of which are rejected."""
    document = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    for name, encoding, text in _EXAMPLE.findall(document):
        archive, _, member = name.partition(".zip/")
        path = folder / (f"{archive}.zip" if member else name)
        path.parent.mkdir(parents=True, exist_ok=True)
        if member:
            with zipfile.ZipFile(path, "w") as packed:
                packed.writestr(member, text)
        else:
            path.write_bytes(text.encode(encoding or "utf-8"))


def write_issues(folder: Path) -> None:
    """240 simulated pages, four a day, so that articles go on from page to page."""
    for n in range(60):
        date = f"{1950 + n}-{1 + n % 12:02}-{1 + n % 28:02}"
        newspaper = ("模拟日报", "模拟晚报")[n % 2]
        write_issue(folder, newspaper, date, range(97 * n, 97 * n + 4))


def write_single(folder: Path) -> None:
    """200 simulated pages that say nothing by their path; some packed, some with other ends."""
    folder.mkdir()
    for n, seed in enumerate(_SINGLE_SEEDS):
        text = page(seed).encode("utf-8")
        path = folder / f"p{seed}.txt"
        if n % 20 == 3:
            path.with_suffix(".txt.gz").write_bytes(gzip.compress(text, mtime=0))
        elif n % 20 == 7:
            path.write_bytes(text.replace(b"\n", b"\r\n"))
        elif n % 20 == 11:
            path.write_bytes(b"\xef\xbb\xbf" + text)
        else:
            path.write_bytes(text)


def write_gbk(folder: Path) -> None:
    """20 simulated pages in GB18030, which nothing says: most are rejected."""
    folder.mkdir()
    for seed in range(40_000, 40_020):
        (folder / f"g{seed}.txt").write_bytes(page(seed).encode("gb18030"))


def write_pdf(folder: Path) -> None:
    """60 random pages as PDF."""
    folder.mkdir()
    for seed in _PDF_SEEDS:
        made, _ = random_page(seed)
        (folder / f"{seed}.pdf").write_bytes(made)


def write_shared(folder: Path) -> None:
    """200 simulated pages of real news, and real pages of text; they lie beside the checkout."""
    data = shared() / "data"
    folder.mkdir()
    texts = broadcast()
    for seed in _SHARED_SEEDS:
        (folder / f"b{seed}.txt").write_text(page(seed, texts), encoding="utf-8")
    for path in sorted((data / "seeds").glob("*.txt")):
        shutil.copy(path, folder)


WRITERS: dict[str, Callable[[Path], None]] = {
    "sample": write_sample,
    "golden": write_golden,
    "formats": write_formats,
    "issues": write_issues,
    "single": write_single,
    "gbk": write_gbk,
    "pdf": write_pdf,
    "shared": write_shared,
}


def extracted(folder: Path, group: str, *options: str) -> dict[str, object]:
    """What is read, by file; `all` has how the command ended, what it said, the files' order."""
    done = run(folder, "extract", "--json", "--all", *options, group)
    found: dict[str, object] = {}
    order = []
    for line in done.stdout.split("\n")[:-1]:
        item = json.loads(line)
        path = item["path"] if item["kind"] == "reject" else item["source"]["path"]
        if not order or order[-1] != path:
            order.append(path)
        found.setdefault(path, []).append(item)
    return found | {"all": [done.returncode, done.stderr.splitlines(), order]}


@pytest.mark.parametrize("group", WRITERS)
def test_pages_are_read_as_before(
    group: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every field, file by file; and first that the files themselves are as before."""
    if group == "golden":
        install_example(tmp_path / "site", "jingbao")
        monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    WRITERS[group](tmp_path / group)
    files = {}
    for path in sorted((tmp_path / group).rglob("*")):
        # The archives hold the time they were written.
        if path.is_file() and path.suffix != ".zip":
            files[str(path.relative_to(tmp_path))] = sha256(path.read_bytes()).hexdigest()
    hold(f"files-{group}", files)
    hold(f"articles-{group}", extracted(tmp_path, group))


def test_pages_in_a_named_encoding_are_read_as_before(tmp_path: Path) -> None:
    """The same bytes, with --encoding."""
    write_gbk(tmp_path / "gbk")
    hold("articles-gbk-named", extracted(tmp_path, "gbk", "--encoding", "gb18030"))


@pytest.mark.parametrize("group", ["sample", "formats", "issues"])
def test_people_read_the_same(group: str, tmp_path: Path) -> None:
    """The text that `extract` prints, what it says beside it, and its page side by side."""
    WRITERS[group](tmp_path / group)
    printed = run(tmp_path, "extract", "--all", group)
    beside = run(tmp_path, "extract", "--html", "beside.html", group)
    items = {
        "printed": [printed.returncode, printed.stdout.splitlines(), printed.stderr.splitlines()],
        "said": [beside.returncode, beside.stdout, beside.stderr.splitlines()],
        "beside.html": (tmp_path / "beside.html").read_bytes(),
    }
    hold(f"printed-{group}", items)
