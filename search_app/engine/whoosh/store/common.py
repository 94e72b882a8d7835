"""The documents of very common symbols as bitmaps, beside the postings of their pairs.

A query of one symbol reads all pairs that begin with it. Of 的 these are thousands, with postings
in most documents. So for each of the few hundred most common symbols a bit a document is kept.
"""

import numpy as np

from search_app.engine.arrays import Array
from search_app.engine.whoosh.store.array_file import ArrayWriter

# A symbol with more postings than this share of all documents is common: then its bits take no more
# room than the gaps of its postings, a byte each. All bits are 2.5 % of an index (decision 011).
SHARE = 0.125


class CommonWriter:
    """Collects the documents of common symbols while a field of pairs is written."""

    def __init__(self, writer: ArrayWriter, documents: int) -> None:
        self._writer, self._documents = writer, documents
        self._least = SHARE * documents
        # Before any other: the order of the arrays in the file must not depend on the slabs.
        writer.append("common_bits", np.empty(0, np.uint8))
        self._terms, self._firsts = 0, list[int]()
        # The last symbol so far, its first term, its postings: it may go on in the next slab.
        self._symbol, self._first, self._docs = -1, 0, list[Array]()

    def append(self, symbols: Array, counts: Array, docs: Array) -> None:
        """Adds a slab: of each pair its first symbol and how many documents it has, and these."""
        if not len(symbols):
            return
        begins = np.flatnonzero(np.diff(symbols, prepend=-1))
        bounds = np.append((counts.cumsum() - counts)[begins], len(docs))
        common = np.diff(bounds) > self._least
        # These two may have more postings in the slabs before and behind.
        common[[0, -1]] = True
        for i in common.nonzero()[0].tolist():
            symbol = int(symbols[begins[i]])
            if symbol != self._symbol:
                self._flush()
                self._symbol, self._first = symbol, self._terms + int(begins[i])
            self._docs.append(docs[bounds[i] : bounds[i + 1]].copy())
        self._terms += len(symbols)

    def close(self) -> None:
        """Writes what is left."""
        self._flush()
        self._writer.append("common", np.array(self._firsts, np.uint32))

    def _flush(self) -> None:
        # Whether the last symbol is common shows only here: its slabs are all read.
        if sum(map(len, self._docs)) > self._least:
            table = np.zeros(self._documents, bool)
            table[np.concatenate(self._docs)] = True
            self._writer.append("common_bits", np.packbits(table, bitorder="little"))
            self._firsts.append(self._first)
        self._docs = []
