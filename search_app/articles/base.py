"""The extension points of this floor: importers read files, a page parser reads pages."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from search_app.model import Article, Reject

LONGEST_DOCUMENT = 1_000_000  # characters of an article, all fields together


@dataclass(frozen=True, slots=True)
class Issue:
    """What a file's place says of the articles in it: newspaper, ISO date, page."""

    newspaper: str | None = None
    date: str | None = None
    page_no: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """What `corpus.toml` says of the files in a folder; `columns` has the fields by their names."""

    encoding: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    parser: str = "default"
    full_text: bool = True


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One readable file of a corpus: its printed path, its decoded text, what its place says.

    `text` keeps the file's line ends and every other character, so that offsets point into it;
    only control characters were made spaces, one for one. A long file of lines that are records
    comes in slices, from the character `start`, on line `first_line`; importers of other packages
    and page parsers get files whole, where these are 0 and 1.
    """

    path: str
    text: str
    issue: Issue = field(default_factory=Issue)
    start: int = 0
    first_line: int = 1
    origin: Origin = field(default_factory=Origin)


@dataclass(frozen=True, slots=True)
class BinaryFile:
    """One readable file of a corpus that is no plain text: its bytes, unpacked.

    `encoding` is what somebody said its text is in, if anybody did.
    """

    path: str
    data: bytes
    issue: Issue = field(default_factory=Issue)
    encoding: str | None = None
    origin: Origin = field(default_factory=Origin)


# Reads one kind of text file: yields every article or reject of it in the order of the file, and
# raises nothing for bad content.
Importer = Callable[[SourceFile], Iterator[Article | Reject]]
# Takes a printed page apart into its articles, in its order, each with the characters it is from.
PageParser = Callable[[SourceFile], Iterator[Article | Reject]]


@dataclass(frozen=True, slots=True)
class BinaryImporter:
    """Marks an importer that reads bytes: such a file says itself how they become text (PDF, HTML).

    `source` counts in the text that the importer makes of it; all its articles are on line 0.
    """

    read: Callable[[BinaryFile], Iterator[Article | Reject]]

    def __call__(self, file: BinaryFile) -> Iterator[Article | Reject]:
        return self.read(file)
