"""The commands that read a corpus or look after the index."""

from contextlib import closing
from pathlib import Path
from typing import Any, Literal, NoReturn

import click

from search_app.bootstrap import indexing_service, search_service
from search_app.cli.terminal import BuildProgress, options, put, say
from search_app.cli.watching import follow
from search_app.errors import OtherDictionaries
from search_app.model import IndexStatus
from search_app.service.indexing import Options
from search_app.settings import Settings, read_settings


@click.command(epilog="\b\nExample:\n  search-app rebuild --corpus corpus --index index")
@options("corpus", "index", "dictionaries", "jobs", "encoding")
@click.option("--strict", is_flag=True, help="Stop at the first rejected input.")
@click.option("--allow-empty", is_flag=True, help="Publish even if no article was found.")
@click.option(
    "--force", metavar="[FILE]", multiple=True, is_flag=False, flag_value="",
    help="Publish even if many articles are gone; with FILE, those of this file.",
)  # fmt: skip
def rebuild(**given: Any) -> int:
    """Build a new index and switch to it.

    The old one serves until the new one is complete and checked.
    """
    return _build("rebuild", given)


@click.command(
    epilog="\b\nExamples:\n  search-app update --corpus corpus --index index\n"
    "  search-app update --watch",
    params=list(rebuild.params),
)
@click.option("--watch", is_flag=True, help="Go on, with an update after each change.")
def update(watch: bool, **given: Any) -> int:
    """Bring the index up to the corpus, for little work where little has changed.

    Finds what a rebuild would find; when much has changed it is one. With --watch it goes on until
    it is ended, and updates a second after the last change.
    """
    if watch and given["force"]:
        raise click.UsageError("--force is for one update: leave out --watch.")
    return _watch(given) if watch else _build("update", given)


def _build(command: Literal["rebuild", "update"], given: dict[str, Any]) -> int:
    guards = _guards(given)
    status = run_build(command, read_settings().with_options(**given), **guards)
    return 1 if status.rejected else 0


def _watch(given: dict[str, Any]) -> NoReturn:
    guards = _guards(given)
    settings, named = read_settings().with_options(**given), set[str]()
    service, corpus = indexing_service(settings), Path(settings["corpus"]).absolute()
    folders = [corpus if corpus.is_dir() else corpus.parent]
    if dictionaries := settings.folder("dictionaries"):
        folders.append(dictionaries.absolute())

    def build() -> None:
        try:
            run_build("update", settings, named, **guards)
        except OtherDictionaries:
            say("the dictionaries changed: all texts are cut anew")
            run_build("rebuild", settings, named, **guards)

    say(f"watching {settings['corpus']}; Ctrl-C ends it")
    follow(folders, lambda path: service.concerns(corpus, path), build)


def _guards(given: dict[str, Any]) -> dict[str, Any]:
    guards = {name: given.pop(name) for name in ("strict", "allow_empty")}
    files = given.pop("force")
    return guards | {"force": "" in files, "forced": tuple(filter(None, files))}


def run_build(
    command: Literal["rebuild", "update"],
    settings: Settings,
    named: set[str] | None = None,
    **guards: Any,
) -> IndexStatus:
    """Rebuilds or updates, showing progress and then what was counted, all on stderr.

    Rejects that are in `named` are not named again; it gets those of this build.
    """
    service = indexing_service(settings)
    how = Options(
        encoding=settings["encoding"] or None, dictionaries=settings.folder("dictionaries"),
        jobs=int(settings["jobs"]) or None, **guards,
    )  # fmt: skip
    with closing(BuildProgress(named)) as progress:
        build = service.rebuild if command == "rebuild" else service.update
        status = build(Path(settings["corpus"]), how, progress)
    say(
        f"read {status.read}: {status.indexed} indexed, {status.furniture} furniture, "
        f"{status.withdrawn} withdrawn, {status.rejected} rejected; "
        f"{status.ignored_files} files ignored"
    )
    if status.doubtful:
        say(f"{status.doubtful} of the indexed are doubtful; search-app status --doubtful has them")
    say(f"generation {status.generation} is live in {settings['index']}")
    return status


@click.command(epilog="\b\nExample:\n  search-app rollback --index index")
@options("index")
def rollback(index: str | None) -> None:
    """Switch back to the index before the live one."""
    settings = read_settings().with_options(index=index)
    status = indexing_service(settings).roll_back()
    say(f"generation {status.generation} is live in {settings['index']}")


@click.command(epilog="\b\nExample:\n  search-app verify --index index --recall 1000")
@options("index")
@click.option(
    "--recall", metavar="N", type=click.IntRange(1, 100_000), help="Ask for N pieces too."
)
def verify(index: str | None, recall: int | None) -> int:
    """Check every byte of the live index.

    With --recall, also ask for pieces of its own articles and compare what is found with what a
    plain scan of the texts finds.
    """
    settings = read_settings().with_options(index=index)
    status = indexing_service(settings).verify()
    put(f"generation {status.generation}: {status.bytes:,} bytes in order")
    if not recall:
        return 0
    code = 0
    for kind in search_service(settings).recall(recall):
        counts = f"{kind.queries:7,} queries, {kind.found:9,} of {kind.held:9,} articles"
        put(f"{kind.kind:10} {counts}, recall {kind.share:.4f}")
        for typed in kind.missed:
            say(f"search-app: {kind.kind}: {typed} misses articles that hold it")
        if kind.share < 1:
            code = 3
    return code
