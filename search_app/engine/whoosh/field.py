"""One field of a segment as arrays: its dictionary, and for each term its postings.

    doc_starts       for each term where its postings begin among all of the field's; the end
    dense            the numbers of the terms that stand in one document of 64, or in more
    dense_starts     where the postings of these begin among all of dense terms; the end
    near, far        gaps between documents: u8 for dense terms, u16 for the others (`Packed`)
    lengths          u8 a document, how many terms it has, in Whoosh's byte; `total`: their sum

A field of words has `tfs` (`Packed`, u8). A field of pairs has positions, and no tfs:

    positions        i16, or i32 where a document has over 32,767 symbols; the first position of
                     each posting has its highest bit set: the tf is the way to the next such one
    position_starts  for each term where its positions begin; the end

A gap is the distance to the document before; the first one counts from before document 0.
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from search_app.engine.whoosh.arrays import (
    Array,
    ArrayFile,
    ArrayWriter,
    ranges,
    starts_of,
)
from search_app.engine.whoosh.common import CommonSymbols, CommonWriter
from search_app.engine.whoosh.terms import Terms, TermWriter

# A term is dense where its mean gap is no more than this: then a byte holds nearly every gap.
DENSE_GAP = 64
MOST_DOCUMENTS = 1 << 32


class Packed:
    """Numbers from 1 in few bits. Zero stands for one too large, which is kept aside.

    `<name>_at` are the places of these in order, `<name>_large` (u32) what stands there.
    """

    def __init__(self, file: ArrayFile, name: str) -> None:
        self._file, self.small = file, file[name]
        self._at, self._large = file[f"{name}_at"], file[f"{name}_large"]
        file.check(len(self._at) == len(self._large))

    def read(self, start: int, end: int, kind: type = np.intp) -> Array:
        """The numbers in a range, (end - start,)."""
        values: Array = self.small[start:end].astype(kind)
        if (missing := len(values) - np.count_nonzero(values)) or len(values) != end - start:
            first, last = self._at.searchsorted(np.array([start, end], self._at.dtype)).tolist()
            self._file.check(last - first == missing and len(values) == end - start)
            values[self._at[first:last].astype(np.intp) - start] = self._large[first:last]
        return values

    def at(self, places: Array) -> Array:
        """The numbers at some places, as intp."""
        values = self.small[places].astype(np.intp)
        if len(values) != np.count_nonzero(values):
            for missing in (values == 0).nonzero()[0].tolist():
                values[missing] = self.read(int(places[missing]), int(places[missing]) + 1)[0]
        return values


class PackedWriter:
    """Writes numbers for `Packed`, piece by piece."""

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
        self.documents = documents
        self.terms = Terms(file)
        self._starts = file.scalars("doc_starts")
        self._dense, self._dense_starts = file["dense"], file.scalars("dense_starts")
        self._near, self._far = Packed(file, "near"), Packed(file, "far")
        self.lengths, self.total = file["lengths"], int(file["total"][0])
        self.has_positions = "positions" in file.names()
        if self.has_positions:
            self.positions = file["positions"]
            self._position_starts = file.scalars("position_starts")
            self.low_bits = int(np.iinfo(self.positions.dtype).max)
            self.common = CommonSymbols(file, documents)
        else:
            self.small_tfs = Packed(file, "tfs")
        self._all = len(self._near.small) + len(self._far.small)
        file.check(len(self.lengths) == documents and len(self._starts) == len(self.terms) + 1)

    def count(self, term: int) -> int:
        """In how many documents a term stands."""
        start, end = self.file.span(self._starts, term, self._all)
        return end - start

    def size(self, first: int, last: int) -> int:
        """How many positions the terms in a range have; postings, where there are none."""
        starts = self._position_starts if self.has_positions else self._starts
        return int(starts[last]) - int(starts[first])

    def postings(self, term: int) -> "Postings":
        """The postings of a term."""
        start, end = self.file.span(self._starts, term, self._all)
        place = int(self._dense.searchsorted(np.uint32(term)))
        before = int(self._dense_starts[place])
        if place < len(self._dense) and int(self._dense[place]) == term:
            gaps = self._near.read(before, before + end - start)
        else:
            gaps = self._far.read(start - before, end - before)
        if len(gaps):
            gaps[0] -= 1
        docs = np.add.accumulate(gaps)
        self.file.check(not len(docs) or int(docs[-1]) < self.documents)
        return Postings(self, term, term + 1, start, docs)

    def postings_of_range(self, first: int, last: int) -> "Postings":
        """The postings of the terms in a range, of which there is at least one; int32 if it fits.

        There may be a million of them: half the bytes is half the time.
        """
        kind = np.int32 if self.documents < 1 << 31 else np.intp
        starts = np.array(self._starts[first : last + 1], np.intp)
        sizes = np.diff(starts)
        low, high = self._dense.searchsorted(np.array([first, last], np.uint32)).tolist()
        dense = self._dense[low:high].astype(np.intp) - first
        before, behind = self._dense_starts[low], self._dense_starts[high]
        self.file.check(int(sizes.min()) >= 0)
        far_sizes = sizes.copy()
        far_sizes[dense] = 0
        gaps = self._far.read(int(starts[0]) - before, int(starts[-1]) - behind, kind)
        far = self._summed(gaps, far_sizes)
        near = self._summed(self._near.read(before, behind, kind), sizes[dense])
        cuts, ends = far_sizes.cumsum()[dense].tolist(), sizes[dense].cumsum().tolist()
        pieces, cut, end = [], 0, 0
        for following, following_end in zip(cuts, ends, strict=True):
            pieces += [far[cut:following], near[end:following_end]]
            cut, end = following, following_end
        return Postings(self, first, last, int(starts[0]), np.concatenate([*pieces, far[cut:]]))

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

    def __init__(self, field: Field, first: int, last: int, start: int, docs: Array) -> None:
        self.docs, self.several = docs, last > first + 1
        self._field, self._first, self._last, self._start = field, first, last, start

    def tfs(self, which: Array) -> Array:
        """How often a term stands in the documents of some postings, (len(which),) intp."""
        if not self._field.has_positions:
            return self._field.small_tfs.at(which + self._start)
        return self._ranges(which)[1]

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


class FieldWriter:
    """Writes a field from arrays, piece by piece, each piece behind the one before.

    A piece has whole terms only. `tfs` and `positions` are as in `Field`; a field of pairs gives
    positions, a field of words does not. Raises ValueError for more documents than u32 numbers.
    """

    def __init__(self, path: Path, documents: int, longest: int | None = None) -> None:
        """With `longest`, the most positions of a document, the field keeps positions."""
        if documents > MOST_DOCUMENTS:
            raise ValueError(f"a segment holds at most {MOST_DOCUMENTS:,} documents")
        self._writer = ArrayWriter(path)
        self._documents = documents
        self.terms = TermWriter(self._writer)
        self._near = PackedWriter(self._writer, "near", np.uint8)
        self._far = PackedWriter(self._writer, "far", np.uint16)
        self._counts: list[Array] = []
        self._position_counts: list[Array] = []
        self._position_type = (
            None if longest is None else np.int16 if longest < 1 << 15 else np.int32
        )
        self._tfs = PackedWriter(self._writer, "tfs", np.uint8) if longest is None else None
        if self._position_type is not None:
            self._common = CommonWriter(self._writer, documents)
            self._writer.append("positions", np.empty(0, self._position_type))

    def append(
        self,
        counts: Array,
        docs: Array,
        tfs: Array,
        positions: Array | None,
        symbols: Array | None = None,
    ) -> None:
        """Adds the postings of the terms that were given to `terms` last.

        counts (terms,) documents of each term; docs, tfs (postings,); positions (sum of tfs,);
        symbols (terms,) numbers of the terms' first symbols, if bitmaps are to be kept of these.
        """
        begins = (counts.cumsum() - counts).astype(np.intp)
        gaps = np.diff(docs.astype(np.int64), prepend=0)
        gaps[begins] = docs[begins].astype(np.int64) + 1
        dense = counts * DENSE_GAP >= self._documents
        of_dense = dense.repeat(counts)
        if symbols is not None:
            self._common.append(symbols, counts, docs)
        self._near.append(gaps[of_dense])
        self._far.append(gaps[~of_dense])
        self._counts.append(counts.astype(np.uint32))
        if self._tfs is not None:
            self._tfs.append(tfs)
        elif positions is not None:
            self._append_positions(begins, tfs, positions)

    def put(self, name: str, piece: Array) -> None:
        """Adds a piece to an array of another name that belongs to the field."""
        self._writer.append(name, piece)

    def close(self, lengths: Array, total: int) -> None:
        """Writes what is known at the end: Whoosh's byte for each document's length, their sum."""
        counts = np.concatenate([np.empty(0, np.uint32), *self._counts])
        dense = np.flatnonzero(counts.astype(np.uint64) * DENSE_GAP >= self._documents)
        self._writer.append("doc_starts", starts_of(counts))
        self._writer.append("dense", dense.astype(np.uint32))
        self._writer.append("dense_starts", starts_of(counts[dense]))
        if self._tfs is None:
            self._common.close()
            self._writer.append(
                "position_starts",
                starts_of(np.concatenate([np.empty(0, np.uint32), *self._position_counts])),
            )
        self._writer.append("lengths", lengths)
        self._writer.append("total", np.array([total], np.uint64))
        self.terms.close()
        self._writer.close()

    def _append_positions(self, begins: Array, tfs: Array, positions: Array) -> None:
        firsts = tfs.cumsum() - tfs
        flagged = positions.astype(self._position_type)
        flagged[firsts] |= np.iinfo(flagged.dtype).min
        self._writer.append("positions", flagged)
        self._position_counts.append(
            np.add.reduceat(tfs, begins).astype(np.uint32)
            if len(begins)
            else np.empty(0, np.uint32)
        )


def write_field(
    path: Path,
    terms: Sequence[bytes],
    doc_offsets: Array,
    docs: Array,
    tfs: Array,
    positions: Array | None,
    lengths: Array,
    total: int,
) -> None:
    """Writes a whole field: terms in order, `doc_offsets` (terms + 1,) into `docs` and `tfs`.

    `positions` (sum of tfs,) or None for a field without. `lengths` and `total` as in `close`.
    """
    longest = None if positions is None else int(positions.max(initial=0)) + 1
    writer = FieldWriter(path, len(lengths), longest)
    writer.terms.append_bytes(terms)
    writer.append(np.diff(doc_offsets).astype(np.int64), docs, tfs, positions)
    writer.close(lengths, total)
