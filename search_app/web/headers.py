"""The headers of every response: security, caching, other origins; and its last changes."""

from collections.abc import Mapping
from pathlib import Path

from flask import Flask, Response, request

from search_app.web.compression import compress
from search_app.web.operating.operation import Operation
from search_app.web.revalidation import hashes_of, tag_answer

_ALWAYS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Queries are private: no other site learns them.
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# Headers that scripts of other origins may read beside those that any may.
_EXPOSED = "ETag, Retry-After, X-Request-Id"


def install(app: Flask, operation: Operation) -> Mapping[str, str]:
    """Gives every answer its headers; returns the hashes of static files, `v` in their links."""
    assets = hashes_of(Path(app.static_folder or ""))

    def finish(response: Response) -> Response:
        response.headers.update(_ALWAYS)
        response.headers["Cache-Control"] = _caching(assets)
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        if request.endpoint != "metrics":
            _let_origins(response, operation.origins)
        if response.status_code == 200 and not response.direct_passthrough:
            if "ETag" not in response.headers:
                tag_answer(response)
            # A stream would be read whole for its length; 304 is answered before it begins.
            if not response.is_streamed:
                response.make_conditional(request)
            # Werkzeug adds the date there, the server adds its own.
            response.headers.pop("Date", None)
        compress(response, request)
        return response

    app.after_request(finish)
    return assets


def _caching(assets: Mapping[str, str]) -> str:
    if request.endpoint == "static" and request.view_args:
        # Asked for by its hash, a file never changes: browsers may keep it for ever.
        content = assets.get(request.view_args["filename"])
        if content and request.args.get("v") == content:
            return "public, max-age=31536000, immutable"
    return "private, no-cache"


# Lets scripts of these origins read an answer. There are no cookies that they could use, and only
# GET is offered: no preflight is answered, and none is needed for a request without own headers.
def _let_origins(response: Response, origins: tuple[str, ...]) -> None:
    if not origins:
        return
    if origins == ("*",):
        allowed = "*"
    else:
        response.headers.add("Vary", "Origin")
        allowed = request.headers.get("Origin", "")
        if allowed not in origins:
            return
    response.headers["Access-Control-Allow-Origin"] = allowed
    response.headers["Access-Control-Expose-Headers"] = _EXPOSED
