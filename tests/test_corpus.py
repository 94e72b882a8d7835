"""The sample newspaper: big enough, its own, and truly what the golden list says it holds."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

HERE = Path(__file__).resolve()
CORPUS = HERE.parents[1] / "corpus"
GOLDEN = HERE.parent / "articles" / "golden"
REAL = HERE.parents[2] / "shared" / "data"

RUN = 20
KEYS = {"title", "kicker", "subtitle", "authors", "agency", "place", "mark", "body"}
REPRINT = {"白鹭河二桥通车柳埠渡口送走最后一班船", "渡口歇了白鹭河二桥通了"}
# What an article prints beside its head, body and mark: who wrote it, and where.
CREDIT = r"本报讯（[^）]+）|本报记者\w+|新华社北京6月11日电（[^）]+）"

PAGES = sorted(CORPUS.glob("*/????-??-??/*.txt"))


def squeeze(text: str | None) -> str:
    """The text without white space; nothing for None."""
    return re.sub(r"\s+", "", text or "")


def read_lines(path: Path) -> list[dict]:
    """The objects of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def golden(page: Path) -> list[dict]:
    """What a person reads off this page, in its order."""
    return read_lines((GOLDEN / page.relative_to(CORPUS)).with_suffix(".jsonl"))


def markdown(path: Path) -> dict:
    """The front matter of a file, and what follows it as body."""
    _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    return dict(line.split(": ", 1) for line in front.splitlines()) | {"body": body}


def from_pages() -> Iterator[dict]:
    """The articles of all page texts, each with its newspaper and date."""
    for page in PAGES:
        newspaper, date, _ = page.relative_to(CORPUS).parts
        yield from (a | {"newspaper": newspaper, "date": date} for a in golden(page))


def from_records() -> Iterator[dict]:
    """The articles of all JSON lines and Markdown files."""
    for path in sorted(CORPUS.rglob("*.jsonl")):
        yield from read_lines(path)
    for path in sorted(CORPUS.rglob("*.md")):
        if not path.name.startswith("README"):
            yield markdown(path)


ARTICLES = [*from_pages(), *from_records()]


def printed(article: dict) -> str:
    """All that an article prints, white space left out."""
    return squeeze("".join(article.get(k) or "" for k in ("kicker", "title", "subtitle", "body")))


def runs(text: str) -> set[str]:
    """Every stretch of RUN characters."""
    return {text[i : i + RUN] for i in range(len(text) - RUN + 1)}


def test_there_is_enough_to_search() -> None:
    """At least 24 articles from at least 6 issues."""
    assert len(ARTICLES) >= 24
    assert len({(a["newspaper"], a["date"]) for a in ARTICLES}) >= 6


def test_two_thirds_come_as_page_text() -> None:
    """The raw state of a page is what the project is for."""
    assert 3 * len(list(from_pages())) >= 2 * len(ARTICLES)


def test_every_page_has_its_golden_list() -> None:
    """One list a page, and no list without a page."""
    lists = {p.relative_to(GOLDEN).with_suffix("") for p in GOLDEN.rglob("*.jsonl")}
    assert lists == {p.relative_to(CORPUS).with_suffix("") for p in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: "-".join(p.relative_to(CORPUS).parts))
def test_a_page_holds_its_golden_articles_and_nothing_else(page: Path) -> None:
    """Bodies stand there in order, heads and marks beside them; only credits are left over."""
    text, articles = squeeze(page.read_text(encoding="utf-8")), golden(page)
    assert all(set(a) == KEYS and a["body"] == squeeze(a["body"]) for a in articles)
    at = 0
    for a in articles:
        end = a["body"] + (a["mark"] or "")
        assert end in text[at:], a["title"]
        at = text.index(end, at) + len(end)
    for piece in (p for a in articles for p in (a["body"] + (a["mark"] or ""), *heads(a))):
        assert piece in text
        text = text.replace(piece, "\n", 1)
    left = text.split()
    assert len(left) == len(articles)
    assert all(re.fullmatch(CREDIT, credit) for credit in left), left
    assert sorted(w for a in articles for w in a["authors"]) == sorted(names(left))


def heads(article: dict) -> list[str]:
    """The head lines that an article prints, the longest first."""
    found = [article[k] for k in ("kicker", "title", "subtitle") if article[k]]
    return sorted(found, key=len, reverse=True)


def names(credits: list[str]) -> list[str]:
    """Everyone named in these credits."""
    bare = "、".join(re.sub(r"^本报讯|^新华社.*电|[（）]", "", credit) for credit in credits)
    return [name for name in re.split("、|本报记者|记者|通讯员", bare) if name]


def test_only_the_planted_reprint_repeats_a_run() -> None:
    """One story stands in both papers; no other two articles share twenty characters."""
    holders = defaultdict(set)
    for i, article in enumerate(ARTICLES):
        for run in runs(printed(article)):
            holders[run].add(i)
    pairs = {pair for held in holders.values() for pair in combinations(sorted(held), 2)}
    assert [{squeeze(ARTICLES[i]["title"]) for i in pair} for pair in pairs] == [REPRINT]
    assert len({ARTICLES[i]["newspaper"] for pair in pairs for i in pair}) == 2


def test_flood_and_drought_control_is_found_in_heads_and_bodies() -> None:
    """The word that the documentation searches for stands in a headline and three articles."""
    found = [a for a in ARTICLES if "防汛抗旱" in printed(a)]
    assert len(found) >= 3
    assert any("防汛抗旱" in squeeze(a["title"]) for a in found)


def test_nothing_is_from_a_real_newspaper() -> None:
    """No twenty characters of the real page or of what was read off it stand in the corpus."""
    files = [*REAL.glob("seeds/*.txt"), *REAL.glob("expected/*.jsonl")]
    if not files:
        pytest.skip("the real page is not part of the repository and not beside it")
    real = set().union(*(runs(squeeze(f.read_text(encoding="utf-8"))) for f in files))
    for article in ARTICLES:
        assert not runs(printed(article)) & real, article["title"]
    for page in PAGES:
        assert not runs(squeeze(page.read_text(encoding="utf-8"))) & real, page.name
