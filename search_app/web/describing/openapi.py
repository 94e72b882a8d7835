"""The description of the API (OpenAPI 3.1), made from what endpoints take and answer."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from search_app.filters import FILTER_NAMES, FILTERS
from search_app.web.params import LONGEST_VALUE, MOST_VALUES, Parameters
from search_app.web.problems import Problem

_SCHEMAS = "#/components/schemas/"
_PROBLEM = ("application/problem+json", Problem)
# What any request may be told, and what those for an article, whose id may be another now.
_REFUSALS = (400, 405, 414, 429, 431, 500, 503)
_REFUSALS_OF_ARTICLES = (404, 410)
# Those that say after how many seconds to ask again.
_LATER = frozenset({429, 503})
# Those that are not of the API's version.
_OPERATION = frozenset({"/healthz", "/readyz", "/metrics", "/robots.txt", "/opensearch.xml"})
# All of them find something in the sample corpus.
_EXAMPLES: dict[str, Any] = {
    "q": "防汛抗旱",
    "match": "exact",
    "from": "2020-01",
    "to": "2020-12-31",
    "relax": "no",
    "sort": "newest",
    "collapse": "reprints",
    "facets": ["newspaper", "year"],
    "facet_limit": 50,
    "histogram": "month",
    "newspaper": ["澜州日报"],
    "author": ["周岚"],
    "agency": ["新华社"],
    "place": ["北京"],
    "section": ["城事"],
    "page_no": ["A01"],
    "person": ["丁怀川"],
    "organisation": ["市防汛抗旱指挥部"],
    "year": ["2023"],
    "page": 2,
    "per_page": 20,
    "limit": 1000,
    "cursor": "*",
    "article_id": "153a0b84ce0be24a",
    "strict": "",
}


class Endpoint(NamedTuple):
    """What stands in the description; an answer that is no JSON is given by its media type."""

    path: str
    summary: str
    parameters: type[Parameters]
    answer: type | str


_ENDPOINTS: list[Endpoint] = []


def describe(
    path: str, view: Callable[..., Any], parameters: type[Parameters], answer: type | str
) -> None:
    """Adds an endpoint to the description, with the docstring of what answers it."""
    _ENDPOINTS.append(Endpoint(path, view.__doc__ or "", parameters, answer))


def operations() -> Mapping[str, Mapping[str, Any]]:
    """The description of what each path answers to GET, by OpenAPI's names."""
    found = {}
    for path, methods in json.loads(description())["paths"].items():
        found[path] = methods["get"]
    return found


@cache
def description() -> bytes:
    """The description of all endpoints as JSON."""
    schemas = _schemas()
    paths = {}
    for endpoint in _ENDPOINTS:
        shown = endpoint.path.replace("<", "{").replace(">", "}")
        paths[shown] = {"get": _operation(endpoint, shown, schemas[endpoint.parameters.__name__])}
    for kind in {endpoint.parameters.__name__ for endpoint in _ENDPOINTS}:
        # They stand at their endpoints, as parameters.
        del schemas[kind]
    whole = {
        "openapi": "3.1.0",
        "info": {
            "title": "search_app",
            "description": "Full-text search in Chinese newspapers.",
            "version": "1",
        },
        "tags": [{"name": "v1"}, {"name": "operation"}],
        "paths": paths,
        "components": {"schemas": schemas},
        "security": [],
    }
    # For readers the types of `answers` have the names of the values they are the JSON of.
    return json.dumps(whole, ensure_ascii=False).replace('Json"', '"').encode()


def _schemas() -> dict[str, Any]:
    kinds: list[type] = [Problem]
    for endpoint in _ENDPOINTS:
        kinds.append(endpoint.parameters)
        if isinstance(endpoint.answer, type):
            kinds.append(endpoint.answer)
    _, described = TypeAdapter.json_schemas(
        [(kind.__name__, "validation", TypeAdapter(kind)) for kind in dict.fromkeys(kinds)],
        ref_template=_SCHEMAS + "{model}",
    )
    schemas: dict[str, Any] = described["$defs"]
    # pydantic sees texts there: it cannot know that the table of filters has all of them.
    schemas["SearchPageJson"]["properties"]["facets"]["propertyNames"] = {"enum": FILTER_NAMES}
    return schemas


def _operation(endpoint: Endpoint, path: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    # Errors on paths of pages are pages, for people who follow a link.
    error = _text("text/html") if path.startswith("/articles/") else _reference(*_PROBLEM)
    answer = endpoint.answer
    content = _text(answer) if isinstance(answer, str) else _reference("application/json", answer)
    responses: dict[int, dict[str, Any]] = {
        200: {"content": content},
        304: {"headers": {"ETag": {"schema": {"type": "string"}}}},
    }
    refusals: tuple[int, ...] = _REFUSALS
    if path == "/metrics":  # for this machine alone, as a rule
        refusals += (403,)
    taken: list[dict[str, Any]] = []
    if "{" in path:
        of_path = {"name": "article_id", "in": "path", "required": True}
        taken.append(of_path | _described("article_id", {"type": "string"}, "the id in the hit"))
        responses[301] = {"headers": {"Location": {"schema": {"type": "string"}}}}
        refusals += _REFUSALS_OF_ARTICLES
    for name, schema in parameters["properties"].items():
        required = name in parameters.get("required", ())
        of_query = {"name": name, "in": "query", "required": required}
        taken.append(of_query | _described(name, schema, schema["description"]))
    if path == "/metrics":
        refusals += (403,)
    for status in refusals:
        responses[status] = {"content": error}
        if status in _LATER:
            responses[status]["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
    for status, response in responses.items():
        response["description"] = HTTPStatus(status).phrase
    return {
        "summary": endpoint.summary,
        "operationId": "get_" + path.replace("/", "_"),
        "description": "",
        "tags": ["operation" if path in _OPERATION else "v1"],
        "parameters": taken,
        "responses": responses,
    }


# The schema of a parameter, without null: one that is not given is left out of an address.
def _described(name: str, schema: Mapping[str, Any], about: str) -> dict[str, Any]:
    kept = {key: value for key, value in schema.items() if key not in ("title", "description")}
    if kept.get("default", "") is None:
        del kept["default"]
    for choice in kept.pop("anyOf", ()):
        if choice != {"type": "null"}:
            kept |= choice
    described: dict[str, Any] = {"description": about, "schema": kept}
    if name in FILTER_NAMES:
        described["schema"] |= {"maxItems": MOST_VALUES, "items": _values_of(name)}
    if name == "facets":
        items = {"type": "string", "enum": FILTER_NAMES}
        described["schema"] = {"type": "array", "items": items}
        described |= {"style": "form", "explode": False}  # by commas
    if name in _EXAMPLES:
        described["example"] = _EXAMPLES[name]
    return described


def _values_of(name: str) -> dict[str, Any]:
    values: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": LONGEST_VALUE}
    for row in FILTERS:
        if row.name == name and row.shape:
            values["pattern"] = f"^{row.shape.pattern}$"
    return values


def _reference(media_type: str, kind: type) -> dict[str, Any]:
    return {media_type: {"schema": {"$ref": _SCHEMAS + kind.__name__}}}


def _text(media_type: str) -> dict[str, Any]:
    return {media_type: {"schema": {"type": "string"}}}
