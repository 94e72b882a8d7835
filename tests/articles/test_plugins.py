"""Readers of other packages: found when they are asked for, in the way of nobody else."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from needs import shared
from packages import EXAMPLES, ROOT, announce, install_example
from served import run

from search_app.articles import IMPORTERS
from search_app.articles.corpus.reader import read_corpus
from search_app.articles.pages import PAGE_PARSERS
from search_app.errors import BadCorpus, BadPlugin
from search_app.model import Article, Reject

FLOOR = 0.80  # boundary F1
PARSERS, IMPORTED = "search_app.page_parsers", "search_app.importers"
JINGBAO_PAGE = EXAMPLES / "jingbao" / "golden" / "滬濱小報" / "1921-05-04" / "2.txt"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of packages, on the path of this process and of those it starts."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("PYTHONPATH", f"{folder}{os.pathsep}{ROOT}")
    for table in (IMPORTERS, PAGE_PARSERS):
        monkeypatch.setattr(table, "_announced", None)
        monkeypatch.setattr(table, "_imported", {})
    return folder


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A page, and a corpus.toml that has it read by `jingbao`."""
    folder = tmp_path / "corpus"
    path = folder / "滬濱小報" / "1921-05-04" / "2.txt"
    path.parent.mkdir(parents=True)
    path.write_bytes(JINGBAO_PAGE.read_bytes())
    said = '[[source]]\nfolder = "滬濱小報"\nparser = "jingbao"\n'
    (folder / "corpus.toml").write_text(said, encoding="utf-8")
    return folder


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_installed_parser_reads_the_pages_of_its_newspaper(
    site: Path, corpus: Path, tmp_path: Path, jobs: int
) -> None:
    """In every process of a build too."""
    install_example(site, "jingbao")
    done = run("rebuild", "--corpus", corpus, "--index", tmp_path / "index", "--jobs", jobs)
    assert done.returncode == 0, done.stderr
    shown = run("search", "橋頭", "--index", tmp_path / "index")
    read = [a for a in read_corpus(corpus) if isinstance(a, Article) and a.kind == "article"]
    assert f"read {len(read)} articles" in done.stderr or str(len(read)) in done.stderr
    assert shown.returncode in (0, 1)


