"""Random corpora, edits and queries, as small as they can be and still meet in many ways.

Few symbols, so that most queries find something; ends of fields, repetitions and runs of letters
and digits are among them.
"""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from types import ModuleType
from unittest.mock import patch

from given import BuiltIndex, GivenCorpus, accept
from scan import ScanEngine

from search_app.analysis.words import Analyser
from search_app.engine.base import Window
from search_app.engine.reading import signatures
from search_app.engine.whoosh.answer import evaluate, order, pairs, sets
from search_app.engine.whoosh.answer.engine import WhooshEngine
from search_app.engine.whoosh.build import batch, clusters, fieldwriter, merge
from search_app.engine.whoosh.store import common
from search_app.errors import BadQuery
from search_app.model import Article, Source
from search_app.query.compile import QueryCompiler
from search_app.query.tree import (
    And,
    Dated,
    Near,
    Node,
    Not,
    Or,
    Prefix,
    Query,
    Quorum,
    Ranking,
    Run,
    TextField,
    Valued,
)
from search_app.text.symbols import symbols

# Beside single symbols a run of letters, of which longer ones are made that begin alike and are
# more than a term's key holds, and a word that begins with a shorter one (天安门).
SYMBOLS = (*"会议防汛人民一一的，。 1a2\n", "aaaaaaa", "天安门广场", "市长王小满说，", "外交部")
SPELLINGS = {"1": "１", "a": "A", "会": "會"}
DATES = (None, "2021", "2021-02", "2021-02-03", "2021-02-04", "2022-01-01")
FIELDS: tuple[TextField | None, ...] = (*[None] * 6, "head", "body", "body", "byline")
MATCHES = ("smart", "exact")
OPERATORS = (
    " ",
    " ",
    " -",
    " OR ",
    " NOT ",
    "“",
    "”",
    "(",
    ")",
    " 标题:",
    " 记者:王一",
    " 日期:2021",
)
# Units of scores in which many are ties. Few articles have scores of halves (4.5), which whole
# points would round up in one engine and down in the other; of these units none is a half.
COARSE = 0.9713


@dataclass(frozen=True)
class Asked:
    """The same articles in an index, of one segment or of two with deletions, and in a scan."""

    index: WhooshEngine
    scan: ScanEngine
    folder: Path
    articles: list[Article]
    two: bool


@contextmanager
def limits(random: Random) -> Iterator[None]:
    """Bounds from which something is done in another way, low enough to be met here."""
    slab = (random.choice((10, 100, merge.SLAB)),)
    with ExitStack() as patches:
        for module, name, value in (
            *everywhere("NEAR_BEST", random.choice((1, 3, 100))),
            *everywhere("NEAR_SYMBOLS", random.choice((2, 8, 40))),
            *everywhere("SCORE_UNITS", random.choice((COARSE, 10_000))),
            (merge.merge_pairs, "__defaults__", slab),
            (merge.merge_words, "__defaults__", slab),
            (batch, "MOST_CHARACTERS", random.choice((60, batch.MOST_CHARACTERS))),
            (batch, "BLOCK", random.choice((300, batch.BLOCK))),
            (fieldwriter, "DENSE_GAP", random.choice((1, 2, fieldwriter.DENSE_GAP))),
            (common, "SHARE", random.choice((0.5, common.SHARE))),
            (order, "_MANY", random.choice((0, 500))),
            (order, "_SORTED", random.choice((0, 400))),
            (evaluate, "_NARROW", random.choice((0, 4_000))),
            (sets, "_FEW", random.choice((1, 64))),
            (sets, "_MERGED", random.choice((1, 64))),
            (sets, "_SEARCH", random.choice((0, 64))),
            (pairs, "_FEW", random.choice((1, 16))),
            (pairs, "_SMALL", random.choice((0, 9, 20_000))),
            (signatures, "SHORTEST", random.choice((4, 4, signatures.SHORTEST))),
            (signatures, "LEAST_OF_SHORT", random.choice((1, 16, signatures.LEAST_OF_SHORT))),
            (clusters, "_MOST_DAYS", random.choice((0, clusters._MOST_DAYS))),
            (clusters, "_COMPARED", random.choice((1, clusters._COMPARED))),
            (order, "_FEW", random.choice((0, 1, 99))),
            (order, "_CELLS", random.choice((1, 9, order._CELLS))),
        ):
            patches.enter_context(patch.object(module, name, value))
        yield


