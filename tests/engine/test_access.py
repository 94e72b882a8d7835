"""Who may read an index and who may write it: by modes, and by users of this machine."""

import grp
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from given import GivenCorpus, accept

from search_app.analysis.words import Analyser
from search_app.engine.base import Window
from search_app.engine.whoosh.build.builder import WhooshBuilder
from search_app.engine.whoosh.generations.generations import Generations
from search_app.engine.whoosh.generations.live import WhooshIndex
from search_app.errors import DamagedIndex, GuardRefused
from search_app.model import Article
from search_app.query.compile import QueryCompiler

Make = Callable[..., Article]
WRITER, READER, STRANGER = 10_001, 10_002, 10_003  # numbers of users need no name
GROUP = 10_100
as_root = pytest.mark.usefixtures("as_root")


@pytest.fixture
def corpus(make_article: Make) -> GivenCorpus:
    return GivenCorpus([make_article("a", "江面平静"), make_article("b", "江面")])


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that all users may enter and write, as pytest's own is not."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


def modes(folder: Path) -> dict[str, set[int]]:
    """The modes of an index's folders and files."""
    found = {"folders": {stat.S_IMODE(folder.stat().st_mode)}, "files": set[int]()}
    for path in folder.rglob("*"):
        found["folders" if path.is_dir() else "files"].add(stat.S_IMODE(path.stat().st_mode))
    return found


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_an_index_is_its_owners_alone(tmp_path: Path, corpus: GivenCorpus, mask: int) -> None:
    """Whatever the mask of the process, which is as before afterwards."""
    before = os.umask(mask)
    try:
        builder = WhooshBuilder(tmp_path / "index")
        builder.rebuild(corpus, accept)
        builder.update(corpus, accept)
        assert os.umask(mask) == mask
    finally:
        os.umask(before)
    assert modes(tmp_path / "index") == {"folders": {0o700}, "files": {0o600, 0o400}}


@as_root
def test_a_group_reads_the_index(tmp_path: Path, corpus: GivenCorpus) -> None:
    """By the setting, as number here; all is of the group, also what is linked from before."""
    WhooshBuilder(tmp_path / "index").rebuild(corpus, accept)
    builder = WhooshBuilder(tmp_path / "index", str(GROUP))
    builder.update(corpus, accept, delta_share=9.0)
    live = WhooshIndex(tmp_path / "index", group=str(GROUP)).live()
    generation = tmp_path / "index" / live.generation
    assert modes(generation) == {"folders": {0o2750}, "files": {0o440}}
    assert {p.stat().st_gid for p in (generation, *generation.iterdir())} == {GROUP}
    assert stat.S_IMODE((tmp_path / "index" / "CURRENT").stat().st_mode) == 0o640


@as_root
def test_a_setgid_folder_passes_its_group_on(tmp_path: Path, corpus: GivenCorpus) -> None:
    """Without any setting."""
    os.chown(tmp_path, -1, GROUP)
    tmp_path.chmod(0o2755)
    WhooshBuilder(tmp_path / "index").rebuild(corpus, accept)
    assert modes(tmp_path / "index") == {"folders": {0o2750}, "files": {0o640, 0o440}}
    assert {path.stat().st_gid for path in (tmp_path / "index").rglob("*")} == {GROUP}


def test_an_unknown_group_is_named(tmp_path: Path, corpus: GivenCorpus) -> None:
    with pytest.raises(GuardRefused, match="no group 'nosuch'"):
        WhooshBuilder(tmp_path / "index", "nosuch").rebuild(corpus, accept)


