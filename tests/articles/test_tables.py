"""CSV and TSV: header names, uneven rows, open quotes; one bad row is one reject."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_app.articles.base import Issue, Origin, SourceFile
from search_app.articles.derive import is_blank
from search_app.articles.records.tables import COLUMNS, iso_date, read_csv, read_tsv
from search_app.model import Article, Reject

HEADER = "编号,标题,正文\n"


def read(text: str, **columns: str) -> list[Article | Reject]:
    return list(read_csv(SourceFile("c/a.csv", text, origin=Origin(columns=columns))))


def told(items: list[Article | Reject]) -> list[str]:
    """Ids of articles; line and reason of rejects."""
    return [i.id if isinstance(i, Article) else f"{i.line}: {i.reason}" for i in items]


def test_a_row_is_an_article_with_its_place():
    """Cells may hold commas, quotes and lines; offsets are those of the row."""
    text = HEADER + 'a1,题,"正文，“引”，\r\n又""一""段"\r\na2,,b\n'
    first, second = read(text)
    assert (first.id, first.title, first.body) == ("a1", "题", '正文，“引”，\n又"一"段')
    assert text[first.source.start : first.source.end] == 'a1,题,"正文，“引”，\r\n又""一""段"'
    assert text[second.source.start : second.source.end] == "a2,,b"
    assert second.title_is_derived


def test_chinese_and_english_names_of_columns_are_known():
    """In any order, with blanks and capitals; columns nobody knows are left out."""
    text = "报纸,版面, Date ,作者,BODY,页数,来稿\n澜州日报,A01,2020年1月8日,周岚、王　强,正文,3,x\n"
    (a,) = read(text)
    assert (a.newspaper, a.page_no, a.date) == ("澜州日报", "A01", "2020-01-08")
    assert a.authors == ("周岚", "王　强")
    assert set(COLUMNS.values()) == set(filter(str.isascii, COLUMNS))


def test_what_the_place_says_is_used_where_a_cell_is_blank():
    """As in every kind of record."""
    issue = Issue("临泽日报", "2021-07-01", None)
    first, second = read_csv(SourceFile("a.csv", "日期,正文\n,甲\n2021/7/2,乙\n", issue))
    assert (first.date, first.newspaper, second.date) == ("2021-07-01", "临泽日报", "2021-07-02")


def test_columns_can_be_named():
    """Over a known name, which then counts no more."""
    text = "稿件标题,标题,内容,正文\n题,类,甲,乙\n"
    assert told(read(text)) == ["1: two columns for body"]
    (a,) = read(text, 稿件标题="title", 内容="body")
    assert (a.title, a.body) == ("题", "甲")


@pytest.mark.parametrize(
    ("text", "columns", "reason"),
    [
        ("标题,作者\n题,甲\n", {}, "1: no column for the text"),
        ("\n\n标题,title,正文\n题,题,文\n", {}, "3: two columns for title"),
        ("正文\n文\n", {"稿件": "title"}, "1: no column '稿件', which corpus.toml names"),
        ('"正文\n文\n', {}, "1: a quote that is not closed, or closes within its cell"),
        ("正文\r甲\r", {}, "1: no row of a table"),
    ],
)
def test_a_table_without_a_usable_first_row_is_one_reject(text, columns, reason):
    """Nothing is guessed from what stands below."""
    (said,) = told(read(text, **columns))
    assert said.startswith(reason)


def test_uneven_rows_are_rejected_and_the_others_read():
    """With their lines; blank rows are nothing."""
    items = read(HEADER + "a1,题,文\na2,题\n\n,,\na3,题,文,又\na4,题,文\n")
    assert told(items) == [
        "a1",
        "3: cells: 2 instead of 3",
        "6: cells: 4 instead of 3",
        "a4",
    ]


@pytest.mark.parametrize("bad", ['a2,题,"文', 'a2,"题,文', 'a2,题,"文"又', '"'])
def test_a_quote_without_its_partner_costs_one_row(bad):
    """Whether the rows behind it hold quotes or none."""
    for following in ("a3,题,文\n", 'a3,"题","文"\n'):
        items = read(HEADER + "a1,题,文\n" + bad + "\n" + following * 1)
        assert told(items)[0::2] == ["a1", "a3"]
        assert told(items)[1] == "3: a quote that is not closed, or closes within its cell"


def test_a_giant_cell_is_one_reject():
    """Over many lines, within quotes or without."""
    giant = "文字\n" * 400_000
    items = read(HEADER + f'a1,题,"{giant}"\na2,题,{"文" * 1_000_001}\na3,题,文\n')
    assert told(items) == [
        "2: 1,200,001 characters long",
        "400003: 1,000,002 characters long",
        "a3",
    ]


def test_many_open_quotes_take_no_longer_than_one():
    """Each is looked for no further than to the next quote."""
    items = read(HEADER + 'a,题,"文\n' * 20_000)
    assert len(items) == 20_000
    assert all(isinstance(item, Reject) for item in items)


def test_quotes_that_every_row_leaves_open_take_no_time():
    """However it is read, each line ends within a cell; rows of one line are read behind them."""
    items = read(HEADER + 'a","c\n' * 100_000 + "a1,题,文\n")
    assert len(items) == 100_001
    assert told(items)[-1] == "a1"


def test_tabs_part_the_cells_of_a_tsv():
    """And commas do not."""
    (a,) = read_tsv(SourceFile("a.tsv", "标题\t正文\n一,二\t三,四\n"))
    assert (a.title, a.body) == ("一,二", "三,四")


DATES = {
    "2020年1月28日": "2020-01-28",
    "2020年01月": "2020-01",
    "2020年": "2020",
    "2020/1/28": "2020-01-28",
    "2020.01.28": "2020-01-28",
    "2020-1-8 09:30:00": "2020-01-08",
    "２０２０年１月８日": "2020-01-08",
    "20200128": "2020-01-28",
    "2020-01": "2020-01",
    "2020": "2020",
    "1月28日": "1月28日",
    "2020/13/45": "2020-13-45",
}


@pytest.mark.parametrize(("text", "iso"), DATES.items())
def test_dates_of_tables_are_read(text, iso):
    """Whether there is such a day is checked as in every record."""
    assert iso_date(text) == iso
    (item,) = read(f"正文,日期\n文,{text}\n")
    assert isinstance(item, Reject) == (iso in ("1月28日", "2020-13-45"))


CELLS = st.text(alphabet='",\n甲a ', max_size=6)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=8), st.sampled_from(["\n", "\r\n"]))
def test_what_a_writer_of_tables_writes_is_read(rows, end):
    """Each row that has a text is the article that says so, in its place."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator=end).writerows([("title", "body"), *rows])
    text = buffer.getvalue()
    items = [item for item in read(text) if isinstance(item, Article)]
    bodies = [body for _, body in rows if not is_blank(body)]
    assert ["".join(a.body.split()) for a in items] == ["".join(body.split()) for body in bodies]
    for item in items:
        (cells,) = csv.reader(io.StringIO(text[item.source.start : item.source.end], newline=""))
        assert "".join(cells[1].split()) == "".join(item.body.split())


@given(st.text(alphabet='",\n\r甲a ', max_size=60))
def test_nothing_in_a_table_raises(text):
    """Articles and rejects, on rising lines."""
    items = read(HEADER + text)
    lines = [item.line for item in items if isinstance(item, Reject)]
    assert lines == sorted(lines)
