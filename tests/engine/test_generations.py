"""Generations: all or nothing, one writer, nothing deleted under a reader."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest
from given import BuiltIndex, GivenCorpus, accept

from search_app.analysis.words import Analyser
from search_app.engine.base import Window
from search_app.engine.whoosh.generations.generations import Generations
from search_app.errors import (
    AlreadyRunning,
    CursorExpired,
    DamagedIndex,
    GuardRefused,
    NoIndex,
    Overloaded,
    WithdrawnArticle,
    WrongFormat,
)
from search_app.model import Article, Counts
from search_app.query.compile import QueryCompiler
from search_app.remembered import Extent

Make = Callable[..., Article]


@pytest.fixture
def index(tmp_path: Path) -> BuiltIndex:
    return BuiltIndex(tmp_path / "index")


def generation(index: BuiltIndex) -> Path:
    return index.folder / (index.folder / "CURRENT").read_text().split()[0]


def rewrite(path: Path, data: bytes) -> None:
    path.chmod(0o600)
    path.write_bytes(data)


def test_an_empty_folder_has_no_index(index: BuiltIndex) -> None:
    """The error names the remedy."""
    with pytest.raises(NoIndex, match="rebuild"):
        index.live()


def test_a_new_generation_is_live_at_once_and_the_old_engine_goes_on(
    index: BuiltIndex, make_article: Make, analyser: Analyser
) -> None:
    """Whoever holds an engine finishes with it; whoever asks next gets the new one."""
    query = QueryCompiler(analyser).compile("江面", "smart").query
    index.rebuild(GivenCorpus([make_article("a", "江面平静")]), accept)
    old = index.live()
    index.rebuild(GivenCorpus([make_article("a", "江面"), make_article("b", "江面")]), accept)
    assert index.live().search(query, Window()).total == 2
    assert old.search(query, Window()).total == 1
    assert old.article("a").body == "江面平静"


def test_no_name_is_given_twice(index: BuiltIndex, make_article: Make) -> None:
    """Nor that of a generation that was gone back from."""
    names = [index.rebuild(GivenCorpus([make_article("a", "江")]), accept).generation for _ in "ab"]
    index.roll_back()
    names.append(index.rebuild(GivenCorpus([make_article("a", "江")]), accept).generation)
    assert [int(name.split("-")[0]) for name in names] == [1, 2, 3]


def test_a_generation_can_be_asked_until_it_is_gone(
    index: BuiltIndex, make_article: Make, analyser: Analyser
) -> None:
    """The live one and the one before; asking keeps neither from being deleted."""
    query = QueryCompiler(analyser).compile("江面", "smart").query
    names = []
    for bodies in (("江面平静", "江面"), ("江面",), ("渡口",)):
        articles = [make_article(f"a{n}", body) for n, body in enumerate(bodies)]
        index.rebuild(GivenCorpus(articles), accept)
        names.append(index.live().generation)
    assert index.kept(names[2]) is index.live()
    older = index.kept(names[1])
    assert older.search(query, Window()).total == 1
    with pytest.raises(CursorExpired, match="begin again"):
        index.kept(names[0])
    del older
    index.rebuild(GivenCorpus([make_article("a0", "渡口")]), accept)
    assert not (index.folder / names[1]).exists()
    with pytest.raises(CursorExpired):
        index.kept(names[1])


def test_two_generations_are_kept_and_none_that_is_read_is_deleted(
    index: BuiltIndex, make_article: Make
) -> None:
    """A reader's lock outlives the switches; the generation goes when the reader has gone."""
    index.rebuild(GivenCorpus([make_article("a", "江面")]), accept)
    reader = Generations(index.folder).open_current()
    for _ in range(3):
        index.rebuild(GivenCorpus([make_article("a", "江面")]), accept)
    assert reader.folder.exists()
    assert len([p for p in index.folder.iterdir() if p.is_dir()]) == 3
    reader.lock.close()
    index.rebuild(GivenCorpus([make_article("a", "江面")]), accept)
    assert not reader.folder.exists()
    assert len([p for p in index.folder.iterdir() if p.is_dir()]) == 2


