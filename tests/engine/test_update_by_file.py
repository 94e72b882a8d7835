"""An update of files: what it leaves unread, and that it finds what a rebuild would."""

import json
import os
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random
from zipfile import ZipFile

import pytest
import report
from given import BuiltIndex, seeds

from search_app.analysis.dictionaries import NO_DICTIONARIES
from search_app.articles.corpus import ledger, reader
from search_app.engine.base import Window
from search_app.model import IndexStatus, Reject
from search_app.query.compile import QueryCompiler
from search_app.service.indexing import IndexingService, Options

WORDS = ["防汛抗旱", "指挥部", "昨天", "召开会议", "水库", "镇小学", "渡船", "开学"]
KINDS = ("new", "page", "append", "rewrite", "touch", "move", "delete", "told", "zip")
EXAMPLES = 120 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 30  # nine edits in each
_COMPILER = QueryCompiler(NO_DICTIONARIES.analyser())
QUERIES = [
    _COMPILER.compile(q, "smart").query
    for q in ("防汛抗旱", "镇小学 开学", "水库 OR 渡船", "昨天 -召开会议", "“指挥部昨天”", "本报讯")
]
WINDOW = Window(sort="newest", limit=100, facets=("newspaper", "year"), histogram="month")
done = Counter[str]()


class Silent:
    """A progress that says nothing."""

    def read(self, done: int, total: int) -> None: ...
    def rejected(self, reject: Reject) -> None: ...
    def unknown(self, withdrawn: object) -> None: ...
    def writing(self) -> None: ...


def a_record(random: Random) -> str:
    """A line of JSON; ids repeat over files, and some lines are no record."""
    if random.random() < 0.05:
        return '{"title": "无正文"}'
    record = {"body": "".join(random.choices(WORDS, k=random.randint(2, 12))) + "。"}
    if random.random() < 0.3:
        record["id"] = f"a{random.randrange(12)}"
    return json.dumps(record, ensure_ascii=False)


def a_page(random: Random) -> str:
    """A page of two articles, perhaps with a note that one goes on on another page."""
    texts = []
    for _ in range(2):
        texts.append("".join(random.choices(WORDS, k=3)))
        texts.append("本报讯" + "".join(random.choices(WORDS, k=9)) + "。")
    if random.random() < 0.5:
        texts.append("（下转A02版）")
    return "\n".join(texts) + "\n"


def edit(random: Random, corpus: Path) -> None:
    """One change of one file: new, appended, rewritten in place, touched, moved, deleted."""
    kind = random.choice(
        ("new", "page", "append", "rewrite", "touch", "move", "delete", "told", "zip")
    )
    files = sorted(path for path in corpus.rglob("*") if path.suffix in (".jsonl", ".txt"))
    files = [path for path in files if path.name != "withdrawn.txt"]
    done[kind] += 1
    if kind == "new" or not files:
        lines = [a_record(random) for _ in range(random.randint(1, 6))]
        (corpus / f"{random.randrange(9)}.jsonl").write_text("\n".join(lines), "utf-8")
        return
    if kind == "page":
        page = corpus / "澜州日报" / "2021-07-01" / f"A0{random.randint(1, 3)}.txt"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(a_page(random), "utf-8")
        return
    if kind == "zip":
        if random.random() < 0.5:
            (corpus / "bad.zip").write_bytes(b"PK\x03\x04" + random.randbytes(9))
            return
        with ZipFile(corpus / f"{random.randrange(3)}.zip", "w") as archive:
            for number in range(3):
                archive.writestr(f"{number}.jsonl", a_record(random))
        return
    if kind == "told":
        (corpus / "withdrawn.txt").write_text(f"a{random.randrange(12)}\t法院裁定\n", "utf-8")
        return
    path = random.choice(files)
    if kind == "append":
        path.write_text(path.read_text("utf-8") + "\n" + a_record(random), "utf-8")
    elif kind == "rewrite":
        # Within size and mtime, as a tool does that copies the times of what it replaces.
        status, text = path.stat(), path.read_text("utf-8")
        path.write_text(text.replace("昨天", "今天"), "utf-8")
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    elif kind == "touch":
        os.utime(path)
    elif kind == "move":
        path.rename(path.with_name(f"{random.randrange(9)}{path.suffix}"))
    else:
        path.unlink()


