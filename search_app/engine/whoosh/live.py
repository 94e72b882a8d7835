"""The index as the service knows it: always the live generation, and a way to make the next."""

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from search_app.analysis.words import Analyser
from search_app.engine.whoosh.build import Items, build
from search_app.engine.whoosh.damage import named_damage
from search_app.engine.whoosh.engine import WhooshEngine
from search_app.engine.whoosh.generations import Generations, OpenGeneration
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
        stamp, live = self._generations.current_stamp(), self._live
        if stamp != self._stamp or live is None or live.damage:
            self._follow(stamp)
            live = self._live
        if live is None:
            raise self.problem or DamagedIndex("the index is being opened; try again")
        return live

    def rebuild(
        self,
        items: Items,
        accept: Callable[[Counts, int], Counts],
        withdrawn: Mapping[str, str] | None = None,
    ) -> IndexStatus:
        """Builds the next generation from all items and makes it the live one.

        `withdrawn` gives the reasons for ids that were taken out. `accept` gets what was counted
        and how many articles are live now, before anything is published; it returns the counts
        or raises. Raises AlreadyRunning, GuardRefused.
        """
        self._generations.refuse_foreign()
        with self._generations.writing():
            before = self._generations.live_count()
            manifest = build(
                self._generations,
                items,
                withdrawn or {},
                self._analyser,
                lambda counts: accept(counts, before),
            )
        return manifest.status()

    def roll_back(self) -> IndexStatus:
        """Makes the generation before the live one the live one; raises GuardRefused, …"""
        self._generations.refuse_foreign()
        with self._generations.writing():
            return self._generations.roll_back().status()

    def verify(self) -> IndexStatus:
        """Hashes every file of the live generation; raises DamagedIndex, naming the file."""
        opened = self._generations.open_current()
        with opened.lock, named_damage(opened.folder.name):
            opened.manifest.check(opened.folder, everything=True)
        return opened.manifest.status()

    def _follow(self, stamp: tuple[int, int, int] | None) -> None:
        # One thread opens; those that have an engine meanwhile go on with it.
        if not self._opening.acquire(blocking=self._live is None):
            return
        try:
            if stamp != self._stamp or self._live is None:
                self._open_current()
                self._stamp = stamp
            elif self._live.damage:
                self.problem = self._live.damage
                self._open_older(self._live.generation)
        finally:
            self._opening.release()

    def _open_current(self) -> None:
        try:
            self._live = _engine(self._generations.open_current())
            self.problem = None
        except DamagedIndex as problem:
            self.problem = problem
            if self._live is None:
                self._open_older()
        except SearchAppError as problem:
            self.problem = problem

    def _open_older(self, than: str | None = None) -> None:
        opened = self._generations.open_older(than)
        with suppress(DamagedIndex):
            self._live = _engine(opened) if opened else None


def _engine(opened: OpenGeneration) -> WhooshEngine:
    with named_damage(opened.folder.name):
        return WhooshEngine(opened.folder, opened.manifest, opened.lock)
