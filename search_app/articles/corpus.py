"""A whole corpus, article by article, in one order, with an account of what was no article."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from search_app.articles import IMPORTERS
from search_app.articles.base import LONGEST_DOCUMENT
from search_app.articles.decode import check_encoding, read_file
from search_app.articles.files import FoundFile, list_files
from search_app.articles.withdrawn import read_withdrawn
from search_app.model import Article, Reject


class CorpusReader:
    """Iterates over the articles and rejects of a folder or a file, always in the same order.

    `ignored_files`, `total_bytes` and `withdrawn` are known from the start, `bytes_read` follows
    the iteration. Articles that were withdrawn come with that kind. Raises BadCorpus where there
    is no corpus, BadSetting for an unknown encoding.
    """

    def __init__(self, path: Path, *, encoding: str | None = None) -> None:
        check_encoding(encoding)
        listing = list_files(path, tuple(IMPORTERS))
        self._files = listing.found
        self._encoding = encoding
        self.withdrawn = read_withdrawn(path)
        self.ignored_files = listing.ignored
        self.total_bytes = sum(f.size for f in self._files if isinstance(f, FoundFile))
        self.bytes_read = 0

    def __iter__(self) -> Iterator[Article | Reject]:
        """Every article once: where an id is taken, the later article is a Reject.

        Furniture may repeat, as it does on every page of a paper.
        """
        ids = _Ids()
        done = 0
        for file in self._files:
            self.bytes_read = done
            if isinstance(file, Reject):
                yield file
            else:
                yield from self._read(file, ids)
                done += file.size
        self.bytes_read = done

    def _read(self, found: FoundFile, ids: "_Ids") -> Iterator[Article | Reject]:
        file = read_file(found, self._encoding)
        if isinstance(file, Reject):
            yield file
            return
        done, lines = self.bytes_read, _Lines(file.text)
        for item in IMPORTERS[found.ending](file):
            if isinstance(item, Article) and item.kind == "article":
                self.bytes_read = done + found.size * item.source.end // max(1, len(file.text))
                line = lines.at(item.source.start)
                yield _too_long(item, line) or self._unless_withdrawn(ids.claim(item, line))
            else:
                yield item

    def _unless_withdrawn(self, item: Article | Reject) -> Article | Reject:
        if isinstance(item, Article) and item.id in self.withdrawn:
            return replace(item, kind="withdrawn")
        return item


def _too_long(article: Article, line: int) -> Reject | None:
    length = len(article.head) + len(article.body)
    if length <= LONGEST_DOCUMENT:
        return None
    reason = f"{length:,} characters long"
    remedy = f"split it: an article has at most {LONGEST_DOCUMENT:,} characters"
    return Reject(article.source.path, line, reason, remedy)


def read_corpus(path: Path, *, encoding: str | None = None) -> Iterator[Article | Reject]:
    """The articles and rejects of a corpus; raises what CorpusReader does, before the first."""
    return iter(CorpusReader(path, encoding=encoding))


class _Ids:
    """The ids that are taken, and where. One number an id, as there may be millions."""

    _MOST_LINES = 1 << 32

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._paths: list[str] = []

    def claim(self, article: Article, line: int) -> Article | Reject:
        """The article, or a reject where another one has its id."""
        path = article.source.path
        if not self._paths or self._paths[-1] != path:
            self._paths.append(path)
        if (first := self._places.get(article.id)) is None:
            self._places[article.id] = (len(self._paths) - 1) * self._MOST_LINES + line
            return article
        file, first_line = divmod(first, self._MOST_LINES)
        reason = f"the id {article.id} is taken by {self._paths[file]}:{first_line}"
        return Reject(path, line, reason, "remove one of the two, or change its id")


class _Lines:
    """Line numbers of offsets into a text, cheap where the offsets rise."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._offset = 0
        self._line = 1

    def at(self, offset: int) -> int:
        """The number of the line the offset is on, counted from 1."""
        if offset < self._offset:
            self._offset, self._line = 0, 1
        self._line += self._text.count("\n", self._offset, offset)
        self._offset = offset
        return self._line
