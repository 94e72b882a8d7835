"""`corpus.toml`: what it says of files counts, and what is wrong in it is named."""

import json
import os
import zipfile

import pytest
from dashed import parse_dashed_page

from search_app.articles.base import Issue
from search_app.articles.corpus.origins import BadPattern, PathPattern
from search_app.articles.corpus.reader import read_corpus
from search_app.articles.pages import PAGE_PARSERS
from search_app.errors import BadCorpus
from search_app.model import Article, Reject

PAGE = "渡口的灯亮了一夜，照着最后一班船。船上的人说，这盏灯没有灭过。\n"


def write(path, text=PAGE, encoding="utf-8"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding=encoding)
    return path


def say(corpus, *sources):
    """Writes a corpus.toml; each source is its lines."""
    write(corpus / "corpus.toml", "".join(f"[[source]]\n{lines}\n" for lines in sources))


def issues(corpus):
    """Newspaper, date and page by the path of the article's file; of rejects the reason."""
    return {
        item.source.path.removeprefix(f"{corpus}/"): (item.newspaper, item.date, item.page_no)
        if isinstance(item, Article)
        else None
        for item in read_corpus(corpus)
        if isinstance(item, Article)
    }


def test_a_folder_is_given_a_newspaper_and_a_pattern_of_paths(tmp_path):
    """Through folders and archives; what the pattern leaves open the place may say."""
    write(tmp_path / "lz" / "2023" / "20230612_A01.txt")
    write(tmp_path / "lz" / "2023-06-13" / "A02版.TXT")
    with zipfile.ZipFile(tmp_path / "lz" / "old.zip", "w") as packed:
        packed.writestr("20230614_A03.txt", PAGE)
    write(tmp_path / "临泽日报" / "2021-07-01" / "01.txt")
    say(
        tmp_path,
        'folder = "lz"\nnewspaper = "澜州日报"\npattern = "{date:%Y%m%d}_{page}.txt"',
        'folder = "./lz/"\nnewspaper = "澜州日报"\npattern = "{page}版.txt"',
    )
    assert issues(tmp_path) == {
        "lz/2023/20230612_A01.txt": ("澜州日报", "2023-06-12", "A01"),
        "lz/2023-06-13/A02版.TXT": ("澜州日报", "2023-06-13", "A02"),
        "lz/old.zip/20230614_A03.txt": ("澜州日报", "2023-06-14", "A03"),
        "临泽日报/2021-07-01/01.txt": ("临泽日报", "2021-07-01", "01"),
    }


def test_a_file_that_fits_no_pattern_is_rejected(tmp_path):
    """It would be indexed without its date, and nobody would know."""
    for name in ("20230612_A01.txt", "20231312_A01.txt", "notes.txt"):
        write(tmp_path / "lz" / name)
    say(tmp_path, 'folder = "lz"\npattern = "{date:%Y%m%d}_{page}.txt"')
    rejects = [item for item in read_corpus(tmp_path) if isinstance(item, Reject)]
    assert [r.path.rpartition("/")[2] for r in rejects] == ["20231312_A01.txt", "notes.txt"]
    assert {r.reason for r in rejects} == {"its path fits no pattern in corpus.toml"}


def test_only_the_innermost_folder_counts(tmp_path):
    """And a name that merely begins so is another folder."""
    for folder in ("a", "a/b", "ab"):
        write(tmp_path / folder / "1.txt", f"{folder}。{PAGE}")
    say(tmp_path, 'folder = "."\nnewspaper = "全"', 'folder = "a/b"\nfull_text = false')
    found = {a.source.path.removeprefix(f"{tmp_path}/"): a for a in read_corpus(tmp_path)}
    assert [(a.newspaper, a.full_text) for a in found.values()] == [
        ("全", True),
        (None, False),
        ("全", True),
    ]


def test_what_may_not_be_shown_in_a_folder_may_not_be_shown_within(tmp_path):
    """Whatever else is said of a folder in it, unless it says that it may."""
    for folder in ("a", "a/b", "a/b/c"):
        write(tmp_path / folder / "1.txt", f"{folder}。{PAGE}")
    say(
        tmp_path,
        'folder = "a/b/c"\nfull_text = true',
        'folder = "a"\nfull_text = false',
        'folder = "a/b"\nnewspaper = "乙"',
    )
    found = {a.source.path.removeprefix(f"{tmp_path}/"): a for a in read_corpus(tmp_path)}
    assert {path: (a.newspaper, a.full_text) for path, a in found.items()} == {
        "a/1.txt": (None, False),
        "a/b/1.txt": ("乙", False),
        "a/b/c/1.txt": (None, True),
    }