def everywhere(name: str, value: int) -> Iterator[tuple[ModuleType, str, int]]:
    """Another value for a constant of `ranking` in every module that took it, the scan's too."""
    for module in list(sys.modules.values()):
        ranks = module.__name__ == "scan" or module.__name__.startswith("search_app.engine.")
        if ranks and hasattr(module, name):
            yield module, name, value


@contextmanager
def corpora(random: Random, analyser: Analyser) -> Iterator[Asked]:
    """A random corpus indexed, in two of three cases edited and updated."""
    with TemporaryDirectory() as folder:
        index = BuiltIndex(Path(folder) / "index")
        before = [an_article(random, an_id(random, n)) for n in range(random.randint(1, 14))]
        before = reprinted(random, before)
        index.rebuild(GivenCorpus(before), accept)
        articles = before
        if random.random() < 0.7:
            articles = edited(random, before)
            index.update(GivenCorpus(articles), accept, delta_share=9.0)
        live = index.live()
        gone = [article for article in before if article not in articles]
        two = len(live.collection.segments) == 2 and bool(gone)
        shuffled = random.sample(articles, len(articles))
        scan = ScanEngine(shuffled, analyser, counted=gone, reprints=clusters_of(live))
        generation = index.folder / (index.folder / "CURRENT").read_text().split()[0]
        yield Asked(live, scan, generation, articles, two)


def clusters_of(engine: WhooshEngine) -> set[tuple[str, ...]]:
    """The ids of articles that say the same."""
    clusters = {tuple(sorted((a.id, *engine.reprints(a.id, 99)))) for a in engine.every()}
    return {cluster for cluster in clusters if len(cluster) > 1}


def an_id(random: Random, n: int) -> str:
    """A text that tells nothing of the order; some begin alike, further than a term's key goes."""
    letters = random.choices("0az-会\u3000", k=random.choice((1, 2)))
    return f"{random.choice(('', '会议会议'))}{''.join(letters)}{n}"


def edited(random: Random, articles: list[Article]) -> list[Article]:
    """Some articles gone, some changed, some new, and perhaps all in another order."""
    kept = [a for a in articles if random.random() < 0.8]
    changed = [
        replace(an_article(random, a.id), date=a.date) if random.random() < 0.3 else a for a in kept
    ]
    new = [an_article(random, an_id(random, 50 + n)) for n in range(random.randint(0, 4))]
    found = reprinted(random, [*changed, *new])
    if random.random() < 0.3:
        random.shuffle(found)
    return found


def reprinted(random: Random, articles: list[Article]) -> list[Article]:
    """Some articles say, nearly, what another one says."""
    return [
        replace(a, body=random.choice(articles).body + random.choice(("", "。会议")))
        if random.random() < 0.2
        else a
        for a in articles
    ]


def an_article(random: Random, article_id: str) -> Article:
    """An article of random text; any field may be missing."""
    return Article(
        id=article_id,
        title=a_text(random, 8),
        body=a_body(random),
        date=random.choice(DATES),
        title_is_derived=random.random() < 0.2,
        kicker=random.choice((None, None, a_text(random, 3))),
        byline=random.choice((None, None, "记者 王一")),
        authors=random.choice(((), ("王　一", "李二"), ("李二",))),
        newspaper=random.choice(("日报", "晚报", None)),
        page_no=random.choice(("A1", "Ａ１", "2", None)),
        source=Source(random.choice(("x", "年/月.txt")), random.randrange(9), 9),
    )


def a_body(random: Random) -> str:
    """A text of any length; now and then one in which words stand more often than a byte counts."""
    text = a_text(random, random.choice((3, 30, 60, 120)))
    return text + random.choice(("防汛，", "1，")) * 300 if random.random() < 0.08 else text


def a_text(random: Random, longest: int) -> str:
    """At least one symbol; some are spelled in another way."""
    picked = random.choices(SYMBOLS, k=random.randint(1, longest))
    return "会" + "".join(SPELLINGS.get(c, c) if random.random() < 0.1 else c for c in picked)


