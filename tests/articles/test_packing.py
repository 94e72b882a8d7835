"""Archives: members are read as files of the corpus, hostile ones are named, nothing runs over."""

import gzip
import io
import pickle
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_app.articles.base import Issue
from search_app.articles.corpus import packing
from search_app.articles.corpus.files import CorpusFile
from search_app.articles.corpus.packing import list_members
from search_app.articles.corpus.reader import CorpusReader, read_corpus
from search_app.model import Article, Reject

LINE = '{"id": "%s", "body": "渡口的灯亮了一夜。"}\n'


def entry(name: str, mode: int = 0, flags: int = 0, method: int = zipfile.ZIP_DEFLATED):
    info = zipfile.ZipInfo(name)
    info.external_attr, info.flag_bits, info.compress_type = mode << 16, flags, method
    return info


def pack(path: Path, *members: tuple[zipfile.ZipInfo | str, str | bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members:
            packed.writestr(entry(name) if isinstance(name, str) else name, content)
    return path


def read(path: Path) -> tuple[list[Article], dict[str, str]]:
    """The articles of a corpus; of its rejects the reasons, by what stands behind its path."""
    items = list(read_corpus(path))
    rejects = [item for item in items if isinstance(item, Reject)]
    assert all(reject.remedy and not reject.line for reject in rejects)
    reasons = {reject.path.removeprefix(str(path)).lstrip("/"): reject.reason for reject in rejects}
    return [item for item in items if isinstance(item, Article)], reasons


def test_members_are_read_as_files_of_the_corpus(tmp_path):
    """In the order of their paths' bytes, each under the archive's path, where it lies there."""
    pack(
        tmp_path / "m.zip",
        ("乙/2.jsonl", LINE % "4"),
        ("b/", ""),
        ("b/./1.jsonl", LINE % "3"),
        ("a\\3.jsonl.gz", gzip.compress((LINE % "2").encode())),
        ("__MACOSX/a.jsonl", LINE % "hidden"),
        ("README.md", "about"),
        ("picture.jpg", "no text"),
    )
    (tmp_path / "a.jsonl").write_text(LINE % "1", encoding="utf-8")
    (tmp_path / "z.jsonl").write_text(LINE % "5", encoding="utf-8")
    reader = CorpusReader(tmp_path)
    articles = list(reader)
    assert [a.id for a in articles] == ["1", "2", "3", "4", "5"]
    paths = ["a.jsonl", "m.zip/a/3.jsonl.gz", "m.zip/b/1.jsonl", "m.zip/乙/2.jsonl", "z.jsonl"]
    assert [a.source.path for a in articles] == [f"{tmp_path}/{path}" for path in paths]
    assert reader.ignored_files == 1
    assert sum(part.size for part in reader.parts()) == reader.total_bytes
    assert [i.id for i in read_corpus(tmp_path / "m.zip")] == ["2", "3", "4"]


def test_the_issue_is_that_of_the_path_through_the_archive(tmp_path):
    """Any of the folders may be the archive."""
    page = "渡口的灯亮了一夜，照着最后一班船。船上的人说，这盏灯没有灭过。\n"
    pack(tmp_path / "all.zip", ("澜州日报/2023-06-12/A01.txt", page))
    pack(tmp_path / "澜州日报" / "2023-06-13.zip", ("A02.txt", page))
    pack(tmp_path / "澜州晚报.zip", ("2023-06-14/A03.txt.gz", gzip.compress(page.encode())))
    pack(tmp_path / "澜州晚报" / "2023-06-15.ZIP", ("A04.txt", page))
    found = {(a.newspaper, a.date, a.page_no) for a in read(tmp_path)[0]}
    assert found == {
        ("澜州日报", "2023-06-12", "A01"),
        ("澜州日报", "2023-06-13", "A02"),
        ("澜州晚报", "2023-06-14", "A03"),
        ("澜州晚报", "2023-06-15", "A04"),
    }


@pytest.mark.parametrize("codec", ["gb18030", "utf-8"])
@pytest.mark.parametrize("text", ["澜州日报/2023-06-12/头版.jsonl", "十一.jsonl", "ö/一.jsonl"])
def test_names_of_old_tools_are_read(tmp_path, codec, text):
    """A name that says no encoding is what Chinese systems wrote, whatever zip makes of it."""
    name = text.encode(codec)
    pack(tmp_path / "a.zip", ("x" * len(name), LINE % "1"))
    data = (tmp_path / "a.zip").read_bytes().replace(b"x" * len(name), name)
    start = data.index(b"PK\1\2")
    assert not struct.unpack_from("<H", data, start + 8)[0] & 1 << 11
    # The ending is part of the name, so what was listed under x is listed anew.
    (tmp_path / "a.zip").write_bytes(data)
    ((article,), rejects) = read(tmp_path)
    assert article.source.path == f"{tmp_path}/a.zip/{text}"
    assert rejects == {}


HOSTILE = {
    "../x.jsonl": (entry("../x.jsonl"), "a path out of the archive"),
    "a/../../x": (entry("a/../../x"), "a path out of the archive"),
    "/etc/x.jsonl": (entry("/etc/x.jsonl"), "an absolute path"),
    "C:/x.jsonl": (entry("C:\\x.jsonl"), "an absolute path"),
    "l.jsonl": (entry("l.jsonl", stat.S_IFLNK | 0o777), "a link in an archive"),
    "d.jsonl": (entry("d.jsonl", stat.S_IFCHR | 0o666), "a device in an archive"),
    "p.txt": (entry("p.txt", stat.S_IFIFO | 0o666), "a device in an archive"),
    "in.zip": (entry("in.zip"), "a zip in a zip"),
    "m.jsonl": (
        entry("m.jsonl", method=zipfile.ZIP_LZMA),
        "packed by a method that is not read",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_member_is_named_and_the_others_are_read(tmp_path, name):
    """By its path in the archive, with the reason."""
    member, reason = HOSTILE[name]
    pack(tmp_path / "a.zip", ("good.jsonl", LINE % "1"), (member, LINE % "2"))
    articles, rejects = read(tmp_path / "a.zip")
    assert [a.id for a in articles] == ["1"]
    assert {path.lstrip("/"): said for path, said in rejects.items()} == {name.lstrip("/"): reason}


def test_an_encrypted_member_is_named(tmp_path):
    """Nobody is asked for a password."""
    path = pack(tmp_path / "a.zip", ("a.jsonl", LINE % "1"), ("b.jsonl", LINE % "2"))
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(data)
    articles, rejects = read(path)
    assert [a.id for a in articles] == ["2"]
    assert rejects == {"a.jsonl": "encrypted"}


def test_a_member_that_is_there_twice_is_read_once(tmp_path):
    """Which of the two is meant nobody knows: the first, and the other is named."""
    with pytest.warns(UserWarning, match="Duplicate"):
        pack(tmp_path / "a.zip", ("a.jsonl", LINE % "1"), ("a.jsonl", LINE % "2"))
    articles, rejects = read(tmp_path / "a.zip")
    assert [a.id for a in articles] == ["1"]
    assert rejects == {"a.jsonl": "in the archive twice"}


def test_a_damaged_member_is_named_and_the_others_are_read(tmp_path):
    """A checksum that is another one, a length that is a lie: no part is taken for the whole."""
    path = pack(tmp_path / "a.zip", ("a.jsonl", LINE % "1"), ("b.jsonl", LINE % "2" * 900))
    whole = path.read_bytes()
    start = whole.rindex(b"PK\1\2")
    for offset, value in ((16, 1), (24, 60), (42, 1)):  # checksum, length, place
        data = bytearray(whole)
        struct.pack_into("<I", data, start + offset, value)
        path.write_bytes(data)
        articles, rejects = read(path)
        assert [a.id for a in articles] == ["1"]
        assert rejects == {"b.jsonl": "zip cut off or damaged"}


@pytest.mark.parametrize("data", [b"", b"no zip at all", None], ids=["empty", "text", "cut off"])
def test_a_damaged_archive_is_named(tmp_path, data):
    """As a whole: without its directory nothing in it is known."""
    path = pack(tmp_path / "a.zip", ("a.jsonl", LINE % "1"))
    path.write_bytes(path.read_bytes()[:-30] if data is None else data)
    assert read(path) == ([], {"": "zip cut off or damaged"})


def test_a_bomb_is_named_and_the_others_are_read(tmp_path):
    """Before a byte of it is unpacked; small repetitive members are no bombs."""
    bomb, small = b" " * 50_000_000, b" " * 4_000_000 + (LINE % "2").encode()
    pack(tmp_path / "a.zip", ("a.jsonl", LINE % "1"), ("b.jsonl", bomb), ("c.jsonl", small))
    articles, rejects = read(tmp_path / "a.zip")
    assert [a.id for a in articles] == ["1", "2"]
    assert rejects == {"b.jsonl": "holds over 10,000,000 bytes"}


def test_many_small_bombs_are_one(tmp_path):
    """However the bytes are shared out, or shared, an archive holds so much and no more."""
    path = pack(tmp_path / "a.zip", *((f"{n}.txt", b" " * 4_000_000) for n in range(3)))
    assert read(path) == ([], {"": "holds over 10,000,000 bytes"})


def test_a_gzip_bomb_in_an_archive_is_named(tmp_path):
    """What it unpacks to is counted as it comes."""
    bomb = gzip.compress(b" " * 5_000_000)
    pack(tmp_path / "a.zip", ("a.jsonl.gz", bomb), ("b.jsonl", LINE % "2"))
    articles, rejects = read(tmp_path / "a.zip")
    assert [a.id for a in articles] == ["2"]
    assert rejects["a.jsonl.gz"].startswith("holds over")


def test_a_member_over_the_limit_is_named(tmp_path, monkeypatch):
    """The bytes of one file, wherever it lies."""
    monkeypatch.setattr(packing, "MAX_BYTES", 100)
    path = pack(tmp_path / "a.zip", ("a.jsonl", LINE % "1" * 9), ("b.jsonl", LINE % "2"))
    articles, rejects = read(path)
    assert [a.id for a in articles] == ["2"]
    assert rejects == {"a.jsonl": "holds over 100 bytes"}


def test_a_zip_within_gzip_is_named(tmp_path):
    """It is no zip before it is unpacked."""
    path = pack(tmp_path / "a.zip", ("a.jsonl", LINE % "1"))
    (tmp_path / "b.zip.gz").write_bytes(gzip.compress(path.read_bytes()))
    assert read(tmp_path / "b.zip.gz") == ([], {"": "zip cut off or damaged"})


def test_an_archive_that_changed_since_it_was_listed_is_named(tmp_path):
    """Another file of the same name, or none."""
    path = pack(tmp_path / "a.zip", ("a.jsonl", LINE % "1" * 99))
    reader = CorpusReader(path)
    path.write_bytes(b"another file" * 20)
    (changed,) = reader
    path.unlink()
    (gone,) = reader
    assert "damaged" in changed.reason
    assert "no such file" in gone.reason


def test_what_is_listed_can_be_given_to_another_process(tmp_path):
    """Workers read members without the archive's directory."""
    path = pack(tmp_path / "a.zip", ("a.jsonl", LINE % "1"))
    (member,) = list_members(CorpusFile(str(path), ".zip", 1), (".jsonl",)).items
    copy = pickle.loads(pickle.dumps(member))
    assert b"".join(packing.read_chunks(copy)) == (LINE % "1").encode()
    assert (copy.issue, copy.ending) == (Issue(), ".jsonl")


@given(st.data())
def test_nothing_in_an_archive_raises(tmp_path_factory, data):
    """Whatever bytes of one are changed: articles, or rejects that say why."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in ("a.jsonl", "甲/b.jsonl"):
            packed.writestr(entry(name), LINE % name[0] * 3)
    changed = bytearray(buffer.getvalue())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(changed) - 1))
        changed[place] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("zip") / "a.zip"
    path.write_bytes(changed[: data.draw(st.integers(len(changed) // 2, len(changed)))])
    for item in read_corpus(path):
        assert isinstance(item, Article) or (item.reason and item.remedy)
