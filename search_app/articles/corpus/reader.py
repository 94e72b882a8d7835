"""A whole corpus, article by article, in one order, with an account of what was no article."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby
from pathlib import Path
from typing import NamedTuple

from search_app.articles import BINARY_IMPORTERS, ENDINGS, IMPORTERS, LINE_BY_LINE, PAGES
from search_app.articles.base import LONGEST_DOCUMENT, BinaryFile, Issue, SourceFile
from search_app.articles.corpus.continued import joined
from search_app.articles.corpus.decode import check_encoding, read_bytes, read_file, read_slices
from search_app.articles.corpus.files import FoundFile, Listing, ending_of, list_files
from search_app.articles.corpus.origins import Origins
from search_app.articles.corpus.packing import ARCHIVE, list_members
from search_app.articles.corpus.withdrawn import read_withdrawn
from search_app.articles.pages import PAGE_PARSERS
from search_app.model import Article, Reject, Source

# Bytes of the files in a part, and characters of a slice: what one task of a build reads.
PART = 1_000_000
_PAGE_OF_PDF = 40_000  # bytes of text on a very full page
PACKED = 4  # bytes of text in a byte of a packed file, about


class PlacedItem(NamedTuple):
    """An article, or a reject, and the line of its file that it begins on."""

    item: Article | Reject
    line: int


@dataclass(frozen=True, slots=True)
class Part:
    """Some files of a corpus, or a slice of one; `size` of the corpus's bytes are read with it."""

    pieces: tuple[FoundFile | SourceFile | Reject, ...]
    size: int


@dataclass(frozen=True, slots=True)
class PartReader:
    """Reads the articles and rejects of parts, in their order; whose id is taken is not known here.

    Articles in `withdrawn` come with that kind. `root` is left out of the paths of articles.
    """

    encoding: str | None
    withdrawn: Mapping[str, str]
    root: str = ""

    def __call__(self, part: Part) -> Iterator[PlacedItem]:
        for issue, pieces in groupby(part.pieces, _issue_of):
            found = chain.from_iterable(map(self._piece, pieces))
            yield from map(self._finished, _joined(list(found)) if issue else found)

    def _piece(self, piece: FoundFile | SourceFile | Reject) -> Iterator[PlacedItem]:
        file = self._content(piece) if isinstance(piece, FoundFile) else piece
        if isinstance(file, Reject):
            yield PlacedItem(file, file.line)
            return
        for item, line in _imported(file):
            if isinstance(item, Article) and item.kind == "article":
                item = self._known(replace(item, full_text=file.origin.full_text))
            yield PlacedItem(item, line)

    def _content(self, file: FoundFile) -> SourceFile | BinaryFile | Reject:
        if file.ending in BINARY_IMPORTERS:
            return read_bytes(file, self.encoding)
        return read_file(file, self.encoding)

    def _finished(self, located: PlacedItem) -> PlacedItem:
        """An article with its kind and paths as they are shown; a reject where it is too long."""
        article, line = located
        if isinstance(article, Reject) or article.kind == "furniture":
            return located
        source, *continued = map(self._placed, (article.source, *article.continued))
        finished = replace(self._known(article), source=source, continued=tuple(continued))
        return PlacedItem(_too_long(article, line) or finished, line)

    def _known(self, article: Article) -> Article:
        """The article as withdrawn, if it is: by its own id, or as a piece of a whole."""
        withdrawn = article.id in self.withdrawn
        return replace(article, kind="withdrawn") if withdrawn else article

    def _placed(self, source: Source) -> Source:
        return replace(source, path=source.path.removeprefix(self.root))


class CorpusReader:
    """Iterates over the articles and rejects of a folder or a file, always in the same order.

    `ignored_files`, `total_bytes`, `text_bytes` (about what they unpack to) and `withdrawn` are
    known from the start. Articles that were withdrawn come with that kind. Raises BadCorpus where
    there is no corpus, BadSetting for an unknown encoding.
    """

    def __init__(self, path: Path, *, encoding: str | None = None) -> None:
        check_encoding(encoding)
        listing = _listing(path)
        self._files = listing.found
        self._encoding = encoding
        self.withdrawn = read_withdrawn(path)
        self.ignored_files = listing.ignored
        files = [file for file in self._files if isinstance(file, FoundFile)]
        self.total_bytes = sum(file.size for file in files)
        self.text_bytes = sum(
            f.size * (PACKED if f.member or f.path.lower().endswith(".gz") else 1) for f in files
        )

    def __iter__(self) -> Iterator[Article | Reject]:
        """Every article once: where an id is taken, the later article is a Reject.

        Furniture may repeat, as it does on every page of a paper.
        """
        ids = Ids()
        read = PartReader(self._encoding, self.withdrawn)
        for part in self.parts():
            for item, line in read(part):
                if isinstance(item, Article) and item.kind != "furniture":
                    yield ids.claim(item.id, item.source.path, line) or item
                else:
                    yield item

    def parts(self) -> Iterator[Part]:
        """The corpus in pieces of about the same size; what each holds depends on nothing else."""
        pieces: list[FoundFile | Reject] = []
        size = text = 0
        for file in self._files:
            long = isinstance(file, FoundFile) and file.size > PART // PACKED
            if pieces and (long or size >= PART) and not _is_one_issue(pieces, file, text):
                yield Part(tuple(pieces), size)
                pieces, size, text = [], 0, 0
            if isinstance(file, FoundFile) and long and file.ending in LINE_BY_LINE:
                yield from self._slices(file)
                continue
            pieces.append(file)
            size += file.size if isinstance(file, FoundFile) else 0
            text += _text_size(file)
        if pieces:
            yield Part(tuple(pieces), size)

    def _slices(self, file: FoundFile) -> Iterator[Part]:
        left = file.size
        for piece in read_slices(file, self._encoding, PART):
            size = min(left, len(piece.text)) if isinstance(piece, SourceFile) else left
            left -= size
            yield Part((piece,), size)
        yield Part((), left)


