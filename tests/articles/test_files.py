"""The files of a corpus as they lie there: order, links, pipes, packing, encodings."""

import gzip
import os
import socket
from pathlib import Path

import pytest

from search_app.articles.base import Issue, SourceFile
from search_app.articles.corpus import packing
from search_app.articles.corpus.decode import check_encoding, read_file
from search_app.articles.corpus.files import CorpusFile, issue_of, list_files, printable
from search_app.errors import BadCorpus, BadSetting
from search_app.model import Reject

ENDINGS = (".txt", ".jsonl", ".md")
GBK = "这是一篇国标编码的文章。".encode("gb18030")


def write(path, content="正文"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def names(corpus):
    return [os.path.relpath(f.path, corpus) for f in list_files(corpus, ENDINGS).items]


def rejects(corpus):
    found = list_files(corpus, ENDINGS).items
    return {os.path.relpath(f.path, corpus): f for f in found if isinstance(f, Reject)}


def read(path, content, encoding=None):
    write(path, content)
    (found,) = list_files(path, ENDINGS).items
    return read_file(found, encoding)


def test_files_come_in_the_order_of_their_paths_bytes(tmp_path):
    """One order on every machine: it decides which duplicate is first."""
    paths = ["乙/1.txt", "甲/1.txt", "a-b/1.txt", "a/2.txt", "a/10.txt", "B.md", "b.jsonl.gz"]
    for p in paths:
        write(tmp_path / p)
    assert names(tmp_path) == sorted(paths, key=os.fsencode)


@pytest.mark.parametrize("name", ["corpus.toml", "withdrawn.txt"])
def test_what_is_said_of_a_part_of_the_corpus_is_not_passed_over(tmp_path, name):
    """Somebody believes that it is read: who withdraws an article has to know that it is not."""
    write(tmp_path / name)
    write(tmp_path / "日报" / name)
    (reject,) = list_files(tmp_path, ENDINGS).items
    assert isinstance(reject, Reject)
    assert reject.path == str(tmp_path / "日报" / name)
    assert reject.reason == f"a {name} that is not read here"


def test_files_about_the_corpus_are_skipped_and_unknown_ones_counted(tmp_path):
    """Skipped files are no part of the corpus; a file that nothing reads is said as a number."""
    skipped = ["README.md", "README", "LICENSE.txt", "NOTICE.md", "corpus.toml", "withdrawn.txt"]
    for p in [*skipped, ".hidden.txt", "_draft.txt", ".git/a.txt", "_old/a.txt"]:
        write(tmp_path / p)
    for p in ["a.csv", "b.pdf", "noending", "c.csv.gz"]:
        write(tmp_path / p)
    write(tmp_path / "NOTICES" / "A.TXT")
    assert names(tmp_path) == ["NOTICES/A.TXT"]
    assert list_files(tmp_path, ENDINGS).ignored == 4


def test_one_file_is_a_corpus(tmp_path):
    """Named as it was given, whatever it is called."""
    path = write(tmp_path / "README.md")
    assert list_files(path, ENDINGS).items == [CorpusFile(str(path), ".md", 6)]


@pytest.mark.parametrize(
    "name", ["nosuch", "a.txt/b", "https://example.org/a.jsonl", "a.csv", "x\0y"]
)
def test_no_corpus_is_said_with_a_remedy(tmp_path, name):
    """A missing path, an address, a kind of file nothing reads: nothing is fetched or guessed."""
    write(tmp_path / "a.txt")
    write(tmp_path / "a.csv")
    with pytest.raises(BadCorpus, match=r"(--corpus|a file that ends in)") as raised:
        list_files(tmp_path / name, ENDINGS)
    assert str(raised.value).isprintable()


def test_what_is_no_file_is_named_and_nothing_hangs(tmp_path):
    """Pipes, devices, sockets, links out and around, folders named like files."""
    outside = write(tmp_path / "outside" / "a.txt")
    corpus = tmp_path / "corpus"
    write(corpus / "good.txt")
    write(corpus / "folder.jsonl" / "a.txt")
    os.mkfifo(corpus / "pipe.jsonl")
    (corpus / "zero.txt").symlink_to("/dev/zero")
    (corpus / "out.txt").symlink_to(outside)
    (corpus / "outfolder").symlink_to(outside.parent)
    (corpus / "loop").symlink_to(corpus)
    (corpus / "self.txt").symlink_to("self.txt")
    (corpus / "nothing.txt").symlink_to("nosuch")
    (corpus / "inside.md").symlink_to("good.txt")
    bad = {"folder.jsonl", "pipe.jsonl", "zero.txt", "out.txt", "outfolder", "loop", "self.txt"}
    found = rejects(corpus)
    assert set(found) == bad | {"nothing.txt"}
    assert all(r.reason and r.remedy and r.line == 0 for r in found.values())
    assert [n for n in names(corpus) if n not in found] == ["good.txt", "inside.md"]


def test_a_device_or_socket_in_the_corpus_is_named(tmp_path, monkeypatch):
    """A socket is not opened; neither is a file given alone that is none."""
    monkeypatch.chdir(tmp_path)  # addresses of sockets are short
    with socket.socket(socket.AF_UNIX) as s:
        s.bind("s.txt")
        assert "socket" in rejects(tmp_path)["s.txt"].reason
    os.mkfifo("p.txt")
    (alone,) = list_files(Path("p.txt"), ENDINGS).items
    assert str(alone).startswith("p.txt: a pipe")


def test_a_file_that_became_a_pipe_is_not_waited_for(tmp_path):
    """Between listing and opening anything may change."""
    os.mkfifo(tmp_path / "a.txt")
    item = read_file(CorpusFile(str(tmp_path / "a.txt"), ".txt", 5))
    assert isinstance(item, Reject)
    assert isinstance(read_file(CorpusFile(str(tmp_path / "gone.txt"), ".txt", 5)), Reject)


def test_an_unreadable_file_or_folder_is_named(tmp_path, monkeypatch):
    """The system's own reason; the rest of the corpus is read."""

    def refuse(*args):
        raise PermissionError(13, "Permission denied", *args[:1])

    path = write(tmp_path / "a.txt")
    (found,) = list_files(tmp_path, ENDINGS).items
    monkeypatch.setattr(os, "open", refuse)
    assert "permission denied" in read_file(found).reason
    monkeypatch.setattr(os, "scandir", refuse)
    assert "permission denied" in rejects(tmp_path)["."].reason
    assert path.exists()


@pytest.fixture
def deep(tmp_path, monkeypatch):
    """A file 1,200 folders down; taken away again, as shutil's recursion could not."""
    monkeypatch.chdir(tmp_path)
    for _ in range(1200):
        os.mkdir("d")
        os.chdir("d")
    write(Path("a.txt"))
    os.chdir(tmp_path)
    yield tmp_path
    os.remove("d/" * 1200 + "a.txt")
    os.removedirs("/".join("d" * 1200))


def test_folders_nested_deeper_than_calls_are_listed(deep):
    """A corpus 1,200 folders deep is odd, not fatal."""
    (found,) = list_files(deep, ENDINGS).items
    assert found.path.endswith("/d/a.txt")


def test_odd_file_names_are_escaped_in_print_and_still_read(tmp_path):
    """A newline or a byte that is no text cannot forge a line of output."""
    write(tmp_path / "甲\n乙\u202e.txt")
    write(Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt")), "文")
    found = list_files(tmp_path, ENDINGS).items
    files = [read_file(f) for f in found]
    assert [f.path.rsplit("/", 1)[1] for f in files] == ["甲\\n乙\\u202e.txt", "\\xff.txt"]
    assert [f.text for f in files] == ["正文", "文"]
    assert printable("卷一　上/a b.txt") == "卷一　上/a b.txt"


ISSUES = {
    "corpus/临泽日报/2021-07-01/A02.txt": Issue("临泽日报", "2021-07-01", "A02"),
    "临泽日报/2021-07-01/A02.TXT.gz": Issue("临泽日报", "2021-07-01", "A02"),
    "临泽日报/2021-07-01/all.jsonl": Issue("临泽日报", "2021-07-01", None),
    "临泽日报/2021-07-01/a.b.md": Issue("临泽日报", "2021-07-01", None),
    "临泽日报/2021-02-30/A02.txt": Issue(),
    "临泽日报/2021-07/A02.txt": Issue(),
    "临泽日报/2021-07-01/x/A02.txt": Issue(),
    "A02.txt": Issue(),
    "/2021-07-01/A02.txt": Issue(None, "2021-07-01", "A02"),
    "临\udcff/2021-07-01/1.txt": Issue("临\\xff", "2021-07-01", "1"),
}


@pytest.mark.parametrize(("path", "issue"), ISSUES.items(), ids=range(len(ISSUES)))
def test_the_place_of_a_file_says_its_issue(path, issue):
    """Only a real date makes its neighbours a newspaper and a page."""
    assert issue_of(path) == issue


def test_the_issue_does_not_depend_on_how_the_corpus_was_named(tmp_path, monkeypatch):
    """From inside the day's folder, the newspaper is the same."""
    write(tmp_path / "临泽日报" / "2021-07-01" / "1.txt")
    monkeypatch.chdir(tmp_path / "临泽日报" / "2021-07-01")
    (found,) = list_files(Path(), ENDINGS).items
    assert read_file(found).issue == Issue("临泽日报", "2021-07-01", "1")


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_decides(tmp_path, codec):
    """Marked files are read, whatever --encoding says; offsets begin behind the mark."""
    file = read(tmp_path / "a.txt", "第一行\r\n第二行".encode(codec), "gb18030")
    assert file.text == "第一行\r\n第二行"


def test_big_endian_marks_are_known(tmp_path):
    """UTF-16 and UTF-32 in the other byte order."""
    for codec in ("utf-16-be", "utf-32-be"):
        assert read(tmp_path / "a.txt", "\ufeff正文".encode(codec)).text == "正文"


def test_other_encodings_are_named_not_guessed(tmp_path):
    """Line and byte of the first bad byte, and the option that helps."""
    item = read(tmp_path / "a.txt", "好\n好".encode() + GBK)
    assert isinstance(item, Reject)
    assert item.line == 2
    assert "offset 7" in item.reason
    assert "--encoding" in item.remedy
    assert read(tmp_path / "a.txt", GBK, "gb18030").text.startswith("这是一篇")
    assert "big5" in read(tmp_path / "a.txt", GBK[:-1] + b"\xff", "big5").reason
    assert read(tmp_path / "a.txt", "半".encode()[:2]).line == 1


def test_half_a_character_of_utf16_is_named(tmp_path):
    """A file cut in the middle of a unit, and a lone surrogate in the file."""
    whole = "第一行\n第二行".encode("utf-16")
    assert read(tmp_path / "a.txt", whole[:-1]).line == 2
    assert isinstance(read(tmp_path / "a.txt", b"\xff\xfe\x00\xd8A\x00"), Reject)
    assert isinstance(read(tmp_path / "a.txt", b"\xed\xa0\x80"), Reject)


@pytest.mark.parametrize("encoding", ["nosuch", "zlib", "rot13", "idna", "unicode-escape", "a\0"])
def test_an_unknown_encoding_is_refused(encoding):
    """A wrong name is a wrong setting, not a wrong file."""
    with pytest.raises(BadSetting):
        check_encoding(encoding)


@pytest.mark.parametrize("encoding", [None, "", "utf-8", "GB18030", "big5", "utf-16", "utf-32"])
def test_known_encodings_are_accepted(encoding):
    """No name at all means UTF-8."""
    check_encoding(encoding)


def test_control_characters_become_spaces(tmp_path):
    """One for one, so that offsets stay; line ends and page breaks are kept."""
    file = read(tmp_path / "a.txt", "甲\x00乙\x1b[31m\x7f\x85丙\f\v\t\r\n")
    assert file.text == "甲 乙 [31m \x85丙\f\v\t\r\n"


def test_packed_files_are_read_whole(tmp_path):
    """Every member of a gzip file, on every known ending."""
    packed = gzip.compress("第一".encode()) + gzip.compress("第二".encode())
    assert read(tmp_path / "a.md.gz", packed).text == "第一第二"
    assert read(tmp_path / "b.txt.GZ", b"").text == ""


def test_small_repetitive_files_are_no_bombs(tmp_path):
    """The ratio counts only where the content is large."""
    assert len(read(tmp_path / "a.txt.gz", gzip.compress(b" " * 9_000_000)).text) == 9_000_000


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(b" " * 50_000_000),
        gzip.compress(os.urandom(1000))[:-20],
        gzip.compress(b"x" * 1000)[:-4] + b"0000",
        b"no gzip at all",
        gzip.compress(b"a") + b"rubbish",
    ],
    ids=["bomb", "cut off", "wrong length", "no gzip", "rubbish behind"],
)
def test_bombs_and_damaged_packing_are_named(tmp_path, packed):
    """Capped while unpacking; a part of a file is never taken for the whole."""
    item = read(tmp_path / "a.jsonl.gz", packed)
    assert isinstance(item, Reject)
    assert item.line == 0
    assert item.remedy


def test_a_file_over_the_limit_is_named(tmp_path, monkeypatch):
    """Plain files are capped by bytes too."""
    monkeypatch.setattr(packing, "MAX_BYTES", 1000)
    assert "1,000 bytes" in read(tmp_path / "a.txt", "x" * 1001).reason
    assert isinstance(read(tmp_path / "a.txt", "x" * 1000), SourceFile)
    assert isinstance(read(tmp_path / "a.txt.gz", gzip.compress(b"x" * 1001)), Reject)
