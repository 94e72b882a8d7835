"""How well the parser for one old paper finds where its articles begin and end.

    python bench/jingbao.py

Reads the typed pages of `../shared/data/jingbao`: their lines alone, one below the other, go to
the parser; their labels are what it is compared with. Pages 1–60 were read while the parser was
written, pages 61–80 were not.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import texts

from search_app.articles.base import SourceFile
from search_app.articles.pages import PAGE_PARSERS
from search_app.model import Article

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


def scores(parser: str = "jingbao") -> tuple[Score, Score]:
    """What a page parser reaches on pages 1–60 and on the others."""
    rows = (texts.DATA / "jingbao" / "pages.jsonl").read_text(encoding="utf-8").splitlines()
    counts = [_page(json.loads(row)["blocks"], parser) for row in rows]
    tuned, others = counts[:TUNED], counts[TUNED:]
    return Score(*map(sum, zip(*tuned, strict=True))), Score(*map(sum, zip(*others, strict=True)))


def _page(blocks: Sequence[dict[str, Any]], parser: str) -> Score:
    printed = set(_labelled(blocks, "article"))
    adverts = list(_labelled(blocks, "advert"))
    found = set(_found("\n".join(line for b in blocks for line in b["lines"]), parser))
    glued = sum(any(a <= last and first <= b for a, b in found) for first, last in adverts)
    return Score(len(found & printed), len(found), len(printed), glued)


def _labelled(blocks: Sequence[dict[str, Any]], label: str) -> Iterator[Lines]:
    """The lines of the blocks with a label; each such block is one article or advertisement."""
    at = 0
    for block in blocks:
        if block["type"] == label:
            yield at, at + len(block["lines"]) - 1
        at += len(block["lines"])


def _found(text: str, parser: str) -> Iterator[Lines]:
    for item in PAGE_PARSERS[parser](SourceFile("page.txt", text)):
        if isinstance(item, Article) and item.kind == "article":
            start, end = item.source.start, item.source.end
            yield text.count("\n", 0, start), text.count("\n", 0, end)


def main() -> None:
    """Prints boundary F1 of the paper's own parser and of the default one."""
    for parser in ("jingbao", "default"):
        for pages, score in zip(("1–60", "61–80"), scores(parser), strict=True):
            print(
                f"{parser}: pages {pages}: boundary F1 {score.f1:.4f} ({score.right} right of "
                f"{score.found} found and {score.printed} printed), "
                f"advertisements in articles: {score.advertised}"
            )


if __name__ == "__main__":
    main()
