"""Articles that run over several pages of an issue are found as one."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from search_app.articles import IMPORTERS
from search_app.articles.base import BinaryFile, BinaryImporter, SourceFile
from search_app.articles.corpus.continued import join_continued
from search_app.articles.corpus.reader import read_corpus
from search_app.articles.pages import PAGE_PARSERS
from search_app.model import Article, Reject, Source
from search_app.query.highlight import body_places
from search_app.text.repair import squeeze


def piece(page: str, body: str, title: str | None = None) -> Article:
    source = Source(f"报/2023-06-12/{page}.txt", 0, 1)
    head = title or body[:8]
    return Article(
        id=body[:9], title=head, title_is_derived=not title, body=body, source=source, page_no=page,
        printed="\n".join(filter(None, (title, body))),
    )  # fmt: skip


FIRST = piece("A01", "河堤加固工程昨天完工，渡口重新开放。（下转A03版）", "河堤完工 渡口开放")
SECOND = piece("A03", "（上接A01版）河堤全长三公里，渡口的船已经试航。")
OTHER = piece("A01", "图书馆新馆今天开馆，读者排起长队。（下转A03版）", "图书馆新馆开馆")
REST = piece("A03", "（上接A01版）新馆有读者座位八百个，图书馆周一闭馆。")


def test_what_goes_on_elsewhere_is_one_article() -> None:
    """In the place of the first piece, with all text and the id of the whole."""
    whole, none = join_continued([FIRST, SECOND])
    assert none is None
    assert whole is not None
    assert whole.body == (
        "河堤加固工程昨天完工，渡口重新开放。\n河堤全长三公里，渡口的船已经试航。"
    )
    assert (whole.title, whole.page_no) == (FIRST.title, "A01")
    assert whole.continued == (SECOND.source,)
    assert whole.id not in (FIRST.id, SECOND.id)


def test_words_tell_which_of_two_goes_on() -> None:
    """Both go from the first page to the third."""
    found = join_continued([FIRST, OTHER, REST, SECOND])
    continued = [article.continued if article else None for article in found]
    assert continued == [(SECOND.source,), (REST.source,), None, None]


@pytest.mark.parametrize(
    ("going", "coming", "pages"),
    [
        ("（下转第二版）", "（上接第一版）", ("01", "02")),
        ("（下转 2 版）", "（上接 1 版）", ("A01", "A02")),
        ("(下转B12版《全文》)", "（紧上接B1版）", ("B01", "B12")),
        ("（下转十二版）", "（上接十版）", ("10", "12")),
        ("▶▶下转A02版", "◀上接A01版", ("A01", "A02")),
        ("下转2版→", "←上接1版", ("01", "02")),
    ],
)
def test_a_page_may_be_written_in_several_ways(
    going: str, coming: str, pages: tuple[str, str]
) -> None:
    """A letter counts only where the note and the page both have one."""
    first, second = piece(pages[0], f"一段文字。{going}"), piece(pages[1], f"{coming}另一段文字。")
    whole, none = join_continued([first, second])
    assert (whole and whole.body, none) == ("一段文字。\n另一段文字。", None)


@pytest.mark.parametrize(
    ("going", "coming"),
    [
        ("（下转A04版）", "（上接A01版）"),
        ("（下转A03版）", "（上接A02版）"),
        ("（下转A03版）", "别的文字"),
        ("别的文字", "（上接A01版）"),
        ("（下转B03版）", "（上接A01版）"),
    ],
)
def test_notes_must_meet(going: str, coming: str) -> None:
    """A note that leads nowhere leaves the article as it is."""
    pieces = [piece("A01", f"一段文字。{going}"), piece("A03", f"{coming}另一段文字。")]
    assert join_continued(pieces) == pieces


def test_where_nothing_tells_them_apart_pieces_stay() -> None:
    """Two that share no words with either end."""
    pieces = [piece("A01", f"{c * 4}。（下转A03版）") for c in "甲乙"]
    pieces += [piece("A03", f"（上接A01版）{c * 4}") for c in "丙丁"]
    assert join_continued(pieces) == pieces


def test_an_article_may_go_on_twice() -> None:
    """From the third page to the fourth."""
    middle = piece("A03", "（上接A01版）河堤全长三公里。（下转A04版）")
    last = piece("A04", "（上接A03版）渡口的船已经试航。")
    whole, *rest = join_continued([FIRST, middle, last])
    assert whole is not None
    assert rest == [None, None]
    assert whole.body.split("\n") == [
        "河堤加固工程昨天完工，渡口重新开放。",
        "河堤全长三公里。",
        "渡口的船已经试航。",
    ]
    assert whole.continued == (middle.source, last.source)


def test_of_two_that_name_each_other_nothing_is_lost() -> None:
    """Whatever notes say, nothing goes round."""
    pieces = [
        piece("A01", "（上接A02版）一段文字。（下转A02版）"),
        piece("A02", "（上接A01版）另一段文字。（下转A01版）"),
    ]
    (whole,) = filter(None, join_continued(pieces))
    assert len(whole.continued) == 1
    assert "另一段文字。" in whole.body


def test_very_many_that_go_the_same_way_stay_and_take_no_time() -> None:
    """No newspaper has them, but a file may."""
    pieces = [piece("A01", f"第{n}段文字。（下转A02版）") for n in range(5_000)]
    pieces += [piece("A02", f"（上接A01版）第{n}段文字。") for n in range(5_000)]
    assert join_continued(pieces) == pieces


PAGES = {
    "A01": """河堤完工 渡口开放
