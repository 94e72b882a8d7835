"""A segment: what one build makes of its runs, in files beside each other, and reads back.

<name>.head, .body                              words, for ranking and for other tools
<name>.head_pairs, .body_pairs, .byline_pairs   pairs of symbols with positions; `edges`
<name>.id                                       ids; `ranks`, each document's place among them,
and `order`, the document at each place
<name>.columns                                  dates, contents, whole values
<name>.lexicon                                  what can be suggested; see `lexicon.py`
<name>.articles                                 the articles, JSON lines in zlib blocks
<name>.signatures                               of longer bodies, for `clusters.py` alone
"""

import zlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from search_app.engine.arrays import Array
from search_app.engine.columns import FACETS
from search_app.engine.whoosh.store.array_file import ArrayFile
from search_app.engine.whoosh.store.facets import Facet
from search_app.engine.whoosh.store.field import Field
from search_app.engine.whoosh.store.lexicon import Lexicon
from search_app.engine.whoosh.store.strings import decoded, encoded
from search_app.model import ValueField
from search_app.query.tree import TEXT_FIELDS

# The fields whose words count for scores; a byline is only searched in.
WORD_FIELDS = ("head", "body")
FIELDS = (*WORD_FIELDS, *(f"{field}_pairs" for field in TEXT_FIELDS), "id")
CACHED_BLOCKS = 256


class Segment:
    """Reads a segment; documents are numbered from 0. Raises DamagedIndex as `ArrayFile` does."""

    def __init__(self, folder: Path, name: str) -> None:
        columns = ArrayFile(folder / f"{name}.columns")
        self.dates, self.contents = columns["dates"], columns["contents"]
        self.name, self.documents = name, len(self.dates)
        self.fields = {f: Field(folder / f"{name}.{f}", self.documents) for f in FIELDS}
        self.words = {f: self.fields[f] for f in WORD_FIELDS}
        self.pairs = {f: self.fields[f"{f}_pairs"] for f in TEXT_FIELDS}
        self.ids = self.fields["id"]
        self.ranks, self._order = self.ids.file["ranks"], self.ids.file["order"]
        self.places = self.ids.file.get("places")
        self.facets: dict[ValueField, Facet] = {f: Facet(columns, f) for f in FACETS}
        self.lexicon = Lexicon(folder / f"{name}.lexicon", self.documents)
        self._articles = ArrayFile(folder / f"{name}.articles")
        self._firsts = self._articles["firsts"]
        columns.check(len(self.contents) == len(self.ranks) == len(self._order) == self.documents)
        # No reference to self: what holds the files must go with its last user, not with a cycle.
        self._block = lru_cache(CACHED_BLOCKS)(_block_reader(self._articles))

    def line(self, number: int) -> bytes:
        """The article with this number as JSON."""
        block = int(self._firsts.searchsorted(np.uint64(number), "right")) - 1
        lines = self._block(block)
        place = number - int(self._firsts[block])
        self._articles.check(0 <= place < len(lines))
        return lines[place]

    def numbers(self, ids: Sequence[str]) -> list[int]:
        """The numbers of the articles with these ids, -1 where there is none."""
        terms = self.ids.terms.find(list(map(encoded, ids)))
        return [int(self._order[term]) if term >= 0 else -1 for term in terms]

    def ids_of_sixteen(self) -> tuple[Array, Array]:
        """The numbers of the articles whose ids have sixteen bytes, and these ids, (n,) S16."""
        terms, ids = self.ids.terms.of_two_keys()
        return self._order[terms].astype(np.intp), ids

    def id(self, number: int) -> str:
        """The id of the article with this number."""
        return decoded(self.ids.terms[int(self.ranks[number])])

    def ids_of(self, numbers: Array) -> list[str]:
        """The ids of the articles with these numbers."""
        return list(map(decoded, self.ids.terms.many(self.ranks[numbers])))


def _block_reader(file: ArrayFile) -> Callable[[int], Sequence[bytes]]:
    blocks, starts = file["blocks"], file.scalars("starts")

    def read(block: int) -> Sequence[bytes]:
        start, end = file.span(starts, block, len(blocks))
        return zlib.decompress(blocks[start:end].tobytes()).split(b"\n")

    return read
