"""In charge of HTTP: parses requests, calls the service and renders; never searches itself.

Flask's globals stay inside this package.
"""

import re

from flask import Flask, Response, current_app, request, url_for
from flask_babel import Babel
from pydantic import TypeAdapter
from werkzeug.exceptions import HTTPException

from search_app.errors import MovedArticle, QueryTooCostly, SearchAppError
from search_app.service.facade import SearchService
from search_app.web import api, exports, feeds, headers, pages, render, revalidation
from search_app.web.describing import pages as documentation
from search_app.web.operating import observe
from search_app.web.operating.metrics import count_refused
from search_app.web.operating.operation import Operation
from search_app.web.params import EXTENSION
from search_app.web.problems import ForeignHost, Problem, TooManyStreams, problem_of

# Paths used by programs. Their errors are problem+json; all others get an HTML page.
_FOR_PROGRAMS = ("/api/", "/openapi.json", "/feed.atom", observe.METRICS, *api.PROBES)
# Seconds: so often a server looks again for an index that it cannot open (`generations/live.py`).
_RETRY_AFTER = "5"
# A name or an address, without the brackets of IPv6 (RFC 9110, 7.2).
_HOST = re.compile(
    r"(?:(?P<name>[\w.-]+)|\[(?P<address>[0-9a-f:.]+)\])(?::(?P<port>[0-9]{1,5}))?", re.ASCII
)
_LAST_PORT = 65_535
_problem = TypeAdapter(Problem)
# Who watches the service is never told to come back later.
_NEVER_REFUSED = frozenset({observe.METRICS, *api.PROBES})


def create_app(
    service: SearchService,
    hosts: tuple[str, ...] = (),
    lang: str = "zh",
    operation: Operation = Operation(),  # noqa: B008  # it is frozen
) -> Flask:
    """The WSGI application that answers from this service, under these names; () is any."""
    app = Flask(__name__)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    # Merging would redirect `//host/` to another place than was asked for.
    app.url_map.merge_slashes = False
    app.extensions[EXTENSION] = service
    Babel(app, default_locale=lang, locale_selector=lambda: lang)
    observe.install(app, operation)
    render.install(app, headers.install(app, operation))
    app.before_request(lambda: _refuse_foreign_hosts(hosts))
    if operation.rate_limit:
        from search_app.web.operating import limits  # what it needs is loaded where it is asked for

        limits.install(app, operation.rate_limit, operation.proxies, _NEVER_REFUSED)
    revalidation.install(app, operation.settings)
    for part in (api, pages, documentation, exports, feeds):
        app.register_blueprint(part.blueprint)
    for family in (HTTPException, SearchAppError):
        app.register_error_handler(family, _answer_error)
    app.register_error_handler(MovedArticle, _redirect_to_new_id)
    return app


# Refuses other names than ours: they may be a DNS rebinding attack.
def _refuse_foreign_hosts(hosts: tuple[str, ...]) -> None:
    # Probes ask by address, whatever that is.
    if not hosts or request.path in api.PROBES:
        return
    asked = _HOST.fullmatch(request.headers.get("Host", "").lower())
    is_ours = asked is not None and (asked["name"] or asked["address"]) in hosts
    if asked is None or not is_ours or int(asked["port"] or 0) > _LAST_PORT:
        raise ForeignHost("this host is not answered for; name it in SEARCH_APP_HOSTS")


# 301 to the same page of the id that the article has now, parameters included.
def _redirect_to_new_id(error: MovedArticle) -> Response:
    address = url_for(str(request.endpoint), article_id=error.article_id)
    if request.query_string:
        address += "?" + request.query_string.decode("latin-1")
    return Response(status=301, headers={"Location": address})


def _answer_error(error: Exception) -> Response:
    problem = problem_of(error)
    if f"{request.path}/".startswith(_FOR_PROGRAMS):
        content_type = "application/problem+json; charset=utf-8"
        response = Response(_problem.dump_json(problem), problem.status, content_type=content_type)
        kind = problem.type.rpartition(":")[2]
        page = url_for("documentation.problem", kind=kind)
        response.headers["Link"] = f'<{page}>; rel="describedby"'
    else:
        response = pages.error_page(problem)
    if isinstance(error, HTTPException):
        response.headers.extend((k, v) for k, v in error.get_headers() if k == "Allow")
    # Trying again later helps, except with a query that costs too much at any time.
    if problem.status == 503 and not isinstance(error, QueryTooCostly):
        response.headers["Retry-After"] = _RETRY_AFTER
    if problem.status == 429:
        from search_app.web.operating import limits

        response.headers["Retry-After"] = str(limits.seconds_to_wait(current_app))
        count_refused("rate")
    if isinstance(error, QueryTooCostly):
        count_refused("costly")
    if isinstance(error, TooManyStreams):
        count_refused("streams")
    return response
