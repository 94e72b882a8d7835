"""The JSON API. The types of parameters and answers are also its description."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from flask import Blueprint, Response, request
from pydantic import Field, TypeAdapter

from search_app import answers
from search_app.answers import ArticleViewJson, SearchPageJson, SimilarJson
from search_app.model import IndexStatus, Readiness, Suggestions
from search_app.web.describing.openapi import describe, description
from search_app.web.params import (
    ArticleParams,
    Parameters,
    SearchParams,
    SuggestParams,
    service,
)
from search_app.web.problems import NotReady

PROBES = ("/healthz", "/readyz")
blueprint = Blueprint("api", __name__)
_readiness = TypeAdapter(Readiness)


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


class ReadyParams(Parameters):
    """The parameter of readiness, which may stand alone, as `?strict`."""

    strict: str = Field("", description="an older index that serves is not ready either")


@dataclass(frozen=True)
class Liveness:
    """That the process answers."""

    status: Literal["alive"] = "alive"


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


describe("/healthz", healthz, Parameters, Liveness)
describe("/readyz", readyz, ReadyParams, Readiness)


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """The description of this API, made from the types of its parameters and answers."""
    return _json(description())
