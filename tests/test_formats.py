"""Generations of older and newer formats: readers keep their own and say so; a rebuild mends it."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from given import BuiltIndex, GivenCorpus, accept
from served import run

from search_app.bootstrap import search_service
from search_app.engine.whoosh.store.manifest import FORMAT, Manifest
from search_app.errors import DamagedIndex, WrongFormat
from search_app.model import Article
from search_app.settings import read_settings
from search_app.web import create_app

Make = Callable[..., Article]
# What other versions may write: other numbers, and manifests of which only the number is known.
OTHERS = [{"format": FORMAT - 1}, {"format": FORMAT + 1}, {"format": "3.1"}]
SAID = "the index was built with another version of search-app; run `search-app rebuild`"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def add(folder: Path, make_article: Make) -> Callable[[str], str]:
    """add(word): builds the next generation, of one article; returns its name."""

    def rebuild(word: str) -> str:
        articles = GivenCorpus([make_article("a", word)])
        return BuiltIndex(folder).rebuild(articles, accept).generation

    return rebuild


def asking(folder: Path) -> FlaskClient:
    """Asks a process that starts now."""
    settings = read_settings({"SEARCH_APP_INDEX": str(folder)})
    return create_app(search_service(settings)).test_client()


def rewrite(folder: Path, values: dict[str, object], whole: bool = True, place: int = 0) -> None:
    """Makes the live generation, or the one before it, one that another version published."""
    names = (folder / "CURRENT").read_text().split()
    path = folder / names[2 * place] / "manifest.json"
    data = json.dumps((json.loads(path.read_bytes()) if whole else {}) | values).encode()
    path.chmod(0o600)
    path.write_bytes(data)
    names[2 * place + 1] = "sha256:" + hashlib.sha256(data).hexdigest()
    (folder / "CURRENT.new").write_text(" ".join(names) + "\n")
    (folder / "CURRENT.new").replace(folder / "CURRENT")


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("other", OTHERS)
def test_a_running_reader_keeps_its_generation_and_says_so(
    folder: Path, add: Callable[[str], str], other: dict[str, object], whole: bool
) -> None:
    """So does one that starts where the generation before is of its format; a rebuild ends it."""
    ours = add("江面")
    running = asking(folder)
    assert running.get("/readyz").json == {"ready": True, "degraded": False, "problem": None}
    add("江面")
    rewrite(folder, other, whole)
    for client in (running, asking(folder)):
        assert client.get("/api/v1/search?q=江面").json["generation"] == ours
        assert client.get("/api/v1/status").json["generation"] == ours
        assert client.get("/readyz").json == {"ready": True, "degraded": True, "problem": SAID}
    new = add("江面")
    assert running.get("/api/v1/search?q=江面").json["generation"] == new
    assert running.get("/readyz").json == {"ready": True, "degraded": False, "problem": None}


def test_where_no_generation_is_ours_the_way_to_go_on_is_said(
    folder: Path, add: Callable[[str], str]
) -> None:
    """By every address, and by a page."""
    add("江面")
    rewrite(folder, OTHERS[1])
    client = asking(folder)
    for path in ("/readyz", "/api/v1/status", "/api/v1/search?q=江面", "/api/v1/articles/a"):
        answer = client.get(path)
        assert (answer.status_code, answer.json["detail"]) == (503, SAID)
        assert answer.json["type"] == "urn:search-app:problem:not_ready"
    assert client.get("/search?q=江面").status_code == 503
    assert client.get("/healthz").status_code == 200


def test_commands_name_the_other_version_and_a_rebuild_mends_it(
    folder: Path, add: Callable[[str], str], tmp_path: Path
) -> None:
    """Nothing but a rebuild touches what another version wrote."""
    add("江面")
    rewrite(folder, OTHERS[1])
    (tmp_path / "a.jsonl").write_text('{"id": "a", "body": "江面"}\n', encoding="utf-8")
    before = set(folder.rglob("*"))
    for command in (["verify"], ["status"], ["update", "--corpus", tmp_path / "a.jsonl"]):
        done = run(*command, "--index", folder)
        assert (done.returncode, done.stdout) == (3, "")
        assert done.stderr == f"search-app: {SAID}\n"
    assert set(folder.rglob("*")) - before <= {folder / "writer.lock"}
    assert run("rebuild", "--corpus", tmp_path / "a.jsonl", "--index", folder).returncode == 0
    assert run("verify", "--index", folder).returncode == 0


def test_commands_say_when_the_generation_before_answers(
    folder: Path, add: Callable[[str], str]
) -> None:
    """On stderr; what they print is its answer."""
    ours = add("江面")
    add("江面")
    rewrite(folder, OTHERS[1])
    done = run("status", "--json", "--index", folder)
    assert (done.returncode, json.loads(done.stdout)["generation"]) == (0, ours)
    assert done.stderr == f"search-app: {SAID}; the generation before it answers\n"


def test_going_back_to_another_format_is_refused(folder: Path, add: Callable[[str], str]) -> None:
    """What is live stays live."""
    add("江面")
    live = add("江面")
    rewrite(folder, OTHERS[0], place=1)
    with pytest.raises(WrongFormat, match="another version"):
        BuiltIndex(folder).roll_back()
    assert BuiltIndex(folder).live().generation == live
    assert BuiltIndex(folder).verify().generation == live


def test_what_cannot_be_gone_back_to_is_not_kept(folder: Path, add: Callable[[str], str]) -> None:
    """Of two generations that were there the newest that this version can open."""
    ours = add("江面")
    other = add("江面")
    rewrite(folder, OTHERS[0])
    live = add("江面")
    assert (folder / "CURRENT").read_text().split()[::2] == [live, ours]
    assert not (folder / other).exists()


NO_MANIFESTS = [b"", b"[]", b"2", b"null", b"{}", json.dumps({"format": FORMAT}).encode(), b"\xff{"]


@pytest.mark.parametrize("data", NO_MANIFESTS)
def test_what_is_no_manifest_is_damage_not_another_format(data: bytes) -> None:
    """The remedy is the same, the situation is not."""
    with pytest.raises(DamagedIndex, match="cannot be read") as damage:
        Manifest.from_bytes(data)
    assert not isinstance(damage.value, WrongFormat)
