"""What operators see: each request counted, timed and logged, with an id its answer has too."""

import os
import re
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from flask import Flask, Response, request

from search_app.errors import SearchAppError
from search_app.web.describing.openapi import describe
from search_app.web.operating import metrics, request_log
from search_app.web.operating.operation import Operation, client_address, is_this_machine
from search_app.web.operating.request_log import ENDPOINT, REQUEST_ID
from search_app.web.params import Parameters, service
from search_app.web.problems import ForThisMachine

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

METRICS = "/metrics"
# An id that a proxy or client gave: anything else could forge lines of a log.
_SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
# What stands in a query string as it is; anything else a client may have sent raw.
_SENT = "%&=+,;:/?@!$'()*"
_STREAMED = "search_app.is_streamed"


def install(app: Flask, operation: Operation) -> None:
    """Observes every request of an application, and offers what was counted at `/metrics`."""
    metrics.install()
    request_log.install(app, operation.log, operation.logs_queries)
    # The first that is registered runs last.
    app.after_request(_describe)
    app.add_url_rule(METRICS, "metrics", lambda: _metrics(operation.shows_metrics), methods=["GET"])
    app.wsgi_app = _Observer(app, operation)  # type: ignore[method-assign]


# The endpoint's short name: of pages `page`, of what has several forms (export_csv) the first word.
@cache
def _short(endpoint: str | None) -> str:
    blueprint, _, name = (endpoint or "none").rpartition(".")
    return "page" if blueprint == "pages" else name.partition("_")[0]


# For the observer, which sees neither routes nor what an answer is made of.
def _describe(response: Response) -> Response:
    environ = request.environ
    environ[ENDPOINT] = _short(request.endpoint)
    environ[_STREAMED] = response.is_streamed
    return response


def _metrics(shows_all: bool) -> Response:
    """Counts and times of all workers, as Prometheus reads them."""
    if not shows_all and not is_this_machine(request.environ):
        raise ForThisMachine("only this machine is shown metrics; see SEARCH_APP_METRICS")
    return Response(metrics.exposition(_gauges()), content_type=metrics.CONTENT_TYPE)


describe(METRICS, _metrics, Parameters, "text/plain")


# What this worker sees of the index now; every worker follows the same folder.
def _gauges() -> list[tuple[str, str, float]]:
    readiness = service().readiness()
    degraded = float(readiness.degraded or not readiness.ready)
    gauges = [("search_app_degraded", "1 while the newest generation does not serve", degraded)]
    try:
        status = service().status()
    except SearchAppError:
        return gauges
    gauges.append(("search_app_documents", "Articles that are searched", status.indexed))
    if status.built_at:
        age = time.time() - datetime.fromisoformat(status.built_at).timestamp()
        gauges.append(("search_app_generation_age_seconds", "Since the index was built", age))
    return gauges


class _Observer:
    """A WSGI application around another one, which it times, counts and logs."""

    def __init__(self, app: Flask, operation: Operation) -> None:
        self._inner: WSGIApplication = app.wsgi_app
        self._errors = app.logger
        self._logger = app.logger if operation.log else None
        self._operation = operation

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        given = environ.get("HTTP_X_REQUEST_ID", "")
        environ[REQUEST_ID] = given if _SANE_ID.fullmatch(given) else os.urandom(8).hex()
        exchange = _Exchange(self, environ)

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            exchange.status = status[:3]
            for name, value in headers:
                if name == "Content-Length":
                    exchange.bytes = int(value)
            headers.append(("X-Request-Id", environ[REQUEST_ID]))
            return start_response(status, headers, *error)

        try:
            body = self._inner(environ, start)
        except BaseException:
            exchange.end()
            raise
        if environ.get(_STREAMED):
            exchange.bytes = 0
            return _ObservedBody(body, exchange)
        # Before the client has it: whoever asks for metrics behind it finds it counted.
        exchange.end()
        return body

    def log(self, environ: "WSGIEnvironment", status: str, seconds: float, sent: int) -> None:
        """Writes the line of a request that was answered, if that is asked for."""
        if self._logger is None:
            return
        line = {
            "time": request_log.now(),
            "route": environ.get(ENDPOINT, "none"),
            "status": int(status),
            "ms": round(seconds * 1000, 1),
            "bytes": sent,
            "request_id": environ[REQUEST_ID],
        }
        if self._operation.logs_queries:
            line["address"] = client_address(environ, self._operation.proxies)
            line["query"] = quote(environ.get("QUERY_STRING", ""), _SENT, encoding="latin-1")
        self._logger.info(line)

    def log_error(self, error: Exception, environ: "WSGIEnvironment") -> None:
        """Writes the line of an error, whether requests are logged or not."""
        shows_all = self._operation.logs_queries
        self._errors.error(request_log.error_line(error, environ, shows_all))


class _Exchange:
    """A request and what is known of its answer."""

    def __init__(self, observer: _Observer, environ: "WSGIEnvironment") -> None:
        self.status, self.bytes = "500", 0
        self._observer, self._environ = observer, environ
        self._began = time.perf_counter()
        self._has_ended = False
        metrics.begin_request()

    def end(self) -> None:
        """Counts and logs it, once."""
        if self._has_ended:
            return
        self._has_ended = True
        seconds = time.perf_counter() - self._began
        metrics.end_request(self._environ.get(ENDPOINT, "none"), self.status, seconds)
        self._observer.log(self._environ, self.status, seconds, self.bytes)

    def fail(self, error: Exception) -> None:
        """Logs what an answer failed with when its head was sent already."""
        self._observer.log_error(error, self._environ)


class _ObservedBody:
    """The pieces of a streamed answer; the request ends with the last, or where it is closed."""

    def __init__(self, pieces: Iterable[bytes], exchange: _Exchange) -> None:
        self._pieces, self._exchange = pieces, exchange

    def __iter__(self) -> Iterator[bytes]:
        try:
            for piece in self._pieces:
                self._exchange.bytes += len(piece)
                yield piece
        except Exception as error:
            self._exchange.fail(error)
            # The server drops the connection then, and logs nothing of its own.
            raise ConnectionAbortedError("the answer failed midway") from None

    def close(self) -> None:
        """Closes what makes the pieces."""
        try:
            if hasattr(self._pieces, "close"):
                self._pieces.close()
        finally:
            self._exchange.end()
