"""`full_text = false`: wherever an article is shown, only snippets of it are."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from served import run

from search_app.bootstrap import search_service
from search_app.query.snippets import LONGEST
from search_app.service.facade import SearchService
from search_app.settings import read_settings
from search_app.web import create_app

PAGE = "周岚报道\n" + "".join(
    f"第{n}号渡轮在江面上平静地驶过，码头的灯一直亮着。\n" for n in range(40)
)
ARTICLES = [
    {"id": "free", "title": "渡轮", "body": PAGE},
    {"id": "held", "title": "渡轮停航", "body": PAGE + "禁区", "newspaper": "澜州晚报"},
]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """An article that may be read, one that may not, and a page that may not."""
    folder = tmp_path / "corpus"
    for name, article in zip(("甲", "乙"), ARTICLES, strict=True):
        (folder / name).mkdir(parents=True)
        line = json.dumps(article, ensure_ascii=False)
        (folder / name / "a.jsonl").write_text(line, encoding="utf-8")
    (folder / "乙" / "p.txt").write_text("头版\n" + PAGE, encoding="utf-8")
    say(folder, "乙")
    return folder


def say(corpus: Path, *folders: str) -> None:
    sources = (f'[[source]]\nfolder = "{name}"\nfull_text = false\n' for name in folders)
    (corpus / "corpus.toml").write_text("".join(sources), encoding="utf-8")


def build(command: str, corpus: Path) -> str:
    done = run(command, "--corpus", corpus, "--index", corpus.with_name("index"), "--jobs", "1")
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.fixture
def service(corpus: Path) -> SearchService:
    build("rebuild", corpus)
    index = str(corpus.with_name("index"))
    return search_service(read_settings({"SEARCH_APP_INDEX": index}))


@pytest.fixture
def client(service: SearchService) -> FlaskClient:
    return create_app(service).test_client()


def strings(value: Any) -> Iterator[str]:
    """All strings in an answer."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for item in value.values() for text in strings(item))
    elif isinstance(value, list):
        yield from (text for item in value for text in strings(item))


def test_no_answer_holds_more_than_a_snippet(client: FlaskClient) -> None:
    """Of a page or a record, by any address of the API."""
    found = client.get("/api/v1/search", query_string={"q": "渡轮 灯"}).json
    held = [hit["id"] for hit in found["hits"] if hit["id"] != "free"]
    assert len(held) == 2
    paths = [f"/api/v1/articles/{i}{more}" for i in held for more in ("", "?q=江面", "/similar")]
    answers = [client.get(path).json for path in paths]
    hits = [hit for answer in (found, *answers) for hit in answer.get("hits", [])]
    withheld = [a for a in (*answers, *hits) if a.get("id", "free") != "free"]
    assert len(withheld) >= 6
    assert max(len(text) for answer in withheld for text in strings(answer)) < 3 * LONGEST
    # The bound means something: the one that may be read is far longer.
    assert len(client.get("/api/v1/articles/free").json["body"]) > 3 * LONGEST


def test_an_article_has_no_text_but_where_the_query_stands(client: FlaskClient) -> None:
    """The shape of the answer stays; `full_text` says why it is empty."""
    plain = client.get("/api/v1/articles/held").json
    assert (plain["full_text"], plain["body"], plain["paragraphs"]) == (False, "", [])
    assert (plain["printed"], plain["snippets"]) == (None, [])
    assert (plain["title"], plain["newspaper"]) == ("渡轮停航", "澜州晚报")
    marked = client.get("/api/v1/articles/held", query_string={"q": "禁区"}).json
    (snippet,) = marked["snippets"]
    (span,) = snippet["spans"]
    assert snippet["text"][slice(*span)] == "禁区"
    assert (marked["body_spans"], marked["printed_spans"]) == ([], [])
    free = client.get("/api/v1/articles/free", query_string={"q": "江面"}).json
    assert (free["full_text"], free["snippets"]) == (True, [])


def test_nothing_that_is_taken_away_holds_the_text(client: FlaskClient) -> None:
    """Exports have none of it, a feed snippets; of what may be read they have all."""
    query = {"q": "渡轮 灯"}
    for ending in ("jsonl", "csv", "ris", "bib"):
        text = client.get(f"/api/v1/export.{ending}", query_string=query).text
        assert text.count("第20号渡轮") == (1 if ending in ("jsonl", "csv") else 0), ending
        assert "禁区" not in text
    lines = client.get("/api/v1/export.jsonl", query_string=query).text.splitlines()
    bodies = {row["id"]: row["body"] for row in map(json.loads, lines)}
    assert len(bodies) == 3
    assert [i for i, body in bodies.items() if body] == ["free"]
    feed = ElementTree.fromstring(client.get("/feed.atom", query_string=query).data)
    for entry in feed.iter("{http://www.w3.org/2005/Atom}entry"):
        assert len("".join(entry.itertext())) < 4 * LONGEST
    for ending in ("ris", "bib"):
        assert "停航" in client.get(f"/articles/held.{ending}").text
        assert "禁区" not in client.get(f"/articles/held.{ending}").text


def test_what_was_withdrawn_is_taken_away_by_nobody(client: FlaskClient, corpus: Path) -> None:
    """From the update on: not by an export, not by a feed; its citation says 410 as its page."""
    assert client.get("/articles/free.ris").status_code == 200
    (corpus / "withdrawn.txt").write_text("free\t更正\n", encoding="utf-8")
    build("update", corpus)
    for path in ("/api/v1/export.jsonl", "/api/v1/export.csv", "/feed.atom"):
        answer = client.get(path, query_string={"q": "渡轮"})
        assert answer.status_code == 200
        assert "free" not in answer.text
        assert "停航" in answer.text
    for ending in ("ris", "bib"):
        assert client.get(f"/articles/free.{ending}").status_code == 410


def test_the_page_shows_snippets_and_says_why(client: FlaskClient) -> None:
    """With and without a query."""
    page = client.get("/articles/held", query_string={"q": "禁区"}).text
    assert "只显示命中处的片段" in page
    assert "<mark>禁区</mark>" in page
    assert "第20号渡轮" not in page
    assert "第20号渡轮" not in client.get("/articles/held").text
    free = client.get("/articles/free").text
    assert "第20号渡轮" in free
    assert "只显示命中处的片段" not in free


def test_the_command_line_shows_no_text_either(service: SearchService, corpus: Path) -> None:
    """`show` says so."""
    shown = run("show", "held", "--index", corpus.with_name("index")).stdout
    assert "渡轮停航" in shown
    assert "may not be shown" in shown
    assert "第20号渡轮" not in shown
    assert "第20号渡轮" in run("show", "free", "--index", corpus.with_name("index")).stdout


def test_an_update_follows_what_corpus_toml_says(client: FlaskClient, corpus: Path) -> None:
    """Rights that are taken or given, and a folder's newspaper, as a rebuild would have them."""

    def shown() -> dict[str, bool]:
        return {i: client.get(f"/api/v1/articles/{i}").json["full_text"] for i in ("free", "held")}

    assert shown() == {"free": True, "held": False}
    say(corpus, "甲")
    build("update", corpus)
    assert shown() == {"free": False, "held": True}
    toml = '[[source]]\nfolder = "甲"\nnewspaper = "渡口周刊"\n'
    (corpus / "corpus.toml").write_text(toml, encoding="utf-8")
    build("update", corpus)
    assert shown() == {"free": True, "held": True}
    assert client.get("/api/v1/articles/free").json["newspaper"] == "渡口周刊"
