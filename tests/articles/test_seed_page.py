"""The real page: nine articles, as extracted and re-wrapped at other widths."""

import json
from collections.abc import Iterator

import pytest
from needs import shared

from search_app.articles.base import SourceFile
from search_app.articles.pages import parse_page
from search_app.model import Article
from search_app.text.repair import align, squeeze

NAME = "000_2a06692c064d980b"


@pytest.fixture(scope="module")
def page() -> str:
    return (shared() / "data" / "seeds" / f"{NAME}.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def expected() -> list[dict]:
    file = shared() / "data" / "expected" / f"{NAME}.jsonl"
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def parse(text: str) -> list[Article]:
    return [a for a in parse_page(SourceFile("page.txt", text)) if a.kind == "article"]


def head(a: Article) -> tuple[str, str, str]:
    return (
        squeeze(a.kicker or ""),
        squeeze("" if a.title_is_derived else a.title),
        squeeze(a.subtitle or ""),
    )


def expected_head(e: dict) -> tuple[str, str, str]:
    return squeeze(e["kicker"] or ""), squeeze(e["title"] or ""), squeeze(e["subtitle"] or "")


def test_all_nine_articles_are_as_a_person_reads_them(page: str, expected: list[dict]) -> None:
    """Headlines, reporters, agency and bodies, in page order, but for white space."""
    articles = parse(page)
    assert [squeeze(a.body) for a in articles] == [e["body"] for e in expected]
    assert [head(a) for a in articles] == [expected_head(e) for e in expected]
    assert [list(a.authors) for a in articles] == [e["authors"] for e in expected]
    assert [a.agency for a in articles] == [e["agency"] for e in expected]
    assert [a.place for a in articles] == [None] * 7 + ["北京", None]
    assert [a.mark for a in articles] == ["①5"] * 7 + [None, "①5"]


def test_sources_hold_their_own_article_and_no_other(page: str, expected: list[dict]) -> None:
    """Ranges follow one another without overlap; headline, body and mark stand in them."""
    end = 0
    for a in parse(page):
        assert end <= a.source.start < a.source.end
        end = a.source.end
        assert a.printed == page[a.source.start : a.source.end]
        align(a.body, a.printed)
        assert all(part in squeeze(a.printed) for part in head(a))
    assert end == len(page.rstrip())


def test_bodies_are_paragraphs(page: str) -> None:
    """No line is a hard wrap: all but a few end where a sentence does."""
    lines = [line for a in parse(page) for line in a.body.split("\n")]
    assert len(lines) > 30
    assert all(line[-1] in "。”" for line in lines)


def wrapped(text: str, width: int) -> Iterator[str]:
    for i in range(0, len(text), width):
        yield text[i : i + width]


def rewrapped(articles: list[Article], width: int, *, below: bool, marks: bool, heads: bool) -> str:
    """The page set anew: bodies in columns of `width`, headlines above or below them."""
    blocks = []
    for a in articles:
        text = (a.byline or "") + a.body + (a.mark or "") * marks
        body = [line for p in text.split("\n") for line in wrapped(p, width)]
        lines = [] if a.title_is_derived else [a.kicker, a.title, a.subtitle]
        head = [w for line in filter(None, lines) for w in wrapped(line, width if heads else 99)]
        blocks += [body, head] if below else [head, body]
    return "\n\n".join("\n".join(block) for block in blocks if block)


@pytest.mark.parametrize("width", range(10, 27))
@pytest.mark.parametrize("below", [True, False])
@pytest.mark.parametrize("marks", [True, False])
@pytest.mark.parametrize("heads", [True, False])
def test_the_page_comes_apart_at_any_column_width(
    page: str, expected: list[dict], width: int, below: bool, marks: bool, heads: bool
) -> None:
    """At least eight bodies and headlines of nine, with end marks and without."""
    text = rewrapped(parse(page), width, below=below, marks=marks, heads=heads)
    found = {squeeze(a.body): "".join(head(a)) for a in parse(text)}
    bodies = [e for e in expected if e["body"] in found]
    heads_right = [e for e in bodies if found[e["body"]] == "".join(expected_head(e))]
    assert len(bodies) >= 8
    assert len(heads_right) >= 8
