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
from pathlib import Path

import numpy as np

from search_app.engine.whoosh.arrays import (
    Array,
    ArrayFile,
    ArrayWriter,
    ranges,
    starts_of,
)
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

    def read(self, start: int, end: int) -> Array:
        """The numbers in a range, as (end - start,) intp."""
        values = self.small[start:end].astype(np.intp)
        if (missing := len(values) - np.count_nonzero(values)) or len(values) != end - start:
            first, last = self._at.searchsorted(np.array([start, end], self._at.dtype)).tolist()
            self._file.check(last - first == missing and len(values) == end - start)
            values[self._at[first:last].astype(np.intp) - start] = self._large[first:last]
        return values

    def at(self, places: Array) -> Array:
        """The numbers at some places, as intp."""
        values = self.small[places].astype(np.intp)
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
        self.starts = file["doc_starts"]
        self._dense, self._dense_starts = file["dense"], file["dense_starts"]
        self._near, self._far = Packed(file, "near"), Packed(file, "far")
        self.lengths, self.total = file["lengths"], int(file["total"][0])
        self.has_positions = "positions" in file.names()
        if self.has_positions:
            self.positions, self.position_starts = file["positions"], file["position_starts"]
            self.low_bits = int(np.iinfo(self.positions.dtype).max)
        else:
            self._tfs = Packed(file, "tfs")
        file.check(len(self.lengths) == documents and len(self.starts) == len(self.terms) + 1)

    def count(self, term: int) -> int:
        """In how many documents a term stands."""
        start, end = self.file.span(self.starts, term, len(self._near.small) + len(self._far.small))
        return end - start

    def docs(self, term: int) -> Array:
        """The documents of a term, ascending, as (df,) intp."""
        start, end = self.file.span(self.starts, term, len(self._near.small) + len(self._far.small))
        place = int(self._dense.searchsorted(np.uint32(term)))
        before = int(self._dense_starts[place])
        if place < len(self._dense) and int(self._dense[place]) == term:
            gaps = self._near.read(before, before + end - start)
        else:
            gaps = self._far.read(start - before, end - before)
        docs = np.add.accumulate(gaps)
        docs -= 1
        self.file.check(not len(docs) or int(docs[-1]) < self.documents)
        return docs

    def docs_of_range(self, first: int, last: int) -> Array:
        """The documents of the terms in a range, term after term, as they lie in the postings."""
        starts = self.starts[first : last + 1].astype(np.intp)
        sizes = np.diff(starts)
        low, high = self._dense.searchsorted(np.array([first, last], np.uint32)).tolist()
        dense = self._dense[low:high].astype(np.intp) - first
        start, end = (
            starts[0] - int(self._dense_starts[low]),
            starts[-1] - int(self._dense_starts[high]),
        )
        gaps = self._far.read(int(start), int(end))
        far_sizes = np.delete(sizes, dense)
        self.file.check(bool((sizes >= 0).all()) and int(far_sizes.sum()) == len(gaps))
        sums = np.add.accumulate(gaps)
        begins = (far_sizes.cumsum() - far_sizes)[far_sizes > 0]
        docs: Array = sums - (sums[begins] - gaps[begins]).repeat(far_sizes[far_sizes > 0]) - 1
        self.file.check(not len(docs) or int(docs.max()) < self.documents)
        if not len(dense):
            return docs
        places = starts[np.delete(np.arange(last - first), dense)] - starts[0]
        found = np.empty(starts[-1] - starts[0], np.intp)
        found[ranges(places, far_sizes)] = docs
        for term in dense.tolist():
            found[starts[term] - starts[0] : starts[term + 1] - starts[0]] = self.docs(term + first)
        return found

    def tfs(self, term: int) -> Array:
        """How often a term stands in each of its documents, as (df,) intp."""
        start, end = self.file.span(self.starts, term, len(self._near.small) + len(self._far.small))
        if not self.has_positions:
            return self._tfs.read(start, end)
        low, high = self.file.span(self.position_starts, term, len(self.positions))
        if high - low == end - start:
            return np.ones(end - start, np.intp)
        firsts = (self.positions[low:high] < 0).nonzero()[0]
        self.file.check(len(firsts) == end - start)
        return np.diff(firsts, append=high - low)

    def tfs_at(self, term: int, postings: Array) -> Array:
        """How often a term stands in the documents of some of its postings."""
        if self.has_positions:
            return self.position_ranges(term, postings)[1]
        start, end = self.file.span(self.starts, term, len(self._near.small) + len(self._far.small))
        return (
            self._tfs.at(start + postings)
            if len(postings) < end - start
            else self._tfs.read(start, end)
        )

    def position_ranges(self, term: int, postings: Array) -> tuple[Array, Array]:
        """Where the positions of some of a term's postings begin, and how many these are."""
        start, end = self.file.span(self.starts, term, len(self._near.small) + len(self._far.small))
        low, high = self.file.span(self.position_starts, term, len(self.positions))
        if high - low == end - start:
            return postings + low, np.ones(len(postings), np.intp)
        firsts = np.append((self.positions[low:high] < 0).nonzero()[0], high - low)
        self.file.check(len(firsts) == end - start + 1)
        begins = firsts[postings]
        return begins + low, firsts[postings + 1] - begins

    def positions_at(self, places: Array) -> Array:
        """The positions at these places among all of the field's, as intp."""
        return (self.positions[places] & self.low_bits).astype(np.intp)

    def occurrences(self, first: int, last: int) -> tuple[Array, Array]:
        """Document and position of every occurrence of the terms in a range, as two (n,) intp."""
        docs = self.docs(first) if last == first + 1 else self.docs_of_range(first, last)
        low, _ = self.file.span(self.position_starts, first, len(self.positions))
        _, high = self.file.span(self.position_starts, last - 1, len(self.positions))
        positions = self.positions[low:high]
        if len(positions) != len(docs):
            posting = (positions < 0).cumsum() - 1
            self.file.check(
                bool(len(posting)) and int(posting[0]) == 0 and int(posting[-1]) == len(docs) - 1
            )
            docs = docs[posting]
        return docs, (positions & self.low_bits).astype(np.intp)


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
            self._writer.append("positions", np.empty(0, self._position_type))

    def append(self, counts: Array, docs: Array, tfs: Array, positions: Array | None) -> None:
        """Adds the postings of the terms that were given to `terms` last.

        counts (terms,) documents of each term; docs, tfs (postings,); positions (sum of tfs,).
        """
        begins = (counts.cumsum() - counts).astype(np.intp)
        gaps = np.diff(docs.astype(np.int64), prepend=0)
        gaps[begins] = docs[begins].astype(np.int64) + 1
        dense = counts * DENSE_GAP >= self._documents
        of_dense = dense.repeat(counts)
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
