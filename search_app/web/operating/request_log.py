"""A line on stderr for each request and each error, without what was typed and by whom."""

import json
import logging
import sys
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Flask, has_request_context, request

# Where a request's id and its endpoint's short name stand in its environment.
REQUEST_ID, ENDPOINT = "search_app.request_id", "search_app.endpoint"
MOST_CAUSES = 5  # of an error that are shown


def install(app: Flask, kind: str, logs_queries: bool) -> None:
    """Writes the application's log to stderr; as JSON where the kind is `json`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter(kind))
    handler.addFilter(lambda record: _complete(record, logs_queries))
    app.logger.handlers[:] = [handler]
    app.logger.setLevel(logging.INFO)


def now() -> str:
    """The time of a line of the log: UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def error_line(
    error: BaseException, environ: Mapping[str, Any], logs_queries: bool
) -> dict[str, Any]:
    """The fields of an error that a request ended with."""
    return {
        "time": now(),
        "level": "error",
        "route": environ.get(ENDPOINT, "none"),
        "request_id": environ.get(REQUEST_ID, ""),
        "error": type(error).__name__,
        "steps": _steps(error, logs_queries),
    }


def _formatter(kind: str) -> logging.Formatter:
    if kind == "json":
        from pythonjsonlogger.json import JsonFormatter  # loaded only where it is asked for

        return JsonFormatter([], json_ensure_ascii=False)
    return _TextFormatter()


class _TextFormatter(logging.Formatter):
    """`name=value` of each field, one record a line."""

    def format(self, record: logging.LogRecord) -> str:
        assert isinstance(record.msg, dict)
        shown = []
        for name, value in record.msg.items():
            text = str(value)
            if not text.isprintable() or " " in text or '"' in text:
                text = json.dumps(text, ensure_ascii=False)
            shown.append(f"{name}={text}")
        return " ".join(shown)


# Makes fields of an error that was logged as a sentence.
def _complete(record: logging.LogRecord, logs_queries: bool) -> bool:
    if isinstance(record.msg, dict):
        return True
    error = record.exc_info[1] if record.exc_info else None
    if error:
        environ: dict[str, Any] = {}
        if has_request_context():
            # The short name is known with the answer, which there is none of yet.
            environ = {**request.environ, ENDPOINT: request.endpoint or "none"}
        fields = error_line(error, environ, logs_queries)
    else:
        fields = {"time": now(), "level": record.levelname.lower()}
        fields["message"] = record.getMessage()
    record.msg, record.args, record.exc_info = fields, (), None
    return True


# Where an error came from and what caused it. What an error says may hold what was typed: left out.
def _steps(error: BaseException, logs_queries: bool) -> str:
    if logs_queries:
        return "".join(traceback.format_exception(error))
    shown: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(shown) < MOST_CAUSES:
        steps = []
        for step in traceback.extract_tb(cause.__traceback__):
            steps.append(f"{step.filename}:{step.lineno} {step.name}")
        shown.append(" > ".join(steps) + f": {type(cause).__name__}")
        cause = cause.__cause__ or cause.__context__
    return " caused by ".join(shown)
