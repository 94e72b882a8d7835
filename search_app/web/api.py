"""The JSON API. The types of parameters and answers are also its description."""

import json
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Blueprint, Response, request
from pydantic import TypeAdapter
from spectree import Response as Answers
from spectree import SpecTree

from search_app.answers import (
    ArticleViewJson,
    SearchPageJson,
    SimilarJson,
    article_json,
    search_json,
    similar_json,
)
from search_app.filters import FILTER_NAMES
from search_app.model import IndexStatus, Readiness, Suggestions
from search_app.web import problems
from search_app.web.context import service
from search_app.web.headers import tag
from search_app.web.params import ArticleParams, Parameters, SearchParams, SuggestParams
from search_app.web.problems import Problem

View = TypeVar("View", bound=Callable[..., Response])
PROBES = ("/healthz", "/readyz")
blueprint = Blueprint("api", __name__)
_spec = SpecTree(
    "flask",
    title="search_app",
    description="Full-text search in Chinese newspapers.",
    version="1",
    mode="strict",
    annotations=False,
    naming_strategy=lambda model: model.__name__.removesuffix("Json"),
    nested_naming_strategy=lambda _parent, child: child.removesuffix("Json"),
    validation_error_status=400,
    validation_error_model=Problem,
)
_search, _article = TypeAdapter(SearchPageJson), TypeAdapter(ArticleViewJson)
_similar, _suggestions = TypeAdapter(SimilarJson), TypeAdapter(Suggestions)
_status, _readiness = TypeAdapter(IndexStatus), TypeAdapter(Readiness)


# Other answers about an article: it has another id now, is unknown, was withdrawn.
_NO_ARTICLE = {"HTTP_301": None, "HTTP_404": Problem, "HTTP_410": Problem}


def _described(
    query: type[Parameters], answer: type, *, of_article: bool = False
) -> Callable[[View], View]:
    """Describes an endpoint in OpenAPI, without checking its requests.

    `Parameters.read` checks them: it refuses repeated names and bytes that are no UTF-8, of which
    a framework passes on only what it could read.
    """
    also: dict[str, Any] = _NO_ARTICLE if of_article else {}
    answers = Answers(HTTP_200=answer, HTTP_503=Problem, **also)
    validate = _spec.validate(query=query, resp=answers, skip_validation=True, tags=("v1",))
    return cast("Callable[[View], View]", validate)


@blueprint.get("/api/v1/search")
@_described(SearchParams, SearchPageJson)
def search() -> Response:
    """Articles that match a query, a page at a time, with exact totals."""
    asked = SearchParams.read(request.query_string).request()
    answer = search_json(asked, service().search(asked))
    body = _search.dump_json(answer)
    # Its ETag leaves out the time it took, which is cut out: a second dump costs 30 µs. In texts
    # the quotes of this key would be escaped.
    start, _, end = body.partition(b'"took_ms":')
    return tag(_json(body), start + end.partition(b",")[2])


@blueprint.get("/api/v1/articles/<article_id>")
@_described(ArticleParams, ArticleViewJson, of_article=True)
def article(article_id: str) -> Response:
    """One article whole, marked if a query is given."""
    asked = ArticleParams.read(request.query_string)
    view = service().article(article_id, asked.q, asked.match)
    return _json(_article.dump_json(article_json(view)))


@blueprint.get("/api/v1/articles/<article_id>/similar")
@_described(Parameters, SimilarJson, of_article=True)
def similar(article_id: str) -> Response:
    """Articles like one."""
    Parameters.read(request.query_string)
    return _json(_similar.dump_json(similar_json(service().similar(article_id))))


@blueprint.get("/api/v1/suggest")
@_described(SuggestParams, Suggestions)
def suggest() -> Response:
    """Texts and titles that go on from what was typed, by characters, pinyin or initials."""
    asked = SuggestParams.read(request.query_string)
    return _json(_suggestions.dump_json(Suggestions(service().suggest(asked.q))))


@blueprint.get("/api/v1/status")
@_described(Parameters, IndexStatus)
def status() -> Response:
    """What the live index holds."""
    Parameters.read(request.query_string)
    return _json(_status.dump_json(service().status()))


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """The description of this API, made from the types of its parameters and answers."""
    return _json(json.dumps(_corrected(_spec.spec), ensure_ascii=False).encode())


@blueprint.get("/healthz")
def healthz() -> Response:
    """Says that the process answers, whatever the index is like."""
    return _json(b'{"status": "alive"}')


@blueprint.get("/readyz")
def readyz() -> Response:
    """Says whether searches can be answered, else why not."""
    found = service().readiness()
    if found.ready:
        return _json(_readiness.dump_json(found))
    problem = Problem(
        type=problems.urn("not_ready"), title="Not ready", status=503, detail=found.problem or ""
    )
    response = problems.answer(problem)
    response.headers["Retry-After"] = problems.RETRY_AFTER
    return response


def _json(body: bytes) -> Response:
    return Response(body, content_type="application/json; charset=utf-8")


def _corrected(spec: dict[str, Any]) -> dict[str, Any]:
    """The description with errors under their media type, and types under their public names."""
    for name, schema in spec["components"]["schemas"].items():
        if "title" in schema:
            schema["title"] = name
        if name == "SearchPage":
            schema["properties"]["facets"]["propertyNames"] = {"enum": FILTER_NAMES}
    for path in spec["paths"].values():
        for code, answer in path["get"]["responses"].items():
            content = answer.get("content", {})
            if code >= "400" and "application/json" in content:
                content["application/problem+json"] = content.pop("application/json")
    return spec