def test_a_refused_build_leaves_the_live_generation(index: BuiltIndex, make_article: Make) -> None:
    """`accept` may raise; nothing is published and nothing stays behind."""
    index.rebuild(GivenCorpus([make_article("a", "江面")]), accept)
    before = sorted(p.name for p in index.folder.iterdir())

    def refuse(counts: Counts, found: Extent, live: Extent) -> Counts:
        assert (counts.indexed, found.articles, live.articles) == (2, 2, 1)
        raise GuardRefused("no")

    with pytest.raises(GuardRefused):
        index.rebuild(GivenCorpus([make_article("a", "江"), make_article("b", "江")]), refuse)
    assert sorted(p.name for p in index.folder.iterdir()) == before


class Usage(NamedTuple):
    free: int


@pytest.mark.parametrize("command", ["rebuild", "update"])
def test_a_disk_with_too_little_space_is_refused_before_anything_is_read(
    index: BuiltIndex, make_article: Make, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """With both numbers and the way on; what is live is not touched, and enough space is enough."""
    index.rebuild(GivenCorpus([make_article("a", "江面")]), accept)
    before = {path: path.stat().st_mtime_ns for path in index.folder.rglob("*")}
    corpus = GivenCorpus([make_article("a", "江面"), make_article("b", "江面")], size=10**9)
    needed = {"rebuild": 8 * 10**9, "update": 8 * 10**8}[command]
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(needed - 1))
    monkeypatch.setattr(corpus, "read", None)
    said = f"has {needed / 1e6:,.0f} MB left, and the build may need {needed / 1e6:,.0f}; free some"
    with pytest.raises(GuardRefused, match=said):
        getattr(index, command)(corpus, accept)
    after = {path: path.stat().st_mtime_ns for path in index.folder.rglob("*")}
    assert after.keys() == before.keys()
    assert [p.name for p in after if after[p] != before[p]] == ["writer.lock"]
    assert index.live().status().indexed == 1
    monkeypatch.undo()
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(8 * 10**9))
    assert getattr(index, command)(corpus, accept).indexed == 2


def test_what_a_killed_build_left_is_cleared_by_the_next(
    index: BuiltIndex, make_article: Make
) -> None:
    """A half-built folder and a generation that never became CURRENT."""
    index.rebuild(GivenCorpus([make_article("a", "江面")]), accept)
    (index.folder / ".building").mkdir()
    (index.folder / ".building" / "half").write_text("x")
    (index.folder / "000009-20260101T000000Z").mkdir()
    index.rebuild(GivenCorpus([make_article("a", "江面")]), accept)
    names = {p.name for p in index.folder.iterdir()}
    assert ".building" not in names
    assert "000009-20260101T000000Z" not in names


def test_counters_order_generations_whatever_the_clock_says(
    index: BuiltIndex, make_article: Make
) -> None:
    """A generation from the future is older than the next one."""
    index.rebuild(GivenCorpus([make_article("a", "江面")]), accept)
    first = generation(index)
    future = "000007-20991231T000000Z"
    first.rename(first.parent / future)
    digest = (index.folder / "CURRENT").read_text().split()[1]
    (index.folder / "CURRENT").write_text(f"{future} {digest}\n")
    index.rebuild(GivenCorpus([make_article("a", "江面")]), accept)
    assert generation(index).name.startswith("000008-")


def test_only_one_writes_and_the_other_learns_the_pid(
    index: BuiltIndex, make_article: Make
) -> None:
    """A killed writer leaves no lock behind."""
    code = (
        "import sys, time; from pathlib import Path\n"
        "from search_app.engine.whoosh.generations.generations import Generations\n"
        "with Generations(Path(sys.argv[1])).writing():\n"
        "    print('locked', flush=True); time.sleep(60)"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(index.folder)], stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    with other, other.stdout:
        assert other.stdout.readline() == "locked\n"
        with pytest.raises(AlreadyRunning, match=f"pid {other.pid}"):
            index.rebuild(GivenCorpus([make_article("a", "江面")]), accept)
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
    index.rebuild(GivenCorpus([make_article("a", "江面")]), accept)


