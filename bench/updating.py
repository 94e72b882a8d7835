"""Updates: the processor time of `search-app update` after one edited article.

Each figure is the CPU of the whole command, by one process, against that of a rebuild of the same
corpus in the same run. Files are left alone for longer than the two seconds in which a change
within one tick of the clock could go unseen, as they would be between two nights.
"""

import os
import shutil
import statistics
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from budgets import Measured
from inputs import Inputs
from process import LONGEST, SEARCH_APP, WORK, Failed, say

_LINES_OF_A_FILE = 100
_SETTLED = 2.1  # seconds: a file younger than two at its reading is hashed at the next one


def updates(inputs: Inputs) -> Iterator[Measured]:
    """One article edited, where the corpus is many files and where it is a single one."""
    lines = inputs.cctv().read_bytes().splitlines(keepends=True)
    many, single = _folder("many", lines, _LINES_OF_A_FILE), _folder("single", lines, len(lines))
    alone = _folder("alone", lines[:_LINES_OF_A_FILE], _LINES_OF_A_FILE)
    rounds = inputs.sizes.rounds
    rebuilt, after_many = _rounds(many, rounds)
    rebuilt_single, after_single = _rounds(single, rounds)
    _, after_alone = _rounds(alone, rounds)
    files = len(list(many.iterdir()))
    note = f"{len(lines):,} articles in {files} files; median of {rounds} rounds"
    yield Measured("update-files", after_many, rebuilt, note)
    beyond = max(after_many - after_alone, 0.0)
    note = f"less {after_alone:.2f} s, which the update of a corpus with one of the files takes"
    yield Measured("update-beyond", beyond, rebuilt, note)
    note = f"{len(lines):,} lines; median of {rounds} rounds"
    yield Measured("update-lines", after_single, rebuilt_single, note)


def _folder(name: str, lines: list[bytes], size: int) -> Path:
    """A corpus with the lines in files of so many each."""
    folder = WORK / f"updated-{name}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for first in range(0, len(lines), size):
        path = folder / f"part-{first // size:05}.jsonl"
        path.write_bytes(b"".join(lines[first : first + size]))
    return folder


def _rounds(corpus: Path, rounds: int) -> tuple[float, float]:
    """The median CPU seconds of a rebuild, and of an update after one edit, in turns."""
    rebuilds, edits = [], []
    for number in range(1, rounds + 1):
        say(f"  {corpus.name}, round {number} of {rounds}")
        time.sleep(_SETTLED)
        rebuilds.append(_cpu("rebuild", corpus))
        _edit(corpus, number)
        time.sleep(_SETTLED)
        edits.append(_cpu("update", corpus))
    return statistics.median(rebuilds), statistics.median(edits)


def _edit(corpus: Path, number: int) -> None:
    """Puts the number before the title of one article in the middle of the corpus."""
    files = sorted(corpus.iterdir())
    path = files[len(files) // 2]
    lines = path.read_bytes().splitlines(keepends=True)
    edited = len(lines) // 2
    lines[edited] = lines[edited].replace(b'"title": "', b'"title": "%d ' % number)
    path.write_bytes(b"".join(lines))


def _cpu(command: str, corpus: Path) -> float:
    """CPU seconds of one command and all that it starts."""
    index = WORK / f"ours-{corpus.name}"
    words = [str(SEARCH_APP), command, "--corpus", str(corpus), "--index", str(index)]
    # Workers are children of a server of forks, which nobody waits for: their CPU would be lost.
    words += ["--jobs", "1"]
    before = os.times()
    done = subprocess.run(words, stderr=subprocess.DEVNULL, check=False, timeout=LONGEST)
    after = os.times()
    if done.returncode not in (0, 1):
        raise Failed(f"search-app {command} of {corpus.name} ended with {done.returncode}")
    user = after.children_user - before.children_user
    return user + after.children_system - before.children_system
