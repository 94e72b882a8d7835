"""Readers that other packages announce as entry points, beside those of our own tables."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from traceback import extract_tb
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, cast

from search_app.articles.base import BinaryFile, BinaryImporter, SourceFile
from search_app.errors import BadPlugin
from search_app.model import Article, Reject

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUPS = ("search_app.importers", "search_app.page_parsers")
Reader = TypeVar("Reader")


class ReaderTable(Mapping[str, Reader]):
    """Our own readers by name, and those that installed packages announce in a group.

    A lookup imports what it returns, so that what nobody asks for disturbs nobody; it raises
    KeyError, or BadPlugin for what cannot be used. Rivals for our names and `reserved` ones only
    `check` sees.
    """

    def __init__(self, group: str, own: Mapping[str, Reader], reserved: Sequence[str] = ()) -> None:
        self._group, self.own, self._reserved = group, dict(own), reserved
        self._announced: dict[str, list[EntryPoint]] | None = None
        self._imported: dict[str, Reader] = {}

    def __getitem__(self, name: str) -> Reader:
        if name in self.own:
            return self.own[name]
        if name not in self._imported:
            self._imported[name] = self._load(self._claims()[name])
        return self._imported[name]

    def __contains__(self, name: object) -> bool:
        return name in self.own or name in self._imported or name in self._claims()

    def __iter__(self) -> Iterator[str]:
        return iter({**self.own, **self._claims()})

    def __len__(self) -> int:
        return len({**self.own, **self._claims()})

    def check(self, name: str) -> None:
        """Raises BadPlugin where a name of ours is claimed, or another's reader is no use."""
        claims = self._claims().get(name, [])
        if claims and (name in self.own or name in self._reserved):
            self.refuse(name, "which is taken; uninstall it, or let it take another name")
        if claims:
            self._imported[name] = self._load(claims)

    def refuse(self, name: str, fault: str) -> NoReturn:
        """Raises BadPlugin for a name that other packages claim, with what is wrong with it."""
        raise BadPlugin(f"{_who(self._claims()[name])} claims {name!r}, {fault}")

    # The entry points of the group by name, of every package on the path; looked up once.
    def _claims(self) -> dict[str, list["EntryPoint"]]:
        if self._announced is None:
            # Neither a search nor a server comes here: the import takes longer than the look.
            from importlib.metadata import entry_points

            self._announced = {}
            for point in entry_points(group=self._group):
                self._announced.setdefault(point.name, []).append(point)
        return self._announced

    def _load(self, claims: list["EntryPoint"]) -> Reader:
        name, who = claims[0].name, _who(claims)
        if len(claims) > 1:
            raise BadPlugin(f"{who} both claim {name!r}; uninstall all but one of them")
        (point,) = claims
        try:
            reader: Reader = point.load()
        except Exception as error:  # whatever the other package does while it is imported
            cause = f"{type(error).__name__}: {error}"
            situation = f"{name!r} of {who} cannot be imported ({cause})"
            raise BadPlugin(f"{situation}; mend or uninstall it") from error
        if not callable(reader):
            situation = f"{name!r} of {who} is {point.value}, no function"
            raise BadPlugin(f"{situation}; mend or uninstall it")
        safe: Any = _rejecting_failures(reader, point)
        if isinstance(reader, BinaryImporter):
            safe = BinaryImporter(safe)
        return cast("Reader", safe)


def _rejecting_failures(
    reader: Callable[[Any], Iterator[Article | Reject]], point: "EntryPoint"
) -> Callable[[Any], Iterator[Article | Reject]]:
    def read(file: SourceFile | BinaryFile) -> Iterator[Article | Reject]:
        try:
            yield from reader(file)
        except Exception as error:  # no reader may raise, but this one is nobody's we know
            where = extract_tb(error.__traceback__)[-1]
            cause = f"{type(error).__name__}: {error}, {Path(where.filename).name}:{where.lineno}"
            reason = f"{point.name!r} of {_who([point])} failed on it ({cause})"
            remedy = "mend that package; nothing more is read of the file"
            yield Reject(file.path, 0, reason, remedy)

    return read


def providers() -> Iterator[str]:
    """Every package that announces a reader, with its version and a digest of its code."""
    from importlib.metadata import entry_points
    from importlib.util import find_spec

    for group in GROUPS:
        for point in entry_points(group=group):
            # Of the code too: who writes a parser changes it many times between two versions.
            digest = blake2b(digest_size=16)
            spec = find_spec(point.module.split(".")[0])
            if spec and spec.origin:
                sources = [Path(spec.origin)]
                if sources[0].name == "__init__.py":
                    sources = sorted(sources[0].parent.rglob("*.py"))
                for source in sources:
                    digest.update(source.read_bytes())
            yield f"{point.name} {_who([point])} {digest.hexdigest()}"


def _who(claims: list["EntryPoint"]) -> str:
    packages = []
    for point in claims:
        name = f"the package {point.dist.name} {point.dist.version}" if point.dist else ""
        packages.append(name or "a package without a name")
    return " and ".join(packages)
