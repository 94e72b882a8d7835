"""The service for programs that read for people: tools over standard input and output (MCP)."""

from dataclasses import dataclass

import click

from search_app.answers import article_path
from search_app.bootstrap import search_service
from search_app.cli.terminal import options
from search_app.errors import BadQuery, MovedArticle, SearchAppError
from search_app.model import (
    ArticleView,
    FacetValue,
    FilterName,
    Hit,
    Match,
    SearchRequest,
    Sort,
    is_date,
)
from search_app.service.citing import citation
from search_app.service.facade import SearchService
from search_app.settings import read_settings

_ABOUT = (
    "Full-text search in Chinese newspapers. Every answer has a citation and an address: give "
    "both to whoever asked. Whole phrases go in quotation marks."
)
_MOST_HITS = 20
_LAST_PAGE = 10_000 // _MOST_HITS  # as far as pages of any engine lead
# Characters of an article in one answer: a model's reader has bounds, and so has what it costs.
_LONGEST_PART = 20_000


@dataclass(frozen=True)
class FoundArticle:
    """An article that a search found, and where its words stand."""

    id: str
    citation: str
    address: str
    excerpts: list[str]


@dataclass(frozen=True)
class SearchAnswer:
    """How many articles match, exactly, and those of one page; with the query as understood."""

    total: int
    words: list[str]
    weaker_matches: bool
    articles: list[FoundArticle]


@dataclass(frozen=True)
class ArticleText:
    """A part of an article's text; `next_start` is where the next one begins, null at the end."""

    citation: str
    address: str
    text: str
    full_text: bool  # else its text may not be shown: a search shows where words stand in it
    next_start: int | None


@dataclass(frozen=True)
class Holdings:
    """What the index holds: how many articles, of which newspapers and years, with their counts."""

    articles: int
    built_at: str | None
    newspapers: list[FacetValue]
    years: list[FacetValue]


@click.command(epilog="\b\nExample:\n  search-app mcp --index index")
@click.option("--address", help="Where readers reach the service; default: --host and --port.")
@options("index", "host", "port")
def mcp(address: str | None, **given: str | None) -> None:
    """Offer search to programs that read for people (MCP over standard input and output)."""
    try:
        from mcp.server.mcpserver import MCPServer
    except ImportError:
        raise SearchAppError("mcp is not installed; run `.venv/bin/pip install 'mcp>=2'`") from None
    settings = read_settings().with_options(**given)
    address = address or f"http://{settings['host']}:{settings['port']}"
    tools = Tools(search_service(settings), address)
    server = MCPServer("search-app", instructions=_ABOUT, log_level="ERROR")
    for tool in (tools.search, tools.read_article, tools.holdings):
        server.add_tool(tool)
    server.run("stdio")


class Tools:
    """What programs may ask; each only hands on to the service, whose rules of rights hold."""

    def __init__(self, service: SearchService, address: str) -> None:
        self._service, self._address = service, address.rstrip("/")

    def search(
        self,
        query: str,
        match: Match = "smart",
        sort: Sort = "relevance",
        date_from: str | None = None,
        date_to: str | None = None,
        page: int = 1,
    ) -> SearchAnswer:
        """Articles that hold the words of a query; dates as 2020, 2020-01 or 2020-01-28."""
        asked = SearchRequest(
            q=query, match=match, sort=sort, page=min(max(page, 1), _LAST_PAGE),
            per_page=_MOST_HITS, date_from=_date(date_from), date_to=_date(date_to),
        )  # fmt: skip
        found = self._service.search(asked)
        articles = []
        for hit in found.hits:
            excerpts = [snippet.text for snippet in hit.snippets]
            articles.append(FoundArticle(hit.id, citation(hit), self._at(hit), excerpts))
        return SearchAnswer(found.total, list(found.query.words), found.query.relaxed, articles)

    def read_article(self, article_id: str, start: int = 0) -> ArticleText:
        """The text of an article by its id, from a character on."""
        try:
            article = self._service.article(article_id)
        except MovedArticle as moved:
            article = self._service.article(moved.article_id)
        start = max(start, 0)
        end: int | None = start + _LONGEST_PART
        text = article.body[start:end]
        if start + len(text) == len(article.body):
            end = None
        return ArticleText(citation(article), self._at(article), text, article.full_text, end)

    def holdings(self) -> Holdings:
        """What can be searched: newspapers and years, with how many articles each has."""
        status = self._service.status()
        newspapers, years = self._service.holdings(FilterName("newspaper"), FilterName("year"))
        return Holdings(status.indexed, status.built_at, list(newspapers), list(years))

    def _at(self, article: ArticleView | Hit) -> str:
        return self._address + article_path(article.id)


# A date as a search takes it; raises BadQuery for what is none.
def _date(text: str | None) -> str | None:
    if text and not is_date(text):
        raise BadQuery("a date is written 2020, 2020-01 or 2020-01-28", "date")
    return text or None
