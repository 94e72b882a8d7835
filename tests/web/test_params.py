"""The table of what parameters may say: what is taken, and what is refused naming it."""

from urllib.parse import urlencode

import pytest

from search_app.model import SearchRequest
from search_app.web.params import ArticleParams, SearchParams
from search_app.web.problems import Refused

TAKEN = [
    ("q=%E5%9B%BD", {}),
    ("q=%E5%9B%BD&page=3&per_page=100", {"page": 3, "per_page": 100}),
    ("q=%E5%9B%BD&page=10000&per_page=1", {"page": 10000, "per_page": 1}),
    ("q=%E5%9B%BD&match=exact&sort=newest", {"match": "exact", "sort": "newest"}),
    ("q=%E5%9B%BD&relax=no", {"relax": False}),
    ("q=%E5%9B%BD&from=2020&to=2020-02-29", {"date_from": "2020", "date_to": "2020-02-29"}),
    ("q=%E5%9B%BD&from=2021-05&to=2021", {"date_from": "2021-05", "date_to": "2021"}),
    ("q=%E5%9B%BD&from=2021&to=2021-01", {"date_from": "2021", "date_to": "2021-01"}),
    ("q=%E5%9B%BD&match=word", {"match": "word"}),
    (
        "q=%E5%9B%BD&newspaper=a&year=2020&newspaper=b&newspaper=a",
        {"filters": (("newspaper", ("a", "b")), ("year", ("2020",)))},
    ),
    (
        "q=%E5%9B%BD&facets=author,newspaper,author&facet_limit=200&histogram=month",
        {"facets": ("newspaper", "author"), "facet_limit": 200, "histogram": True},
    ),
    ("q=%E5%9B%BD&cursor=*&per_page=50", {"cursor": "*", "per_page": 50}),
    ("q=%25u4e2d+%", {"q": "%u4e2d %"}),
    ("q=a%09b%0Ac", {"q": "a\tb\nc"}),
    ("q=" + "%E5%9B%BD" * 200, {"q": "国" * 200}),
    ("q=%F0%A0%AE%B7", {"q": "𠮷"}),
    ("q=%E2%80%AE%E5%9B%BD", {"q": "\u202e国"}),
]
REFUSED = [
    ({}, "q"),
    ({"q": ""}, "q"),
    ({"q": " \u3000\t"}, "q"),
    ({"q": "\u200b\ufeff\ufe0f\u202e"}, "q"),
    ({"q": "国" * 201}, "q"),
    ({"q": "a\0b"}, "q"),
    ({"q": "a\x1bb"}, "q"),
    *(({"q": "国", "page": page}, "page")
      for page in ("", "abc", "0", "-1", "+3", " 5", "1_0", "٣", "１", "1.0", "01", "10001",
                   "9" * 3000)),
    *(({"q": "国", "per_page": n}, "per_page") for n in ("0", "101", "-1", "1000000000")),
    ({"q": "国", "page": "2000", "per_page": "100"}, "page"),
    ({"q": "国", "sort": "evil"}, "sort"),
    ({"q": "国", "match": "evil"}, "match"),
    ({"q": "国", "relax": "true"}, "relax"),
    *(({"q": "国", "from": date}, "from")
      for date in ("", "0000", "99999", "2020-13", "2020-02-30", "2020-1-1", "20200101", "٢٠٢٠",
                   "2020\n", "2020-01-28T00")),
    ({"q": "国", "from": "2021", "to": "2020"}, "from"),
    ({"q": "国", "from": "2021-02", "to": "2021-01-31"}, "from"),
    ({"q": "国", "nosuch": "1"}, "nosuch"),
    ({"q": "国", "callback": "f"}, "callback"),
    ({"q": ["国", "人"]}, "q"),
    ({"q": "国", "page": ["1", "1"]}, "page"),
    *(({"q": "国", "facets": names}, "facets") for names in ("evil", "author,", ",", "authors")),
    *(({"q": "国", "facet_limit": n}, "facet_limit") for n in ("0", "201", "x")),
    ({"q": "国", "histogram": "day"}, "histogram"),
    *(({"q": "国", "year": year}, "year") for year in ("20", "20200", "２０２０", "2020\n")),
    *(({"q": "国", "newspaper": name}, "newspaper")
      for name in ("", " ", "报" * 201, "a\0", ["a", ""])),
    ({"q": "国", "author": [str(n) for n in range(51)]}, "author"),
    ({"q": "国", "cursor": "*", "page": "2"}, "page"),
]  # fmt: skip


