"""Power that goes: whatever was not synced may be there, half there, zeros, or not at all.

Every state that a build leaves on the way is taken down: each file's bytes, each folder's names,
and of both what was synced last. An image of a crash is made of one such state: names that were not
synced are there or not, each by chance; of bytes that were not synced some got to the disk.
"""

import pickle
import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest
import report
from faults import editions
from faults.calls import command, watch
from faults.editions import SOAK, Edition, forked, held, leftovers

IMAGES = 400 if SOAK else 16
pytestmark = pytest.mark.usefixtures("on_linux")
Names = dict[str, int]  # of what lies in a folder, with the numbers of their inodes


@dataclass
class Disk:
    """Bytes and names by inode, as processes see them and as they are sure to be on the disk."""

    files: dict[int, bytes] = field(default_factory=dict)
    folders: dict[int, Names] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Path) -> "Disk":
        disk = cls()
        for path in (root, *root.rglob("*")):
            number = path.stat().st_ino
            if path.is_dir():
                disk.folders[number] = {p.name: p.stat().st_ino for p in path.iterdir()}
            else:
                disk.files[number] = path.read_bytes()
        return disk


@dataclass
class Moment:
    """The disk as processes saw it, and what of it was sure, at one point of a build."""

    point: str
    seen: Disk
    sure: Disk


class Recorder:
    """Takes down the disk after each call that changes it."""

    def __init__(self, index: Path) -> None:
        self._index, self._root = index, index.stat().st_ino
        first = Disk.of(index)
        self._sure = Disk(dict(first.files), dict(first.folders))
        self.moments = [Moment("before", first, first)]

    def note(self, point: str) -> None:
        seen, sure = Disk.of(self._index), self._sure
        call, _, name = point.partition(" ")
        if call == "fsync":
            number = self._number(name)
            if number in seen.files:
                sure.files[number] = seen.files[number]
            elif number in seen.folders:
                sure.folders[number] = seen.folders[number]
        known = Disk(dict(sure.files), dict(sure.folders))
        self.moments.append(Moment(point, seen, known))

    def _number(self, name: str) -> int:
        building = self._index / ".building"
        for path in (building / name, self._index / name):
            if (name != "." or path != building / name) and path.exists():
                return path.stat().st_ino
        return building.stat().st_ino


def an_image(random: Random, moment: Moment, root: int, folder: Path) -> Counter[str]:
    """Writes what a crash at this moment may leave; returns what became of what was not sure."""
    done = Counter[str]()
    folder.mkdir(mode=0o700)
    _lay(random, moment, root, folder, done)
    return done


def _lay(random: Random, moment: Moment, number: int, folder: Path, done: Counter[str]) -> None:
    now, sure = moment.seen.folders.get(number, {}), moment.sure.folders.get(number, {})
    for name in sorted({*now, *sure}):
        chosen = random.choice((now.get(name), sure.get(name)))
        done["names lost"] += chosen != now.get(name)
        if chosen in moment.seen.folders or chosen in moment.sure.folders:
            (folder / name).mkdir(mode=0o700)
            _lay(random, moment, chosen, folder / name, done)
        elif chosen is not None:
            data = _on_disk(random, moment, chosen, done)
            (folder / name).write_bytes(data)
            (folder / name).chmod(0o600)


def _on_disk(random: Random, moment: Moment, number: int, done: Counter[str]) -> bytes:
    sure = moment.sure.files.get(number)
    seen = moment.seen.files.get(number, sure or b"")
    if seen == sure or not seen:
        return seen
    kind = random.choice(("dropped", "zeroed", "torn", "there"))
    done[kind] += 1
    cut = random.randrange(len(seen))
    return {
        "dropped": sure or b"",
        "zeroed": bytes(len(seen)),
        "torn": seen[:cut] + bytes(random.choice((0, len(seen) - cut))),
        "there": seen,
    }[kind]


@pytest.mark.parametrize("kind", ["rebuild", "update"])
def test_lost_power_leaves_the_old_or_the_new_generation_whole(tmp_path: Path, kind: str) -> None:
    """And after the build has ended the new one; the next build goes on from there."""
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    editions.warm(tmp_path)
    for stamp in (1, 2, 3):  # so that an old generation goes as well
        new, old = editions.write(corpus, stamp), editions.edition(stamp - 1)
        if stamp < 3:
            assert forked(lambda: a_build("rebuild", corpus, index)) == 0
    moments, root = recorded(tmp_path, kind, corpus, index), index.stat().st_ino
    random, seen, damage = Random(7), Counter[str](), Counter[str]()
    # Every moment once at least in the long form; the last are those where things may go wrong.
    for number in range(IMAGES):
        if SOAK and number < len(moments):
            moment = moments[number]
        else:
            moment = random.choice(moments[-24:] if number % 2 else moments)
        image = tmp_path / "image"
        damage += an_image(random, moment, root, image)
        found = held(image)
        assert found in (old, new), moment.point
        assert found == new or moment is not moments[-1], "an ended build was lost"
        seen["old" if found == old else "new"] += 1
        if not number % (40 if SOAK else 10):
            assert_goes_on(image, corpus, new)
        shutil.rmtree(image)
    report.line(
        f"lost power in {kind}: {len(moments)} moments, {IMAGES} images, whole: {dict(seen)}; "
        f"of what was not synced: {dict(damage)}"
    )
    assert len(seen) == 2


def a_build(kind: str, corpus: Path, index: Path) -> None:
    command(kind, "--corpus", corpus, "--index", index, "--jobs", "1")


def recorded(folder: Path, kind: str, corpus: Path, index: Path) -> list[Moment]:
    """The moments of a build, made in a process of its own."""

    def record() -> None:
        recorder = Recorder(index)
        watch(index, after=recorder.note)
        try:
            a_build(kind, corpus, index)
        finally:
            with open(folder / "moments", "wb") as file:
                pickle.dump(recorder.moments, file)

    assert forked(record) == 0
    moments: list[Moment] = pickle.loads((folder / "moments").read_bytes())
    return moments


def assert_goes_on(image: Path, corpus: Path, new: Edition) -> None:
    """The next build makes the new edition, and leaves nothing behind."""
    assert forked(lambda: a_build("rebuild", corpus, image)) == 0
    assert held(image) == new
    assert leftovers(image) == []
