"""Errors as problem documents (RFC 9457): what happened, and which parameter to correct."""

from dataclasses import dataclass

from werkzeug.exceptions import HTTPException

from search_app import errors
from search_app.errors import BadQuery, SearchAppError


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one parameter, for the person who wrote the request."""

    parameter: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A problem document; `type` tells programs which kind it is."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: tuple[Fault, ...] = ()


class Refused(SearchAppError):
    """A request whose parameters cannot be accepted."""

    def __init__(self, *faults: Fault, detail: str = "") -> None:
        super().__init__(detail or "; ".join(f"{f.parameter}: {f.message}" for f in faults))
        self.faults = faults


class ForThisMachine(SearchAppError):
    """A request from elsewhere for what only this machine is shown."""


class NotReady(SearchAppError):
    """No search can be answered, as /readyz says."""


class TooManyStreams(SearchAppError):
    """As many exports are being read as this process gives at a time."""


# (error, kind, status, title); the first that fits counts.
_KINDS: tuple[tuple[type[Exception], str, int, str], ...] = (
    (Refused, "bad_parameter", 400, "The request has parameters that cannot be accepted"),
    (BadQuery, "bad_query", 400, "The query cannot be searched for"),
    (ForThisMachine, "only_for_this_machine", 403, "Only this machine is answered here"),
    (errors.WithdrawnArticle, "withdrawn_article", 410, "The article was withdrawn"),
    (
        errors.CursorExpired,
        "cursor_expired",
        410,
        "The results this cursor walks through are gone",
    ),
    (errors.UnknownArticle, "unknown_article", 404, "There is no such article"),
    (errors.QueryTooCostly, "query_too_costly", 503, "The query would take too long"),
    (errors.Unavailable, "unavailable", 503, "The search engine does not answer"),
    (TooManyStreams, "too_many_streams", 503, "Too many exports are being read"),
    (NotReady, "not_ready", 503, "Not ready"),
    (SearchAppError, "not_ready", 503, "The index cannot be read"),
)


def problem_of(error: Exception) -> Problem:
    """The problem document of an error; one that is neither ours nor HTTP's becomes a 500."""
    faults: tuple[Fault, ...] = ()
    if isinstance(error, Refused):
        faults = error.faults
    elif isinstance(error, BadQuery):
        faults = (Fault(error.parameter, str(error)),)
    for family, kind, status, title in _KINDS:
        if isinstance(error, family):
            detail = str(error)
            return Problem(type=urn(kind), title=title, status=status, detail=detail, errors=faults)
    status = 500
    if isinstance(error, HTTPException):
        status = error.code or 500
        if status < 500:
            return Problem(title=error.name, status=status, detail=error.description or error.name)
    # The text of a surprise may name files of this machine: nobody outside is shown it.
    detail = "something went wrong here; the server's log has the details"
    return Problem(title="Internal Server Error", status=status, detail=detail)


def urn(kind: str) -> str:
    """The `type` of a kind of problem."""
    return f"urn:search-app:problem:{kind}"
