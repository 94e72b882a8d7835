"""What a generation holds, opened: one or two segments, and which documents are gone.

Documents are numbered over both segments, those of `base` first. What is opened never changes, so
that threads share it. The file `places` belongs to the generation, since an article may move in the
corpus while its text stays:

    gone                 a bit a document, the first in the lowest: it may not be found any more
    path                 u32 a document, which of the paths its file has
    start, end           the range of the file's characters
    paths                a table of strings

So do clusters of reprints (`clusters.py` makes them), in the file `reprints`:

    members              the documents of one cluster after another, the earliest first
    starts               where each cluster begins
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from search_app.engine.arrays import Array
from search_app.engine.base import Labels, RankedArticle
from search_app.engine.whoosh.answer.sets import DocSet
from search_app.engine.whoosh.store.array_file import ArrayFile, StringTable
from search_app.engine.whoosh.store.lazy import lazy
from search_app.engine.whoosh.store.segment import Segment
from search_app.filters import ORGANISATIONS, PEOPLE
from search_app.model import Article, Source

PLACES, REPRINTS = "places", "reprints"
BASE, DELTA = "base", "delta"
# A delta of more articles than this, or than this share of the base, is made a new base.
MOST_IN_DELTA = 50_000
DELTA_SHARE = 0.1
_LISTS = [f.name for f in fields(Article) if str(f.type).startswith("tuple")]


class Collection:
    """The segments of a generation's folder, without `hidden` ids; raises DamagedIndex."""

    def __init__(self, folder: Path, segments: Sequence[str], hidden: Iterable[str] = ()) -> None:
        self._folder = folder
        self.segments: list[Segment] = []
        self.starts, dates = [0], []
        for name in segments:
            segment = Segment(folder, name)
            self.segments.append(segment)
            self.starts.append(self.starts[-1] + segment.documents)
            dates.append(segment.dates)
        self.documents = self.starts[-1]
        self._places = ArrayFile(folder / PLACES)
        self._paths = StringTable(self._places, "paths")
        self.dates: Array = dates[0] if len(dates) == 1 else np.concatenate(dates)
        gone = np.unpackbits(self._places["gone"], bitorder="little").view(bool)[: self.documents]
        self._gone = gone
        self._places.check(len(gone) == self.documents == len(self._places["path"]))
        # The ids that a result showed last, with their numbers. Its articles come next, and
        # looking a hundred ids up takes a tenth of the time of their page. Replaced as a whole,
        # since threads share it.
        self._shown: dict[str, int] = {}
        for number in self.numbers(list(hidden)):
            if number >= 0:
                gone[number] = True
        self.gone = DocSet(self.documents, table=gone)
        self.live = DocSet(self.documents, table=~gone)

    @lazy
    def reprints(self) -> "Reprints":
        """The clusters of live documents, for a folder that is whole."""
        return Reprints(self._folder / REPRINTS, self.live, self.documents)

    def by_segment(self, docs: Array) -> list[Array]:
        """Sorted documents as an array for each segment, numbered within it."""
        if len(self.segments) == 1:
            return [docs]
        shares = np.split(docs, docs.searchsorted(self.starts[1:-1]))
        for n, start in enumerate(self.starts[:-1]):
            shares[n] = shares[n] - start
        return shares

    def union(self, holders: Sequence[Sequence[Array]]) -> DocSet:
        """The documents in any array of a segment: sorted numbers, or a table (bool) of it."""
        placed: list[Array] = []
        tables: list[tuple[int, Array]] = []
        for arrays, start in zip(holders, self.starts, strict=False):
            for array in arrays:
                if array.dtype == bool:
                    tables.append((start, array))
                elif len(array):
                    placed.append(start + array if start else array)
        if not tables:
            return DocSet(self.documents, placed)
        table = np.zeros(self.documents, bool)
        for start, array in tables:
            table[start : start + len(array)] |= array
        for array in placed:
            table[array] = True
        return DocSet(self.documents, table=table)

    def numbers(self, ids: Sequence[str]) -> list[int]:
        """The numbers of the live articles with these ids, -1 where there is none."""
        shown = self._shown
        if all(map(shown.__contains__, ids)):
            return list(map(shown.__getitem__, ids))
        numbers = [-1] * len(ids)
        for segment, start in zip(self.segments, self.starts, strict=False):
            for n, number in enumerate(segment.numbers(ids)):
                if number >= 0 and not self._gone[start + number]:
                    numbers[n] = start + number
        return numbers

    def hold(self, ids: Sequence[str]) -> list[bool]:
        """Of each id whether a live article has it."""
        return [number >= 0 for number in self.numbers(ids)]

    def id(self, number: int) -> str:
        """The id of the article with this number."""
        segment, document = self._within_segment(number)
        return segment.id(document)

    def ids(self, numbers: Array) -> list[str]:
        """The ids of the articles with these numbers."""
        if len(self.segments) == 1:
            # In one call, as ids are part of every answer.
            return self.segments[0].ids_of(numbers)
        return list(map(self.id, numbers.tolist()))

    def ranked(self, docs: Array, scores: Array) -> list[RankedArticle]:
        """Documents, in the order they are given, as results show them."""
        if not len(docs):
            return []
        ids, reprints = self.ids(docs), self.reprints.others(docs)
        self._shown = dict(zip(ids, docs.tolist(), strict=True))
        return list(map(RankedArticle, ids, scores.tolist(), reprints.tolist()))

    def ids_of_sixteen(self) -> tuple[Array, Array]:
        """The live articles whose ids have sixteen bytes, and these ids, (n,) S16."""
        docs, ids = [], []
        for segment, start in zip(self.segments, self.starts, strict=False):
            numbers, texts = segment.ids_of_sixteen()
            docs.append(numbers + start)
            ids.append(texts)
        numbers, texts = np.concatenate(docs), np.concatenate(ids)
        live = ~self._gone[numbers]
        return numbers[live], texts[live]

    def in_file(self, path: str) -> list[int]:
        """The live articles of a file."""
        number = bisect_left(self._paths, path)
        if number == len(self._paths) or self._paths[number] != path:
            return []
        order, paths = self._by_path
        docs = order[paths.searchsorted(number) : paths.searchsorted(number, "right")]
        in_file: list[int] = docs[~self._gone[docs]].tolist()
        return in_file

    # All documents in the order of their files, and the numbers of these.
    @lazy
    def _by_path(self) -> tuple[Array, Array]:
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
                # Behind so many ids of the base, in the order of the segment's own. Ranks of the
                # base are odd multiples of 2³², so that an id fits before and behind each.
                keys[here] = (2 * segment.places[rank].astype(np.int64) << 32) + rank
        return keys

    def articles(self, numbers: Iterable[int], longest: int | None = None) -> list[Article]:
        """The articles with these numbers, in this order, of bodies perhaps no more than that."""
        articles = []
        for number in numbers:
            segment, document = self._within_segment(number)
            values = segment.texts.article(document, longest)
            lists: dict[str, Any] = {name: tuple(values.get(name, ())) for name in _LISTS}
            lists["continued"] = tuple(Source(*place) for place in values.get("continued", ()))
            articles.append(Article(**{**values, **lists, "source": self.source(number)}))
        return articles

    def labels(self, number: int) -> Labels:
        """Who is named in an article, and how many others say the same."""
        segment, document = self._within_segment(number)
        people = segment.facets[PEOPLE].values_of(document)
        organisations = segment.facets[ORGANISATIONS].values_of(document)
        (reprints,) = self.reprints.others(np.array([number])).tolist()
        return Labels(people, organisations, reprints)

    def source(self, number: int) -> Source:
        """Where the article with this number stands in the corpus."""
        places, path = self._places, self._paths[int(self._places["path"][number])]
        return Source(path, int(places["start"][number]), int(places["end"][number]))

    def _within_segment(self, number: int) -> tuple[Segment, int]:
        n = bisect_right(self.starts, number) - 1
        return self.segments[n], number - self.starts[n]


