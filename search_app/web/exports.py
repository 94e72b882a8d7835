"""Results and articles to take away: every result as a stream, one article as a citation."""

import csv
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote

from flask import Blueprint, Response, make_response, request
from pydantic import TypeAdapter

from search_app import answers
from search_app.answers import ExportedJson, article_path
from search_app.errors import UnknownArticle
from search_app.model import SearchRequest
from search_app.service import citing
from search_app.service.exporting import ExportedArticle
from search_app.service.facade import SearchService
from search_app.web import pages
from search_app.web.describing.openapi import describe
from search_app.web.params import ExportParams, Parameters, service
from search_app.web.problems import TooManyStreams
from search_app.web.render import visible

# Streams that a worker gives at a time: each takes a thread for as long as a client reads, one of
# those that answer nothing else (`worker.EXPORT_THREADS`), and computes beside all others.
STREAMS = 2
# Characters, about: fewer chunks cost fewer calls, larger ones more memory.
_CHUNK = 65_536
_COLUMNS = (
    "id", "url", "title", "kicker", "subtitle", "newspaper", "date", "page_no", "section",
    "authors", "agency", "place", "byline", "body",
)  # fmt: skip
# A spreadsheet takes what begins so for a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LINE_ENDS = "\x85\u2028\u2029"
_BOM = "\ufeff"

blueprint = Blueprint("exports", __name__)
_json = TypeAdapter(ExportedJson)
_streams = threading.BoundedSemaphore(STREAMS)


class _Line:
    # Where a csv.writer writes to: its writerow() then returns the line itself.
    def write(self, line: str) -> str:
        """The line, as it came."""
        return line


def _csv_line(cells: Sequence[str]) -> str:
    # A writer each time: streams of several threads would share its buffer.
    line: str = csv.writer(_Line()).writerow(cells)
    return line


def _json_row(exported: ExportedArticle, root: str) -> str:
    line = _json.dump_json(answers.exported_json(*exported)).decode()
    # JSON allows them in texts, and many programs take them for the end of a line.
    for end in _LINE_ENDS:
        line = line.replace(end, f"\\u{ord(end):04x}")
    return line + "\n"


def _csv_row(exported: ExportedArticle, root: str) -> str:
    article, cells = exported.article, []
    for name in _COLUMNS:
        if name == "url":
            value = article_path(article.id)
        elif name == "authors":
            value = "、".join(article.authors)
        else:
            value = getattr(article, name) or ""
        if value.startswith(_FORMULA):
            value = f"'{value}"
        cells.append(value)
    return _csv_line(cells)


def _ris_row(exported: ExportedArticle, root: str) -> str:
    return citing.ris(exported.article, root + article_path(exported.article.id))


def _bibtex_row(exported: ExportedArticle, root: str) -> str:
    return citing.bibtex(exported.article, root + article_path(exported.article.id))


class ExportFormat(NamedTuple):
    """A format: its media type, what stands first, and an article's part of it.

    `row` also takes the address that paths of ours begin with, for formats that leave this site.
    """

    media_type: str
    row: Callable[[ExportedArticle, str], str]
    head: str = ""


FORMATS: Mapping[str, ExportFormat] = {
    "jsonl": ExportFormat("application/x-ndjson", _json_row),
    # Without the mark Excel takes UTF-8 for the code page of the machine.
    "csv": ExportFormat("text/csv", _csv_row, _BOM + _csv_line(_COLUMNS)),
    "ris": ExportFormat("application/x-research-info-systems", _ris_row),
    "bib": ExportFormat("application/x-bibtex", _bibtex_row),
}
# Those that cite: an article has one of each.
CITATIONS = ("ris", "bib")


def export(ending: str) -> Response:
    """Every result of a search in its order, from one generation, as a stream."""
    asked = ExportParams.read(request.query_string)
    found = asked.request()
    stream = _stream(service(), found, asked.limit, FORMATS[ending], _root())
    # As far as its first, empty chunk: what is wrong with the query is told before the answer
    # begins, and closing the stream, now that it has begun, gives its slot back.
    next(stream)
    return _attachment(Response(stream), ending, f"寻章 {found.q}")


def cite(article_id: str, ending: str) -> Response:
    """One article for reference managers."""
    try:
        # An id may end like this itself: its own page comes first.
        return make_response(pages.article(f"{article_id}.{ending}"))
    except UnknownArticle as unknown:
        if type(unknown) is not UnknownArticle:  # it was withdrawn
            raise
    exported = ExportedArticle(service().to_cite(article_id), 0)
    record = FORMATS[ending].row(exported, _root())
    return _attachment(Response(record), ending, exported.article.title)


for _ending, _format in FORMATS.items():
    blueprint.add_url_rule(
        f"/api/v1/export.{_ending}", f"export_{_ending}", export, defaults={"ending": _ending}
    )
    describe(f"/api/v1/export.{_ending}", export, ExportParams, _format.media_type)
for _ending in CITATIONS:
    blueprint.add_url_rule(
        f"/articles/<article_id>.{_ending}", f"cite_{_ending}", cite, defaults={"ending": _ending}
    )
    media_type = FORMATS[_ending].media_type
    describe(f"/articles/<article_id>.{_ending}", cite, Parameters, media_type)


# An empty chunk once the query is answered, then the export in chunks. The slot is given back at
# the end, and where the stream is closed or dropped before: the client has gone, or asked for the
# head alone.
def _stream(
    from_service: SearchService,
    found: SearchRequest,
    limit: int | None,
    form: ExportFormat,
    root: str,
) -> Iterator[bytes]:
    if not _streams.acquire(blocking=False):
        raise TooManyStreams(
            f"this server gives at most {STREAMS} exports at a time in each of its processes; "
            "try again when one has ended"
        )
    try:
        articles = from_service.export(found, limit)
        yield b""
        rows, size = [form.head], 0
        for exported in articles:
            rows.append(form.row(exported, root))
            size += len(rows[-1])
            if size >= _CHUNK:
                yield "".join(rows).encode()
                rows, size = [], 0
        yield "".join(rows).encode()
    finally:
        _streams.release()


# Where paths of ours begin, as whoever asks reaches them.
def _root() -> str:
    return request.url_root.rstrip("/")


# An answer that browsers keep as a file: its name in UTF-8 (RFC 6266), and one that all read.
def _attachment(response: Response, ending: str, name: str) -> Response:
    response.content_type = f"{FORMATS[ending].media_type}; charset=utf-8"
    # Windows takes none of these in names; a path, a hidden file or text that turns round in one
    # would be an attack.
    for sign in '<>:"/\\|?*':
        name = name.replace(sign, " ")
    name = " ".join(visible(name).split()).strip(". ")[:80]
    utf8 = quote(f"{name}.{ending}", safe="")
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"search_app.{ending}\"; filename*=UTF-8''{utf8}"
    )
    return response
