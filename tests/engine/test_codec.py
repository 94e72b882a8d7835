"""Fields written and read back, Whoosh's readers over them, and what no file is believed."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random

import numpy as np
import pytest
from given import BuiltIndex, GivenCorpus, accept
from whoosh.index import open_dir
from whoosh.query.terms import Term
from whoosh.util.numeric import byte_to_length, length_to_byte

from search_app.engine.arrays import Array, narrow, ranges
from search_app.engine.base import Window
from search_app.engine.whoosh.answer.collection import Collection
from search_app.engine.whoosh.answer.evaluate import Evaluation
from search_app.engine.whoosh.answer.order import CollectionStatistics
from search_app.engine.whoosh.build.fieldwriter import FieldWriter
from search_app.engine.whoosh.store.array_file import ArrayFile, named_damage, write_arrays
from search_app.engine.whoosh.store.field import LENGTHS, Field, Packed, length_bytes
from search_app.errors import DamagedIndex
from search_app.query.compile import QueryCompiler


def write_field(
    path: Path,
    terms: Sequence[bytes],
    doc_offsets: Array,
    docs: Array,
    tfs: Array,
    positions: Array | None,
    lengths: Array,
    total: int,
) -> None:
    """Writes a whole field: terms in order, `doc_offsets` (terms + 1,) into `docs` and `tfs`.

    `positions` (sum of tfs,) or None for a field without. `lengths` and `total` as in `close`.
    """
    longest = None if positions is None else int(positions.max(initial=0)) + 1
    writer = FieldWriter(path, len(lengths), longest)
    writer.terms.append_bytes(terms)
    writer.append(np.diff(doc_offsets).astype(np.int64), docs, tfs, positions)
    writer.close(lengths, total)


def test_plain_whoosh_opens_a_generation(tmp_path: Path, make_article) -> None:  # type: ignore[no-untyped-def]
    """With its own open_dir, by its table of contents; deleted articles are left out."""
    index = BuiltIndex(tmp_path / "index")
    articles = [make_article(f"a{n}", f"会议纪要 第{n}号") for n in range(30)]
    index.rebuild(GivenCorpus(articles), accept)
    index.update(GivenCorpus([*articles[2:], make_article("new", "会议")]), accept)
    generation = (index.folder / "CURRENT").read_text().split()[0]
    with open_dir(str(index.folder / generation)).searcher() as searcher:
        found = searcher.search(Term("body", "会议"), limit=None)
        assert {hit["id"] for hit in found} == {*(f"a{n}" for n in range(2, 30)), "new"}
        assert searcher.doc_count_all() == 31


def test_the_table_of_contents_depends_on_nothing_but_the_corpus(tmp_path: Path) -> None:
    """Whatever PYTHONHASHSEED is."""
    code = (
        "import sys; from pathlib import Path\n"
        "from search_app.engine.whoosh.for_whoosh.codec import write_toc\n"
        "write_toc(Path(sys.argv[1]), {'base': 7, 'delta': 2}, 1)"
    )
    for seed in ("1", "2"):
        (tmp_path / seed).mkdir()
        subprocess.run(
            [sys.executable, "-c", code, tmp_path / seed], env={"PYTHONHASHSEED": seed}, check=True
        )
    first, second = (next((tmp_path / seed).iterdir()).read_bytes() for seed in ("1", "2"))
    assert first == second


@pytest.mark.parametrize("documents", [1, 63, 64, 65, 70_000])
@pytest.mark.parametrize("positions", [False, True])
def test_a_field_reads_back_as_it_was_written(
    tmp_path: Path, documents: int, positions: bool
) -> None:
    """Dense terms and rare ones, gaps and frequencies of all sizes, positions of two widths."""
    random = Random(documents)
    terms = sorted({b"a" * n + bytes([98 + i]) for n in range(12) for i in range(3)})
    docs = [sorted(random.sample(range(documents), 1 + random.randrange(documents))) for _ in terms]
    docs[0] = [documents - 1]
    tfs = [[random.choice((1, 1, 2, 3, 300)) for _ in of_term] for of_term in docs]
    places = (
        [sorted(random.sample(range(40_000), tf)) for of_term in tfs for tf in of_term[:50]]
        if positions and documents < 100
        else None
    )
    write_field(
        tmp_path / "f.x",
        terms,
        np.cumsum([0, *map(len, docs)]),
        np.concatenate(docs),
        np.concatenate(tfs),
        np.concatenate(places) if places and documents <= 50 else None,
        np.zeros(documents, np.uint8),
        0,
    )
    field = Field(tmp_path / "f.x", documents)
    assert field.terms.many(np.arange(len(terms))) == terms
    assert [field.terms[n] for n in range(len(field.terms))] == terms
    assert field.terms.find([*terms, b"zz", b"a"]) == [*range(len(terms)), -1, -1]
    for n in range(len(terms)):
        postings = field.postings(n)
        assert postings.docs.tolist() == docs[n]
        assert postings.tfs(np.arange(len(docs[n]))).tolist() == tfs[n]
    if field.has_positions:
        found = field.postings_of_range(3, 9)
        assert found.docs.tolist() == [doc for of_term in docs[3:9] for doc in of_term]


def test_lengths_are_whooshs() -> None:
    """Byte for byte, at the low end and beyond the last one."""
    lengths = [*range(3_000), 10_000, 106_373, 106_374, 10**7]
    assert length_bytes(np.array(lengths)).tolist() == [length_to_byte(n) for n in lengths]
    assert LENGTHS.tolist() == [byte_to_length(n) for n in range(256)]


@pytest.mark.parametrize(
    "name", ["far_starts", "near_starts", "dense", "position_starts", "keys", "near", "edges"]
)
def test_damaged_arrays_are_named_and_never_read_beyond(
    tmp_path: Path, make_article, analyser, name: str
) -> None:  # type: ignore[no-untyped-def]
    """Random bytes in one array: an answer, or DamagedIndex with the file's name; no crash."""
    random = Random(name)
    index = BuiltIndex(tmp_path / "index")
    words = ["会议纪要", "防汛抗旱", "人民", "指挥部", "2021", "年", "advance"]
    bodies = (" ".join(random.choices(words, k=9)) for _ in range(200))
    articles = [make_article(f"a{n}", body) for n, body in enumerate(bodies)]
    index.rebuild(GivenCorpus(articles), accept)
    folder = index.folder / (index.folder / "CURRENT").read_text().split()[0]
    path = folder / "base.body_pairs"
    sound = {key: ArrayFile(path)[key].copy() for key in ArrayFile(path).names()}
    path.chmod(0o600)
    named = 0
    for _ in range(60):
        noise = np.frombuffer(random.randbytes(sound[name].nbytes), sound[name].dtype)
        hurt = np.where(np.array([random.random() < 0.3 for _ in noise]), noise, sound[name])
        write_arrays(path, sound | {name: hurt.astype(sound[name].dtype)})
        for q in ("会议纪要", "防", "“抗旱人民”", "防汛 指挥部 2021"):
            query = QueryCompiler(analyser).compile(q, "smart").query
            try:
                with named_damage(folder.name):
                    collection = Collection(folder, ["base"])
                    known = CollectionStatistics(collection.segments)
                    Evaluation(collection, known, query, Window()).answer()
            except DamagedIndex as error:
                named += folder.name in str(error)
    assert named or name not in ("near_starts", "position_starts")


