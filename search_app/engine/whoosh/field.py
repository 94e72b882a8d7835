"""One field of a segment as arrays: its dictionary, and for each term its postings.

    dense            the numbers of the terms that stand in one document of 64, or in more
    near, far        gaps between documents: u8 for dense terms, u16 for the others (`Packed`)
    near_starts      for each dense term where its gaps begin in `near`; the end
    far_starts       for each term where its gaps begin in `far`, none for dense ones; the end
    lengths          u8 a document, how many terms it has, in Whoosh's byte; `total`: their sum

A field of words has `near_tfs` and `far_tfs` (`Packed`, u8) beside the gaps. A field of pairs
has positions instead:

    positions        i16, or i32 where a document has over 32,767 symbols; the first position of
                     each posting has its highest bit set: the tf is the way to the next such one
    position_starts  for each term where its positions begin; the end

A gap is the distance to the document before; the first one counts from before document 0.
"""

from bisect import bisect_left
from functools import cached_property
from pathlib import Path

import numpy as np

from search_app.engine.whoosh.arrays import Array, ArrayFile, ranges
from search_app.engine.whoosh.common import CommonSymbols
from search_app.engine.whoosh.packed import Packed
from search_app.engine.whoosh.terms import Terms


class Field:
    """Reads a field. Documents are numbered from 0 within the segment."""

    def __init__(self, path: Path, documents: int) -> None:
        self.file = file = ArrayFile(path)
        self.documents = documents
        self.terms = Terms(file)
        self._dense, self._near_starts = file.scalars("dense"), file.scalars("near_starts")
        self._far_starts = file.scalars("far_starts")
        self._near, self._far = Packed(file, "near"), Packed(file, "far")
        self.lengths, self.total = file["lengths"], int(file["total"][0])
        self.has_positions = "positions" in file.names()
        if self.has_positions:
            self.positions = file["positions"]
            self._position_starts = file.scalars("position_starts")
            self.low_bits = int(np.iinfo(self.positions.dtype).max)
            self.common = CommonSymbols(file, documents)
        else:
            self._near_tfs, self._far_tfs = Packed(file, "near_tfs"), Packed(file, "far_tfs")
        file.check(len(self._near_starts) == len(self._dense) + 1)
        file.check(len(self.lengths) == documents and len(self._far_starts) == len(self.terms) + 1)

    def count(self, term: int) -> int:
        """In how many documents a term stands."""
        start, end = self.file.span(self._far_starts, term, len(self._far.small))
        if start == end:
            start, end = self._near_span(term)
        return end - start

    def size(self, first: int, last: int) -> int:
        """How many positions the terms in a range have; for words, documents of the first one."""
        if not self.has_positions:
            return self.count(first)
        return int(self._position_starts[last]) - int(self._position_starts[first])

    def postings(self, term: int) -> "Postings":
        """The postings of a term."""
        start, end = self.file.span(self._far_starts, term, len(self._far.small))
        packed, tfs = self._far, None if self.has_positions else self._far_tfs
        if start == end:
            start, end = self._near_span(term)
            packed, tfs = self._near, None if self.has_positions else self._near_tfs
        gaps = packed.read(start, end)
        gaps[0] -= 1
        docs = np.add.accumulate(gaps)
        self.file.check(int(docs[-1]) < self.documents)
        return Postings(self, term, term + 1, docs, tfs, start)

    def _near_span(self, term: int) -> tuple[int, int]:
        """Where the postings of a dense term begin and end."""
        place = bisect_left(self._dense, term)
        self.file.check(place < len(self._dense) and self._dense[place] == term)
        start, end = self.file.span(self._near_starts, place, len(self._near.small))
        self.file.check(start < end)
        return start, end

    def postings_of_range(self, first: int, last: int) -> "Postings":
        """The postings of the terms in a range, of which there is at least one; int32 if it fits.

        There may be a million of them: half the bytes is half the time.
        """
        kind = np.int32 if self.documents < 1 << 31 else np.intp
        starts = np.array(self._far_starts[first : last + 1], np.intp)
        far_sizes = np.diff(starts)
        low, high = bisect_left(self._dense, first), bisect_left(self._dense, last)
        dense = np.array(self._dense[low:high], np.intp) - first
        near_starts = np.array(self._near_starts[low : high + 1], np.intp)
        self.file.check(int(far_sizes.min()) >= 0 and bool((np.diff(near_starts) >= 0).all()))
        far = self._summed(self._far.read(int(starts[0]), int(starts[-1]), kind), far_sizes)
        gaps = self._near.read(int(near_starts[0]), int(near_starts[-1]), kind)
        near = self._summed(gaps, np.diff(near_starts))
        cuts, ends = far_sizes.cumsum()[dense].tolist(), (near_starts[1:] - near_starts[0]).tolist()
        pieces, cut, end = [], 0, 0
        for following, following_end in zip(cuts, ends, strict=True):
            pieces += [far[cut:following], near[end:following_end]]
            cut, end = following, following_end
        return Postings(self, first, last, np.concatenate([*pieces, far[cut:]]))

    def _summed(self, gaps: Array, sizes: Array) -> Array:
        """The documents of terms of these sizes, one after another, by their gaps."""
        self.file.check(int(sizes.sum()) == len(gaps))
        sizes = sizes[sizes > 0]
        sums, begins = np.add.accumulate(gaps), sizes.cumsum() - sizes
        docs: Array = sums - (sums[begins] - gaps[begins] + 1).astype(gaps.dtype).repeat(sizes)
        self.file.check(not len(docs) or 0 <= int(docs.min()) <= int(docs.max()) < self.documents)
        return docs

    def position_span(self, first: int, last: int) -> tuple[int, int]:
        """Where the positions of the terms in a range begin and end among all of the field's."""
        low, _ = self.file.span(self._position_starts, first, len(self.positions))
        _, high = self.file.span(self._position_starts, last - 1, len(self.positions))
        self.file.check(low <= high)
        return low, high