def contents(index: BuiltIndex) -> dict[str, object]:
    """Everything that an index holds of its corpus, but for how it was built."""
    engine = index.live()
    articles = sorted(engine.every(), key=lambda article: article.id)
    rejects = (index.folder / engine.generation / "rejects.jsonl").read_text("utf-8")
    answers = [engine.search(query, WINDOW) for query in QUERIES]
    offered = [engine.completions(typed, 50) for typed in ("防", "会", "fx", "s", "j")]
    return {
        "articles": articles,
        "rejects": rejects.splitlines(),
        "aliases": index.aliases(),
        # The order of dates, facets and totals; where an article lies in its index is another.
        "answers": [replace(a, ranked=()) for a in answers],
        "ranked": [[ranked.id for ranked in answer.ranked] for answer in answers],
        "suggested": [[(c.text, c.kind) for c in completions] for completions in offered],
    }


def is_new(index: BuiltIndex) -> bool:
    """Whether all that the live generation has is a base of its own."""
    manifest = json.loads((index.folder / index.live().generation / "manifest.json").read_text())
    return list(manifest["segments"]) == ["base"] and not manifest["gone"]


def counted(status: IndexStatus) -> tuple[int, ...]:
    return (
        status.read, status.indexed, status.furniture, status.withdrawn, status.rejected,
        status.ignored_files, status.doubtful,
    )  # fmt: skip


