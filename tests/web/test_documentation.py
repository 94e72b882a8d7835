"""The pages that explain the API: all of it is there, and what they show is so."""

import html
import json
import re

import pytest

from search_app.web.describing.openapi import operations
from search_app.web.problems import statuses

CODE = re.compile(r"<code>(.*?)</code>", re.S)
CURL = re.compile(
    r"curl (?:-G |-o \S+ -G )?'http://localhost(/[^']*)'((?: \\\s+--data-urlencode '[^']*')*)"
)


def code(client, path: str) -> list[str]:
    return [html.unescape(text) for text in CODE.findall(client.get(path).text)]


def test_every_path_and_parameter_is_explained(client):
    """By name, with a text of its own."""
    page = client.get("/docs").text
    for path, operation in operations().items():
        shown = path.replace("{article_id}", "{id}")
        if path.startswith("/api/v1/export."):
            shown = "." + path.rpartition(".")[2]
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
    assert asked == client.get("/docs").text.count("<code>curl ") == 8


def test_answers_that_it_shows_have_keys_that_answers_have(client):
    """Shortened, but nothing is called otherwise."""
    query = {"q": "防汛抗旱 会议", "facets": "year", "per_page": 1}
    real = {
        "query": client.get("/api/v1/search", query_string=query).json,
        "suggestions": client.get("/api/v1/suggest", query_string={"q": "防"}).json,
        "type": client.get("/api/v1/search", query_string={"q": "防", "per_page": 500}).json,
    }
    shown = [json.loads(text) for text in code(client, "/docs") if text.startswith("{")]
    assert [next(iter(each)) for each in shown] == ["query", "suggestions", "type"]
    for each in shown:
        assert_like(each, real[next(iter(each))])
    assert shown[2] == real["type"]


def assert_like(shown: object, real: object) -> None:
    if isinstance(shown, dict) and shown:
        assert isinstance(real, dict)
        assert set(shown) <= set(real)
        for key, value in shown.items():
            assert_like(value, real[key])
    if isinstance(shown, list) and shown and isinstance(real, list) and real:
        assert_like(shown[0], real[0])


@pytest.mark.parametrize("kind", statuses())
def test_each_kind_of_problem_has_its_page(client, kind):
    """What it means, what helps; the list leads there."""
    page = client.get(f"/problems/{kind}")
    assert page.status_code == 200
    assert f"urn:search-app:problem:{kind}" in page.text
    assert str(statuses()[kind]) in page.text
    assert len(re.findall(r"<h2>.+</h2>\n<p>.{5,}</p>", page.text)) == 2
    assert f'href="/problems/{kind}"' in client.get("/docs").text


def test_there_is_no_page_of_what_is_no_kind(client):
    """404, as everywhere."""
    assert client.get("/problems/nosuch").status_code == 404


def test_a_problem_leads_to_its_page(client):
    """By a header, as its type is no address (RFC 8288)."""
    told = client.get("/api/v1/search")
    assert told.headers["Link"] == '</problems/bad_parameter>; rel="describedby"'
    assert "/docs" in client.get("/api/v1/nosuch").json["detail"]
