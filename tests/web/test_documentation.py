"""The pages that explain the API: all of it is there, and what they show is so."""

import html
import json
import re

import pytest
import schemathesis
from werkzeug.exceptions import default_exceptions

from search_app.errors import SearchAppError
from search_app.web.describing.openapi import operations
from search_app.web.problems import Refused, http_problem, problem_of, specimens

CODE = re.compile(r"<code>(.*?)</code>", re.S)
CURL = re.compile(
    r"curl (?:-[^G]\S* .*?)?(?:-G )?'http://localhost(/[^']*)'((?: \\\s+--data-urlencode '[^']*')*)"
)


def every_error() -> list[type[Exception]]:
    """SearchAppError, all that are of it, those of HTTP, and a surprise."""
    families: list[type[Exception]] = [SearchAppError]
    for family in families:
        families += family.__subclasses__()
    return [*families, *default_exceptions.values(), ZeroDivisionError]


def code(client, path: str) -> list[str]:
    return [html.unescape(text) for text in CODE.findall(client.get(path).text)]


def test_every_path_and_parameter_is_explained(client):
    """By name, with a text of its own."""
    page = client.get("/docs").text
    for path, operation in operations().items():
        shown = path.replace("{article_id}", "{id}")
        assert shown in page, path
        for parameter in operation["parameters"]:
            name = parameter["name"]
            assert name == "article_id" or f"<code>{name}</code>" in page or name == "strict", name
    for explained in re.findall(r"<dd>(.*?)<", page, re.S):
        assert explained.strip()


def test_what_it_shows_to_type_is_answered(client):
    """Each command's address, but for articles that are of another corpus."""
    asked = 0
    for text in code(client, "/docs"):
        for path, values in CURL.findall(text):
            given = dict(pair.split("=", 1) for pair in re.findall(r"urlencode '([^']*)'", values))
            answer = client.get(path, query_string=given)
            expected = 404 if "153a0b84ce0be24a" in path else 200
            assert answer.status_code == (400 if given.get("per_page") == "500" else expected), path
            asked += 1
    assert asked == client.get("/docs").text.count("<code>curl ") == 14


def test_answers_that_it_shows_have_keys_that_answers_have(client):
    """Shortened, but nothing is called otherwise."""
    query = {"q": "防汛抗旱 会议", "facets": "year", "per_page": 1}
    about = "/api/v1/articles/a01"
    refused = client.get("/api/v1/search", query_string={"q": "防", "per_page": 500}).json
    real = [
        client.get("/api/v1/search", query_string=query).json,
        client.get(about, query_string={"q": "防汛"}).json,
        client.get(f"{about}/similar").json,
        json.loads(
            client.get("/api/v1/export.jsonl", query_string={"q": "会议"}).text.split("\n")[0]
        ),
        client.get("/api/v1/suggest", query_string={"q": "防"}).json,
        client.get("/api/v1/status").json,
        client.get("/readyz").json,
        refused,
    ]
    shown = [json.loads(text) for text in code(client, "/docs") if text.startswith("{")]
    for one, other in zip(shown, real, strict=True):
        assert_like(one, other)
    assert shown[-1] == refused


def test_citations_and_tables_that_it_shows_are_written_like_real_ones(client):
    """The same tags, keys and columns, in the same order."""
    shown = code(client, "/docs")
    ris, bib, table = (
        next(text for text in shown if text.startswith(begin)) for begin in ("TY", "@", "id,")
    )
    real = client.get("/articles/a01.ris").text
    assert re.findall("^..  -", ris, re.M) == list(dict.fromkeys(re.findall("^..  -", real, re.M)))
    key = re.compile("^  [a-z]+ = ", re.M)
    assert key.findall(bib) == key.findall(client.get("/articles/a01.bib").text)
    real = client.get("/api/v1/export.csv", query_string={"q": "会议"}).text
    assert table.split("\n")[0] == real.lstrip("\ufeff").split("\r\n")[0]


def assert_like(shown: object, real: object) -> None:
    if isinstance(shown, dict) and shown:
        assert isinstance(real, dict)
        assert set(shown) <= set(real)
        for key, value in shown.items():
            assert_like(value, real[key])
    if isinstance(shown, list) and shown and isinstance(real, list) and real:
        assert_like(shown[0], real[0])


def example(client, kind: str) -> object:
    """The answer that the page of this kind shows."""
    (shown,) = [text for text in code(client, f"/problems/{kind}") if text.startswith("{")]
    return json.loads(shown)


@pytest.mark.parametrize("kind", specimens())
def test_each_kind_of_problem_has_its_page(client, kind):
    """What it means, what helps, an answer of that kind; the list leads there."""
    page = client.get(f"/problems/{kind}")
    assert page.status_code == 200
    assert len(re.findall(r"<h2>.+</h2>\n<p>.{5,}</p>", page.text)) == 2
    assert f'href="/problems/{kind}"' in client.get("/docs").text
    shown, specimen = example(client, kind), specimens()[kind]
    assert (shown["type"], shown["status"]) == (specimen.type, specimen.status)
    assert (shown["title"], bool(shown["detail"])) == (specimen.title, True)


def test_each_explanation_is_of_a_kind_that_is_sent(app):
    """A page for each kind, and none for what no longer is one."""
    source = app.jinja_env.loader.get_source(app.jinja_env, "problem.html")[0]
    assert set(re.findall(r"^  '(\w+)': \(_\(", source, re.M)) == set(specimens())


@pytest.mark.parametrize("family", every_error())
def test_each_error_is_of_a_kind_that_has_a_page(family):
    """Whatever of ours is raised while a request is answered, and what HTTP says."""
    problem = problem_of(family() if family is Refused else family("why"))
    assert problem.type.rpartition(":")[2] in specimens()


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("bad_parameter", "/api/v1/search?q=a&per_page=500"),
        ("bad_query", "/api/v1/search?q=-a"),
        ("unknown_address", "/api/v1/nosuch"),
        ("unknown_article", "/api/v1/articles/0000000000000000"),
    ],
)
def test_the_answer_that_a_page_shows_is_the_one_that_is_sent(client, kind, path):
    """Where anybody may bring it about."""
    assert example(client, kind) == client.get(path).json


def test_there_is_no_page_of_what_is_no_kind(client):
    """404, as everywhere."""
    assert client.get("/problems/nosuch").status_code == 404


def test_a_problem_leads_to_its_page(client):
    """By a header, as its type is no address (RFC 8288)."""
    told = client.get("/api/v1/search")
    assert told.headers["Link"] == '</problems/bad_parameter>; rel="describedby"'
    assert "/docs" in client.get("/api/v1/nosuch").json["detail"]


def test_the_description_is_valid(client):
    """By the schema of OpenAPI 3.1 itself."""
    schemathesis.openapi.from_dict(client.get("/openapi.json").json).validate()


@pytest.mark.parametrize("status", [400, 414, 417, 431, 500, 501, 503])
def test_what_is_refused_before_it_is_read_leads_to_its_page_too(client, status):
    """By the same header, at the front of the server."""
    head, _, body = http_problem(status).partition(b"\r\n\r\n")
    page = re.search(rb'Link: <(.+)>; rel="describedby"', head)[1].decode()
    assert client.get(page).status_code == 200
    assert json.loads(body)["type"] == f"urn:search-app:problem:{page.rpartition('/')[2]}"
