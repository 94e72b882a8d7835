"""JSON files: every record has its own place, and a broken one takes nothing with it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_app.articles.base import Issue, SourceFile
from search_app.articles.records.json_records import read_json
from search_app.model import Article, Reject

RECORDS = [
    {"id": f"a{n}", "title": f"题{n}", "body": f"第{n}篇，“江面”平静。{{}}"} for n in range(4)
]


def read(text: str) -> list[Article | Reject]:
    return list(read_json(SourceFile("c/a.json", text)))


def told(items: list[Article | Reject]) -> list[str]:
    """Ids of articles, lines of rejects."""
    return [item.id if isinstance(item, Article) else str(item.line) for item in items]


def layouts() -> dict[str, str]:
    plain = json.dumps(RECORDS, ensure_ascii=False)
    lines = [json.dumps(record, ensure_ascii=False) for record in RECORDS]
    return {
        "one line": plain,
        "escaped": json.dumps(RECORDS),
        "indented": json.dumps(RECORDS, ensure_ascii=False, indent=2),
        "flush": json.dumps(RECORDS, ensure_ascii=False, indent=0),
        "a record a line": "[" + ",\r\n".join(lines) + "]\r\n",
        "JSON lines": "\n".join(lines),
    }


LAYOUTS = layouts()
WHOLE = {layout: read(text) for layout, text in LAYOUTS.items()}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_records_come_with_their_places(layout):
    """What a source points at is the record itself, however the file is laid out."""
    text = LAYOUTS[layout]
    items = read(text)
    assert told(items) == ["a0", "a1", "a2", "a3"]
    for item, record in zip(items, RECORDS, strict=True):
        assert json.loads(text[item.source.start : item.source.end]) == record


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("piece", range(1, 60, 7))
def test_no_record_is_too_long_to_be_read(layout, piece, monkeypatch):
    """However little of the file is looked at first."""
    monkeypatch.setattr("search_app.articles.records.json_records._WINDOW", piece)
    assert read(LAYOUTS[layout]) == WHOLE[layout]


def test_many_broken_records_take_no_longer_than_as_many_good_ones():
    """Each costs time for itself alone."""
    record = '{"body": "' + "江面平静，渡轮准点。" * 50 + '" x}'
    items = read(f"[{','.join([record] * 20_000)}]")
    assert len(items) == 20_000


BREAKS = {
    "quotes": ('"id"', "'id'"),
    "open key": ('"id"', '"id'),
    "open value": ('"a1"', '"a1'),
    "NaN": ('"a1"', "NaN"),
    "integer": ('"a1"', "1" * 2000),
    "commas": ('"a1"', '"a1",,'),
    "depth": ('"a1"', "[" * 100_000),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("how", BREAKS)
def test_a_broken_record_is_one_reject_and_the_others_are_read(layout, how):
    """On its line; the next one is found."""
    text = LAYOUTS[layout]
    start = text.rindex("{", 0, text.index('"a1"'))
    broken = text[:start] + text[start:].replace(*BREAKS[how], 1)
    items = read(broken)
    assert told(items) == ["a0", str(text.count("\n", 0, start) + 1), "a2", "a3"]
    assert items[1].reason


def test_one_object_is_one_article():
    """With the issue of its place."""
    issue = Issue("临泽日报", "2021-07-01", None)
    (a,) = read_json(SourceFile("c/a.json", '\n{"title": "题",\n "body": "正文"}\n', issue))
    assert (a.title, a.newspaper, a.date) == ("题", "临泽日报", "2021-07-01")
    assert (a.source.start, a.source.end) == (1, 30)


def test_what_is_no_object_is_one_reject_each():
    """On its own line."""
    items = read('[1,\n"文",\n{"body": "甲"}, [{"body": "乙"}], null,\n{}]')
    assert [item.line for item in items if isinstance(item, Reject)] == [1, 2, 3, 3, 4]
    assert [item.reason for item in items if isinstance(item, Reject)] == [
        "JSON, but not an object"
    ] * 4 + ["no body"]
    assert [item.body for item in items if isinstance(item, Article)] == ["甲"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n", []),
        ("[]", []),
        ('[{"id": "1", "body": "甲"},\n{"id": "2", "bo', ["1", "2"]),
        ('[{"id": "1", "body": "甲"},\n', ["1", "2"]),
        ('[{"id": "1", "body": "甲"}]\n[]', ["1", "1"]),
        ("[" * 100_000, ["1"]),
        ("<html>", ["1"]),
    ],
)
def test_files_that_end_too_soon_or_too_late(text, expected):
    """Whole records are read; half a record, or none, is said once."""
    assert told(read(text)) == expected


def test_reasons_name_what_is_wrong():
    """With a character that counts from the record's beginning."""
    (nested, cut) = read('[{"id": 1, "body": "甲"},\n  {"body": }]')[0:2]
    assert str(nested) == (
        "c/a.json:1: unusable id; give a string of 1 to 128 printable characters without /, "
        "or leave it out"
    )
    assert str(cut).startswith("c/a.json:2: broken JSON (expecting value, character 10);")


@given(st.text(alphabet='[]{}",:\\\n 1aN甲', max_size=40))
def test_nothing_in_a_file_raises(text):
    """Articles and rejects, on rising lines."""
    items = read(f'[{{"body": "甲"}},\n{text}')
    assert told(items)[:1] == [items[0].id]
    lines = [item.line for item in items if isinstance(item, Reject)]
    assert lines == sorted(lines)


@pytest.mark.parametrize("between", ["\n", " ", "} ", "},", "\n,"])
def test_what_follows_a_broken_record_takes_no_time(between):
    """However much there is of nothing."""
    broken, article = read('[{"body": x' + 300_000 * between + 'x\n{"id": "a", "body": "b"}]')
    assert (broken.line, article.id) == (1, "a")
