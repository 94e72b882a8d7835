"""The JSON of the API: what is added to the model's values on the way out."""

from urllib.parse import parse_qs, urlsplit

from scan import ScanEngine

from search_app.answers import article_path, marked_html, search_json
from search_app.model import Article, SearchRequest, Source
from search_app.query.compile import QueryCompiler
from search_app.service import searching


class OneEngine:
    """An index that leads to one engine."""

    problem = None

    def __init__(self, engine):
        self.engine = engine

    def live(self):
        return self.engine


def test_the_address_of_the_next_page_repeats_what_was_asked(analyser):
    """All but defaults, each once, with a cursor in place of the page."""
    source = Source("a.txt", 0, 9)
    articles = [
        Article(id=f"甲/{n}", title="渡口", body="渡口会议", source=source) for n in range(3)
    ]
    index = OneEngine(ScanEngine(articles, analyser))
    request = SearchRequest(
        q="渡口", per_page=1, sort="newest", relax=False, facets=("year", "place"), collapse=True
    )
    page = searching.search(index, QueryCompiler(analyser), request)
    answer = search_json(request, page)
    path, query = urlsplit(answer.next).path, parse_qs(urlsplit(answer.next).query)
    assert path == "/api/v1/search"
    assert query.pop("cursor") == [page.next]
    assert query == {
        "q": ["渡口"], "per_page": ["1"], "sort": ["newest"], "relax": ["no"],
        "collapse": ["reprints"], "facets": ["year,place"],
    }  # fmt: skip
    assert answer.hits[0].url == article_path(page.hits[0].id) == f"/articles/%E7%94%B2%2F{0}"


def test_markup_in_the_text_is_escaped_even_across_a_mark():
    """<scr|ipt> stays text, wherever the mark falls."""
    assert marked_html("<script>", [(4, 8)]) == "&lt;scr<mark>ipt&gt;</mark>"
