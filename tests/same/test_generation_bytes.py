"""The bytes of an index are as before: of the sample corpus, and of an update of it."""

import json
import re
import shutil
from pathlib import Path

import pytest
from same.pins import SAMPLE, hold, run

# Whoosh's table of contents is a pickle that names modules and classes of the package, which are
# what a refactoring renames; what else it says, the manifest says too.
# Nor is the ledger `files`, which says when files were changed.
_NAMES_CLASSES = re.compile(r"_MAIN_\d+\.toc|files")


def generation(index: Path) -> dict[str, object]:
    """The files of the live generation; of the manifest what is not of its time."""
    live = index / (index / "CURRENT").read_text().split()[0]
    files: dict[str, object] = {}
    for path in sorted(live.iterdir()):
        if not _NAMES_CLASSES.fullmatch(path.name):
            files[path.name] = path.read_bytes()
    manifest = json.loads((live / "manifest.json").read_bytes())
    del manifest["built_at"], manifest["generation"]
    for name in list(manifest["files"]):
        if _NAMES_CLASSES.fullmatch(name):
            del manifest["files"][name]
    files["manifest.json"] = manifest
    return files


def build(command: str, folder: Path, jobs: int) -> dict[str, object]:
    """What a command makes of the corpus in a folder, and what it says."""
    done = run(folder, command, "--corpus", "corpus", "--index", "index", "--jobs", jobs)
    said = re.sub(r"\d{6,}-\d{8}T\d{6}Z", "GENERATION", done.stderr)
    return generation(folder / "index") | {"said": [done.returncode, done.stdout, said]}


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_rebuild_writes_the_same_bytes(jobs: int, tmp_path: Path) -> None:
    """Every file, by one process or two: both are held against the same table."""
    shutil.copytree(SAMPLE, tmp_path / "corpus")
    hold("bytes-rebuilt", build("rebuild", tmp_path, jobs))


def test_an_update_writes_the_same_bytes(tmp_path: Path) -> None:
    """Every file, after an article has changed, one has gone and two have come."""
    corpus = tmp_path / "corpus"
    shutil.copytree(SAMPLE, corpus)
    build("rebuild", tmp_path, 1)
    (corpus / "评论" / "别把预警当耳旁风.md").unlink()
    lines = (corpus / "澜州日报.jsonl").read_text(encoding="utf-8").splitlines()
    changed = json.loads(lines[0])
    changed["body"] += "文章作了更正。"
    added = {"id": "new", "title": "渡轮停航", "body": "江面起雾，渡轮停航一天。"}
    lines = [json.dumps(changed, ensure_ascii=False), *lines[1:]]
    lines += [json.dumps(added, ensure_ascii=False), '{"body": "码头的灯亮了一夜。"}', "{}"]
    (corpus / "澜州日报.jsonl").write_text("\n".join(lines), encoding="utf-8")
    hold("bytes-updated", build("update", tmp_path, 1))
