"""A segment: what a build made of its corpus, in files beside each other, read as one.

`docs/engine.md` has a table of the files. Documents are numbered from 0; so are terms, values and
texts, each in the order of its table.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from search_app.engine.arrays import Array
from search_app.engine.columns import FACETS
from search_app.engine.whoosh.store.array_file import ArrayFile, decoded, encoded
from search_app.engine.whoosh.store.facets import Facet
from search_app.engine.whoosh.store.field import Field
from search_app.engine.whoosh.store.lexicon import Lexicon
from search_app.engine.whoosh.store.texts import Texts
from search_app.model import ValueField
from search_app.query.tree import TEXT_FIELDS

# The fields whose words count for scores; a byline is only searched in.
WORD_FIELDS = ("head", "body")
FIELDS = (*WORD_FIELDS, *(f"{field}_pairs" for field in TEXT_FIELDS), "id")


class Segment:
    """Reads a segment; documents are numbered from 0. Raises DamagedIndex as `ArrayFile` does."""

    def __init__(self, folder: Path, name: str) -> None:
        columns = ArrayFile(folder / f"{name}.columns")
        self.dates, self.contents = columns["dates"], columns["contents"]
        self.name, self.documents = name, len(self.dates)
        self.fields = {f: Field(folder / f"{name}.{f}", self.documents) for f in FIELDS}
        self.lengths = {name: field.total for name, field in self.fields.items()}
        self.words = {f: self.fields[f] for f in WORD_FIELDS}
        self.pairs = {f: self.fields[f"{f}_pairs"] for f in TEXT_FIELDS}
        self.ids = self.fields["id"]
        # The place of each document's id among all, the document of each id, and in a delta where
        # its ids have their places among those of the base.
        self.ranks, self._order = self.ids.file["ranks"], self.ids.file["order"]
        self.places = self.ids.file.get("places")
        self.facets: dict[ValueField, Facet] = {f: Facet(columns, f) for f in FACETS}
        self.lexicon = Lexicon(folder / f"{name}.lexicon", self.documents)
        self.texts = Texts(ArrayFile(folder / f"{name}.articles"))
        columns.check(len(self.contents) == len(self.ranks) == len(self._order) == self.documents)

    def numbers(self, ids: Sequence[str]) -> list[int]:
        """The numbers of the articles with these ids, -1 where there is none."""
        numbers = self.ids.terms.find(list(map(encoded, ids)))
        for i, rank in enumerate(numbers):
            if rank >= 0:
                numbers[i] = int(self._order[rank])
        return numbers

    def ids_of_sixteen(self) -> tuple[Array, Array]:
        """The articles whose ids have sixteen bytes, (n,) intp, and these ids, (n,) S16."""
        terms, ids = self.ids.terms.of_two_keys()
        return self._order[terms].astype(np.intp), ids

    def id(self, number: int) -> str:
        """The id of the article with this number."""
        return decoded(self.ids.terms[int(self.ranks[number])])

    def ids_of(self, numbers: Array) -> list[str]:
        """The ids of the articles with these numbers."""
        return list(map(decoded, self.ids.terms.many(self.ranks[numbers])))
