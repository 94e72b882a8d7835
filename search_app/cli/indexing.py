"""The commands that read a corpus or look after the index."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import click

from search_app.bootstrap import indexing_service, search_service
from search_app.cli.terminal import (
    BuildProgress,
    F,
    corpus_option,
    dictionaries_of,
    dictionaries_option,
    index_option,
    put,
    put_indented,
    put_json,
    say,
    settings_with,
)
from search_app.model import Article, IndexStatus, Reject
from search_app.service.indexing import Options
from search_app.settings import Settings

_REBUILD_EXAMPLE = """\b
Example:
  search-app rebuild --corpus corpus --index index"""
_UPDATE_EXAMPLE = """\b
Example:
  search-app update --corpus corpus --index index"""
_EXTRACT_EXAMPLE = """\b
Examples:
  search-app extract 澜州日报/2023-06-12/A01.txt
  search-app extract --json corpus > articles.jsonl"""

encoding_option = click.option("--encoding", metavar="E", help="Encoding of the files.")


def _build_options(command: F) -> F:
    """The options that `rebuild` and `update` share."""
    for option in (
        click.option("--force", is_flag=True, help="Publish even if many articles are gone."),
        click.option("--allow-empty", is_flag=True, help="Publish even if no article was found."),
        click.option("--strict", is_flag=True, help="Stop at the first rejected input."),
        encoding_option,
        click.option("--jobs", metavar="N", help="Processes that read; 0: one for each core."),
        dictionaries_option,
        index_option,
        corpus_option,
    ):
        command = option(command)
    return command


@click.command(epilog=_REBUILD_EXAMPLE)
@_build_options
def rebuild(**given: Any) -> int:
    """Build a new index and switch to it.

    The old one serves until the new one is complete and checked.
    """
    return _build("rebuild", given)


@click.command(epilog=_UPDATE_EXAMPLE)
@_build_options
def update(**given: Any) -> int:
    """Bring the index up to the corpus, for little work where little has changed.

    Finds what a rebuild would find; when much has changed it is one.
    """
    return _build("update", given)


def _build(command: Literal["rebuild", "update"], given: Mapping[str, Any]) -> int:
    names = ("corpus", "index", "dictionaries", "encoding", "jobs")
    settings = settings_with(**{name: given[name] for name in names})
    guards = {name: given[name] for name in ("strict", "allow_empty", "force")}
    return 1 if run_build(command, settings, **guards).rejected else 0


def run_build(
    command: Literal["rebuild", "update"], settings: Settings, **guards: bool
) -> IndexStatus:
    """Rebuilds or updates, showing progress and then what was counted, all on stderr."""
    service = indexing_service(settings)
    options = Options(
        encoding=settings["encoding"] or None,
        dictionaries=dictionaries_of(settings),
        jobs=int(settings["jobs"]) or None,
        **guards,
    )
    with BuildProgress() as progress:
        build = service.rebuild if command == "rebuild" else service.update
        status = build(Path(settings["corpus"]), options, progress)
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
@index_option
def rollback(index: str | None) -> None:
    """Switch back to the index before the live one."""
    settings = settings_with(index=index)
    status = indexing_service(settings).roll_back()
    say(f"generation {status.generation} is live in {settings['index']}")


@click.command(epilog="\b\nExample:\n  search-app verify --index index --recall 1000")
@index_option
@click.option(
    "--recall", metavar="N", type=click.IntRange(1, 100_000), help="Ask for N pieces too."
)
def verify(index: str | None, recall: int | None) -> int:
    """Check every byte of the live index.

    With --recall, also ask for pieces of its own articles and compare what is found with what a
    plain scan of the texts finds.
    """
    settings = settings_with(index=index)
    status = indexing_service(settings).verify()
    put(f"generation {status.generation}: {status.bytes:,} bytes in order")
    found = search_service(settings).recall(recall) if recall else []
    for kind in found:
        counts = f"{kind.queries:7,} queries, {kind.found:9,} of {kind.held:9,} articles"
        put(f"{kind.kind:10} {counts}, recall {kind.share:.4f}")
        for typed in kind.missed:
            say(f"search-app: {kind.kind}: {typed} misses articles that hold it")
    return 3 if any(kind.share < 1 for kind in found) else 0


@click.command(epilog=_EXTRACT_EXAMPLE)
@click.argument("paths", nargs=-1, required=True, type=Path, metavar="PATH...")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON an article.")
@click.option("--all", "everything", is_flag=True, help="Furniture and withdrawn articles too.")
@encoding_option
def extract(paths: tuple[Path, ...], as_json: bool, everything: bool, encoding: str | None) -> int:
    """Show the articles in files, without indexing them."""
    settings = settings_with(encoding=encoding)
    items = indexing_service(settings).extract(paths, settings["encoding"] or None)
    return 1 if _show(items, as_json, everything) else 0


def _show(items: Iterable[Article | Reject], as_json: bool, everything: bool) -> int:
    """Prints the articles; returns how many rejects there were."""
    rejected = 0
    for item in items:
        if isinstance(item, Reject):
            rejected += 1
            say(str(item))
        elif item.kind != "article" and not everything:
            where = f"{item.source.path}: characters {item.source.start}-{item.source.end}"
            say(f"{where}: {item.kind}")
        elif as_json:
            put_json(item)
        else:
            _put_article(item)
    return rejected


def _put_article(article: Article) -> None:
    title = f"({article.title})" if article.title_is_derived else article.title
    for part in (article.kicker, title, article.subtitle):
        if part:
            put(part)
    about = [article.newspaper, article.date, article.page_no, "、".join(article.authors)]
    about += [article.agency, article.place, article.mark, f"confidence {article.confidence:.2f}"]
    put("  " + " · ".join(filter(None, about)))
    put(f"  {article.source.path}: characters {article.source.start}-{article.source.end}")
    for doubt in article.doubts:
        put(f"  ? {doubt}")
    for paragraph in article.body.split("\n"):
        put_indented(paragraph, 4)
    put("")
