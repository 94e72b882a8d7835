"""Ids that a re-parse changed lead to the article that has most of their text."""

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest
import report
from given import BuiltIndex, GivenCorpus, accept, seeds
from hypothesis import settings
from scan import ScanEngine

from search_app.analysis.words import Analyser
from search_app.articles.identity import identified
from search_app.engine.base import SearchEngine
from search_app.engine.whoosh.build import aliases, builder
from search_app.engine.whoosh.store import manifest
from search_app.errors import MovedArticle, UnknownArticle, WithdrawnArticle, WrongFormat
from search_app.model import Article, Source

Lines = tuple[str, ...]
Page = list[Lines]  # the lines of each of its articles
PATH = "临泽日报/2021-07-01/01.txt"
seen = Counter[str]()


def article(lines: Lines, start: int = 0, path: str = PATH, **fields: object) -> Article:
    """An article of a page under the id that its text gives it."""
    body = "".join(lines)
    source = Source(path, start, start + len(body))
    return identified(
        Article(id="", title="", title_is_derived=True, body=body, source=source, **fields)
    )


def lines(random: Random, count: int) -> Lines:
    """Lines of sixteen characters as no other line has: whole blocks, so that half is half."""
    return tuple(
        "".join(chr(0x4E00 + random.randrange(20_000)) for _ in range(16)) for _ in range(count)
    )


def cut_anew(random: Random, page: Page) -> Page:
    """The page as another parser might cut it, perhaps with something new or without something."""
    kind = random.choice(("moved", "moved", "joined", "parted", "gone", "new", "same"))
    n = random.randrange(len(page))
    seen[kind] += 1
    if kind == "moved" and n:
        both, at = page[n - 1] + page[n], len(page[n - 1]) + random.choice((-1, 1))
        return [*page[: n - 1], both[:at], both[at:], *page[n + 1 :]]
    if kind == "joined" and n:
        return [*page[: n - 1], page[n - 1] + page[n], *page[n + 1 :]]
    if kind == "parted" and len(page[n]) > 8:
        return [*page[:n], page[n][:-3], page[n][-3:], *page[n + 1 :]]
    if kind == "gone" and len(page) > 1:
        return [*page[:n], *page[n + 1 :]]
    return [*page, lines(random, random.randint(4, 9))] if kind == "new" else page


def led(expected: dict[str, str], before: Page, now: Page) -> dict[str, str]:
    """The aliases there should be, told by the lines that articles share."""
    old, new = ({article(a).id: set(a) for a in page} for page in (before, now))
    found = {}
    for gone in old.keys() - new.keys():
        shares = {n: len(old[gone] & held) for n, held in new.items() if n not in old}
        best = max(shares, key=lambda n: shares[n], default=None)
        if best and 2 * shares[best] >= len(old[gone]):
            found[gone] = best
    moved = {a: found.get(b, b) for a, b in expected.items()} | found
    return {a: b for a, b in moved.items() if a not in new and b in new}


