"""The answers of the API: what `answers` says, nothing added and nothing lost."""

import json
from dataclasses import fields
from pathlib import Path

import jsonschema
import pytest

from search_app.answers import ArticleViewJson, HitJson, SearchPageJson, SnippetJson
from search_app.filters import FILTER_NAMES
from search_app.model import IndexStatus, QueryEcho
from search_app.web import create_app

SCHEMAS = Path(__file__).parents[3] / "shared" / "contract" / "schema"


def names(kind):
    return [field.name for field in fields(kind)]


def test_a_search_has_the_fields_of_its_answer(client):
    """Keys and their order are those of the dataclasses."""
    page = client.get("/api/v1/search", query_string={"q": "会议"}).json
    assert list(page) == names(SearchPageJson)
    assert list(page["query"]) == names(QueryEcho)
    assert list(page["hits"][0]) == names(HitJson)
    assert list(page["hits"][0]["snippets"][0]) == names(SnippetJson)
    assert {h["id"]: h["title_spans"] for h in page["hits"]}["a01"] == [[9, 11]]


def test_an_article_and_the_status_have_the_fields_of_their_answers(client):
    """Without a query nothing is marked."""
    article = client.get("/api/v1/articles/a01").json
    assert list(article) == names(ArticleViewJson)
    assert article["body_spans"] == []
    assert list(article["source"]) == ["path", "start", "end"]
    assert list(client.get("/api/v1/status").json) == names(IndexStatus)


def test_an_article_is_marked_when_a_query_is_given(client):
    """Spans point at what was asked for."""
    article = client.get("/api/v1/articles/a01", query_string={"q": "统一指挥"}).json
    start, end = article["body_spans"][0]
    assert article["body"][start:end] == "统一指挥"


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("/api/v1/search?q=会议", "search"),
        ("/api/v1/search?q=没有", "search"),
        ("/api/v1/articles/a01?q=会议", "article"),
        ("/api/v1/articles/a02", "article"),
        ("/api/v1/status", "status"),
        ("/api/v1/search", "problem"),
        ("/api/v1/nosuch", "problem"),
    ],
)
def test_answers_have_the_shape_of_the_contract(client, path, schema):
    """The contract's own schemas are asked, where they are at hand."""
    file = SCHEMAS / f"{schema}.json"
    if not file.exists():
        pytest.skip("the contract's schemas are not beside this checkout")
    jsonschema.validate(client.get(path).json, json.loads(file.read_text(encoding="utf-8")))


def test_chinese_is_sent_as_it_is(client):
    """UTF-8, not escapes: answers are a third as long and readable."""
    answer = client.get("/api/v1/search?q=会议")
    assert answer.content_type == "application/json; charset=utf-8"
    assert "防汛抗旱指挥部召开会议".encode() in answer.data


def test_the_request_reaches_the_service_as_it_was_meant(client, service):
    """Every parameter arrives in its field."""
    client.get("/api/v1/search?q=x&page=2&per_page=5&sort=oldest&from=2020&to=2021&relax=no")
    (request,) = service.requests
    assert (request.page, request.per_page, request.sort) == (2, 5, "oldest")
    assert (request.date_from, request.date_to, request.relax) == ("2020", "2021", False)


def test_what_is_counted_and_how_to_go_on(client):
    """Facets and months as they were asked for; `next` is an address that walks on."""
    asked = {"q": "会议", "facets": "newspaper,agency", "histogram": "month", "per_page": 3}
    page = client.get("/api/v1/search", query_string=asked).json
    assert page["facets"] == {
        "newspaper": [{"value": "临泽日报", "count": 1}, {"value": "渡口周刊", "count": 1}],
        "agency": [{"value": "新华社", "count": 1}],
    }
    assert page["histogram"] == [
        {"month": "1962-03", "count": 1},
        {"month": "2021-07", "count": 1},
    ]
    assert "&facets=newspaper%2Cagency&histogram=month&cursor=behind" in page["next"]
    rest = client.get(page["next"]).json
    assert rest["next"] is None
    assert rest["facets"].keys() == {"newspaper", "agency"}
    found = [hit["id"] for hit in [*page["hits"], *rest["hits"]]]
    assert sorted(found) == ["a01", "a02", "a03", "a04"]


