"""The folder of generations: which one is live, who writes, what may be deleted.

`CURRENT` names the live generation and then the one before it, each with the hash of its
manifest; it only ever changes by a rename. What it does not name is deleted.

Readers hold a shared lock on the manifest they read by, the one writer an exclusive lock on
`writer.lock`; both go with their process, however it ends.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from search_app.engine.whoosh.store.aliases import read_aliases
from search_app.engine.whoosh.store.damage import REMEDY, named_damage
from search_app.engine.whoosh.store.manifest import NAME, Manifest
from search_app.errors import AlreadyRunning, DamagedIndex, GuardRefused, NoIndex, SearchAppError

_GENERATION = re.compile(r"(\d{6,})-\d{8}T\d{6}Z")
_BUILDING = ".building"
_LOCK = "writer.lock"
_OURS = {"CURRENT", "CURRENT.new", _LOCK, _BUILDING}
# What may lie in a folder that becomes an index: ours, and what a checkout brings along.
_HARMLESS = {"README.md", ".gitignore", ".gitkeep", ".DS_Store"}
KEPT = 2


@dataclass(frozen=True, slots=True)
class OpenGeneration:
    """A checked generation and the lock that keeps it from being deleted while this is alive."""

    folder: Path
    manifest: Manifest
    lock: BinaryIO


class Generations:
    """The generations in one index folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._highest = 0  # of the counters that were seen here, gone or not

    def current_stamp(self) -> tuple[int, int, int] | None:
        """Something that changes whenever CURRENT does; None where there is none."""
        try:
            stat = (self.folder / "CURRENT").stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError:
            return 0, 0, 0
        return stat.st_ino, stat.st_mtime_ns, stat.st_size

    def open_current(self) -> OpenGeneration:
        """Locks and checks the live generation; raises NoIndex, DamagedIndex, WrongFormat."""
        for _ in range(5):
            name, digest = self._kept()[0]
            with contextlib.suppress(FileNotFoundError):
                return _open(self.folder / name, digest)
            if self._kept()[0][0] == name:
                raise DamagedIndex(f"{name} is missing from {self.folder}; {REMEDY}")
        raise DamagedIndex(f"{self.folder} changes too fast to be opened; try again")

    def open_older(self, than: str | None = None) -> OpenGeneration | None:
        """The generation before the live one, if it can be opened and is not `than`."""
        with contextlib.suppress(SearchAppError, OSError):
            for name, digest in self._kept()[1:]:
                if name != than:
                    return _open(self.folder / name, digest)
        return None

    def open_earlier(self) -> OpenGeneration | None:
        """The newest sound generation, for its ids and texts; None where there is none.

        It may be of an earlier format or another fingerprint: nobody asks it for terms.
        """
        with contextlib.suppress(SearchAppError):
            for kept in self._kept():
                with contextlib.suppress(SearchAppError, OSError):
                    return _open(self.folder / kept[0], kept[1], for_ids=True)
        return None

    def aliases(self) -> dict[str, str]:
        """The aliases of the live generation, as far as they can be read."""
        with contextlib.suppress(SearchAppError, OSError, ValueError, TypeError):
            return read_aliases(self.folder / self._kept()[0][0])
        return {}

    def withdrawn(self) -> dict[str, str]:
        """What the live generation says was withdrawn, as far as that can be read."""
        try:
            return _withdrawn(self.folder / self._kept()[0][0])
        except SearchAppError:
            return {}

    def _kept(self) -> list[tuple[str, str]]:
        """The live generation and the one before it, with their manifests' hashes."""
        try:
            words = (self.folder / "CURRENT").read_text(encoding="utf-8").split()
        except (FileNotFoundError, NotADirectoryError):
            raise NoIndex(f"there is no index in {self.folder}; {REMEDY}") from None
        except UnicodeDecodeError:
            words = []
        except OSError as error:
            reason = error.strerror or str(error)
            raise DamagedIndex(f"{self.folder}/CURRENT cannot be read: {reason}") from None
        kept = list(zip(words[::2], words[1::2], strict=False))
        if len(words) % 2 or not kept or not all(_GENERATION.fullmatch(n) for n, _ in kept):
            raise DamagedIndex(f"{self.folder}/CURRENT is damaged; {REMEDY}")
        return kept

    def live_count(self) -> int:
        """How many articles the live generation indexes; 0 where that cannot be read."""
        try:
            names = [self._kept()[0][0]]
        except SearchAppError:
            names = self._names()[-1:]
        try:
            data = (self.folder / names[0] / NAME).read_bytes()
            return int(json.loads(data)["counts"]["indexed"])
        except (OSError, ValueError, LookupError, TypeError):
            return 0

    def refuse_foreign(self) -> None:
        """Raises GuardRefused where the folder holds anything that no index of ours holds."""
        if self.folder.exists() and not self.folder.is_dir():
            raise GuardRefused(f"{self.folder} is not a folder; name another with --index")
        names = os.listdir(self.folder) if self.folder.exists() else []
        # Other stores have a CURRENT too: only one that names a generation of ours is ours.
        with contextlib.suppress(SearchAppError):
            self._kept()
            return
        foreign = [n for n in names if not _GENERATION.fullmatch(n) and n not in _OURS | _HARMLESS]
        if foreign:
            raise GuardRefused(
                f"{self.folder} holds something else ({min(foreign)!r}) and is no index; "
                "name an empty or new folder with --index"
            )

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Holds the writer's lock; raises AlreadyRunning, naming the pid of who holds it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        with open(descriptor, "r+b") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pid = lock.read().decode(errors="replace").strip() or "unknown"
                raise AlreadyRunning(
                    f"{self.folder} is being written: already running, pid {pid}; wait for it"
                ) from None
            lock.truncate()
            lock.write(f"{os.getpid()}\n".encode())
            lock.flush()
            yield

    @contextlib.contextmanager
    def building(self, needed: int) -> Iterator[Path]:
        """A fresh folder to build in, gone afterwards unless it was published.

        Raises GuardRefused where the disk has less than the bytes that are needed.
        """
        self._clean()
        if (free := shutil.disk_usage(self.folder).free) < needed:
            raise GuardRefused(
                f"the disk of {self.folder} has {free / 1e6:,.0f} MB left, and the build may need "
                f"{needed / 1e6:,.0f}; free some space or name another --index"
            )
        folder = self.folder / _BUILDING
        try:
            folder.mkdir()  # in here: a signal may come as soon as it is there
            yield folder
        finally:
            if folder.exists():
                shutil.rmtree(folder)

    def new_name(self) -> str:
        """A name for the next generation; counters order them even if the clock goes back."""
        return f"{self._seen() + 1:06}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"

    def publish(self, built: Path, manifest: Manifest) -> None:
        """Makes a finished folder the live generation, all or nothing, and forgets old ones."""
        data = manifest.to_bytes()
        (built / NAME).write_bytes(data)
        for path in built.iterdir():
            path.chmod(0o444)
            _sync(path)
        _sync(built)
        built.rename(self.folder / manifest.generation)
        _sync(self.folder)
        self._point_to((manifest.generation, _digest(data)), *self._sound())
        self._clean()

    def roll_back(self) -> Manifest:
        """Makes the generation before the live one the live one, once all of it is checked.

        The caller holds the writer's lock. Raises GuardRefused where there is none, DamagedIndex.
        """
        kept = self._kept()
        if len(kept) < KEPT:
            raise GuardRefused(f"{self.folder} holds no earlier generation to go back to")
        older = _open_or_damaged(self.folder / kept[1][0], kept[1][1])
        with older.lock:
            older.manifest.check(older.folder, everything=True)
            _refuse_return(self.folder / kept[0][0], older.folder)
            self._point_to(kept[1])
        return older.manifest

    def _sound(self) -> list[tuple[str, str]]:
        """What CURRENT names, as far as it can be opened and may be kept beside a new one."""
        sound: list[tuple[str, str]] = []
        with contextlib.suppress(SearchAppError):
            for name, digest in self._kept():
                with contextlib.suppress(SearchAppError, OSError):
                    _open(self.folder / name, digest).lock.close()
                    sound.append((name, digest))
        return sound[: KEPT - 1]

    def _point_to(self, *kept: tuple[str, str]) -> None:
        new = self.folder / "CURRENT.new"
        words = " ".join(f"{name} {digest}" for name, digest in kept)
        new.write_text(words + "\n", encoding="utf-8")
        _sync(new)
        os.replace(new, self.folder / "CURRENT")
        _sync(self.folder)

    def _names(self) -> list[str]:
        return sorted(filter(_GENERATION.fullmatch, os.listdir(self.folder)), key=_counter)

    def _seen(self) -> int:
        self._highest = max(self._highest, *map(_counter, self._names()), 0)
        return self._highest

    def _clean(self) -> None:
        """Removes what a killed build left and every generation that CURRENT does not name."""
        self._seen()  # no name is given twice, not even one that was gone back from
        shutil.rmtree(self.folder / _BUILDING, ignore_errors=True)
        with contextlib.suppress(NoIndex, DamagedIndex):
            for name in set(self._names()) - {name for name, _ in self._kept()}:
                # What cannot be deleted now is tried again by the next build.
                with contextlib.suppress(OSError):
                    _delete_unread(self.folder / name)


