"""What other programs subscribe to or look for, read as they read it."""

import xml.etree.ElementTree as ET
from urllib.parse import parse_qs, urlsplit

import pytest

from search_app.model import Article, Source
from search_app.web.feeds import article_urn, updated

ATOM = "{http://www.w3.org/2005/Atom}"


def feed_of(client, query):
    return ET.fromstring(client.get(f"/feed.atom?{query}").data)


def test_a_feed_has_the_newest_first_whatever_pages_show(client):
    """Parameters of pages change nothing; undated articles come last."""
    feed = feed_of(client, "q=会议&page=2&per_page=1")
    titles = [entry.findtext(f"{ATOM}title") for entry in feed.findall(f"{ATOM}entry")]
    assert len(titles) == 4
    assert titles[:2] == ["防汛抗旱指挥部召开会议", "渡口的灯亮了一夜"]


def test_an_entry_has_what_atom_asks_for(client):
    """Id, title, time, link, author, and snippets in place of the text."""
    entry = feed_of(client, "q=会议").find(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id") == "urn:search-app:article:a01"
    assert entry.findtext(f"{ATOM}updated") == "2021-07-01T00:00:00+08:00"
    assert entry.find(f"{ATOM}link").get("href") == "http://localhost/articles/a01"
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "王小满"
    assert "会议" in entry.findtext(f"{ATOM}summary")


def test_a_feed_leads_to_the_page_of_the_same_search(client):
    """With its filters, and without the weaker matches that are no news either."""
    link = feed_of(client, "q=会议&newspaper=临泽日报&per_page=5").findall(f"{ATOM}link")[1]
    parts = urlsplit(link.get("href"))
    assert parts.path == "/search"
    assert parse_qs(parts.query) == {
        "q": ["会议"], "newspaper": ["临泽日报"], "per_page": ["5"],
        "sort": ["newest"], "relax": ["no"],
    }  # fmt: skip
    assert "灯亮了一夜" not in client.get(f"/search?{parts.query}").text


def test_ids_are_the_same_on_every_host(client):
    """A reader shows nothing twice where an archive moves; ids are absolute."""
    answers = [
        client.get("/feed.atom?q=会议", base_url=base).text
        for base in ("http://localhost", "https://archive.example")
    ]
    ids = [[e.text for e in ET.fromstring(a).iter(f"{ATOM}id")] for a in answers]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 5
    assert all(one.startswith("urn:search-app:") for one in ids[0])
    assert article_urn("50% 的/?") == "urn:search-app:article:50%25%20%E7%9A%84%2F%3F"


def test_markup_and_controls_of_articles_are_text(client, service):
    """What XML cannot write is left out, the rest is escaped."""
    source = Source("a.txt", 0, 9)
    title = "\x0b<b>会议</b> & \x01]]>"
    odd = Article(id="<&>", title=title, body="会议\x02。", source=source, authors=("<i>",))
    service.index.engine = type(service.index.engine)([odd], service.index.analyser)
    feed = feed_of(client, "q=会议")
    assert feed.findtext(f"{ATOM}entry/{ATOM}title") == "<b>会议</b> & ]]>"
    assert feed.findtext(f"{ATOM}entry/{ATOM}author/{ATOM}name") == "<i>"
    assert {e.tag.removeprefix(ATOM) for e in feed.iter()} <= {
        "feed", "id", "title", "updated", "link", "generator", "entry", "author", "name",
        "category", "summary",
    }  # fmt: skip


def test_weaker_matches_are_no_news(client):
    """Not even where they are asked for."""
    assert not feed_of(client, "q=防汛抗旱 没有的词&relax=yes").findall(f"{ATOM}entry")


@pytest.mark.parametrize("query", ["", "q=", "q=x&sort=newest", "q=x&nosuch=1", "q=-x"])
def test_a_feed_refuses_as_the_api_does(client, query):
    """With a problem: readers are programs."""
    answer = client.get(f"/feed.atom?{query}")
    assert answer.status_code == 400
    assert answer.content_type.startswith("application/problem+json")


def test_times_of_partial_dates_are_their_beginnings():
    """Of nothing the same one for ever."""
    assert updated("1962-03") == "1962-03-01T00:00:00+08:00"
    assert updated("1962") == "1962-01-01T00:00:00+08:00"
    assert updated(None).startswith("1970-01-01T")


def test_browsers_are_told_how_to_search(client):
    """The description is linked from every page, and its addresses are absolute."""
    page = client.get("/").text
    assert 'rel="search" type="application/opensearchdescription+xml"' in page
    answer = client.get("/opensearch.xml")
    assert answer.content_type.startswith("application/opensearchdescription+xml")
    ns = "{http://a9.com/-/spec/opensearch/1.1/}"
    described = ET.fromstring(answer.data)
    assert len(described.findtext(f"{ns}ShortName")) <= 16
    templates = [url.get("template") for url in described.findall(f"{ns}Url")]
    assert "http://localhost/search?q={searchTerms}" in templates


def test_crawlers_read_articles_and_do_not_search(client):
    """Searches are endless."""
    answer = client.get("/robots.txt")
    assert answer.content_type == "text/plain; charset=utf-8"
    refused = [line.split(": ")[1] for line in answer.text.splitlines() if "Disallow" in line]
    assert {"/search", "/api/"} <= set(refused)
    assert not any("/articles/a01".startswith(path) for path in refused)