def test_a_foreign_folder_is_refused(index: BuiltIndex, make_article: Make) -> None:
    """Nothing is ever written beside somebody's files."""
    index.folder.mkdir()
    (index.folder / "letter.txt").write_text("keep me")
    with pytest.raises(GuardRefused, match=r"letter\.txt"):
        index.rebuild(GivenCorpus([make_article("a", "江面")]), accept)
    assert [p.name for p in index.folder.iterdir()] == ["letter.txt"]


def test_published_files_are_read_only(index: BuiltIndex, make_article: Make) -> None:
    """They are never written again."""
    index.rebuild(GivenCorpus([make_article("a", "江面")]), accept)
    assert {p.stat().st_mode & 0o777 for p in generation(index).iterdir()} == {0o400}


@pytest.mark.parametrize("name", ["manifest.json", "base.columns", "base.id", "CURRENT"])
def test_damage_is_named_at_opening(index: BuiltIndex, make_article: Make, name: str) -> None:
    """A changed byte in a small file, wherever it is, is found by its hash."""
    index.rebuild(GivenCorpus([make_article("a", "江面")]), accept)
    path = generation(index) / name if name != "CURRENT" else index.folder / name
    data = path.read_bytes()
    rewrite(path, data[:10] + bytes([data[10] ^ 1]) + data[11:])
    fresh = BuiltIndex(index.folder)
    with pytest.raises(DamagedIndex, match="rebuild"):
        fresh.live()


def test_a_reader_keeps_its_generation_when_the_next_is_damaged(
    index: BuiltIndex, make_article: Make
) -> None:
    """And says what is wrong."""
    index.rebuild(GivenCorpus([make_article("a", "江面")]), accept)
    before = index.live().generation
    writer = BuiltIndex(index.folder)
    writer.rebuild(GivenCorpus([make_article("a", "江面")]), accept)
    rewrite(generation(index) / "base.columns", b"{}")
    assert index.live().generation == before
    assert isinstance(index.problem, DamagedIndex)


@pytest.mark.parametrize(
    ("change", "named"),
    [({"format": 99}, "version"), ({"fingerprint": {"dictionary": "jieba 9"}}, "another")],
)
def test_another_format_or_dictionary_is_named(
    index: BuiltIndex, make_article: Make, change: dict[str, object], named: str
) -> None:
    """An index made otherwise is not read as if it were ours."""
    from search_app.engine.whoosh.store.manifest import Manifest

    index.rebuild(GivenCorpus([make_article("a", "江面")]), accept)
    values = json.loads((generation(index) / "manifest.json").read_bytes())
    with pytest.raises(WrongFormat, match=named):
        Manifest.from_bytes(json.dumps(values | change).encode())


def test_without_a_sound_live_generation_the_one_before_answers(
    index: BuiltIndex, make_article: Make, analyser: Analyser
) -> None:
    """A process that starts then, too; the problem is said until the next rebuild."""
    index.rebuild(GivenCorpus([make_article("a", "江面")]), accept)
    older = generation(index).name
    index.rebuild(GivenCorpus([make_article("a", "江面"), make_article("b", "江面")]), accept)
    rewrite(generation(index) / "base.columns", b"{}")
    fresh = BuiltIndex(index.folder)
    assert fresh.live().generation == older
    assert isinstance(fresh.problem, DamagedIndex)
    index.rebuild(GivenCorpus([make_article("a", "江面")]), accept)
    assert fresh.live().generation == generation(index).name
    assert fresh.problem is None


