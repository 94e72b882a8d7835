"""Runs into one field, with memory for a slab of terms and not for all of them.

The terms of a run are sorted, and its postings lie in their order. So the terms of all runs from
one to another, a slab, are a range in each; the ranges are read, brought into the order of term
and run, and written behind the slab before.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from search_app.engine.arrays import Array, ranges, starts_of
from search_app.engine.whoosh.build.fieldwriter import FieldWriter
from search_app.engine.whoosh.build.invert import sorting
from search_app.engine.whoosh.build.runs import Runs
from search_app.engine.whoosh.build.vocabulary import PairVocabulary, Vocabulary, WordVocabulary
from search_app.engine.whoosh.store.array_file import ArrayFile
from search_app.engine.whoosh.store.field import length_bytes

# Positions (or postings, where a field has none) of a slab: some hundred megabytes at work.
SLAB = 4_000_000


class Slab(NamedTuple):
    """Postings in the order of their terms: `terms` are these, as numbers, ascending."""

    terms: Array
    counts: Array
    docs: Array
    tfs: Array
    positions: Array | None


class _RunSlice(NamedTuple):
    """The postings of a range of terms of one run, and how many positions each term has."""

    terms: Array
    counts: Array
    docs: Array
    tfs: Array
    sizes: Array
    positions: Array | None


def merge_pairs(runs: Runs, field: str, target: Path, slab: int = SLAB) -> None:
    """Writes a field of pairs from all runs."""
    lengths = runs.joined(f"{field}.lengths")
    writer = FieldWriter(target, runs.documents, int(lengths.max(initial=0)))
    for run in runs:
        writer.put("edges", run[f"{field}.edges"])
    writer.put("edge_starts", starts_of(runs.joined(f"{field}.edge_counts")))
    _merge(runs, field, PairVocabulary(runs, field), writer, target, slab)
    writer.close(length_bytes(lengths), int(lengths.sum(dtype=np.uint64)))


def merge_words(runs: Runs, field: str, target: Path, slab: int = SLAB) -> None:
    """Writes a field of words from all runs."""
    lengths = runs.joined(f"{field}.lengths")
    writer = FieldWriter(target, runs.documents)
    _merge(runs, field, WordVocabulary(runs, field), writer, target, slab)
    writer.close(length_bytes(lengths), int(lengths.sum(dtype=np.uint64)))


def _merge(
    runs: Runs, field: str, vocabulary: Vocabulary, writer: FieldWriter, target: Path, slab: int
) -> None:
    scratch = target.with_name(f"{target.name}.numbers")
    numbers, starts = _terms_on_disk(runs, vocabulary, scratch)
    for piece in _slabs(runs, field, numbers, starts, slab):
        vocabulary.put(writer.terms, piece.terms)
        symbols = vocabulary.first_symbols(piece.terms)
        writer.append(piece.counts, piece.docs, piece.tfs, piece.positions, symbols)
    scratch.unlink()


def _terms_on_disk(runs: Runs, vocabulary: Vocabulary, scratch: Path) -> tuple[Array, list[int]]:
    """The terms of all runs as numbers, kept on disk, and where those of each run begin."""
    starts = [0]
    with scratch.open("wb") as file:
        for run in runs:
            numbers = vocabulary.numbers(run)
            numbers.tofile(file)
            starts.append(starts[-1] + len(numbers))
    empty: Array = np.empty(0, np.int64)
    return np.memmap(scratch, np.int64, "r") if starts[-1] else empty, starts


def _slabs(
    runs: Runs, field: str, numbers: Array, starts: Sequence[int], slab: int
) -> Iterator[Slab]:
    """The postings of all runs in the order of their terms, so many positions at a time."""
    bounds = _slab_bounds(runs, field, numbers, starts, slab)
    cuts = []
    for run, (first, last) in zip(runs, pairwise(starts), strict=True):
        places = [0, *numbers[first:last].searchsorted(bounds).tolist(), last - first]
        postings = starts_of(run[f"{field}.counts"])[places].tolist()
        positions = starts_of(_sizes(run, field))[places].tolist()
        cuts.append([pairwise(column) for column in (places, postings, positions)])
    for _ in range(len(bounds) + 1):
        base, slices = 0, []
        for run, start, cut in zip(runs, starts, cuts, strict=False):
            terms, postings, positions = (slice(*next(column)) for column in cut)
            here = numbers[start + terms.start : start + terms.stop]
            slices.append(_run_slice(run, field, base, here, terms, postings, positions))
            base += int(run["documents"][0])
        yield _merged_slab(slices)


def _run_slice(
    run: ArrayFile,
    field: str,
    base: int,
    numbers: Array,
    terms: slice,
    postings: slice,
    positions: slice,
) -> _RunSlice:
    """A range of a run's terms, `numbers`, with its documents counted from `base`."""
    has_positions = f"{field}.positions" in run.names()
    return _RunSlice(
        numbers,
        run[f"{field}.counts"][terms].astype(np.int64),
        run[f"{field}.docs"][postings] + np.uint32(base),
        run[f"{field}.tfs"][postings],
        _sizes(run, field)[terms].astype(np.int64),
        run[f"{field}.positions"][positions] if has_positions else None,
    )


def _merged_slab(slices: Sequence[_RunSlice]) -> Slab:
    """The postings of all slices, term by term, and of a term those of earlier runs first."""
    # Column by column: the slices as rows, but for the positions, which words do not have.
    columns = list(zip(*slices, strict=True))[:-1]
    numbers, counts, docs, tfs, sizes = map(np.concatenate, columns)
    order = sorting(*_columns_of_bits(numbers))
    terms = numbers[order]
    postings = ranges((counts.cumsum() - counts)[order], counts[order])
    positions = None
    if slices[0].positions is not None:
        moved = ranges((sizes.cumsum() - sizes)[order], sizes[order])
        positions = np.concatenate([part.positions for part in slices])[moved]
    begins = np.flatnonzero(np.diff(terms, prepend=-1))
    counts = np.add.reduceat(counts[order], begins) if len(begins) else counts
    return Slab(terms[begins], counts, docs[postings], tfs[postings], positions)


def _columns_of_bits(numbers: Array) -> list[Array]:
    """What numbers have above the smallest one in columns of 16 bits, the lowest bits first."""
    above = numbers - numbers.min(initial=np.iinfo(np.int64).max)
    size = int(above.max(initial=1)).bit_length()
    return [above >> bits & 0xFFFF for bits in range(0, size, 16)]


def _slab_bounds(runs: Runs, field: str, numbers: Array, starts: Sequence[int], slab: int) -> Array:
    """The terms with which slabs begin, but for the first one."""
    step = max(1, slab // (4 * max(1, len(runs))))
    marks = [np.empty(0, np.int64)]
    for run, start in zip(runs, starts, strict=False):
        sums = _sizes(run, field).cumsum()
        total = int(sums[-1]) if len(sums) else 0
        marks.append(numbers[start + sums.searchsorted(np.arange(step, total, step))])
    # Every mark stands for `step` positions before it; each slab takes as many marks.
    return np.unique(np.sort(np.concatenate(marks))[slab // step :: slab // step])


def _sizes(run: ArrayFile, field: str) -> Array:
    """How many positions each term has; where there are none, how many documents."""
    name = f"{field}.sizes"
    return run[name if name in run.names() else f"{field}.counts"]
