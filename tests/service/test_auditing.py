"""No miss: by the program's own check, and by a reader of the source files beside it."""

import json
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random

import pytest
from opencc import OpenCC
from scan import ScanEngine
from served import ROOT, run

from search_app.analysis.words import Analyser
from search_app.bootstrap import search_service
from search_app.engine.base import RankedArticle, Window
from search_app.model import Article, SearchRequest
from search_app.query.compile import QueryCompiler
from search_app.query.tree import Query
from search_app.service.auditing import recall
from search_app.settings import read_settings

Make = Callable[..., Article]
KINDS = ["substrings", "words", "names", "numbers", "mixed"]
TO_SIMPLIFIED, TO_TRADITIONAL = OpenCC("t2s"), OpenCC("s2t")
MERGED = str.maketrans("覆瞭著藉祇衹彷甦", "复了着借只只仿苏")


class Forgetful(ScanEngine):
    """An engine that never finds one of its articles."""

    def walk(self, query: Query, window: Window) -> Iterator[RankedArticle]:
        for ranked in super().walk(query, window):
            if ranked.id != "a1":
                yield ranked


@pytest.fixture
def articles(make_article: Make) -> Sequence[Article]:
    body = (
        "昨日，记者王小满从第{0}届会议获悉，在{0}号渡口5G信号增长3.{0}%，統一指挥。\n江 面\n平静。"
    )
    return [make_article(f"a{n}", body.format(n), authors=("李　四",)) for n in range(1, 8)]


def test_everything_printed_is_found(articles: Sequence[Article], analyser: Analyser) -> None:
    """Of each kind as many pieces as were asked for together."""
    found = recall(ScanEngine(articles, analyser), QueryCompiler(analyser), 200)
    assert [kind.kind for kind in found] == KINDS
    assert sum(kind.queries for kind in found) == 200
    assert all(kind.held > 0 and kind.share == 1 and not kind.missed for kind in found)


def test_what_is_not_found_is_counted_and_shown(
    articles: Sequence[Article], analyser: Analyser
) -> None:
    """One article of seven is never found."""
    found = recall(Forgetful(articles, analyser), QueryCompiler(analyser), 200)
    assert all(0.5 < kind.share < 1 for kind in found)
    assert all(1 <= len(kind.missed) <= 5 for kind in found)


def test_an_empty_index_misses_nothing(analyser: Analyser) -> None:
    """There is nothing to ask for."""
    found = recall(ScanEngine([], analyser), QueryCompiler(analyser), 10)
    assert [(kind.queries, kind.share) for kind in found] == [(0, 1.0)] * len(KINDS)


def plain(text: str) -> str:
    """What a reader compares: widths, cases and spellings made one; white space as one mark."""
    made = []
    for char in text:
        for c in unicodedata.normalize("NFKC", char).lower():
            if unicodedata.category(c) != "Cf" and not "\ufe00" <= c <= "\ufe0f":
                made.append(" " if c.isspace() else TO_SIMPLIFIED.convert(c).translate(MERGED))
    squeezed = ""
    for i, c in enumerate(made):
        following = next((d for d in made[i + 1 :] if d != " "), "")
        parts = c == " " and squeezed and (squeezed[-1] + following).isascii()
        squeezed += c if c != " " or (parts and squeezed[-1] != " ") else ""
    return squeezed


def test_a_reader_of_the_source_files_finds_nothing_more(tmp_path: Path) -> None:
    """Pieces across lines, punctuation, numerals; half of the texts in traditional characters."""
    random, bodies = Random(4), {}
    for file in sorted((ROOT / "corpus").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            body = json.loads(line)["body"]
            bodies[f"r{len(bodies)}"] = (
                body if random.random() < 0.5 else TO_TRADITIONAL.convert(body)
            )
    records = [
        json.dumps({"id": i, "body": body}, ensure_ascii=False) for i, body in bodies.items()
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(records), encoding="utf-8")
    index = tmp_path / "index"
    assert run("rebuild", "--corpus", tmp_path / "a.jsonl", "--index", index).returncode == 0
    service = search_service(read_settings().with_options(index=str(index)))
    read = {i: plain(body) for i, body in bodies.items()}
    asked = 0
    while asked < 300:
        body = random.choice(list(bodies.values()))
        start = random.randrange(len(body))
        piece = body[start : start + random.randint(1, 12)]
        run_of = plain(piece)
        # What begins or ends inside a number or word of letters is no whole symbol.
        if not run_of.strip() or run_of[0].isascii() or run_of[-1].isascii() or "”" in piece:
            continue
        asked += 1
        held = {i for i, text in read.items() if run_of in text}
        page = service.search(SearchRequest(q=f"“{piece}”", per_page=100))
        assert {hit.id for hit in page.hits} == held, piece