class Reprints:
    """Live documents that say the same, in clusters: a label, never a deletion."""

    def __init__(self, path: Path, live: DocSet, documents: int) -> None:
        file = ArrayFile(path)
        members, starts = file["members"], file["starts"].astype(np.intp)
        sizes = np.diff(starts)
        file.check(len(starts) > 0 == starts[0] and bool((sizes > 0).all()))
        file.check(int(starts[-1]) == len(members) and bool((members < documents).all()))
        is_live = live.table[members]
        cluster = np.arange(1, len(starts), dtype=np.uint32).repeat(sizes)[is_live]
        self._members = members[is_live]
        # By cluster, the first of which (0) stands for all documents that are in none.
        self._sizes = np.bincount(cluster, minlength=1)
        self._starts = self._sizes.cumsum() - self._sizes
        self._others = np.maximum(self._sizes - 1, 0)
        self._cluster = np.zeros(documents, np.uint32)
        self._cluster[self._members] = cluster

    def of(self, number: int) -> list[int]:
        """The other documents of a document's cluster, the earliest first."""
        cluster = int(self._cluster[number])
        if not cluster:
            return []
        start = int(self._starts[cluster])
        members: list[int] = self._members[start : start + self._sizes[cluster]].tolist()
        members.remove(number)
        return members

    def others(self, docs: Array) -> Array:
        """For each document how many others say the same, (n,)."""
        others: Array = self._others[self._cluster[docs]]
        return others

    def count(self, docs: DocSet) -> int:
        """How many documents of a set remain where one stands for each cluster."""
        clusters = self._cluster[self._members[docs.table[self._members]]]
        return len(docs) - len(clusters) + int(np.count_nonzero(np.bincount(clusters)))

    def first(self, docs: Array) -> Array:
        """The indices, among documents in some order, of the first of each cluster."""
        cluster, indices = self._cluster[docs], np.arange(len(docs))
        firsts = np.empty(len(self._sizes), np.intp)
        # Written from the end: of several of one cluster the first one's index stays.
        firsts[cluster[::-1]] = indices[::-1]
        kept: Array = indices[(cluster == 0) | (firsts[cluster] == indices)]
        return kept