def _refuse_return(live: Path, older: Path) -> None:
    """Raises GuardRefused where going back would show what was withdrawn since."""
    back = sorted(set(_withdrawn(live)) - set(_withdrawn(older)))
    if back:
        raise GuardRefused(
            f"going back to {older.name} would show {len(back)} withdrawn articles again "
            f"({', '.join(back[:3])}); {REMEDY} instead"
        )


def _withdrawn(folder: Path) -> dict[str, str]:
    try:
        return dict(json.loads((folder / "withdrawn.json").read_bytes()))
    except (OSError, ValueError, TypeError):
        return {}


def _open_or_damaged(folder: Path, digest: str) -> OpenGeneration:
    try:
        return _open(folder, digest)
    except FileNotFoundError:
        raise DamagedIndex(f"{folder.name} is missing from {folder.parent}; {REMEDY}") from None


def _open(folder: Path, digest: str, for_ids: bool = False) -> OpenGeneration:
    """Raises FileNotFoundError where it is gone, DamagedIndex, WrongFormat, Overloaded."""
    with _named_unless_missing(folder.name):
        lock = (folder / NAME).open("rb")
        try:
            return OpenGeneration(folder, _locked(folder, lock, digest, for_ids), lock)
        except BaseException:
            lock.close()
            raise


