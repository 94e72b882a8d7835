"""An index that was updated answers as one that was built anew."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from random import Random

import hypothesis.strategies as st
import pytest
import report
from engine import oracle
from given import BuiltIndex, GivenCorpus, accept
from hypothesis import HealthCheck, Phase, given, settings

from search_app.analysis.words import Analyser
from search_app.engine.base import SearchResult, Window
from search_app.engine.whoosh.answer.collection import DELTA_SHARE
from search_app.engine.whoosh.answer.engine import WhooshEngine
from search_app.errors import (
    DamagedIndex,
    GuardRefused,
    UnknownArticle,
    WithdrawnArticle,
    WrongFormat,
)
from search_app.model import Article, Counts, Source
from search_app.query.compile import QueryCompiler
from search_app.query.tree import Query
from search_app.remembered import Extent

Make = Callable[..., Article]
QUERIES = 15  # after each edit
edits = Counter[str]()


def files(index: BuiltIndex) -> dict[str, Path]:
    generation = (index.folder / "CURRENT").read_text().split()[0]
    return {path.name: path for path in (index.folder / generation).iterdir()}


def ids(engine: WhooshEngine, found: SearchResult) -> list[str]:
    return [ranked.id for ranked in found.ranked]


@settings(
    max_examples=max(12, settings.default.max_examples // 5),  # three edits in each
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(st.integers(0, 2**32))
def test_updates_answer_as_rebuilds_do(analyser: Analyser, seed: int) -> None:
    """Sets, totals, facets and the order of dates after any edits.

    With a new base scores too, and every byte.
    """
    random, compiler = Random(seed), QueryCompiler(analyser)
    with oracle.limits(random), oracle.corpora(random, analyser) as both:
        folder = both.folder.parent
        index, fresh = BuiltIndex(folder), BuiltIndex(folder.with_name("fresh"))
        earlier = [both.articles]
        for share in random.choices((9.0, 9.0, 0.3, DELTA_SHARE), k=3):
            if random.random() < 0.2:
                with suppress(GuardRefused):  # there may be nothing to go back to
                    edits["after going back"] += bool(index.roll_back())
            corpus, base = an_edit(random, earlier), files(index)["base.id"]
            updated = index.update(corpus, accept, delta_share=share)
            rebuilt = fresh.rebuild(corpus, accept)
            assert (updated.read, updated.indexed) == (rebuilt.read, rebuilt.indexed)
            is_new = not (base.exists() and base.samefile(files(index)["base.id"]))
            edits.update({"edits": 1, "new base": is_new, "over two": "delta.id" in files(index)})
            assert not is_new or contents(index) == contents(fresh)
            found = replace(both, articles=found_in(corpus))
            for _ in range(QUERIES):
                query, window = oracle.a_query(random, found, compiler), oracle.a_window(random)
                assert_same(index.live(), fresh.live(), query, window, with_scores=is_new)
            same = oracle.clusters_of(index.live())
            assert same == oracle.clusters_of(fresh.live())
            edits["with reprints"] += bool(same)
            assert_holds(index.live(), found.articles, [a.id for a in earlier[-1]])
            earlier.append(corpus.articles)


def assert_same(
    one: WhooshEngine, other: WhooshEngine, query: Query, window: Window, with_scores: bool
) -> None:
    """The same answer; without scores where the statistics count what is gone."""
    if not with_scores and window.sort == "relevance":
        window = replace(window, sort="newest")
    a, b = one.search(query, window), other.search(query, window)
    assert replace(a, ranked=()) == replace(b, ranked=()), f"{query}\n{window}"
    assert ids(one, a) == ids(other, b), f"{query}\n{window}"
    assert a == b or not with_scores, f"{query}\n{window}"


def assert_holds(live: WhooshEngine, articles: Sequence[Article], before: Sequence[str]) -> None:
    """All of these articles as they are, and of those before none that is not among them."""
    for article in articles:
        assert live.article(article.id) == article
    for gone in {*before} - {article.id for article in articles}:
        with pytest.raises(UnknownArticle):
            live.article(gone)


def an_edit(random: Random, earlier: Sequence[list[Article]]) -> GivenCorpus:
    """What the corpus says next: edited, or as it was, or as it was before; some withdrawn."""
    kind = random.random()
    articles = earlier[-1] if kind < 0.1 else random.choice(earlier)
    if kind < 0.8:
        articles = oracle.edited(random, articles)
    withdrawn = {a.id: "法院裁定" for a in articles if random.random() < 0.1}
    return GivenCorpus(articles, withdrawn if random.random() < 0.3 else {})


def found_in(corpus: GivenCorpus) -> list[Article]:
    """The first article of each id, but those withdrawn."""
    first = {article.id: article for article in reversed(corpus.articles)}
    return [a for a in corpus.articles if a is first[a.id] and a.id not in corpus.withdrawn]


def contents(index: BuiltIndex) -> dict[str, bytes]:
    """The bytes of the live generation's files, but for the manifest with its time."""
    return {n: path.read_bytes() for n, path in files(index).items() if n != "manifest.json"}


def test_enough_was_edited() -> None:
    """Deltas of all ages, and new bases."""
    if not edits:
        pytest.skip("nothing was edited")
    report.line(f"updates as rebuilds: {dict(edits)}, {QUERIES} queries each")
    assert edits["over two"] >= 0.3 * edits["edits"]
    assert edits["with reprints"] >= 0.2 * edits["edits"]
    assert edits["new base"] >= 0.15 * edits["edits"]


