"""Rebuilding from a corpus: what is counted, and which guards keep the live index."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from given import BuiltIndex

from search_app.errors import BadCorpus, GuardRefused
from search_app.model import Reject
from search_app.service.indexing import IndexingService, Options


class Told:
    """A progress that remembers."""

    def __init__(self) -> None:
        self.steps: list[tuple[int, int]] = []
        self.rejects: list[Reject] = []
        self.unknown_ids: list[str] = []

    def read(self, done: int, total: int) -> None:
        self.steps.append((done, total))

    def rejected(self, reject: Reject) -> None:
        self.rejects.append(reject)

    def unknown(self, withdrawn: Sequence[str]) -> None:
        self.unknown_ids += withdrawn

    def writing(self) -> None:
        assert self.steps[-1][0] == self.steps[-1][1]


@pytest.fixture
def service(tmp_path: Path) -> IndexingService:
    return IndexingService(BuiltIndex(tmp_path / "index"))


def corpus(folder: Path, count: int, extra: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps({"id": f"a{n}", "body": f"第{n}篇文章。"}) for n in range(count)]
    (folder / "a.jsonl").write_text("\n".join(lines) + "\n" + extra, encoding="utf-8")
    return folder


def test_everything_read_is_accounted_for(service: IndexingService, tmp_path: Path) -> None:
    """Rejects are told with file, line, reason and remedy; ignored files are counted."""
    folder = corpus(tmp_path / "corpus", 3, '{"id": "x"}\n{"id": "a1", "body": "又一篇。"}\n')
    (folder / "picture.jpg").write_bytes(b"x")
    (folder / "README.md").write_text("skipped")
    told = Told()
    status = service.rebuild(folder, Options(), told)
    assert (status.read, status.indexed, status.rejected, status.ignored_files) == (5, 3, 2, 1)
    assert [r.line for r in told.rejects] == [4, 5]
    assert all(r.reason and r.remedy for r in told.rejects)
    assert told.steps[-1][0] <= told.steps[-1][1] == (folder / "a.jsonl").stat().st_size


def test_a_much_smaller_corpus_needs_force(service: IndexingService, tmp_path: Path) -> None:
    """Over a fifth fewer articles is refused, a fifth is not."""
    service.rebuild(corpus(tmp_path / "ten", 10), Options(), Told())
    with pytest.raises(GuardRefused, match="--force"):
        service.rebuild(corpus(tmp_path / "seven", 7), Options(), Told())
    assert service.rebuild(corpus(tmp_path / "eight", 8), Options(), Told()).indexed == 8
    assert service.rebuild(corpus(tmp_path / "one", 1), Options(force=True), Told()).indexed == 1


def test_an_empty_corpus_needs_permission(service: IndexingService, tmp_path: Path) -> None:
    """0 articles are not published unless --allow-empty says so."""
    with pytest.raises(GuardRefused, match="0 articles"):
        service.rebuild(corpus(tmp_path / "none", 0), Options(), Told())
    assert not service.has_index()
    assert (
        service.rebuild(corpus(tmp_path / "none", 0), Options(allow_empty=True), Told()).read == 0
    )
    assert service.has_index()


def test_index_and_corpus_may_not_lie_in_each_other(
    service: IndexingService, tmp_path: Path
) -> None:
    """Equal, inside, around: each is refused before anything is read."""
    for mixed_up in (tmp_path / "index", tmp_path / "index" / "corpus", tmp_path):
        with pytest.raises(GuardRefused, match="--index"):
            service.rebuild(mixed_up, Options(), Told())


def test_strict_stops_at_the_first_reject(service: IndexingService, tmp_path: Path) -> None:
    """And nothing is published."""
    folder = corpus(tmp_path / "corpus", 3, "{}\n{}\n")
    told = Told()
    with pytest.raises(GuardRefused, match="--strict"):
        service.rebuild(folder, Options(strict=True), told)
    assert len(told.rejects) == 1
    assert not service.has_index()


def test_withdrawn_ids_that_no_article_has_are_named(
    service: IndexingService, tmp_path: Path
) -> None:
    """Such an article may be there under another id: that must not happen in silence."""
    folder, told = corpus(tmp_path / "corpus", 3), Told()
    (folder / "withdrawn.txt").write_text("a1\t法院裁定\na7\t法院裁定\n", encoding="utf-8")
    assert service.rebuild(folder, Options(), told).withdrawn == 1
    assert told.unknown_ids == ["a7"]


def test_a_missing_corpus_is_named(service: IndexingService, tmp_path: Path) -> None:
    """With the option that names another."""
    with pytest.raises(BadCorpus, match="--corpus"):
        service.rebuild(tmp_path / "absent", Options(), Told())
