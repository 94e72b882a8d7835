"""Making an index from a corpus, and looking at what a corpus holds."""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Protocol

from search_app.analysis.dictionaries import NO_DICTIONARIES, Dictionaries
from search_app.articles.corpus.damage import SMALLEST_SHARE, DamageGuard, LiveFiles
from search_app.articles.corpus.files import ABOUT, may_hold_articles, printable
from search_app.articles.corpus.ids import Ids
from search_app.articles.corpus.ledger import CorpusGroup
from search_app.articles.corpus.parts import CorpusPart
from search_app.articles.corpus.reader import CorpusReader, PartReader
from search_app.engine.base import Corpus
from search_app.errors import GuardRefused
from search_app.model import Article, Counts, IndexStatus, Reject
from search_app.remembered import Extent

# What is counted, how much is found and how much is live, to what is published; may raise.
Approval = Callable[[Counts, Extent, Extent], Counts]
Build = Callable[[Corpus, Approval, int, Dictionaries], IndexStatus]


class IndexBuilder(Protocol):
    """Builds an index anew while the live one goes on; each method may raise as the service's."""

    def has_index(self) -> bool: ...

    def refuse(self, corpus: Path) -> None:
        """Raises GuardRefused for a corpus that building would destroy."""

    def rebuild(
        self, corpus: Corpus, accept: Approval, jobs: int, dictionaries: Dictionaries
    ) -> IndexStatus:
        """Builds and publishes, unless `accept` raises (see `IndexingService.rebuild`)."""

    def update(
        self, corpus: Corpus, accept: Approval, jobs: int, dictionaries: Dictionaries
    ) -> IndexStatus:
        """As `rebuild`, for little work where little has changed."""

    def aliases(self) -> Mapping[str, str]:
        """The ids that articles had earlier, with those that stand for them."""

    def roll_back(self) -> IndexStatus: ...

    def verify(self) -> IndexStatus: ...


class Progress(Protocol):
    """What a build reports to while it goes on: a terminal, a log."""

    def read(self, done: int, total: int) -> None:
        """Called when so many of so many bytes of the corpus are read."""

    def rejected(self, reject: Reject) -> None:
        """Called with each piece of input that became no article."""

    def unknown(self, withdrawn: Sequence[str]) -> None:
        """Called if ids were withdrawn that no article has, with all of them."""

    def writing(self) -> None:
        """Called when everything is read; what follows takes a while."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a build may do: how it decodes files, by how many processes, past which guards.

    `encoding` None: UTF-8, or what a byte order mark says. `jobs` None: one for each processor.
    `force` goes past what guards against loss, `forced` for these files, folders, archives only.
    """

    encoding: str | None = None
    dictionaries: Path | None = None
    jobs: int | None = None
    strict: bool = False
    allow_empty: bool = False
    force: bool = False
    forced: tuple[str, ...] = ()


class IndexingService:
    """Builds the index from a corpus, guarding what is live."""

    def __init__(self, builder: IndexBuilder) -> None:
        self._builder = builder

    def has_index(self) -> bool:
        """Whether there is a generation, sound or not."""
        return self._builder.has_index()

    def rebuild(self, corpus: Path, options: Options, progress: Progress) -> IndexStatus:
        """Builds a new generation from the corpus and makes it the live one.

        Raises GuardRefused for folders that must not be mixed up, for an empty corpus, for one
        much smaller than what is live, and with `strict` at the first reject; BadCorpus, BadSetting
        for a dictionary with a fault, AlreadyRunning, and OSError. In every one of these cases the
        live generation stays.
        """
        return self._build(self._builder.rebuild, corpus, options, progress)

    def update(self, corpus: Path, options: Options, progress: Progress) -> IndexStatus:
        """Brings the index up to what the corpus holds now, as `rebuild` does, for less work.

        Raises what `rebuild` raises, DamagedIndex where the live generation is unsound, and
        GuardRefused where it was built with other dictionaries.
        """
        return self._build(self._builder.update, corpus, options, progress)

    def _build(
        self, build: Build, corpus: Path, options: Options, progress: Progress
    ) -> IndexStatus:
        self._builder.refuse(corpus)
        reporting = ReportingCorpus(corpus, options, progress, self._builder.aliases())
        jobs = options.jobs or len(os.sched_getaffinity(0))
        words = NO_DICTIONARIES
        if options.dictionaries:
            words = Dictionaries.read(options.dictionaries)
        return build(reporting, reporting.accept, jobs, words)

    def roll_back(self) -> IndexStatus:
        """Switches to the generation before the live one; raises GuardRefused, DamagedIndex."""
        return self._builder.roll_back()

    def verify(self) -> IndexStatus:
        """Checks every byte of the live generation; raises DamagedIndex, naming the file."""
        return self._builder.verify()

    def concerns(self, corpus: Path, path: Path) -> bool:
        """Whether a change of this path may change what an update of the corpus does.

        Both are absolute. Of a corpus that is a file so may the files about it, beside it.
        """
        folder = corpus if corpus.is_dir() else corpus.parent
        if not path.is_relative_to(folder):
            return True  # of another folder that somebody asks about
        below = str(path.relative_to(folder))
        if corpus.is_file() and path != corpus and below not in ABOUT:
            return False
        return may_hold_articles(below)

    def extract(self, paths: Iterable[Path], encoding: str | None) -> Iterator[Article | Reject]:
        """The articles and rejects of files or folders, in their order; nothing is indexed."""
        for path in paths:
            yield from CorpusReader(path, encoding=encoding)


