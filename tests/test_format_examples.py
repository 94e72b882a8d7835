"""`docs/formats.md`: each example is read as the document says."""

import re
import zipfile
from pathlib import Path

import pytest
from served import ROOT, run

from search_app.articles import IMPORTERS, endings
from search_app.articles.base import BinaryImporter
from search_app.articles.corpus.origins import PathPattern
from search_app.articles.corpus.packing import ARCHIVE
from search_app.articles.corpus.reader import read_corpus
from search_app.articles.records.tables import COLUMNS
from search_app.model import Article, Reject

PAGE = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
# A path between `, perhaps with its encoding, the file's text, and what is read from it.
EXAMPLE = re.compile(
    r"^`([^`\n]+)`(?: \((\w+)\)|: [^\n]*)?\n\n```\w+\n(.*?)```\n((?:\n?→ [^\n]*)*)",
    re.MULTILINE | re.DOTALL,
)
EXAMPLES = EXAMPLE.findall(PAGE)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """The files of the document."""
    for name, encoding, text, _ in EXAMPLES:
        archive, _, member = name.partition(".zip/")
        path = tmp_path / (f"{archive}.zip" if member else name)
        path.parent.mkdir(parents=True, exist_ok=True)
        if member:
            with zipfile.ZipFile(path, "w") as packed:
                packed.writestr(member, text)
        else:
            path.write_bytes(text.encode(encoding or "utf-8"))
    return tmp_path


def told(item: Article | Reject) -> str:
    if isinstance(item, Reject):
        return f"`{item}`"
    facts = (item.title, item.newspaper, item.date, item.page_no, "、".join(item.authors))
    return " · ".join(filter(None, facts))


def test_every_example_is_read_as_the_document_says(corpus: Path) -> None:
    """Articles and rejects, file by file."""
    found: dict[str, list[str]] = {}
    for item in read_corpus(corpus):
        path = item.source.path if isinstance(item, Article) else item.path
        name = path.removeprefix(f"{corpus}/")
        found.setdefault(name, []).append(told(item).replace(f"{corpus}/", ""))
    said = {name: re.findall("^→ (.*?) *$", lines, re.MULTILINE) for name, *_, lines in EXAMPLES}
    assert said.pop("corpus.toml") == []
    assert found == said


def test_every_kind_of_file_has_an_example() -> None:
    """Whatever is read is in the document, text with an example; `.tsv` is as `.csv`."""
    written = [n for n, i in IMPORTERS.items() if not isinstance(i, BinaryImporter)]
    for ending in {*written, ARCHIVE} - {".tsv"}:
        assert any(ending in name for name, *_ in EXAMPLES), ending
    for ending in endings():
        assert f"`{ending}" in PAGE or f" {ending}" in PAGE, ending


def test_every_known_column_and_pattern_is_told() -> None:
    """As the program knows them."""
    told_names = re.search("认得的中文列名.*?别的列名", PAGE, re.DOTALL)
    assert told_names
    words = set(re.findall(r"[一-鿿]+", told_names[0].partition(":")[2])) - {"别的列名"}
    assert words == {name for name in COLUMNS if not name.isascii()}
    for pattern in re.findall(r"`(\{date:[^`]+\})`", PAGE):
        assert PathPattern.of(pattern)


def test_a_build_says_what_the_document_says(corpus: Path, tmp_path: Path) -> None:
    """Exit code 1 for the two rejects, 3 for a key that is wrong."""
    index = tmp_path.with_name(f"{tmp_path.name}-index")
    done = run("rebuild", "--corpus", corpus, "--index", index, "--jobs", "1")
    assert (done.returncode, done.stderr.count("; ")) == (1, 3)
    (corpus / "corpus.toml").write_text('[[source]]\nfolder = "nosuch"\n', encoding="utf-8")
    done = run("update", "--corpus", corpus, "--index", index, "--jobs", "1")
    assert done.returncode == 3
    assert "[[source]] 1: folder: there is no folder or zip 'nosuch'" in done.stderr
