"""A whole corpus, article by article, in one order, with an account of what was no article."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from search_app.articles import IMPORTERS, LINE_BY_LINE, PAGES, endings
from search_app.articles.base import LONGEST_DOCUMENT, BinaryFile, BinaryImporter, SourceFile
from search_app.articles.corpus.continued import join_continued
from search_app.articles.corpus.decode import check_encoding, read_bytes, read_file
from search_app.articles.corpus.files import CorpusFile, Listing, ending_of, list_files
from search_app.articles.corpus.ids import Ids
from search_app.articles.corpus.ledger import CorpusGroup, CorpusLedger
from search_app.articles.corpus.origins import Origins
from search_app.articles.corpus.packing import ARCHIVE, list_members
from search_app.articles.corpus.parts import (
    UNPACKED_BYTES,
    CorpusPart,
    cut_into_parts,
    issue_of_pages,
)
from search_app.articles.corpus.withdrawn import read_withdrawn
from search_app.articles.pages import PAGE_PARSERS
from search_app.model import Article, Reject, Source
from search_app.remembered import UnchangedRecord

IsUnchanged = Callable[[str, int], bool]


class PlacedItem(NamedTuple):
    """An article, a reject or an unchanged record, and the line of its file that it begins on.

    Of a record that is a line by itself a hash of the line tells whether it is the same again.
    """

    item: Article | Reject | UnchangedRecord
    line: int
    line_hash: int = 0


@dataclass(frozen=True, slots=True)
class PartReader:
    """Reads the articles and rejects of parts, in their order; can be pickled for a worker.

    Articles in `withdrawn` (ids with reasons) come with that kind. `root` is left out of the paths
    of articles. Two articles may have one id: whoever sees all parts decides which one keeps it.
    """

    encoding: str | None
    withdrawn: Mapping[str, str]
    root: str = ""

    def __call__(
        self, part: CorpusPart, is_unchanged: IsUnchanged | None = None
    ) -> Iterator[PlacedItem]:
        """The items of a part; `is_unchanged` tells by a file's name and a line's hash which
        records need not be read again.
        """
        for issue, files in groupby(part.files, issue_of_pages):
            items = self._read_all(files, is_unchanged)
            if issue is not None:
                items = _with_joined_articles(list(items))
            for placed in items:
                yield self._finished(placed)

    def _read_all(
        self,
        files: Iterable[CorpusFile | SourceFile | Reject],
        is_unchanged: IsUnchanged | None,
    ) -> Iterator[PlacedItem]:
        for file in files:
            content = self._content_of(file)
            if isinstance(content, Reject):
                yield PlacedItem(content, content.line)
                continue
            if isinstance(content, SourceFile) and ending_of(content.path) in LINE_BY_LINE:
                name = content.path.removeprefix(self.root)
                placed_items = _imported_lines(content, name, is_unchanged)
            else:
                placed_items = _imported(content)
            for placed in placed_items:
                item = placed.item
                if isinstance(item, Article) and item.kind == "article":
                    shown = replace(item, full_text=content.origin.full_text)
                    yield placed._replace(item=self._with_withdrawal(shown))
                else:
                    yield placed

    def _content_of(
        self, file: CorpusFile | SourceFile | Reject
    ) -> SourceFile | BinaryFile | Reject:
        if not isinstance(file, CorpusFile):
            return file
        if isinstance(IMPORTERS[file.ending], BinaryImporter):
            return read_bytes(file, self.encoding)
        return read_file(file, self.encoding)

    def _finished(self, placed: PlacedItem) -> PlacedItem:
        """An article with its kind and paths as they are shown; a reject where it is too long."""
        article, line, _ = placed
        if isinstance(article, Reject | UnchangedRecord) or article.kind == "furniture":
            return placed
        if too_long := _too_long(article, line):
            return placed._replace(item=too_long)
        finished = replace(
            # Once more: what was joined has an id of its own since it was read.
            self._with_withdrawal(article),
            source=self._within_root(article.source),
            continued=tuple(map(self._within_root, article.continued)),
        )
        return placed._replace(item=finished)

    def _with_withdrawal(self, article: Article) -> Article:
        if article.id in self.withdrawn:
            return replace(article, kind="withdrawn")
        return article

    def _within_root(self, source: Source) -> Source:
        return replace(source, path=source.path.removeprefix(self.root))


class CorpusReader:
    """Iterates over the articles and rejects of a folder or a file, always in the same order.

    `ignored_files`, `total_bytes`, `text_bytes` (about what they unpack to) and `withdrawn` are
    known from the start. Articles that were withdrawn come with that kind. Raises BadCorpus where
    there is no corpus, BadSetting for an unknown encoding, BadPlugin where files need an importer
    of another package that cannot be used.
    """

    def __init__(self, path: Path, *, encoding: str | None = None) -> None:
        check_encoding(encoding)
        listing = _listing(path)
        self._files = listing.items
        self._encoding = encoding
        self.withdrawn = read_withdrawn(path)
        self.ignored_files = listing.ignored
        self.total_bytes = self.text_bytes = 0
        for file in self._files:
            if isinstance(file, CorpusFile):
                is_packed = file.member or file.path.lower().endswith(".gz")
                self.total_bytes += file.size
                self.text_bytes += file.size * (UNPACKED_BYTES if is_packed else 1)

    def __iter__(self) -> Iterator[Article | Reject]:
        """Every article once: where an id is taken, the later article is a Reject.

        Furniture may repeat, as it does on every page of a paper.
        """
        ids = Ids()
        read = PartReader(self._encoding, self.withdrawn)
        for part in self.parts():
            for item, line, _ in read(part):
                assert not isinstance(item, UnchangedRecord)  # nothing was read before
                if isinstance(item, Article) and item.kind != "furniture":
                    yield ids.claim(item.id, item.source.path, line) or item
                else:
                    yield item

    def parts(self) -> Iterator[CorpusPart]:
        """The corpus in parts of about the same size; what each holds depends on nothing else."""
        return cut_into_parts(self._files, self._encoding)

    def parts_but(
        self, groups: Iterable[CorpusGroup], unread: Collection[CorpusGroup]
    ) -> Iterator[CorpusPart | CorpusGroup]:
        """As `parts`; groups that are left `unread` stand as they are, in their place."""
        waiting: list[CorpusFile | Reject] = []
        for group in groups:
            if group not in unread:
                waiting.extend(group.items)
                continue
            yield from cut_into_parts(waiting, self._encoding)
            waiting = []
            yield group
        yield from cut_into_parts(waiting, self._encoding)

    def ledger(self, root: str, withdrawn: Mapping[str, str]) -> CorpusLedger:
        """What the files are now; `root` is left out of names, `withdrawn` are ids with reasons."""
        return CorpusLedger(self._files, root, self._encoding, withdrawn)


def read_corpus(path: Path, *, encoding: str | None = None) -> Iterator[Article | Reject]:
    """The articles and rejects of a corpus; raises what CorpusReader does, before the first."""
    return iter(CorpusReader(path, encoding=encoding))


def _listing(path: Path) -> Listing:
    """The files of a corpus and of its archives, each with what `corpus.toml` says of it."""
    origins, known_endings = Origins.read(path), endings()
    on_disk = list_files(path, known_endings)
    whole = Listing(ignored=on_disk.ignored)
    for item in on_disk.items:
        if isinstance(item, CorpusFile) and item.ending == ARCHIVE:
            members = list_members(item, known_endings)
            whole.ignored += members.ignored
            whole.items += members.items
        else:
            whole.items.append(item)
    for n, item in enumerate(whole.items):
        if isinstance(item, CorpusFile):
            whole.items[n] = origins.apply(item)
    # Before anything is read: a build that takes hours is not to fail on its last file.
    listed = (*on_disk.items, *whole.items)
    for ending in sorted({item.ending for item in listed if isinstance(item, CorpusFile)}):
        IMPORTERS.check(ending)
    return whole


def _imported(file: SourceFile | BinaryFile) -> Iterator[PlacedItem]:
    """What an importer makes of a file, with lines."""
    ending = ending_of(file.path)
    importer = IMPORTERS[ending]
    if isinstance(file, BinaryFile):
        assert isinstance(importer, BinaryImporter)
        for item in importer(file):
            yield PlacedItem(item, item.line if isinstance(item, Reject) else 0)
        return
    if ending == PAGES:
        importer = PAGE_PARSERS[file.origin.parser]
    assert not isinstance(importer, BinaryImporter)
    lines = _LineCounter(file)
    for item in importer(file):
        if isinstance(item, Reject):
            yield PlacedItem(item, item.line)
        else:
            yield PlacedItem(item, lines.at(item.source.start))


def _imported_lines(
    file: SourceFile, name: str, is_unchanged: IsUnchanged | None
) -> Iterator[PlacedItem]:
    """As `_imported`, line by line, each with its hash; unchanged lines are not imported."""
    importer = IMPORTERS[ending_of(file.path)]
    assert not isinstance(importer, BinaryImporter)
    start = 0
    for number, text in enumerate(file.text.split("\n"), file.first_line):
        first, start = start, start + len(text) + 1
        if not text:
            continue
        digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        line_hash = int.from_bytes(digest, "little")
        if is_unchanged and is_unchanged(name, line_hash):
            source = Source(name, file.start + first, file.start + first + len(text))
            yield PlacedItem(UnchangedRecord(source), number, line_hash)
            continue
        line = SourceFile(file.path, text, file.issue, file.start + first, number, file.origin)
        for item in importer(line):
            yield PlacedItem(item, item.line if isinstance(item, Reject) else number, line_hash)


def _with_joined_articles(pages: Sequence[PlacedItem]) -> Iterator[PlacedItem]:
    """What the pages of an issue hold, with articles that run over several of them as one."""
    numbers: list[int] = []
    articles: list[Article] = []
    for n, (read, _, _) in enumerate(pages):
        if isinstance(read, Article) and read.kind != "furniture" and read.printed:
            numbers.append(n)
            articles.append(read)
    whole = dict(zip(numbers, join_continued(articles), strict=True))
    for n, placed in enumerate(pages):
        item = whole.get(n, placed.item)
        if item is not None:  # else it continues an article before it
            yield placed._replace(item=item)


def _too_long(article: Article, line: int) -> Reject | None:
    length = len(article.head) + len(article.body)
    if length <= LONGEST_DOCUMENT:
        return None
    reason = f"{length:,} characters long"
    remedy = f"split it: an article has at most {LONGEST_DOCUMENT:,} characters"
    return Reject(article.source.path, line, reason, remedy)


class _LineCounter:
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