def test_encodings_columns_and_parsers_are_those_of_the_folder(tmp_path, monkeypatch):
    """Whatever was named for the whole corpus."""
    monkeypatch.setitem(PAGE_PARSERS.own, "dashed", parse_dashed_page)
    write(tmp_path / "gb" / "a.csv", "稿件,内文\n题,正文\n", "gb18030")
    write(tmp_path / "gb" / "b.jsonl", json.dumps({"body": "正文"}, ensure_ascii=False), "gb18030")
    write(tmp_path / "dashed" / "1.txt", "一\n甲\n---\n二\n乙\n", "big5")
    say(
        tmp_path,
        'folder = "gb"\nencoding = "gb18030"\ncolumns = {"稿件" = "title", "内文" = "body"}',
        'folder = "dashed"\nparser = "dashed"',
    )
    found = list(read_corpus(tmp_path, encoding="big5"))
    assert [(a.title, a.body) for a in found] == [
        ("一", "甲"),
        ("二", "乙"),
        ("题", "正文"),
        ("正文", "正文"),
    ]


def test_files_of_records_that_have_pages_keep_their_order(tmp_path, monkeypatch):
    """A long one is no part of what was read before it."""
    monkeypatch.setattr("search_app.articles.corpus.parts.PART_SIZE", 300)
    for page, count in (("A01", 1), ("A02", 99), ("A03", 1)):
        lines = (json.dumps({"body": f"第{n}篇"}) for n in range(count))
        write(tmp_path / f"2020-01-28_{page}.jsonl", "\n".join(lines))
    say(tmp_path, 'folder = "."\npattern = "{date}_{page}.jsonl"')
    pages = [article.page_no for article in read_corpus(tmp_path)]
    assert pages == ["A01", *["A02"] * 99, "A03"]


def test_a_long_file_read_in_slices_keeps_what_is_said_of_it(tmp_path, monkeypatch):
    """Every slice has it."""
    monkeypatch.setattr("search_app.articles.corpus.parts.PART_SIZE", 300)
    lines = (json.dumps({"body": f"第{n}篇"}, ensure_ascii=False) for n in range(99))
    write(tmp_path / "gb" / "b.jsonl", "\n".join(lines), "gb18030")
    say(tmp_path, 'folder = "gb"\nencoding = "gb18030"\nfull_text = false\nnewspaper = "甲"')
    found = list(read_corpus(tmp_path))
    assert [(a.full_text, a.newspaper) for a in found] == [(False, "甲")] * 99


def test_a_part_of_a_corpus_is_read_as_within_the_whole(tmp_path, monkeypatch):
    """So that a page looked at alone is what is indexed, and rights are not lost."""
    page = write(tmp_path / "lz" / "2023" / "A01.txt")
    say(tmp_path, 'folder = "lz"\nnewspaper = "澜州日报"\nfull_text = false')
    monkeypatch.chdir(tmp_path / "lz")
    for part in (tmp_path / "lz", page, page.relative_to(tmp_path / "lz"), page.parent):
        (a,) = read_corpus(part)
        assert (a.newspaper, a.full_text) == ("澜州日报", False)


BAD = {
    "[[source]": "corpus.toml cannot be read",
    "\ufffd\x00": "corpus.toml cannot be read",
    'newspaper = "x"': "corpus.toml: newspaper: not known here",
    "source = 3": "corpus.toml: source: not known here",
    "source = [3]": "corpus.toml: source: not known here",
    "[[source]]": "[[source]] 1: folder: missing",
    '[[source]]\nfolder = "a"\n[[source]]\nfolder = "x"': "[[source]] 2: folder: there is no",
    '[[source]]\nfolder = "a.txt"': "folder: there is no folder or zip 'a.txt'",
    '[[source]]\nfolder = "../a"': "folder: '../a' is not below",
    '[[source]]\nfolder = "/etc"': "folder: '/etc' is not below",
    "[[source]]\nfolder = 3": "folder: write a string",
    '[[source]]\nfolder = "a"\nnewspaper = ""': "newspaper: write a string",
    '[[source]]\nfolder = "a"\nname = "x"': "name: no such key; there are folder,",
    '[[source]]\nfolder = "a"\nfull_text = "no"': "full_text: write true or false",
    '[[source]]\nfolder = "a"\nparser = "x"': "parser: no parser 'x'; there are default",
    '[[source]]\nfolder = "a"\nencoding = "x"': "encoding: there is no text encoding 'x'",
    '[[source]]\nfolder = "a"\ncolumns = []': "columns: write a table",
    '[[source]]\nfolder = "a"\ncolumns = {"题" = "headline"}': "columns: '题' must name one field",
    '[[source]]\nfolder = "a"\ncolumns = {"题" = 3}': "columns: '题' must name one field",
    '[[source]]\nfolder = "a"\ncolumns = {"题" = "title", "名" = "title"}': "must name one field",
    '[[source]]\nfolder = "a"\npattern = "{dat}.txt"': "pattern: {dat} is not known",
}