class ReportingCorpus:
    """A corpus that reports how far it is read, and claims the ids of its articles."""

    def __init__(
        self, corpus: Path, options: Options, progress: Progress, aliases: Mapping[str, str]
    ) -> None:
        reader = CorpusReader(corpus, encoding=options.encoding)
        self._reader, self._options, self._progress = reader, options, progress
        # Where the corpus lies is nobody's business: the paths of articles are inside it.
        folder = corpus if corpus.is_dir() else corpus.parent
        self._root = printable(str(folder)).rstrip("/") + "/"
        self._aliases = aliases
        # What is withdrawn under an id that it had earlier is withdrawn under the one it has now.
        withdrawn: dict[str, str] = {}
        for old, reason in reader.withdrawn.items():
            if old in aliases:
                withdrawn[aliases[old]] = reason
        self.withdrawn: Mapping[str, str] = {**withdrawn, **reader.withdrawn}
        self.size = reader.text_bytes
        self._ids, self._done = Ids(), 0
        self.origin = blake2b(os.fsencode(corpus.resolve()), digest_size=16).digest()
        # Before anything is read: what changes meanwhile is seen as changed the next time.
        self._ledger = reader.ledger(self._root, self.withdrawn)
        self.groups: Sequence[CorpusGroup] = self._ledger.groups
        self.is_unchanged, self.records = self._ledger.is_unchanged, self._ledger.records
        forced = tuple(map(self._name_in_corpus, options.forced))
        guard = DamageGuard(self._root, None, forced, options.force, options.allow_empty)
        self.read = PartReader(options.encoding, self.withdrawn, self._root, guard)

    def compare(self, live: LiveFiles | None) -> None:
        unlisted: Mapping[str, Sequence[str]] = {}
        if live:
            unlisted = self._ledger.keep(live.names_under)
        guard = replace(self.read.guard, live=live, unlisted=unlisted)
        self.read = replace(self.read, guard=guard)

    def parts(self, unread: Collection[CorpusGroup] = ()) -> Iterator[CorpusPart | CorpusGroup]:
        self._ids, self._done = Ids(), 0
        if unread:
            return self._reader.parts_but(self.groups, unread, self.read.guard)
        return self._reader.parts(self.read.guard)

    def whole(self, group: CorpusGroup) -> CorpusPart:
        return CorpusPart(group.items, group.size)

    # A file as people name it, from where they are or from the corpus on, as articles name it.
    def _name_in_corpus(self, file: str) -> str:
        absolute, root = os.path.abspath(file), os.path.abspath(self._root) + "/"
        if absolute.startswith(root):
            return printable(absolute.removeprefix(root))
        return printable(os.path.normpath(file))

    def claim(self, article_id: str, path: str, line: int) -> Reject | None:
        return self._ids.claim(article_id, self._root + path, line)

    def is_claimed(self, article_id: str) -> bool:
        return article_id in self._ids

    def report(self, part: CorpusPart | CorpusGroup, rejects: Sequence[Reject]) -> None:
        self._done += part.size
        self._progress.read(self._done, self._reader.total_bytes)
        for reject in rejects:
            self._progress.rejected(reject)
            if self._options.strict:
                raise GuardRefused("stopped at the first rejected input, as --strict asks")

    def accept(self, counts: Counts, found: Extent, live: Extent) -> Counts:
        """What was counted, once all is read; raises GuardRefused for what looks like a loss."""
        if not found.articles and not self._options.allow_empty:
            raise GuardRefused(
                f"0 articles were found, nothing was published ({self._reader.ignored_files} files "
                "have an ending that nothing reads); check --corpus, "
                "or allow an empty index with --allow-empty"
            )
        share = found.articles / live.articles if live.articles else 1
        # A new parser may make fewer articles of the same characters.
        if live.characters and found.characters:
            share = found.characters / live.characters
        if share < SMALLEST_SHARE and not self._options.force:
            raise GuardRefused(
                f"the new index would hold {counts.indexed} articles, the live one holds "
                f"{live.articles}, and {share:.0%} of what was read for that is left; "
                "nothing was published; check --corpus, or insist with --force"
            )
        unknown = []
        for withdrawn in self._reader.withdrawn:
            current = self._aliases.get(withdrawn, withdrawn)
            if withdrawn not in self._ids and current not in self._ids:
                unknown.append(withdrawn)
        if unknown:
            self._progress.unknown(unknown)
        self._progress.writing()
        return replace(counts, ignored_files=self._reader.ignored_files)
