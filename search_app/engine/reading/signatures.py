"""Signatures of bodies by MinHash: a few bytes of each text by which near-duplicates are found.

Of the hashes of all runs of four symbols of a text, multiplied by a fixed factor, the smallest one
is kept, a byte of it; so for each factor. Two texts agree in about as many of these samples as
they share of all their runs (Broder, On the resemblance and containment of documents, 1997).
"""

import zlib
from random import Random

import numpy as np

from search_app.engine.arrays import Array, ranges
from search_app.engine.reading.tokens import RUN, Tokens

SAMPLES = 64
# Two neighbouring pairs. Single pairs cannot tell: reports of one kind, each with other names and
# figures, share as many of them as a reprint does that was edited (docs/decisions/018).
_SHINGLE = 4
# Shorter texts get no signature: headlines, lists, and notes that are all alike.
SHORTEST = 100
# A short text is much formula: up to so many symbols it has to agree in 48 samples, from so many on
# in 29, in between in proportion.
SHORT, LONG = 200, 300
LEAST_OF_SHORT, LEAST_OF_LONG = 48, 29
_ODD = [Random(f"signature {n}").getrandbits(64) | 1 for n in range(SAMPLES + _SHINGLE)]
_FACTORS = np.array(_ODD, np.uint64)


def signatures(tokens: Tokens) -> dict[str, Array]:
    """The signatures of the texts that are long enough.

    documents (n,): which texts these are; samples (n × SAMPLES,) u8, one signature after another;
    least (n,) u8: in how many samples another text must agree to be taken for the same.
    """
    lengths = np.diff(tokens.starts)
    documents = (lengths >= SHORTEST).nonzero()[0]
    counts = lengths[documents] - _SHINGLE + 1
    shingles = _shingles(tokens)[ranges(tokens.starts[documents], counts)]
    samples = np.empty((len(documents), SAMPLES), np.uint8)
    if len(documents):
        begins = counts.cumsum() - counts
        for n in range(SAMPLES):
            # The highest bits of a smallest number are zeros.
            smallest = np.minimum.reduceat(shingles * _FACTORS[n], begins)
            samples[:, n] = smallest >> np.uint64(24)
    least = np.interp(lengths[documents], [SHORT, LONG], [LEAST_OF_SHORT, LEAST_OF_LONG])
    return {
        "documents": documents.astype(np.uint32),
        "samples": samples.ravel(),
        "least": least.astype(np.uint8),
    }


def _shingles(tokens: Tokens) -> Array:
    """A hash of the run of symbols that begins with each symbol, but for the last few."""
    codes = tokens.symbols.astype(np.uint64)
    several = (tokens.symbols >= RUN).nonzero()[0]
    # The number of a run differs from batch to batch.
    runs = np.array([RUN + zlib.crc32(run.encode()) for run in tokens.runs], np.uint64)
    codes[several] = runs[tokens.symbols[several] - RUN]
    mixed, size = _mixed(codes), max(0, len(codes) - _SHINGLE + 1)
    shingles = np.zeros(size, np.uint64)
    for n in range(_SHINGLE):
        shingles += mixed[n : n + size] * _FACTORS[SAMPLES + n]
    return _mixed(shingles)


def _mixed(values: Array) -> Array:
    """Numbers in which each bit depends on all of the value's (the finalizer of SplitMix64)."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ values >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ values >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    mixed: Array = values ^ values >> np.uint64(31)
    return mixed