def test_it_finds_the_articles_of_the_real_paper() -> None:
    """As its README says; on the pages it was not tuned on too, no advertisement in an article."""
    shared()
    done = subprocess.run(
        [sys.executable, EXAMPLES / "jingbao" / "measure.py"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    readme = (EXAMPLES / "jingbao" / "README.md").read_text(encoding="utf-8")
    assert done.stdout.split("default:")[0] in readme
    ratios = [float(ratio) for ratio in re.findall(r"^jingbao: .* F1 (\S+)", done.stdout, re.M)]
    assert len(ratios) == 2
    assert min(ratios) >= FLOOR
    assert re.findall(r"^jingbao: .* in articles: (\d+)", done.stdout, re.M) == ["0", "0"]


def test_without_the_package_it_is_said_what_to_install(corpus: Path, tmp_path: Path) -> None:
    """Before anything is read, with file, source and key."""
    done = run("rebuild", "--corpus", corpus, "--index", tmp_path / "index")
    assert done.returncode == 3
    assert f"{corpus / 'corpus.toml'}: [[source]] 1: parser: no parser 'jingbao'" in done.stderr
    assert "packages you install" in done.stderr


def test_a_parser_that_cannot_be_imported_is_named_where_it_is_asked_for(
    site: Path, corpus: Path
) -> None:
    """With its package; whoever does not ask for it reads on."""
    announce(site, "broken-paper", {PARSERS: {"jingbao": "no_such_module:parse"}})
    with pytest.raises(BadCorpus, match=r"'jingbao' of the package broken-paper 1\.0 cannot be"):
        read_corpus(corpus)
    (corpus / "corpus.toml").unlink()
    assert list(read_corpus(corpus))


@pytest.mark.parametrize("text", ["1 / 0", "import sys; parse = 3", "def parse(: pass"])
def test_whatever_a_package_does_when_it_is_imported_is_told(
    site: Path, corpus: Path, text: str
) -> None:
    """Any exception, and what is no function."""
    (site / "odd.py").write_text(text, encoding="utf-8")
    sys.modules.pop("odd", None)
    announce(site, "odd-paper", {PARSERS: {"jingbao": "odd:parse"}})
    with pytest.raises(BadCorpus, match=r"the package odd-paper 1\.0"):
        read_corpus(corpus)


def test_a_parser_that_fails_on_a_page_costs_that_page_alone(site: Path, corpus: Path) -> None:
    """It is named with the file, its package, and the line it failed at."""
    text = "def parse(file):\n    yield from ()\n    1 / 0\n"
    (site / "frail.py").write_text(text, encoding="utf-8")
    announce(site, "frail-paper", {PARSERS: {"jingbao": "frail:parse"}})
    (corpus / "a.md").write_text("# 题\n\n正文\n", encoding="utf-8")
    read, failed = read_corpus(corpus)
    assert isinstance(read, Article)
    assert isinstance(failed, Reject)
    assert failed.path.endswith("2.txt")
    assert "'jingbao' of the package frail-paper 1.0 failed on it" in failed.reason
    assert "ZeroDivisionError: division by zero, frail.py:3" in failed.reason


def test_a_name_that_is_taken_is_refused_where_it_is_asked_for(site: Path, corpus: Path) -> None:
    """By us, or by two packages; both are named."""
    install_example(site, "jingbao")
    announce(site, "a-rival", {PARSERS: {"jingbao": "dashed:parse", "default": "dashed:parse"}})
    with pytest.raises(BadCorpus, match=r"search-app-jingbao 1\.0.* both claim 'jingbao'"):
        read_corpus(corpus)
    said = '[[source]]\nfolder = "."\nparser = "{}"\n'
    (corpus / "corpus.toml").write_text(said.format("default"), encoding="utf-8")
    with pytest.raises(BadCorpus, match=r"a-rival 1\.0 claims 'default', which is taken"):
        read_corpus(corpus)
    (corpus / "corpus.toml").unlink()
    assert list(read_corpus(corpus))


def test_an_ending_that_is_claimed_is_refused_where_such_a_file_is(
    site: Path, tmp_path: Path
) -> None:
    """Before anything is read; without such a file nobody is in the way."""
    announce(site, "rival", {IMPORTED: {".csv": "json:loads", ".zip": "json:loads"}})
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "a.md").write_text("# 题\n\n正文\n", encoding="utf-8")
    assert [a.title for a in read_corpus(tmp_path / "c") if isinstance(a, Article)] == ["题"]
    (tmp_path / "c" / "a.csv").write_text("body\n甲\n", encoding="utf-8")
    with pytest.raises(BadPlugin, match=r"the package rival 1\.0 claims '\.csv', which is taken"):
        read_corpus(tmp_path / "c")
    (tmp_path / "c" / "a.csv").unlink()
    with zipfile.ZipFile(tmp_path / "c" / "a.zip", "w") as packed:
        packed.writestr("b.md", "正文")
    with pytest.raises(BadPlugin, match=r"claims '\.zip', which is taken"):
        read_corpus(tmp_path / "c")


def test_an_importer_of_another_package_reads_its_files(site: Path, tmp_path: Path) -> None:
    """Text, and bytes where it says so; packed too."""
    install_example(site, "starter")
    binary = "from search_app.articles.base import BinaryImporter\n"
    (site / "numbers_of.py").write_text(f"{binary}read = BinaryImporter(lambda file: iter(()))\n")
    announce(site, "numbers", {IMPORTED: {".num": "numbers_of:read"}})
    folder = tmp_path / "c"
    folder.mkdir()
    (folder / "a.tabbed").write_text("题\t正文\n", encoding="utf-8")
    (folder / "a.num").write_bytes(b"\x00\xff")
    (folder / "a.unknown").write_bytes(b"")
    done = run("extract", folder)
    assert (done.returncode, "题" in done.stdout) == (0, True), done.stderr


@pytest.mark.parametrize("name", ["num", ".NUM", ".num.gz", ".a.b"])
def test_an_importer_of_what_no_ending_can_be_is_refused(
    site: Path, tmp_path: Path, name: str
) -> None:
    """By its name, before anything is read: no file would ever be given to it."""
    announce(site, "numbers", {IMPORTED: {name: "json:loads"}})
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "a.md").write_text("# 题\n\n正文\n", encoding="utf-8")
    with pytest.raises(BadPlugin, match=rf"the package numbers 1\.0 claims '{re.escape(name)}', "):
        read_corpus(tmp_path / "c")


def test_neither_a_search_nor_a_server_looks_for_packages() -> None:
    """What reads corpora is imported without a look at what is installed."""
    code = (
        "import sys, search_app.articles.corpus.reader; print('importlib.metadata' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout == "False\n"
