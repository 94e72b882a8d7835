"""Writing a field, whose arrays `field.py` describes, slab by slab."""

from pathlib import Path

import numpy as np

from search_app.engine.arrays import Array, starts_of
from search_app.engine.whoosh.store.array_file import ArrayWriter
from search_app.engine.whoosh.store.common import CommonWriter
from search_app.engine.whoosh.store.field import PackedWriter
from search_app.engine.whoosh.store.terms import TermWriter

# A term is dense where its mean gap is no more than this: then a byte holds nearly every gap.
DENSE_GAP = 64
MOST_DOCUMENTS = 1 << 32


class FieldWriter:
    """Writes a field from arrays, slab by slab, in the order of the terms.

    A slab has all postings of its terms. Raises ValueError for more documents than u32 counts.
    """

    def __init__(self, path: Path, documents: int, longest: int | None = None) -> None:
        """`longest`: the most positions a document has; None for a field without positions."""
        if documents > MOST_DOCUMENTS:
            raise ValueError(f"a segment holds at most {MOST_DOCUMENTS:,} documents")
        self.arrays = ArrayWriter(path)
        self._documents = documents
        self.terms = TermWriter(self.arrays)
        self._near = PackedWriter(self.arrays, "near", np.uint8)
        self._far = PackedWriter(self.arrays, "far", np.uint16)
        # An empty one first: there may be no slab at all.
        self._counts: list[Array] = [np.empty(0, np.uint32)]
        self._position_counts: list[Array] = [np.empty(0, np.uint32)]
        self._has_positions = longest is not None
        self._near_tfs = PackedWriter(self.arrays, "near_tfs", np.uint8)
        self._far_tfs = PackedWriter(self.arrays, "far_tfs", np.uint8)
        if longest is not None:
            self._common = CommonWriter(self.arrays, documents)
            # The highest bit of a position is the mark of `append`.
            self._position_type: type = np.int16 if longest < 1 << 15 else np.int32
            self.arrays.append("positions", np.empty(0, self._position_type))

    def append(
        self,
        counts: Array,
        docs: Array,
        tfs: Array,
        positions: Array | None = None,
        symbols: Array | None = None,
    ) -> None:
        """Adds the postings of the terms that were given to `terms` last.

        counts (terms,): in how many documents each term stands; docs, tfs (postings,): which these
        are, and how often it stands there. Where terms are pairs, positions (sum of tfs,), not
        marked; symbols (terms,): a number for the first one, for the bitmaps of common symbols.
        """
        begins = (counts.cumsum() - counts).astype(np.intp)
        gaps = np.diff(docs.astype(np.int64), prepend=0)
        gaps[begins] = docs[begins].astype(np.int64) + 1
        dense = counts * DENSE_GAP >= self._documents
        of_dense = dense.repeat(counts)
        self._near.append(gaps[of_dense])
        self._far.append(gaps[~of_dense])
        self._counts.append(counts.astype(np.uint32))
        if symbols is not None:
            self._common.append(symbols, counts, docs)
        if positions is not None:
            marked: Array = positions.astype(self._position_type)
            # The first position of each posting: so postings are told apart without a table.
            marked[tfs.cumsum() - tfs] |= np.iinfo(marked.dtype).min
            self.arrays.append("positions", marked)
            if len(begins):
                self._position_counts.append(np.add.reduceat(tfs, begins).astype(np.uint32))
        else:
            self._near_tfs.append(tfs[of_dense])
            self._far_tfs.append(tfs[~of_dense])

    def close(self, lengths: Array, total: int) -> None:
        """Ends the file. lengths (documents,) u8: Whoosh's bytes; total: the sum of the lengths."""
        counts = np.concatenate(self._counts)
        dense = counts.astype(np.uint64) * DENSE_GAP >= self._documents
        self.arrays.append("far_starts", starts_of(np.where(dense, 0, counts)))
        self.arrays.append("dense", np.flatnonzero(dense).astype(np.uint32))
        self.arrays.append("near_starts", starts_of(counts[dense]))
        if self._has_positions:
            self._common.close()
            position_starts = starts_of(np.concatenate(self._position_counts))
            self.arrays.append("position_starts", position_starts)
        self.arrays.append("lengths", lengths)
        self.arrays.append("total", np.array([total], np.uint64))
        self.terms.close()
        self.arrays.close()
