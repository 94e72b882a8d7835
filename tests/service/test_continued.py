"""An article on two pages is found, shown and marked as one."""

from pathlib import Path

import pytest
from served import run

from search_app.articles.corpus.reader import read_corpus
from search_app.bootstrap import search_service
from search_app.errors import MovedArticle
from search_app.model import SearchRequest
from search_app.service.sheets import sheets
from search_app.settings import read_settings
from search_app.text.repair import squeeze

FIRST = """河堤完工 渡口开放
本报讯（记者沈嘉言）河堤加固工程昨天
完工，渡口重新开放，第一班船载了四十
（下转A03版）
"""
THIRD = """（上接A01版）个人。河堤全长三公里，渡
口的船上月已经试航，船票仍是两元。
"""


def test_a_sentence_across_pages_is_found_and_marked(tmp_path: Path) -> None:
    """In the text and on the page as it was printed, in both pieces."""
    issue = tmp_path / "corpus" / "澜州日报" / "2023-06-12"
    issue.mkdir(parents=True)
    for name, text in (("A01", FIRST), ("A03", THIRD)):
        (issue / f"{name}.txt").write_text(text, encoding="utf-8")
    index = tmp_path / "index"
    done = run("rebuild", "--corpus", issue.parents[1], "--index", index, "--jobs", "2")
    assert done.returncode == 0, done.stderr
    assert "read 1: 1 indexed" in done.stderr
    service = search_service(read_settings({"SEARCH_APP_INDEX": str(index)}))
    (hit,) = service.search(SearchRequest(q='"载了四十个人"')).hits
    view = service.article(hit.id, "四十个人")
    assert [Path(s.path).name for s in (view.source, *view.continued)] == ["A01.txt", "A03.txt"]
    printed = view.printed or ""
    marked = [printed[span.start : span.end] for span in view.printed_spans]
    assert "".join("".join(marked).split()).startswith("四十")
    assert marked[-1].endswith("个人")


def test_the_address_of_a_piece_leads_to_the_whole(tmp_path: Path) -> None:
    """Its page came before the one that it continues."""
    issue = tmp_path / "corpus" / "澜州日报" / "2023-06-12"
    issue.mkdir(parents=True)
    index = tmp_path / "index"
    service = search_service(read_settings({"SEARCH_APP_INDEX": str(index)}))
    ids = []
    for name, text in (("A03", THIRD), ("A01", FIRST)):
        (issue / f"{name}.txt").write_text(text, encoding="utf-8")
        done = run("rebuild", "--corpus", issue.parents[1], "--index", index, "--jobs", "1")
        assert done.returncode == 0, done.stderr
        ids += [hit.id for hit in service.search(SearchRequest(q="船票")).hits]
    piece, whole = ids
    with pytest.raises(MovedArticle) as moved:
        service.article(piece)
    assert moved.value.article_id == whole


def test_both_pages_show_their_lines_beside_it(tmp_path: Path) -> None:
    """Of the one article each sheet has what is printed there."""
    issue = tmp_path / "澜州日报" / "2023-06-12"
    issue.mkdir(parents=True)
    for name, text in (("A01", FIRST), ("A03", THIRD)):
        (issue / f"{name}.txt").write_text(text, encoding="utf-8")
    first, third = sheets(read_corpus(tmp_path))
    assert first.items == third.items
    for sheet, text in ((first, FIRST), (third, THIRD)):
        shown = "".join(piece for stretch in sheet.stretches for _, piece in stretch.pieces)
        assert squeeze(shown) == squeeze(text)


def test_a_page_that_came_first_is_one_sheet_too(tmp_path: Path) -> None:
    """An article may go on on a page before its own."""
    issue = tmp_path / "澜州日报" / "2023-06-12"
    issue.mkdir(parents=True)
    first, third = FIRST.replace("A03", "A01"), THIRD.replace("A01", "A03")
    third += (
        "\n市图书馆闭馆\n本报讯（记者马晓舟）市图书馆今天闭馆\n一天，清点图书，明天照常开放。\n"
    )
    for name, text in (("A01", third), ("A03", first)):
        (issue / f"{name}.txt").write_text(text, encoding="utf-8")
    found = list(sheets(read_corpus(tmp_path)))
    assert [(Path(s.path).stem, len(s.items)) for s in found] == [("A01", 2), ("A03", 1)]
