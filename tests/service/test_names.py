"""People and organisations are counted and filtered by, in a real index and in the scan."""

from collections.abc import Callable

from given import BuiltIndex, GivenCorpus, accept
from scan import ScanEngine

from search_app.analysis.words import Analyser
from search_app.engine.base import Window
from search_app.model import Article, SearchPage, SearchRequest
from search_app.query.compile import QueryCompiler
from search_app.service.facade import SearchService

Make = Callable[..., Article]
COUNTED = ("person", "organisation")


def some_articles(make: Make) -> list[Article]:
    return [
        make("a", "会议由市长周文斌主持，水利部部长李国英出席。"),
        make("b", "会议听取了局长王文涛、市长周文斌的汇报。"),
        make("c", "会议在水利部召开。", "记者王小满报道"),
        make("d", "会议没有人说话。"),
    ]


def counts(page: SearchPage) -> dict[str, dict[str, int]]:
    return {name: {v.value: v.count for v in values} for name, values in page.facets.items()}


def test_results_are_counted_and_filtered_by_who_is_named(
    build: Callable[..., BuiltIndex], make_article: Make, analyser: Analyser
) -> None:
    """OR within one, AND between both; a facet's own filter does not touch its counts."""
    service = SearchService(build(some_articles(make_article)), QueryCompiler(analyser))
    page = service.search(SearchRequest(q="会议", facets=COUNTED))
    people = {"周文斌": 2, "李国英": 1, "王小满": 1, "王文涛": 1}
    assert counts(page) == {"person": people, "organisation": {"水利部": 2}}
    wanted = (("person", ("王文涛", "李国英")), ("organisation", ("水利部",)))
    page = service.search(SearchRequest(q="会议", facets=COUNTED, filters=wanted))
    assert [hit.id for hit in page.hits] == ["a"]
    assert counts(page)["person"] == {"周文斌": 1, "李国英": 1, "王小满": 1}
    assert counts(page)["organisation"] == {"水利部": 1}


def test_an_update_names_as_a_rebuild_does(
    build: Callable[..., BuiltIndex], make_article: Make, analyser: Analyser
) -> None:
    """What is new is counted with what the base has; the scan agrees."""
    first, *others = some_articles(make_article)
    changed = make_article("d", "会议上，水利部部长李国英说了话。")
    index = build([first, others[0], others[2]])
    index.update(GivenCorpus([first, others[1], changed]), accept, delta_share=9.0)
    service = SearchService(index, QueryCompiler(analyser))
    page = service.search(SearchRequest(q="会议", facets=COUNTED))
    scan = ScanEngine([first, others[1], changed], analyser)
    query = QueryCompiler(analyser).compile("会议", "smart").query
    found = scan.search(query, Window(facets=("people", "organisations")))
    assert counts(page) == dict(zip(COUNTED, (dict(v) for _, v in found.facets), strict=True))


def test_an_article_says_who_is_named_in_it(
    build: Callable[..., BuiltIndex], make_article: Make, analyser: Analyser
) -> None:
    """In the order of the text, in simplified characters."""
    article = make_article("a", "水利部部長李國英說，會議由市長周文斌主持。")
    view = SearchService(build([article]), QueryCompiler(analyser)).article("a")
    assert (view.people, view.organisations) == (("李国英", "周文斌"), ("水利部",))
