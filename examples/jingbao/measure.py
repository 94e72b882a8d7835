"""How well the parser finds where the paper's articles begin and end.

    python measure.py [PAGES]

Reads typed pages (`../shared/data/jingbao/pages.jsonl` beside the checkout): their lines alone, one
below the other, go to the parser; their labels are what it is compared with. Pages 1–60 were read
while the parser was written, pages 61–80 were not.
"""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from jingbao import parse_jingbao

from search_app.articles.base import PageParser, SourceFile
from search_app.articles.pages import PAGE_PARSERS
from search_app.model import Article

TYPED = Path(__file__).resolve().parents[3] / "shared" / "data" / "jingbao" / "pages.jsonl"
TUNED = 60  # pages
FLOOR, GOAL = 0.80, 0.90
Lines = tuple[int, int]  # first and last line of an article on its page


class Score(NamedTuple):
    """Counts over some pages. An article is right if its first and last line both are."""

    right: int
    found: int
    printed: int
    advertised: int  # advertisements with a line in an article; none may be

    @property
    def f1(self) -> float:
        """The harmonic mean of right/found and right/printed."""
        return 2 * self.right / (self.found + self.printed)


def scores(parse: PageParser = parse_jingbao, typed: Path = TYPED) -> tuple[Score, Score]:
    """What a page parser reaches on pages 1–60 and on the others."""
    pages = []
    for row in typed.read_text(encoding="utf-8").splitlines():
        pages.append(_page_score(json.loads(row)["blocks"], parse))
    return _total(pages[:TUNED]), _total(pages[TUNED:])


def _total(pages: Sequence[Score]) -> Score:
    return Score(*map(sum, zip(*pages, strict=True)))


def _page_score(blocks: Sequence[dict[str, Any]], parse: PageParser) -> Score:
    printed = set(_labelled(blocks, "article"))
    lines: list[str] = []
    for block in blocks:
        lines += block["lines"]
    found = set(_articles("\n".join(lines), parse))
    advertised = 0
    for first, last in _labelled(blocks, "advert"):
        if any(start <= last and first <= end for start, end in found):
            advertised += 1
    return Score(len(found & printed), len(found), len(printed), advertised)


def _labelled(blocks: Sequence[dict[str, Any]], label: str) -> Iterator[Lines]:
    """The lines of the blocks with a label; each such block is one article or advertisement."""
    at = 0
    for block in blocks:
        if block["type"] == label:
            yield at, at + len(block["lines"]) - 1
        at += len(block["lines"])


def _articles(text: str, parse: PageParser) -> Iterator[Lines]:
    for item in parse(SourceFile("page.txt", text)):
        if isinstance(item, Article) and item.kind == "article":
            start, end = item.source.start, item.source.end
            yield text.count("\n", 0, start), text.count("\n", 0, end)


def main(typed: str = str(TYPED)) -> None:
    """Prints boundary F1 of the paper's own parser and of the default one."""
    parsers: dict[str, Callable[[SourceFile], Iterator[Any]]] = {
        "jingbao": parse_jingbao,
        "default": PAGE_PARSERS["default"],
    }
    for name, parse in parsers.items():
        for pages, score in zip(("1–60", "61–80"), scores(parse, Path(typed)), strict=True):
            print(
                f"{name}: pages {pages}: boundary F1 {score.f1:.4f} ({score.right} right of "
                f"{score.found} found and {score.printed} printed), "
                f"advertisements in articles: {score.advertised}"
            )


if __name__ == "__main__":
    main(*sys.argv[1:])
