"""A corpus as a whole: one order, one account, one article an id; what all importers promise."""

import gzip
import json
import os
import time
import zipfile

import pytest

from search_app.articles import IMPORTERS
from search_app.articles.base import BinaryFile, BinaryImporter, Issue, SourceFile
from search_app.articles.contract import check_importer, check_odd_texts
from search_app.articles.corpus.reader import CorpusReader, PartReader, read_corpus
from search_app.articles.records.checks import article_from_record
from search_app.errors import BadCorpus, BadSetting
from search_app.model import Article, Reject, Source
from search_app.remembered import FileReading


def write(path, *records, end="\n"):
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in records]
    path.write_text(end.join([*lines, ""]), encoding="utf-8", newline="")
    return path


def ids(items):
    return [item.id if isinstance(item, Article) else str(item) for item in items]


def test_articles_come_in_the_order_of_files_and_lines(tmp_path):
    """The same order every time the reader is asked."""
    write(tmp_path / "b.jsonl", {"id": "3", "body": "丙"})
    write(tmp_path / "a.jsonl", {"id": "1", "body": "甲"}, {"id": "2", "body": "乙"})
    reader = CorpusReader(tmp_path)
    assert ids(reader) == ids(reader) == ["1", "2", "3"]


def test_the_first_of_two_articles_with_one_id_wins(tmp_path):
    """The later one is named with its line, and where the first stands."""
    first = {"id": "a01", "body": "第一篇。"}
    write(tmp_path / "a.jsonl", first, first, {"id": "b", "body": "第一篇。"})
    write(tmp_path / "b.jsonl", "", {"id": "a01", "body": "另一篇。"})
    a, same_file, b, other_file = read_corpus(tmp_path)
    assert (a.body, b.id) == ("第一篇。", "b")
    for reject, place in ((same_file, "a.jsonl:2"), (other_file, "b.jsonl:2")):
        assert str(reject).startswith(f"{tmp_path / place}: ")
        assert "a01" in reject.reason
        assert f"{tmp_path}/a.jsonl:1" in reject.reason


def test_the_same_text_without_an_id_is_a_duplicate_on_the_same_page_only(tmp_path):
    """Another day's reprint is another article."""
    text = {"body": "第一篇。", "date": "2021-07-01"}
    write(tmp_path / "a.jsonl", text, text, {**text, "date": "2021-07-02"})
    first, again, other_day = read_corpus(tmp_path)
    assert isinstance(again, Reject)
    assert first.id in again.reason
    assert isinstance(other_day, Article)
    assert other_day.id != first.id


def test_paths_are_the_argument_joined_with_the_members_path(tmp_path, monkeypatch):
    """What is printed can be opened from where the command ran."""
    write(tmp_path / "c" / "临泽日报" / "2021-07-01" / "a.jsonl", {"body": "文"})
    monkeypatch.chdir(tmp_path)
    (a,) = read_corpus(tmp_path.__class__("c"))
    assert a.source.path == "c/临泽日报/2021-07-01/a.jsonl"
    assert (a.newspaper, a.date, a.page_no) == ("临泽日报", "2021-07-01", None)


def test_parts_hold_every_byte_and_read_as_the_whole(tmp_path, monkeypatch):
    """However a corpus is cut, and whatever is packed: the same articles at the same places."""
    monkeypatch.setattr("search_app.articles.corpus.parts.PART_SIZE", 300)
    for name in "ab":
        write(tmp_path / f"{name}.jsonl", *({"body": f"{name}{n} 水"} for n in range(50)), "{")
    write(tmp_path / "c.jsonl", {"body": "短"})
    (tmp_path / "d.jsonl.gz").write_bytes(gzip.compress((tmp_path / "a.jsonl").read_bytes() * 9))
    with zipfile.ZipFile(tmp_path / "f.zip", "w") as packed:
        packed.write(tmp_path / "a.jsonl", "x/g.jsonl")
        packed.write(tmp_path / "c.jsonl", "x/h.jsonl")
    (tmp_path / "e.txt").write_text("河上起雾了，渡船停了半天。\n", encoding="utf-8")
    reader = CorpusReader(tmp_path)
    parts = list(reader.parts())
    assert len(parts) > 30
    assert sum(part.size for part in parts) == reader.total_bytes
    read = PartReader(None, {})
    items = [located for part in parts for located in read(part)]
    monkeypatch.undo()
    whole_parts = list(CorpusReader(tmp_path).parts())
    whole = [located for part in whole_parts for located in read(part)]
    # What was read of a file comes before its items, or behind those of its last slice.
    readings = sorted(item for item, _, _ in items if isinstance(item, FileReading))
    assert readings == sorted(item for item, _, _ in whole if isinstance(item, FileReading))
    items = [located for located in items if not isinstance(located.item, FileReading)]
    assert items == [located for located in whole if not isinstance(located.item, FileReading)]
    assert len(whole_parts) < 5
    texts = {name: (tmp_path / f"{name}.jsonl").read_text("utf-8") for name in "ab"}
    for item, line, _ in items:
        name = item.source.path[-7] if isinstance(item, Article) else ""
        if name in texts and item.source.path.endswith(f"/{name}.jsonl"):
            found = texts[name][item.source.start : item.source.end]
            assert json.loads(found)["body"] == item.body
            assert texts[name].split("\n")[line - 1] == found


def test_a_long_file_with_a_bad_byte_is_rejected_whole(tmp_path, monkeypatch):
    """Named by the line and the byte, however far into it; nothing before it counts."""
    monkeypatch.setattr("search_app.articles.corpus.parts.PART_SIZE", 300)
    lines = [json.dumps({"body": f"第{n}篇"}, ensure_ascii=False).encode() for n in range(200)]
    lines[150] += b"\xff"
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(lines))
    (reject,) = read_corpus(tmp_path)
    offset = len(b"\n".join(lines[:151])) - 1
    assert (reject.line, f"0xff at offset {offset}" in reject.reason) == (151, True)


