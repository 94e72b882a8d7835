"""Files beside what was read from them: every printed character once, in its part."""

from dataclasses import replace
from pathlib import Path

import pytest
from served import ROOT

from search_app.articles.corpus.reader import read_corpus
from search_app.model import Article, Reject, Source
from search_app.service.sheets import Sheet, sheets


def squeeze(text: str) -> str:
    return "".join(text.split())


def printed(sheet: Sheet, number: int, part: str) -> str:
    """What is printed of a part of an item."""
    stretches = [s for s in sheet.stretches if s.item == number]
    return squeeze("".join(text for s in stretches for p, text in s.pieces if p == part))


PAGES = [p for p in sorted((ROOT / "corpus").rglob("*.txt")) if p.name != "withdrawn.txt"]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: "-".join(p.parts[-3:]))
def test_every_printed_character_is_shown_once_and_in_order(page: Path) -> None:
    """And the parts of an article are what its fields say."""
    (sheet,) = sheets(read_corpus(page))
    shown = "".join(text for s in sheet.stretches for _, text in s.pieces)
    assert squeeze(shown) == squeeze(page.read_text(encoding="utf-8"))
    for n, item in enumerate(sheet.items):
        assert isinstance(item, Article)
        assert printed(sheet, n, "body") == squeeze(item.body)
        title = "" if item.title_is_derived else item.title
        assert printed(sheet, n, "title") == squeeze(title)
        for part in ("kicker", "subtitle", "mark"):
            assert printed(sheet, n, part) == squeeze(getattr(item, part) or "")
        assert len(printed(sheet, n, "byline")) >= len(squeeze(item.byline or ""))


def article(start: int, text: str, body: str) -> Article:
    source = Source("a.txt", start, start + len(text))
    return Article(
        id=str(start), title="", title_is_derived=True, body=body, source=source, printed=text
    )


def test_an_article_inside_another_ones_range_has_its_characters() -> None:
    """The one around it goes on behind."""
    outer, inner = article(0, "江面\n船\n平静", "江面船平静"), article(3, "船", "船")
    (sheet,) = sheets([outer, inner])
    assert [(s.item, s.pieces) for s in sheet.stretches] == [
        (0, (("body", "江面\n"),)),
        (1, (("body", "船"),)),
        (0, (("body", "\n平静"),)),
    ]


def test_a_body_that_stands_nowhere_as_a_whole_is_shown_without_parts() -> None:
    """Nothing is lost by it."""
    (sheet,) = sheets([replace(article(0, "江面 平静", "平静江面"))])
    assert sheet.stretches[0].pieces == (("byline", "江面"), ("", " "), ("byline", "平静"))


def test_what_was_not_printed_follows_in_its_order() -> None:
    """Records and rejects; each file is a sheet."""
    record = replace(article(0, "", "文"), printed=None)
    reject = Reject("a.txt", 2, "no body", "give one")
    other = Reject("b.txt", 0, "unreadable", "check it")
    first, second = sheets([record, reject, other])
    assert [(s.item, s.pieces) for s in first.stretches] == [(0, ()), (1, ())]
    assert (first.path, second.path, second.items) == ("a.txt", "b.txt", (other,))
