"""Signatures of bodies by MinHash: 64 bytes of each text by which near-duplicates are found.

Every four symbols in a row are hashed (a shingle). Each sample multiplies a text's hashes by its
factor and keeps a byte of the smallest product. Two texts agree in that share of their samples
which they share of all their shingles (Broder, On the resemblance and containment of documents,
1997). How recall and error were measured: docs/decisions/018.
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
# A short text is nearly all formula: up to 200 symbols it must agree in 48 of 64 samples (0.75),
# from 300 on in 29 (0.45), in between in proportion (docs/decisions/018).
SHORT, LONG = 200, 300
LEAST_OF_SHORT, LEAST_OF_LONG = 48, 29
# Odd: a product with an even number would lose its lowest bits.
_ODD = [Random(f"signature {n}").getrandbits(64) | 1 for n in range(SAMPLES + _SHINGLE)]
_FACTORS = np.array(_ODD, np.uint64)


def signatures(tokens: Tokens) -> dict[str, Array]:
    """The signatures of the texts that are long enough.

    documents (n,) u32: which texts; samples (n × SAMPLES,) u8, one signature after another; least
    (n,) u8: in how many samples another text must agree to be taken for the same.
    """
    lengths = np.diff(tokens.starts)
    documents = (lengths >= SHORTEST).nonzero()[0]
    counts = lengths[documents] - _SHINGLE + 1
    begins = counts.cumsum() - counts
    shingles = _shingles(tokens)[ranges(tokens.starts[documents], counts)]
    samples = np.empty((len(documents), SAMPLES), np.uint8)
    for n in range(SAMPLES):
        # Not the highest byte: of the smallest of many numbers it is nearly always zero.
        smallest = np.minimum.reduceat(shingles * _FACTORS[n], begins)
        samples[:, n] = smallest >> np.uint64(24)
    least = np.interp(lengths[documents], [SHORT, LONG], [LEAST_OF_SHORT, LEAST_OF_LONG])
    return {
        "documents": documents.astype(np.uint32),
        "samples": samples.ravel(),
        "least": least.astype(np.uint8),
    }


# A hash of the four symbols from each symbol on, but for the last three, u64.
def _shingles(tokens: Tokens) -> Array:
    codes = tokens.symbols.astype(np.uint64)
    is_run = (tokens.symbols >= RUN).nonzero()[0]
    # By its text: the number that stands for a run of letters or digits is of one batch only.
    runs = np.array([RUN + zlib.crc32(run.encode()) for run in tokens.runs], np.uint64)
    codes[is_run] = runs[tokens.symbols[is_run] - RUN]
    mixed, size = _mix_bits(codes), max(0, len(codes) - _SHINGLE + 1)
    shingles = np.zeros(size, np.uint64)
    for n in range(_SHINGLE):
        shingles += mixed[n : n + size] * _FACTORS[SAMPLES + n]
    return _mix_bits(shingles)


# Numbers of which each bit depends on all bits of the value (SplitMix64's finalizer), u64.
def _mix_bits(values: Array) -> Array:
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ values >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ values >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    mixed: Array = values ^ values >> np.uint64(31)
    return mixed
