"""The commands that ask the index, `search`, `show` and `status`, and those about dictionaries."""

from dataclasses import asdict
from pathlib import Path
from typing import get_args

import click

from search_app.answers import search_json
from search_app.bootstrap import search_service
from search_app.cli.terminal import named_range, options, put, put_indented, put_json, say
from search_app.errors import MovedArticle
from search_app.model import Match, SearchPage, SearchRequest, Span
from search_app.service import auditing
from search_app.service.facade import SearchService
from search_app.settings import Settings, read_settings

_SEARCH_EXAMPLE = """\b
Examples:
  search-app search '防汛抗旱 指挥部'
  search-app search --json --limit 5 '“统一指挥”'
  search-app search -- '-讲话 会议'"""
_DICTIONARY_EXAMPLE = """\b
Examples:
  search-app dictionary check --dictionaries words
  search-app dictionary impact --dictionaries words --index index"""
# Words that `impact` lists, of those that come and of those that go.
_SHOWN = 20


@click.command(epilog=_SEARCH_EXAMPLE)
@click.argument("query")
@click.option("--json", "as_json", is_flag=True, help="The API's answer, as JSON.")
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True)
@click.option("--match", type=click.Choice(get_args(Match)), default="smart", show_default=True)
@options("index")
def search(query: str, as_json: bool, limit: int, match: Match, index: str | None) -> None:
    """Search the index."""
    request = SearchRequest(q=query, match=match, per_page=limit)
    page = _service(index).search(request)
    if as_json:
        put_json(search_json(request, page))
    else:
        _put_page(page)


@click.command(epilog="\b\nExample:\n  search-app show 153a0b84ce0be24a")
@click.argument("article_id", metavar="ID")
@options("index")
def show(article_id: str, index: str | None) -> None:
    """Print one article."""
    service = _service(index)
    try:
        article = service.article(article_id)
    except MovedArticle as moved:
        say(f"search-app: {moved}")
        article = service.article(moved.article_id)
    title = f"({article.title})" if article.title_is_derived else article.title
    about = " · ".join(filter(None, (article.newspaper, article.date, article.page_no)))
    byline = article.byline or "、".join(article.authors)
    for line in filter(None, (article.kicker, title, article.subtitle, about, byline)):
        put(line)
    put("")
    for paragraph in article.paragraphs:
        put_indented("　　" + paragraph, 0)
    if not article.full_text:
        put("its full text may not be shown; `search-app search` shows where words stand in it")
    put("")
    for source in (article.source, *article.continued):
        put(named_range(source))


@click.command(epilog="\b\nExample:\n  search-app status --json")
@click.option("--json", "as_json", is_flag=True, help="As JSON, like /api/v1/status.")
@click.option("--doubtful", is_flag=True, help="List the articles that may be wrongly cut instead.")
@options("index")
def status(as_json: bool, doubtful: bool, index: str | None) -> None:
    """Say what the live index holds."""
    if doubtful:
        for article in _service(index).doubtful():
            if as_json:
                put_json(article)
            else:
                put(f"{article.id}  {article.confidence:.2f}  {article.title}")
                put(f"  {named_range(article.source)}: {'; '.join(article.doubts)}")
        return
    found = _service(index).status()
    if as_json:
        put_json(found)
        return
    for name, value in asdict(found).items():
        put(f"{name:14} {value}")


# The service; says so where it does not answer from the live generation.
def _service(index: str | None) -> SearchService:
    service = search_service(read_settings().with_options(index=index))
    found = service.readiness()
    if found.ready and found.problem:
        say(f"search-app: {found.problem}; the generation before it answers")
    return service


def _put_page(page: SearchPage) -> None:
    added = ""
    if page.query.relaxed:
        added = f", {page.total - page.total_strict} of them weaker"
    if page.query.dropped:
        added += f" (some without {', '.join(page.query.dropped)})"
    put(f"{page.total} found{added}, in {page.took_ms:.1f} ms")
    for number, hit in enumerate(page.hits, 1):
        put("")
        put(f"{number:3}. {_marked(hit.title, hit.title_spans)}")
        about = [hit.newspaper, hit.date, hit.page_no, "、".join(hit.authors), hit.id]
        put("     " + " · ".join(filter(None, about)))
        for snippet in hit.snippets:
            text = _marked(snippet.text, snippet.spans)
            if snippet.field != "body":
                text = f"[{snippet.field}] {text}"
            put_indented(text, 5)


# The text with what was found between 【 and 】, readable with or without colours.
def _marked(text: str, spans: tuple[Span, ...]) -> str:
    marked = text
    for start, end in reversed(spans):
        marked = f"{marked[:start]}【{marked[start:end]}】{marked[end:]}"
    return marked.replace("】【", "")  # words side by side read as one run


@click.group(epilog=_DICTIONARY_EXAMPLE)
def dictionary() -> None:
    """Look at user_dict.txt, synonyms.txt and stopwords.txt before a rebuild takes them."""


@dictionary.command()
@options("dictionaries")
def check(dictionaries: str | None) -> int:
    """Say what is wrong in the files, with line numbers."""
    folder = _folder(read_settings().with_options(dictionaries=dictionaries))
    faults, idle = auditing.check(folder)
    for fault in (*faults, *idle):
        put(f"{folder}/{fault}")
    if faults:
        return 1
    put(f"{folder}: in order")
    return 0


@dictionary.command()
@options("dictionaries", "index")
def impact(dictionaries: str | None, index: str | None) -> None:
    """Say which words would be cut differently, and in how many articles of the index."""
    settings = read_settings().with_options(dictionaries=dictionaries, index=index)
    found = search_service(settings).impact(_folder(settings))
    put(f"{found.changed:,} of {found.articles:,} articles would be cut differently")
    for title, words in (("new words", found.gained), ("words that would go", found.lost)):
        put(f"{title}: {len(words):,}")
        for word, count in words[:_SHOWN]:
            put(f"  {count:7,}  {word}")


def _folder(settings: Settings) -> Path:
    folder = settings.folder("dictionaries")
    if folder is None or not folder.is_dir():
        raise click.UsageError("Name the folder of the dictionaries with --dictionaries.")
    return folder