def test_only_what_changed_is_indexed(tmp_path: Path, make_article: Make) -> None:
    """The base's files are the same files; the delta holds what is new; a move is no change."""
    index = BuiltIndex(tmp_path / "index")
    articles = [make_article(f"a{n:02}", f"第{n}篇 江面平静") for n in range(40)]
    index.rebuild(GivenCorpus(articles), accept)
    before = files(index)
    moved = [replace(a, source=Source("elsewhere", 7, 9)) for a in articles[1:]]
    moved[4] = replace(moved[4], body="改过了")
    status = index.update(GivenCorpus(moved), accept)
    after, live = files(index), index.live()
    assert (status.indexed, len(live.collection.live)) == (39, 39)
    assert [s.documents for s in live.collection.segments] == [40, 1]
    for name, path in before.items():
        if name.startswith("base."):
            assert path.samefile(after[name])
    assert live.article("a07").source == Source("elsewhere", 7, 9)
    assert live.article("a05").body == "改过了"
    with pytest.raises(UnknownArticle):
        live.article("a00")


def test_the_delta_is_made_of_all_that_changed_since_the_base(
    tmp_path: Path, make_article: Make
) -> None:
    """Two updates after one another; the second takes back a part of the first."""
    index = BuiltIndex(tmp_path / "index")
    articles = [make_article(f"a{n:02}", f"第{n}篇") for n in range(40)]
    index.rebuild(GivenCorpus(articles), accept)
    edited = [replace(articles[0], body="改"), replace(articles[1], body="改"), *articles[2:]]
    index.update(GivenCorpus(edited), accept)
    assert [s.documents for s in index.live().collection.segments] == [40, 2]
    index.update(GivenCorpus([articles[0], *edited[1:], make_article("new", "新")]), accept)
    live = index.live()
    assert [s.documents for s in live.collection.segments] == [40, 2]
    assert (live.article("a00").body, live.article("a01").body) == ("第0篇", "改")
    index.update(GivenCorpus(articles), accept)
    assert [s.documents for s in index.live().collection.segments] == [40]


def test_a_large_delta_becomes_a_new_base(tmp_path: Path, make_article: Make) -> None:
    """Over a tenth of the base."""
    index = BuiltIndex(tmp_path / "index")
    articles = [make_article(f"a{n:02}", f"第{n}篇") for n in range(30)]
    index.rebuild(GivenCorpus(articles), accept)
    new = [make_article(f"b{n}", "新") for n in range(4)]
    index.update(GivenCorpus([*articles, *new[:3]]), accept)
    assert [s.documents for s in index.live().collection.segments] == [30, 3]
    index.update(GivenCorpus([*articles, *new]), accept)
    assert [s.documents for s in index.live().collection.segments] == [34]


def test_an_update_without_an_index_is_a_rebuild(tmp_path: Path, make_article: Make) -> None:
    """And one of an empty index too."""
    index = BuiltIndex(tmp_path / "index")
    index.update(GivenCorpus([]), accept)
    index.update(GivenCorpus([make_article("a", "江面")]), accept)
    assert index.live().article("a").body == "江面"


def test_what_is_withdrawn_is_gone_at_the_next_update(tmp_path: Path, make_article: Make) -> None:
    """Its address says why."""
    index = BuiltIndex(tmp_path / "index")
    articles = [make_article(f"a{n}", "江面") for n in range(20)]
    index.rebuild(GivenCorpus(articles), accept)
    index.update(GivenCorpus(articles, {"a3": "法院裁定"}), accept)
    with pytest.raises(WithdrawnArticle, match="法院裁定"):
        index.live().article("a3")
    assert len(index.live().collection.live) == 19


def test_a_damaged_base_is_not_built_upon(tmp_path: Path, make_article: Make) -> None:
    """Its files are hashed before they are linked; the remedy is a rebuild."""
    index = BuiltIndex(tmp_path / "index")
    articles = [make_article(f"a{n}", "江面" + chr(0x4E00 + n) * 3) for n in range(20)]
    index.rebuild(GivenCorpus(articles), accept)
    path = files(index)["base.body_pairs"]
    data = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(DamagedIndex, match="rebuild"):
        index.update(GivenCorpus(articles), accept)
    index.rebuild(GivenCorpus(articles), accept)
    assert index.live().search(query_for("江面"), Window()).total == 20


def test_a_generation_of_another_format_is_not_built_upon(
    tmp_path: Path, make_article: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is named, with the way to upgrade."""
    index = BuiltIndex(tmp_path / "index")
    index.rebuild(GivenCorpus([make_article("a", "江面")]), accept)
    monkeypatch.setattr("search_app.engine.whoosh.store.manifest.FORMAT", 99)
    with pytest.raises(WrongFormat, match="rebuild"):
        index.update(GivenCorpus([make_article("a", "江面")]), accept)
    index.rebuild(GivenCorpus([make_article("a", "江面")]), accept)


def test_a_refused_update_leaves_the_live_generation(tmp_path: Path, make_article: Make) -> None:
    """As a refused rebuild does."""
    index = BuiltIndex(tmp_path / "index")
    index.rebuild(GivenCorpus([make_article("a", "江面")]), accept)
    before = sorted(path.name for path in index.folder.iterdir())

    def refuse(counts: Counts, found: Extent, live: Extent) -> Counts:
        raise ValueError((found.articles, live.articles))

    with pytest.raises(ValueError, match=r"\(2, 1\)"):
        index.update(GivenCorpus([make_article("a", "江"), make_article("b", "江")]), refuse)
    assert sorted(path.name for path in index.folder.iterdir()) == before


def query_for(q: str):  # type: ignore[no-untyped-def]
    from search_app.analysis.segmenter import default_segmenter
    from search_app.analysis.words import read_stop_words

    return QueryCompiler(Analyser(default_segmenter(), read_stop_words())).compile(q, "smart").query