@pytest.mark.parametrize("text", BAD)
def test_what_is_wrong_is_said_before_anything_is_read(tmp_path, text):
    """With the file, the source, the key and what to write."""
    write(tmp_path / "a" / "1.txt")
    write(tmp_path / "a.txt")
    write(tmp_path / "corpus.toml", text)
    with pytest.raises(BadCorpus) as raised:
        read_corpus(tmp_path)
    assert BAD[text] in str(raised.value)
    assert str(tmp_path / "corpus.toml") in str(raised.value)


def test_a_pipe_is_not_waited_for(tmp_path):
    """It is no file that says anything."""
    os.mkfifo(tmp_path / "corpus.toml")
    with pytest.raises(BadCorpus, match="not a file"):
        read_corpus(tmp_path)


def test_an_empty_file_says_nothing(tmp_path):
    """As does none."""
    write(tmp_path / "澜州日报" / "2023-06-12" / "A01.txt")
    write(tmp_path / "corpus.toml", "")
    assert issues(tmp_path) == {"澜州日报/2023-06-12/A01.txt": ("澜州日报", "2023-06-12", "A01")}


FITTING = [
    ("{date}/{page}.txt", "x/2020-01-28/A01.txt", Issue(None, "2020-01-28", "A01")),
    ("{date}/{page}.txt", "2020-1-8/A01.txt.gz", Issue(None, "2020-01-08", "A01")),
    ("{date}/{page}.txt", "2020-01-28-A01.txt", None),
    ("{date}/{page}.txt", "x2020-01-28/A01.txt", None),
    ("{date:%Y/%m/%d}/{page}.txt", "a/2020/01/28/3.TXT", Issue(None, "2020-01-28", "3")),
    ("{date:%Y年%m月%d日}第{page}版{any}", "2020年1月8日第2版.txt", Issue(None, "2020-01-08", "2")),
    ("{date:%d.%m.%Y}.csv", "28.1.2020.csv", Issue(None, "2020-01-28", None)),
    ("{date:%Y%m}.jsonl", "202013.jsonl", None),
    ("{date:%Y%m}.jsonl", "202012.jsonl", Issue(None, "2020-12", None)),
    ("{date:%Y}.jsonl", "2020.jsonl", Issue(None, "2020", None)),
    ("{newspaper}_{date:%Y%m%d}_{page}.txt", "a/澜州日报_20200128_A01.txt",
     Issue("澜州日报", "2020-01-28", "A01")),
    ("{newspaper}/{any}/{page}.txt", "澜州日报/x/A01.txt", Issue("澜州日报", None, "A01")),
    ("{any}.txt", "a.b.txt", Issue()),
    ("p(1)+.{page}", "p(1)+.9", Issue(None, None, "9")),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "path", "issue"), FITTING)
def test_a_pattern_fits_the_end_of_a_path(pattern, path, issue):
    """Whole names only; a day that never was fits nothing."""
    assert PathPattern.of(pattern).read(path) == issue


@pytest.mark.parametrize(
    "pattern",
    ["{page", "page}", "{}", "{Page}", "{page:2}", "{page}{page}", "{date}{date}", "{date:}",
     "{date:%m}", "{date:%Y%d}", "{date:%Y%Y}", "{date:%y}", "{date:%Y%}"],
)  # fmt: skip
def test_a_pattern_that_means_nothing_is_refused(pattern):
    """With what to write."""
    with pytest.raises(BadPattern, match="write"):
        PathPattern.of(pattern)
