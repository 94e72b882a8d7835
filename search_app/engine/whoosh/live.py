"""The index as the service knows it: always the live generation, and a way to make the next."""

import threading
from collections.abc import Callable
from pathlib import Path

from search_app.analysis.words import Analyser
from search_app.engine.whoosh.build import Items, build
from search_app.engine.whoosh.engine import WhooshEngine
from search_app.engine.whoosh.generations import Generations
from search_app.errors import DamagedIndex, SearchAppError
from search_app.model import Counts, IndexStatus


class WhooshIndex:
    """Follows CURRENT: an engine in use goes on, whoever asks next gets the new one."""

    def __init__(self, folder: Path, analyser: Analyser) -> None:
        self.folder = folder
        self._generations = Generations(folder)
        self._analyser = analyser
        self._opening = threading.Lock()
        self._stamp: tuple[int, int, int] | None = None
        self._live: WhooshEngine | None = None
        self.problem: SearchAppError | None = None

    def live(self) -> WhooshEngine:
        """The engine of the live generation; the one before where the live one is damaged.

        Raises NoIndex, DamagedIndex or WrongFormat where there is none to fall back on.
        """
        stamp = self._generations.current_stamp()
        if stamp != self._stamp or self._live is None:
            self._follow(stamp)
        if self._live is None:
            raise self.problem or SearchAppError("the index is being opened; try again")
        return self._live

    def rebuild(self, items: Items, accept: Callable[[Counts, int], Counts]) -> IndexStatus:
        """Builds the next generation from all items and makes it the live one.

        `accept` gets what was counted and how many articles are live now, before anything is
        published; it returns the counts or raises. Raises AlreadyRunning, GuardRefused.
        """
        self._generations.refuse_foreign()
        with self._generations.writing():
            before = self._generations.live_count()
            manifest = build(
                self._generations, items, self._analyser, lambda counts: accept(counts, before)
            )
        return manifest.status()

    def _follow(self, stamp: tuple[int, int, int] | None) -> None:
        # One thread opens; those that have an engine meanwhile go on with it.
        if not self._opening.acquire(blocking=self._live is None):
            return
        try:
            if stamp != self._stamp or self._live is None:
                self._open()
                self._stamp = stamp
        finally:
            self._opening.release()

    def _open(self) -> None:
        try:
            opened = self._generations.open_current()
            self._live = WhooshEngine(opened.folder, opened.manifest, opened.lock)
            self.problem = None
        except SearchAppError as problem:
            self.problem = problem
        except OSError as error:
            self.problem = DamagedIndex(f"{self.folder} cannot be read: {error}")
