"""What a generation holds, opened: one or two segments, and which documents are gone.

Documents are numbered over both segments, those of `base` first. Nothing here changes once it is
opened, so that threads share it. The file `places` belongs to the generation, not to a segment,
since an article may move in the corpus while its text stays:

    gone                 a bit a document, the first in the lowest: it may not be found any more
    path                 u32 a document, which of the paths its file has
    start, end           the range of the file's characters
    paths                a table of strings
"""

import json
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from search_app.engine.arrays import Array
from search_app.engine.whoosh.answer.reprints import REPRINTS, Reprints
from search_app.engine.whoosh.answer.sets import DocSet
from search_app.engine.whoosh.store.array_file import ArrayFile
from search_app.engine.whoosh.store.lazy import lazy
from search_app.engine.whoosh.store.segment import Segment
from search_app.engine.whoosh.store.strings import StringTable
from search_app.model import Article, Source

PLACES = "places"
BASE, DELTA = "base", "delta"
# A delta of more articles than this, or than this share of the base, is made a new base.
MOST_IN_DELTA = 50_000
DELTA_SHARE = 0.1
_LISTS = [f.name for f in fields(Article) if str(f.type).startswith("tuple")]


class Collection:
    """The segments of a generation's folder; `hidden` are ids that may not be found.

    Raises DamagedIndex, naming the file.
    """

    def __init__(self, folder: Path, segments: Sequence[str], hidden: Iterable[str] = ()) -> None:
        self._folder = folder
        self.segments = [Segment(folder, name) for name in segments]
        self.starts = [0, *np.cumsum([s.documents for s in self.segments]).tolist()]
        self.documents: int = self.starts[-1]
        self._places = ArrayFile(folder / PLACES)
        self._paths = StringTable(self._places, "paths")
        dates = [segment.dates for segment in self.segments]
        self.dates: Array = dates[0] if len(dates) == 1 else np.concatenate(dates)
        gone = np.unpackbits(self._places["gone"], bitorder="little").view(bool)[: self.documents]
        self._places.check(len(gone) == self.documents == len(self._places["path"]))
        for number in map(self._any_number, hidden):
            gone[number] = True
        self.gone = DocSet(self.documents, table=gone) if gone.any() else None
        self.live = DocSet(self.documents, table=~gone)
        self._is_gone = gone

    @lazy
    def reprints(self) -> Reprints:
        """The clusters of what can be found, for a folder that is whole."""
        return Reprints(self._folder / REPRINTS, self.live, self.documents)

    def parted(self, docs: Array) -> list[Array]:
        """The documents by segments, numbered within each."""
        if len(self.segments) == 1:
            return [docs]
        parts = np.split(docs, docs.searchsorted(self.starts[1:-1]))
        return [part - start for part, start in zip(parts, self.starts, strict=False)]

    def placed(self, held: Sequence[Sequence[Array]]) -> DocSet:
        """The documents in any of the arrays of each segment, as `DocSet.of` takes them."""
        starts = zip(held, self.starts, strict=False)
        return DocSet.of(((s, part) for parts, s in starts for part in parts), self.documents)

    def number(self, article_id: str) -> int | None:
        """The number of the article with this id that may be found."""
        numbers = self._any_number(article_id)
        return next((n for n in numbers if not self._is_gone[n]), None)

    def hold(self, ids: Sequence[str]) -> list[bool]:
        """Of each id whether the article with it may be found."""
        held = [False] * len(ids)
        for segment, start in zip(self.segments, self.starts, strict=False):
            numbers = np.array(segment.numbers(ids), np.intp)
            here = np.flatnonzero(numbers >= 0)
            for n in here[~self._is_gone[numbers[here] + start]].tolist():
                held[n] = True
        return held

    def id(self, number: int) -> str:
        """The id of the article with this number."""
        segment = self._segment_of(number)
        return self.segments[segment].id(number - self.starts[segment])

    def ids_of_sixteen(self) -> tuple[Array, Array]:
        """The articles that may be found whose ids have sixteen bytes, and these ids, (n,) S16."""
        found = [segment.ids_of_sixteen() for segment in self.segments]
        docs = np.concatenate(
            [d + start for (d, _), start in zip(found, self.starts, strict=False)]
        )
        live = ~self._is_gone[docs]
        return docs[live], np.concatenate([ids for _, ids in found])[live]

    def in_file(self, path: str) -> list[int]:
        """The articles of a file that may be found."""
        number = bisect_left(self._paths, path)
        if number == len(self._paths) or self._paths[number] != path:
            return []
        order, paths = self._by_path
        docs = order[paths.searchsorted(number) : paths.searchsorted(number, "right")]
        in_file: list[int] = docs[~self._is_gone[docs]].tolist()
        return in_file

    @lazy
    def _by_path(self) -> tuple[Array, Array]:
        """All documents in the order of their files, and the numbers of these."""
        order = self._places["path"].argsort(kind="stable")
        return order, self._places["path"][order]

    def id_keys(self, docs: Array) -> Array:
        """Numbers that compare as the ids of the documents do, over both segments."""
        if len(self.segments) == 1:
            return self.segments[0].ranks[docs]
        keys = np.empty(len(docs), np.int64)
        for segment, start, end in zip(self.segments, self.starts, self.starts[1:], strict=False):
            here = (docs >= start) & (docs < end)
            rank = segment.ranks[docs[here] - start].astype(np.int64)
            if segment.places is None:
                keys[here] = (2 * rank + 1) << 32
            else:
                # Behind so many ids of the base, in the order of the segment's own.
                keys[here] = (2 * segment.places[rank].astype(np.int64) << 32) + rank
        return keys

    def articles(self, numbers: Iterable[int]) -> list[Article]:
        """The articles with these numbers, in this order."""
        return [self._article(number) for number in numbers]

    def _article(self, number: int) -> Article:
        segment = self._segment_of(number)
        line = self.segments[segment].line(number - self.starts[segment])
        return from_line(line, self.source(number))

    def _segment_of(self, number: int) -> int:
        return next(i for i, end in enumerate(self.starts[1:]) if number < end)

    def source(self, number: int) -> Source:
        """Where the article with this number stands in the corpus."""
        places = self._places
        path = self._paths[int(places["path"][number])]
        return Source(path, int(places["start"][number]), int(places["end"][number]))

    def _any_number(self, article_id: str) -> list[int]:
        found = [
            (s.numbers([article_id])[0], start)
            for s, start in zip(self.segments, self.starts, strict=False)
        ]
        return [number + start for number, start in found if number >= 0]


def from_line(line: bytes, source: Source) -> Article:
    """The article of a stored line."""
    values: dict[str, Any] = json.loads(line)
    lists: Mapping[str, Any] = {name: tuple(values.get(name, ())) for name in _LISTS}
    continued = tuple(Source(*place) for place in values.get("continued", ()))
    return Article(**{**values, **lists, "source": source, "continued": continued})