def _issue_of(piece: FoundFile | SourceFile | Reject) -> tuple[str, Issue] | None:
    """What pages have in common that articles may run over; None for anything but pages."""
    if not isinstance(piece, FoundFile) or piece.ending in LINE_BY_LINE:
        return None
    if piece.ending == ".pdf" and not piece.issue.date:
        return piece.path, piece.issue  # whose pages may be an issue
    if not piece.issue.page_no or not piece.issue.date:
        return None
    return os.path.dirname(piece.path), replace(piece.issue, page_no=None)


def _text_size(file: FoundFile | Reject) -> int:
    """About how much text a file holds: however large a PDF is, it may be no more than this."""
    if isinstance(file, Reject):
        return 0
    return min(file.size, _PAGE_OF_PDF) if file.ending in BINARY_IMPORTERS else file.size


def _is_one_issue(
    pieces: Sequence[FoundFile | Reject], file: FoundFile | Reject, text: int
) -> bool:
    """Whether a file has to be read with those before it, as long as these are no great many."""
    issue = _issue_of(file)
    return issue is not None and issue == _issue_of(pieces[-1]) and text < PACKED * PART


def _joined(found: Sequence[PlacedItem]) -> Iterator[PlacedItem]:
    """What the pages of an issue hold, with articles that run over several of them as one."""
    pieces = {
        n: item
        for n, (item, _) in enumerate(found)
        if isinstance(item, Article) and item.kind != "furniture" and item.printed
    }
    whole = dict(zip(pieces, joined(list(pieces.values())), strict=True))
    for n, located in enumerate(found):
        if (item := whole.get(n, located.item)) is not None:
            yield located._replace(item=item)


def _listing(path: Path) -> Listing:
    """The files of a corpus and of its archives, each with what `corpus.toml` says of it."""
    origins, listing = Origins.read(path), list_files(path, ENDINGS)
    whole = Listing(ignored=listing.ignored)
    for item in listing.found:
        held = Listing([item])
        if isinstance(item, FoundFile) and item.ending == ARCHIVE:
            held = list_members(item, ENDINGS)
        whole.ignored += held.ignored
        for file in held.found:
            whole.found.append(origins.placed(file) if isinstance(file, FoundFile) else file)
    return whole


def _imported(file: SourceFile | BinaryFile) -> Iterator[PlacedItem]:
    ending = ending_of(file.path)
    if isinstance(file, BinaryFile):
        items, lines = BINARY_IMPORTERS[ending](file), None
    else:
        importer = PAGE_PARSERS[file.origin.parser] if ending == PAGES else IMPORTERS[ending]
        items, lines = importer(file), _Lines(file)
    for item in items:
        if isinstance(item, Reject):
            yield PlacedItem(item, item.line)
        else:
            yield PlacedItem(item, lines.at(item.source.start) if lines else 0)


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


class Ids:
    """The ids that are taken, and where. One number an id, as there may be millions."""

    _MOST_LINES = 1 << 32

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._paths: list[str] = []

    def __contains__(self, article_id: str) -> bool:
        return article_id in self._places

    def claim(self, article_id: str, path: str, line: int) -> Reject | None:
        """Takes an id for the article on a line; a reject where another one has it."""
        if not self._paths or self._paths[-1] != path:
            self._paths.append(path)
        if (first := self._places.get(article_id)) is None:
            self._places[article_id] = (len(self._paths) - 1) * self._MOST_LINES + line
            return None
        file, first_line = divmod(first, self._MOST_LINES)
        where = f"{self._paths[file]}:{first_line}" if first_line else self._paths[file]
        reason = f"the id {article_id} is taken by {where}"
        return Reject(path, line, reason, "remove one of the two, or change its id")


class _Lines:
    """Line numbers of offsets into a text, cheap where the offsets rise."""

    def __init__(self, file: SourceFile) -> None:
        self._file = file
        self._offset = 0
        self._line = 0

    def at(self, offset: int) -> int:
        """The number of the line the offset is on, counted from 1."""
        offset -= self._file.start
        if offset < self._offset:
            self._offset, self._line = 0, 0
        self._line += self._file.text.count("\n", self._offset, offset)
        self._offset = offset
        return self._file.first_line + self._line