@seeds(EXAMPLES)
def test_an_update_holds_what_a_rebuild_would(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    """After random edits, ids that come and go between files, withdrawals; many times in a row."""
    random, folder = Random(seed), tmp_path_factory.mktemp("files")
    corpus = folder / "corpus"
    corpus.mkdir()
    index, fresh = BuiltIndex(folder / "index"), BuiltIndex(folder / "fresh")
    options = Options(jobs=1, allow_empty=True, force=True)
    for _ in range(6):
        for _ in range(random.randint(0, 3)):
            edit(random, corpus)
        if random.random() < 0.5:
            for path in corpus.rglob("*.*"):  # as old as files mostly are
                os.utime(path, (1_600_000_000, 1_600_000_000 + random.randrange(2)))
        updated = IndexingService(index).update(corpus, options, Silent())
        rebuilt = IndexingService(fresh).rebuild(corpus, options, Silent())
        assert counted(updated) == counted(rebuilt)
        one, other = contents(index), contents(fresh)
        if not is_new(index):
            # Suggestions count what is gone until the next base, as scores do.
            one["suggested"] = other["suggested"] = None
        done["new base"] += is_new(index)
        assert one == other
        # Most updates are new bases in corpora this small: half go on with their delta.


def test_enough_was_edited() -> None:
    """Every kind of edit was made."""
    if not done:
        pytest.skip("nothing was edited")
    report.line(f"updates by file: {dict(done)}")
    assert min(done.values()) > 5


@pytest.fixture
def old_corpus(tmp_path: Path) -> Path:
    """Forty files of twenty records, a minute old."""
    random, corpus = Random(7), tmp_path / "corpus"
    corpus.mkdir()
    for number in range(40):
        lines = [a_record(random) for _ in range(20)]
        path = corpus / f"{number:02}.jsonl"
        path.write_text("\n".join(lines), "utf-8")
        old = path.stat().st_mtime - 60
        os.utime(path, (old, old))
    return corpus


def test_only_what_changed_is_read(
    tmp_path: Path, old_corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of an unchanged file neither text nor hash is asked for; of another only new lines."""
    service = IndexingService(BuiltIndex(tmp_path / "index"))
    options = Options(jobs=1)
    service.rebuild(old_corpus, options, Silent())
    changed = old_corpus / "07.jsonl"
    line = '{"body": "渡船昨天停航。"}'
    changed.write_text(changed.read_text("utf-8") + "\n" + line, "utf-8")
    read, imported, hashed = [], [], []
    read_file, read_line = reader.read_file, reader.LINE_BY_LINE[".jsonl"]
    digest_of = ledger.digest_of
    monkeypatch.setattr(
        reader, "read_file", lambda file, *rest: read.append(file.path) or read_file(file, *rest)
    )
    monkeypatch.setitem(
        reader.LINE_BY_LINE,
        ".jsonl",
        lambda text, *rest: imported.append(text) or read_line(text, *rest),
    )
    monkeypatch.setattr(ledger, "digest_of", lambda path: hashed.append(path) or digest_of(path))
    service.update(old_corpus, options, Silent())
    assert set(read) == {str(changed)}
    # Beside the new line those that became no article: nobody knows what they would be now.
    unknown = [text for text in imported if "无正文" not in text]
    assert unknown[-1] == line
    assert set(hashed) == {str(changed)}


def test_a_file_changed_within_its_size_and_time_is_seen(tmp_path: Path, old_corpus: Path) -> None:
    """By its ctime, which nobody can set."""
    index = BuiltIndex(tmp_path / "index")
    service, options = IndexingService(index), Options(jobs=1)
    (old_corpus / "07.jsonl").write_text('{"id": "x", "body": "渡船昨天停航。"}', "utf-8")
    service.rebuild(old_corpus, options, Silent())
    status = (old_corpus / "07.jsonl").stat()
    (old_corpus / "07.jsonl").write_text('{"id": "x", "body": "渡船今天停航。"}', "utf-8")
    os.utime(old_corpus / "07.jsonl", ns=(status.st_atime_ns, status.st_mtime_ns))
    service.update(old_corpus, options, Silent())
    assert "今天" in index.live().article("x").body


def test_a_file_called_as_another_is_shown_is_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the folder c: rejects say c/a.jsonl of the one, articles of the other."""
    monkeypatch.chdir(tmp_path)
    index, corpus = BuiltIndex(tmp_path / "index"), Path("c")
    (corpus / "c").mkdir(parents=True)
    records = [a_record(Random(seed)) for seed in range(30)]
    (corpus / "a.jsonl").write_text("\n".join([*records, "{}"]), "utf-8")
    (corpus / "c" / "a.jsonl").write_text('{"id": "y", "body": "水库开会。"}', "utf-8")
    for path in corpus.rglob("*.jsonl"):
        os.utime(path, (1_600_000_000, 1_600_000_000))
    service = IndexingService(index)
    rebuilt = service.rebuild(corpus, Options(jobs=1), Silent())
    (corpus / "c" / "a.jsonl").write_text('{"id": "y", "body": "水库今天开会。"}', "utf-8")
    assert counted(service.update(corpus, Options(jobs=1), Silent())) == counted(rebuilt)


@pytest.mark.parametrize("change", ["encoding", "corpus.toml", "parser"])
def test_another_key_reads_everything_anew(
    tmp_path: Path, old_corpus: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """What decides how a file is read is compared as the file is."""
    service = IndexingService(BuiltIndex(tmp_path / "index"))
    service.rebuild(old_corpus, Options(jobs=1), Silent())
    options, read = Options(jobs=1), []
    if change == "encoding":
        options = Options(jobs=1, encoding="utf-8-sig")
    elif change == "corpus.toml":
        (old_corpus / "corpus.toml").write_text('[[source]]\nfolder = "."\nnewspaper = "澜州"\n')
    else:
        monkeypatch.setattr(ledger, "parser_version", lambda: "another")
    read_file = reader.read_file
    monkeypatch.setattr(
        reader, "read_file", lambda file, *rest: read.append(file.path) or read_file(file, *rest)
    )
    service.update(old_corpus, options, Silent())
    assert len(set(read)) == 40
