"""Markup in every value that a page shows: it stays text, in every template."""

import html
import html.parser
from collections import Counter
from pathlib import Path

import pytest
from given import GivenCorpus, accept

from search_app.bootstrap import search_service
from search_app.filters import FILTER_NAMES
from search_app.model import Article, Source
from search_app.settings import read_settings
from search_app.web import create_app

# As element, attribute and entity; as one word, so that a search finds it.
EVIL = "<i class=evil onload='x'>&lt;\"'</i>"
TEXTS = (
    "title",
    "kicker",
    "subtitle",
    "byline",
    "agency",
    "place",
    "newspaper",
    "page_no",
    "section",
    "mark",
    "printed",
)
TEMPLATES = Path(__file__).parents[2] / "search_app" / "web" / "templates"


def evil_article(article_id: str, **more: object) -> Article:
    """An article with markup in every text that it has."""
    given: dict[str, object] = dict.fromkeys(TEXTS, EVIL)
    given |= {"authors": (EVIL,), "url": f"https://x.example/{EVIL}", "date": "2021-07-01"}
    source = Source(f"{EVIL}.txt", 0, 9)
    body = f"渡口{EVIL}的灯亮了一夜，船工把缆绳系在岸边。" * 8
    return Article(id=article_id, body=body, source=source, **(given | more))


@pytest.fixture
def client(build, tmp_path):
    """Asks an application over articles of nothing but markup, one of them withdrawn."""
    articles = [
        evil_article(EVIL),
        evil_article("reprint"),
        evil_article("other", title="渡口", date="2022"),
        evil_article("gone", kind="withdrawn"),
    ]
    corpus = GivenCorpus(articles)
    corpus.withdrawn = {"gone": EVIL}
    index = build([])
    index.rebuild(corpus, accept)
    settings = read_settings({"SEARCH_APP_INDEX": str(tmp_path / "index")})
    return create_app(search_service(settings)).test_client()


class Elements(html.parser.HTMLParser):
    """What a browser would make elements and attributes of."""

    def __init__(self) -> None:
        super().__init__()
        self.classes: list[str] = []
        self.names: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names[tag] += 1
        for name, value in attrs:
            self.names[f"@{name}"] += 1
            if name == "class":
                self.classes += (value or "").split()


ASKED = [
    ("/", {}),
    ("/search", {"q": EVIL}),
    ("/search", {"q": "渡口", "collapse": "no", "match": "exact"}),
    ("/search", {"q": f"渡口 没有的词{EVIL}"}),
    ("/search", {"q": f'"没有的词{EVIL}"', "from": "2020", "newspaper": EVIL}),
    ("/search", {"q": "渡口", "sort": EVIL}),
    ("/search", {"q": "渡口", "page": EVIL, "match": EVIL}),
    ("/search", {"q": "渡口", **dict.fromkeys(FILTER_NAMES, EVIL)}),
    ("/articles/reprint", {"q": f"渡口 {EVIL}"}),
    ("/articles/reprint", {}),
    ("/articles/gone", {}),
    (f"/articles/{EVIL}x", {}),
    (f"/{EVIL}", {EVIL: EVIL}),
    ("/feed.atom", {"q": f"渡口 {EVIL}"}),
    ("/docs", {"q": EVIL}),
    ("/problems/bad_query", {"q": EVIL}),
    (f"/problems/{EVIL}", {}),
    ("/opensearch.xml", {}),
]


def test_markup_in_any_value_stays_text(client, monkeypatch):
    """No element and no attribute is there that is not ours, and every template was looked at."""
    seen = set()
    loader = client.application.jinja_loader
    monkeypatch.setattr(loader.__class__, "get_source", _noting(loader.__class__.get_source, seen))
    for path, query in ASKED:
        answer = client.get(path, query_string=query)
        assert answer.status_code in (200, 400, 404, 410), path
        elements = Elements()
        elements.feed(answer.text)
        assert "evil" not in elements.classes, path
        assert not set(elements.names) & {"i", "@onload", "@onerror"}, path
    assert {path.name for path in TEMPLATES.iterdir()} == seen


def _noting(get_source, seen):
    def noting(self, environment, template):
        seen.add(template)
        return get_source(self, environment, template)

    return noting


def test_the_reason_of_a_withdrawal_is_shown_as_it_was_given(client):
    """Whole, and as text."""
    answer = client.get("/articles/gone")
    assert answer.status_code == 410
    assert html.escape(EVIL) in answer.text.replace("&#34;", "&quot;").replace("&#39;", "&#x27;")
