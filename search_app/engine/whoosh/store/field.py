"""One field of a segment as arrays: its dictionary, and for each term its postings.

The gaps of a dense term, in one document of 64 or more, are in `near`, u8, of others in `far`, u16:
the distances to the document before, the first from before document 0. Fields of words keep a tf
beside each gap, fields of pairs positions instead.
"""

from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from search_app.engine.arrays import Array, ranges
from search_app.engine.whoosh.store.array_file import ArrayFile, ArrayWriter
from search_app.engine.whoosh.store.lazy import lazy
from search_app.engine.whoosh.store.terms import Terms

# An occurrence is one number: the document, the field where there are several, the symbol.
FIELD_BITS, PLACE_BITS = 32, 34
Span = tuple[int, int]
# What each byte of a length stands for in Whoosh (`whoosh.util.numeric`): exact up to about a
# hundred, then within a few per cent. Written here, since Whoosh takes a while to be imported.
LENGTHS: Array = np.array([round((1.033**byte - 1) * 27) for byte in range(256)], np.int64)


def length_bytes(lengths: Array) -> Array:
    """The byte for each length, as `whoosh.util.numeric.length_to_byte` gives it (a test says)."""
    return LENGTHS.searchsorted(lengths).clip(0, 255).astype(np.uint8)


class Packed:
    """Reads numbers from 1, of which nearly all are small, in few bits each."""

    def __init__(self, file: ArrayFile, name: str) -> None:
        # A number that is too large is a 0 among the small ones.
        self._file, self.small = file, file[name]
        self._at, self._large = file[f"{name}_at"], file[f"{name}_large"]
        file.check(len(self._at) == len(self._large))
        self._all_small = not len(self._at)

    def read(self, start: int, end: int, kind: type = np.intp) -> Array:
        """The numbers from `start` up to `end`, (end - start,); raises DamagedIndex."""
        small = self.small[start:end]
        self._file.check(len(small) == end - start)
        values: Array = small.astype(kind)
        if not self._all_small and (zeros := len(small) - np.count_nonzero(small)):
            first, last = self._at.searchsorted(np.array([start, end], self._at.dtype)).tolist()
            self._file.check(last - first == zeros)
            values[self._at[first:last].astype(np.intp) - start] = self._large[first:last]
        return values

    def at(self, indices: Array) -> Array:
        """The numbers at these indices, (len(indices),)."""
        values: Array = self.small[indices]
        if not self._all_small and not values.all():
            values = values.astype(np.intp)
            for zero in (values == 0).nonzero()[0].tolist():
                index = int(indices[zero])
                values[zero] = self.read(index, index + 1)[0]
        return values


class PackedWriter:
    """Writes numbers for `Packed`, slab by slab."""

    def __init__(self, writer: ArrayWriter, name: str, dtype: type) -> None:
        self._writer, self._name, self._dtype = writer, name, dtype
        self._count = 0

    def append(self, values: Array) -> None:
        """Adds numbers from 1."""
        fits = values <= np.iinfo(self._dtype).max
        large = np.flatnonzero(~fits)
        self._writer.append(self._name, np.where(fits, values, 0).astype(self._dtype))
        self._writer.append(f"{self._name}_at", (large + self._count).astype(np.uint64))
        self._writer.append(f"{self._name}_large", values[large].astype(np.uint32))
        self._count += len(values)


