"""What is taken away: complete, in order, safe in a spreadsheet, of one generation."""

import csv
import io
import json
import re
import threading

import pytest

from search_app.errors import DamagedIndex, NoIndex, QueryTooCostly
from search_app.model import Article, Source
from search_app.service import citing
from search_app.web import exports, worker
from search_app.web.exports import FORMATS, STREAMS
from search_app.web.params import ExportParams, SearchParams

LINE = [
    "id", "url", "title", "title_is_derived", "kicker", "subtitle", "newspaper", "date", "page_no",
    "authors", "agency", "place", "reprints", "byline", "section", "body", "source",
]  # fmt: skip


def article(**given):
    source = Source("a.txt", 0, 9)
    return Article(**{"id": "x1", "title": "标题", "body": "正文", "source": source, **given})


def lines(client, query):
    return list(map(json.loads, client.get(f"/api/v1/export.jsonl?{query}").text.splitlines()))


def slots():
    """How many streams may begin now."""
    free = 0
    while exports._streams.acquire(blocking=False):
        free += 1
    for _ in range(free):
        exports._streams.release()
    return free


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
def test_lines_are_the_results_of_the_search_in_its_order(client, sort):
    """All of them, whatever a page shows."""
    exported = lines(client, f"q=会议&sort={sort}")
    page = client.get(f"/api/v1/search?q=会议&per_page=100&relax=no&sort={sort}").json
    assert [line["id"] for line in exported] == [hit["id"] for hit in page["hits"]]
    assert list(exported[0]) == LINE
    assert len(lines(client, f"q=会议&sort={sort}&limit=2")) == 2
    assert lines(client, f"q=会议&sort={sort}&limit=2") == exported[:2]


def test_weaker_matches_are_added_only_where_that_is_asked(client):
    """A search adds them by itself."""
    assert not lines(client, "q=防汛抗旱 没有的词")
    assert lines(client, "q=防汛抗旱 没有的词&relax=yes")


@pytest.mark.parametrize(
    "query",
    ["q=", "", "q=x&page=1", "q=x&per_page=5", "q=x&cursor=*", "q=x&facets=year", "q=x&limit=0",
     "q=x&limit=1000001", "q=x&limit=１", "q=x&facet_limit=3", "q=x&histogram=month", "q=-x",
     "q=x&from=2021&to=2020", "q=x&nosuch=1"],
)  # fmt: skip
@pytest.mark.parametrize("ending", FORMATS)
def test_what_is_wrong_is_told_before_the_answer_begins(client, ending, query):
    """As with every other endpoint; no slot is kept."""
    answer = client.get(f"/api/v1/export.{ending}?{query}")
    assert answer.status_code == 400
    assert answer.content_type.startswith("application/problem+json")
    assert slots() == STREAMS


def test_without_an_index_an_export_is_not_ready(client, service):
    """A 503, and the slot is free again."""
    service.index.error = NoIndex("there is no index; run search-app rebuild")
    assert client.get("/api/v1/export.csv?q=会议").status_code == 503
    assert slots() == STREAMS


def test_limits_are_those_of_the_description():
    """A million is allowed."""
    assert ExportParams.read(b"q=x&limit=1000000").limit == 1_000_000
    assert ExportParams.read(b"q=x").limit is None


def test_cells_cannot_be_run_by_a_spreadsheet():
    """An apostrophe stands before what begins as a formula, in every column."""
    for sign in "=+-@\t\r":
        given = article(title=f"{sign}1", body=f"{sign}2", byline=f"{sign}3", authors=(f"{sign}4",))
        row = FORMATS["csv"].row(exports.ExportedArticle(given, 0), "")
        (cells,) = csv.reader(io.StringIO(row, newline=""))
        assert [cell for cell in cells if cell.startswith("'")] == [
            f"'{sign}1", f"'{sign}4", f"'{sign}3", f"'{sign}2",
        ]  # fmt: skip


def test_cells_keep_quotes_commas_and_lines():
    """What CSV quotes is read back as it was."""
    body = '第一段，"引号"\n第二段,逗号'
    row = FORMATS["csv"].row(exports.ExportedArticle(article(body=body), 0), "")
    (cells,) = csv.reader(io.StringIO(row, newline=""))
    assert cells[-1] == body
    assert row.endswith("\r\n")


def test_a_csv_begins_with_the_mark_and_its_columns(client):
    """The mark tells Excel that it is UTF-8."""
    answer = client.get("/api/v1/export.csv?q=会议")
    assert answer.data.startswith(b"\xef\xbb\xbfid,url,title,kicker,subtitle,newspaper,date,")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert (
        "filename*=UTF-8''%E5%AF%BB%E7%AB%A0%20%E4%BC%9A%E8%AE%AE.csv"
        in (answer.headers["Content-Disposition"])
    )


