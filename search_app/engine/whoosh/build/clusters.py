"""Finding reprints: from the signatures of all live articles to the clusters `reprints` reads.

Clusters are made anew with each build, in the order of date and id, so that it does not matter
which segment an article is in: an update gives the clusters that a rebuild would (decision 018).
"""

from pathlib import Path

import numpy as np

from search_app.engine.arrays import Array, distinct, starts_of
from search_app.engine.reading.signatures import SAMPLES
from search_app.engine.whoosh.answer.collection import Collection
from search_app.engine.whoosh.store.array_file import ArrayFile

# What is printed again is printed within weeks. A text that is like one of another year is a report
# of the same kind, unless nothing was changed in it (decision 018).
_MOST_DAYS = 31
_THIRD = SAMPLES // 3
# Only articles that agree in all three samples of a band are compared (locality-sensitive hashing,
# Indyk & Motwani 1998). Of 42 bands, two that agree in the least share, .45, have one in common
# with about 98 %: 1 - (1 - .45 ** 3) ** 42.
_BANDS = np.concatenate(
    [np.arange(3 * _THIRD).reshape(_THIRD, 3), np.arange(3 * _THIRD).reshape(3, _THIRD).T]
)
# Pairs compared at once: bounds what their samples take, 13 MB.
_COMPARED = 100_000


def clusters(folder: Path, collection: Collection) -> dict[str, Array]:
    """The arrays of `reprints` for a collection whose segments lie in the folder.

    An article belongs to the earliest one that it is like, itself, not by way of a third: so there
    are no chains of articles each of which is only like the next.
    """
    signed = _SignedDocuments(folder, collection)
    leaders = signed.leaders()
    sizes = np.bincount(leaders, minlength=len(leaders))
    order = leaders.argsort(kind="stable")
    members = order[sizes[leaders[order]] > 1]
    return {"members": signed.documents[members], "starts": starts_of(sizes[sizes > 1])}


class _SignedDocuments:
    """Live documents that have signatures, numbered here in the order of date and id."""

    def __init__(self, folder: Path, collection: Collection) -> None:
        numbers, signatures, thresholds = [], [], []
        for segment, start in zip(collection.segments, collection.starts, strict=False):
            file = ArrayFile(folder / f"{segment.name}.signatures")
            documents = file["documents"] + np.uint32(start)
            is_live = collection.live.table[documents]
            numbers.append(documents[is_live])
            signatures.append(file["samples"].reshape(-1, SAMPLES)[is_live])
            thresholds.append(file["least"][is_live])
        documents = np.concatenate(numbers)
        dates = collection.dates[documents]
        undated_last = dates - np.uint32(1)  # their 0 becomes the greatest number
        order = np.lexsort((collection.id_keys(documents), undated_last))
        self.documents, sorted_dates = documents[order], dates[order].astype(np.int64)
        # Numbers a day apart, each month of 31 days; 0 for those without a day.
        days = (sorted_dates // 10_000 * 12 + sorted_dates // 100 % 100) * 31 + sorted_dates % 100
        self._days = np.where(sorted_dates % 100, days, 0)
        self._samples = np.concatenate(signatures)[order]
        self._least = np.concatenate(thresholds)[order]

    def leaders(self) -> Array:
        """For each document the one that stands for its cluster: the earliest that it is like."""
        leaders = np.arange(len(self.documents))
        later, earlier = self._neighbours()
        starts = np.searchsorted(later, np.arange(len(leaders) + 1))
        for number in np.flatnonzero(np.diff(starts)).tolist():
            candidates = distinct(leaders[earlier[starts[number] : starts[number + 1]]])
            alike = candidates[self._alike(np.full(len(candidates), number), candidates)]
            if len(alike):
                leaders[number] = alike[0]
        return leaders

    # Pairs of documents that are alike, sorted: the later one, the earlier one.
    # Of those that share a band each is compared with the one before only, so that the work grows
    # with their number and not with its square.
    def _neighbours(self) -> tuple[Array, Array]:
        pairs = np.empty(0, np.int64)
        for band in _BANDS:
            one, two, three = self._samples[:, band].T.astype(np.int64)
            # With the document below its key: to sort numbers takes half as long as `argsort`.
            keys = np.sort(one << 48 | two << 40 | three << 32 | np.arange(len(one)))
            same = (np.diff(keys >> 32) == 0).nonzero()[0]
            later, earlier = keys[same + 1] & 0xFFFFFFFF, keys[same] & 0xFFFFFFFF
            alike = self._alike(later, earlier)
            pairs = distinct(np.concatenate([pairs, later[alike] << 32 | earlier[alike]]))
        return pairs >> 32, pairs & 0xFFFFFFFF

    # For each pair whether the two say the same.
    def _alike(self, one: Array, other: Array) -> Array:
        alike = np.empty(len(one), bool)
        for start in range(0, len(one), _COMPARED):
            a, b = one[start : start + _COMPARED], other[start : start + _COMPARED]
            agreed = (self._samples[a] == self._samples[b]).sum(axis=1, dtype=np.uint8)
            days_a, days_b = self._days[a], self._days[b]
            near = np.abs(days_a - days_b) <= _MOST_DAYS
            near |= (days_a == 0) | (days_b == 0) | (agreed == SAMPLES)
            enough = agreed >= np.maximum(self._least[a], self._least[b])
            alike[start : start + _COMPARED] = enough & near
        return alike
