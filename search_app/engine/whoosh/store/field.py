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
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from search_app.engine.arrays import Array, ranges
from search_app.engine.whoosh.store.array_file import ArrayFile
from search_app.engine.whoosh.store.common import CommonSymbols
from search_app.engine.whoosh.store.lazy import lazy
from search_app.engine.whoosh.store.packed import Packed
from search_app.engine.whoosh.store.terms import Terms

# A place is a number: the document, the field where there are several, the symbol.
FIELD_BITS, PLACE_BITS = 32, 34


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
            file.check(len(self._position_starts) == len(self._far_starts))
        else:
            self._near_tfs, self._far_tfs = Packed(file, "near_tfs"), Packed(file, "far_tfs")
        file.check(len(self._near_starts) == len(self._dense) + 1)
        file.check(len(self.lengths) == documents and len(self._far_starts) == len(self.terms) + 1)

    def counts(self) -> Array:
        """In how many documents each term stands, (len(self.terms),)."""
        counts = np.diff(np.array(self._far_starts, np.int64))
        counts[np.array(self._dense, np.intp)] = np.diff(np.array(self._near_starts, np.int64))
        return counts

    def size(self, first: int, last: int) -> int:
        """How many positions the terms in a range have."""
        return int(self._position_starts[last]) - int(self._position_starts[first])

    def find(self, terms: Sequence[bytes]) -> list["Postings | None"]:
        """The postings of each term, None for those that the field does not hold."""
        return [self.postings(n) if n >= 0 else None for n in self.terms.find(terms)]

    def postings(self, term: int) -> "Postings":
        """The postings of a term by its number: where they are, not yet read."""
        start, end = self.file.span(self._far_starts, term, len(self._far.small))
        packed, tfs, span = self._far, None if self.has_positions else self._far_tfs, (0, 0)
        if start == end:
            start, end = self._near_span(term)
            packed, tfs = self._near, None if self.has_positions else self._near_tfs
        if self.has_positions:
            span = self.file.span(self._position_starts, term, len(self.positions))
            self.file.check(end - start <= span[1] - span[0])
        return Postings(self, end - start, span, Packing(packed, tfs, start))

    def _near_span(self, term: int) -> tuple[int, int]:
        """Where the postings of a dense term begin and end."""
        place = bisect_left(self._dense, term)
        self.file.check(place < len(self._dense) and self._dense[place] == term)
        start, end = self.file.span(self._near_starts, place, len(self._near.small))
        self.file.check(start < end)
        return start, end

    def postings_of_range(self, first: int, last: int) -> "Postings":
        """The postings of pairs in a range, of which there is at least one; int32 if it fits.

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
        docs = np.concatenate([*pieces, far[cut:]])
        span = int(self._position_starts[first]), int(self._position_starts[last])
        self.file.check(len(docs) <= span[1] - span[0] and span[1] <= len(self.positions))
        return Postings(self, len(docs), span, docs=docs)

    def _summed(self, gaps: Array, sizes: Array) -> Array:
        """The documents of terms of these sizes, one after another, by their gaps."""
        self.file.check(int(sizes.sum()) == len(gaps))
        sizes = sizes[sizes > 0]
        # In as few bits as the gaps: where a sum runs over, so does what is taken away from it.
        sums, begins = np.add.accumulate(gaps, dtype=gaps.dtype), sizes.cumsum() - sizes
        docs: Array = sums - (sums[begins] - gaps[begins] + 1).astype(gaps.dtype).repeat(sizes)
        self.file.check(not len(docs) or 0 <= int(docs.min()) <= int(docs.max()) < self.documents)
        return docs


class Packing(NamedTuple):
    """Where the documents of a term are: their gaps, their tfs, where both begin."""

    gaps: Packed
    tfs: Packed | None
    start: int


class Postings:
    """The postings of a term, or of neighbouring terms one after another; read when asked for.

    `count` documents, `size` occurrences. What is asked of some documents is given by their
    places in `docs`.
    """

    def __init__(
        self,
        field: Field,
        count: int,
        span: tuple[int, int],
        packing: Packing | None = None,
        docs: Array | None = None,
    ) -> None:
        self.count, self.size = count, span[1] - span[0] or count
        # Documents ascend within a term; of a range of terms they do not.
        self.ascend = docs is None
        self._field, self._span, self._packing, self._docs = field, span, packing, docs

    @property
    def docs(self) -> Array:
        """The documents, (count,) intp; of a range of terms perhaps int32."""
        if self._docs is None:
            assert self._packing is not None
            start = self._packing.start
            gaps = self._packing.gaps.read(start, start + self.count)
            gaps[0] -= 1
            self._docs = np.add.accumulate(gaps)
            self._field.file.check(int(self._docs[-1]) < self._field.documents)
        return self._docs

    def tfs(self, which: Array) -> Array:
        """How often a term stands in the documents of some postings, (len(which),)."""
        if self._packing is not None and self._packing.tfs is not None:
            return self._packing.tfs.at(which + self._packing.start)
        firsts = self._firsts[1]
        if firsts is None:
            return np.ones(len(which), np.intp)
        sizes: Array = firsts[which + 1] - firsts[which]
        return sizes

    @property
    def all_tfs(self) -> Array:
        """How often a term stands in each of its documents, (count,)."""
        if self._packing is not None and self._packing.tfs is not None:
            start = self._packing.start
            return self._packing.tfs.read(start, start + self.count)
        firsts = self._firsts[1]
        return np.ones(self.count, np.intp) if firsts is None else firsts[1:] - firsts[:-1]

    def places(self, which: Array | None = None) -> tuple[Array, Array]:
        """Document and position of all occurrences, perhaps in some postings only, (n,) intp."""
        which = np.arange(len(self.docs)) if which is None else which
        begins, sizes = self._ranges(which)
        docs = self.docs[which].astype(np.intp, copy=False)
        if len(sizes) and int(sizes.max()) > 1:
            docs, begins = docs.repeat(sizes), ranges(begins, sizes)
        return docs, (self._field.positions[begins] & self._field.low_bits).astype(np.intp)

    @lazy
    def all_places(self) -> Array:
        """Document and position of all occurrences as one number each, ascending, (n,) int64."""
        field, (low, firsts) = self._field, self._firsts
        docs = self.docs if firsts is None else self.docs.repeat(firsts[1:] - firsts[:-1])
        places: Array = docs << PLACE_BITS
        places += field.positions[low : low + len(docs)] & field.low_bits
        return places

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

    @lazy
    def _firsts(self) -> tuple[int, Array | None]:
        """Where all positions begin; in these the first one of each posting, and the end.

        None where each is the only one.
        """
        field, (low, high) = self._field, self._span
        if high - low == self.count:
            return low, None
        flags = (field.positions[low:high] < 0).nonzero()[0]
        field.file.check(len(flags) == self.count and (not len(flags) or int(flags[0]) == 0))
        firsts = np.empty(len(flags) + 1, np.intp)
        firsts[:-1], firsts[-1] = flags, high - low
        return low, firsts