本报讯（记者沈嘉言）河堤加固工程昨天
完工，渡口重新开放，第一班船载了四十
（下转A03版）
""",
    "A02": """市图书馆今天闭馆
本报讯（记者马晓舟）市图书馆今天闭馆
一天，清点图书，明天照常开放。
""",
    "A03": """（上接A01版）个人。河堤全长三公里，渡
口的船上月已经试航，船票仍是两元。
""",
}


def corpus(folder: Path, pages: Mapping[str, str]) -> Path:
    for name, text in pages.items():
        path = folder / "澜州日报" / "2023-06-12" / f"{name}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_pages_of_an_issue_are_read_together(tmp_path: Path) -> None:
    """However small or many the parts are that a build reads."""
    found = [a for a in read_corpus(corpus(tmp_path, PAGES)) if isinstance(a, Article)]
    articles = [article for article in found if article.kind == "article"]
    assert [a.title for a in articles] == ["河堤完工 渡口开放", "市图书馆今天闭馆"]
    assert "第一班船载了四十个人。" in articles[0].body
    assert articles[0].body.endswith("船票仍是两元。")
    printed = articles[0].printed or ""
    places = body_places(articles[0].body, printed)
    assert squeeze("".join(printed[place] for place in places)) == squeeze(articles[0].body)
    assert [Path(s.path).name for s in articles[0].continued] == ["A03.txt"]


def test_a_page_alone_keeps_its_piece(tmp_path: Path) -> None:
    """What it continues may lie nowhere."""
    lone = {"A03": PAGES["A03"]}
    (article,) = read_corpus(corpus(tmp_path, lone))
    assert isinstance(article, Article)
    assert article.continued == ()


@pytest.mark.parametrize("withdrawn", range(3))
def test_what_is_withdrawn_is_not_shown_by_being_joined(tmp_path: Path, withdrawn: int) -> None:
    """Either piece may have been withdrawn before the other came, or the whole since."""
    ids = []
    for names in (("A01",), ("A03",), ("A01", "A03")):
        folder = corpus(tmp_path / "-".join(names), {name: PAGES[name] for name in names})
        (article,) = read_corpus(folder)
        assert isinstance(article, Article)
        ids.append(article.id)
    (folder / "withdrawn.txt").write_text(f"{ids[withdrawn]}\t申请撤稿\n", encoding="utf-8")
    (article,) = read_corpus(folder)
    assert isinstance(article, Article)
    assert (article.id, article.kind) == (ids[2], "withdrawn")


@pytest.mark.parametrize("held", ["A01", "A03"])
def test_what_is_held_back_on_one_page_is_held_back_whole(tmp_path: Path, held: str) -> None:
    """Rights may differ by the pattern of a page's path."""
    folder = corpus(tmp_path, PAGES)
    (folder / "corpus.toml").write_text(
        f'[[source]]\nfolder = "."\npattern = "{held}.txt"\nfull_text = false\n'
        '[[source]]\nfolder = "."\n',
        encoding="utf-8",
    )
    found = [a for a in read_corpus(folder) if isinstance(a, Article)]
    assert [article.full_text for article in found] == [False, True]


def test_pages_are_read_together_however_large_their_files_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pictures make a PDF larger than all text of an issue."""

    @BinaryImporter
    def as_text(file: BinaryFile) -> Iterator[Article | Reject]:
        return PAGE_PARSERS["default"](SourceFile(file.path, file.data.decode(), file.issue))

    monkeypatch.setitem(IMPORTERS.own, ".pdf", as_text)
    for path in corpus(tmp_path, PAGES).rglob("*.txt"):
        path.with_suffix(".pdf").write_text(path.read_text("utf-8") + " " * 3_000_000, "utf-8")
        path.unlink()
    found = [a for a in read_corpus(tmp_path) if isinstance(a, Article) and a.continued]
    assert [Path(a.source.path).name for a in found] == ["A01.pdf"]
