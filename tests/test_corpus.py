"""The sample newspaper: big enough, its own, and truly what the golden list says it holds."""

import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path

import pytest
from articles import sample_pdf

from search_app.articles.base import BinaryFile
from search_app.articles.pdf import read_pdf

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
CREDIT = r"(?:本报讯（[^）]+）|本报记者\w+|新华社(?:北京|上海)\d+月\d+日电（[^）]+）)+"


def page_texts() -> Iterator[tuple[str, str]]:
    """Every page that is text, by its path without an ending; some lie in an archive."""
    for path in CORPUS.glob("*/????-??-??/*.txt"):
        yield str(path.relative_to(CORPUS).with_suffix("")), path.read_text(encoding="utf-8")
    for path in CORPUS.glob("*/????-??-??.zip"):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                page = path.relative_to(CORPUS) / name
                yield str(page.with_suffix("")), archive.read(name).decode()


PAGES = dict(sorted(page_texts()))
# Pages that are no text, by their paths.
OTHERS = [str(p.relative_to(CORPUS)) for kind in ("pdf", "html") for p in CORPUS.rglob(f"*.{kind}")]


def squeeze(text: str | None) -> str:
    """The text without white space; nothing for None."""
    return re.sub(r"\s+", "", text or "")


def read_lines(path: Path) -> list[dict]:
    """The objects of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def listed(page: str) -> list[dict]:
    """What a person reads off this page, in its order: articles and furniture."""
    return read_lines(GOLDEN / f"{page}.jsonl")


def golden(page: str) -> list[dict]:
    """The articles that a person reads off this page."""
    return [item for item in listed(page) if "furniture" not in item]


def markdown(path: Path) -> dict:
    """The front matter of a file, and what follows it as body."""
    _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    return dict(line.split(": ", 1) for line in front.splitlines()) | {"body": body}


def from_pages() -> Iterator[dict]:
    """The articles of all pages, each with its newspaper and date."""
    for page in (*PAGES, *OTHERS):
        newspaper, date = page.split("/")[:2]
        place = {"newspaper": newspaper, "date": date.removesuffix(".zip")}
        yield from (a | place for a in golden(page))


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
    lists = [p for p in GOLDEN.rglob("*.jsonl") if not p.with_suffix(".txt").exists()]
    assert {str(p.relative_to(GOLDEN).with_suffix("")) for p in lists} == {*PAGES, *OTHERS}


def test_there_is_a_page_of_every_kind() -> None:
    """Text, text in an archive, PDF, HTML; the PDF is what its script makes, and small."""
    assert any(".zip/" in page for page in PAGES)
    assert {Path(page).suffix for page in OTHERS} == {".pdf", ".html"}
    committed, made = sample_pdf.PAGE.read_bytes(), sample_pdf.sheet().pdf()
    assert len(committed) < 100_000
    read = [list(read_pdf(BinaryFile("a.pdf", data))) for data in (committed, made)]
    assert read[0] == read[1]


def count_of(pattern: str) -> Callable[[str, list[dict]], int]:
    """How often a page's text shows what a pattern says."""
    return lambda text, _: len(re.findall(pattern, text, re.MULTILINE))


def with_field(name: str) -> Callable[[str, list[dict]], int]:
    """How many of a page's articles have a field."""
    return lambda _, articles: sum(bool(a[name]) for a in articles)


def headlines(text: str, articles: list[dict], where: str) -> int:
    """How many headlines stand behind, before, or on several lines of a page."""
    page, lines = squeeze(text), [squeeze(line) for line in text.splitlines()]
    titles = {squeeze(a["title"]): page.find(a["body"][:20]) for a in articles if a["title"]}
    return {
        "behind": sum(page.find(title) > body for title, body in titles.items()),
        "before": sum(page.find(title) < body for title, body in titles.items()),
        "on several lines": sum(all(t not in line for line in lines) for t in titles),
    }[where]


def wide_ends(text: str, articles: list[dict]) -> int:
    """How many articles end in lines much wider than they began with."""
    found = 0
    widths = [(len(line.strip()), squeeze(line)) for line in text.splitlines()]
    for a in articles:
        inside = [w for w, t in widths if len(t) > 7 and t in a["body"]]
        found += len(inside) > 6 and max(inside[-4:]) > 1.4 * inside[1]
    return found


# What the real page shows, and how often a page of ours does.
STATES: dict[str, Callable[[str, list[dict]], int]] = {
    "lines wrapped in a sentence": count_of(r"[一-龥]\n[一-龥]"),
    "letter-spaced lines": count_of(r"^(?:\S ){6,}"),
    "spaces around numbers": count_of(r"[一-龥] \d+ [一-龥]"),
    "spaces around brackets": count_of(r"[一-龥] （|） [一-龥]"),
    "spaces in lists of numbers": count_of(r"\d、 \d{5}|； ?\d{5}"),
    "a column's end in mid-sentence": count_of(r"[^。！？”…\s]\n\n\S"),
    "a blank line between paragraphs": count_of(r"[。”]\n\n\S"),
    "no blank line between paragraphs": count_of(r"[。”]\n\S"),
    "headline behind its body": lambda *page: headlines(*page, "behind"),
    "headline before its body": lambda *page: headlines(*page, "before"),
    "headline on several lines": lambda *page: headlines(*page, "on several lines"),
    "headline and opening on one line": count_of(r"^\S.*\S +本报讯"),
    "no headline": lambda _, articles: sum(not a["title"] for a in articles),
    "kicker": with_field("kicker"),
    "subtitle": with_field("subtitle"),
    "end mark": with_field("mark"),
    "no end mark on a page that has some": lambda _, articles: (
        sum(not a["mark"] for a in articles) if any(a["mark"] for a in articles) else 0
    ),
    "dateline of an agency": count_of(r"新华社\w+月\w+日电"),
    "several reporters": count_of(r"记者\S+、"),
    "list of telephone numbers": lambda text, _: len(
        re.findall(r"(?:\d{7}[^\d。]{1,8}){3}", squeeze(text))
    ),
    "another width within an article": wide_ends,
}


@pytest.mark.parametrize("state", STATES)
def test_every_state_of_the_real_page_is_there_three_times(state: str) -> None:
    """On pages that are text."""
    assert sum(STATES[state](text, golden(page)) for page, text in PAGES.items()) >= 3


@pytest.mark.parametrize("page", PAGES)
def test_a_page_holds_its_golden_articles_and_nothing_else(page: str) -> None:
    """Bodies stand there in order, heads, marks and furniture beside them; credits are left."""
    text, articles = squeeze(PAGES[page]), golden(page)
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
    for page, text in PAGES.items():
        assert not runs(squeeze(text)) & real, page