def test_a_line_of_json_is_one_line_to_every_program():
    """Other signs that end lines are escaped, and are read back."""
    given = article(title="甲\u2028乙\x85丙\u2029丁\n戊\x1c")
    row = FORMATS["jsonl"].row(exports.ExportedArticle(given, 0), "")
    (line,) = row.splitlines()
    assert json.loads(line)["title"] == given.title


def test_names_of_files_are_no_paths(client, service):
    """What a title or query says becomes nothing but a name."""
    odd = article(id="x", title="../..\u202egnp|<会议>\n")
    service.index.engine = type(service.index.engine)([odd], service.index.analyser)
    given = client.get("/articles/x.ris").headers["Content-Disposition"]
    assert given == (
        'attachment; filename="search_app.ris"; '
        "filename*=UTF-8''%5BU%2B202E%5Dgnp%20%E4%BC%9A%E8%AE%AE.ris"
    )


def test_a_query_that_costs_too_much_is_refused_before_the_answer_begins(client, service):
    """A 503 of its own, without a time to come back."""

    def costly(query, window):
        raise QueryTooCostly("too many postings")
        yield

    service.index.engine.walk = costly
    answer = client.get("/api/v1/export.ris?q=会议")
    assert (answer.status_code, answer.json["title"]) == (503, "The query would take too long")
    assert "Retry-After" not in answer.headers
    assert slots() == STREAMS


def test_a_closed_text_is_given_in_no_format():
    """Not the body, not the print."""
    from search_app.service.exporting import with_rights

    closed = with_rights(article(body="绝密", printed="绝密", full_text=False))
    for form in FORMATS.values():
        assert "绝密" not in form.row(exports.ExportedArticle(closed, 0), "http://here")
    assert with_rights(article()) == article()


def test_a_stream_more_than_may_be_read_at_a_time_is_refused(client):
    """With when to come back; one that is closed half read makes room."""
    held = [client.get("/api/v1/export.jsonl?q=会议", buffered=False) for _ in range(STREAMS)]
    refused = client.get("/api/v1/export.jsonl?q=会议")
    assert refused.status_code == 503
    assert refused.json["type"] == "urn:search-app:problem:too_many_streams"
    assert int(refused.headers["Retry-After"]) > 0
    held.pop().close()
    assert client.get("/api/v1/export.jsonl?q=会议").status_code == 200
    for answer in held:
        answer.close()
    assert slots() == STREAMS


def test_streams_leave_threads_to_say_that_there_are_enough():
    """Exports have threads of their own in a worker, more than streams."""
    assert worker.EXPORT_THREADS > STREAMS


def test_head_asks_for_the_head_alone(client):
    """The query is judged; nothing is read, and no slot kept."""
    with client.head("/api/v1/export.csv?q=会议") as answer:
        assert (answer.status_code, answer.data) == (200, b"")
    assert client.head("/api/v1/export.csv?q=").status_code == 400
    assert slots() == STREAMS


def test_a_generation_is_held_to_the_end_of_a_stream(client, service, analyser, monkeypatch):
    """What is published meanwhile is for others."""
    monkeypatch.setattr("search_app.service.exporting._BATCH", 1)
    monkeypatch.setattr(exports, "_CHUNK", 1)
    with client.get("/api/v1/export.jsonl?q=会议&sort=newest", buffered=False) as answer:
        parts = iter(answer.response)
        begun = b"".join(next(parts) for _ in range(1))
        old, service.index.engine = service.index.engine, None
        text = (begun + b"".join(parts)).decode()
    service.index.engine = old
    assert len(text.splitlines()) == 4


def test_a_stream_comes_in_parts(client, monkeypatch):
    """Articles are read as the client reads, not before."""
    monkeypatch.setattr("search_app.service.exporting._BATCH", 1)
    monkeypatch.setattr(exports, "_CHUNK", 1)
    with client.get("/api/v1/export.jsonl?q=会议", buffered=False) as answer:
        assert answer.is_streamed
        assert "Content-Length" not in answer.headers
        chunks = [chunk for chunk in answer.response if chunk]
    assert len(chunks) == 4
    assert slots() == STREAMS


def test_damage_in_the_middle_breaks_the_stream_off(client, service, monkeypatch):
    """The client must not take a part for the whole: the error reaches the server."""
    monkeypatch.setattr("search_app.service.exporting._BATCH", 1)
    monkeypatch.setattr(exports, "_CHUNK", 1)
    with client.get("/api/v1/export.jsonl?q=会议", buffered=False) as answer:
        parts = iter(answer.response)
        next(parts)

        def damaged(ids):
            raise DamagedIndex("gone")

        monkeypatch.setattr(service.index.engine, "articles", damaged)
        with pytest.raises(ConnectionAbortedError):
            list(parts)
    assert slots() == STREAMS


def test_slots_are_counted_over_threads(client, app):
    """Many at once: as many as may be are answered, the others refused, none lost."""
    held, refused = [], []

    def ask():
        answer = app.test_client().get("/api/v1/export.ris?q=会议", buffered=False)
        (held if answer.status_code == 200 else refused).append(answer)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert (len(held), len(refused)) == (STREAMS, 8 - STREAMS)
    for answer in held:
        answer.close()
    assert slots() == STREAMS


