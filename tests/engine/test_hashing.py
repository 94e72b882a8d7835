"""Files too large to be hashed at opening are hashed behind the answers."""

import gc
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from given import BuiltIndex, GivenCorpus, accept

from search_app.engine.whoosh.generations import hashing
from search_app.engine.whoosh.store import manifest
from search_app.errors import DamagedIndex
from search_app.model import Article

Make = Callable[..., Article]


@pytest.fixture(autouse=True)
def _all_are_large(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every file counts as large, so that a small index will do; and none waits."""
    for module in (manifest, hashing):
        monkeypatch.setattr(module, "HASHED_AT_OPENING", 1)
    monkeypatch.setattr(hashing, "QUIET_SECONDS", 0.0)
    yield
    hashed()


def hashed() -> None:
    """Waits until nothing is hashed any more."""
    for thread in threading.enumerate():
        if thread.name == "hashing":
            thread.join(20)


def damage(path: Path) -> None:
    """Flips a bit in the middle: opening does not notice, and no query need read it."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)


def generations(folder: Path) -> list[Path]:
    return sorted(folder.glob("0*"))


@pytest.fixture
def folder(tmp_path: Path, make_article: Make) -> Path:
    """Two generations, of one and of two articles."""
    index = BuiltIndex(tmp_path / "index")
    index.rebuild(GivenCorpus([make_article("a", "江面")]), accept)
    index.rebuild(GivenCorpus([make_article("a", "江面"), make_article("b", "江面")]), accept)
    return tmp_path / "index"


def test_a_sound_generation_goes_on(folder: Path) -> None:
    """With the same engine."""
    index = BuiltIndex(folder)
    live = index.live()
    hashed()
    assert index.live() is live
    assert index.problem is None


@pytest.mark.parametrize("name", ["base.head", "base.articles", "base.columns", "places"])
def test_the_generation_before_answers_once_damage_is_found(folder: Path, name: str) -> None:
    """Though nothing that was asked has met it; and the problem names the file."""
    path = next(p for p in generations(folder)[-1].iterdir() if p.name.startswith(name))
    damage(path)
    index = BuiltIndex(folder)
    assert index.live().size == 2
    hashed()
    assert index.live().size == 1
    assert isinstance(index.problem, DamagedIndex)
    assert path.name in str(index.problem)
    hashed()
    assert index.live().size == 1


def test_where_no_generation_is_sound_there_is_no_answer(folder: Path) -> None:
    """An error with a name, until there is a new generation: no turning to and fro."""
    for generation in generations(folder):
        damage(generation / "places")
    index = BuiltIndex(folder)
    index.live()
    for _ in range(2):
        hashed()
        try:
            index.live()
        except DamagedIndex:
            break
    for _ in range(3):
        hashed()
        with pytest.raises(DamagedIndex, match="places was altered"):
            index.live()
    index.rebuild(GivenCorpus([]), accept)
    assert index.live().size == 0


def test_a_file_that_vanished_or_was_cut_off_is_damage(folder: Path) -> None:
    """Whatever keeps it from being read."""
    index = BuiltIndex(folder)
    live = index.live()
    hashed()
    (folder / live.generation / "places").unlink()
    hashing.hash_behind(live, folder / live.generation, live._manifest)
    hashed()
    assert index.live().size == 1


def test_hashing_keeps_no_generation_open(
    folder: Path, make_article: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends with its engine, in the middle of a file."""
    monkeypatch.setattr(hashing, "QUIET_SECONDS", 0.05)
    monkeypatch.setattr(hashing, "_PIECE", 1)
    index = BuiltIndex(folder)
    first = index.live().generation
    time.sleep(0.1)
    for n in range(3):
        index.rebuild(GivenCorpus([make_article("a", f"江面{n}")]), accept)
        index.live()
        gc.collect()
    hashed_names = [thread.name for thread in threading.enumerate() if thread.name == "hashing"]
    assert not (folder / first).exists()
    assert len(hashed_names) <= 2
