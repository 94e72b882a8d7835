"""The sample pages, compared with what a person reads off them."""

import json
from pathlib import Path

import pytest

from search_app.articles.base import SourceFile
from search_app.articles.pages import parse_page
from search_app.model import Article
from search_app.text.repair import squeeze

GOLDEN = Path(__file__).parent / "golden"
CORPUS = Path(__file__).resolve().parents[2] / "corpus"
PAGES = sorted(GOLDEN.rglob("*.jsonl"))


def parse(golden: Path) -> list[Article]:
    path = (CORPUS / golden.relative_to(GOLDEN)).with_suffix(".txt")
    file = SourceFile(str(path), path.read_text(encoding="utf-8"))
    return list(parse_page(file))


def fields(article: Article) -> dict:
    """An article's fields as golden files have them: null for what is not printed."""
    if article.kind == "furniture":
        return {"furniture": squeeze(article.body)}
    title = None if article.title_is_derived else squeeze(article.title)
    texts = {k: squeeze(getattr(article, k) or "") or None for k in ("kicker", "subtitle", "body")}
    plain = {k: getattr(article, k) for k in ("agency", "place", "mark")}
    return {"title": title, "authors": list(article.authors), **texts, **plain}


@pytest.mark.parametrize("golden", PAGES, ids=lambda p: str(p.relative_to(GOLDEN)))
def test_a_page_reads_as_a_person_reads_it(golden: Path) -> None:
    """Every field of every article and all furniture, in page order, but for white space."""
    expected = [json.loads(line) for line in golden.read_text(encoding="utf-8").splitlines()]
    squeezed = [
        {k: squeeze(v) if isinstance(v, str) else v for k, v in e.items()} for e in expected
    ]
    assert [fields(a) for a in parse(golden)] == squeezed