@pytest.mark.parametrize("which", ["", "CURRENT", "*", "*/base.columns", "*/manifest.json"])
@pytest.mark.parametrize("others", [0o002, 0o020])
def test_what_others_may_write_is_not_opened(
    tmp_path: Path, corpus: GivenCorpus, which: str, others: int
) -> None:
    """Nor updated; the message says what to run, and then all is well again."""
    folder = tmp_path / "index"
    WhooshBuilder(folder).rebuild(corpus, accept)
    path = next(p for p in folder.glob(which) if p.name[0] != ".") if which else folder
    if which == "*":
        path = next(p for p in folder.iterdir() if p.is_dir())
    mode = stat.S_IMODE(path.stat().st_mode)
    path.chmod(mode | others)
    with pytest.raises(DamagedIndex, match="chmod -R go-w"):
        WhooshIndex(folder).live()
    with pytest.raises(DamagedIndex, match="chmod -R go-w"):
        WhooshBuilder(folder).update(corpus, accept)
    path.chmod(mode)
    assert WhooshIndex(folder).live().size == 2


def test_what_others_may_read_is_opened(tmp_path: Path, corpus: GivenCorpus) -> None:
    """An index of before, or one that its owner shares in another way."""
    folder = tmp_path / "index"
    WhooshBuilder(folder).rebuild(corpus, accept)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o444)
    assert WhooshIndex(folder).live().size == 2


def test_the_first_build_takes_the_folder_from_others(tmp_path: Path, corpus: GivenCorpus) -> None:
    """A folder that was there keeps who may read it."""
    (tmp_path / "index").mkdir()
    (tmp_path / "index").chmod(0o775)
    WhooshBuilder(tmp_path / "index").rebuild(corpus, accept)
    assert stat.S_IMODE((tmp_path / "index").stat().st_mode) == 0o755


def as_user(user: int, groups: list[int], do: Callable[[], object]) -> str:
    """What it returns, done by another user in a process of its own."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.setgroups(groups)
            os.setgid(user)
            os.setuid(user)
            said = str(do())
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
        os.write(write, said.encode())
        os._exit(0)
    os.close(write)
    with open(read, encoding="utf-8") as answer:
        said = answer.read()
    os.waitpid(child, 0)
    return said


@as_root
def test_built_as_one_user_and_served_as_another(
    open_folder: Path, corpus: GivenCorpus, analyser: Analyser
) -> None:
    """The reader's lock needs read permission alone, and keeps its generation from going."""
    folder, group = open_folder / "index", str(GROUP)
    query = QueryCompiler(analyser).compile("江面", "smart").query

    def build() -> object:
        return WhooshBuilder(folder, group).rebuild(corpus, accept).indexed

    def ask() -> object:
        return WhooshIndex(folder, group=group).live().search(query, Window()).total

    def ask_through_three_builds() -> object:
        live = WhooshIndex(folder, group=group).live()
        for turn in "123":
            os.write(told[1], turn.encode())
            os.read(done[0], 1)
        return live.search(query, Window()).total, (folder / live.generation).exists()

    assert as_user(WRITER, [GROUP], build) == "2"
    assert as_user(READER, [GROUP], ask) == "2"
    said = as_user(STRANGER, [], ask)
    assert said.startswith("DamagedIndex: ")
    assert "SEARCH_APP_INDEX_GROUP" in said
    assert "Permission denied" in as_user(READER, [GROUP], build)
    told, done = os.pipe(), os.pipe()
    if not os.fork():
        for _ in range(3):
            os.read(told[0], 1)
            as_user(WRITER, [GROUP], build)
            os.write(done[1], b".")
        os._exit(0)
    assert as_user(READER, [GROUP], ask_through_three_builds) == "(2, True)"
    os.wait()
    for descriptor in (*told, *done):
        os.close(descriptor)


@as_root
def test_the_setting_reaches_both_sides(tmp_path: Path, corpus: GivenCorpus) -> None:
    """A group by its name; that group may write too, where the owner lets it."""
    name = grp.getgrall()[-1].gr_name
    WhooshBuilder(tmp_path / "index", name).rebuild(corpus, accept)
    (tmp_path / "index").chmod(0o2770)
    assert Generations(tmp_path / "index", name).open_current().lock.close() is None
    with pytest.raises(GuardRefused, match="no group"):
        WhooshIndex(tmp_path / "index", group="nosuch").live()