def test_files_that_nothing_reads_are_counted(tmp_path):
    """A number, no reject."""
    write(tmp_path / "a.doc", "id,body")
    reader = CorpusReader(tmp_path)
    assert (list(reader), reader.ignored_files, reader.total_bytes) == ([], 1, 0)


def test_an_importer_of_bytes_gets_them_unpacked_and_whole(tmp_path, monkeypatch):
    """With the issue and the encoding that was named; its articles are on no line."""
    got = []

    @BinaryImporter
    def read_numbers(file):
        got.append(file)
        for n in file.data:
            if n > 9:
                yield Reject(file.path, 0, "no digit", "write one")
            else:
                record = {"id": str(n), "body": "文"}
                yield article_from_record(record, Source(file.path, n, n + 1), file.issue, 0)

    monkeypatch.setitem(IMPORTERS.own, ".num", read_numbers)
    path = tmp_path / "临泽日报" / "2021-07-01" / "a.num.gz"
    write(path.with_name("b.jsonl"), {"id": "1", "body": "text"})
    path.write_bytes(gzip.compress(b"\x01\x02\xff\x02"))
    one, two, bad, again, taken = read_corpus(tmp_path, encoding="gb18030")
    issue = Issue("临泽日报", "2021-07-01", None)
    assert got == [BinaryFile(str(path), b"\x01\x02\xff\x02", issue, "gb18030")]
    assert (one.id, two.id, one.source) == ("1", "2", Source(str(path), 1, 2))
    assert str(bad) == f"{path}: no digit; write one"
    assert str(again).startswith(f"{path}: the id 2 is taken by {path};")
    assert f"taken by {path};" in str(taken)


def test_an_importer_of_bytes_is_kept_to_the_limits(tmp_path, monkeypatch):
    """A bomb is a reject before any importer sees it."""
    monkeypatch.setitem(IMPORTERS.own, ".num", BinaryImporter(iter))
    (tmp_path / "a.num.gz").write_bytes(gzip.compress(b" " * 50_000_000))
    (bomb,) = read_corpus(tmp_path)
    assert "holds over 10,000,000 bytes" in bomb.reason


def test_an_empty_file_holds_no_articles(tmp_path):
    """No article for any kind of file; no reject either where a file may hold any number."""
    for ending in CONTENT:
        (tmp_path / f"a{ending}").touch()
    items = list(read_corpus(tmp_path))
    assert [item for item in items if not item.path.endswith("a.txt")] == []


def test_no_corpus_and_no_encoding_are_said_at_once(tmp_path):
    """Before the first article is read."""
    with pytest.raises(BadCorpus, match="--corpus"):
        read_corpus(tmp_path / "absent")
    with pytest.raises(BadSetting, match="nosuch"):
        read_corpus(tmp_path, encoding="nosuch")


def test_an_encoding_can_be_named(tmp_path):
    """The files that are not UTF-8 are read with it."""
    line = json.dumps({"id": "g", "body": "国标编码"}, ensure_ascii=False)
    (tmp_path / "a.jsonl").write_bytes(line.encode("gb18030"))
    assert isinstance(next(read_corpus(tmp_path)), Reject)
    assert next(read_corpus(tmp_path, encoding="gb18030")).body == "国标编码"


def test_hostile_files_do_not_stop_the_rest(tmp_path):
    """Each is named once, quickly; the good file is read."""
    write(tmp_path / "good.jsonl", {"id": "1", "body": "正文"})
    os.mkfifo(tmp_path / "pipe.jsonl")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "zero.txt").symlink_to("/dev/zero")
    write(tmp_path / "deep.jsonl", "[" * 100_000)
    started = time.monotonic()
    items = list(read_corpus(tmp_path))
    assert [i.id for i in items if isinstance(i, Article)] == ["1"]
    rejected = [i.path.rsplit("/", 1)[1] for i in items if isinstance(i, Reject)]
    assert rejected == ["deep.jsonl", "loop", "pipe.jsonl", "zero.txt"]
    assert time.monotonic() - started < 5


CONTENT = {
    ".txt": "渡口的灯\n" + "渡口的灯亮了一夜，照着最后一班船。船上的人说，这盏灯没有灭过。\n" * 6,
    ".jsonl": '{"body": "甲。"}\r\n{"title": "题", "body": "乙\\r\\n丙"}\r\n',
    ".json": '[\r\n  {"body": "甲。"},\r\n  {"title": "题", "body": "乙"}\r\n]\r\n',
    ".csv": '标题,正文\r\n题,甲。\r\n另一题,"乙\r\n丙"\r\n',
    ".tsv": "title\tbody\n题\t甲。\n另一题\t乙\n",
    ".md": "---\ntitle: 题\n---\r\n\r\n甲\r\n乙\r\n",
}


@pytest.mark.parametrize("ending", CONTENT)
def test_an_importer_keeps_its_promises(ending):
    """Those of the contract; and a text begins with a character of its range."""
    file = SourceFile("c/file", CONTENT[ending], Issue("临泽日报", "2021-07-01", "01"))
    items = check_importer(IMPORTERS[ending], file)
    assert items
    for a in items:
        assert isinstance(a, Article)
        assert (a.newspaper, a.date, a.page_no) == ("临泽日报", "2021-07-01", "01")
        assert a.body[0] in file.text[a.source.start : a.source.end]


@pytest.mark.parametrize("ending", CONTENT)
def test_an_importer_never_raises(ending):
    """Whatever stands in the file: articles and rejects with reasons."""
    check_odd_texts(IMPORTERS[ending])
