"""What other programs subscribe to or look for: the feed of a search, OpenSearch, robots.txt."""

import re
from dataclasses import replace
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, render_template, request

from search_app.web.describing.openapi import describe
from search_app.web.params import FeedParams, Parameters, service

ATOM = "application/atom+xml"
OPENSEARCH = "application/opensearchdescription+xml"
# As many as other feeds of searches give; readers ask far more often than that many are printed.
ENTRIES = 50
# Atom wants a time. Of an article without a date nobody knows one, and this never changes.
_UNDATED = "1970-01-01"
# Ids of Atom are absolute IRIs for ever. An address is none where an archive moves to another host,
# and `tag:` needs a domain.
_URN = "urn:search-app:"
# What XML 1.0 has no way to write.
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Articles may be found elsewhere. Searches are endless, and what is taken away costs most.
_ROBOTS = """\
User-agent: *
Disallow: /search
Disallow: /api/
Disallow: /feed.atom
Disallow: /articles/*.ris$
Disallow: /articles/*.bib$
"""

blueprint = Blueprint("feeds", __name__)


@blueprint.get("/feed.atom")
def feed() -> Response:
    """The newest articles that match a query in full, as an Atom feed."""
    asked = FeedParams.read(request.query_string)
    newest = replace(
        asked.request(), sort="newest", relax=False, page=1, per_page=ENTRIES, cursor=None
    )
    page = service().search(newest)
    # The parameters say which feed it is, wherever it is read.
    given = asked.model_dump(by_alias=True, exclude_defaults=True)
    return _xml(
        render_template(
            "feed.xml", page=page, feed_id=_URN + "feed:" + urlencode(given, doseq=True),
            q=asked.q, root=request.url_root.rstrip("/"), urn=article_urn, updated=updated,
            # Its page, with the same filters: without weaker matches, as here.
            same=given | {"sort": "newest", "relax": "no"},
        ),
        ATOM,
    )  # fmt: skip


describe("/feed.atom", feed, FeedParams, ATOM)


@blueprint.get("/opensearch.xml")
def opensearch() -> Response:
    """Tells browsers how to search here (OpenSearch 1.1)."""
    shown = render_template("opensearch.xml", root=request.url_root.rstrip("/"))
    return _xml(shown, OPENSEARCH)


@blueprint.get("/robots.txt")
def robots() -> Response:
    """What crawlers may fetch."""
    return Response(_ROBOTS, content_type="text/plain; charset=utf-8")


describe("/opensearch.xml", opensearch, Parameters, OPENSEARCH)
describe("/robots.txt", robots, Parameters, "text/plain")


def article_urn(article_id: str) -> str:
    """The name of an article as an absolute IRI, which no rebuild, host or port changes."""
    return f"{_URN}article:{quote(article_id, safe='')}"


def updated(date: str | None) -> str:
    """A day, month or year of print as the time that Atom wants: its beginning, in China."""
    return f"{date or _UNDATED}-01-01"[:10] + "T00:00:00+08:00"


def _xml(text: str, media_type: str) -> Response:
    return Response(_NOT_IN_XML.sub("", text), content_type=f"{media_type}; charset=utf-8")
