"""A whole corpus, article by article, in one order, with an account of what was no article."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import chain, groupby
from pathlib import Path
from typing import Any, NamedTuple

from search_app.articles import IMPORTERS, LINE_BY_LINE, PAGES, endings
from search_app.articles.base import (
    LONGEST_DOCUMENT,
    BinaryFile,
    BinaryImporter,
    Origin,
    SourceFile,
)
from search_app.articles.corpus.continued import join_continued
from search_app.articles.corpus.damage import (
    EMPTY,
    NO_GUARD,
    DamagedFile,
    DamageGuard,
    count_characters,
    state_of,
)
from search_app.articles.corpus.decode import check_encoding, read_bytes, read_file
from search_app.articles.corpus.files import CorpusFile, Listing, ending_of, list_files
from search_app.articles.corpus.ids import Ids, read_withdrawn
from search_app.articles.corpus.ledger import CorpusGroup, CorpusLedger
from search_app.articles.corpus.origins import Origins
from search_app.articles.corpus.packing import ARCHIVE, UNPACKED_BYTES, list_members
from search_app.articles.corpus.parts import CorpusPart, PartItem, cut_into_parts, issue_of_pages
from search_app.articles.pages import PAGE_PARSERS
from search_app.model import Article, Reject, Source
from search_app.remembered import FileReading, UnchangedLines

# For a file's name what is remembered of its lines, by their hashes.
KnownLines = Callable[[str], Mapping[int, int]]


class PlacedItem(NamedTuple):
    """What a part holds, in its order, with the line it begins on and a hash of that.

    An article, a reject, lines that did not change, or what was read of a file.
    """

    item: Article | Reject | UnchangedLines | FileReading
    line: int
    line_hash: int = 0


# What a file gave, in how many characters, and why it is not to be believed, if it is not.
class _Reading(NamedTuple):
    items: Iterable[PlacedItem]
    characters: int = 0
    fault: Reject | None = None


@dataclass(frozen=True, slots=True)
class PartReader:
    """Reads the articles and rejects of parts, in their order; can be pickled for a worker.

    Articles in `withdrawn` (ids with reasons) come with that kind, their paths without `root`. Two
    may have one id: whoever sees all parts decides which one keeps it. Of a file that `guard` takes
    for damaged come a reject and what is live of it.
    """

    encoding: str | None
    withdrawn: Mapping[str, str]
    root: str = ""
    guard: DamageGuard = NO_GUARD

    def __call__(self, part: CorpusPart, known: KnownLines | None = None) -> Iterator[PlacedItem]:
        """The items of a part; the lines that are known are not read again."""
        for issue, files in groupby(part.files, issue_of_pages):
            items: Iterable[PlacedItem]
            if issue is None:
                items = chain.from_iterable(self._items_of(file, known) for file in files)
            else:
                pages = [file for file in files if isinstance(file, CorpusFile)]
                items = self._with_joined_articles(self._read_issue(pages))
            for placed in items:
                item = placed.item
                if isinstance(item, Article) and item.kind != "furniture":
                    length = len(item.head) + len(item.body)
                    if length > LONGEST_DOCUMENT:
                        path = self.root + item.source.path
                        reason = f"{length:,} characters long"
                        remedy = f"split it: an article has at most {LONGEST_DOCUMENT:,} characters"
                        placed = placed._replace(item=Reject(path, placed.line, reason, remedy))
                yield placed

    def _items_of(self, item: PartItem, known: KnownLines | None) -> Iterator[PlacedItem]:
        if isinstance(item, CorpusFile):
            yield from self._read_file(item, known)
        elif isinstance(item, SourceFile):  # a slice of a file that was judged as a whole
            yield from self._lines_read(item, known)
        elif isinstance(item, DamagedFile):
            yield from self._kept(item.fault, [self.guard.name(item.file)], item.file.origin)
        elif isinstance(item, Reject):
            yield from self._kept(item, self.guard.unlisted.get(item.path, ()), Origin())
        else:
            yield PlacedItem(item, 0)

    def _read_file(self, file: CorpusFile, known: KnownLines | None) -> Iterator[PlacedItem]:
        before = state_of(file.on_disk)
        if isinstance(IMPORTERS[file.ending], BinaryImporter):
            read = self._bytes_read(file)
        else:
            read = self._text_read(file, known)
        judged = read.fault or self.guard.judged(file, before, read.characters)
        if isinstance(judged, Reject):
            names = [self.guard.name(file)]
            yield from self._kept(judged, names, file.origin, read.characters)
        else:
            yield PlacedItem(judged, 0)
            yield from read.items

    def _text_read(self, file: CorpusFile, known: KnownLines | None) -> _Reading:
        source = read_file(file, self.encoding)
        if isinstance(source, Reject):
            return _Reading((), fault=source)
        characters, fault = count_characters(source.text), None
        # Of a page without text its parser says more.
        if not characters and file.ending != PAGES and not self.guard.accepts_empty(file):
            fault = Reject(source.path, 0, *EMPTY)
        if file.ending in LINE_BY_LINE:
            return _Reading(self._lines_read(source, known), characters, fault)
        return _Reading(self._imported(source), characters, fault)

    # What was read of bytes only their importer knows: the characters are those of its articles.
    def _bytes_read(self, file: CorpusFile) -> _Reading:
        source = read_bytes(file, self.encoding)
        if isinstance(source, Reject):
            return _Reading((), fault=source)
        items, characters, fault = list(self._imported(source)), 0, None
        for placed in items:
            if isinstance(placed.item, Article):
                characters += count_characters(placed.item.head + placed.item.body)
            elif isinstance(placed.item, Reject):
                fault = placed.item
        if characters or not self.guard.has_live(file):
            fault = None
        return _Reading(items, characters, fault)

    # Says what is wrong, and gives what is live of these files.
    def _kept(
        self, fault: Reject, names: Sequence[str], origin: Origin, characters: int = 0
    ) -> Iterator[PlacedItem]:
        items: list[PlacedItem] = []
        for name in names:
            items += self._live_items(name, origin, characters)
        if len(items) > len(names):
            fault = replace(fault, reason=f"{fault.reason}; its articles stay as they were")
        yield PlacedItem(fault, fault.line)
        yield from items

    def _live_items(self, name: str, origin: Origin, characters: int = 0) -> Iterator[PlacedItem]:
        reading, held = self.guard.kept(name, characters)
        yield PlacedItem(reading, 0)
        for article, line, line_hash in held:
            # Of withdrawn articles nothing is kept but ids: none can be shown again from here.
            if article.kind == "withdrawn" and article.id not in self.withdrawn:
                continue
            if not origin.full_text:
                article = replace(article, full_text=False)
            yield PlacedItem(self._with_withdrawal(article), line, line_hash)

    def _read_issue(self, files: Sequence[CorpusFile]) -> list[PlacedItem]:
        pages = [list(self._read_file(file, None)) for file in files]
        names, live = list(map(self.guard.name, files)), self.guard.live
        # Of an article that goes on on another page no half stays: the issue waits as a whole.
        if live and any(map(_is_damaged, pages)) and live.run_on(names):
            for n, file in enumerate(files):
                if not _is_damaged(pages[n]) and self.guard.has_live(file):
                    pages[n] = list(self._live_items(names[n], file.origin))
        return list(chain.from_iterable(pages))

    def _lines_read(self, file: SourceFile, known_lines: KnownLines | None) -> Iterator[PlacedItem]:
        read_line = LINE_BY_LINE[ending_of(file.path)]
        # There are millions: they get their path at once, since a copy of an article takes long.
        name, end = file.path.removeprefix(self.root), file.start - 1
        known = known_lines(name) if known_lines else {}
        unchanged: list[tuple[int, int, int, int, int]] = []
        for number, text in enumerate(file.text.split("\n"), file.first_line):
            start, end = end + 1, end + 1 + len(text)
            if not text:
                continue
            digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
            line_hash = int.from_bytes(digest, "little")
            if line_hash in known:
                unchanged.append((known[line_hash], number, line_hash, start, end))
                continue
            if unchanged:
                yield PlacedItem(UnchangedLines(name, unchanged), number)
                unchanged = []
            item = read_line(text, Source(name, start, end), file.issue, number)
            if isinstance(item, Reject):
                yield PlacedItem(replace(item, path=file.path), number, line_hash)
            elif item is not None:
                if not file.origin.full_text:
                    item = replace(item, full_text=False)
                yield PlacedItem(self._with_withdrawal(item), number, line_hash)
        if unchanged:
            yield PlacedItem(UnchangedLines(name, unchanged), file.first_line)

    def _imported(self, file: SourceFile | BinaryFile) -> Iterator[PlacedItem]:
        ending = ending_of(file.path)
        importer: Callable[[Any], Iterator[Article | Reject]] = IMPORTERS[ending]
        if ending == PAGES:
            importer = PAGE_PARSERS[file.origin.parser]
        text, first = "", 0  # bytes have no lines
        if isinstance(file, SourceFile):
            text, first = file.text, 1
        counted, line = 0, first
        for item in importer(file):
            if isinstance(item, Reject):
                yield PlacedItem(item, item.line)
                continue
            source = item.source
            if source.start < counted:
                counted, line = 0, first
            line += text.count("\n", counted, source.start)
            counted = source.start
            if item.kind != "furniture":
                source = replace(source, path=source.path.removeprefix(self.root))
                item = replace(item, source=source, full_text=file.origin.full_text)
                item = self._with_withdrawal(item)
            yield PlacedItem(item, line)

    def _with_withdrawal(self, article: Article) -> Article:
        return replace(article, kind="withdrawn") if article.id in self.withdrawn else article

    def _with_joined_articles(self, pages: Sequence[PlacedItem]) -> Iterator[PlacedItem]:
        articles: dict[int, Article] = {}
        for n, (item, _, _) in enumerate(pages):
            if isinstance(item, Article) and item.kind != "furniture" and item.printed:
                articles[n] = item
        whole = dict(zip(articles, join_continued(list(articles.values())), strict=True))
        for n, placed in enumerate(pages):
            joined = whole.get(n, placed.item)
            # By the id that the whole has, beside those of its parts.
            if isinstance(joined, Article) and joined.continued:
                joined = self._with_withdrawal(joined)
            if joined is not None:  # else it continues an article before it
                yield placed._replace(item=joined)


class CorpusReader:
    """Iterates over the articles and rejects of a folder or a file, always in the same order.

    `ignored_files`, `total_bytes`, `text_bytes` (about what they unpack to) and `withdrawn` are
    known from the start. Raises BadCorpus where there is no corpus, BadSetting for an unknown
    encoding, BadPlugin where files need an importer of another package that cannot be used.
    """

    def __init__(self, path: Path, *, encoding: str | None = None) -> None:
        check_encoding(encoding)
        listing = _listing(path)
        self._files, self.ignored_files = listing.items, listing.ignored
        self._encoding, self.withdrawn = encoding, read_withdrawn(path)
        self.total_bytes = self.text_bytes = 0
        for file in self._files:
            if isinstance(file, CorpusFile):
                self.total_bytes += file.size
                is_packed = file.member or file.path.lower().endswith(".gz")
                self.text_bytes += file.size * (UNPACKED_BYTES if is_packed else 1)

    def __iter__(self) -> Iterator[Article | Reject]:
        """Every article once: where an id is taken, the later article is a Reject."""
        ids, read = Ids(), PartReader(self._encoding, self.withdrawn)
        for part in self.parts():
            for item, line, _ in read(part):
                if isinstance(item, FileReading):
                    continue
                assert not isinstance(item, UnchangedLines)  # nothing was read before
                # Furniture may repeat, as it does on every page of a paper.
                if isinstance(item, Article) and item.kind != "furniture":
                    yield ids.claim(item.id, item.source.path, line) or item
                else:
                    yield item

    def parts(self, guard: DamageGuard = NO_GUARD) -> Iterator[CorpusPart]:
        """The corpus in parts of about the same size; what each holds depends on nothing else."""
        return cut_into_parts(self._files, self._encoding, guard)

    def parts_but(
        self,
        groups: Iterable[CorpusGroup],
        unread: Collection[CorpusGroup],
        guard: DamageGuard,
    ) -> Iterator[CorpusPart | CorpusGroup]:
        """As `parts`; groups that are left `unread` stand as they are, in their place."""
        for is_unread, run in groupby(groups, unread.__contains__):
            if is_unread:
                yield from run
            else:
                items = chain.from_iterable(group.items for group in run)
                yield from cut_into_parts(items, self._encoding, guard)

    def ledger(self, root: str, withdrawn: Mapping[str, str]) -> CorpusLedger:
        """What the files are now; `root` is left out of names, `withdrawn` are ids with reasons."""
        return CorpusLedger(self._files, root, self._encoding, withdrawn)


def read_corpus(path: Path, *, encoding: str | None = None) -> Iterator[Article | Reject]:
    """The articles and rejects of a corpus; raises what CorpusReader does, before the first."""
    return iter(CorpusReader(path, encoding=encoding))


def _is_damaged(items: Iterable[PlacedItem]) -> bool:
    return any(isinstance(item, FileReading) and item.is_damaged for item, _, _ in items)


def _listing(path: Path) -> Listing:
    origins, known_endings = Origins.read(path), endings()
    on_disk = list_files(path, known_endings)
    whole = Listing(ignored=on_disk.ignored)
    for item in on_disk.items:
        found = Listing([item])
        if isinstance(item, CorpusFile) and item.ending == ARCHIVE:
            found = list_members(item, known_endings)
        whole.items += map(origins.apply, found.items)
        whole.ignored += found.ignored
    # Before anything is read: a build that takes hours is not to fail on its last file.
    listed = (*on_disk.items, *whole.items)
    for ending in sorted({item.ending for item in listed if isinstance(item, CorpusFile)}):
        IMPORTERS.check(ending)
    return whole
