"""The command `extract`: what is read from files, as text, as JSON, or as a page to compare."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

import click

from search_app.bootstrap import indexing_service
from search_app.cli.explaining import put_explanation
from search_app.cli.side_by_side import side_by_side
from search_app.cli.terminal import named_range, options, put, put_indented, put_json, say
from search_app.model import Article, Reject
from search_app.service.explaining import explain_file, shown_title
from search_app.service.sheets import Item, Sheet, sheets
from search_app.settings import read_settings

_EXAMPLE = """\b
Examples:
  search-app extract 澜州日报/2023-06-12/A01.txt
  search-app extract --json corpus > articles.jsonl
  search-app extract --html pages.html corpus
  search-app extract --explain 澜州日报/2023-06-12/A01.txt:14"""
_INDENT = 5


@click.command(epilog=_EXAMPLE)
@click.argument("paths", nargs=-1, required=True, type=Path, metavar="PATH...")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON an article.")
@click.option("--html", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Write a page: printed lines beside the articles.")  # fmt: skip
@click.option("--all", "everything", is_flag=True, help="Furniture and withdrawn articles too, "
              "with --json also rejects; --html has all anyway.")  # fmt: skip
@click.option("--explain", is_flag=True, help="Say why one page of text is read as it is, or "
              "one of its lines: PATH is FILE[:LINE].")  # fmt: skip
@options("encoding")
def extract(
    paths: tuple[Path, ...],
    as_json: bool,
    html: Path | None,
    everything: bool,
    explain: bool,
    encoding: str | None,
) -> int:
    """Show the articles in files, without indexing them.

    Where an article may be wrongly cut, its number is followed by ? and its confidence by the
    reasons.
    """
    if as_json and html:
        raise click.UsageError("Give --json or --html, not both.")
    settings = read_settings().with_options(encoding=encoding)
    if explain:
        if as_json or html or everything or len(paths) > 1:
            raise click.UsageError("Give --explain alone, with one FILE or FILE:LINE.")
        path, line = _file_and_line(paths[0])
        put_explanation(path, explain_file(path, line, settings["encoding"] or None))
        return 0
    rejects: list[Reject] = []
    read = indexing_service(settings).extract(paths, settings["encoding"] or None)
    items = _reporting(read, rejects)
    if html:
        _write_page(html, list(sheets(items)))
    elif as_json:
        _put_lines(items, everything)
    else:
        _put_articles(items, everything)
    return 1 if rejects else 0


# A path, and the number of a line behind it if there is no file of that whole name.
def _file_and_line(path: Path) -> tuple[Path, int | None]:
    name, _, number = str(path).rpartition(":")
    if name and number.isascii() and number.isdecimal() and not path.exists():
        return Path(name), int(number)
    return path, None


# Passes items on, and reports and collects the rejects among them as they come.
def _reporting(items: Iterable[Item], rejects: list[Reject]) -> Iterator[Item]:
    for item in items:
        if isinstance(item, Reject):
            rejects.append(item)
            say(str(item))
        yield item


def _write_page(path: Path, pages: list[Sheet]) -> None:
    path.write_text("".join(side_by_side(pages)), encoding="utf-8")
    articles = 0
    for page in pages:
        for item in page.items:
            if isinstance(item, Article) and item.kind == "article":
                articles += 1
    say(f"{path}: {articles} articles of {len(pages)} files beside their text")


def _put_lines(items: Iterable[Item], everything: bool) -> None:
    for item in items:
        if isinstance(item, Reject):
            if everything:
                put_json(item, kind="reject")
        elif everything or item.kind == "article":
            put_json(item)
        else:
            say(f"{named_range(item.source)}: {item.kind}: {item.title}")


def _put_articles(items: Iterable[Item], everything: bool) -> None:
    read = (item for item in items if isinstance(item, Article))
    for path, articles in groupby(read, key=lambda article: article.source.path):
        put(path, bold=True, underline=True)
        number = 0
        for article in articles:
            if article.kind == "article":
                number += 1
                _put_article(number, article)
            elif everything:
                left_out = article.body.replace("\n", " ")
                put_indented(f"- {article.kind}: {left_out}", _INDENT, dim=True)
                put("")
            else:
                say(f"{named_range(article.source)}: {article.kind}: {article.title}")


def _put_article(number: int, article: Article) -> None:
    sign, colour = ".", {}
    if article.is_doubtful:
        sign, colour = "?", {"fg": "yellow"}
    put(f"{number:3}{sign} {shown_title(article)}", bold=True, **colour)
    for name in ("kicker", "subtitle", "byline"):
        if value := getattr(article, name):
            put(f"     {name}: {value}")
    about = [
        article.newspaper, article.date, article.day and f"tells of {article.day}",
        article.page_no, "、".join(article.authors), article.agency, article.place, article.mark,
        f"characters {article.source.start}-{article.source.end}",
    ]  # fmt: skip
    for source in article.continued:
        about.append(f"{source.path}: {source.start}-{source.end}")
    put("     " + " · ".join(filter(None, about)))
    reasons = "; ".join([f"confidence {article.confidence:.2f}", *article.doubts])
    put(f"     {reasons}", **colour)
    for paragraph in article.body.split("\n"):
        put_indented("　　" + paragraph, _INDENT)
    put("")