def test_a_filter_leaves_its_own_counts_alone(client):
    """One of its values is enough, and all filters must hold."""
    both = {"q": "会议", "newspaper": ["临泽日报", "渡口周刊"], "facets": "newspaper,year"}
    page = client.get("/api/v1/search", query_string=both).json
    assert page["total"] == 2
    one = client.get("/api/v1/search", query_string=both | {"year": "1962"}).json
    assert [hit["id"] for hit in one["hits"]] == ["a02"]
    assert [f["value"] for f in one["facets"]["year"]] == ["1962", "2021"]
    assert [f["value"] for f in one["facets"]["newspaper"]] == ["渡口周刊"]


def test_reprints_are_collapsed_where_that_is_asked_for(client, service):
    """Never by itself; the article lists the others."""
    service.index.with_reprints(("a01", "a04"))
    found = client.get("/api/v1/search", query_string={"q": "会议"}).json
    assert (found["total"], found["total_collapsed"], len(found["hits"])) == (4, None, 4)
    asked = {"q": "会议", "collapse": "reprints", "per_page": 2}
    found = client.get("/api/v1/search", query_string=asked).json
    assert (found["total"], found["total_collapsed"], len(found["hits"])) == (4, 3, 2)
    assert "collapse=reprints" in found["next"]
    assert client.get(found["next"]).json["next"] is None
    article = client.get("/api/v1/articles/a04").json
    assert (article["reprints"], article["reprinted"][0]["id"]) == (1, "a01")
    assert article["reprinted"][0]["url"] == "/articles/a01"
    assert client.get("/api/v1/search?q=a&collapse=no").json["total_collapsed"] is None
    assert client.get("/api/v1/search?q=a&collapse=yes").status_code == 400


def test_similar_articles_are_hits(client):
    """Of an article that is there; the article is none of them."""
    hits = client.get("/api/v1/articles/a01/similar").json["hits"]
    assert "a01" not in [hit["id"] for hit in hits]
    assert all(list(hit) == names(HitJson) for hit in hits)
    assert client.get("/api/v1/articles/nosuch/similar").status_code == 404
    assert client.get("/api/v1/articles/a01/similar?q=x").status_code == 400


def test_a_walk_through_what_is_gone_is_a_problem(client):
    """With the way to begin again."""
    gone = client.get("/api/v1/search?q=x&cursor=10.000009-20200101T000000Z")
    assert (gone.status_code, gone.json["type"]) == (410, "urn:search-app:problem:cursor_expired")
    assert "cursor=*" in gone.json["detail"]
    for cursor in ("x", "", "1", "-1.000009-20200101T000000Z", "%00"):
        refused = client.get(f"/api/v1/search?q=x&cursor={cursor}")
        assert refused.status_code == 400
        assert refused.json["errors"][0]["parameter"] == "cursor"


def test_a_page_past_the_end_is_empty_and_counts_truly(client):
    """It is no error, and the last page is not repeated."""
    page = client.get("/api/v1/search?q=会议&page=50").json
    assert (page["hits"], page["total"], page["page"]) == ([], 4, 50)


def test_probes_say_alive_and_ready(client):
    """Both answer any time, in JSON."""
    assert client.get("/healthz").json == {"status": "alive"}
    assert client.get("/readyz").json == {"ready": True, "degraded": False, "problem": None}


def references(value):
    if isinstance(value, dict):
        yield from ([value["$ref"]] if "$ref" in value else [])
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from references(each)


def test_the_description_covers_every_path_and_holds_together(app, client):
    """OpenAPI 3.1, made from the types: no reference leads nowhere."""
    spec = client.get("/openapi.json").json
    assert spec["openapi"].startswith("3.1")
    rules = {r.rule.replace("<", "{").replace(">", "}") for r in app.url_map.iter_rules()}
    beside = (
        "/api/", "/feed.atom", "/articles/{article_id}.", "/healthz", "/readyz", "/metrics",
        "/opensearch.xml", "/robots.txt",
    )  # fmt: skip
    assert set(spec["paths"]) == {rule for rule in rules if rule.startswith(beside)}
    schemas = spec["components"]["schemas"]
    assert {ref.rpartition("/")[2] for ref in references(spec)} <= set(schemas)
    assert set(schemas["SearchPage"]["properties"]) == set(names(SearchPageJson))