def test_a_record_of_ris_has_its_tags_in_order():
    """A line for each author; the date with slashes; one line a value."""
    given = article(
        title="标题\n第二行", authors=("周岚", "丁志成"), newspaper="开放日报", date="2021-07-02",
        page_no="A1",
    )  # fmt: skip
    assert citing.ris(given, "http://here/articles/x1").split("\r\n") == [
        "TY  - NEWS", "TI  - 标题 第二行", "AU  - 周岚", "AU  - 丁志成", "T2  - 开放日报",
        "PY  - 2021", "DA  - 2021/07/02", "SP  - A1", "UR  - http://here/articles/x1", "ER  - ",
        "", "",
    ]  # fmt: skip


def test_what_is_missing_is_left_out():
    """No empty tag, no empty field; a title that is not printed stands in brackets."""
    bare = article(title_is_derived=True)
    assert citing.ris(bare, "u") == "TY  - NEWS\r\nTI  - [标题]\r\nUR  - u\r\nER  - \r\n\r\n"
    assert citing.bibtex(bare, "u") == "@article{x1,\n  title = {{[标题]}},\n  url = {u}\n}\n\n"


def test_bibtex_reads_its_entries_whole():
    """Signs of TeX are written out, and no brace of a title is left open."""
    given = article(
        title=r"100% {开 \ #1_a & b$ ~^", authors=("赵一鸣", "Lee and Sons", "丁, 志"),
        date="2021-07-02", newspaper="A&B",
    )  # fmt: skip
    entry = citing.bibtex(given, "http://here/articles/x1")
    assert r"100\% \textbraceleft{}开 \textbackslash{} \#1\_a \& b\$" in entry
    assert "author = {赵一鸣 and {Lee and Sons} and {丁, 志}}" in entry
    assert "year = {2021},\n  month = {7},\n  day = {2}" in entry
    assert entry.count("{") == entry.count("}")


def test_keys_of_bibtex_are_unique_and_stable():
    """Made of the id alone: what a key cannot hold is written as a number."""
    ids = ["a1", "a_1", "a 1", "周1", "周_1", "a{1", "a,1", "_5f_", "_"]
    keys = [citing.bibtex(article(id=i), "u").split("{")[1].split(",")[0] for i in ids]
    assert len(set(keys)) == len(ids)
    assert all(re.fullmatch("[A-Za-z0-9_.:-]+", key) for key in keys)
    assert keys[0] == "a1"


@pytest.mark.parametrize("ending", ["ris", "bib"])
def test_an_article_is_cited_as_in_an_export(client, ending):
    """With its address here; a file of its title."""
    one = client.get(f"/articles/a01.{ending}")
    assert one.text in client.get(f"/api/v1/export.{ending}?q=会议").text
    assert "http://localhost/articles/a01" in one.text
    assert one.headers["Content-Disposition"].startswith("attachment; ")
    assert client.head(f"/articles/a01.{ending}").status_code == 200


def test_citations_lead_where_their_articles_lead(client, service):
    """301 to the citation under the new id, 404, 410."""
    moved = client.get("/articles/旧 a.ris")
    assert (moved.status_code, moved.location) == (301, "/articles/a01.ris")
    assert client.get("/articles/nosuch.bib").status_code == 404


def test_an_id_that_ends_like_a_citation_keeps_its_page(client, service):
    """An address of an article always leads to that article."""
    service.index.engine = type(service.index.engine)(
        [article(id="卷.ris", title="卷宗")], service.index.analyser
    )
    assert "<h1>" in client.get("/articles/卷.ris").text
    assert client.get("/articles/卷.ris.ris").text.startswith("TY  - NEWS")


def test_what_pages_link_to_is_what_exports_take():
    """Nothing of a page that an export would refuse."""
    params = SearchParams.read(b"q=x&page=2&per_page=20&facets=year&sort=newest&year=2020")
    assert params.taken_by(ExportParams) == {"q": "x", "sort": "newest", "year": ("2020",)}


def test_pages_offer_what_they_show(client):
    """All results in each format and as a feed; one article as a citation."""
    page = client.get("/search?q=会议&sort=newest&per_page=2&page=2").text
    hrefs = re.findall(r'href="(/api/v1/export[^"]*|/feed.atom[^"]*)"', page)
    assert len(hrefs) == len(FORMATS) + 2
    for href in hrefs:
        with client.get(href.replace("&amp;", "&")) as answer:
            assert answer.status_code == 200
    (query,) = re.findall(r'href="/api/v1/export.jsonl\?([^"]*)"', page)
    listed = lines(client, "q=会议&sort=newest&collapse=reprints")
    assert lines(client, query.replace("&amp;", "&")) == listed
    article = client.get("/articles/a01").text
    assert 'href="/articles/a01.ris"' in article
    assert 'href="/articles/a01.bib"' in article
