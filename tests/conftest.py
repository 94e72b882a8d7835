"""What tests share: an analyser made once, and articles and indexes made quickly."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import needs
import pytest
import report
from given import BuiltIndex, GivenCorpus, accept
from hypothesis import settings

from search_app.analysis.segmenter import RjiebaSegmenter
from search_app.analysis.words import Analyser, read_stop_words
from search_app.model import Article, Source

# The same examples in every run, so that a change fails for what it changed; `make soak` tries
# others, and more of them.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("soak", max_examples=2_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints what tests counted."""
    for line in report.LINES:
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def analyser() -> Analyser:
    return Analyser(RjiebaSegmenter(), read_stop_words())


@pytest.fixture(scope="session")
def make_article() -> Callable[..., Article]:
    """make_article("a1", "body", title=…): an article with what a test does not care about."""

    def make(article_id: str, body: str, title: str = "无题", **fields: object) -> Article:
        source = Source(f"{article_id}.jsonl", 0, len(body))
        return Article(id=article_id, title=title, body=body, source=source, **fields)

    return make


@pytest.fixture
def build(tmp_path: Path) -> Callable[[Iterable[Article]], BuiltIndex]:
    """build(articles): a real index of them in a temporary folder."""

    def make(articles: Iterable[Article]) -> BuiltIndex:
        index = BuiltIndex(tmp_path / "index")
        index.rebuild(GivenCorpus(articles), accept)
        return index

    return make


@pytest.fixture
def as_root() -> None:
    """For tests that become another user."""
    needs.root()


@pytest.fixture
def on_linux() -> None:
    """For tests that look at processes from outside."""
    needs.linux()
