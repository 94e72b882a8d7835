"""The live generation, always the newest: what a server reads while a builder makes the next."""

import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from search_app.engine.whoosh.answer.engine import MOST_POSTINGS, WhooshEngine
from search_app.engine.whoosh.generations.generations import Generations, OpenGeneration
from search_app.engine.whoosh.generations.hashing import hash_behind
from search_app.engine.whoosh.store.array_file import REMEDY, named_damage
from search_app.engine.whoosh.store.manifest import WITHDRAWN
from search_app.errors import CursorExpired, DamagedIndex, NoIndex, SearchAppError

# The process may only have been short of files or memory: what was not opened is tried again.
RETRY_SECONDS = 5.0


class WhooshIndex:
    """Follows CURRENT: an engine in use goes on, whoever asks next gets the new one."""

    def __init__(self, folder: Path, most_postings: int = MOST_POSTINGS, group: str = "") -> None:
        self.folder = folder
        self._generations = Generations(folder, group)
        self._most_postings = most_postings
        self._opening = threading.Lock()
        self._stamp_tried: tuple[int, ...] | None = None
        self._retry_at = 0.0
        # Several, since an update links the files of the generation before.
        self._abandoned: set[str] = set()
        self._live: WhooshEngine | None = None
        self._problem: SearchAppError | None = NoIndex(f"there is no index in {folder}; {REMEDY}")

    def live(self) -> WhooshEngine:
        """The engine of the live generation, or of the one before where the live one is damaged;
        raises NoIndex, DamagedIndex, WrongFormat or Overloaded where there is none.
        """
        stamp = self._generations.current_stamp()
        if self._is_due(stamp):
            self._follow(stamp)
        live = self._live
        if live is None:
            raise self._problem or DamagedIndex("the index is being opened; try again")
        return live

    @property
    def problem(self) -> SearchAppError | None:
        """Why the newest generation is not the one that answers, or that its files have gone."""
        if self._problem is None and self._live is not None:
            try:
                self._live.check_files()
            except DamagedIndex as damage:
                return damage
        return self._problem

    def kept(self, generation: str) -> WhooshEngine:
        """The engine of a generation, live or the one before; raises CursorExpired."""
        live = self.live()
        if live.generation == generation:
            return live
        # Opened for each call, so that nobody keeps it from being deleted.
        if opened := self._generations.open_sound(than={live.generation}):
            if opened.manifest.generation == generation:
                return self._engine(opened, self._generations.live_table(WITHDRAWN))
            opened.lock.close()
        raise CursorExpired(f"generation {generation} is gone; begin again with cursor=*")

    # Whether to look for another generation: CURRENT changed, or something is wrong.
    def _is_due(self, stamp: tuple[int, ...] | None) -> bool:
        live = self._live
        if stamp != self._stamp_tried or (live is not None and live.damage is not None):
            return True
        return self._problem is not None and time.monotonic() >= self._retry_at

    # Opens the generation that CURRENT names now, unless another thread is doing so.
    def _follow(self, stamp: tuple[int, ...] | None) -> None:
        # Those that have an engine go on with it meanwhile; without one they wait.
        if not self._opening.acquire(blocking=self._live is None):
            return
        try:
            if self._live is not None and self._live.damage is not None:
                # Reading showed it: back to the generation before.
                self._problem = self._live.damage
                self._abandoned.add(self._live.generation)
                self._retry_at = time.monotonic() + RETRY_SECONDS
                self._live = None
                self._open_older()
            if self._is_due(stamp):
                self._open_current()
                # Not before: others would think that they have the new one.
                self._stamp_tried, self._retry_at = stamp, time.monotonic() + RETRY_SECONDS
        finally:
            self._opening.release()

    def _open_current(self) -> None:
        try:
            opened = self._generations.open_current()
            if opened.manifest.generation in self._abandoned:
                opened.lock.close()  # it opens well: only reading all of it showed its damage
                return
            self._serve(opened, {})
            self._problem = None
        except SearchAppError as problem:
            # A copy: its traceback would keep files open.
            self._problem = type(problem)(str(problem))
            if self._live is None and isinstance(problem, DamagedIndex):
                self._open_older()

    def _open_older(self) -> None:
        if opened := self._generations.open_sound(than=self._abandoned):
            with suppress(SearchAppError):
                self._serve(opened, self._generations.live_table(WITHDRAWN))

    def _engine(self, opened: OpenGeneration, withdrawn: Mapping[str, str]) -> WhooshEngine:
        folder, lock = opened.folder, opened.lock
        with named_damage(folder.name):
            return WhooshEngine(folder, opened.manifest, lock, withdrawn, self._most_postings)

    # The engine that answers from now on: what opening did not look at is read behind it.
    def _serve(self, opened: OpenGeneration, withdrawn: Mapping[str, str]) -> None:
        self._live = self._engine(opened, withdrawn)
        hash_behind(self._live, opened.folder, opened.manifest)
