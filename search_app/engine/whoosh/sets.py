"""Sets of documents as sorted arrays of their numbers (intp)."""

from collections.abc import Sequence

import numpy as np

from search_app.engine.whoosh.arrays import Array, distinct

NONE: Array = np.empty(0, np.intp)
# From this share of all documents on a table of them is faster than sorting or searching.
_MANY = 64


def union(sets: Sequence[Array], documents: int) -> Array:
    """The documents in any of the sets, of so many documents in all."""
    filled = [s for s in sets if len(s)]
    if len(filled) <= 1:
        return filled[0] if filled else NONE
    if sum(map(len, filled)) * _MANY < documents:
        return distinct(np.concatenate(filled))
    table = np.zeros(documents, bool)
    for s in filled:
        table[s] = True
    return table.nonzero()[0]


def unique(docs: Array, documents: int) -> Array:
    """The documents named in any order and any number of times, once and in order."""
    if len(docs) * _MANY < documents:
        return distinct(docs)
    table = np.zeros(documents, bool)
    table[docs] = True
    return table.nonzero()[0]


def among(docs: Array, others: Array) -> Array:
    """For each of the documents (sorted, as `others` are) whether it is one of the others."""
    if not len(others):
        return np.zeros(len(docs), bool)
    found: Array = others.take(others.searchsorted(docs), mode="clip") == docs
    return found


def intersection(sets: Sequence[Array], documents: int) -> Array:
    """The documents in all of the sets, of which there is at least one."""
    found, *others = sorted(sets, key=len)
    for other in others:
        found = _both(found, other, documents)
    return found


def difference(docs: Array, others: Array, documents: int) -> Array:
    """The documents that are in the first set and not in the second."""
    if not len(docs) or not len(others):
        return docs
    table = np.ones(documents, bool)
    table[others] = False
    return docs[table[docs]]


def _both(few: Array, many: Array, documents: int) -> Array:
    if len(few) * _MANY < len(many) or len(many) * _MANY < documents:
        return few[among(few, many)]
    table = np.zeros(documents, bool)
    table[many] = True
    return few[table[few]]
