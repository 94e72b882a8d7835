"""Some articles as one file of arrays, a run: inverted, sorted, with all that is kept of them.

Runs are made by worker processes and merged in their order (`merge.py`). What a run holds depends
on its articles alone, so that the same corpus gives the same bytes whoever builds it.
"""

import json
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, fields
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from search_app.analysis.names import Names
from search_app.engine.arrays import Array
from search_app.engine.columns import FACETS, date_number, facet_values
from search_app.engine.reading.signatures import signatures
from search_app.engine.reading.tokens import Tokenizer, Tokens
from search_app.engine.whoosh.build import invert
from search_app.engine.whoosh.build.soundkeys import sound_keys
from search_app.engine.whoosh.store.array_file import (
    ArrayFile,
    encoded,
    packed_strings,
    write_arrays,
)
from search_app.engine.whoosh.store.segment import WORD_FIELDS
from search_app.model import Article
from search_app.query.tree import TEXT_FIELDS, TextField
from search_app.text.fold import fold

# Characters of a run: its arrays fit a processor's cache, and whatever the corpus, its symbols and
# documents can be numbered in the bits that sorting leaves for them.
MOST_CHARACTERS = 300_000
# Bytes of text in a compressed block: a hit reads one block, whatever its size (decision 014).
BLOCK = 16 * 1024
# Level 6 makes the texts 2 % smaller and takes half as long again.
_LEVEL = 4
# The attribute of an article that is the text of a field.
_TEXTS: Mapping[TextField, str] = {"head": "head", "body": "body", "byline": "byline_text"}
# Words side by side in a headline that may be a phrase, and how many characters it has. Longer ones
# are whole headlines, which are suggested as such.
_WORDS_OF_PHRASE, _SHORTEST, _LONGEST = (2, 3), 4, 10
# Runs read at once: each open one takes a file descriptor.
_MOST_OPEN = 256

# The place of an article is kept apart: one that moves in its file is no new article.
_PLACES = ("source", "continued", "spans")
_STORED = [(f.name, f.default) for f in fields(Article) if f.name not in _PLACES]
# The long ones last, so that of a long article the beginning of its line is enough for a hit.
_STORED.sort(key=lambda field: field[0] in ("body", "printed"))


def to_line(article: Article) -> bytes:
    """The article as a line of JSON without its place in the corpus; defaults are left out."""
    values: dict[str, Any] = {}
    if article.continued:
        values["continued"] = [astuple(source) for source in article.continued]
    for name, default in _STORED:
        value = getattr(article, name)
        # Most fields are the very default: to compare identities first saves comparing texts.
        if value is not default and value != default:
            values[name] = value
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
        tokens = tokenizer([getattr(article, _TEXTS[field]) for article in articles])
        arrays |= _under(f"{field}_pairs", invert.pairs(tokens) | invert.edges(tokens))
        if field == "head":
            arrays |= _from_heads(articles, tokens)
        if field in WORD_FIELDS:
            arrays |= _under(field, invert.words(tokens))
            names = [before.then(more) for before, more in zip(names, tokens.names, strict=True)]
        if field == "body":
            arrays |= _under("signatures", signatures(tokens))
    lines = list(map(to_line, articles))
    write_arrays(path, arrays | _text_blocks(lines) | _columns(articles, names, lines))


def _under(name: str, arrays: Mapping[str, Array]) -> dict[str, Array]:
    return {f"{name}.{key}": array for key, array in arrays.items()}


# The lines in compressed blocks, with the bytes and documents of each block.
def _text_blocks(lines: Sequence[bytes]) -> dict[str, Array]:
    blocks, sizes, counts = [], [], []
    first = size = 0
    for end, line in enumerate(lines, 1):
        size += len(line)
        if size >= BLOCK or end == len(lines):
            blocks.append(zlib.compress(b"".join(lines[first:end]), _LEVEL))
            sizes.append(len(blocks[-1]))
            counts.append(end - first)
            first, size = end, 0
    return {
        "blocks": np.frombuffer(b"".join(blocks), np.uint8),
        "block_bytes": np.array(sizes, np.uint32),
        "block_documents": np.array(counts, np.uint32),
    }


# What filtering, ordering, counting and updating need, an entry an article.
# Of a field with whole values their sorted table, the place there of each, how many an article.
def _columns(
    articles: Sequence[Article], names: Sequence[Names], lines: Sequence[bytes]
) -> dict[str, Array]:
    arrays = {
        "ids": packed_strings([a.id for a in articles]),
        "dates": np.array([date_number(a.date) for a in articles], np.uint32),
        "contents": np.fromiter(map(content_of, lines), np.uint64, len(lines)),
    }
    for name in FACETS:
        values: list[str] = []
        counts: list[int] = []
        for article, named in zip(articles, names, strict=True):
            own = facet_values(article, name, named)
            values.extend(own)
            counts.append(len(own))
        table = sorted(set(values))
        codes = invert.looked_up(values, invert.numbered(table)).astype(np.uint32)
        column = {"values": packed_strings(table), "codes": codes}
        arrays |= _under(name, column | {"counts": np.array(counts, np.uint32)})
    return arrays


# What a run has for the lexicon: phrases that two heads have, and how printed titles sound.
def _from_heads(articles: Sequence[Article], heads: Tokens) -> dict[str, Array]:
    repeated = {}
    for phrase, count in Counter(_neighbouring_words(heads)).items():
        if count > 1:
            repeated[phrase] = count
    phrases, titles = sorted(repeated), []
    for article in articles:
        titles.append("" if article.title_is_derived else fold(article.title))
    return {
        "phrases": packed_strings(phrases),
        "phrase_counts": invert.looked_up(phrases, repeated).astype(np.uint32),
        "title_keys": sound_keys(titles),
    }


# Runs of two or three of the segmenter's words, as often as they stand in the texts.
def _neighbouring_words(tokens: Tokens) -> Iterator[str]:
    starts, lengths = tokens.word_starts[: tokens.cut], tokens.word_lengths[: tokens.cut]
    ends = starts + lengths
    for n in _WORDS_OF_PHRASE:
        first, last = starts[: len(starts) - n + 1], ends[n - 1 :] - 1
        size = last - first + 1
        inner = np.concatenate([np.zeros(1, np.intp), lengths.cumsum()])
        whole = size == inner[n:] - inner[: len(first)]
        whole &= (size >= _SHORTEST) & (size <= _LONGEST)
        whole &= (lengths[: len(first)] > 1) & (lengths[n - 1 :] > 1)
        first, last = first[whole], last[whole]
        begin, end = tokens.places[first], tokens.places[last]
        # In one text, and nothing between its characters.
        here = tokens.starts.searchsorted(first, "right") == tokens.starts.searchsorted(
            last, "right"
        )
        here &= end - begin == last - first
        for start, last_place in zip(begin[here].tolist(), end[here].tolist(), strict=True):
            yield tokens.folded[start : last_place + 1]


def content_of(line: bytes) -> int:
    """A number that tells contents apart, whatever their places in the corpus."""
    return int.from_bytes(blake2b(line, digest_size=8).digest(), "little")


class Runs:
    """Opens runs as they are read; their documents are numbered one run after the other."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths
        self._open = lru_cache(_MOST_OPEN)(ArrayFile)
        self.documents = int(self.joined("documents").sum())

    def __iter__(self) -> Iterator[ArrayFile]:
        return map(self._open, self._paths)

    def joined(self, name: str) -> Array:
        """An array of all runs, one after another."""
        arrays = [run[name] for run in self]
        return np.concatenate(arrays) if arrays else np.empty(0, np.uint32)
