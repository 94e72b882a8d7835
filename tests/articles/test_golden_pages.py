"""The sample pages, compared with what a person reads off them."""

import json
import re
from pathlib import Path

import pytest

from search_app.articles.base import SourceFile
from search_app.articles.corpus.reader import read_corpus
from search_app.articles.pages import PAGE_PARSERS
from search_app.model import Article, Reject
from search_app.text.repair import squeeze

GOLDEN = Path(__file__).parent / "golden"
ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "corpus"
PAGES = sorted(GOLDEN.rglob("*.jsonl"))
# Papers with a page parser of their own. Pages that the corpus has not lie beside what they hold.
PARSERS = {"滬濱小報": "jingbao"}


def parse(golden: Path) -> list[Article]:
    """What a page is read as; `A01.jsonl` is of `A01.txt`, `A05.pdf.jsonl` of `A05.pdf`."""
    place = golden.relative_to(GOLDEN)
    beside, path = golden.with_suffix(".txt"), CORPUS / place.with_suffix("")
    if beside.exists():
        file = SourceFile(str(beside), beside.read_text(encoding="utf-8"))
        return list(PAGE_PARSERS[PARSERS.get(place.parts[0], "default")](file))
    path = path if path.suffix else path.with_suffix(".txt")
    archive, is_member, _ = str(path).partition(".zip/")
    items = read_corpus(Path(f"{archive}.zip") if is_member else path)
    return [a for a in items if isinstance(a, Article) and a.source.path == str(path)]


def fields(article: Article) -> dict:
    """An article's fields as golden files have them: null for what is not printed."""
    if article.kind == "furniture":
        return {"furniture": squeeze(article.body)}
    title = None if article.title_is_derived else squeeze(article.title)
    texts = {k: squeeze(getattr(article, k) or "") or None for k in ("kicker", "subtitle", "body")}
    plain = {k: getattr(article, k) for k in ("agency", "place", "mark")}
    return {"title": title, "authors": list(article.authors), **texts, **plain}


def expected(lines: str) -> list[dict]:
    """What a golden file says, without white space."""
    pieces = [json.loads(line) for line in lines.splitlines()]
    return [{k: squeeze(v) if isinstance(v, str) else v for k, v in p.items()} for p in pieces]


@pytest.mark.parametrize("golden", PAGES, ids=lambda p: str(p.relative_to(GOLDEN)))
def test_a_page_reads_as_a_person_reads_it(golden: Path) -> None:
    """Every field of every article and all furniture, in page order, but for white space."""
    assert [fields(a) for a in parse(golden)] == expected(golden.read_text(encoding="utf-8"))


def test_the_parser_in_the_document_reads_the_page_in_the_document() -> None:
    """All three, page, parser and golden lines, as they stand there; a lost line is rejected."""
    document = (ROOT / "docs" / "new-newspaper.md").read_text(encoding="utf-8")
    blocks = dict(re.findall(r"^```(text|python|json)\n(.*?)^```", document, re.M | re.S))
    made: dict = {}
    exec(blocks["python"], made)
    parse_dukou = made["parse_dukou"]
    found = parse_dukou(SourceFile("2.txt", blocks["text"]))
    assert [fields(a) for a in found] == expected(blocks["json"])
    torn = blocks["text"].replace("文　钟敬亭\n", "")
    rejects = [r for r in parse_dukou(SourceFile("2.txt", torn)) if isinstance(r, Reject)]
    assert [(r.line, r.reason) for r in rejects] == [(10, "no writer's line below it")]
