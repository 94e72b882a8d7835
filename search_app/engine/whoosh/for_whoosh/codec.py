"""Our arrays under Whoosh's interfaces: its searchers read them, and its writer can write them.

A field of a segment is the file `<segment>.<field>` (`field.py`). Whoosh's own readers and
searchers are for other tools and for tests; `evaluate.py` reads the arrays themselves.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec import base
from whoosh.matching.mcore import ListMatcher
from whoosh.reading import TermInfo, TermNotFound

from search_app.engine.arrays import Array
from search_app.engine.whoosh.build.fieldwriter import write_field
from search_app.engine.whoosh.store.array_file import ArrayFile
from search_app.engine.whoosh.store.field import Field, Postings
from search_app.engine.whoosh.store.lengths import LENGTHS, length_bytes
from search_app.engine.whoosh.store.strings import decoded

PLACES = "places"
ID = "id"


class ArraySegment(base.Segment):
    """A segment by its name, how many documents it has, and how many of these are deleted.

    It is pickled into Whoosh's table of contents and leads from there to the codec. Which
    documents are deleted stands in the file `places` of a generation.
    """

    def __init__(
        self, indexname: str, name: str = "", documents: int = 0, deleted: int = 0
    ) -> None:
        super().__init__(indexname)
        # Whoosh makes a random one: the bytes of a generation would not depend on its corpus alone.
        self._name = self.segid = name or super().segment_id()
        self._documents, self._deleted = documents, deleted

    def segment_id(self) -> str:
        return self._name

    def codec(self) -> "ArrayCodec":
        return ArrayCodec()

    def doc_count_all(self) -> int:
        return self._documents

    def set_doc_count(self, doccount: int) -> None:
        self._documents = doccount

    def deleted_count(self) -> int:
        return self._deleted

    def should_assemble(self) -> bool:
        return False


class ArrayCodec(base.Codec):
    """Leads to the readers and writers of a segment."""

    def per_document_writer(self, storage: Any, segment: ArraySegment) -> "DocumentWriter":
        return DocumentWriter()

    def field_writer(self, storage: Any, segment: ArraySegment) -> "FieldWriter":
        return FieldWriter(Path(storage.folder), segment)

    def per_document_reader(self, storage: Any, segment: ArraySegment) -> "DocumentReader":
        return DocumentReader(Path(storage.folder), segment)

    def terms_reader(self, storage: Any, segment: ArraySegment) -> "TermsReader":
        return TermsReader(_fields(Path(storage.folder), segment))

    def new_segment(self, storage: Any, indexname: str) -> ArraySegment:
        return ArraySegment(indexname)


class DocumentWriter(base.PerDocumentWriter):
    """Takes documents from Whoosh's writer; what is kept of them is written with the fields."""

    is_closed = False

    def start_doc(self, docnum: int) -> None:
        pass

    def add_field(self, fieldname: str, fieldobj: Any, value: Any, length: int) -> None:
        if value is not None and fieldname != ID:
            raise ValueError(f"only {ID!r} is stored, not {fieldname!r}")

    def cancel_doc(self) -> None:
        pass

    def close(self) -> None:
        self.is_closed = True


class FieldWriter(base.FieldWriter):
    """Collects the postings that Whoosh's writer gives, one by one, for `write_field`."""

    is_closed = False

    def __init__(self, folder: Path, segment: ArraySegment) -> None:
        self._folder, self._segment = folder, segment

    def start_field(self, fieldname: str, fieldobj: Any) -> None:
        self._path = self._folder / f"{self._segment.segment_id()}.{fieldname}"
        self._format = fieldobj.format
        self._terms: list[bytes] = []
        self._offsets: list[int] = []
        self._docs: list[int] = []
        self._tfs: list[int] = []
        self._positions: list[int] | None = [] if self._format.supports("positions") else None

    def start_term(self, text: bytes) -> None:
        self._terms.append(text)
        self._offsets.append(len(self._docs))

    def add(self, docnum: int, weight: float, vbytes: bytes, length: int) -> None:
        self._docs.append(docnum)
        self._tfs.append(int(weight))
        if self._positions is not None:
            self._positions += self._format.decode_positions(vbytes)

    def finish_term(self) -> None:
        pass

    def finish_field(self) -> None:
        docs, tfs = np.array(self._docs, np.intp), np.array(self._tfs, np.int64)
        lengths = np.bincount(docs, tfs, self._segment.doc_count_all()).astype(np.int64)
        write_field(
            self._path,
            self._terms,
            np.array([*self._offsets, len(docs)]),
            docs,
            tfs,
            None if self._positions is None else np.array(self._positions, np.int64),
            length_bytes(lengths),
            int(lengths.sum()),
        )

    def close(self) -> None:
        self.is_closed = True


