"""The same corpus gives the same bytes: whoever reads it, in how many processes, in which order."""

import gzip
import itertools
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from random import Random

import pytest
import report
from served import ROOT, environment

from search_app.articles.corpus.reader import CorpusReader
from search_app.engine.whoosh.build.batch import MOST_CHARACTERS

# The command, in a world where folders list their files in another order.
REVERSED = """
import os, sys
from contextlib import nullcontext
listed = os.scandir
def backwards(path):
    with listed(path) as entries:
        return nullcontext(iter(list(entries)[::-1]))
os.scandir = backwards
"""
MAIN = "from search_app.cli.main import main\nmain()"
SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
VARIANTS = (
    list(itertools.product((1, 2, 3), ("0", "1", "random"), ("", REVERSED)))
    if SOAK
    else [(1, "0", ""), (2, "1", REVERSED), (3, "random", "")]
)


Files = dict[str, bytes | str]


def news(count: int) -> list[str]:
    """Lines of articles: real ones where they are at hand."""
    real = ROOT.parent / "shared" / "data" / "cctv_xwlb.jsonl.gz"
    if not real.exists():
        return [made_up(n) for n in range(count)]
    with gzip.open(real, "rt", encoding="utf-8") as file:
        return list(itertools.islice(file, count))


def made_up(number: int) -> str:
    random = Random(number)
    body = "".join(random.choices("会议防汛抗旱人民群众生命安全，。1234", k=480))
    return json.dumps({"id": f"m{number}", "body": body}, ensure_ascii=False) + "\n"


def write(path: Path, *lines: str) -> None:
    path.write_text("".join(lines), encoding="utf-8")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A long file, files that are a part each, pages, an archive, rejects, ids that are taken."""
    folder, lines = tmp_path / "corpus", news(1_050)
    shutil.copytree(ROOT / "corpus", folder)
    write(folder / "long.jsonl", *lines[:700])
    write(folder / "a.jsonl", *lines[700:900], "{}\n")
    write(folder / "b.jsonl", *lines[850:])
    with zipfile.ZipFile(folder / "c.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for n in range(40):
            packed.writestr(f"{n % 7}/{n}.jsonl", made_up(n) + made_up(2 * n))
    return folder


def edit(corpus: Path) -> None:
    """A few articles change, go, come, are withdrawn, move."""
    lines = (corpus / "b.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (corpus / "b.jsonl").unlink()
    write(corpus / "c.jsonl", *lines[:20], *lines[40:])
    changed = (json.loads(line) | {"body": "改过了。"} for line in lines[60:80])
    write(corpus / "A.jsonl", *(json.dumps(article) + "\n" for article in changed))
    write(corpus / "withdrawn.txt", json.loads(lines[99])["id"], "\t法院裁定\n")


def test_there_are_parts_and_runs_enough(corpus: Path) -> None:
    """What is compared below was read in several parts, some of them of several runs."""
    parts = list(CorpusReader(corpus).parts())
    sizes = [len((corpus / name).read_text("utf-8")) for name in ("long.jsonl", "a.jsonl")]
    assert len(parts) >= 4
    assert sizes[0] > MOST_CHARACTERS > sizes[1]


def test_the_same_corpus_gives_the_same_bytes(corpus: Path, tmp_path: Path) -> None:
    """Rebuilt and updated by any number of processes, whatever hashes and folders are like."""
    made: list[Files] = []
    for command in ("rebuild", "update"):
        if command == "update":
            edit(corpus)
        made = [built(command, corpus, tmp_path / str(n), *v) for n, v in enumerate(VARIANTS)]
        assert ("delta.id" in made[0]) == (command == "update")
        for files, variant in zip(made, VARIANTS, strict=True):
            assert set(files) == set(made[0])
            assert [name for name in files if files[name] != made[0][name]] == [], variant
    report.line(f"same bytes: {len(made[0])} files, twice, in {len(VARIANTS)} ways")


def built(command: str, corpus: Path, index: Path, jobs: int, seed: str, before: str) -> Files:
    """The files of the generation that a command makes; of the manifest what is not its time."""
    arguments = [command, "--corpus", corpus, "--index", index, "--jobs", str(jobs)]
    subprocess.run(
        [sys.executable, "-c", before + MAIN, *arguments],
        env=environment(PYTHONHASHSEED=seed),
        stderr=subprocess.DEVNULL,
        check=False,
    )
    generation = index / (index / "CURRENT").read_text().split()[0]
    files: Files = {path.name: path.read_bytes() for path in generation.iterdir()}
    manifest = json.loads(files["manifest.json"])
    assert manifest["counts"]["rejected"] > 50
    assert manifest["generation"].startswith(("000001", "000002")[command == "update"])
    # The ledger says when the corpus's files were changed, here two copies of them.
    del files["files"], manifest["files"]["files"]
    files["manifest.json"] = json.dumps(manifest | {"built_at": "", "generation": ""})
    return files