@seeds(settings.default.max_examples // 10)
def test_aliases_lead_to_the_article_with_most_of_the_lines(
    analyser: Analyser, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    """Over generations, updated or rebuilt, in both engines; a living id is never an alias."""
    random, index = Random(seed), BuiltIndex(tmp_path_factory.mktemp("a") / "index")
    pages = [[lines(random, random.randint(6, 9)) for _ in range(4)]]
    expected: dict[str, str] = {}
    for generation in range(6):
        before = pages[-1] if generation else []
        again = random.random() < 0.15
        pages.append(random.choice(pages) if again else cut_anew(random, pages[-1]))
        articles = [article(a, 100 * n) for n, a in enumerate(pages[-1])]
        make = random.choice((index.update, index.rebuild))
        make(GivenCorpus(articles), accept)
        expected = led(expected, before, pages[-1])
        live, scan = index.live(), ScanEngine(articles, analyser, aliases=expected)
        for old in {article(a).id for page in pages for a in page} | {"nosuch"}:
            assert moved(live, old) == moved(scan, old)
        seen["aliases"] += len(expected)
    for old, new in expected.items():
        assert live.article(new).id == new
        with pytest.raises(MovedArticle, match=new):
            live.article(old)


def moved(engine: SearchEngine, article_id: str) -> str | None:
    """The id that an article has now; None where it has this one, or there is none."""
    try:
        engine.article(article_id)
    except MovedArticle as moved:
        return moved.article_id
    except UnknownArticle:
        return None
    return None


def test_enough_was_cut_anew() -> None:
    """Each kind of change was met, and ids lived on."""
    if not seen:
        pytest.skip("nothing was cut anew")
    report.line(f"aliases: {dict(seen)}")
    assert min(seen[kind] for kind in ("moved", "joined", "parted", "gone", "new")) > 1
    assert seen["aliases"] > 20


@pytest.fixture
def index(tmp_path: Path) -> BuiltIndex:
    return BuiltIndex(tmp_path / "index")


@pytest.fixture
def pair() -> tuple[Article, Article]:
    """An article, and what is left of it without its last line."""
    whole = lines(Random(1), 6)
    return article(whole), article(whole[:-1])


def alias(index: BuiltIndex, *generations: Sequence[Article]) -> str | None:
    """What the first article of the first generation is called after the last."""
    for articles in generations:
        index.rebuild(GivenCorpus(articles), accept)
    return moved(index.live(), generations[0][0].id)


def test_an_article_of_another_file_is_another_article(
    index: BuiltIndex, pair: tuple[Article, Article]
) -> None:
    """However much they share."""
    old, new = pair
    elsewhere = replace(new, source=Source("临泽日报/2021-07-02/01.txt", 0, 9))
    assert alias(index, [old], [elsewhere]) is None


def test_news_of_one_kind_on_different_days_are_different_articles(
    index: BuiltIndex, pair: tuple[Article, Article]
) -> None:
    """In a file that always holds the latest; but a date that is mended changes no article."""
    old, new = (identified(replace(a, date=f"2021-07-0{n}")) for n, a in enumerate(pair, 1))
    assert alias(index, [old], [new]) is None
    mended = identified(replace(old, date="2021-07-09"))
    assert alias(index, [old], [mended]) == mended.id


def test_what_was_there_before_takes_over_nothing(
    index: BuiltIndex, pair: tuple[Article, Article]
) -> None:
    """An article that is removed is removed, though another one says nearly the same."""
    assert alias(index, [*pair], [pair[1]]) is None


def test_ids_that_were_given_are_given_no_successor(
    index: BuiltIndex, make_article: Callable[..., Article]
) -> None:
    """Who gives ids also takes them; but a given id may follow a computed one."""
    old = make_article("a1", "江面平静，渡轮准点。" * 3)
    assert alias(index, [old], [replace(old, id="a2")]) is None
    computed = identified(old)
    assert alias(index, [computed], [old]) == "a1"


def test_computed_ids_look_as_the_engine_expects(pair: tuple[Article, Article]) -> None:
    """It tells them from given ones by nothing else."""
    assert re.fullmatch(aliases._COMPUTED.pattern.decode(), pair[0].id)


def test_an_alias_of_a_withdrawn_article_says_that_it_is_withdrawn(
    index: BuiltIndex, pair: tuple[Article, Article]
) -> None:
    """It leads nowhere then; when the article comes back, so does the alias."""
    old, new = pair
    assert alias(index, [old], [new]) == new.id
    index.update(GivenCorpus([new], {new.id: "法院裁定"}), accept)
    with pytest.raises(WithdrawnArticle, match="法院裁定"):
        index.live().article(old.id)
    index.update(GivenCorpus([new]), accept)
    assert moved(index.live(), old.id) == new.id
    index.update(GivenCorpus([new], {old.id: "法院裁定"}), accept)
    with pytest.raises(WithdrawnArticle):
        index.live().article(old.id)


def test_aliases_outlive_a_change_of_tables(
    index: BuiltIndex, pair: tuple[Article, Article], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new version of the tables is when ids change most."""
    old, new = pair
    other = {**manifest.fingerprint(), "dictionary": "jieba 9"}
    with monkeypatch.context() as patched:
        patched.setattr(builder, "fingerprint", lambda: other)
        index.rebuild(GivenCorpus([old]), accept)
    index.rebuild(GivenCorpus([new]), accept)
    assert moved(index.live(), old.id) == new.id


def test_aliases_outlive_a_change_of_format(
    index: BuiltIndex, pair: tuple[Article, Article]
) -> None:
    """A generation of the format before is read for its ids, and for nothing else."""
    index.rebuild(GivenCorpus(pair[:1]), accept)
    current = index.folder / "CURRENT"
    name, _ = current.read_text().split()
    path = index.folder / name / manifest.NAME
    values = json.loads(path.read_bytes())
    earlier = json.dumps(values | {"format": 5}).encode()
    path.chmod(0o600)
    path.write_bytes(earlier)
    current.write_text(f"{name} sha256:{sha256(earlier).hexdigest()}\n")
    with pytest.raises(WrongFormat, match="rebuild"):
        BuiltIndex(index.folder).live()
    index.rebuild(GivenCorpus(pair[1:]), accept)
    assert moved(index.live(), pair[0].id) == pair[1].id


def test_a_damaged_generation_gives_no_aliases_and_stops_no_rebuild(
    index: BuiltIndex, pair: tuple[Article, Article]
) -> None:
    """Those that it had are carried on, where they can be read."""
    old, new = pair
    assert alias(index, [old], [new]) == new.id
    generation = index.folder / (index.folder / "CURRENT").read_text().split()[0]
    for name in ("base.articles", "base.id"):
        (generation / name).chmod(0o600)
        (generation / name).write_bytes(b"x" * 100)
    assert json.loads((generation / "aliases.json").read_text()) == {old.id: new.id}
    index.rebuild(GivenCorpus([new]), accept)
    assert moved(index.live(), old.id) == new.id


def test_too_many_new_texts_are_compared_as_wholes_only(
    index: BuiltIndex, pair: tuple[Article, Article], monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that no file takes more memory than others."""
    old, new = pair
    monkeypatch.setattr(aliases, "_MOST_CHARACTERS", 60)
    placed = identified(replace(old, newspaper="临泽日报"))
    assert alias(index, [old], [new]) is None
    assert alias(index, [old], [placed]) == placed.id


def test_many_articles_of_one_kind_keep_their_own_successors(index: BuiltIndex) -> None:
    """What stands in all of them does not count."""
    random, common = Random(2), lines(Random(3), 3)
    texts = [common + lines(random, 6) for _ in range(30)]
    before = [article(text, n) for n, text in enumerate(texts)]
    after = [article((*text[:-1], "改"), n) for n, text in enumerate(texts)]
    alias(index, before, after)
    found = [moved(index.live(), a.id) for a in before]
    assert found == [a.id for a in after]
