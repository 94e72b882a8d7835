"""Which articles are taken for reprints of each other: planted ones among unrelated ones."""

import gzip
import json
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from random import Random

import pytest
import report
from engine.oracle import clusters_of
from given import BuiltIndex, GivenCorpus, accept
from served import ROOT, run
from test_corpus import REPRINTS

from search_app.engine.reading.signatures import LONG, SHORT, SHORTEST
from search_app.engine.whoosh.answer.engine import WhooshEngine
from search_app.model import Article

Make = Callable[..., Article]
Edit = Callable[[Random, str, str, float], str]
REAL = ROOT.parent / "shared" / "data" / "cctv_xwlb.jsonl.gz"
SHARES = (0.05, 0.1, 0.2, 0.3, 0.4)
_SENTENCE = re.compile("[^。！？]*[。！？]?")
_WORD = re.compile("[\u4e00-\u9fff]{1,2}")


def bodies() -> Iterator[str]:
    """Texts that have nothing to do with each other: real ones where they are at hand."""
    if REAL.exists():
        with gzip.open(REAL, "rt", encoding="utf-8") as lines:
            found = (json.loads(line)["body"] for line in islice(lines, 0, None, 12))
            yield from (body for body in found if len(body) > LONG)
    else:
        yield from map(made_up, range(1_500))


def made_up(number: int) -> str:
    random = Random(number)
    characters = (chr(random.randrange(0x4E00, 0x5200)) for _ in range(480))
    return "".join(c + "。" if n % 24 == 23 else c for n, c in enumerate(characters))


def dropped(random: Random, body: str, other: str, share: float) -> str:
    """The body without sentences of about this share of it."""
    sentences = _SENTENCE.findall(body)
    left = share * len(body)
    for n in random.sample(range(len(sentences)), len(sentences)):
        if len(sentences[n]) / 2 < left:
            left -= len(sentences[n])
            sentences[n] = ""
    return "".join(sentences)


def replaced(random: Random, body: str, other: str, share: float) -> str:
    """The body with as many of its words replaced by words of another."""
    words = _WORD.findall(other)
    return _WORD.sub(lambda w: random.choice(words) if random.random() < share else w[0], body)


def added(random: Random, body: str, other: str, share: float) -> str:
    """The body with a paragraph more, before or behind it."""
    more = (body, other[: int(share * len(body))])
    return "\n".join(more if random.random() < 0.5 else more[::-1])


def edited(random: Random, body: str, other: str, share: float) -> str:
    """All of it, a third each."""
    for edit in (dropped, replaced, added):
        body = edit(random, body, other, share / 3)
    return body


EDITS: dict[str, Edit] = {
    "edited": edited, "dropped": dropped, "added": added, "replaced": replaced,
}  # fmt: skip


@pytest.fixture
def engine_of(tmp_path: Path) -> Callable[..., WhooshEngine]:
    """engine_of(articles): the live engine of an index of them."""

    def make(articles: Sequence[Article], name: str = "index") -> WhooshEngine:
        index = BuiltIndex(tmp_path / name)
        index.rebuild(GivenCorpus(articles), accept)
        return index.live()

    return make


