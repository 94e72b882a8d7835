"""Files that are cut off, emptied or changed while a build reads them: what is live stays."""

import gzip
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from zipfile import ZipFile

import pytest
from given import BuiltIndex, seeds

from search_app.articles.corpus import reader
from search_app.errors import GuardRefused
from search_app.model import Article, IndexStatus, Reject
from search_app.service.indexing import IndexingService, Options

EXAMPLES = 60 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 5


class Heard:
    """A progress that keeps the rejects."""

    def __init__(self) -> None:
        self.rejects: list[Reject] = []

    def read(self, done: int, total: int) -> None: ...
    def unknown(self, withdrawn: Sequence[str]) -> None: ...
    def writing(self) -> None: ...
    def rejected(self, reject: Reject) -> None:
        self.rejects.append(reject)


class World:
    """A corpus of eight files of twenty-five articles, and its index."""

    def __init__(self, folder: Path) -> None:
        self.corpus = folder / "corpus"
        self.corpus.mkdir(parents=True)
        self.index = BuiltIndex(folder / "index")
        self.service = IndexingService(self.index)
        for number in range(8):
            self.write(f"{number}.jsonl", records(number))
        assert self.build("rebuild").indexed == 200

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.corpus / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def build(self, command: str = "update", **options: object) -> IndexStatus:
        self.heard = Heard()
        how = Options(**{"jobs": 1, **options})  # type: ignore[arg-type]
        build = getattr(self.service, command)
        status: IndexStatus = build(self.corpus, how, self.heard)
        return status

    def named(self) -> list[str]:
        """The files that were named, the reason behind each."""
        return [f"{Path(r.path).name}: {r.reason}" for r in self.heard.rejects]

    def articles(self) -> list[Article]:
        return sorted(self.index.live().every(), key=lambda article: article.id)


def records(number: int, count: int = 25) -> str:
    lines = []
    for n in range(count):
        record = {"id": f"a{number}-{n}", "body": f"第{number}号渡轮第{n}班准点靠岸，江面平静。"}
        lines.append(json.dumps(record, ensure_ascii=False) + "\n")
    return "".join(lines)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


STAYS = "its articles stay as they were"


@pytest.mark.parametrize("command", ["update", "rebuild"])
def test_articles_of_files_cut_off_or_emptied_stay(world: World, command: str) -> None:
    """One after the other, named each time; mended they are read again."""
    before = world.articles()
    for number, left in ((2, ""), (5, records(5)[:700])):
        world.write(f"{number}.jsonl", left)
        status = world.build(command)
        assert status.indexed == 200
    assert status.rejected == 2
    assert world.named() == [
        f"2.jsonl: empty; {STAYS}",
        f"5.jsonl: gives under 80 % of what was read of it before; {STAYS}",
    ]
    assert all(reject.remedy for reject in world.heard.rejects)
    assert world.build(command, jobs=2).rejected == 2  # not only the first time
    assert world.articles() == before
    world.write("2.jsonl", records(2).replace("第2号", "第二号"))
    world.write("5.jsonl", records(5))
    status = world.build(command)
    assert (status.indexed, status.rejected) == (200, 0)
    assert [a.body for a in world.articles() if a.id == "a2-3"] == [
        "第二号渡轮第3班准点靠岸，江面平静。"
    ]
    world.service.verify()


def test_articles_of_a_delta_stay_too(world: World) -> None:
    """Those that an update indexed, where no base has them."""
    world.write("9.jsonl", records(9, 10))
    world.build()
    world.write("9.jsonl", "")
    for command in ("update", "update", "rebuild"):
        status = world.build(command)
        assert (status.indexed, status.rejected) == (210, 1)
    os.unlink(world.corpus / "9.jsonl")
    assert world.build().indexed == 200


def test_packed_files_that_are_cut_off_keep_their_articles(world: World) -> None:
    """A gzip, a member of a zip, the zip itself; what is taken out of a whole zip goes."""
    packed = gzip.compress(records(10).encode())
    world.write("10.jsonl.gz", packed)
    with ZipFile(world.corpus / "z.zip", "w") as archive:
        for number in (11, 12):
            archive.writestr(f"{number}.jsonl", records(number))
    assert world.build().indexed == 275
    whole = (world.corpus / "z.zip").read_bytes()
    world.write("10.jsonl.gz", packed[:-20])
    world.write("z.zip", whole[:-30])
    for command in ("update", "rebuild", "update"):
        status = world.build(command)
        assert (status.indexed, status.rejected) == (275, 2)
        assert world.named() == [
            f"10.jsonl.gz: gzip cut off or damaged; {STAYS}",
            f"z.zip: zip cut off or damaged; {STAYS}",
        ]
    world.write("10.jsonl.gz", packed)
    with ZipFile(world.corpus / "z.zip", "w") as archive:
        archive.writestr("12.jsonl", records(12, 2))
    status = world.build()
    assert (status.indexed, world.named()) == (
        250,
        [f"12.jsonl: gives under 80 % of what was read of it before; {STAYS}"],
    )


