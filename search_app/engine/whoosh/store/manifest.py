"""The manifest of a generation: what it holds, made of what, and a hash for every file.

Beside it lie two tables of ids: those withdrawn, with reasons, and earlier ones, with later ones.
"""

import hashlib
import importlib.metadata
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path

from search_app import __version__
from search_app.engine.columns import FACETS
from search_app.engine.whoosh.store.array_file import REMEDY
from search_app.errors import DamagedIndex, WrongFormat
from search_app.model import Counts, IndexStatus

NAME = "manifest.json"
WITHDRAWN = "withdrawn.json"
ALIASES = "aliases.json"
FORMAT = 8
# Ids, paths and texts lie in their files as they did from this format on: a rebuild reads them to
# know which articles there were. 6 lacks the champion lists of 5, 7 has a ledger of files, 8 has
# the long fields of an article last.
_OLDEST_WITH_IDS = 5
# Smaller files are hashed at every opening; to hash the others takes longer than to open them, so
# only a full check does.
HASHED_AT_OPENING = 1024 * 1024
_OTHER = "the index was built with another {}; " + REMEDY


@dataclass(frozen=True, slots=True)
class File:
    """Size in bytes and SHA-256 of one file of a generation."""

    bytes: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> "File":
        """Reads the file to its end."""
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return cls(path.stat().st_size, digest)


@dataclass(frozen=True, slots=True)
class SegmentCounts:
    """How many documents a segment has, deleted ones included, and how many terms each field."""

    documents: int
    lengths: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What stands in `manifest.json`; `built_at` is UTC, ISO 8601."""

    generation: str
    built_at: str
    counts: Counts
    segments: dict[str, SegmentCounts]
    gone: int
    files: dict[str, File]
    fingerprint: dict[str, str]
    format: int = FORMAT
    version: str = __version__

    def to_bytes(self) -> bytes:
        """As JSON, keys in order, so that equal manifests are equal bytes."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, data: bytes, for_ids: bool = False) -> "Manifest":
        """Raises WrongFormat for another format or fingerprint, DamagedIndex if unreadable."""
        try:
            values = json.loads(data)
            # A later format may lack any of the rest: it is asked first. Who reads ids, paths and
            # texts alone takes an earlier one, and any fingerprint.
            oldest = _OLDEST_WITH_IDS if for_ids else FORMAT
            if values["format"] not in range(oldest, FORMAT + 1):
                raise WrongFormat(_OTHER.format("version of search-app"))
            values["counts"] = Counts(**values["counts"])
            for key, kind in (("segments", SegmentCounts), ("files", File)):
                values[key] = {name: kind(**row) for name, row in values[key].items()}
            manifest = cls(**values)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise DamagedIndex(f"{NAME} cannot be read ({error}); {REMEDY}") from error
        for name, value in fingerprint().items():
            if not for_ids and manifest.fingerprint.get(name) != value:
                raise WrongFormat(_OTHER.format(name))
        return manifest

    def check(self, folder: Path, everything: bool = False) -> None:
        """Raises DamagedIndex where a file is missing, of another size, or of another hash."""
        self.check_sizes(folder)
        for name, expected in self.files.items():
            small = expected.bytes < HASHED_AT_OPENING
            if (everything or small) and File.of(folder / name) != expected:
                raise DamagedIndex(f"{folder.name}/{name} has another hash; {REMEDY}")

    def check_sizes(self, folder: Path) -> None:
        """Raises DamagedIndex where a file is missing or of another size; reads none."""
        for name, expected in self.files.items():
            path = folder / name
            if not path.is_file():
                raise DamagedIndex(f"{folder.name}/{name} is missing; {REMEDY}")
            if path.stat().st_size != expected.bytes:
                raise DamagedIndex(f"{folder.name}/{name} has another size; {REMEDY}")

    def status(self) -> IndexStatus:
        """The status of the generation."""
        return IndexStatus.of(
            self.counts,
            generation=self.generation,
            engine="whoosh",
            built_at=self.built_at,
            version=self.version,
            bytes=sum(file.bytes for file in self.files.values()),
        )


def fingerprint() -> dict[str, str]:
    """All that terms depend on, by name: an index with another one would miss what it holds."""
    return {
        "Unicode version": unicodedata.unidata_version,
        "table of characters": _digest_of_table("search_app.text", "t2s.tsv"),
        "list of stop words": _digest_of_table("search_app.analysis", "stopwords.txt"),
        "list of titles and surnames": _digest_of_table("search_app.analysis", "names.tsv"),
        "table of filters": " ".join(FACETS),
        "dictionary": "jieba " + importlib.metadata.version("jieba"),
        "version of Whoosh": importlib.metadata.version("whoosh3"),
    }


def _digest_of_table(package: str, name: str) -> str:
    return hashlib.sha256((files(package) / name).read_bytes()).hexdigest()


def read_table(path: Path) -> dict[str, str]:
    """A table of ids; raises OSError, ValueError and TypeError where it cannot be read."""
    return dict(json.loads(path.read_bytes()))


def write_table(path: Path, table: Mapping[str, str]) -> None:
    """Writes a table of ids, in their order, so that equal tables are equal bytes."""
    text = json.dumps(dict(sorted(table.items())), ensure_ascii=False, indent=0)
    path.write_text(text, encoding="utf-8")