def test_planted_reprints_are_found(
    make_article: Make, engine_of: Callable[..., WhooshEngine]
) -> None:
    """Precision and recall by the share that was changed; each has another headline and paper."""
    random, articles, texts = Random(5), [], list(bodies())
    random.shuffle(texts)
    originals, others = texts[: len(texts) // 2], texts[len(texts) // 2 :]
    planted: dict[tuple[str, str], tuple[str, float]] = {}
    kinds = [(kind, share) for kind in EDITS for share in SHARES]
    for n, (body, other) in enumerate(zip(originals, others, strict=False)):
        date = f"2021-05-{1 + n % 25:02}"
        articles.append(make_article(f"o{n}", body, f"第{n}篇", newspaper="日报", date=date))
        kind, share = kinds[n % len(kinds)]
        text = EDITS[kind](random, body, other, share)
        date = f"2021-05-{1 + n % 25 + random.randrange(5):02}"
        articles.append(make_article(f"r{n}", text, "转载", newspaper="晚报", date=date))
        planted[f"o{n}", f"r{n}"] = kind, share
    found = {(a, b) for ids in clusters_of(engine_of(articles)) for a in ids for b in ids if a < b}
    right = found & planted.keys()
    precision = len(right) / len(found)
    report.line(f"reprints: {len(articles)} articles, precision {precision:.3f} of {len(found)}")
    for kind in EDITS:
        recall = {s: recall_of(found, planted, kind, s) for s in SHARES}
        report.line(f"  {kind:8} recall " + " ".join(f"{s:.0%} {r:.2f}" for s, r in recall.items()))
        least = 0.1 if kind == "replaced" else 0.2
        assert all(r >= 0.95 for s, r in recall.items() if s <= least), kind
    assert precision >= 0.99


def recall_of(
    found: set[tuple[str, str]],
    planted: dict[tuple[str, str], tuple[str, float]],
    kind: str,
    share: float,
) -> float:
    pairs = [pair for pair, how in planted.items() if how == (kind, share)]
    return len([pair for pair in pairs if pair in found]) / len(pairs)


def test_the_reprints_of_the_sample_newspaper_are_found(tmp_path: Path) -> None:
    """A story of the daily in the evening paper, edited; nothing else."""
    run("rebuild", "--corpus", ROOT / "corpus", "--index", tmp_path / "index")
    live = BuiltIndex(tmp_path / "index").live()
    found = [
        tuple(re.sub(r"\s", "", live.article(article_id).title) for article_id in ids)
        for ids in clusters_of(live)
    ]
    assert sorted(map(sorted, found)) == sorted(map(sorted, REPRINTS.items()))


def test_what_is_short_is_left_alone(
    make_article: Make, engine_of: Callable[..., WhooshEngine]
) -> None:
    """Notes may be the same and are no reprints; short articles must be nearly the same."""
    short, edge = made_up(1)[: SHORTEST - 1], made_up(2)[:SHORTEST]
    brief, half = made_up(3)[:SHORT], SHORT // 2
    articles = [
        *(make_article(f"s{n}", short) for n in range(2)),
        *(make_article(f"t{n}", edge) for n in range(2)),
        make_article("u0", brief),
        make_article("u1", brief[:-10]),
        make_article("u2", brief[:half] + made_up(4)[:half]),
    ]
    assert clusters_of(engine_of(articles)) == {("t0", "t1"), ("u0", "u1")}


def test_reports_of_a_kind_from_other_years_are_no_reprints(
    make_article: Make, engine_of: Callable[..., WhooshEngine]
) -> None:
    """Unless nothing was changed; a date without a day says nothing."""
    body, other = made_up(1), made_up(2)
    articles = [
        make_article("a", body, date="2021-03-05"),
        make_article("b", body[:-40], date="2022-03-05"),
        make_article("c", body, date="1996-01-01"),
        make_article("d", other, date="2021-04-01"),
        make_article("e", other[:-30], date="2023"),
    ]
    assert clusters_of(engine_of(articles)) == {("a", "c"), ("d", "e")}


def test_there_are_no_chains(make_article: Make, engine_of: Callable[..., WhooshEngine]) -> None:
    """Each article like the next one and not like the first: they are no one cluster."""
    text = "".join(map(made_up, range(3)))
    articles = [
        make_article(f"a{n}", text[n * 60 : n * 60 + 500], date=f"2021-05-{1 + n:02}")
        for n in range(15)
    ]
    found = sorted(clusters_of(engine_of(articles)))
    assert len(found) >= 3
    assert max(map(len, found)) <= 5
    assert found[0][0] == "a0"


def test_a_cluster_is_listed_from_its_earliest_on(
    make_article: Make, engine_of: Callable[..., WhooshEngine]
) -> None:
    """Undated ones last; of one day by id."""
    dates = {"a": None, "b": "2021-05-03", "c": "2021-05-01", "d": "2021-05-03"}
    articles = [make_article(name, made_up(1), date=date) for name, date in dates.items()]
    engine = engine_of([*articles, make_article("e", made_up(2))])
    listed = {a.id: engine.reprints(a.id, 9) for a in engine.every()}
    assert (listed["d"], listed["a"], listed["e"]) == (["c", "b", "a"], ["c", "b", "d"], [])


def test_an_update_counts_reprints_as_a_rebuild_does(
    tmp_path: Path, make_article: Make, engine_of: Callable[..., WhooshEngine]
) -> None:
    """New ones in the delta join those of the base; withdrawn, changed and gone ones leave."""
    texts = [made_up(n) for n in range(40)]
    articles = [make_article(f"a{n:02}", text, date="2021-05-02") for n, text in enumerate(texts)]
    articles += [make_article(f"b{n:02}", texts[n][:-50], date="2021-05-03") for n in range(4)]
    index = BuiltIndex(tmp_path / "index")
    index.rebuild(GivenCorpus(articles), accept)
    assert clusters_of(index.live()) == {(f"a{n:02}", f"b{n:02}") for n in range(4)}
    kept = [a for a in articles if a.id != "a01"]
    kept[1] = make_article("a02", made_up(99), date="2021-05-02")
    kept.append(make_article("c00", texts[0], "另一题", date="2021-05-01"))
    kept.append(make_article("c05", texts[5], "另一题", date="2021-05-04"))
    index.update(GivenCorpus(kept, {"b03": "法院裁定"}), accept, delta_share=9.0)
    live = index.live()
    assert len(live.collection.segments) == 2
    assert clusters_of(live) == {("a00", "b00", "c00"), ("a05", "c05")}
    rest = [a for a in kept if a.id != "b03"]
    assert clusters_of(live) == clusters_of(engine_of(rest, "fresh"))
