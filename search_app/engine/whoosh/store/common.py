"""The documents of very common symbols as bitmaps, beside the postings of their pairs.

A single symbol is found by all pairs that begin with it: of 的 thousands, with the postings of most
documents. For the few hundred symbols that are as common as that a bit a document is kept:

    common        the number of the first term that begins with each of them, ascending
    common_bits   u8, for each the documents, the first in the lowest bit; whole bytes each
"""

import numpy as np

from search_app.engine.arrays import Array
from search_app.engine.whoosh.store.array_file import ArrayFile, ArrayWriter

# A symbol with more postings than this share of all documents is common.
SHARE = 0.125


class CommonSymbols:
    """Reads the bitmaps of a field of pairs."""

    def __init__(self, file: ArrayFile, documents: int) -> None:
        self._documents, self._width = documents, -(-documents // 8)
        self._firsts, self._bits = file["common"], file["common_bits"]
        file.check(len(self._bits) == len(self._firsts) * self._width)

    def table(self, first: int) -> Array | None:
        """For each document whether it has a symbol, (documents,) bool, by its first term.

        None where the symbol is not common.
        """
        place = int(self._firsts.searchsorted(np.uint32(first)))
        if place == len(self._firsts) or int(self._firsts[place]) != first:
            return None
        bits = self._bits[place * self._width : (place + 1) * self._width]
        return np.unpackbits(bits, count=self._documents, bitorder="little").view(bool)


class CommonWriter:
    """Collects the documents of common symbols while a field of pairs is written."""

    def __init__(self, writer: ArrayWriter, documents: int) -> None:
        self._writer, self._documents = writer, documents
        self._least = SHARE * documents
        # At once: the order of the arrays in the file must not depend on the size of the pieces.
        writer.append("common_bits", np.empty(0, np.uint8))
        self._terms = 0
        self._firsts: list[int] = []
        # The last symbol so far, its first term, its postings: it may go on with the next piece.
        self._symbol, self._first = -1, 0
        self._docs: list[Array] = []

    def append(self, symbols: Array, counts: Array, docs: Array) -> None:
        """Adds a piece of the field: the first symbol of each term, its documents, all postings."""
        if not len(symbols):
            return
        begins = np.flatnonzero(np.diff(symbols, prepend=-1))
        bounds = np.append((counts.cumsum() - counts)[begins], len(docs))
        common = np.diff(bounds) > self._least
        common[[0, -1]] = True
        for i in common.nonzero()[0].tolist():
            if (symbol := int(symbols[begins[i]])) != self._symbol:
                self._flush()
                self._symbol, self._first = symbol, self._terms + int(begins[i])
            self._docs.append(docs[bounds[i] : bounds[i + 1]].copy())
        self._terms += len(symbols)

    def close(self) -> None:
        """Writes what is left."""
        self._flush()
        self._writer.append("common", np.array(self._firsts, np.uint32))

    def _flush(self) -> None:
        if sum(map(len, self._docs)) > self._least:
            table = np.zeros(self._documents, bool)
            table[np.concatenate(self._docs)] = True
            self._writer.append("common_bits", np.packbits(table, bitorder="little"))
            self._firsts.append(self._first)
        self._docs = []