def test_damage_that_shows_while_reading_is_named_and_left(
    index: BuiltIndex, make_article: Make, analyser: Analyser
) -> None:
    """Large files are not hashed at opening: the first reader gets an error, the next an answer."""
    body = "".join(chr(0x4E00 + n * 7919 % 20000) for n in range(600_000))
    index.rebuild(GivenCorpus([make_article("a", "江面")]), accept)
    older = generation(index).name
    index.rebuild(GivenCorpus([make_article("a", body)]), accept)
    path = generation(index) / "base.articles"
    data = path.read_bytes()
    assert len(data) > 1024 * 1024
    rewrite(path, data[:5_000] + bytes(500_000) + data[505_000:])
    fresh = BuiltIndex(index.folder)
    with pytest.raises(DamagedIndex, match="rebuild"):
        fresh.live().article("a")
    assert fresh.live().generation == older
    assert isinstance(fresh.problem, DamagedIndex)


def test_another_stores_current_is_not_ours(index: BuiltIndex, make_article: Make) -> None:
    """LevelDB has a CURRENT too."""
    index.folder.mkdir()
    (index.folder / "CURRENT").write_text("MANIFEST-000004\n")
    (index.folder / "000005.ldb").write_text("data")
    with pytest.raises(GuardRefused, match="ldb"):
        index.rebuild(GivenCorpus([make_article("a", "江面")]), accept)
    assert (index.folder / "CURRENT").read_text() == "MANIFEST-000004\n"


def test_a_file_in_place_of_the_folder_is_no_index(index: BuiltIndex, make_article: Make) -> None:
    """It is named, and never written to."""
    index.folder.write_text("a letter")
    with pytest.raises(NoIndex):
        index.live()
    with pytest.raises(GuardRefused, match="not a folder"):
        index.rebuild(GivenCorpus([make_article("a", "江面")]), accept)


def test_rolling_back_makes_the_generation_before_live_again(
    index: BuiltIndex, make_article: Make
) -> None:
    """A reader follows; a second time there is nothing to go back to; a rebuild goes on."""
    with pytest.raises(NoIndex):
        index.roll_back()
    assert not index.folder.exists()
    index.rebuild(GivenCorpus([make_article("a", "江面")]), accept)
    first = index.live().generation
    with pytest.raises(GuardRefused, match="no earlier"):
        index.roll_back()
    index.rebuild(GivenCorpus([make_article("b", "江面")]), accept)
    assert index.live().generation != first
    assert index.roll_back().generation == index.live().generation == first
    with pytest.raises(GuardRefused, match="no earlier"):
        index.roll_back()
    index.rebuild(GivenCorpus([make_article("c", "江面")]), accept)
    assert index.live().article("c").body == "江面"
    assert index.roll_back().generation == first


def test_verify_finds_a_changed_byte_in_any_file(index: BuiltIndex, make_article: Make) -> None:
    """Whatever its size, and names the file."""
    index.rebuild(GivenCorpus([make_article("a", "江面")]), accept)
    files = [p for p in generation(index).iterdir() if p.stat().st_size]
    assert len(files) > 5
    for path in files:
        data = path.read_bytes()
        rewrite(path, data[:-1] + bytes([data[-1] ^ 1]))
        with pytest.raises(DamagedIndex, match=path.name):
            index.verify()
        rewrite(path, data)
    index.verify()


def test_after_a_rollback_the_good_generation_is_kept_and_the_bad_one_goes(
    index: BuiltIndex, make_article: Make, analyser: Analyser
) -> None:
    """Whoever still reads the bad one; and a damaged one is not what is kept."""
    index.rebuild(GivenCorpus([make_article("good", "江面")]), accept)
    good = generation(index)
    index.rebuild(GivenCorpus([make_article("bad", "江面")]), accept)
    idle = BuiltIndex(index.folder)
    assert idle.live().article("bad")
    index.roll_back()
    index.rebuild(GivenCorpus([make_article("new", "江面")]), accept)
    assert index.roll_back().generation == good.name
    index.rebuild(GivenCorpus([make_article("newer", "江面")]), accept)
    rewrite(generation(index) / "base.columns", b"{}")
    index.rebuild(GivenCorpus([make_article("newest", "江面")]), accept)
    assert index.roll_back().generation == good.name


