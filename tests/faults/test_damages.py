"""Damage to files of all sizes: `verify` finds every one, and says which file it is."""

import os
import shutil
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
import report
from faults.editions import SOAK
from given import BuiltIndex, GivenCorpus, accept

from search_app.engine.whoosh.generations import hashing
from search_app.engine.whoosh.store.manifest import HASHED_AT_OPENING
from search_app.errors import DamagedIndex
from search_app.model import Article

Make = Callable[..., Article]
DAMAGES, ARTICLES = (1_000, 800) if SOAK else (60, 300)
PAGE = 4096
KINDS = ("bit", "byte", "zeroed page", "zeroed tail", "cut off", "longer", "missing", "swapped")
SIGNS = "".join(map(chr, range(0x4E00, 0x4E00 + 3000)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, make_article: Make) -> Path:
    """An index with files of some bytes and of several megabytes, in two segments."""
    random = Random(4)
    bodies = ("".join(random.choices(SIGNS, k=800)) for _ in range(ARTICLES))
    articles = [make_article(f"a{n}", body, date="2020-01-02") for n, body in enumerate(bodies)]
    index = BuiltIndex(tmp_path_factory.mktemp("damages") / "index")
    index.rebuild(GivenCorpus(articles[:-20]), accept)
    index.update(GivenCorpus(articles[3:]), accept, delta_share=9.0)
    return index.folder


def live(folder: Path) -> Path:
    return folder / (folder / "CURRENT").read_text().split()[0]


def damaged(random: Random, kind: str, path: Path, data: bytes, other: bytes) -> bytes | None:
    """The bytes after a damage of a kind; None where the file is gone, `data` where it is none."""
    at = random.randrange(len(data))
    page = at - at % PAGE
    if kind in ("bit", "byte"):
        flip = 1 << random.randrange(8) if kind == "bit" else random.randrange(1, 256)
        return data[:at] + bytes([data[at] ^ flip]) + data[at + 1 :]
    if kind == "zeroed page":
        return data[:page] + bytes(len(data[page : page + PAGE])) + data[page + PAGE :]
    if kind == "missing":
        return None
    changed = {"zeroed tail": data[:at] + bytes(len(data) - at), "cut off": data[:at]}
    return {**changed, "longer": data + data[:1], "swapped": other}[kind]


def test_verify_finds_every_damage(folder: Path, tmp_path: Path) -> None:
    """Whatever it is and wherever; and where nothing is damaged it says so."""
    random, done, missed = Random(11), Counter[str](), list[str]()
    copy = Path(shutil.copytree(folder, tmp_path / "index"))
    paths = [p for p in sorted(live(copy).iterdir()) if p.stat().st_size]
    large = [p for p in paths if p.stat().st_size >= HASHED_AT_OPENING]
    assert large
    BuiltIndex(copy).verify()
    while done.total() < DAMAGES:
        path = random.choice(large if random.random() < 0.5 else paths)
        kind, other = random.choice(KINDS), random.choice(paths)
        data = path.read_bytes()
        now = damaged(random, kind, path, data, other.read_bytes())
        if now == data:
            continue
        path.unlink()
        if now is not None:
            path.write_bytes(now)
            path.chmod(0o400)
        size = "over 1 MB" if path in large else "under 1 MB"
        done[f"{kind}, {size}"] += 1
        try:
            BuiltIndex(copy).verify()
            missed.append(f"{path.name}, {kind}")
        except DamagedIndex as error:
            # Without its manifest a generation is none, and that is what is said.
            if not any(name in str(error) for name in (path.name, "is missing from")):
                missed.append(f"{path.name}, {kind}, as {error}")
        path.unlink(missing_ok=True)
        path.write_bytes(data)
        path.chmod(0o400)
    BuiltIndex(copy).verify()
    report.line(
        f"damages that verify was to find: {DAMAGES}, {len(missed)} missed; "
        f"{dict(sorted(done.items()))}"
    )
    assert missed == []


def test_damage_in_large_files_is_found_behind_the_answers(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of what passes opening: the generation before answers then, or a named error."""
    monkeypatch.setattr(hashing, "QUIET_SECONDS", 0.0)
    monkeypatch.setattr(hashing, "_PAUSE", 0.0)
    random, outcomes = Random(12), Counter[str]()
    for _ in range(100 if SOAK else 4):
        copy = tmp_path / "index"
        shutil.copytree(folder, copy, copy_function=os.link)
        newest = live(copy)
        large = [p for p in newest.iterdir() if p.stat().st_size >= HASHED_AT_OPENING]
        path, kind = random.choice(large), random.choice(("bit", "zeroed page"))
        data = damaged(random, kind, path, path.read_bytes(), b"")
        path.unlink()
        path.write_bytes(data or b"")
        path.chmod(0o400)
        outcomes[outcome(copy, newest.name)] += 1
        shutil.rmtree(copy)
    report.line(f"damages that opening lets pass, hashed behind: {dict(outcomes)}")
    assert set(outcomes) <= {"at opening", "behind"}


def outcome(folder: Path, newest: str) -> str:
    """When the damage of the newest generation was noticed."""
    index = BuiltIndex(folder)
    if index.live().generation != newest:
        return "at opening"
    for thread in threading.enumerate():
        if thread.name == "hashing":
            thread.join(20)
    return "behind" if index.live().generation != newest else "never"
