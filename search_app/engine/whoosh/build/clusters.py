"""Finding reprints: signatures in, clusters out; what `reprints` reads is made here.

Clusters are made anew with each build from the signatures of all that is live, in an order in which
it does not matter which segment an article is in: so an update gives what a rebuild would.
"""

from pathlib import Path

import numpy as np

from search_app.engine.arrays import Array, distinct, starts_of
from search_app.engine.reading.signatures import SAMPLES
from search_app.engine.whoosh.answer.collection import Collection
from search_app.engine.whoosh.store.array_file import ArrayFile

# What is printed again is printed within weeks. A text that is like one of another year is a report
# of the same kind, unless nothing was changed in it.
_MOST_DAYS = 31
_THIRD = SAMPLES // 3
# Articles that agree in one of these threes of samples are compared.
_BANDS = [
    *([3 * n, 3 * n + 1, 3 * n + 2] for n in range(_THIRD)),
    *([n, n + _THIRD, n + 2 * _THIRD] for n in range(_THIRD)),
]
_COMPARED = 100_000


def clusters(folder: Path, collection: Collection) -> dict[str, Array]:
    """The arrays of `reprints`, made of the signatures of what can be found.

    An article belongs to the earliest one that it is like, itself, not by way of a third: so there
    are no chains of articles each of which is only like the next.
    """
    signed = _Signed(folder, collection)
    leaders = signed.leaders()
    sizes = np.bincount(leaders, minlength=len(leaders))
    order = leaders.argsort(kind="stable")
    members = order[sizes[leaders[order]] > 1]
    return {"members": signed.documents[members], "starts": starts_of(sizes[sizes > 1])}


class _Signed:
    """Live documents that have signatures, numbered here in the order of date and id."""

    def __init__(self, folder: Path, collection: Collection) -> None:
        files = [ArrayFile(folder / f"{s.name}.signatures") for s in collection.segments]
        live = collection.live.table
        parts = []
        for file, start in zip(files, collection.starts, strict=False):
            documents = file["documents"] + np.uint32(start)
            here = live[documents]
            samples = file["samples"].reshape(-1, SAMPLES)[here]
            parts.append((documents[here], samples, file["least"][here]))
        documents, samples, least = map(np.concatenate, zip(*parts, strict=True))
        dates = collection.dates[documents]
        undated_last = dates - np.uint32(1)
        order = np.lexsort((collection.id_keys(documents), undated_last))
        self.documents, self._days = documents[order], _days(dates[order])
        self._samples, self._least = samples[order], least[order]

    def leaders(self) -> Array:
        """For each document the one that stands for its cluster: the earliest that it is like."""
        leaders = np.arange(len(self.documents))
        later, earlier = self._linked()
        starts = np.searchsorted(later, np.arange(len(leaders) + 1))
        for number in np.flatnonzero(np.diff(starts)).tolist():
            found = distinct(leaders[earlier[starts[number] : starts[number + 1]]])
            alike = found[self._alike(np.full(len(found), number), found)]
            leaders[number] = alike[0] if len(alike) else number
        return leaders

    def _linked(self) -> tuple[Array, Array]:
        """Pairs of documents that are alike, sorted: the later one, the earlier one.

        Of those that share a band each is compared with the one before only, so that the work
        grows with their number and not with its square.
        """
        found = np.empty(0, np.int64)
        for band in _BANDS:
            one, two, three = self._samples[:, band].T.astype(np.uint32)
            key = one << 16 | two << 8 | three
            order = key.argsort(kind="stable")
            same = (np.diff(key[order]) == 0).nonzero()[0]
            later, earlier = order[same + 1], order[same]
            alike = self._alike(later, earlier)
            found = distinct(np.concatenate([found, later[alike] << 32 | earlier[alike]]))
        return found >> 32, found & 0xFFFFFFFF

    def _alike(self, one: Array, other: Array) -> Array:
        """For each pair whether the two say the same."""
        alike = np.empty(len(one), bool)
        for start in range(0, len(one), _COMPARED):
            a, b = one[start : start + _COMPARED], other[start : start + _COMPARED]
            agreed = (self._samples[a] == self._samples[b]).sum(axis=1, dtype=np.uint8)
            days = self._days[[a, b]]
            near = (np.abs(days[0] - days[1]) <= _MOST_DAYS) | (days == 0).any(axis=0)
            enough = agreed >= np.maximum(self._least[a], self._least[b])
            alike[start : start + _COMPARED] = enough & (near | (agreed == SAMPLES))
        return alike


def _days(dates: Array) -> Array:
    """Dates as numbers a day apart, each month of 31 days; 0 for those without a day."""
    dates = dates.astype(np.int64)
    days: Array = (dates // 10_000 * 12 + dates // 100 % 100) * 31 + dates % 100
    return np.where(dates % 100, days, 0)
