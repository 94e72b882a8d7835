"""The folder of generations: which one is live, who writes, what may be deleted.

`CURRENT` names the live generation and then the one before it, each with the hash of its
manifest; it only ever changes by a rename. What it does not name is deleted. Readers hold a shared
lock on the manifest they read by, the one writer an exclusive one on `writer.lock`; both go with
their process, so that a server or build that was killed keeps nothing from being deleted or built.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from search_app.engine.whoosh.generations.access import IndexAccess
from search_app.engine.whoosh.store.array_file import REMEDY, named_damage
from search_app.engine.whoosh.store.manifest import NAME, WITHDRAWN, Manifest, read_table
from search_app.errors import (
    AlreadyRunning,
    DamagedIndex,
    GuardRefused,
    NoIndex,
    SearchAppError,
)

_GENERATION = re.compile(r"(\d{6,})-\d{8}T\d{6}Z")
_BUILDING = ".building"
_LOCK = "writer.lock"
# What may lie in a folder that becomes an index: ours, and what a checkout brings along.
_OURS = {"CURRENT", "CURRENT.new", _LOCK, _BUILDING}
_HARMLESS = {"README.md", ".gitignore", ".gitkeep", ".DS_Store"}


@dataclass(frozen=True, slots=True)
class OpenGeneration:
    """A checked generation and the lock that keeps it from being deleted while this is alive."""

    folder: Path
    digest: str
    manifest: Manifest
    lock: BinaryIO


class Generations:
    """The generations in one index folder."""

    def __init__(self, folder: Path, group: str = "") -> None:
        self.folder = folder
        self._access = IndexAccess(folder, group)
        self._highest_counter = 0  # that was seen here, whether its generation is gone or not

    def current_stamp(self) -> tuple[int, ...] | None:
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
            name, digest = self._read_current()[0]
            if opened := self._open(name, digest):
                return opened
            # It may have been replaced and deleted between reading CURRENT and locking it.
            if self._read_current()[0][0] == name:
                raise DamagedIndex(f"{name} is missing from {self.folder}; {REMEDY}")
        raise DamagedIndex(f"{self.folder} changes too fast to be opened; try again")

    def open_sound(
        self, than: Collection[str] = (), for_ids: bool = False
    ) -> OpenGeneration | None:
        """The newest sound generation that is another one `than` these; None where there is none.
        `for_ids`: no term will be read, so that it may be of an earlier format or fingerprint.
        """
        with contextlib.suppress(SearchAppError):
            for name, digest in self._read_current():
                with contextlib.suppress(SearchAppError, OSError):
                    if name not in than and (opened := self._open(name, digest, for_ids)):
                        return opened
        return None

    def live_table(self, name: str) -> dict[str, str]:
        """ALIASES or WITHDRAWN of the live generation; empty where that cannot be read."""
        with contextlib.suppress(SearchAppError, OSError, ValueError, TypeError):
            return read_table(self.folder / self._read_current()[0][0] / name)
        return {}

    def live_folder(self) -> Path | None:
        """The folder of the live generation, sound or not; None where there is none."""
        # The guard against a shrunken corpus must not rest on CURRENT: the newest stands in for it.
        name = max(self._names_in_folder(), key=_counter, default="")
        with contextlib.suppress(SearchAppError):
            name = self._read_current()[0][0]
        return self.folder / name if name else None

    def live_count(self) -> int:
        """How many articles the live generation indexes; 0 where that cannot be read."""
        with contextlib.suppress(OSError, ValueError, LookupError, TypeError):
            if folder := self.live_folder():
                return int(json.loads((folder / NAME).read_bytes())["counts"]["indexed"])
        return 0

    def refuse_foreign(self) -> None:
        """Raises GuardRefused where the folder holds anything that no index of ours holds."""
        if not self.folder.exists():
            return
        if not self.folder.is_dir():
            raise GuardRefused(f"{self.folder} is not a folder; name another with --index")
        # Other stores have a CURRENT too: only one that names a generation of ours is ours.
        with contextlib.suppress(SearchAppError):
            self._read_current()
            return
        names = set(os.listdir(self.folder))
        if foreign := names.difference(self._names_in_folder(), _OURS, _HARMLESS):
            raise GuardRefused(
                f"{self.folder} holds something else ({min(foreign)!r}) and is no index; "
                "name an empty or new folder with --index"
            )

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Holds the writer's lock; raises AlreadyRunning, naming the pid of who holds it."""
        with self._access.writing(), self._lock_file() as lock:
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

    def _lock_file(self) -> BinaryIO:
        return open(os.open(self.folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o640), "r+b")

    @contextlib.contextmanager
    def building(self, needed: int) -> Iterator[Path]:
        """A fresh folder to build in, gone afterwards unless published; raises GuardRefused."""
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
        """A name for what is being built; counters order them even if the clock goes back."""
        return f"{self._highest_counter + 1:06}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"

    def publish(self, built: Path, manifest: Manifest) -> None:
        """Makes a finished folder the live generation, all or nothing, and forgets old ones."""
        data = manifest.to_bytes()
        (built / NAME).write_bytes(data)
        # All of it is on disk before CURRENT names it: so a power failure loses only what is new.
        for path in built.iterdir():
            self._access.publish(path)
            _sync(path)
        _sync(built)
        built.rename(self.folder / manifest.generation)
        _sync(self.folder)
        names = [manifest.generation, _digest(data)]
        # One is kept to go back to; servers that still read another one keep it by their locks.
        if earlier := self.open_sound():
            earlier.lock.close()
            names += earlier.folder.name, earlier.digest
        self._write_current(names)
        self._clean()

    def roll_back(self) -> Manifest:
        """Makes the generation before the live one the live one, while `writing`; raises
        GuardRefused where there is none or it would show withdrawn articles, and DamagedIndex.
        """
        earlier = self._read_current()[1:]
        if not earlier:
            raise GuardRefused(f"{self.folder} holds no earlier generation to go back to")
        name, digest = earlier[0]
        older = self._open(name, digest)
        if older is None:
            raise DamagedIndex(f"{name} is missing from {self.folder}; {REMEDY}")
        with older.lock:
            older.manifest.check(older.folder, everything=True)
            withdrawn_by_then = read_table(older.folder / WITHDRAWN)
            if back := sorted(set(self.live_table(WITHDRAWN)).difference(withdrawn_by_then)):
                raise GuardRefused(
                    f"going back to {name} would show {len(back)} withdrawn articles again "
                    f"({', '.join(back[:3])}); {REMEDY} instead"
                )
            self._write_current([name, digest])
        return older.manifest

    # The names of the live generation and the one before it, with their manifests' hashes.
    def _read_current(self) -> list[tuple[str, str]]:
        try:
            words = (self.folder / "CURRENT").read_text(encoding="utf-8").split()
        except (FileNotFoundError, NotADirectoryError):
            raise NoIndex(f"there is no index in {self.folder}; {REMEDY}") from None
        except UnicodeDecodeError:
            words = []
        except OSError as error:
            reason = error.strerror or str(error)
            if isinstance(error, PermissionError):
                reason += "; is this user in the group of SEARCH_APP_INDEX_GROUP?"
            raise DamagedIndex(f"{self.folder}/CURRENT cannot be read: {reason}") from None
        if len(words) % 2 or not words or not all(map(_GENERATION.fullmatch, words[::2])):
            raise DamagedIndex(f"{self.folder}/CURRENT is damaged; {REMEDY}")
        return list(zip(words[::2], words[1::2], strict=True))

    def _write_current(self, words: list[str]) -> None:
        new = self.folder / "CURRENT.new"
        new.write_text(" ".join(words) + "\n", encoding="utf-8")
        _sync(new)
        os.replace(new, self.folder / "CURRENT")
        _sync(self.folder)

    # None where it is gone; raises DamagedIndex, WrongFormat and Overloaded.
    def _open(self, name: str, digest: str, for_ids: bool = False) -> OpenGeneration | None:
        folder = self.folder / name
        with named_damage(name), contextlib.ExitStack() as opened:
            try:
                lock = opened.enter_context((folder / NAME).open("rb"))
            except FileNotFoundError:
                return None
            fcntl.flock(lock, fcntl.LOCK_SH)
            # Whoever deletes holds the lock first: a manifest that is still here now will stay.
            if not (folder / NAME).exists():
                return None
            data = lock.read()
            if digest != _digest(data):
                raise DamagedIndex(f"{name}/{NAME} was altered; {REMEDY}")
            manifest = Manifest.from_bytes(data, for_ids)
            manifest.check(folder)
            # CURRENT too: it says which manifest to trust.
            ours = (self.folder, self.folder / "CURRENT", folder)
            self._access.check((*ours, *(folder / file for file in (NAME, *manifest.files))))
            opened.pop_all()  # the lock stays
            return OpenGeneration(folder, digest, manifest, lock)

    def _names_in_folder(self) -> list[str]:
        return [name for name in os.listdir(self.folder) if _GENERATION.fullmatch(name)]

    # Removes what a killed build left and every generation that CURRENT does not name.
    def _clean(self) -> None:
        names = self._names_in_folder()
        # Remembered, since the generation that has it may go: no name is given twice.
        self._highest_counter = max(self._highest_counter, *map(_counter, names), 0)
        shutil.rmtree(self.folder / _BUILDING, ignore_errors=True)
        with contextlib.suppress(NoIndex, DamagedIndex):
            for name in set(names).difference(dict(self._read_current())):
                # What is read, or cannot be deleted now, is tried again by the next build.
                with contextlib.suppress(OSError):
                    _delete_unread(self.folder / name)


# Deletes a generation; raises BlockingIOError if somebody reads it.
def _delete_unread(folder: Path) -> None:
    with contextlib.suppress(FileNotFoundError), (folder / NAME).open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # The manifest goes first: without it no reader opens what is left.
        (folder / NAME).unlink()
    shutil.rmtree(folder)


def _counter(name: str) -> int:
    return int(name.split("-")[0])


def _digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


# Waits until a file, or the list of a folder's files, is on disk.
def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
