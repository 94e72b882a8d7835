"""The headers of every response: security, caching, ETags."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, request

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


# The files of a folder by their paths in it, each with a hash of its content.
def _hashes(folder: Path) -> dict[str, str]:
    hashes = {}
    for path in filter(Path.is_file, sorted(folder.rglob("*"))):
        name = path.relative_to(folder).as_posix()
        hashes[name] = sha256(path.read_bytes()).hexdigest()[:12]
    return hashes


# Part of every ETag: with other templates the same content is another page.
_TEMPLATES = "".join(_hashes(Path(__file__).with_name("templates")).values()).encode()


def install(app: Flask) -> Mapping[str, str]:
    """Gives every answer its headers; returns the hashes of static files, `v` in their links."""
    assets = _hashes(Path(app.static_folder or ""))

    def finish(response: Response) -> Response:
        response.headers.update(_ALWAYS)
        response.headers["Cache-Control"] = "private, no-cache"
        if request.endpoint == "static" and request.view_args:
            # Asked for by its hash, a file never changes: browsers may keep it for ever.
            content = assets.get(request.view_args["filename"])
            if content and request.args.get("v") == content:
                response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        if response.status_code != 200 or response.direct_passthrough:
            return response
        if "ETag" not in response.headers:
            tag(response, response.get_data())
        response.make_conditional(request)
        # Werkzeug adds the date there, the server adds its own.
        response.headers.pop("Date", None)
        return response

    app.after_request(finish)
    return assets


def tag(response: Response, content: bytes) -> Response:
    """Gives a response a weak ETag by its meaning, for answers that tell the time they took."""
    response.set_etag(sha256(_TEMPLATES + content).hexdigest()[:32], weak=True)
    return response
