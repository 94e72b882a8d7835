"""Making generations: from a whole corpus, from what changed of it, or by going back to one."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from search_app.analysis.dictionaries import NO_DICTIONARIES, Dictionaries
from search_app.engine.base import Corpus
from search_app.engine.whoosh.answer.collection import DELTA_SHARE
from search_app.engine.whoosh.build.build import Approval, rebuild, update
from search_app.engine.whoosh.generations.generations import Generations
from search_app.engine.whoosh.store.array_file import REMEDY, named_damage
from search_app.errors import GuardRefused, NoIndex
from search_app.model import IndexStatus

_OTHER_DICTIONARIES = "the dictionaries are not those of the last rebuild; run search-app rebuild"


class WhooshBuilder:
    """Writes the generations of one index folder, while servers read the live one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._generations = Generations(folder)

    def has_index(self) -> bool:
        """Whether there is a live generation, sound or not."""
        return self._generations.current_stamp() is not None

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
        accept: Approval,
        jobs: int = 1,
        dictionaries: Dictionaries = NO_DICTIONARIES,
    ) -> IndexStatus:
        """Builds the next generation from all of a corpus and makes it the live one.

        `accept` gets what was counted and how many articles are live now, before anything is
        published; it returns the counts or raises. Raises AlreadyRunning, GuardRefused, WorkerDied.
        """
        self._generations.refuse_foreign()
        with self._generations.writing():
            return rebuild(self._generations, corpus, accept, jobs, dictionaries).status()

    def update(
        self,
        corpus: Corpus,
        accept: Approval,
        jobs: int = 1,
        dictionaries: Dictionaries = NO_DICTIONARIES,
        delta_share: float = DELTA_SHARE,
    ) -> IndexStatus:
        """As `rebuild`, but indexes only what changed since the last one, while that is little.

        Raises DamagedIndex and WrongFormat where the live generation cannot be built upon,
        GuardRefused where it was built with other dictionaries.
        """
        self._generations.refuse_foreign()
        with self._generations.writing():
            manifest, how = None, (corpus, accept, jobs, dictionaries)
            with suppress(NoIndex):
                current = self._generations.open_current()
                with current.lock:
                    if Dictionaries.kept(current.folder) != dictionaries:
                        raise GuardRefused(_OTHER_DICTIONARIES)
                    manifest = update(self._generations, current, *how, delta_share)
            return (manifest or rebuild(self._generations, *how)).status()

    def roll_back(self) -> IndexStatus:
        """Makes the generation before the live one the live one.

        Raises NoIndex, AlreadyRunning, DamagedIndex, and GuardRefused where there is none before
        it or where it would show what was withdrawn since.
        """
        if not self.has_index():
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
