"""The JSON API. The types of parameters and answers are also its description."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, request
from pydantic import TypeAdapter

from search_app import answers
from search_app.answers import ArticleViewJson, SearchPageJson, SimilarJson
from search_app.filters import FILTER_NAMES
from search_app.model import IndexStatus, Readiness, Suggestions
from search_app.web.params import (
    ArticleParams,
    Parameters,
    SearchParams,
    SuggestParams,
    service,
)
from search_app.web.problems import NotReady, Problem

PROBES = ("/healthz", "/readyz")
blueprint = Blueprint("api", __name__)
_readiness = TypeAdapter(Readiness)
_SCHEMAS = "#/components/schemas/"
_JSON = "application/json"
_PROBLEM = ("application/problem+json", Problem)
# Path, summary, parameters and answer of each endpoint, for its description. An answer that is no
# JSON is given by its media type.
_ENDPOINTS: list[tuple[str, str, type[Parameters], type | str]] = []


def describe(
    path: str, view: Callable[..., Any], parameters: type[Parameters], answer: type | str
) -> None:
    """Adds an endpoint to the description, with the docstring of what answers it."""
    _ENDPOINTS.append((path, view.__doc__ or "", parameters, answer))


# Serves under a path what a function makes of checked parameters, and describes it.
def _endpoint(path: str, parameters: type[Parameters], answer: type) -> Callable[..., Any]:
    # Built once: that takes milliseconds, an answer a few dozen microseconds.
    adapter = TypeAdapter[Any](answer)

    def serve(function: Callable[..., Any]) -> Callable[..., Any]:
        def view(**of_path: str) -> Response:
            asked = parameters.read(request.query_string)
            return _json(adapter.dump_json(function(asked, **of_path)))

        blueprint.add_url_rule(path, function.__name__, view, methods=["GET"])
        describe(path, function, parameters, answer)
        return function

    return serve


@_endpoint("/api/v1/search", SearchParams, SearchPageJson)
def search(asked: SearchParams) -> SearchPageJson:
    """Articles that match a query, a page at a time, with exact totals."""
    wanted = asked.request()
    return answers.search_json(wanted, service().search(wanted))


@_endpoint("/api/v1/articles/<article_id>", ArticleParams, ArticleViewJson)
def article(asked: ArticleParams, article_id: str) -> ArticleViewJson:
    """One article whole, marked if a query is given."""
    return answers.article_json(service().article(article_id, asked.q, asked.match))


@_endpoint("/api/v1/articles/<article_id>/similar", Parameters, SimilarJson)
def similar(_: Parameters, article_id: str) -> SimilarJson:
    """Articles like one."""
    return answers.similar_json(service().similar(article_id))


@_endpoint("/api/v1/suggest", SuggestParams, Suggestions)
def suggest(asked: SuggestParams) -> Suggestions:
    """Texts and titles that go on from what was typed, by characters, pinyin or initials."""
    return Suggestions(service().suggest(asked.q))


@_endpoint("/api/v1/status", Parameters, IndexStatus)
def status(_: Parameters) -> IndexStatus:
    """What the live index holds."""
    return service().status()


@blueprint.get("/healthz")
def healthz() -> Response:
    """Says that the process answers, whatever the index is like."""
    return _json(b'{"status": "alive"}')


@blueprint.get("/readyz")
def readyz() -> Response:
    """Says whether searches can be answered, else why not; `strict`: by the newest index."""
    found = service().readiness()
    if not found.ready or (found.degraded and "strict" in request.args):
        raise NotReady(found.problem)
    return _json(_readiness.dump_json(found))


def _json(body: bytes) -> Response:
    return Response(body, content_type="application/json; charset=utf-8")


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """The description of this API, made from the types of its parameters and answers."""
    return _json(_description())


@cache
def _description() -> bytes:
    kinds: list[type] = [Problem]
    for _, _, parameters, answer in _ENDPOINTS:
        kinds.append(parameters)
        if isinstance(answer, type):
            kinds.append(answer)
    _, described = TypeAdapter.json_schemas(
        [(kind.__name__, "validation", TypeAdapter(kind)) for kind in dict.fromkeys(kinds)],
        ref_template=_SCHEMAS + "{model}",
    )
    schemas = described["$defs"]
    # pydantic sees texts there: it cannot know that the table of filters has all of them.
    schemas["SearchPageJson"]["properties"]["facets"]["propertyNames"] = {"enum": FILTER_NAMES}
    paths = {}
    for path, summary, parameters, answer in _ENDPOINTS:
        shown = path.replace("<", "{").replace(">", "}")
        operation = _operation(shown, schemas[parameters.__name__], answer)
        name = "get_" + shown.replace("/", "_")
        paths[shown] = {"get": {"summary": summary, "operationId": name, **operation}}
    about = "Full-text search in Chinese newspapers."
    description = {
        "openapi": "3.1.0",
        "info": {"title": "search_app", "description": about, "version": "1"},
        "tags": [{"name": "v1"}],
        "paths": paths,
        "components": {"schemas": schemas},
        "security": [],
    }
    # For readers the types of `answers` have the names of the values they are the JSON of.
    return json.dumps(description, ensure_ascii=False).replace('Json"', '"').encode()


# What an endpoint takes and answers, in the words of OpenAPI.
def _operation(path: str, parameters: Mapping[str, Any], answer: type | str) -> dict[str, Any]:
    taken: list[dict[str, Any]] = []
    # Errors on paths of pages are pages, for people who follow a link.
    error = _text("text/html") if path.startswith("/articles/") else _reference(*_PROBLEM)
    contents = {200: _text(answer) if isinstance(answer, str) else _reference(_JSON, answer)}
    responses: dict[int, dict[str, Any]] = {}
    contents |= {400: error, 503: error}
    if "{" in path:  # an article may have another id now, be unknown, or be withdrawn
        described = {"required": True, "schema": {"type": "string"}, "description": ""}
        taken.append({"name": "article_id", "in": "path", **described})
        responses[301] = {"description": "Moved Permanently"}
        contents |= {404: error, 410: error}
    for name, schema in parameters["properties"].items():
        required = name in parameters.get("required", ())
        described = {
            "required": required,
            "schema": schema,
            "description": schema["description"],
        }
        taken.append({"name": name, "in": "query", **described})
    for status, content in contents.items():
        responses[status] = {"description": HTTPStatus(status).phrase, "content": content}
    return {"description": "", "tags": ["v1"], "parameters": taken, "responses": responses}


def _reference(media_type: str, kind: type) -> dict[str, Any]:
    return {media_type: {"schema": {"$ref": _SCHEMAS + kind.__name__}}}


def _text(media_type: str) -> dict[str, Any]:
    return {media_type: {"schema": {"type": "string"}}}
