"""A whole corpus, article by article, in one order, with an account of what was no article."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import chain, groupby
from pathlib import Path
from typing import Any, NamedTuple

from search_app.articles import IMPORTERS, LINE_BY_LINE, PAGES, endings
from search_app.articles.base import LONGEST_DOCUMENT, BinaryFile, BinaryImporter, SourceFile
from search_app.articles.corpus.continued import join_continued
from search_app.articles.corpus.decode import check_encoding, read_bytes, read_file
from search_app.articles.corpus.files import CorpusFile, Listing, ending_of, list_files
from search_app.articles.corpus.ids import Ids, read_withdrawn
from search_app.articles.corpus.ledger import CorpusGroup, CorpusLedger
from search_app.articles.corpus.origins import Origins
from search_app.articles.corpus.packing import ARCHIVE, UNPACKED_BYTES, list_members
from search_app.articles.corpus.parts import CorpusPart, cut_into_parts, issue_of_pages
from search_app.articles.pages import PAGE_PARSERS
from search_app.model import Article, Reject, Source
from search_app.remembered import UnchangedLines

# For a file's name what is remembered of its lines, by their hashes.
KnownLines = Callable[[str], Mapping[int, int]]


class PlacedItem(NamedTuple):
    """An article, a reject or lines that did not change, the line it begins on, a hash of that."""

    item: Article | Reject | UnchangedLines
    line: int
    line_hash: int = 0


@dataclass(frozen=True, slots=True)
class PartReader:
    """Reads the articles and rejects of parts, in their order; can be pickled for a worker.

    Articles in `withdrawn` (ids with reasons) come with that kind, their paths without `root`. Two
    may have one id: whoever sees all parts decides which one keeps it.
    """

    encoding: str | None
    withdrawn: Mapping[str, str]
    root: str = ""

    def __call__(self, part: CorpusPart, known: KnownLines | None = None) -> Iterator[PlacedItem]:
        """The items of a part; the lines that are known are not read again."""
        for issue, files in groupby(part.files, issue_of_pages):
            items = self._read_all(files, known)
            if issue is not None:
                items = self._with_joined_articles(list(items))
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

    def _read_all(
        self,
        files: Iterable[CorpusFile | SourceFile | Reject],
        known_lines: KnownLines | None,
    ) -> Iterator[PlacedItem]:
        for item in files:
            file: SourceFile | BinaryFile | Reject
            if not isinstance(item, CorpusFile):
                file = item
            elif isinstance(IMPORTERS[item.ending], BinaryImporter):
                file = read_bytes(item, self.encoding)
            else:
                file = read_file(item, self.encoding)
            if isinstance(file, Reject):
                yield PlacedItem(file, file.line)
            elif isinstance(file, SourceFile) and ending_of(file.path) in LINE_BY_LINE:
                yield from self._lines_read(file, known_lines)
            else:
                yield from self._imported(file)

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
                assert not isinstance(item, UnchangedLines)  # nothing was read before
                # Furniture may repeat, as it does on every page of a paper.
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
        for is_unread, run in groupby(groups, unread.__contains__):
            if is_unread:
                yield from run
            else:
                items = chain.from_iterable(group.items for group in run)
                yield from cut_into_parts(items, self._encoding)

    def ledger(self, root: str, withdrawn: Mapping[str, str]) -> CorpusLedger:
        """What the files are now; `root` is left out of names, `withdrawn` are ids with reasons."""
        return CorpusLedger(self._files, root, self._encoding, withdrawn)


def read_corpus(path: Path, *, encoding: str | None = None) -> Iterator[Article | Reject]:
    """The articles and rejects of a corpus; raises what CorpusReader does, before the first."""
    return iter(CorpusReader(path, encoding=encoding))


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