class Field:
    """Reads a field. Documents are numbered from 0 within the segment."""

    def __init__(self, path: Path, documents: int) -> None:
        self.file = file = ArrayFile(path)
        self.documents, self.terms = documents, Terms(file)
        self._dense, self._near_starts = file.scalars("dense"), file.scalars("near_starts")
        self._far_starts = file.scalars("far_starts")
        self._near, self._far = Packed(file, "near"), Packed(file, "far")
        self.lengths, self.total = file["lengths"], int(file["total"][0])
        self.has_positions = "positions" in file.names()
        self._near_tfs = None if self.has_positions else Packed(file, "near_tfs")
        self._far_tfs = None if self.has_positions else Packed(file, "far_tfs")
        if self.has_positions:
            self.positions = file["positions"]
            self._position_starts = file.scalars("position_starts")
            # All bits of a position but the highest, which marks the first one of a posting.
            self.position_mask = int(np.iinfo(self.positions.dtype).max)
            # A bit a document for each common symbol, the first document in the lowest bit.
            self._common, self._common_bits = file["common"], file["common_bits"]
            file.check(len(self._common_bits) == len(self._common) * -(-documents // 8))
            file.check(len(self._position_starts) == len(self._far_starts))
        file.check(len(self._near_starts) == len(self._dense) + 1)
        file.check(len(self.lengths) == documents and len(self._far_starts) == len(self.terms) + 1)

    def counts(self) -> Array:
        """In how many documents each term stands, (len(self.terms),) int64."""
        counts = np.diff(np.array(self._far_starts, np.int64))
        counts[np.array(self._dense, np.intp)] = np.diff(np.array(self._near_starts, np.int64))
        return counts

    def size(self, first: int, last: int) -> int:
        """How many positions the terms `first` to `last - 1` have."""
        return int(self._position_starts[last]) - int(self._position_starts[first])

    def common(self, first: int) -> Array | None:
        """Which documents have the symbol whose first term this is, (documents,) bool; or None."""
        n = int(self._common.searchsorted(np.uint32(first)))
        width = -(-self.documents // 8)
        if n == len(self._common) or int(self._common[n]) != first:
            return None
        bits = self._common_bits[n * width : (n + 1) * width]
        return np.unpackbits(bits, count=self.documents, bitorder="little").view(bool)

    def find(self, terms: Sequence[bytes]) -> list["Postings | None"]:
        """The postings of each term, None for those that the field does not hold."""
        postings: list[Postings | None] = []
        for number in self.terms.find(terms):
            postings.append(self.postings(number) if number >= 0 else None)
        return postings

    def postings(self, term: int) -> "Postings":
        """The postings of the term with this number. Nothing is unpacked yet."""
        gaps, tfs = self._far, self._far_tfs
        start, end = self.file.span(self._far_starts, term, len(gaps.small))
        if start == end:
            which = bisect_left(self._dense, term)
            self.file.check(which < len(self._dense) and self._dense[which] == term)
            gaps, tfs = self._near, self._near_tfs
            start, end = self.file.span(self._near_starts, which, len(gaps.small))
            self.file.check(start < end)
        span = (0, 0)
        if self.has_positions:
            span = self.file.span(self._position_starts, term, len(self.positions))
            self.file.check(end - start <= span[1] - span[0])
        return Postings(self, end - start, span, gaps, tfs, start)

    def postings_of_range(self, first: int, last: int) -> "Postings":
        """The postings of the pairs `first` to `last - 1`, at least one, pair after pair."""
        # There may be a million documents, and half the bytes is half the time.
        dtype: type = np.int32 if self.documents < 1 << 31 else np.intp
        low, high = bisect_left(self._dense, first), bisect_left(self._dense, last)
        dense = np.array(self._dense[low:high], np.intp) - first
        far_starts = np.array(self._far_starts[first : last + 1], np.intp)
        near_starts = np.array(self._near_starts[low : high + 1], np.intp)
        far = self._far.read(int(far_starts[0]), int(far_starts[-1]), dtype)
        near = self._near.read(int(near_starts[0]), int(near_starts[-1]), dtype)
        # The gaps of each dense pair go between those of the rare ones before and behind it.
        slices, far_begin, near_begin = [], 0, 0
        far_ends = (far_starts[dense] - far_starts[0]).tolist()
        near_ends = (near_starts[1:] - near_starts[0]).tolist()
        for far_end, near_end in zip(far_ends, near_ends, strict=True):
            slices += [far[far_begin:far_end], near[near_begin:near_end]]
            far_begin, near_begin = far_end, near_end
        gaps = np.concatenate([*slices, far[far_begin:]])
        counts = np.diff(far_starts)
        counts[dense] = np.diff(near_starts)
        self.file.check(bool((counts >= 0).all()) and int(counts.sum()) == len(gaps))
        counts = counts[counts > 0]
        # One running sum over all terms, less what it had reached where each begins. It may
        # overflow: so does what is taken away from it, and the difference is right again.
        sums, begins = np.add.accumulate(gaps, dtype=gaps.dtype), counts.cumsum() - counts
        docs: Array = sums - (sums[begins] - gaps[begins] + 1).astype(gaps.dtype).repeat(counts)
        self.file.check(not len(docs) or 0 <= int(docs.min()) <= int(docs.max()) < self.documents)
        span = int(self._position_starts[first]), int(self._position_starts[last])
        self.file.check(len(docs) <= span[1] - span[0] and span[1] <= len(self.positions))
        postings = Postings(self, len(docs), span, self._far, None, 0)
        postings._docs, postings.ascend = docs, False
        return postings


class Postings:
    """The postings of a term, or of neighbouring terms one after another; read when asked for.

    `count` documents, `size` occurrences; `which` are indices into `docs`, of postings asked about.
    """

    def __init__(
        self,
        field: Field,
        count: int,
        span: Span,
        gaps: Packed,
        tfs: Packed | None,
        start: int,
    ) -> None:
        """`span`: where positions lie; `start`: where the gaps and the tfs of the term begin."""
        self.count, self.size = count, span[1] - span[0] or count
        self._docs: Array | None = None
        self._field, self._span = field, span
        self._gaps, self._tfs, self._start = gaps, tfs, start
        # Documents ascend within a term; of a range of terms they do not.
        self.ascend = True

    @property
    def docs(self) -> Array:
        """The documents, (count,) intp; of a range of terms perhaps int32."""
        if self._docs is None:
            gaps = self._gaps.read(self._start, self._start + self.count)
            gaps[0] -= 1
            self._docs = np.add.accumulate(gaps)
            self._field.file.check(int(self._docs[-1]) < self._field.documents)
        return self._docs

    def tfs(self, which: Array) -> Array:
        """How often the term stands in the documents of these postings, (len(which),)."""
        if self._tfs is not None:
            return self._tfs.at(which + self._start)
        return self._position_ranges(which)[1]

    @property
    def all_tfs(self) -> Array:
        """How often the term stands in each of its documents, (count,)."""
        if self._tfs is not None:
            return self._tfs.read(self._start, self._start + self.count)
        firsts = self._first_offsets
        return np.ones(self.count, np.intp) if firsts is None else firsts[1:] - firsts[:-1]

    def places(self, which: Array | None = None) -> tuple[Array, Array]:
        """Document and position of all occurrences in these postings, or in all: 2 × (n,) intp."""
        if which is None:
            which = np.arange(len(self.docs))
        begins, counts = self._position_ranges(which)
        docs = self.docs[which].astype(np.intp, copy=False)
        if len(counts) and int(counts.max()) > 1:
            docs, begins = docs.repeat(counts), ranges(begins, counts)
        return docs, self._positions_at(begins)

    @lazy
    def all_places(self) -> Array:
        """Document and position of all occurrences as one number each, ascending, (n,) int64."""
        field, (start, end) = self._field, self._span
        docs = self.docs
        if self._first_offsets is not None:
            docs = docs.repeat(self.all_tfs)
        places: Array = docs << PLACE_BITS
        places += field.positions[start:end] & field.position_mask
        return places

    def first_positions(self, which: Array) -> tuple[Array, Array]:
        """The first position in each of these postings, and whether there are further ones."""
        begins, counts = self._position_ranges(which)
        return self._positions_at(begins), counts > 1

    def _positions_at(self, offsets: Array) -> Array:
        # Without the marks of the first position in each document.
        positions = self._field.positions[self._span[0] : self._span[1]][offsets]
        return (positions & self._field.position_mask).astype(np.intp)

    # Where in the span the positions of these postings begin, and how many they are.
    def _position_ranges(self, which: Array) -> tuple[Array, Array]:
        firsts = self._first_offsets
        if firsts is None:
            return which, np.ones(len(which), np.intp)
        begins = firsts[which]
        return begins, firsts[which + 1] - begins

    # Where in the span the positions of each posting begin, and the end, (count + 1,) intp.
    @lazy
    def _first_offsets(self) -> Array | None:
        field, (start, end) = self._field, self._span
        # Most pairs have one position in each document: then nothing is looked for.
        if end - start == self.count:
            return None
        marked = (field.positions[start:end] < 0).nonzero()[0]
        field.file.check(len(marked) == self.count and (not len(marked) or int(marked[0]) == 0))
        return np.concatenate((marked, [end - start]))
