"""A generation as an index of Whoosh; and Whoosh's table of contents in it, for other tools."""

from collections.abc import Mapping
from pathlib import Path

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex

from search_app.engine.whoosh.for_whoosh.codec import ArraySegment
from search_app.engine.whoosh.for_whoosh.schema import article_schema
from search_app.engine.whoosh.store.manifest import NAME, Manifest

INDEX_NAME = "MAIN"
_TOC_GENERATION = 1


class GenerationIndex(FileIndex):
    """A generation's folder as an index of Whoosh. Its pickle is not read: the manifest says all.

    Raises DamagedIndex and WrongFormat as `Manifest.from_bytes` does.
    """

    def __init__(self, folder: Path) -> None:
        # Not FileIndex's own: that reads the pickles of the table of contents.
        self.storage = FileStorage(str(folder), readonly=True)
        self.indexname = INDEX_NAME
        self._schema = article_schema()
        self._manifest = Manifest.from_bytes((folder / NAME).read_bytes())

    def _read_toc(self) -> TOC:
        manifest = self._manifest
        segments = {name: counts.documents for name, counts in manifest.segments.items()}
        return _table_of_contents(segments, manifest.gone)

    def latest_generation(self) -> int:
        return _TOC_GENERATION


def write_toc(folder: Path, segments: Mapping[str, int], gone: int) -> None:
    """Writes Whoosh's table of contents, so that `whoosh.index.open_dir` opens the folder.

    segments: the number of documents of each, the base first; gone: how many of the base's are
    deleted.
    """
    _table_of_contents(segments, gone).write(FileStorage(str(folder)), INDEX_NAME)


def _table_of_contents(segments: Mapping[str, int], gone: int) -> TOC:
    described = []
    for name, documents in segments.items():
        described.append(ArraySegment(INDEX_NAME, name, documents, gone))
        gone = 0  # a delta is made anew with each update: nothing in it is deleted
    return TOC(article_schema(), described, _TOC_GENERATION)
