"""read = indexed + furniture + withdrawn + rejected, whatever a corpus holds."""

import gzip
import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from random import Random

import pytest
import report
from given import BuiltIndex, seeds
from hypothesis import settings

from search_app.articles.base import SourceFile
from search_app.articles.pages import PAGE_PARSERS
from search_app.model import Article, IndexStatus, Reject
from search_app.service.indexing import IndexingService, Options

SENTENCES = (
    "江面平静，渡轮准点。",
    "昨日上午，全市防汛抗旱工作会议召开。",
    "会议强调，要守住安全底线。",
)
HEADLINES = ("渡口的灯亮了一夜", "全市防汛抗旱工作会议召开", "（上接A01版）")
FURNITURE = ("澜州日报 2021-07-01 A01版", "责任编辑：王小满", "广告", "下转A02版")
KINDS = ("article", "furniture", "withdrawn", "reject")
met = Counter[str]()


class Silent:
    """A progress that nobody watches."""

    def read(self, done: int, total: int) -> None: ...
    def rejected(self, reject: Reject) -> None: ...
    def unknown(self, withdrawn: list[str]) -> None: ...
    def writing(self) -> None: ...


def a_page(random: Random) -> str:
    """Lines as they may stand on a page, hardly any of them an article."""
    kinds = (SENTENCES, SENTENCES, HEADLINES, FURNITURE, ("", "本报讯（记者 王小满）", "①5"))
    count = random.choice((0, 1, 3, 12, 30))
    return "\n".join(random.choice(random.choice(kinds)) for _ in range(count))


def a_record(random: Random) -> str:
    """A line of a file of records: an article, a fault, or nothing."""
    article = {"body": random.choice(SENTENCES), "title": random.choice(HEADLINES)}
    given = {**article, "id": f"a{random.randrange(12)}"}
    dated = {**article, "date": f"2021-07-{random.randint(1, 33):02}"}
    faults = ("{", "[]", '{"body": ""}', "", '{"body": 1}', '{"id": "/", "body": "文"}')
    made = (json.dumps(kind, ensure_ascii=False) for kind in (given, given, dated))
    return random.choice((*made, random.choice(faults)))


def fill(random: Random, folder: Path) -> int:
    """Writes a file of some kind; returns how many pieces claim to be articles in it."""
    name = folder / f"{random.randrange(10**6)}"
    kind = random.choice(("page", "page", "records", "records", "note", "unreadable", "unread"))
    if kind == "page":
        text = a_page(random)
        name.with_suffix(".txt").write_text(text, encoding="utf-8")
        return len(list(PAGE_PARSERS["default"](SourceFile("", text))))
    if kind == "records":
        lines = [a_record(random) for _ in range(random.choice((0, 2, 9)))]
        data = "\n".join(lines).encode()
        packed = random.random() < 0.3
        path = name.with_suffix(".jsonl.gz" if packed else ".jsonl")
        path.write_bytes(gzip.compress(data) if packed else data)
        return sum(bool(line) for line in lines)
    if kind == "note":
        text = random.choice(("", "---\ntitle: 题\n", "# 题\n\n江面平静。\n", "---\n---\n"))
        name.with_suffix(".md").write_text(text, encoding="utf-8")
        return bool(text)
    if kind == "unreadable":
        bad = (".txt", b"\xff\xfe\xff"), (".jsonl.gz", b"\x1f\x8b"), (".md", b"\xff")
        ending, data = random.choice(bad)
        name.with_suffix(ending).write_bytes(data)
        return 1
    random.choice((name.with_suffix(".jpg"), folder / "README.md")).write_bytes(b"x")
    return 0


def kinds_of(service: IndexingService, corpus: Path) -> Counter[str]:
    """What the corpus holds, each piece told by itself."""
    items = service.extract([corpus], None)
    return Counter(i.kind if isinstance(i, Article) else "reject" for i in items)


def assert_accounted(index: BuiltIndex, status: IndexStatus, kinds: Counter[str]) -> None:
    """The counts are those of the pieces, and of what lies in the generation."""
    counted = (status.indexed, status.furniture, status.withdrawn, status.rejected)
    assert counted == tuple(kinds[kind] for kind in KINDS)
    assert status.read == sum(counted)
    live = index.live()
    assert live.status() == status
    assert sum(1 for _ in live.every()) == status.indexed
    lines = (index.folder / status.generation / "rejects.jsonl").read_text("utf-8").splitlines()
    rejects = [Reject(**json.loads(line)) for line in lines]
    assert len(rejects) == status.rejected
    assert all(r.path and r.line >= 0 and r.reason and r.remedy for r in rejects)


@seeds(settings.default.max_examples // 8)
def test_every_piece_of_a_messy_corpus_is_counted_once(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    """By a rebuild, and by updates after more was put in; each agrees with a rebuild."""
    random, folder = Random(seed), tmp_path_factory.mktemp("messy")
    corpus, index = folder / "corpus", BuiltIndex(folder / "index")
    corpus.mkdir()
    service, fresh = IndexingService(index), IndexingService(BuiltIndex(folder / "fresh"))
    options, pieces = Options(allow_empty=True, force=True, jobs=1), 0
    for _ in range(3):
        places = [corpus, corpus / "澜州日报" / "2021-07-01"]
        places[1].mkdir(parents=True, exist_ok=True)
        pieces += sum(fill(random, random.choice(places)) for _ in range(random.randint(0, 8)))
        if random.random() < 0.5:
            (corpus / "withdrawn.txt").write_text(f"a{random.randrange(9)}\t法院裁定\n", "utf-8")
        status = service.update(corpus, options, Silent())
        kinds = kinds_of(service, corpus)
        assert status.read == pieces
        assert_accounted(index, status, kinds)
        rebuilt = fresh.rebuild(corpus, options, Silent())
        differ = {"generation": "", "built_at": "", "bytes": 0}
        assert asdict(status) | differ == asdict(rebuilt) | differ
        met.update(kinds)


def test_enough_was_messy() -> None:
    """Every kind of piece was met."""
    if not met:
        pytest.skip("nothing was counted")
    report.line(f"accounting: {dict(met)}")
    assert min(met[kind] for kind in KINDS) > 5