@pytest.mark.parametrize(("query_string", "expected"), TAKEN)
def test_good_parameters_become_a_request(query_string, expected):
    """What is not given has its default."""
    request = SearchParams.read(query_string.encode()).request()
    assert request == SearchRequest(**{"q": "国", **expected})


@pytest.mark.parametrize(("parameters", "named"), REFUSED)
def test_bad_parameters_are_refused_by_name(parameters, named):
    """Every fault names its parameter and says something."""
    with pytest.raises(Refused) as refused:
        SearchParams.read(urlencode(parameters, doseq=True).encode())
    assert [fault.parameter for fault in refused.value.faults] == [named]
    assert all(fault.message for fault in refused.value.faults)


@pytest.mark.parametrize("query_string", [b"q=%ff", b"q=%ED%A0%80", b"%ff=1&q=x", b"q=\xff"])
def test_bytes_that_are_no_utf8_are_refused(query_string):
    """They would otherwise be searched for as replacement characters."""
    with pytest.raises(Refused, match="UTF-8"):
        SearchParams.read(query_string)


def test_every_fault_is_told_at_once():
    """Nobody has to mend a request one error at a time."""
    with pytest.raises(Refused) as refused:
        SearchParams.read(b"page=0&sort=x&nosuch=1")
    named = [fault.parameter for fault in refused.value.faults]
    assert named == ["q", "page", "sort", "nosuch"]


def test_a_form_passes_over_trackers_and_empty_fields():
    """A shared link with a tracker works, and so does a form with empty dates."""
    params = SearchParams.read(b"q=x&utm_source=a&utm_source=b&from=&to=&page=2", is_form=True)
    assert params.request() == SearchRequest(q="x", page=2)


def test_a_form_still_refuses_what_it_knows():
    """A blank query and a repeated parameter are mistakes in a form too."""
    for query_string in (b"q=", b"q=x&page=0", b"q=x&q=y"):
        with pytest.raises(Refused):
            SearchParams.read(query_string, is_form=True)


def test_an_article_takes_only_what_marks_it():
    """Paging means nothing for one article."""
    assert ArticleParams.read(b"q=x&match=exact").q == "x"
    assert ArticleParams.read(b"").q is None
    with pytest.raises(Refused):
        ArticleParams.read(b"page=1")


def test_links_keep_the_search_and_leave_defaults_out():
    """A link to another page differs from this one by the page only."""
    params = SearchParams.read(b"q=x&from=2020&page=2&sort=relevance")
    assert params.link(page=3) == {"q": "x", "from": "2020", "page": 3}
    assert params.link(page=None) == {"q": "x", "from": "2020"}


def test_every_refusal_is_in_our_own_words(client):
    """Not in the validator's, which name its types."""
    wrong = ["sort=evil", "match=x", "collapse=x", "histogram=x", "relax=x", "per_page=101"]
    wrong += ["facet_limit=9999", "page=20000", "nosuch=1", "from=x", "facets={x}", "sort={0}"]
    for query in (*wrong, "q=" + "国" * 201):
        given = query if query.startswith("q=") else f"q=国&{query}"
        answer = client.get(f"/api/v1/search?{given}")
        (fault, *_) = answer.json["errors"]
        assert answer.status_code == 400
        assert "Input should" not in fault["message"]
        assert "String should" not in fault["message"]
        assert not fault["message"].startswith("Value error")