class Postings:
    """The postings of a term, or of neighbouring terms one after another: documents first.

    `docs` (n,) intp ascend within a term. What else is asked of some of them is given by their
    places in `docs`.
    """

    def __init__(
        self,
        field: Field,
        first: int,
        last: int,
        docs: Array,
        tfs: Packed | None = None,
        start: int = 0,
    ) -> None:
        self.docs, self.several = docs, last > first + 1
        self._field, self._first, self._last = field, first, last
        self._tfs, self._start = tfs, start

    def tfs(self, which: Array) -> Array:
        """How often a term stands in the documents of some postings, (len(which),) intp."""
        if self._tfs is not None:
            return self._tfs.at(which + self._start)
        firsts = self._firsts[1]
        if firsts is None:
            return np.ones(len(which), np.intp)
        sizes: Array = firsts[which + 1] - firsts[which]
        return sizes

    def places(self, which: Array | None = None) -> tuple[Array, Array]:
        """Document and position of all occurrences, perhaps in some postings only, (n,) intp."""
        which = np.arange(len(self.docs)) if which is None else which
        begins, sizes = self._ranges(which)
        docs = self.docs[which].astype(np.intp, copy=False)
        if len(sizes) and int(sizes.max()) > 1:
            docs, begins = docs.repeat(sizes), ranges(begins, sizes)
        return docs, (self._field.positions[begins] & self._field.low_bits).astype(np.intp)

    def first_positions(self, which: Array) -> tuple[Array, Array]:
        """The first position in some postings, and whether there are further ones."""
        begins, sizes = self._ranges(which)
        positions = self._field.positions[begins] & self._field.low_bits
        return positions.astype(np.intp), sizes > 1

    def _ranges(self, which: Array) -> tuple[Array, Array]:
        """Where the positions of some postings begin, and how many these are."""
        low, firsts = self._firsts
        if firsts is None:
            return which + low, np.ones(len(which), np.intp)
        begins = firsts[which]
        return begins + low, firsts[which + 1] - begins

    @cached_property
    def _firsts(self) -> tuple[int, Array | None]:
        """Where all positions begin; in these the first one of each posting, and the end.

        None where each is the only one.
        """
        field = self._field
        low, high = field.position_span(self._first, self._last)
        if high - low == len(self.docs):
            return low, None
        flags = (field.positions[low:high] < 0).nonzero()[0]
        field.file.check(len(flags) == len(self.docs) and (not len(flags) or int(flags[0]) == 0))
        firsts = np.empty(len(flags) + 1, np.intp)
        firsts[:-1], firsts[-1] = flags, high - low
        return low, firsts