def _locked(folder: Path, lock: BinaryIO, digest: str, for_ids: bool) -> Manifest:
    """The manifest, once it is locked, is what CURRENT says, and its files are in order."""
    fcntl.flock(lock, fcntl.LOCK_SH)
    # Whoever deletes holds the lock first: a manifest that is still here now will stay.
    if not (folder / NAME).exists():
        raise FileNotFoundError(folder)
    data = lock.read()
    if digest != _digest(data):
        raise DamagedIndex(f"{folder.name}/{NAME} was altered; {REMEDY}")
    manifest = Manifest.from_bytes(data, for_ids)
    manifest.check(folder)
    return manifest


@contextlib.contextmanager
def _named_unless_missing(generation: str) -> Iterator[None]:
    """As `named_damage`, but what is gone stays FileNotFoundError: it may just be switched."""
    missing = None
    with named_damage(generation):
        try:
            yield
        except FileNotFoundError as error:
            missing = error
    if missing:
        raise missing


def _delete_unread(folder: Path) -> None:
    try:
        with (folder / NAME).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # The manifest goes first: without it no reader opens what is left.
            (folder / NAME).unlink()
            shutil.rmtree(folder)
    except BlockingIOError:
        return
    except FileNotFoundError:
        shutil.rmtree(folder, ignore_errors=True)


def _counter(name: str) -> int:
    return int(name.split("-")[0])


def _digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
