"""`update`, `rollback` and `verify`: the index follows its corpus, and goes back."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from served import run

from search_app.bootstrap import search_service
from search_app.settings import read_settings
from search_app.web import create_app

ARTICLES = {f"a{n:02}": f"第{n}篇，江面平静。" for n in range(40)}


def write(corpus: Path, articles: Mapping[str, str]) -> None:
    lines = (json.dumps({"id": i, "body": b}, ensure_ascii=False) for i, b in articles.items())
    corpus.mkdir(exist_ok=True)
    (corpus / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")


def build(command: str, corpus: Path) -> str:
    """What the command says of its counts."""
    done = run(command, "--corpus", corpus, "--index", corpus.with_name("index"), "--jobs", "1")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    return done.stderr.splitlines()[0]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Forty articles that are indexed."""
    write(tmp_path / "corpus", ARTICLES)
    build("rebuild", tmp_path / "corpus")
    return tmp_path / "corpus"


@pytest.fixture
def index(corpus: Path) -> Path:
    return corpus.with_name("index")


@pytest.fixture
def client(index: Path) -> Any:
    """Asks a process that has run since before the first update."""
    settings = read_settings({"SEARCH_APP_INDEX": str(index)})
    return create_app(search_service(settings)).test_client()


def total(client: Any, q: str) -> int:
    found: int = client.get("/api/v1/search", query_string={"q": q, "relax": "no"}).json["total"]
    return found


def test_an_update_takes_what_is_new_changed_or_gone(
    corpus: Path, index: Path, client: Any
) -> None:
    """A delta beside the base; a rollback shows articles as they were, a rebuild as they are."""
    assert total(client, "江面平静") == 40
    articles = {**ARTICLES, "a05": "改过了。", "new": "新来的文章。"}
    del articles["a07"]
    write(corpus, articles)
    assert build("update", corpus).startswith("read 40: 40 indexed")
    assert any(index.glob("*/delta.id"))
    assert total(client, "江面平静") == 38
    assert total(client, "改过了") == total(client, "新来的文章") == 1
    assert client.get("/api/v1/articles/a05").json["body"] == "改过了。"
    assert client.get("/api/v1/articles/a07").status_code == 404
    assert run("verify", "--index", index).returncode == 0
    assert run("rollback", "--index", index).returncode == 0
    assert (total(client, "江面平静"), total(client, "改过了")) == (40, 0)
    assert client.get("/api/v1/articles/a07").json["body"] == ARTICLES["a07"]
    build("rebuild", corpus)
    assert (total(client, "江面平静"), total(client, "改过了")) == (38, 1)


def test_what_is_withdrawn_is_gone_until_it_is_no_longer(
    corpus: Path, index: Path, client: Any
) -> None:
    """410 with the reason, by the API, by a page and by `show`; no rollback brings it back."""
    (corpus / "withdrawn.txt").write_text("a03\t法院裁定\n", encoding="utf-8")
    assert build("update", corpus).startswith("read 40: 39 indexed, 0 furniture, 1 withdrawn")
    assert (total(client, "江面平静"), total(client, "“第3篇”")) == (39, 0)
    for path in ("/api/v1/articles/a03", "/articles/a03"):
        answer = client.get(path)
        assert answer.status_code == 410
        assert "法院裁定" in answer.text
    shown = run("show", "a03", "--index", index)
    assert (shown.returncode, shown.stdout) == (2, "")
    assert "法院裁定" in shown.stderr
    back = run("rollback", "--index", index)
    assert back.returncode == 3
    assert "a03" in back.stderr
    (corpus / "withdrawn.txt").unlink()
    build("update", corpus)
    assert (total(client, "江面平静"), total(client, "“第3篇”")) == (40, 1)


def test_verify_asks_for_pieces_of_the_articles(index: Path) -> None:
    """And prints how many were found, by kind; nothing is missed."""
    done = run("verify", "--index", index, "--recall", "50")
    assert done.returncode == 0
    first, *kinds = done.stdout.splitlines()
    assert "bytes in order" in first
    assert len(kinds) == 5
    assert all(line.endswith("recall 1.0000") for line in kinds)
    assert run("verify", "--index", index, "--recall", "0").returncode == 2


def test_verify_names_the_damaged_file(corpus: Path, index: Path) -> None:
    """A flipped bit, a file cut off, a missing one: exit code 3, one line, the remedy."""
    write(corpus, {**ARTICLES, "new": "新来的文章。"})
    build("update", corpus)
    for name, says in (
        ("base.body_pairs", "another hash"),
        ("delta.articles", "another size"),
        ("places", "missing"),
    ):
        path = max(index.glob(f"*/{name}"))
        data = path.read_bytes()
        path.unlink()
        if says != "missing":
            at = len(data) // 2
            rest = bytes([data[at] ^ 16]) + data[at + 1 :] if says == "another hash" else b""
            path.write_bytes(data[:at] + rest)
        done = run("verify", "--index", index)
        assert (done.returncode, done.stdout) == (3, "")
        assert f"/{name} " in done.stderr
        assert f"{says}; run `search-app rebuild`\n" in done.stderr
        assert done.stderr.count("\n") == 1
        path.write_bytes(data)
    assert run("verify", "--index", index).returncode == 0


def test_an_update_follows_a_changed_archive(corpus: Path, client: Any) -> None:
    """Member by member."""
    for n, word in enumerate(("旧闻", "新闻")):
        with zipfile.ZipFile(corpus / "z.zip", "w") as packed:
            packed.writestr("a.jsonl", json.dumps({"id": "z1", "body": word}, ensure_ascii=False))
            packed.writestr("b.jsonl", json.dumps({"id": "z2", "body": "夹页"}, ensure_ascii=False))
        assert "42 indexed" in build("update", corpus)
        assert [total(client, q) for q in ("旧闻", "新闻", "夹页")] == [1 - n, n, 1]


def test_a_damaged_file_keeps_its_articles(tmp_path: Path) -> None:
    """Named with reason and remedy, exit 1; --force takes a file, or none before other options."""
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    corpus.mkdir()
    for name in "ab":
        lines = [f'{{"id": "{name}{n}", "body": "第{n}班渡轮准点靠岸。"}}\n' for n in range(20)]
        (corpus / f"{name}.jsonl").write_text("".join(lines), "utf-8")
    where = ("--corpus", corpus, "--index", index, "--jobs", "1")
    assert run("rebuild", *where).returncode == 0
    (corpus / "a.jsonl").write_text("", "utf-8")
    for command in ("update", "rebuild"):
        done = run(command, *where)
        assert done.returncode == 1
        first, counted, *_ = done.stderr.splitlines()
        assert first == (
            f"{corpus}/a.jsonl: empty; its articles stay as they were; write it again, or remove it"
        )
        assert counted.startswith("read 41: 40 indexed, 0 furniture, 0 withdrawn, 1 rejected")
    (corpus / "b.jsonl").write_text(lines[0], "utf-8")
    done = run("update", "--force", corpus / "b.jsonl", *where)
    assert done.returncode == 1
    assert "read 22: 21 indexed" in done.stderr
    done = run("update", "--force", *where)
    assert done.returncode == 0
    assert "read 1: 1 indexed" in done.stderr