class DocumentReader(base.PerDocumentReader):
    """Lengths, ids and deletions of a segment's documents."""

    def __init__(self, folder: Path, segment: ArraySegment) -> None:
        self._segment = segment
        self._fields = _fields(folder, segment)
        self._gone = _gone(folder, segment)

    def doc_count(self) -> int:
        return self._segment.doc_count_all() - self._segment.deleted_count()

    def doc_count_all(self) -> int:
        return self._segment.doc_count_all()

    def has_deletions(self) -> bool:
        return bool(self._gone)

    def is_deleted(self, docnum: int) -> bool:
        return docnum in self._gone

    def deleted_docs(self) -> Iterator[int]:
        return iter(sorted(self._gone))

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        field = self._fields.get(fieldname)
        return int(LENGTHS[field.lengths[docnum]]) if field else default

    def field_length(self, fieldname: str) -> int:
        return self._fields[fieldname].total if fieldname in self._fields else 0

    def min_field_length(self, fieldname: str) -> int:
        return int(LENGTHS[self._fields[fieldname].lengths].min(initial=0))

    def max_field_length(self, fieldname: str) -> int:
        return int(LENGTHS[self._fields[fieldname].lengths].max(initial=0))

    def stored_fields(self, docnum: int) -> dict[str, str]:
        ids = self._fields[ID]
        if "ranks" in ids.file.names():
            term = int(ids.file["ranks"][docnum])
        else:
            term = next(t for t in range(len(ids.terms)) if docnum in ids.postings(t).docs)
        return {ID: decoded(ids.terms[term])}


class TermsReader(base.TermsReader):
    """The terms of a segment's fields and their postings."""

    def __init__(self, fields: dict[str, Field]) -> None:
        self._fields = fields

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return self._postings(*term) is not None

    def indexed_field_names(self) -> Iterable[str]:
        return sorted(self._fields)

    def terms(self) -> Iterator[tuple[str, bytes]]:
        return (term for name in self.indexed_field_names() for term in self.terms_from(name, b""))

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        terms = self._fields[fieldname].terms
        first = terms.bound(prefix) if prefix else 0
        return ((fieldname, terms[n]) for n in range(first, len(terms)))

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(
        self, fieldname: str, prefix: bytes
    ) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        postings = self._postings(fieldname, text)
        if postings is None:
            raise KeyError((fieldname, text))
        docs, tfs = postings.docs, postings.tfs(np.arange(postings.count))
        lengths = LENGTHS[self._fields[fieldname].lengths[docs]]
        return TermInfo(
            float(tfs.sum()),
            len(docs),
            int(lengths.min()),
            int(lengths.max()),
            float(tfs.max()),
            int(docs[0]),
            int(docs[-1]),
        )

    def matcher(
        self, fieldname: str, text: bytes, format_: Any, scorer: Any = None
    ) -> "ArrayMatcher":
        postings = self._postings(fieldname, text)
        if postings is None:
            raise TermNotFound(f"{fieldname}:{text!r}")
        return ArrayMatcher(postings, format_, scorer, (fieldname, text))

    def cursor(self, fieldname: str, fieldobj: Any) -> Any:
        raise NotImplementedError("an index of ours has no cursors over its terms")

    def _postings(self, fieldname: str, text: bytes) -> Postings | None:
        return self._fields[fieldname].find([text])[0] if fieldname in self._fields else None


class ArrayMatcher(ListMatcher):
    """A term's postings, with positions where the field has them."""

    def __init__(
        self,
        postings: Postings,
        format_: Any,
        scorer: Any,
        named: tuple[str, bytes],
        position: int = 0,
    ) -> None:
        self._postings = postings
        weights = postings.tfs(np.arange(postings.count)).astype(float).tolist()
        super().__init__(postings.docs.tolist(), weights, format=format_, scorer=scorer, term=named)
        self._i = position

    def copy(self) -> "ArrayMatcher":
        return ArrayMatcher(self._postings, self._format, self._scorer, self._term, self._i)

    def supports_block_quality(self) -> bool:
        return False  # the whole list is one block: there is nothing to skip by it

    def max_quality(self) -> float:
        return float(self._scorer.max_quality() if self._scorer else max(self._weights))

    def value_as(self, astype: str) -> Any:
        if astype == "positions":
            return self._postings.places(np.array([self._i]))[1].tolist()
        return self.weight()


def _fields(folder: Path, segment: ArraySegment) -> dict[str, Field]:
    name, documents = segment.segment_id(), segment.doc_count_all()
    found = (path for path in sorted(folder.glob(f"{name}.*")) if _is_field(path))
    return {path.name.removeprefix(f"{name}."): Field(path, documents) for path in found}


def _is_field(path: Path) -> bool:
    return "far_starts" in ArrayFile(path).names()


def _gone(folder: Path, segment: ArraySegment) -> frozenset[int]:
    """The deleted documents: `places` counts them from the first document of the base segment."""
    if not segment.deleted_count():
        return frozenset()
    gone: Array = np.unpackbits(ArrayFile(folder / PLACES)["gone"], bitorder="little")
    return frozenset(gone[: segment.doc_count_all()].nonzero()[0].tolist())
