"""Writing a segment: the files that `segment` reads, from the runs of its articles."""

from pathlib import Path

import numpy as np

from search_app.engine.arrays import Array, narrow, starts_of
from search_app.engine.columns import FACETS
from search_app.engine.whoosh.build.batch import Runs
from search_app.engine.whoosh.build.fieldwriter import FieldWriter
from search_app.engine.whoosh.build.invert import looked_up, numbered
from search_app.engine.whoosh.build.lexiconwriter import write_lexicon
from search_app.engine.whoosh.build.merge import merge_pairs, merge_words
from search_app.engine.whoosh.store.array_file import (
    ArrayFile,
    ArrayWriter,
    encoded,
    string_table,
    unpacked_strings,
    write_arrays,
)
from search_app.engine.whoosh.store.facets import Facet
from search_app.engine.whoosh.store.field import Field
from search_app.engine.whoosh.store.segment import WORD_FIELDS, Segment
from search_app.query.tree import TEXT_FIELDS
from search_app.text.symbols import symbols


def write_segment(folder: Path, name: str, runs: Runs, base: Segment | None = None) -> None:
    """Writes a segment from the runs of its articles; in a delta ids have places among `base`'s."""
    for field in WORD_FIELDS:
        merge_words(runs, field, folder / f"{name}.{field}")
    for field in TEXT_FIELDS:
        merge_pairs(runs, f"{field}_pairs", folder / f"{name}.{field}_pairs")
    _write_ids(folder / f"{name}.id", runs, base)
    arrays = {column: runs.joined(column) for column in ("dates", "contents")}
    for facet in FACETS:
        arrays |= _merged_facet(runs, facet)
    write_arrays(folder / f"{name}.columns", arrays)
    _write_texts(folder, name, runs)
    # The lexicon is made of what the segment holds by now: its words and its whole values.
    words = [Field(folder / f"{name}.{field}", runs.documents) for field in WORD_FIELDS]
    columns = ArrayFile(folder / f"{name}.columns")
    facets = {facet: Facet(columns, facet) for facet in FACETS}
    write_lexicon(folder / f"{name}.lexicon", runs, words, facets)


# Ids as a field of terms, each with one posting, so that they are found as words are.
def _write_ids(path: Path, runs: Runs, base: Segment | None) -> None:
    ids: list[bytes] = []
    for run in runs:
        ids.extend(map(encoded, unpacked_strings(run["ids"])))
    order = np.array(sorted(range(len(ids)), key=ids.__getitem__), np.intp)
    ranks = np.empty(len(ids), np.uint32)
    ranks[order] = np.arange(len(ids))
    terms = sorted(ids)
    writer = FieldWriter(path, len(ids))
    writer.terms.append_bytes(terms)
    ones = np.ones(len(ids), np.int64)
    writer.append(ones, order, ones)
    writer.arrays.append("ranks", ranks)
    writer.arrays.append("order", order.astype(np.uint32))
    if base is not None:
        places = [base.ids.terms.bound(term) for term in terms]
        writer.arrays.append("places", np.array(places, np.uint32))
    writer.close(np.zeros(len(ids), np.uint8), 0)


# The arrays of a facet from its tables and codes in runs.
def _merged_facet(runs: Runs, name: str) -> dict[str, Array]:
    tables = [unpacked_strings(run[f"{name}.values"]) for run in runs]
    values = sorted(set[str]().union(*tables), key=lambda value: (symbols(value), value))
    numbers, pieces = numbered(values), [np.empty(0, np.uint32)]
    for run, table in zip(runs, tables, strict=True):
        pieces.append(looked_up(table, numbers).astype(np.uint32)[run[f"{name}.codes"]])
    codes, counts = np.concatenate(pieces), runs.joined(f"{name}.counts")
    arrays = string_table(f"{name}.values", values)
    if counts.max(initial=0) > 1:
        return {**arrays, f"{name}.codes": codes, f"{name}.starts": starts_of(counts)}
    single = np.zeros(len(counts), np.uint32)
    single[counts == 1] = codes + 1
    return {**arrays, f"{name}.codes": narrow(single)}


# Writes the articles themselves, and the signatures of the longer ones.
def _write_texts(folder: Path, name: str, runs: Runs) -> None:
    articles = ArrayWriter(folder / f"{name}.articles")
    signatures, first = ArrayWriter(folder / f"{name}.signatures"), 0
    for run in runs:
        articles.append("blocks", run["blocks"])
        signatures.append("documents", run["signatures.documents"] + np.uint32(first))
        signatures.append("samples", run["signatures.samples"])
        signatures.append("least", run["signatures.least"])
        first += int(run["documents"][0])
    articles.append("starts", starts_of(runs.joined("block_bytes")))
    articles.append("firsts", starts_of(runs.joined("block_documents")).astype(np.uint64))
    articles.close()
    signatures.close()
