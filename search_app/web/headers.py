"""The headers of every response: security, caching, ETags."""

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
_FOREVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "private, no-cache"


class Assets:
    """The static files by the hash of their content, so that browsers may keep them for ever."""

    def __init__(self, folder: Path) -> None:
        files = (path for path in folder.rglob("*") if path.is_file())
        self._hashes = {path.relative_to(folder).as_posix(): _hash(path) for path in files}

    def version(self, name: str) -> str:
        """What to put into a static file's URL as `v`; empty for a file that is not there."""
        return self._hashes.get(name, "")

    def asked_by_hash(self) -> bool:
        """Whether this request is for a static file of exactly this content."""
        wanted = request.args.get("v")
        name = (request.view_args or {}).get("filename", "")
        return bool(wanted) and request.endpoint == "static" and wanted == self.version(name)


def _hash(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()[:12]


# Part of every ETag: with other templates the same content is another page.
_TEMPLATES = "".join(
    _hash(path) for path in sorted(Path(__file__).with_name("templates").iterdir())
)


def install(app: Flask) -> Assets:
    """Gives every answer of the application its headers."""
    assets = Assets(Path(app.static_folder or ""))

    def finish(response: Response) -> Response:
        response.headers.update(_ALWAYS)
        response.headers["Cache-Control"] = _FOREVER if assets.asked_by_hash() else _ASK_AGAIN
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
    response.set_etag(sha256(_TEMPLATES.encode() + content).hexdigest()[:32], weak=True)
    return response