def a_query(random: Random, asked: Asked, compiler: QueryCompiler) -> Query:
    """A compiled query of the grammar, or a tree that no grammar makes."""
    if random.random() < 0.5:
        pieces = [
            random.choice(OPERATORS) if random.random() < 0.3 else "".join(a_run(random, asked, 4))
            for _ in range(random.choice((1, 1, 1, 2, 3, 5)))
        ]
        try:
            match = random.choice((*MATCHES, *MATCHES, "word"))
            return compiler.compile("".join(pieces), match).query
        except BadQuery:
            return a_query(random, asked, compiler)
    near = tuple(Run(a_run(random, asked, 3)) for _ in range(random.randint(0, 3)))
    words = ("".join(part) for run in near for part in (run.symbols[:1], run.symbols))
    pairs = (pair for run in near for pair in pairwise(run.symbols))
    ranking = Ranking(tuple(dict.fromkeys(words)), tuple(dict.fromkeys(pairs)), near)
    quorum = Quorum(random.choice((And(()), a_node(random, asked, 1))), near)
    strict, exact = a_node(random, asked), a_node(random, asked)
    if random.random() < 0.3:
        strict, exact = in_words(random, a_run(random, asked, 4))
    return Query(
        strict=strict,
        exact=exact,
        ranking=ranking,
        runs_first=random.random() < 0.5,
        quorum=random.choice((None, quorum)),
        word=random.choice((None, a_node(random, asked, 1))),
    )


def in_words(random: Random, run: tuple[str, ...]) -> tuple[Node, Node]:
    """Two parts of a run, each perhaps as words or in a field only, and the whole run."""
    cut, fields = random.randint(1, len(run)), (None, None, random.choice(FIELDS))
    parts = (
        Run(part, random.choice(fields), random.random() < 0.2)
        for part in (run[:cut], run[cut - 1 :])
    )
    return And(tuple(parts)), Run(run, random.choice(fields))


def a_node(random: Random, asked: Asked, depth: int = 0) -> Node:
    """A random tree of all kinds of nodes."""
    kind, field = random.random(), random.choice(FIELDS)
    if depth < 3 and kind < 0.35:
        parts = tuple(
            a_node(random, asked, depth + 1) for _ in range(random.choice((0, 1, 1, 2, 3)))
        )
        return Or(parts) if random.random() < 0.8 else And(parts)
    if depth < 3 and kind < 0.42:
        return Not(a_node(random, asked, depth + 1))
    if kind < 0.75:
        return Run(a_run(random, asked, 4), field, random.random() < 0.2)
    if kind < 0.86:
        one, other = a_run(random, asked, 2), a_run(random, asked, 2)
        return Near(one, other, random.randint(0, 8), field)
    if kind < 0.91:
        return Prefix(random.choice(("a", "1", "12", "aa")), field)
    if kind < 0.95:
        return Dated(random.choice(("", "2021", "2021-02")), random.choice(("", "2021", "2022")))
    return random.choice((Valued("authors", symbols("王一")), Valued("newspaper", symbols("日报"))))


def a_run(random: Random, asked: Asked, longest: int) -> tuple[str, ...]:
    """Neighbouring symbols, mostly of an article, sometimes of none."""
    if random.random() < 0.02:
        return tuple(random.choices("会议防汛人民一的", k=random.randint(1, longest)))
    article = random.choice(asked.articles) if asked.articles else None
    found = symbols(random.choice((article.body, article.body, article.head)) if article else "会")
    start = random.randrange(len(found) or 1)
    return found[start : start + random.randint(1, longest)] or ("会",)


def a_window(random: Random) -> Window:
    """Any part in any order, with dates, filters and counts of all kinds."""
    filters = (
        (),
        (),
        (("newspaper", ("日报",)),),
        (("page_no", ("Ａ1",)),),
        (("authors", ("李二", "王一")), ("year", ("2021",))),
        (("people", ("王小满",)), ("organisations", ("外交部", "无"))),
    )
    return Window(
        offset=random.choice((0, 0, 0, 1, 3)),
        limit=random.choice((1, 3, random.randint(1, 30))),
        sort=random.choice(("relevance", "relevance", "newest", "oldest")),
        date_from=random.choice((*[None] * 20, "2021", "2021-02-03")),
        date_to=random.choice((*[None] * 20, "2021", "2022-01-01")),
        filters=random.choice(filters) if random.random() < 0.2 else (),
        facets=("newspaper", "authors", "page_no", "agency", "people", "organisations", "year"),
        facet_limit=random.randint(1, 3),
        histogram=random.choice((None, "year", "month", "day")),
        in_words=True,
        collapse=random.random() < 0.4,
    )
