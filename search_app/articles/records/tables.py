"""CSV and TSV: an article a row; the first row names the fields, in English or in Chinese."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

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
    """A day, month or year as tables have it (2020年1月28日, 2020/1/28, 20200128) in ISO 8601.

    A time behind it is left out; what is no date stays as it is.
    """
    # Only whether it is a date as tables write them; whether there is such a day is checked later.
    for pattern in _DATES:
        if date := pattern.fullmatch(text.strip()):
            year, *month_and_day = filter(None, date.groups())
            numbers = [f"{int(year):04}"]
            for number in month_and_day:
                numbers.append(f"{int(number):02}")
            return "-".join(numbers)
    return text


def _read_table(file: SourceFile, delimiter: str) -> Iterator[Article | Reject]:
    fields: list[str | None] = []
    for row in _table_rows(file.text, delimiter):
        try:
            if not fields:
                fields = _fields_of_columns(row.checked(), file.origin.columns)
                continue
            record = _record_of_row(fields, row.checked())
        except RecordError as e:
            yield Reject(file.path, row.line, e.reason, e.remedy)
            if not fields:
                return
        else:
            source = Source(file.path, row.start, row.end)
            yield article_from_record(record, source, file.issue, row.line)


class _Row(NamedTuple):
    """A row that is not blank: its line, the range of its characters, its cells if it has any."""

    line: int
    start: int
    end: int
    cells: list[str] | csv.Error

    def checked(self) -> list[str]:
        if isinstance(self.cells, list):
            return self.cells
        if re.search("expected after|unexpected end", str(self.cells)):
            reason = "a quote that is not closed, or closes within its cell"
            raise RecordError(reason, "close each quote; within a cell write it twice")
        raise RecordError(f"no row of a table ({self.cells})", "end each row with a line feed")


def _table_rows(text: str, delimiter: str) -> Iterator[_Row]:
    """The rows of a table; one that cannot be read ends with its first line."""
    start, number, spare = 0, 1, _SPARE
    while start < len(text):
        lines = _LineFeed(text, start, min(_FARTHEST, spare))
        cells: list[str] | csv.Error
        try:
            cells = next(csv.reader(lines, delimiter=delimiter, strict=True))
            spare += lines.end - start
        except csv.Error as e:
            spare -= lines.end - lines.first_end
            cells, lines.end = e, lines.first_end
        if isinstance(cells, csv.Error) or any(map(str.strip, cells)):
            end = start + len(text[start : lines.end].rstrip("\r\n"))
            yield _Row(number, start, end, cells)
        number += text.count("\n", start, lines.end)
        start = lines.end


class _LineFeed:
    """Gives a csv reader the lines of a text that begin within a reach, and counts how far.

    Only so can a row with an open quote be given up and read again from its second line.
    """

    def __init__(self, text: str, start: int, reach: int) -> None:
        self._text, self.end = text, start
        self._last = min(len(text), start + max(1, reach))
        self.first_end = self._next_end()

    def __iter__(self) -> "_LineFeed":
        return self

    def __next__(self) -> str:
        if self.end >= self._last:
            raise StopIteration
        start, self.end = self.end, self._next_end()
        return self._text[start : self.end]

    def _next_end(self) -> int:
        return self._text.find("\n", self.end) + 1 or len(self._text)


def _fields_of_columns(header: Sequence[str], columns: Mapping[str, str]) -> list[str | None]:
    """The field that each column holds, None for columns that are not read."""
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
            where = "say in corpus.toml which of them it is"
            raise RecordError(f"two columns for {field}", where)
    if "body" not in fields:
        remedy = "call it body or 正文, or say in corpus.toml which it is"
        raise RecordError("no column for the text", remedy)
    return fields


def _record_of_row(fields: Sequence[str | None], cells: Sequence[str]) -> dict[str, object]:
    if len(cells) != len(fields):
        reason = f"cells: {len(cells)} instead of {len(fields)}"
        raise RecordError(reason, "give it as many as the first row has")
    record: dict[str, object] = {}
    for field, cell in zip(fields, cells, strict=True):
        if field == "date":
            cell = iso_date(cell)
        if field:
            record[field] = cell
    return record
