"""What a test gives: a corpus as articles, without files, an index, and seeds of random ones."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import hypothesis.strategies as st
from hypothesis import HealthCheck, Phase, given, settings

from search_app.engine.whoosh.answer.engine import MOST_POSTINGS
from search_app.engine.whoosh.build.builder import WhooshBuilder
from search_app.engine.whoosh.generations.live import WhooshIndex
from search_app.model import Article, Counts, Reject
from search_app.remembered import Extent, FileRecord

PART = 3
Test = TypeVar("Test", bound=Callable[..., Any])


class GivenCorpus:
    """Articles in parts of three, for `rebuild` and `update`; those withdrawn come as such."""

    def __init__(
        self,
        articles: Iterable[Article],
        withdrawn: Mapping[str, str] = MappingProxyType({}),
        size: int = 0,
    ) -> None:
        self.articles = list(articles)
        self.withdrawn = withdrawn
        self.size = size
        self.rejects: list[Reject] = []
        self._ids: set[str] = set()
        self.groups: list[Any] = []
        self.origin = b""

    def parts(self, unread: Collection[Any] = ()) -> list[list[Article]]:
        self._ids = set()
        return [self.articles[i : i + PART] for i in range(0, len(self.articles), PART)]

    def read(self, part: Sequence[Article], known: object) -> list[tuple[Article, int, int]]:
        return [(article, 1, 0) for article in part if article.id not in self.withdrawn]

    def claim(self, article_id: str, path: str, line: int) -> Reject | None:
        if article_id in self._ids:
            return Reject(path, line, f"the id {article_id} is taken", "change it")
        self._ids.add(article_id)
        return None

    def compare(self, live: object) -> None: ...

    def is_claimed(self, article_id: str) -> bool:
        return article_id in self._ids

    def whole(self, group: Any) -> Any:
        raise LookupError("no files")

    def is_unchanged(self, group: Any, records: Sequence[FileRecord]) -> bool:
        raise LookupError("no files")

    def records(self, group: Any, earlier: Sequence[FileRecord]) -> list[FileRecord]:
        raise LookupError("no files")

    def report(self, part: Sequence[Article], rejects: Sequence[Reject]) -> None:
        self.rejects += rejects


class BuiltIndex(WhooshIndex):
    """An index that a test builds and reads: its reader, and its builder's methods."""

    def __init__(self, folder: Path, most_postings: int = MOST_POSTINGS) -> None:
        super().__init__(folder, most_postings)
        builder = WhooshBuilder(folder)
        self.rebuild, self.update = builder.rebuild, builder.update
        self.roll_back, self.verify = builder.roll_back, builder.verify
        self.aliases, self.refuse = builder.aliases, builder.refuse
        self.has_index = builder.has_index


def accept(counts: Counts, found: Extent, live: Extent) -> Counts:
    """Accepts whatever was counted."""
    return counts


def seeds(count: int) -> Callable[[Test], Test]:
    """Calls a test with so many numbers as `seed`; a seed has nothing to shrink to."""
    phases = [Phase.explicit, Phase.reuse, Phase.generate]
    how = settings(
        max_examples=count, deadline=None, suppress_health_check=list(HealthCheck), phases=phases
    )
    return lambda test: how(given(seed=st.integers(0, 2**32))(test))
