"""A generation as Whoosh's index, by its manifest; and its table of contents, for other tools."""

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
    """A generation's folder as an index of Whoosh. No pickle is read: the manifest says all.

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
        segments = {name: s.documents for name, s in manifest.segments.items()}
        return _contents(segments, manifest.gone)

    def latest_generation(self) -> int:
        return _TOC_GENERATION


def write_toc(folder: Path, segments: Mapping[str, int], gone: int) -> None:
    """Writes Whoosh's table of contents, so that `whoosh.index.open_dir` opens the folder.

    `segments` are names with numbers of documents, the base first; `gone` of its are deleted.
    """
    _contents(segments, gone).write(FileStorage(str(folder)), INDEX_NAME)


def _contents(segments: Mapping[str, int], gone: int) -> TOC:
    made = [
        ArraySegment(INDEX_NAME, name, documents, 0 if number else gone)
        for number, (name, documents) in enumerate(segments.items())
    ]
    return TOC(article_schema(), made, _TOC_GENERATION)
