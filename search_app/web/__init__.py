"""In charge of HTTP: parses requests, calls the service and renders; never searches itself.

Flask's globals stay inside this package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, Response, abort, request, url_for
from flask_babel import Babel
from werkzeug.exceptions import HTTPException

from search_app.errors import MovedArticle, QueryTooCostly, SearchAppError
from search_app.web import api, headers, pages, problems, render
from search_app.web.context import EXTENSION, WebOptions

if TYPE_CHECKING:
    from search_app.service.facade import SearchService

__all__ = ["WebOptions", "create_app"]

# Paths used by programs. Their errors are problem+json; all others get an HTML page.
_FOR_PROGRAMS = ("/api/", "/openapi.json", *api.PROBES)


def create_app(service: SearchService, options: WebOptions) -> Flask:
    """The WSGI application that answers from this service."""
    app = Flask(__name__)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    # Merging would redirect `//host/` to another place than was asked for.
    app.url_map.merge_slashes = False
    app.extensions[EXTENSION] = service
    Babel(app, default_locale=options.lang, locale_selector=lambda: options.lang)
    render.install(app, headers.install(app), options.lang)
    app.before_request(lambda: _refuse_foreign_hosts(options.hosts))
    app.register_blueprint(api.blueprint)
    app.register_blueprint(pages.blueprint)
    for family in (HTTPException, SearchAppError):
        app.register_error_handler(family, _answer_error)
    app.register_error_handler(MovedArticle, _redirect_to_new_id)
    return app


def _refuse_foreign_hosts(hosts: tuple[str, ...]) -> None:
    """Refuses other names than ours: they may be a DNS rebinding attack. Probes ask by address."""
    if hosts and request.path not in api.PROBES and _requested_host() not in hosts:
        abort(400, "this host is not answered for; name it in SEARCH_APP_HOSTS")


def _requested_host() -> str:
    """The host of the request in lower case, without port and brackets; empty for none."""
    try:
        return urlsplit("//" + request.headers.get("Host", "")).hostname or ""
    except ValueError:
        return ""


def _redirect_to_new_id(error: MovedArticle) -> Response:
    """301 to the same page of the id that the article has now, parameters included."""
    address = url_for(str(request.endpoint), article_id=error.article_id)
    query = request.query_string.decode("latin-1")
    return Response(status=301, headers={"Location": f"{address}?{query}" if query else address})


def _answer_error(error: Exception) -> Response:
    problem = problems.problem_of(error)
    for_program = f"{request.path}/".startswith(_FOR_PROGRAMS)
    response = problems.answer(problem) if for_program else pages.error_page(problem)
    if isinstance(error, HTTPException):
        response.headers.extend((k, v) for k, v in error.get_headers() if k == "Allow")
    # Trying again later helps, except with a query that costs too much at any time.
    if problem.status == 503 and not isinstance(error, QueryTooCostly):
        response.headers["Retry-After"] = problems.RETRY_AFTER
    return response
