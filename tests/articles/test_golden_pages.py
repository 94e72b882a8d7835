"""The sample pages, compared with what a person reads off them."""

import json
from pathlib import Path

import pytest

from search_app.articles.base import SourceFile
from search_app.articles.pages import PAGE_PARSERS
from search_app.model import Article
from search_app.text.repair import squeeze

GOLDEN = Path(__file__).parent / "golden"
CORPUS = Path(__file__).resolve().parents[2] / "corpus"
PAGES = sorted(GOLDEN.rglob("*.jsonl"))
# Papers with a page parser of their own. Pages that the corpus has not lie beside what they hold.
PARSERS = {"滬濱小報": "jingbao"}


def parse(golden: Path) -> list[Article]:
    place = golden.relative_to(GOLDEN)
    beside = golden.with_suffix(".txt")
    path = beside if beside.exists() else (CORPUS / place).with_suffix(".txt")
    file = SourceFile(str(path), path.read_text(encoding="utf-8"))
    return list(PAGE_PARSERS[PARSERS.get(place.parts[0], "default")](file))


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
