"""Some articles as one file of arrays, a run: inverted, sorted, with all that is kept of them.

Runs are made by worker processes and merged in their order (`merge.py`). What a run holds depends
on its articles alone, so that the same corpus gives the same bytes whoever builds it.
"""

import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import astuple, fields
from hashlib import blake2b
from pathlib import Path

import numpy as np

from search_app.analysis.names import Names
from search_app.engine.arrays import Array
from search_app.engine.columns import FACETS, date_number, facet_values
from search_app.engine.reading.signatures import signatures
from search_app.engine.reading.tokens import Tokenizer
from search_app.engine.whoosh.build import invert
from search_app.engine.whoosh.build.lexiconwriter import from_heads
from search_app.engine.whoosh.store.array_file import write_arrays
from search_app.engine.whoosh.store.segment import WORD_FIELDS
from search_app.engine.whoosh.store.strings import encoded, packed_strings
from search_app.model import Article, ValueField
from search_app.query.tree import TEXT_FIELDS, TextField

# Characters of a run: its arrays fit a processor's cache, and whatever the corpus, its symbols and
# documents can be numbered in the bits that sorting leaves for them.
MOST_CHARACTERS = 300_000
# Bytes of text in a compressed block: a hit reads one block, whatever its size (decision 014).
BLOCK = 16 * 1024
# Level 6 makes the texts 2 % smaller and takes half as long again.
_LEVEL = 4
_TEXTS: Mapping[TextField, Callable[[Article], str]] = {
    "head": lambda article: article.head,
    "body": lambda article: article.body,
    "byline": lambda article: article.byline_text,
}

# The place of an article is kept apart: one that moves in its file is no new article.
_PLACES = ("source", "continued", "spans")
_STORED = tuple((f.name, f.default) for f in fields(Article) if f.name not in _PLACES)


def to_line(article: Article) -> bytes:
    """The article as a line of JSON without its place in the corpus; defaults are left out."""
    values = {}
    for name, default in _STORED:
        value = getattr(article, name)
        # Most fields are the very default: to compare identities first saves comparing texts.
        if value is not default and value != default:
            values[name] = value
    if article.continued:
        values["continued"] = [astuple(source) for source in article.continued]
    return encoded(json.dumps(values, ensure_ascii=False, separators=(",", ":"))) + b"\n"


def chunked(articles: Sequence[Article]) -> Iterator[Sequence[Article]]:
    """Articles in runs of so many characters, by nothing but the articles themselves."""
    start = size = 0
    for end, article in enumerate(articles, 1):
        size += len(article.body) + len(article.head)
        if size >= MOST_CHARACTERS or end == len(articles):
            yield articles[start:end]
            start, size = end, 0


def write_run(path: Path, articles: Sequence[Article], tokenizer: Tokenizer) -> None:
    """Writes the run of these articles."""
    names = [Names()] * len(articles)
    arrays: dict[str, Array] = {"documents": np.array([len(articles)], np.uint64)}
    for field in TEXT_FIELDS:
        tokens = tokenizer([_TEXTS[field](article) for article in articles])
        arrays |= _under(f"{field}_pairs", invert.pairs(tokens) | invert.edges(tokens))
        if field == "head":
            arrays |= from_heads(articles, tokens)
        if field in WORD_FIELDS:
            arrays |= _under(field, invert.words(tokens))
            names = [before.then(more) for before, more in zip(names, tokens.names, strict=True)]
        if field == "body":
            arrays |= _under("signatures", signatures(tokens))
    lines = [to_line(article) for article in articles]
    arrays |= _text_blocks(lines)
    arrays |= _columns(articles, names, lines)
    write_arrays(path, arrays)


def _under(name: str, arrays: Mapping[str, Array]) -> dict[str, Array]:
    """The arrays of one part of a run, named as that."""
    return {f"{name}.{key}": array for key, array in arrays.items()}


def _text_blocks(lines: Sequence[bytes]) -> dict[str, Array]:
    """The lines in compressed blocks, with the bytes and documents of each block."""
    blocks: list[bytes] = []
    counts: list[int] = []
    block: list[bytes] = []
    size = 0
    for n, line in enumerate(lines, 1):
        block.append(line)
        size += len(line)
        if size >= BLOCK or n == len(lines):
            blocks.append(zlib.compress(b"".join(block), _LEVEL))
            counts.append(len(block))
            block, size = [], 0
    return {
        "blocks": np.frombuffer(b"".join(blocks), np.uint8),
        "block_bytes": np.fromiter(map(len, blocks), np.uint32, len(blocks)),
        "block_documents": np.array(counts, np.uint32),
    }


def _columns(
    articles: Sequence[Article], names: Sequence[Names], lines: Sequence[bytes]
) -> dict[str, Array]:
    """What filtering, ordering, counting and updating need, an entry an article."""
    arrays = {
        "ids": packed_strings([a.id for a in articles]),
        "dates": np.array([date_number(a.date) for a in articles], np.uint32),
        "contents": np.array([content_of(line) for line in lines], np.uint64),
    }
    for name in FACETS:
        arrays |= _under(name, _facet_column(articles, names, name))
    return arrays


def _facet_column(
    articles: Sequence[Article], names: Sequence[Names], name: ValueField
) -> dict[str, Array]:
    """A field's whole values: their sorted table, the place there of each, how many an article."""
    values: list[str] = []
    counts: list[int] = []
    for article, named in zip(articles, names, strict=True):
        own = facet_values(article, name, named)
        values.extend(own)
        counts.append(len(own))
    table = sorted(set(values))
    numbers = {value: n for n, value in enumerate(table)}
    codes = [numbers[value] for value in values]
    return {
        "values": packed_strings(table),
        "codes": np.array(codes, np.uint32),
        "counts": np.array(counts, np.uint32),
    }


def content_of(line: bytes) -> int:
    """A number that tells contents apart, whatever their places in the corpus."""
    return int.from_bytes(blake2b(line, digest_size=8).digest(), "little")
