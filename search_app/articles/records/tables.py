"""CSV and TSV: an article a row; the first row names the fields, in English or in Chinese."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence

from search_app.articles.base import LONGEST_DOCUMENT, SourceFile
from search_app.articles.records.checks import FIELDS, RecordError, article_from_record
from search_app.model import Article, Reject, Source

# Names that columns often have; others are given in corpus.toml.
COLUMNS: Mapping[str, str] = {
    **{field: field for field in sorted(FIELDS)},
    "编号": "id", "标题": "title", "题名": "title", "正文": "body", "内容": "body",
    "全文": "body", "日期": "date", "出版日期": "date", "发布日期": "date", "报纸": "newspaper",
    "报名": "newspaper", "报纸名称": "newspaper", "版": "page_no", "版面": "page_no",
    "版次": "page_no", "版号": "page_no", "栏目": "section", "版名": "section", "引题": "kicker",
    "肩题": "kicker", "副题": "subtitle", "副标题": "subtitle", "作者": "authors",
    "记者": "authors", "署名": "byline", "通讯社": "agency", "地点": "place", "网址": "url",
    "链接": "url",
}  # fmt: skip
# However long a cell is: what is too long for an article is rejected as one, not as many lines.
csv.field_size_limit(2**31 - 1)
# How far a quote that is open may be followed, and how many characters may be read once more for
# such quotes than rows had: then a row is a line. No row that becomes an article is so long, and
# without a limit a file of open quotes would take time by the square of its length.
_FARTHEST, _SPARE = 4 * LONGEST_DOCUMENT, 20 * LONGEST_DOCUMENT
_TIME = r"(?:[ T]+\d{1,2}:[\d:.]+)?"  # exports often have one; it is left out
_DATES = (
    re.compile(r"(\d{4})年(?:(\d{1,2})月(?:(\d{1,2})日)?)?" + _TIME),
    re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?" + _TIME),
    re.compile(r"(\d{4})(\d{2})(\d{2})" + _TIME),
)


def read_csv(file: SourceFile) -> Iterator[Article | Reject]:
    """An article or a reject for every row below the first that is not blank."""
    return _read_table(file, ",")


def read_tsv(file: SourceFile) -> Iterator[Article | Reject]:
    """As `read_csv`, with a tab between cells."""
    return _read_table(file, "\t")


def iso_date(text: str) -> str:
    """A day, month or year as tables have it (2020年1月28日, 2020/1/28, 20200128) in ISO 8601."""
    # What is no date stays as it is. Whether there is such a day is checked later.
    for pattern in _DATES:
        if date := pattern.fullmatch(text.strip()):
            numbers = zip(date.groups(), (4, 2, 2), strict=True)  # with their digits
            return "-".join(f"{int(number):0{width}}" for number, width in numbers if number)
    return text


def _read_table(file: SourceFile, delimiter: str) -> Iterator[Article | Reject]:
    fields: list[str | None] = []
    for line, start, end, cells in _table_rows(file.text, delimiter):
        try:
            if isinstance(cells, csv.Error):
                if re.search("expected after|unexpected end", str(cells)):
                    reason = "a quote that is not closed, or closes within its cell"
                    raise RecordError(reason, "close each quote; within a cell write it twice")
                reason = f"no row of a table ({cells})"
                raise RecordError(reason, "end each row with a line feed")
            if not fields:
                fields = _fields_of_columns(cells, file.origin.columns)
                continue
            if len(cells) != len(fields):
                reason = f"cells: {len(cells)} instead of {len(fields)}"
                raise RecordError(reason, "give it as many as the first row has")
        except RecordError as e:
            yield Reject(file.path, line, *e.args)
            if not fields:
                return
        else:
            # What is in columns that are not read is known as None, which nobody asks for.
            record = dict(zip(fields, cells, strict=True))
            if "date" in record:
                record["date"] = iso_date(record["date"])
            source = Source(file.path, start, end)
            yield article_from_record(record, source, file.issue, line)


# Line, range of characters and cells of all rows but blank ones.
# One that cannot be read ends with its first line.
def _table_rows(text: str, delimiter: str) -> Iterator[tuple[int, int, int, list[str] | csv.Error]]:
    start, number, spare = 0, 1, _SPARE
    while start < len(text):
        # A reader of its own for each row: only so one with an open quote can be given up, and read
        # again from its second line.
        ends: list[int] = []
        lines = _lines_within(text, start, min(_FARTHEST, spare), ends)
        cells: list[str] | csv.Error
        try:
            cells = next(csv.reader(lines, delimiter=delimiter, strict=True))
            spare += ends[-1] - start
        except csv.Error as e:
            spare -= ends[-1] - ends[0]
            cells, ends = e, ends[:1]
        if isinstance(cells, csv.Error) or any(map(str.strip, cells)):
            yield number, start, start + len(text[start : ends[-1]].rstrip("\r\n")), cells
        number += text.count("\n", start, ends[-1])
        start = ends[-1]


# The lines of a text that begin within a reach; adds to `ends` where each given one ends.
def _lines_within(text: str, start: int, reach: int, ends: list[int]) -> Iterator[str]:
    last = min(len(text), start + max(1, reach))
    while start < last:
        end = text.find("\n", start) + 1 or len(text)
        ends.append(end)
        yield text[start:end]
        start = end


# The field that each column holds, None for columns that are not read.
def _fields_of_columns(header: Sequence[str], columns: Mapping[str, str]) -> list[str | None]:
    names = [name.strip() for name in header]
    for name in columns:
        if name not in names:
            reason = f"no column {name!r}, which corpus.toml names"
            raise RecordError(reason, "mend the name there, or the table's first row")
    fields: list[str | None] = []
    for name in names:
        field = COLUMNS.get(name.lower())
        if field in columns.values():  # which corpus.toml has said where to find
            field = None
        fields.append(columns.get(name, field))
    for field in filter(None, fields):
        if fields.count(field) > 1:
            remedy = "say in corpus.toml which of them it is"
            raise RecordError(f"two columns for {field}", remedy)
    if "body" not in fields:
        remedy = "call it body or 正文, or say in corpus.toml which it is"
        raise RecordError("no column for the text", remedy)
    return fields
