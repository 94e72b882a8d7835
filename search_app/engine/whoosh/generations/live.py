"""The index as the service knows it: always the live generation, and a way to make the next."""

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from search_app.analysis.dictionaries import NO_DICTIONARIES, Dictionaries
from search_app.engine.base import Corpus
from search_app.engine.whoosh.answer.collection import DELTA_SHARE
from search_app.engine.whoosh.answer.engine import MOST_POSTINGS, WhooshEngine
from search_app.engine.whoosh.generations.generations import Generations, OpenGeneration
from search_app.engine.whoosh.store.damage import REMEDY, named_damage
from search_app.errors import CursorExpired, DamagedIndex, GuardRefused, NoIndex, SearchAppError
from search_app.model import Counts, IndexStatus

Stamp = tuple[int, int, int] | None
Accept = Callable[[Counts, int], Counts]
# What could not be opened may have been short of files or memory: it is tried again.
RETRY_SECONDS = 5.0
_OTHER_WORDS = "the dictionaries are not those of the last rebuild; run search-app rebuild"


class WhooshIndex:
    """Follows CURRENT: an engine in use goes on, whoever asks next gets the new one."""

    def __init__(self, folder: Path, most_postings: int = MOST_POSTINGS) -> None:
        self.folder = folder
        self._generations = Generations(folder)
        self._most_postings = most_postings
        self._opening = threading.Lock()
        self._tried: Stamp = None
        self._retry_at = 0.0
        self._left: str | None = None
        self._live: WhooshEngine | None = None
        self.problem: SearchAppError | None = NoIndex(f"there is no index in {folder}; {REMEDY}")

    def live(self) -> WhooshEngine:
        """The engine of the live generation; the one before where the live one is damaged.

        Raises NoIndex, DamagedIndex, WrongFormat or Overloaded where there is none.
        """
        stamp = self._generations.current_stamp()
        if self._is_due(stamp):
            self._follow(stamp)
        live = self._live
        if live is None:
            raise self.problem or DamagedIndex("the index is being opened; try again")
        return live

    def kept(self, generation: str) -> WhooshEngine:
        """The engine of a generation, live or the one before; raises CursorExpired.

        The one before is opened for each call, so that nobody keeps it from being deleted.
        """
        live = self.live()
        if live.generation == generation:
            return live
        if opened := self._generations.open_older():
            if opened.manifest.generation == generation:
                return self._engine(opened, self._generations.withdrawn())
            opened.lock.close()
        raise CursorExpired(f"generation {generation} is gone; begin again with cursor=*")

    def refuse(self, corpus: Path) -> None:
        """Raises GuardRefused where index and corpus lie in each other, or the index anywhere."""
        index, corpus = self.folder.resolve(), corpus.resolve()
        if index == Path(index.anchor):
            raise GuardRefused(f"the index cannot be {index} itself; name a folder with --index")
        if index == corpus or corpus.is_relative_to(index) or index.is_relative_to(corpus):
            raise GuardRefused(
                f"index ({index}) and corpus ({corpus}) must not lie in each other; "
                "name another folder with --index"
            )

    def rebuild(
        self,
        corpus: Corpus,
        accept: Accept,
        jobs: int = 1,
        dictionaries: Dictionaries = NO_DICTIONARIES,
    ) -> IndexStatus:
        """Builds the next generation from all of a corpus and makes it the live one.

        `accept` gets what was counted and how many articles are live now, before anything is
        published; it returns the counts or raises. Raises AlreadyRunning, GuardRefused, WorkerDied.
        """
        self._generations.refuse_foreign()
        with self._generations.writing():
            return self._rebuild(corpus, accept, jobs, dictionaries)

    def update(
        self,
        corpus: Corpus,
        accept: Accept,
        jobs: int = 1,
        dictionaries: Dictionaries = NO_DICTIONARIES,
        delta_share: float = DELTA_SHARE,
    ) -> IndexStatus:
        """As `rebuild`, but indexes only what changed since the last one, while that is little.

        Raises DamagedIndex and WrongFormat where the live generation cannot be built upon,
        GuardRefused where it was built with other dictionaries.
        """
        # Here and below, because a server never builds: it starts without what that needs.
        from search_app.engine.whoosh.build.build import update

        self._generations.refuse_foreign()
        with self._generations.writing():
            try:
                current = self._generations.open_current()
            except NoIndex:
                return self._rebuild(corpus, accept, jobs, dictionaries)
            with current.lock:
                if Dictionaries.kept(current.folder) != dictionaries:
                    raise GuardRefused(_OTHER_WORDS)
                accepting = self._accepting(accept)
                made = update(self._generations, current, corpus, accepting, jobs, delta_share)
            return made.status() if made else self._rebuild(corpus, accept, jobs, dictionaries)

    def _rebuild(
        self, corpus: Corpus, accept: Accept, jobs: int, dictionaries: Dictionaries
    ) -> IndexStatus:
        from search_app.engine.whoosh.build.build import rebuild

        accepting = self._accepting(accept)
        return rebuild(self._generations, corpus, accepting, jobs, dictionaries).status()

    def _accepting(self, accept: Accept) -> Callable[[Counts], Counts]:
        live = self._generations.live_count()
        return lambda counts: accept(counts, live)

    def roll_back(self) -> IndexStatus:
        """Makes the generation before the live one the live one.

        Raises NoIndex, AlreadyRunning, DamagedIndex, and GuardRefused where there is none before
        it or where it would show what was withdrawn since.
        """
        if self._generations.current_stamp() is None:
            raise NoIndex(f"there is no index in {self.folder}; {REMEDY}")
        with self._generations.writing():
            return self._generations.roll_back().status()

    def aliases(self) -> Mapping[str, str]:
        """The ids that articles had earlier, with those that stand for them."""
        return self._generations.aliases()

    def verify(self) -> IndexStatus:
        """Hashes every file of the live generation; raises DamagedIndex, naming the file."""
        opened = self._generations.open_current()
        with opened.lock, named_damage(opened.folder.name):
            opened.manifest.check(opened.folder, everything=True)
        return opened.manifest.status()

    def _is_due(self, stamp: Stamp) -> bool:
        """Whether to look for another generation: CURRENT changed, or something is wrong."""
        live = self._live
        if stamp != self._tried or (live is not None and live.damage is not None):
            return True
        return self.problem is not None and time.monotonic() >= self._retry_at

    def _follow(self, stamp: Stamp) -> None:
        # One thread opens; those that have an engine meanwhile go on with it.
        if not self._opening.acquire(blocking=self._live is None):
            return
        try:
            if self._live is not None and self._live.damage is not None:
                self._leave(self._live, self._live.damage)
            if self._is_due(stamp):
                self._open_current()
                # Only now: until then others wait, or go on with what they have.
                self._tried, self._retry_at = stamp, time.monotonic() + RETRY_SECONDS
        finally:
            self._opening.release()

    def _leave(self, engine: WhooshEngine, damage: DamagedIndex) -> None:
        """Goes back from an engine whose files turned out to be damaged."""
        self.problem, self._left = damage, engine.generation
        self._retry_at = time.monotonic() + RETRY_SECONDS
        self._live = None
        self._open_older()

    def _open_current(self) -> None:
        try:
            opened = self._generations.open_current()
            if opened.manifest.generation == self._left:
                opened.lock.close()  # known to be damaged, where only reading shows it
                return
            self._live, self.problem = self._engine(opened), None
        except SearchAppError as problem:
            # A copy: its traceback would keep files open.
            self.problem = type(problem)(str(problem))
            if self._live is None and isinstance(problem, DamagedIndex):
                self._open_older()

    def _open_older(self) -> None:
        if opened := self._generations.open_older(self._left):
            with suppress(SearchAppError):
                self._live = self._engine(opened, self._generations.withdrawn())

    def _engine(
        self, opened: OpenGeneration, withdrawn: Mapping[str, str] | None = None
    ) -> WhooshEngine:
        with named_damage(opened.folder.name):
            return WhooshEngine(
                opened.folder, opened.manifest, opened.lock, withdrawn or {}, self._most_postings
            )
