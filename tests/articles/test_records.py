"""JSON lines: what becomes an article, and what is rejected with its line."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_app.articles.base import Issue, SourceFile
from search_app.articles.derive import derived_title, is_blank
from search_app.articles.records.json_records import read_records
from search_app.model import Article, Reject, is_date

NOWHERE = Issue()


def read(text, issue=NOWHERE):
    return list(read_records(SourceFile("c/a.jsonl", text, issue)))


def record(**fields):
    return json.dumps({"body": "正文。", **fields}, ensure_ascii=True)


def one(line, issue=NOWHERE):
    (item,) = read(line + "\n", issue)
    return item


def test_a_record_is_taken_as_it_is():
    """Every field lands where it belongs, no page repair."""
    given_fields = {
        "id": "a-1", "title": "标 题", "date": "2021-07-01", "newspaper": "临泽日报",
        "page_no": "A02", "section": "要闻", "kicker": "肩题", "subtitle": "副题",
        "byline": "本报记者 王小满", "agency": "新华社", "place": "临泽", "url": "https://example.org/1",
    }  # fmt: skip
    a = one(record(body="统 一\n指 挥", authors=["王小满", "孙文"], **given_fields))
    assert isinstance(a, Article)
    assert {k: getattr(a, k) for k in given_fields} == given_fields
    assert a.body == "统 一\n指 挥"
    assert a.authors == ("王小满", "孙文")
    assert (a.printed, a.mark, a.kind, a.title_is_derived) == (None, None, "article", False)


def test_only_a_body_is_needed():
    """Title, date and id may be missing; unknown fields are ignored."""
    a = one('{"body": "昨日上午，会议召开。市长出席。", "nosuch": [1, {"x": 2}]}')
    assert (a.title, a.title_is_derived, a.date, a.newspaper) == (
        "昨日上午，会议召开",
        True,
        None,
        None,
    )
    assert len(a.id) == 16


@pytest.mark.parametrize("missing", [None, "", "  ", "\u200b"])
def test_null_and_blank_fields_are_missing(missing):
    """Nothing to read is no value."""
    a = one(record(title=missing, date=missing, kicker=missing, byline=missing))
    assert (a.title_is_derived, a.date, a.kicker, a.byline) == (True, None, None, None)
    assert one(record(id=None)).id == one(record(id="")).id != ""


def test_record_fields_win_over_the_place_of_the_file():
    """What the record says of itself is nearer to it."""
    issue = Issue("临泽日报", "2021-07-01", "01")
    a = one(record(newspaper="临泽晚报"), issue)
    assert (a.newspaper, a.date, a.page_no) == ("临泽晚报", "2021-07-01", "01")
    assert one(record(date="2020"), issue).date == "2020"


def test_the_source_is_the_line():
    """Start and end are the characters of the record in its file, line ends left out."""
    text = "\n" + record(id="甲") + "\r\n\r\n" + record(id="乙")
    a, b = read(text)
    assert json.loads(text[a.source.start : a.source.end])["id"] == "甲"
    assert json.loads(text[b.source.start : b.source.end])["id"] == "乙"
    assert a.source.path == "c/a.jsonl"


def test_line_ends_become_lf_and_control_characters_go():
    """CRLF, CR and the Unicode separators end paragraphs; NUL and its like are dropped."""
    a = one(record(body="甲\r\n乙\r丙\u2029丁\t\x00\x1b\x85戊", title="一\n二\x07"))
    assert a.body == "甲\n乙\n丙\n丁\t\n戊"
    assert a.title == "一 二"


@pytest.mark.parametrize("separator", "、,，；;")
def test_authors_may_be_one_string(separator):
    """People write lists in many ways; a space may be part of a name."""
    assert one(record(authors=f"王小满{separator} Amy Li")).authors == ("王小满", "Amy Li")


def test_blank_authors_are_left_out():
    """An empty name is no author."""
    assert one(record(authors=["", " 王小满 ", "\u200b"])).authors == ("王小满",)
    assert one(record(authors=None)).authors == one(record(authors="")).authors == ()


REJECTED = {
    "no body": '{"title": "没有正文"}',
    "blank body": record(body=" \n\u3000\u200b"),
    "body null": record(body=None),
    "body number": record(body=5),
    "title list": record(title=["a"]),
    "page number": record(page_no=3),
    "authors number": record(authors=0),
    "authors of numbers": record(authors=["a", 1]),
    "id number": record(id=7),
    "id long": record(id="x" * 129),
    "id path": record(id="../../x"),
    "id dots": record(id=".."),
    "date month": record(date="2020-13-45"),
    "date 30 February": record(date="2021-02-30"),
    "date zero": record(date="0000"),
    "date long": record(date="99999"),
    "date time": record(date="2021-07-01T08:00:00Z"),
    "date wide": record(date="２０２１"),
    "long body": record(body="文" * 1_000_001),
    "long title": record(title="文" * 1_000_001),
    "lone surrogate": '{"body": "\\ud800正文"}',
    "lone surrogate in authors": '{"body": "正文", "authors": ["\\udfff"]}',
    "NaN": '{"body": "正文", "n": NaN}',
    "infinity": '{"body": "正文", "n": -Infinity}',
    "huge integer": '{"body": "正文", "n": ' + "9" * 100_000 + "}",
    "depth": "[" * 100_000,
    "depth of objects": '{"a":' * 100_000,
    "list": '["正文"]',
    "string": '"正文"',
    "number": "5",
    "two objects": "{} {}",
    "cut off": '{"id": "x2", "body": "半行',
    "no JSON": "正文",
}


@pytest.mark.parametrize("line", REJECTED.values(), ids=REJECTED)
def test_a_bad_record_is_rejected_with_its_line_and_the_others_are_read(line):
    """File, line, a short reason and a remedy; never half a record, never an exception."""
    before, bad, after = read("\n".join([record(id="1"), line, record(id="2")]))
    assert (before.id, after.id) == ("1", "2")
    assert isinstance(bad, Reject)
    assert str(bad).startswith("c/a.jsonl:2: ")
    assert 0 < len(bad.reason) < 120
    assert 0 < len(bad.remedy) < 120
    assert (bad.reason + bad.remedy).isprintable()


def test_a_million_characters_are_an_article():
    """The cap is the first length that is refused; no punctuation, no slowness."""
    assert isinstance(one(record(title="题", body="文" * 999_999)), Article)


def test_blank_lines_and_empty_files_are_silent():
    """There is nothing to reject in nothing."""
    assert read("") == read("\n \r\n\t\n") == []


def test_other_line_ends_inside_json_do_not_end_the_record():
    """U+2028 and NEL are ordinary characters of a JSON string."""
    (a,) = read('{"body": "甲\u2028乙\x85丙"}\n')
    assert a.body == "甲\n乙\n丙"


def test_byte_order_marks_of_joined_files_are_passed_over():
    """Two files with marks joined to one are read whole."""
    assert len(read(record(id="1") + "\n\ufeff" + record(id="2"))) == 2


@pytest.mark.parametrize("text", ["2020", "2020-02", "2020-02-29", "1893-12-31"])
def test_dates_of_any_precision(text):
    """A year, a month or a day."""
    assert is_date(text)


@pytest.mark.parametrize(
    "text", ["", "20", "2020-1-1", "2021-02-29", "2020-00", "20200101", "2020-"]
)
def test_no_dates(text):
    """What the calendar does not have, or ISO 8601 writes otherwise."""
    assert not is_date(text)


TITLES = {
    "今天下雨。明天晴。": "今天下雨",
    "他说：“好！”大家笑了。": "他说：“好！”",
    "\n\u200b\n　　短讯\n第二段。": "短讯",
    "昨日，防汛会议在市政府礼堂召开，" + "字" * 30: "昨日，防汛会议在市政府礼堂召开",
    "昨日，" + "字" * 40: "昨日，" + "字" * 37,
    "Night markets are open again along the river.": "Night markets are open again along the",
    "工业增加值同比增长3,500亿元而且" + "字" * 30: "工业增加值同比增长3,500亿元而且" + "字" * 22,
    "。。。": "。。。",
}


@pytest.mark.parametrize(("body", "title"), TITLES.items())
def test_a_title_is_derived_from_the_first_sentence(body, title):
    """A short sentence whole, of a long one whole clauses, else forty characters."""
    assert derived_title(body) == title


@given(st.text(alphabet="甲a1 ，。！”\n\t\u200b\u3000,", max_size=80))
def test_a_derived_title_stands_in_the_body(body):
    """Never longer than 40 characters, never blank for a body that is not."""
    title = derived_title(body)
    assert title in body
    assert len(title) <= 40
    assert title == title.strip()
    assert is_blank(title) == is_blank(body)
