"""How well pages come apart: simulated pages of real texts, the real page, and how fast.

    python bench/extract.py [PAGES [FIRST_SEED]]

Prints the measures of `tests/articles/simulator/score.py` at mixed settings, how many articles of
the real page are right in every field, also set anew at other widths, and the speed of the page
parser; writes the page to bench/extract.md. With arguments nothing is written: other seeds are
other pages.
"""

import gc
import json
import re
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import pairwise

import pdf
import texts
from machine import about
from process import BENCH, say

sys.path.insert(0, str(BENCH.parent / "tests"))
sys.path.insert(0, str(BENCH.parent / "examples" / "jingbao"))

import measure as jingbao
from articles.simulator.page import Page
from articles.simulator.pages import mixed_pages, parse
from articles.simulator.rewrap import rewrapped
from articles.simulator.score import Score, matches, score
from articles.simulator.texts import broadcast

from search_app.model import Article
from search_app.text.repair import squeeze

PAGES, FIRST_SEED = 300, 70_000  # pages on which nothing was tuned
WIDTHS = (10, 11, 12, 14, 16, 18, 20, 22, 24, 26)
FLOORS = {"boundary F1": 0.95, "title": 0.93, "authors": 0.97, "body characters": 0.995}
GOALS = {"boundary F1": 0.98, "title": 0.97, "authors": 0.99, "body characters": 0.999}
BANDS = (0.0, 0.5, 0.7, 0.9, 0.99, 1.01)  # of confidence
SEED_PAGE = "000_2a06692c064d980b"
_BLANK_LINES = re.compile(r"\n\s*\n")

Lines = Iterator[str]


def simulated(count: int, first: int) -> Lines:
    """Scores at mixed settings, and what confidence is worth."""
    pages = list(mixed_pages(range(first, first + count), broadcast()))
    total, right = Score(), []
    for page in pages:
        found = parse(page.text)
        total += score(page, found)
        right += _confidences(page, found)
    yield f"## {count} simulated pages, {total.printed:,} articles of broadcast news"
    yield ""
    yield "| measure | score | floor | goal |"
    yield "|---|---|---|---|"
    for name, ratio in total.ratios().items():
        yield f"| {name} | {ratio:.4f} | {FLOORS.get(name, '')} | {GOALS.get(name, '')} |"
    yield ""
    yield "| confidence | articles | right in every field |"
    yield "|---|---|---|"
    for low, high in pairwise(BANDS):
        band = [whole for confidence, whole in right if low <= confidence < high]
        share = f"{sum(band) / len(band):.3f}" if band else "–"
        yield f"| {low} to {min(high, 1.0)} | {len(band):,} | {share} |"
    yield ""
    yield from speed([page.text for page in pages])


def _confidences(page: Page, found: Sequence[Article]) -> Iterator[tuple[float, bool]]:
    """Each reported article's confidence, and whether it is right in every field."""
    articles = [a for a in found if a.kind == "article"]
    right = {id(match.found) for match in matches(page, articles) if match.is_right}
    for article in articles:
        yield article.confidence, id(article) in right


def speed(pages: Sequence[str]) -> Lines:
    """Megabytes of page text a second, one process; of six rounds the best of each page."""
    size = sum(len(page.encode()) for page in pages)
    gc.collect()
    gc.freeze()  # what the simulator keeps of its pages is not the parser's to look after
    rounds = [[_seconds(page) for page in pages] for _ in range(6)]
    seconds = sum(map(min, zip(*rounds, strict=True)))
    yield f"Page text: {size / seconds / 1e6:.2f} MB/s on one core (floor 1, goal 4)."


def _seconds(page: str) -> float:
    started = time.process_time()
    parse(page)
    return time.process_time() - started


def real_page() -> Lines:
    """The one real page: as it is, without blank lines, set anew, and that without blank lines."""
    text = (texts.DATA / "seeds" / f"{SEED_PAGE}.txt").read_text(encoding="utf-8")
    lines = (texts.DATA / "expected" / f"{SEED_PAGE}.jsonl").read_text(encoding="utf-8")
    expected = [_wanted(json.loads(line)) for line in lines.splitlines()]
    articles = [a for a in parse(text) if a.kind == "article"]
    anew = [rewrapped(articles, w, below=below).text for w in WIDTHS for below in (True, False)]
    yield "## The real page: articles of nine that are right in every field"
    yield ""
    yield "| page | fewest | mean |"
    yield "|---|---|---|"
    for name, pages in (("as extracted", [text]), ("at ten widths, headlines below, above", anew)):
        for suffix, shown in (("", pages), (", without blank lines", map(_unparted, pages))):
            right = [_right(page, expected) for page in shown]
            yield f"| {name}{suffix} | {min(right)} | {sum(right) / len(right):.2f} |"


def _unparted(page: str) -> str:
    return _BLANK_LINES.sub("\n", page)


def _right(page: str, expected: Sequence[object]) -> int:
    found = [_shown(a) for a in parse(page) if a.kind == "article"]
    return sum(wanted in found for wanted in expected)


def _wanted(item: dict[str, object]) -> object:
    fields = ("kicker", "title", "subtitle", "agency", "body")
    return (*(squeeze(str(item[f] or "")) for f in fields), item["authors"])


def _shown(a: Article) -> object:
    title = None if a.title_is_derived else a.title
    shown = (a.kicker, title, a.subtitle, a.agency, a.body)
    return (*(squeeze(field or "") for field in shown), list(a.authors))


def old_paper() -> Iterator[str]:
    """a paper of the 1920s by its own parser"""
    yield "## A paper of the 1920s, by its own parser"
    yield ""
    yield "| pages | boundary F1 | right / found / printed | adverts in articles | floor | goal |"
    yield "|---|---|---|---|---|---|"
    names = (f"1–{jingbao.TUNED}, read while it was written", f"the others ({jingbao.TUNED + 1}–)")
    for name, s in zip(names, jingbao.scores(), strict=True):
        counts = f"{s.right} / {s.found} / {s.printed} | {s.advertised}"
        yield f"| {name} | {s.f1:.4f} | {counts} | {jingbao.FLOOR} | {jingbao.GOAL} |"


def pdf_pages() -> Iterator[str]:
    """PDF pages"""
    yield "## PDF pages"
    yield ""
    yield f"{pdf.pages_per_second():.1f} pages a second on one core (floor 5, goal 15): A3, five"
    yield f"columns, {pdf.CHARACTERS:,} characters; from the bytes of a file to its articles."


SECTIONS = (real_page, old_paper, pdf_pages)


def main(count: int = 0, first: int = FIRST_SEED) -> None:
    """Measures everything, prints it, and writes it where no other pages were asked for."""
    say("taking simulated pages apart")
    lines = ["# How well pages come apart", ""]
    lines += [f"Made by `make extract`; date {about()['date']}.", ""]
    lines += simulated(count or PAGES, first)
    for section in SECTIONS:
        say(section.__doc__ or "")
        lines += ["", *section()]
    page = "\n".join([*lines, ""])
    print(page)
    if not count:
        (BENCH / "extract.md").write_text(page, encoding="utf-8")


main(*map(int, sys.argv[1:]))
