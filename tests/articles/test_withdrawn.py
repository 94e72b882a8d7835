"""What was withdrawn is known by id, with its reason."""

import json
from pathlib import Path

import pytest

from search_app.articles.corpus.ids import read_withdrawn
from search_app.articles.corpus.reader import CorpusReader
from search_app.errors import BadCorpus
from search_app.model import Article


def corpus(folder: Path, withdrawn: bytes) -> Path:
    lines = [json.dumps({"id": i, "body": f"文章{i}。"}) for i in ("a", "b", "c")]
    (folder / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (folder / "withdrawn.txt").write_bytes(withdrawn)
    return folder


def test_ids_and_reasons_are_read_line_by_line(tmp_path: Path) -> None:
    """Byte order mark, CRLF, blank lines and a missing reason do no harm."""
    text = "\ufeffb\t法院裁定\r\n\r\nx\t\n"
    found = read_withdrawn(corpus(tmp_path, text.encode()))
    assert found == {"b": "法院裁定", "x": "withdrawn"}


def test_withdrawn_articles_are_read_as_such(tmp_path: Path) -> None:
    """They are counted, not lost; the others stay articles."""
    reader = CorpusReader(corpus(tmp_path, "b\t法院裁定\n".encode()))
    kinds = {i.id: i.kind for i in reader if isinstance(i, Article)}
    assert kinds == {"a": "article", "b": "withdrawn", "c": "article"}


def test_an_unreadable_list_stops_the_build(tmp_path: Path) -> None:
    """What was withdrawn must not come back by accident."""
    with pytest.raises(BadCorpus, match="withdrawn"):
        CorpusReader(corpus(tmp_path, b"b\t\xff\n"))


@pytest.mark.parametrize("line", ["a 法院裁定", "\t法院裁定"])
def test_a_line_without_id_or_tab_is_named(tmp_path: Path, line: str) -> None:
    """It would else withdraw nothing, in silence."""
    with pytest.raises(BadCorpus, match=r"withdrawn\.txt:2"):
        read_withdrawn(corpus(tmp_path, f"b\t法院裁定\n{line}\n".encode()))


def test_without_a_list_nothing_is_withdrawn(tmp_path: Path) -> None:
    """The usual corpus."""
    assert read_withdrawn(tmp_path) == {}
