"""The sample pages, compared with what a person reads off them."""

import json
from pathlib import Path

import pytest

from search_app.articles.contract import golden_fields
from search_app.articles.corpus.reader import read_corpus
from search_app.model import Article
from search_app.text.repair import squeeze

GOLDEN = Path(__file__).parent / "golden"
ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "corpus"
PAGES = sorted(GOLDEN.rglob("*.jsonl"))


def parse(golden: Path) -> list[Article]:
    """What a page is read as; `A01.jsonl` is of `A01.txt`, `A05.pdf.jsonl` of `A05.pdf`."""
    place = golden.relative_to(GOLDEN)
    path = CORPUS / place.with_suffix("")
    path = path if path.suffix else path.with_suffix(".txt")
    archive, is_member, _ = str(path).partition(".zip/")
    items = read_corpus(Path(f"{archive}.zip") if is_member else path)
    return [a for a in items if isinstance(a, Article) and a.source.path == str(path)]


def expected(lines: str) -> list[dict]:
    """What a golden file says, without white space."""
    pieces = [json.loads(line) for line in lines.splitlines()]
    return [{k: squeeze(v) if isinstance(v, str) else v for k, v in p.items()} for p in pieces]


@pytest.mark.parametrize("golden", PAGES, ids=lambda p: str(p.relative_to(GOLDEN)))
def test_a_page_reads_as_a_person_reads_it(golden: Path) -> None:
    """Every field of every article and all furniture, in page order, but for white space."""
    assert [golden_fields(a) for a in parse(golden)] == expected(golden.read_text(encoding="utf-8"))
