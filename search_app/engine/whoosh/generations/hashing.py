"""Large files hashed behind the answers: opening a generation looks at their sizes alone."""

import contextlib
import hashlib
import os
import sys
import threading
import time
import weakref
from pathlib import Path

from search_app.engine.whoosh.answer.engine import WhooshEngine
from search_app.engine.whoosh.store.array_file import REMEDY
from search_app.engine.whoosh.store.manifest import HASHED_AT_OPENING, Manifest
from search_app.errors import DamagedIndex

# A command that asks once is over by then, and a server that has just started is asked first.
QUIET_SECONDS = 2.0
# A piece takes about 1 ms of CPU; with the pause a worker that answers hardly feels it, and 100,000
# articles (400 MB) take from four seconds to half a minute on a busy machine (decision 038).
_PIECE = 1 << 20
_PAUSE = 0.01
_LOWEST_PRIORITY = 19


def hash_behind(engine: WhooshEngine, folder: Path, manifest: Manifest) -> None:
    """Begins to hash the large files of an engine's generation; returns at once.

    A file that is not what the manifest says becomes the engine's `damage`, as if it had been
    read: whoever leads to the engine leads to another one then. Ends with the engine.
    """
    large = [name for name, of in manifest.files.items() if of.bytes >= HASHED_AT_OPENING]
    if large:
        hasher = _Hasher(weakref.ref(engine), folder, manifest)
        threading.Thread(target=hasher.run, args=(large,), name="hashing", daemon=True).start()


class _Hasher:
    def __init__(
        self, engine: "weakref.ref[WhooshEngine]", folder: Path, manifest: Manifest
    ) -> None:
        self._engine, self._folder, self._manifest = engine, folder, manifest

    def run(self, names: list[str]) -> None:
        time.sleep(QUIET_SECONDS)
        if sys.platform == "linux":  # elsewhere a thread has no priority of its own
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LOWEST_PRIORITY)
        for name in names:
            try:
                digest = self._slow_hash(self._folder / name)
            except OSError as error:
                digest = f"cannot be read ({error.strerror})"
            engine = self._engine()
            if engine is None:  # its lock went with it, and its files perhaps
                return
            if digest != self._manifest.files[name].sha256:
                engine.damage = DamagedIndex(f"{self._folder.name}/{name} was altered; {REMEDY}")
                return
            del engine  # or its files would stay open through the next one

    # Of as much as there is while the engine is used.
    def _slow_hash(self, path: Path) -> str:
        digest = hashlib.sha256()
        with path.open("rb", buffering=0) as file:
            while self._engine() is not None and (piece := file.read(_PIECE)):
                digest.update(piece)
                time.sleep(_PAUSE)
        return digest.hexdigest()
