"""What the live generation has of the files of a corpus: for those that are damaged by now.

Articles are taken as they are stored, and go through a build as if they had been read again.
"""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from search_app.engine.whoosh.answer.collection import Collection
from search_app.engine.whoosh.build.ledger import NO_DOCUMENT, Kind, Ledger
from search_app.engine.whoosh.build.read import ledger_of
from search_app.engine.whoosh.store.array_file import named_damage
from search_app.model import Article, Source
from search_app.model import Kind as ArticleKind
from search_app.remembered import FileRecord


@dataclass(frozen=True, slots=True)
class LiveGeneration:
    """A generation by its folder, which a lock keeps; opened where it is asked, in any process.

    Every method raises DamagedIndex.
    """

    folder: Path
    segments: tuple[str, ...]

    def record(self, name: str) -> FileRecord | None:
        """What is remembered of a file; None if that is nothing."""
        with named_damage(self.folder.name):
            ledger, groups = _known_files(self)
            if name not in groups:
                return None
            records = ledger.records(groups[name])
        return next(record for record in records if record.name == name)

    def names_under(self, name: str) -> Sequence[str]:
        """The file of this name, or those in the folder or archive of this name."""
        names, below = [], name + "/"
        with named_damage(self.folder.name):
            for known in _known_files(self).groups:
                if known == name or known.startswith(below):
                    names.append(known)
        return names

    def held(self, name: str, root: str) -> Iterator[tuple[Article, int, int]]:
        """Articles and furniture of a file, with their lines and hashes of these.

        Those withdrawn have an id only; furniture gets `root` before its path.
        """
        with named_damage(self.folder.name):
            yield from self._held(name, root)

    def run_on(self, names: Sequence[str]) -> bool:
        """Whether an article of these files goes on in another one."""
        with named_damage(self.folder.name):
            collection = _collection(self)
            for name in names:
                for article in collection.articles(collection.in_file(name)):
                    if article.continued:
                        return True
        return False

    def _held(self, name: str, root: str) -> Iterator[tuple[Article, int, int]]:
        ledger, groups = _known_files(self)
        names = tuple(record.name for record in ledger.records(groups[name]))
        group = _Group(names, tuple(root + name for name in names))
        entries = ledger.entries(groups[name], group)
        for place, (path, line, kind, article_id, line_hash, _, _) in enumerate(entries.rows):
            document, source = entries.documents[place], Source(path, 0, 0)
            if kind & Kind.FURNITURE and path == root + name:
                yield _without_text("", source, "furniture"), line, 0
            elif kind & Kind.NO_ARTICLE or path != name:
                continue
            elif document == NO_DOCUMENT:
                yield _without_text(article_id, source, "withdrawn"), line, 0
            else:
                (article,) = _collection(self).articles([document])
                yield article, line, line_hash


class _KnownFiles(NamedTuple):
    ledger: Ledger
    groups: dict[str, int]


# A group of the ledger with the paths of another root.
class _Group(NamedTuple):
    names: tuple[str, ...]
    paths: tuple[str, ...]
    key: bytes = b""
    size: int = 0


def _without_text(article_id: str, source: Source, kind: ArticleKind) -> Article:
    return Article(id=article_id, title="", body="", source=source, kind=kind)


# Both once in a process.
@functools.lru_cache(maxsize=1)
def _known_files(live: LiveGeneration) -> _KnownFiles:
    ledger = ledger_of(live.folder)
    return _KnownFiles(ledger, ledger.groups_of_files())


@functools.lru_cache(maxsize=1)
def _collection(live: LiveGeneration) -> Collection:
    return Collection(live.folder, live.segments)
