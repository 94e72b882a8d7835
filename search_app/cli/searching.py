"""The commands that ask the index: `search`, `show`, `status`."""

from dataclasses import asdict
from typing import get_args

import click

from search_app.answers import search_json
from search_app.bootstrap import search_service
from search_app.cli.terminal import (
    index_option,
    put,
    put_indented,
    put_json,
    say,
    settings_with,
)
from search_app.errors import MovedArticle
from search_app.model import (
    ArticleView,
    Doubtful,
    Hit,
    Match,
    SearchPage,
    SearchRequest,
    Snippet,
    Span,
)
from search_app.service.facade import SearchService

_SEARCH_EXAMPLE = """\b
Examples:
  search-app search '防汛抗旱 指挥部'
  search-app search --json --limit 5 '“统一指挥”'
  search-app search -- '-讲话 会议'"""


@click.command(epilog=_SEARCH_EXAMPLE)
@click.argument("query")
@click.option("--json", "as_json", is_flag=True, help="The API's answer, as JSON.")
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True)
@click.option("--match", type=click.Choice(get_args(Match)), default="smart", show_default=True)
@index_option
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
@index_option
def show(article_id: str, index: str | None) -> None:
    """Print one article."""
    service = _service(index)
    try:
        article = service.article(article_id)
    except MovedArticle as moved:
        say(f"search-app: {moved}")
        article = service.article(moved.article_id)
    for line in _head_lines(article):
        if line:
            put(line)
    put("")
    for paragraph in article.paragraphs:
        put_indented("　　" + paragraph, 0)
    if not article.full_text:
        put("its full text may not be shown; `search-app search` shows where words stand in it")
    put("")
    for source in (article.source, *article.continued):
        put(f"{source.path}: characters {source.start}-{source.end}")


def _head_lines(article: ArticleView) -> list[str | None]:
    """What stands above the text, a line each; a title that was not printed is in parentheses."""
    title = f"({article.title})" if article.title_is_derived else article.title
    about = filter(None, (article.newspaper, article.date, article.page_no))
    byline = article.byline or "、".join(article.authors)
    return [article.kicker, title, article.subtitle, " · ".join(about), byline]


@click.command(epilog="\b\nExample:\n  search-app status --json")
@click.option("--json", "as_json", is_flag=True, help="As JSON, like /api/v1/status.")
@click.option("--doubtful", is_flag=True, help="List the articles that may be wrongly cut instead.")
@index_option
def status(as_json: bool, doubtful: bool, index: str | None) -> None:
    """Say what the live index holds."""
    if doubtful:
        put_one = put_json if as_json else _put_doubtful
        for article in _service(index).doubtful():
            put_one(article)
        return
    found = _service(index).status()
    if as_json:
        put_json(found)
        return
    for name, value in asdict(found).items():
        put(f"{name:14} {value}")


def _put_doubtful(article: Doubtful) -> None:
    source = article.source
    put(f"{article.id}  {article.confidence:.2f}  {article.title}")
    put(f"  {source.path}: characters {source.start}-{source.end}: {'; '.join(article.doubts)}")


def _service(index: str | None) -> SearchService:
    """The service; says so where it does not answer from the live generation."""
    service = search_service(settings_with(index=index))
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
        _put_hit(number, hit)


def _put_hit(number: int, hit: Hit) -> None:
    put("")
    put(f"{number:3}. {_marked(hit.title, hit.title_spans)}")
    about = [hit.newspaper, hit.date, hit.page_no, "、".join(hit.authors), hit.id]
    put("     " + " · ".join(filter(None, about)))
    for snippet in hit.snippets:
        put_indented(_snippet_line(snippet), 5)


def _snippet_line(snippet: Snippet) -> str:
    text = _marked(snippet.text, snippet.spans)
    return text if snippet.field == "body" else f"[{snippet.field}] {text}"


def _marked(text: str, spans: tuple[Span, ...]) -> str:
    """The text with what was found between 【 and 】, readable with or without colours."""
    marked = text
    for start, end in reversed(spans):
        marked = f"{marked[:start]}【{marked[start:end]}】{marked[end:]}"
    return marked.replace("】【", "")  # words side by side read as one run