def test_a_file_that_cannot_be_looked_at_keeps_its_articles(world: World) -> None:
    """As in a folder that may be listed and not entered; here a link whose end is gone."""
    path = world.corpus / "4.jsonl"
    path.rename(world.corpus.parent / "away")
    path.symlink_to("gone.jsonl")
    for command in ("update", "rebuild", "update"):
        status = world.build(command)
        assert (status.indexed, status.rejected) == (200, 1)
        assert world.named()[0].startswith("4.jsonl: a link that leads nowhere")
    path.unlink()
    assert (world.build().indexed, world.named()) == (175, [])


def test_a_long_file_is_judged_before_it_is_cut_into_slices(world: World) -> None:
    """Its articles stay, in their order; so they do where it cannot be decoded to its end."""
    long = "".join(records(20, 9000))
    world.write("20.jsonl", long)
    world.build()
    for content in (long[: len(long) // 2], long.encode() + b"\xff\xff"):
        world.write("20.jsonl", content)
        for command in ("update", "rebuild"):
            status = world.build(command)
            assert (status.indexed, status.rejected) == (9200, 1)
            assert world.named()[0].startswith("20.jsonl: ")


def test_what_was_removed_on_purpose_is_removed(world: World) -> None:
    """With --force FILE, as people may name it; or with the file."""
    for name in (str(world.corpus / "1.jsonl"), "1.jsonl"):
        world.write("1.jsonl", records(1))
        assert world.build().indexed == 200
        world.write("1.jsonl", records(1, 3))
        world.write("2.jsonl", records(2, 3))
        assert (world.build(forced=(name,)).indexed, len(world.named())) == (178, 1)
    world.write("2.jsonl", records(2))
    os.unlink(world.corpus / "3.jsonl")
    assert world.build().indexed == 153
    assert world.named() == []
    world.write("4.jsonl", "")
    assert (world.build(force=True).indexed, world.named()) == (128, [])


def test_the_guard_over_all_counts_characters(world: World) -> None:
    """Files that are damaged are not gone; those that are gone are."""
    for number in range(4):
        world.write(f"{number}.jsonl", "")
    assert world.build().indexed == 200
    for number in range(2):
        os.unlink(world.corpus / f"{number}.jsonl")
    with pytest.raises(GuardRefused, match=r"75%.*--force"):
        world.build(forced=("2.jsonl",))
    assert world.build(forced=("2.jsonl", "3.jsonl"), force=True).indexed == 100


def test_files_of_another_folder_are_not_taken_for_damaged_ones(world: World) -> None:
    """A corpus elsewhere, far smaller, with the same names: refused as ever."""
    (world.corpus.parent / "small").mkdir()
    (world.corpus.parent / "small" / "1.jsonl").write_text(records(1, 3), "utf-8")
    world.corpus = world.corpus.parent / "small"
    with pytest.raises(GuardRefused, match="--force"):
        world.build("rebuild")
    assert world.build("rebuild", force=True).indexed == 3


def test_how_many_articles_characters_become_never_matters(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A parser that sees one article where there were ten; records written anew; an encoding."""
    read_line = reader.LINE_BY_LINE[".jsonl"]

    def first_of_ten(text, source, issue, number):  # type: ignore[no-untyped-def]
        return read_line(text, source, issue, number) if number % 10 == 1 else None

    with monkeypatch.context() as patched:
        patched.setitem(reader.LINE_BY_LINE, ".jsonl", first_of_ten)
        assert (world.build("rebuild").indexed, world.named()) == (24, [])
    world.build("rebuild")
    escaped = [json.dumps(json.loads(line)) for line in records(1).splitlines()]
    world.write("1.jsonl", "\n".join(escaped))
    assert (world.build().indexed, world.named()) == (200, [])
    world.write("1.jsonl", records(1))
    assert (world.build().indexed, world.named()) == (200, [])
    # UTF-8 that was taken for Latin-1 gave three characters for each of Han.
    world.build(encoding="latin-1")
    assert (world.build().indexed, world.named()) == (200, [])


def test_a_file_that_changes_while_it_is_read_is_left_as_it_was(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of it may be old; a new one waits for the next build."""
    read_file = reader.read_file

    def read_and_change(file, *rest):  # type: ignore[no-untyped-def]
        read = read_file(file, *rest)
        if file.path.endswith(("3.jsonl", "new.jsonl")):
            with open(file.path, "a", encoding="utf-8") as again:
                again.write(records(30, 1))
        return read

    world.write("3.jsonl", records(3).replace("准点", "晚点"))
    world.write("new.jsonl", records(31))
    monkeypatch.setattr(reader, "read_file", read_and_change)
    assert world.build().indexed == 200
    assert world.named() == [
        f"3.jsonl: changed while it was read; {STAYS}",
        "new.jsonl: changed while it was read",
    ]
    monkeypatch.undo()
    assert (world.build().indexed, world.build().rejected) == (226, 1)  # a30-0 is there twice


def test_what_is_withdrawn_or_restricted_meanwhile_is_so(world: World) -> None:
    """Rights go before everything: kept articles have those of today."""
    world.write("2.jsonl", "")
    world.write("withdrawn.txt", "a2-3\t法院裁定\n")
    world.write("corpus.toml", '[[source]]\nfolder = "."\nfull_text = false\n')
    for command in ("update", "update", "rebuild"):
        status = world.build(command)
        assert (status.indexed, status.withdrawn, status.rejected) == (199, 1, 1)
        assert not any(article.full_text for article in world.articles())


@pytest.mark.parametrize("damaged", ["A01", "A02"])
def test_an_article_over_two_pages_is_never_torn(world: World, damaged: str) -> None:
    """Whichever of its pages is damaged; the other page's edits wait with it."""
    body = "本报讯 昨日江面起雾，渡船停航半天，旅客在码头候船室等候。" * 4
    first = f"渡船停航旅客滞留\n{body}（下转A02版）\n"
    second = f"（上接A01版）{body}\n"
    pages = {"A01": first, "A02": second}
    for name, text in pages.items():
        world.write(f"澜州日报/2021-07-01/{name}.txt", text)
    world.build()
    before = world.articles()
    assert any(article.continued for article in before)
    world.write(f"澜州日报/2021-07-01/{damaged}.txt", "")
    for command in ("update", "rebuild"):
        world.build(command)
        assert world.articles() == before
        assert world.named()[0].startswith(f"{damaged}.txt: empty")


def test_a_ledger_without_characters_accepts_each_file_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of generations from before they were counted; from then on they are."""
    from search_app.engine.whoosh.build import ledger

    with monkeypatch.context() as patched:
        writer = ledger.ArrayWriter
        append = writer.append

        def without(self, name, piece):  # type: ignore[no-untyped-def]
            if name not in ("characters", "origin"):
                append(self, name, piece)

        patched.setattr(writer, "append", without)
        world.build("rebuild")
    world.write("2.jsonl", records(2, 24))
    assert (world.build().indexed, world.named()) == (199, [])
    world.write("2.jsonl", records(2, 3))
    assert (world.build().indexed, len(world.named())) == (199, 1)


def cut(random: Random, corpus: Path) -> None:
    """Cuts, empties, mends or removes a file."""
    number = random.randrange(8)
    path = corpus / f"{number}.jsonl"
    kinds: list[Callable[[], object]] = [
        lambda: path.write_text(records(number)[: random.randrange(1500)], "utf-8"),
        lambda: path.write_text("", "utf-8"),
        lambda: path.write_text(records(number), "utf-8"),
        lambda: path.write_text(records(number).replace("准点", "晚点"), "utf-8"),
        lambda: path.unlink(missing_ok=True),
    ]
    random.choices(kinds, (4, 2, 3, 3, 0.3))[0]()


@seeds(EXAMPLES)
def test_updates_keep_what_rebuilds_keep(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    """After files were cut off, emptied, mended and edited at random, many times in a row."""
    random, folder = Random(seed), tmp_path_factory.mktemp("damaged")
    world = World(folder)
    fresh = BuiltIndex(folder / "fresh")
    IndexingService(fresh).rebuild(world.corpus, Options(jobs=1), Heard())
    for _ in range(6):
        for _ in range(random.randint(1, 3)):
            cut(random, world.corpus)
        outcomes = []
        for build in (world.service.update, IndexingService(fresh).rebuild):
            heard = Heard()
            try:
                status = build(world.corpus, Options(jobs=1), heard)
                # An update that becomes a rebuild names them twice.
                named = sorted(set(map(str, heard.rejects)))
                outcomes.append((status.indexed, status.rejected, named))
            except GuardRefused as refused:
                outcomes.append(str(refused))
        assert outcomes[0] == outcomes[1]
        rebuilt = sorted(fresh.live().every(), key=lambda article: article.id)
        assert world.articles() == rebuilt
