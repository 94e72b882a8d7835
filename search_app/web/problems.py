"""Errors as problem documents (RFC 9457): what happened, and which parameter to correct."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from http import HTTPStatus

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


class ForeignHost(SearchAppError):
    """A request for another host than those that are answered for."""


class NotReady(SearchAppError):
    """No search can be answered, as /readyz says."""


class TooManyStreams(SearchAppError):
    """As many exports are being read as this process gives at a time."""


# (error, kind, status, title); the first that fits counts.
_KINDS: tuple[tuple[type[Exception], str, int, str], ...] = (
    (Refused, "bad_parameter", 400, "The request has parameters that cannot be accepted"),
    (ForeignHost, "foreign_host", 400, "This host is not answered for"),
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
# (kind, title, detail) for what no code of ours has said, by status.
_HTTP: dict[int, tuple[str, str, str]] = {
    400: (
        "bad_request",
        "The request cannot be read",
        # Most often somebody has typed Chinese into the address of curl, which sends it as it is.
        "it is not valid HTTP, or for another host; an address is written percent-encoded",
    ),
    404: (
        "unknown_address",
        "There is nothing at this address",
        "/docs says what there is, /openapi.json says it to programs",
    ),
    405: ("method_not_allowed", "The service is only read", "ask with GET or HEAD"),
    414: ("address_too_long", "The address is too long", "it may have 4,094 bytes"),
    417: ("bad_request", "The request cannot be read", "leave out the header Expect"),
    429: ("rate_limited", "Too many requests came from this address", "come back later"),
    431: ("head_too_large", "The request has too many or too long headers", "send fewer headers"),
    500: ("internal_error", "Something went wrong here", "the server's log has the details"),
    501: ("bad_request", "The request cannot be read", "leave out Transfer-Encoding"),
    503: ("overloaded", "Too many requests are being answered", "come back in a second"),
}


def http_problem(status: int) -> bytes:
    """A whole HTTP answer that closes its connection, for what is refused before it is read."""
    kind, title, detail = _HTTP[status]
    problem = Problem(type=urn(kind), title=title, status=status, detail=detail)
    body = json.dumps(asdict(problem)).encode()
    head = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        "Content-Type: application/problem+json; charset=utf-8",
        f"Content-Length: {len(body)}",
        "X-Content-Type-Options: nosniff",
        f'Link: </problems/{kind}>; rel="describedby"',
        "Connection: close",
    ]
    if status == 503:
        head.append("Retry-After: 1")
    return "\r\n".join((*head, "", "")).encode() + body


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
    # The text of a surprise may name files of this machine: nobody outside is shown it.
    status = 500
    if isinstance(error, HTTPException) and error.code in _HTTP:
        status = error.code
    kind, title, detail = _HTTP[status]
    return Problem(type=urn(kind), title=title, status=status, detail=detail)


def specimens() -> Mapping[str, Problem]:
    """A problem document of every kind that there is; `detail` is empty where each has its own."""
    known: dict[str, Problem] = {}
    for _, kind, status, title in _KINDS:
        known.setdefault(kind, Problem(type=urn(kind), title=title, status=status, detail=""))
    for status, (kind, title, detail) in _HTTP.items():
        known.setdefault(kind, Problem(type=urn(kind), title=title, status=status, detail=detail))
    return known


def urn(kind: str) -> str:
    """The `type` of a kind of problem."""
    return f"urn:search-app:problem:{kind}"
