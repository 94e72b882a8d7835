"""What the API answers is as before, on an index of two segments: a rebuild and an update.

`asked.tsv` has the requests, a line each: kind, path below /api/v1, parameters as JSON. A request
is named by its kind and its place among those of its kind.
"""

import json
import re
import runpy
import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from same.paper import edit, write_first
from same.pins import ROOT, hold, run

_ASKED = Path(__file__).parent / "asked.tsv"
_GENERATION = re.compile(r"\d{6,}-\d{8}T\d{6}Z")
_OF_ITS_TIME = ("took_ms", "generation", "built_at", "bytes")
_MOST_PAGES = 60


def asked() -> dict[str, list[tuple[str, list[list[str]]]]]:
    """The requests by kind."""
    found: dict[str, list[tuple[str, list[list[str]]]]] = {}
    for line in _ASKED.read_text(encoding="utf-8").splitlines():
        kind, path, parameters = line.split("\t")
        found.setdefault(kind, []).append((path, json.loads(parameters)))
    return found


ASKED = asked()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The corpus and its index; `<command>.txt` is what a command said."""
    made = tmp_path_factory.mktemp("same")
    write_first(made / "corpus")
    for command in ("rebuild", "update"):
        if command == "update":
            edit(made / "corpus")
        done = run(made, command, "--corpus", "corpus", "--index", "index", "--jobs", "1")
        (made / f"{command}.txt").write_text(f"{done.returncode}\n{done.stderr}", encoding="utf-8")
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[Any]:
    """Asks the application that wsgi.py makes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("SEARCH_APP_INDEX", str(folder / "index"))
        app = runpy.run_path(str(ROOT / "wsgi.py"))["app"]
        yield app.test_client()


def steady(value: object) -> object:
    """An answer without what is of its time, generations unnamed, scores to six digits."""
    if isinstance(value, dict):
        return {k: steady(v) for k, v in value.items() if k not in _OF_ITS_TIME}
    if isinstance(value, list):
        return [steady(v) for v in value]
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, str):
        return _GENERATION.sub("GENERATION", value)
    return value


def answer(client: Any, path: str, parameters: list[list[str]]) -> list[object]:
    """Status, place it leads to, and body."""
    given = [(name, value) for name, value in parameters]
    reply = client.get(f"/api/v1/{path}", query_string=given)
    body = reply.get_json() if "json" in reply.content_type else None
    return [reply.status_code, reply.headers.get("Location"), steady(body)]


def walk(client: Any, parameters: list[list[str]]) -> list[object]:
    """Every page from the first cursor to the end."""
    given = [(name, value) for name, value in parameters]
    reply = client.get("/api/v1/search", query_string=given)
    pages = [steady(reply.get_json())]
    while reply.get_json().get("next"):
        assert len(pages) < _MOST_PAGES
        reply = client.get(reply.get_json()["next"])
        pages.append(steady(reply.get_json()))
    return pages


def test_the_corpus_is_as_before(folder: Path) -> None:
    """All files after the edit."""
    files: dict[str, object] = {}
    for path in sorted((folder / "corpus").rglob("*")):
        if path.is_file():
            files[str(path.relative_to(folder))] = sha256(path.read_bytes()).hexdigest()
    hold("files-queries", files)


def test_building_says_the_same(folder: Path) -> None:
    """Exit code, and what was counted."""
    said: dict[str, object] = {}
    for command in ("rebuild", "update"):
        text = (folder / f"{command}.txt").read_text(encoding="utf-8")
        said[command] = _GENERATION.sub("GENERATION", text)
    hold("built-queries", said)


@pytest.mark.parametrize("kind", ASKED)
def test_answers_are_as_before(kind: str, client: Any) -> None:
    """Status and body: ids, order, scores, totals, facets, marks, snippets."""
    items: dict[str, object] = {}
    told = {}
    for number, (path, parameters) in enumerate(ASKED[kind], 1):
        name = f"{number:03}"
        told[name] = f"{path} {json.dumps(parameters, ensure_ascii=False)}"
        if kind == "walk":
            items[name] = walk(client, parameters)
        else:
            items[name] = answer(client, path, parameters)
    hold(f"queries-{kind}", items, told)
