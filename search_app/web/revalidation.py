"""ETags that are known before an answer is made: what a client has already costs no search.

A tag is made of all that an answer depends on: the generation, the address with its parameters, the
language, our code and templates, the settings, and on pages that name today the day.
"""

import sys
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, g, request
from flask_babel import get_locale

from search_app.errors import SearchAppError
from search_app.web.params import service

# They say how things are now, or have tags of their own.
_UNTAGGED = frozenset({None, "static", "metrics", "api.healthz", "api.readyz"})
# A citation may say on which day the page was read.
_OF_TODAY = frozenset({"pages.article"})


def hashes_of(folder: Path, pattern: str = "*") -> Mapping[str, str]:
    """The files of a folder by their paths in it, each with a hash of its content."""
    hashes = {}
    for path in filter(Path.is_file, sorted(folder.rglob(pattern))):
        name = path.relative_to(folder).as_posix()
        hashes[name] = sha256(path.read_bytes()).hexdigest()[:12]
    return hashes


def _hash_of_code() -> str:
    package = Path(__file__).parents[1]
    parts = [sys.version]
    for pattern in ("*.py", "*.html", "*.xml", "*.tsv", "*.txt", "*.css", "*.js"):
        parts.extend(hashes_of(package, pattern).values())
    return sha256("".join(parts).encode()).hexdigest()


# 170 files, 10 ms at the start.
_CODE = _hash_of_code()


def install(app: Flask, settings: str) -> None:
    """Answers 304 before anything is searched for where a client has the answer."""

    def answer_unchanged() -> Response | None:
        g.edition = _edition()
        g.tag = _tag(g.edition, settings) if g.edition else None
        if not g.tag or "HTTP_IF_NONE_MATCH" not in request.environ:
            return None
        known = request.if_none_match
        # `*` is for whatever there is: only the answer shows whether there is anything.
        if not known.star_tag and known.contains_weak(g.tag):
            return tagged(Response(status=304), g.tag)
        return None

    app.before_request(answer_unchanged)


def tag_answer(response: Response) -> None:
    """Gives an answer its ETag; one that depends on no generation has it by its content."""
    tag = g.get("tag")
    # A switch meanwhile may have come between the tag and the answer.
    if tag and g.edition == _edition():
        tagged(response, tag)
    elif not response.is_streamed and request.endpoint not in _UNTAGGED:
        tagged(response, sha256(_CODE.encode() + response.get_data()).hexdigest()[:32])


def tagged(response: Response, tag: str) -> Response:
    """A response with a weak ETag: the time that a search took may differ."""
    response.set_etag(tag, weak=True)
    return response


# What answers are made from now; None where a tag cannot be known before.
def _edition() -> str | None:
    if request.endpoint in _UNTAGGED:
        return None
    try:
        return service().edition()
    except SearchAppError:
        return None


def _tag(edition: str, settings: str) -> str:
    environ = request.environ
    host = environ.get("HTTP_HOST", ""), environ["wsgi.url_scheme"], environ["SCRIPT_NAME"]
    parts = [edition, _CODE, settings, str(get_locale()), *host, request.path]
    if request.endpoint in _OF_TODAY:
        parts.append(date.today().isoformat())
    data = "\n".join(parts).encode() + b"?" + request.query_string
    return sha256(data).hexdigest()[:32]