def test_small_numbers_take_few_bytes(tmp_path: Path) -> None:
    """And large ones are not lost."""
    values = np.array([1, 255, 256, 1, 70_000, 2])
    write_arrays(
        tmp_path / "x",
        {
            "p": np.array([1, 255, 0, 1, 0, 2], np.uint8),
            "p_at": np.array([2, 4], np.uint64),
            "p_large": np.array([256, 70_000], np.uint32),
        },
    )
    packed = Packed(ArrayFile(tmp_path / "x"), "p")
    for start in range(6):
        for end in range(start, 7):
            assert packed.read(start, end).tolist() == values[start:end].tolist()
    assert packed.at(np.array([4, 0, 2])).tolist() == [70_000, 1, 256]
    assert [narrow(np.array([n])).dtype.itemsize for n in (255, 256, 65_536)] == [1, 2, 4]
    assert ranges(np.array([3, 9]), np.array([2, 1])).tolist() == [3, 4, 9]


@pytest.mark.parametrize(
    "data",
    [b"", b"SAPARR01", b"x" * 100, b"SAPARR01" + bytes(8), b"SAPARR01" + b"\xff" * 90]
    + [b"SAPARR01" + (2).to_bytes(8, "little") + table for table in (b"[]", b"\x00{", b"{}x")],
)
def test_what_is_no_file_of_arrays_is_said(tmp_path: Path, data: bytes) -> None:
    """Cut off, foreign, or with a table that cannot be."""
    (tmp_path / "x").write_bytes(data)
    with pytest.raises(DamagedIndex, match=r"/x "):
        ArrayFile(tmp_path / "x")["a"]


@pytest.mark.parametrize(
    "row",
    [["<u4", 0, 999], ["<u4", -64, 1], ["<u4", 1, 1], ["|O", 0, 1], ["<u4", 0], "x", ["<f8", 0, 1]],
)
def test_a_table_is_not_believed(tmp_path: Path, row: object) -> None:
    """Ranges outside of the file, places and kinds that no array of ours has."""
    table = json.dumps({"a": row}).encode()
    (tmp_path / "x").write_bytes(b"SAPARR01" + len(table).to_bytes(8, "little") + table + bytes(90))
    with pytest.raises(DamagedIndex, match=r"/x "):
        ArrayFile(tmp_path / "x")["a"]
