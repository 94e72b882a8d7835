"""The sample newspaper: big enough, its own, and truly what the golden list says it holds."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path

import pytest

HERE = Path(__file__).resolve()
CORPUS = HERE.parents[1] / "corpus"
GOLDEN = HERE.parent / "articles" / "golden"
REAL = HERE.parents[2] / "shared" / "data"

RUN = 20
KEYS = {"title", "kicker", "subtitle", "authors", "agency", "place", "mark", "body"}
# What stands in the daily, and the evening paper's title of the same on this day or the next.
REPRINTS = {
    "白鹭河二桥通车柳埠渡口送走最后一班船": "渡口歇了白鹭河二桥通了",
    "白鹭河洪峰平稳过境柳埠一夜转移1260人": "渡船开进街里后窗接出一家五口",
    "热射病工人昏睡五天醒来医生：先降温再搬运": "昏睡五天他睁眼先问脚手架",
    "守了四十一年水位的老人走了": "一百二十六本水位簿送进档案馆",
}
# What an article prints beside its head, body and mark: who wrote it, and where.
CREDIT = r"(?:本报讯（[^）]+）|本报记者\w+|新华社北京6月11日电（[^）]+）)+"

PAGES = sorted(CORPUS.glob("*/????-??-??/*.txt"))


def squeeze(text: str | None) -> str:
    """The text without white space; nothing for None."""
    return re.sub(r"\s+", "", text or "")


def read_lines(path: Path) -> list[dict]:
    """The objects of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def listed(page: Path) -> list[dict]:
    """What a person reads off this page, in its order: articles and furniture."""
    return read_lines((GOLDEN / page.relative_to(CORPUS)).with_suffix(".jsonl"))


def golden(page: Path) -> list[dict]:
    """The articles that a person reads off this page."""
    return [item for item in listed(page) if "furniture" not in item]


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
    """At least 60 articles of 25,000 characters together, from at least 10 issues."""
    assert len(ARTICLES) >= 60
    assert sum(len(squeeze(a["body"])) for a in ARTICLES) >= 25_000
    assert len({(a["newspaper"], a["date"]) for a in ARTICLES}) >= 10


def test_two_thirds_come_as_page_text() -> None:
    """The raw state of a page is what the project is for."""
    assert 3 * len(list(from_pages())) >= 2 * len(ARTICLES)


def test_every_page_has_its_golden_list() -> None:
    """One list a page, and no list without a page; of other papers the page lies beside it."""
    lists = {
        p.relative_to(GOLDEN).with_suffix("")
        for p in GOLDEN.rglob("*.jsonl")
        if not p.with_suffix(".txt").exists()
    }
    assert lists == {p.relative_to(CORPUS).with_suffix("") for p in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: "-".join(p.relative_to(CORPUS).parts))
def test_a_page_holds_its_golden_articles_and_nothing_else(page: Path) -> None:
    """Bodies stand there in order, heads, marks and furniture beside them; credits are left."""
    text, articles = squeeze(page.read_text(encoding="utf-8")), golden(page)
    furniture = [item["furniture"] for item in listed(page) if "furniture" in item]
    assert all(set(a) == KEYS and a["body"] == squeeze(a["body"]) for a in articles)
    at = 0
    for a in articles:
        end = a["body"] + (a["mark"] or "")
        assert end in text[at:], a["title"]
        at = text.index(end, at) + len(end)
    pieces = [p for a in articles for p in (a["body"] + (a["mark"] or ""), *heads(a))]
    for piece in pieces + furniture:
        assert piece in text
        text = text.replace(piece, "\n", 1)
    left = text.split()
    assert all(re.fullmatch(CREDIT, credit) for credit in left), left
    assert sorted(w for a in articles for w in a["authors"]) == sorted(names(left))


def heads(article: dict) -> list[str]:
    """The head lines that an article prints, the longest first."""
    found = [article[k] for k in ("kicker", "title", "subtitle") if article[k]]
    return sorted(found, key=len, reverse=True)


def names(credits: list[str]) -> list[str]:
    """Everyone named in these credits."""
    bare = "、".join(re.sub(r"^本报讯|^新华社.*电|[（）]", "", credit) for credit in credits)
    return [name for name in re.split("、|本报记者|记者|通讯员|摄(?=、|$)", bare) if name]


def test_only_the_planted_reprints_repeat_a_run() -> None:
    """A story of the daily stands in the evening paper too; no others share twenty characters."""
    holders = defaultdict(set)
    for i, article in enumerate(ARTICLES):
        for run in runs(printed(article)):
            holders[run].add(i)
    pairs = {pair for held in holders.values() for pair in combinations(sorted(held), 2)}
    found = [sorted((ARTICLES[i] for i in pair), key=lambda a: a["newspaper"]) for pair in pairs]
    assert {squeeze(a["title"]): squeeze(b["title"]) for a, b in found} == REPRINTS
    assert len(found) == len(REPRINTS)
    for a, b in found:
        assert a["newspaper"] != b["newspaper"]
        assert (day(b) - day(a)).days in {0, 1}
        assert 0.05 <= 1 - SequenceMatcher(None, a["body"], b["body"], False).ratio() <= 0.30


def day(article: dict) -> date:
    """The day of its issue."""
    return date.fromisoformat(article["date"])


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