def test_a_rollback_never_brings_back_what_was_withdrawn(
    index: BuiltIndex, make_article: Make
) -> None:
    """A rebuild without it is the way."""
    index.rebuild(GivenCorpus([make_article("a", "江面"), make_article("b", "江面")]), accept)
    index.rebuild(GivenCorpus([make_article("b", "江面")], {"a": "法院裁定"}), accept)
    with pytest.raises(GuardRefused, match="withdrawn"):
        index.roll_back()
    with pytest.raises(WithdrawnArticle, match="法院裁定"):
        index.live().article("a")


def test_a_fault_of_ours_is_not_called_damage(
    index: BuiltIndex, make_article: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sound files are not blamed, and the next query is answered from the same generation."""
    index.rebuild(GivenCorpus([make_article("a", "江面")]), accept)
    index.rebuild(GivenCorpus([make_article("b", "江面")]), accept)
    live = index.live()
    with monkeypatch.context() as patched:
        patched.setattr(live.collection, "articles", lambda *_: [][0])
        with pytest.raises(IndexError):
            live.article("b")
        patched.setattr(live.collection, "articles", lambda *_: bytes(1 << 62))
        with pytest.raises(Overloaded):
            live.article("b")
    assert index.live() is live


def test_a_manifest_that_is_a_folder_is_damage(index: BuiltIndex, make_article: Make) -> None:
    """Whatever lies there: a reader that has an engine goes on with it."""
    index.rebuild(GivenCorpus([make_article("a", "江面")]), accept)
    before = index.live()
    index.rebuild(GivenCorpus([make_article("b", "江面")]), accept)
    manifest = generation(index) / "manifest.json"
    manifest.unlink()
    manifest.mkdir()
    assert index.live() is before
    assert isinstance(index.problem, DamagedIndex)


def test_many_switches_leak_nothing(
    index: BuiltIndex, make_article: Make, analyser: Analyser
) -> None:
    """Files and locks of a generation go with its last user."""

    def open_files() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    if not Path("/proc/self/fd").exists():
        pytest.skip("this system does not list open files")
    query = QueryCompiler(analyser).compile("江面", "smart").query
    counts = []
    for n in range(12):
        index.rebuild(GivenCorpus([make_article(f"a{n}", "江面")]), accept)
        assert index.live().search(query, Window()).total == 1
        counts.append(open_files())
    assert max(counts[2:]) <= counts[1] + 1


def test_the_first_questions_wait_for_the_index_together(
    index: BuiltIndex, make_article: Make, analyser: Analyser
) -> None:
    """A worker that just started is asked by several threads at once."""
    index.rebuild(GivenCorpus([make_article("a", "江面")]), accept)
    for _ in range(20):
        fresh = BuiltIndex(index.folder)
        with ThreadPoolExecutor(8) as threads:
            engines = set(threads.map(lambda _, fresh=fresh: fresh.live(), range(8)))
        assert len(engines) == 1


def test_falling_back_shows_nothing_that_was_withdrawn(
    index: BuiltIndex, make_article: Make, analyser: Analyser
) -> None:
    """The older generation still holds it, and neither finds nor shows it."""
    articles = [make_article("a", "江面"), make_article("b", "江面")]
    index.rebuild(GivenCorpus(articles), accept)
    older = generation(index).name
    index.rebuild(GivenCorpus(articles[1:], {"a": "法院裁定"}), accept)
    rewrite(generation(index) / "base.columns", b"{}")
    live = BuiltIndex(index.folder).live()
    assert live.generation == older
    for q in ("江面", "的 OR 江面", "江面 -没有"):
        query = QueryCompiler(analyser).compile(q, "smart").query
        found = live.search(query, Window())
        assert (found.total, found.total_exact) == (1, 1)
        assert [a.id for a in live.articles([r.id for r in found.ranked])] == ["b"]
    with pytest.raises(WithdrawnArticle, match="法院裁定"):
        live.article("a")
