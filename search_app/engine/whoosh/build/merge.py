"""Runs into one field, with memory for a slab of terms and not for all of them.

The terms of a run are sorted, and its postings lie in their order. So the terms of all runs from
one to another, a slab, are a range in each; the ranges are read, brought into the order of term
and run, and written behind the slab before.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from search_app.engine.arrays import Array, distinct, ranges, starts_of
from search_app.engine.whoosh.build import vocabulary
from search_app.engine.whoosh.build.batch import Runs
from search_app.engine.whoosh.build.fieldwriter import FieldWriter
from search_app.engine.whoosh.build.invert import sorting
from search_app.engine.whoosh.store.array_file import ArrayFile
from search_app.engine.whoosh.store.field import length_bytes

# Positions (or postings, where a field has none) of a slab: some hundred megabytes at work.
SLAB = 4_000_000
# Numbers of terms, ascending, and as `FieldWriter.append` takes them counts, docs, tfs, positions.
_Slab = tuple[Array, Array, Array, Array, Array | None]


def merge_pairs(runs: Runs, field: str, target: Path, slab: int = SLAB) -> None:
    """Writes a field of pairs from all runs."""
    longest = int(runs.joined(f"{field}.lengths").max(initial=0))
    writer = FieldWriter(target, runs.documents, longest)
    for run in runs:
        writer.arrays.append("edges", run[f"{field}.edges"])
    writer.arrays.append("edge_starts", starts_of(runs.joined(f"{field}.edge_counts")))
    _merge(runs, field, vocabulary.PairVocabulary(runs, field), writer, target, slab)


def merge_words(runs: Runs, field: str, target: Path, slab: int = SLAB) -> None:
    """Writes a field of words from all runs."""
    writer = FieldWriter(target, runs.documents)
    _merge(runs, field, vocabulary.WordVocabulary(runs, field), writer, target, slab)


def _merge(
    runs: Runs,
    field: str,
    words: vocabulary.PairVocabulary | vocabulary.WordVocabulary,
    writer: FieldWriter,
    target: Path,
    slab: int,
) -> None:
    # A number for each term of each run is too much for memory: what is read lies on disk.
    scratch, starts = target.with_name(f"{target.name}.numbers"), [0]
    with scratch.open("wb") as file:
        for run in runs:
            numbers = words.numbers(run)
            numbers.tofile(file)
            starts.append(starts[-1] + len(numbers))
    whole: Array = np.empty(0, np.int64)
    if starts[-1]:
        whole = np.memmap(scratch, np.int64, "r")
    slabs = _slabs(runs, field, np.split(whole, starts[1:-1]), slab)
    for terms, counts, docs, tfs, positions in slabs:
        words.put(writer.terms, terms)
        symbols = None if positions is None else terms >> vocabulary.NUMBER_BITS
        writer.append(counts, docs, tfs, positions, symbols)
    scratch.unlink()
    lengths = runs.joined(f"{field}.lengths")
    writer.close(length_bytes(lengths), int(lengths.sum(dtype=np.uint64)))


# The postings of all runs, whose terms are `numbers`, by term, so many positions at a time.
def _slabs(runs: Runs, field: str, numbers: Sequence[Array], slab: int) -> Iterator[_Slab]:
    bounds = _slab_bounds(runs, field, numbers, slab)
    cuts = []
    for run, own in zip(runs, numbers, strict=True):
        places = [0, *own.searchsorted(bounds).tolist(), len(own)]
        postings = starts_of(run[f"{field}.counts"])[places].tolist()
        positions = starts_of(_sizes(run, field))[places].tolist()
        cuts.append((pairwise(places), pairwise(postings), pairwise(positions)))
    for _ in range(len(bounds) + 1):
        slices, base = [], 0
        for run, own, cut in zip(runs, numbers, cuts, strict=True):
            terms, postings, positions = (slice(*next(column)) for column in cut)
            columns = [
                own[terms],
                run[f"{field}.counts"][terms].astype(np.int64),
                run[f"{field}.docs"][postings] + np.uint32(base),
                run[f"{field}.tfs"][postings],
                _sizes(run, field)[terms].astype(np.int64),
            ]
            if f"{field}.positions" in run.names():
                columns.append(run[f"{field}.positions"][positions])
            slices.append(columns)
            base += int(run["documents"][0])
        yield _merged_slab(*map(np.concatenate, zip(*slices, strict=True)))


# Slices of runs, one after another, by term; `sizes` are the positions of each term.
def _merged_slab(
    numbers: Array,
    counts: Array,
    docs: Array,
    tfs: Array,
    sizes: Array,
    positions: Array | None = None,
) -> _Slab:
    # In columns of 16 bits above the smallest number, the lowest first: so they are counted.
    above = numbers - numbers.min(initial=np.iinfo(np.int64).max)
    bits = range(0, int(above.max(initial=1)).bit_length(), 16)
    order = sorting(*(above >> shift & 0xFFFF for shift in bits))
    terms = numbers[order]
    postings = ranges((counts.cumsum() - counts)[order], counts[order])
    if positions is not None:
        positions = positions[ranges((sizes.cumsum() - sizes)[order], sizes[order])]
    begins = np.flatnonzero(np.diff(terms, prepend=-1))
    counts = np.add.reduceat(counts[order], begins) if len(begins) else counts
    return terms[begins], counts, docs[postings], tfs[postings], positions


# The terms with which slabs begin, but for the first one.
def _slab_bounds(runs: Runs, field: str, numbers: Sequence[Array], slab: int) -> Array:
    step = max(1, slab // (4 * len(numbers)))
    marks = []
    for run, own in zip(runs, numbers, strict=True):
        sums = _sizes(run, field).cumsum(dtype=np.int64)
        marks.append(own[sums.searchsorted(np.arange(step, sums.max(initial=0), step))])
    # Every mark stands for `step` positions before it; each slab takes as many marks.
    return distinct(np.sort(np.concatenate(marks))[slab // step :: slab // step])


# How many positions each term has; where there are none, how many documents.
def _sizes(run: ArrayFile, field: str) -> Array:
    name = f"{field}.sizes"
    return run[name if name in run.names() else f"{field}.counts"]
