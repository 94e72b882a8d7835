"""In charge of the JSON that programs read, from the web or `--json`; never asks a service.

The fields of these classes are its keys, in this order; OpenAPI calls them by their names without
`Json`. Addresses and the HTML of snippets are made here: floors below speak of ids, cursors, spans.
"""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from search_app import model
from search_app.model import Hit, SearchRequest, Snippet, Span, common_fields

# Parameters of the API, in the order of an address: the field of a request, and the word that says
# that it is not as by default; None where the value is said.
_PARAMETERS = {
    "q": ("q", None), "match": ("match", None), "per_page": ("per_page", None),
    "sort": ("sort", None), "from": ("date_from", None), "to": ("date_to", None),
    "facet_limit": ("facet_limit", None), "relax": ("relax", "no"),
    "collapse": ("collapse", "reprints"), "facets": ("facets", None),
    "histogram": ("histogram", "month"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Addressed:
    # No slots, and the last of the bases: so `url` follows `id` in the JSON.
    id: str
    url: str


@dataclass(frozen=True, slots=True)
class SnippetJson(Snippet):
    """A piece of one field around its matches; `html` is `text` escaped, then marked."""

    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HitJson(Hit, _Addressed):
    """One found article as a list of results shows it."""

    snippets: tuple[SnippetJson, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPageJson(model.SearchPage):
    """The answer to a search. Totals count articles exactly; `took_ms` leaves snippets out.

    `facets` and `histogram` count all matches, each facet without its own filter. `next` is the
    address in the API that goes on behind these hits, by a cursor. `total_collapsed` and
    `total_strict_collapsed` say what is left of all and of the full matches where reprints are
    collapsed, else null.
    """

    hits: tuple[HitJson, ...]


@dataclass(frozen=True, slots=True)
class SimilarJson:
    """Articles like one, the most alike first."""

    hits: tuple[HitJson, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReprintJson(model.Reprint, _Addressed):
    """An article that says the same as another one, as a list names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleViewJson(model.ArticleView, _Addressed):
    """One article to read, with the marks of a query where one was given.

    The spans of `body_spans` count in `body`, those of `printed_spans` in `printed`, and so on.
    `day` is the one that dateline or first words name. `people` and `organisations` are those named
    in it, in simplified characters. `reprints` counts the other articles that say the same,
    `reprinted` lists the earliest of them. Without `full_text` body and printed text are left out,
    and `snippets` show where the query was found.
    """

    reprinted: tuple[ReprintJson, ...] = ()
    snippets: tuple[SnippetJson, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedJson(_Addressed):
    """One article of an export; `body` is empty where its text is not open to all."""

    title: str
    title_is_derived: bool
    kicker: str | None
    subtitle: str | None
    newspaper: str | None
    date: str | None
    page_no: str | None
    authors: tuple[str, ...]
    agency: str | None
    place: str | None
    reprints: int
    byline: str | None
    section: str | None
    body: str
    source: model.Source


def search_json(request: SearchRequest, page: model.SearchPage) -> SearchPageJson:
    """The answer to a request: its page, with addresses in place of ids and cursor."""
    values = common_fields(page, SearchPageJson)
    values["hits"] = tuple(map(_hit_json, page.hits))
    if page.next is not None:
        # The request with that cursor, as an address of the API; defaults are left out.
        default = SearchRequest(q="")
        given: dict[str, object] = {}
        for name, (field, word) in _PARAMETERS.items():
            value = getattr(request, field)
            if value != getattr(default, field):
                given[name] = word or value
        if request.facets:
            given["facets"] = ",".join(request.facets)
        given.update(request.filters, cursor=page.next)
        values["next"] = "/api/v1/search?" + urlencode(given, doseq=True)
    return SearchPageJson(**values)


def similar_json(hits: Sequence[Hit]) -> SimilarJson:
    """The answer that lists articles like one."""
    return SimilarJson(tuple(map(_hit_json, hits)))


def article_json(article: model.ArticleView) -> ArticleViewJson:
    """The answer that shows an article whole."""
    reprinted = []
    for reprint in article.reprinted:
        values = common_fields(reprint, ReprintJson)
        reprinted.append(ReprintJson(url=article_path(reprint.id), **values))
    values = common_fields(article, ArticleViewJson)
    values["reprinted"] = tuple(reprinted)
    values["snippets"] = tuple(map(_snippet_json, article.snippets))
    return ArticleViewJson(url=article_path(article.id), **values)


def exported_json(article: model.Article, reprints: int) -> ExportedJson:
    """The line of an export that gives an article away."""
    values = common_fields(article, ExportedJson)
    values["url"] = article_path(article.id)  # here, not where a record came from
    return ExportedJson(reprints=reprints, **values)


def article_path(article_id: str) -> str:
    """The path of an article's page, below the one that the application is served under."""
    return "/articles/" + quote(article_id, safe="")


def marked_html(text: str, spans: Sequence[Span]) -> str:
    """The text as HTML: every piece escaped by itself, then wrapped in <mark> where found."""
    pieces, at = [], 0
    for start, end in spans:
        pieces += [
            html.escape(text[at:start]),
            f"<mark>{html.escape(text[start:end])}</mark>",
        ]
        at = end
    return "".join([*pieces, html.escape(text[at:])])


def _hit_json(hit: Hit) -> HitJson:
    values = common_fields(hit, HitJson)
    values["snippets"] = tuple(map(_snippet_json, hit.snippets))
    return HitJson(url=article_path(hit.id), **values)


def _snippet_json(snippet: Snippet) -> SnippetJson:
    marked = marked_html(snippet.text, snippet.spans)
    return SnippetJson(snippet.field, snippet.text, snippet.spans, marked)
