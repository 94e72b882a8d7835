"""Our arrays under Whoosh's interfaces, so that its readers and searchers read them.

They are for other tools and for tests: `answer/` reads the arrays themselves. A field of a segment
is the file `<segment>.<field>`. Nothing but the table of contents is written through Whoosh.
"""

import copy
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec import base
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC
from whoosh.matching.mcore import ListMatcher
from whoosh.reading import TermInfo, TermNotFound

from search_app.engine.whoosh.for_whoosh.schema import article_schema
from search_app.engine.whoosh.store.array_file import ArrayFile, decoded
from search_app.engine.whoosh.store.field import LENGTHS, Field, Postings

_INDEX_NAME = "MAIN"
Term = tuple[str, bytes]  # a field's name and the bytes of one of its terms


def write_toc(folder: Path, segments: Mapping[str, int], gone: int) -> None:
    """Writes Whoosh's table of contents: the documents of each segment; `gone` of the first are."""
    described = []
    for name, documents in segments.items():
        described.append(ArraySegment(_INDEX_NAME, name, documents, gone))
        gone = 0  # a delta is made anew with each update: nothing in it is deleted
    # The 1: Whoosh counts its own generations, and in a folder of ours there is one.
    toc = TOC(article_schema(), described, 1)
    toc.write(FileStorage(str(folder)), _INDEX_NAME)


class ArraySegment(base.Segment):
    """A segment by its name, how many documents it has, and how many of these are deleted."""

    # Pickled into the table of contents, attribute by attribute: it leads from there to the codec.
    def __init__(self, indexname: str, name: str, documents: int, deleted: int) -> None:
        super().__init__(indexname)
        # Whoosh makes a random one: the bytes of a generation would not depend on its corpus alone.
        self._name = self.segid = name
        self._documents, self._deleted = documents, deleted

    def segment_id(self) -> str:
        return self._name

    def codec(self) -> "ArrayCodec":
        return ArrayCodec()

    def doc_count_all(self) -> int:
        return self._documents

    def deleted_count(self) -> int:
        return self._deleted

    def should_assemble(self) -> bool:
        return False


class ArrayCodec(base.Codec):
    """Leads to the reader of a segment."""

    def per_document_reader(self, storage: Any, segment: ArraySegment) -> "ArrayReader":
        return ArrayReader(Path(storage.folder), segment)

    terms_reader = per_document_reader


class ArrayReader(base.PerDocumentReader, base.TermsReader):
    """Lengths, ids and deletions of a segment's documents; the terms of its fields."""

    def __init__(self, folder: Path, segment: ArraySegment) -> None:
        self._documents = segment.doc_count_all()
        self._fields: dict[str, Field] = {}
        name = segment.segment_id()
        for path in sorted(folder.glob(f"{name}.*")):
            # Only fields have this array; columns, articles and the lexicon are files here too.
            if "far_starts" in ArrayFile(path).names():
                self._fields[path.name.removeprefix(f"{name}.")] = Field(path, self._documents)
        self._deleted = frozenset[int]()
        if segment.deleted_count():
            # `places` counts the documents from the first one of the base segment, as this does.
            gone = np.unpackbits(ArrayFile(folder / "places")["gone"], bitorder="little")
            self._deleted = frozenset(gone[: self._documents].nonzero()[0].tolist())

    def doc_count(self) -> int:
        return self._documents - len(self._deleted)

    def doc_count_all(self) -> int:
        return self._documents

    def has_deletions(self) -> bool:
        return bool(self._deleted)

    def is_deleted(self, docnum: int) -> bool:
        return docnum in self._deleted

    def deleted_docs(self) -> Iterator[int]:
        return iter(sorted(self._deleted))

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        if fieldname not in self._fields:
            return default
        return int(LENGTHS[self._fields[fieldname].lengths[docnum]])

    def field_length(self, fieldname: str) -> int:
        return self._fields[fieldname].total if fieldname in self._fields else 0

    def min_field_length(self, fieldname: str) -> int:
        return int(LENGTHS[self._fields[fieldname].lengths].min(initial=0))

    def max_field_length(self, fieldname: str) -> int:
        return int(LENGTHS[self._fields[fieldname].lengths].max(initial=0))

    def stored_fields(self, docnum: int) -> dict[str, str]:
        ids = self._fields["id"]
        return {"id": decoded(ids.terms[int(ids.file["ranks"][docnum])])}

    def __contains__(self, term: Term) -> bool:
        fieldname, text = term
        return self._fields[fieldname].terms.find([text])[0] >= 0

    def indexed_field_names(self) -> list[str]:
        return sorted(self._fields)

    def terms(self) -> Iterator[Term]:
        for name in self.indexed_field_names():
            yield from self.terms_from(name, b"")

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[Term]:
        terms = self._fields[fieldname].terms
        for number in range(terms.bound(prefix), len(terms)):
            yield fieldname, terms[number]

    def items(self) -> Iterator[tuple[Term, TermInfo]]:
        for name in self.indexed_field_names():
            yield from self.items_from(name, b"")

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[Term, TermInfo]]:
        for term in self.terms_from(fieldname, prefix):
            yield term, self.term_info(*term)

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        postings = self._postings(fieldname, text)
        if postings is None:
            raise KeyError((fieldname, text))
        docs, tfs = postings.docs, postings.all_tfs
        lengths = LENGTHS[self._fields[fieldname].lengths[docs]]
        weight, most = float(tfs.sum()), float(tfs.max())
        shortest, longest = int(lengths.min()), int(lengths.max())
        return TermInfo(weight, len(docs), shortest, longest, most, int(docs[0]), int(docs[-1]))

    def matcher(
        self, fieldname: str, text: bytes, format_: Any, scorer: Any = None
    ) -> "ArrayMatcher":
        postings = self._postings(fieldname, text)
        if postings is None:
            raise TermNotFound(f"{fieldname}:{text!r}")
        return ArrayMatcher(postings, format_, scorer, (fieldname, text))

    def _postings(self, fieldname: str, text: bytes) -> Postings | None:
        return self._fields[fieldname].find([text])[0]


class ArrayMatcher(ListMatcher):
    """A term's postings, with positions where the field has them."""

    def __init__(self, postings: Postings, format_: Any, scorer: Any, term: Term) -> None:
        self._postings = postings
        weights = postings.all_tfs.astype(float).tolist()
        super().__init__(postings.docs.tolist(), weights, format=format_, scorer=scorer, term=term)

    def copy(self) -> "ArrayMatcher":
        # Not ListMatcher's own: its copies lose the term. What is shared here is never changed.
        return copy.copy(self)

    def supports_block_quality(self) -> bool:
        return False  # the whole list is one block: there is nothing to skip by it

    def max_quality(self) -> float:
        return float(self._scorer.max_quality() if self._scorer else max(self._weights))

    def value_as(self, astype: str) -> Any:
        if astype == "positions":
            return self._postings.places(np.array([self._i]))[1].tolist()
        return self.weight()
