"""Damage of any kind to any file: an answer that is right, or an error that names the situation."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
import report
from given import BuiltIndex, GivenCorpus, accept
from hypothesis import settings

from search_app.analysis.words import Analyser
from search_app.engine.base import Window
from search_app.engine.whoosh.store import manifest
from search_app.errors import DamagedIndex, Overloaded, UnknownArticle
from search_app.model import Article
from search_app.query.compile import QueryCompiler
from search_app.query.tree import Query

Make = Callable[..., Article]
Answer = tuple[object, ...]
EACH = min(settings.default.max_examples // 10, 60)  # flipped bits of a file
QUERIES = (
    "会议纪要",
    "防",
    "“抗旱人民”",
    "防汛 指挥部 2021 没有的词",
    "记者:王一 OR 日期:2021",
    "渡",
)
WINDOW = Window(limit=5, facets=("newspaper", "authors", "year"), histogram="month", collapse=True)
SEEN = Counter[str]()


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory, make_article: Make) -> Path:
    """An index of one generation of two segments, articles gone and withdrawn."""
    random = Random(3)
    words = ["会议纪要", "防汛抗旱", "人民", "指挥部", "2021", "年", "advance"]
    articles = [
        make_article(
            f"a{n:02}",
            " ".join(random.choices(words, k=9)) if n % 9 else "会议纪要，防汛抗旱。" * 12,
            date=random.choice((None, "2021", "2021-02-03")),
            newspaper=random.choice(("日报", "晚报", None)),
            authors=random.choice(((), ("王一", "李二"))),
        )
        for n in range(60)
    ]
    index = BuiltIndex(tmp_path_factory.mktemp("sound") / "index")
    index.rebuild(GivenCorpus(articles[4:]), accept)
    index.update(GivenCorpus(articles[:50], {"a09": "法院裁定"}), accept, delta_share=9.0)
    for old in sorted(index.folder.glob("0*"))[:-1]:
        shutil.rmtree(old)
    return index.folder


@pytest.fixture(scope="module")
def queries(analyser: Analyser) -> list[Query]:
    return [QueryCompiler(analyser).compile(q, "smart").query for q in QUERIES]


def answers(folder: Path, queries: list[Query]) -> list[Answer]:
    """All that a process which starts now would say."""
    live = BuiltIndex(folder).live()
    found = [live.search(query, WINDOW) for query in queries]
    shown = [live.articles([r.id for r in f.ranked]) for f in found]
    offered = [live.completions("防", 20), live.completions("fx", 20), live.titles_sounding("f", 5)]
    same = [(live.reprints(a.id, 9), live.labels(a.id)) for a in live.every()]
    return [(found, shown, live.article("a07"), live.status(), offered, same)]


def damages(data: bytes, random: Random) -> Iterator[tuple[str, bytes]]:
    """Cut off, emptied, longer, bits and bytes that flipped, zeros, with what that is called."""
    yield "empty", b""
    yield "longer", data + b"\0"
    for at in (len(data) - 1, len(data) // 2, random.randrange(len(data))):
        yield "cut off", data[:at]
    for place in [*range(0, 24, 7), *(random.randrange(len(data)) for _ in range(EACH))]:
        at, bit = place % len(data), 1 << random.randrange(8)
        yield "flipped", data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]
    at = random.randrange(len(data))
    zeros = data[:at] + bytes(len(data[at : at + 64])) + data[at + 64 :]
    if zeros != data:
        yield "zeros", zeros


@pytest.mark.parametrize("hashed", [True, False])
def test_any_damage_to_any_file_gives_the_same_answer_or_a_named_error(
    sound: Path, tmp_path: Path, queries: list[Query], monkeypatch: pytest.MonkeyPatch, hashed: bool
) -> None:
    """A file too large to be hashed at opening may answer wrongly; it never fails without a name.

    Whatever it does, `verify` says which file it was.
    """
    folder, random = tmp_path / "index", Random(7)
    shutil.copytree(sound, folder)
    wanted = answers(folder, queries)
    if not hashed:
        monkeypatch.setattr(manifest, "HASHED_AT_OPENING", 0)
    (generation,) = folder.glob("0*")
    paths = [p for p in (folder / "CURRENT", *sorted(generation.iterdir())) if p.stat().st_size]
    assert len(paths) >= 20
    for path in paths:
        data = path.read_bytes()
        for kind, damaged in damages(data, random):
            path.chmod(0o600)
            path.write_bytes(damaged)
            seen = outcome(folder, queries, wanted)
            SEEN[f"{kind}: {seen}"] += 1
            where = f"{path.name}, {kind}, {seen}"
            assert seen in ("named", "same") or not hashed, where
            assert seen == "named" or kind in ("flipped", "zeros") or path.name == "CURRENT", where
            if path.name != "CURRENT":
                with pytest.raises(DamagedIndex, match=path.name):
                    BuiltIndex(folder).verify()
        path.write_bytes(data)
    assert answers(folder, queries) == wanted


def outcome(folder: Path, queries: list[Query], wanted: list[Answer]) -> str:
    try:
        return "same" if answers(folder, queries) == wanted else "other"
    except (DamagedIndex, Overloaded):
        return "named"
    except UnknownArticle:  # an id that is not found: a wrong answer
        return "other"


def test_damage_was_tried() -> None:
    """How often each kind of it showed."""
    if not SEEN:
        pytest.skip("nothing was damaged")
    report.line(f"damage: {dict(sorted(SEEN.items()))}")