REFUSALS = ("400", "405", "414", "429", "431", "500", "503")


def test_the_description_has_examples_all_statuses_and_no_null(client):
    """A parameter that is not given is left out; errors of any request stand at each."""
    spec = client.get("/openapi.json").json
    for path in spec["paths"].values():
        operation = path["get"]
        assert {"200", "400", "405", "414", "429", "431", "500", "503"} <= set(
            operation["responses"]
        )
        for parameter in operation["parameters"]:
            assert "null" not in str(parameter["schema"])
            assert not {"ge", "le", "anyOf"} & set(parameter["schema"])
            assert "example" in parameter, parameter["name"]
            assert parameter["description"]
            assert parameter["name"] != "q" or parameter["example"] == "防汛抗旱"
    search = spec["paths"]["/api/v1/search"]["get"]["parameters"]
    (facets,) = [p["schema"] for p in search if p["name"] == "facets"]
    assert facets["items"]["enum"] == list(FILTER_NAMES)


def test_an_id_that_an_article_had_earlier_leads_to_the_one_it_has(client):
    """For pages and programs, with what was asked; no browser keeps it, as it may change."""
    old = "/articles/%E6%97%A7%20a"
    for path in (old, f"/api/v1{old}", f"/api/v1{old}/similar"):
        query = "" if path.endswith("similar") else "?q=%E4%BC%9A%E8%AE%AE&match=exact"
        answer = client.get(path + query)
        now = path.replace("%E6%97%A7%20a", "a01") + query
        assert (answer.status_code, answer.headers["Location"]) == (301, now)
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert client.get(now).status_code == 200
    assert client.get(f"/api/v1{old}?nosuch=1").status_code == 400


def test_the_description_says_what_a_question_about_an_article_may_get(client):
    """Another id, none, one that was withdrawn."""
    paths = client.get("/openapi.json").json["paths"]
    of_article = [path for path in paths if "article_id" in path]
    assert len(of_article) == 4
    for path in of_article:
        assert {"200", "301", "404", "410", "503"} <= set(paths[path]["get"]["responses"])


def test_the_description_names_the_parameters_and_their_limits(client):
    """What is checked and what is described are one thing."""
    search = client.get("/openapi.json").json["paths"]["/api/v1/search"]["get"]
    described = {p["name"]: p["schema"] for p in search["parameters"]}
    asked = ["q", "match", "from", "to", "relax", *FILTER_NAMES, "collapse"]
    shown = ["page", "per_page", "facets", "facet_limit", "histogram", "cursor", "sort"]
    assert list(described) == asked + shown
    export = client.get("/openapi.json").json["paths"]["/api/v1/export.csv"]["get"]
    (limit,) = [p["schema"] for p in export["parameters"] if p["name"] == "limit"]
    assert (limit["minimum"], limit["maximum"]) == (1, 1_000_000)
    assert (described["per_page"]["minimum"], described["per_page"]["maximum"]) == (1, 100)
    assert list(search["responses"]["400"]["content"]) == ["application/problem+json"]


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LocalHost:8000", 200),
        ("[::1]:8000", 200),
        ("127.0.0.1:1", 200),
        ("evil.example", 400),
        ("localhost.evil.example", 400),
        ("", 400),
        ("[::1", 400),
    ],
)
def test_only_known_hosts_are_answered(service, host, status):
    """Loopback names in any spelling; a probe may come by any name."""
    app = create_app(service, hosts=("localhost", "127.0.0.1", "::1"))
    headers = {"Host": host}
    assert app.test_client().get("/", headers=headers).status_code == status
    assert app.test_client().get("/healthz", headers=headers).status_code == 200
