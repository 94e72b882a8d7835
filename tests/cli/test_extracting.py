"""`extract`: what is read from files, for people, for programs, and side by side."""

import json
import os
import pty
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest
from served import ROOT, SEARCH_APP, environment, run

from search_app.articles.corpus.reader import read_corpus
from search_app.model import Article

SCHEMA = ROOT.parent / "shared" / "contract" / "schema" / "extract.json"


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    """A record that looks like HTML, one without a body, a copy, and a withdrawn one."""
    records = [
        {"title": "<script>alert(1)</script>", "body": "甲 & 乙\u202e <b>"},
        {"title": "没有正文"},
        {"id": "w", "body": "撤下的文章。"},
    ]
    lines = [json.dumps(record, ensure_ascii=False) for record in [*records, records[0]]]
    (tmp_path / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "withdrawn.txt").write_text("w\t法院裁定\n", encoding="utf-8")
    return tmp_path


def on_terminal(*arguments: object, **more: str) -> str:
    """What a command shows on a terminal."""
    main, terminal = pty.openpty()
    try:
        subprocess.run(
            [SEARCH_APP, *map(str, arguments)],
            stdout=terminal,
            stderr=subprocess.DEVNULL,
            env=environment(TERM="xterm", **more),
            timeout=60,
            check=True,
        )
        return os.read(main, 100_000).decode()
    finally:
        os.close(main)
        os.close(terminal)


PAGES = sorted((ROOT / "corpus").rglob("*.txt"))


@pytest.fixture(scope="module")
def doubtful() -> Path:
    """A page of the sample newspaper with an article that its parser doubts."""
    return next(page for page in PAGES if any(kind == "doubtful" for kind, _ in found(page)))


@pytest.fixture(scope="module")
def furnished() -> Path:
    """A page with furniture."""
    return next(page for page in PAGES if any(kind == "furniture" for kind, _ in found(page)))


def found(page: Path) -> list[tuple[str, Article]]:
    articles = [item for item in read_corpus(page) if isinstance(item, Article)]
    return [("doubtful" if a.is_doubtful else a.kind, a) for a in articles]


def test_a_doubtful_article_is_marked_and_says_why(doubtful: Path) -> None:
    """Its number has a question mark, in colour where someone looks, and only there."""
    done = run("extract", doubtful)
    shown = [(kind, article) for kind, article in found(doubtful) if kind != "furniture"]
    marks = ["?" if kind == "doubtful" else "." for kind, _ in shown]
    assert re.findall(r"^ +\d+([.?]) ", done.stdout, re.MULTILINE) == marks
    for _, article in shown:
        why = "".join(f"; {doubt}" for doubt in article.doubts)
        assert f"confidence {article.confidence:.2f}{why}" in done.stdout
    assert "\x1b" not in done.stdout
    assert done.stderr.count(": furniture") == len(found(doubtful)) - len(shown)
    assert "\x1b[33m" in on_terminal("extract", doubtful)
    assert "\x1b" not in on_terminal("extract", doubtful, NO_COLOR="1")


def test_all_shows_furniture_in_its_place(furnished: Path) -> None:
    """Instead of naming it on stderr."""
    done = run("extract", "--all", furnished)
    kinds = ["-" if kind == "furniture" else "article" for kind, _ in found(furnished)]
    shown = re.findall(r"^ +(?:(-) furniture: |(\d+)[.?] )", done.stdout, re.MULTILINE)
    assert [dash or "article" for dash, _ in shown] == kinds
    assert done.stderr == ""


def test_lines_of_json_are_articles_only_unless_all_is_asked_for(messy: Path) -> None:
    """Then each line says of what kind it is; rejects are on stderr in any case."""
    done = run("extract", "--json", messy)
    articles = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.returncode, [a["kind"] for a in articles]) == (1, ["article"])
    assert len(done.stderr.splitlines()) == 3
    if SCHEMA.exists():
        jsonschema.validate(articles[0], json.loads(SCHEMA.read_text(encoding="utf-8")))
    every = run("extract", "--json", "--all", messy)
    lines = [json.loads(line) for line in every.stdout.splitlines()]
    assert [line["kind"] for line in lines] == ["article", "reject", "withdrawn", "reject"]
    assert lines[0] == articles[0]
    assert set(lines[1]) == {"kind", "path", "line", "reason", "remedy"}
    assert (every.returncode, lines[1]["line"], lines[3]["line"]) == (1, 2, 4)
    assert [line["path"] in every.stderr for line in (lines[1], lines[3])] == [True, True]


class Read(HTMLParser):
    """What a page holds: tags, ids, links, and the text of all elements of a class."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.others: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name == "href":
                self.links.append(value or "")
            elif name in ("src", "srcset", "action") or name.startswith("on"):
                self.others.add(name)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_holds_all_and_needs_nothing(tmp_path: Path) -> None:
    """Every printed character, every article; links lead to places in it; nothing is fetched."""
    out = tmp_path / "out.html"
    done = run("extract", "--html", out, ROOT / "corpus")
    assert (done.returncode, done.stdout) == (0, "")
    assert "101 articles" in done.stderr
    text = out.read_text(encoding="utf-8")
    page = Read(text)
    assert not page.others | (page.tags & {"script", "img", "link", "iframe"})
    assert "url(" not in text
    assert len(page.ids) == len(set(page.ids))
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    squeezed = "".join(page.text.split())
    lines = run("extract", "--json", ROOT / "corpus").stdout.splitlines()
    for article in map(json.loads, lines):
        assert "".join(article["body"].split()) in squeezed
        assert article["id"] in squeezed
        assert all("".join(doubt.split()) in squeezed for doubt in article["doubts"])
    for file in (ROOT / "corpus").rglob("A*.txt"):
        assert f"{file.name}" in squeezed
        first = file.read_text(encoding="utf-8").split()[0]
        assert first in squeezed


def test_the_page_escapes_what_it_shows_and_names_rejects(messy: Path, tmp_path: Path) -> None:
    """Text is text, whatever it looks like; the exit code is as without --html."""
    out = tmp_path / "out.html"
    out.write_text("before", encoding="utf-8")
    done = run("extract", "--html", out, messy / "a.jsonl")
    text = out.read_text(encoding="utf-8")
    page = Read(text)
    assert done.returncode == 1
    assert not page.tags & {"script", "b"}
    assert "\u202e" not in text
    assert "<script>alert(1)</script>" in page.text
    assert "甲 & 乙 <b>" in page.text
    assert 'class="row alone reject"' in text
    assert "line 2: no body" in page.text
    assert len(done.stderr.splitlines()) == 3


EXPLAINED = ROOT / "corpus" / "澜州日报" / "2022-08-18" / "A03.txt"
HEADLINE = 36  # the first line of a headline below its text


def test_a_page_is_explained_step_by_step() -> None:
    """Each printed line has its label, each headline the way it went and the next best one."""
    done = run("extract", "--explain", EXPLAINED)
    labels, boundaries, headlines, _ = done.stdout.split("\n\n")[2::2]
    printed = [
        n for n, line in enumerate(EXPLAINED.read_text("utf-8").split("\n"), 1) if line.strip()
    ]
    numbers = re.findall(
        r"^ {1,4}(\d+)  (?:headline|text|opening|closing credit|furniture) ", labels, re.M
    )
    assert list(dict.fromkeys(map(int, numbers))) == printed
    assert boundaries.count("one article, odds -") == len(re.findall("^lines? ", boundaries, re.M))
    assert headlines.count("next best: ") == len(re.findall("^lines? ", headlines, re.M)) == 3
    assert "\x1b" not in done.stdout
    assert (done.returncode, done.stderr) == (0, "")


def test_a_line_says_why_its_headline_went_where_it_went() -> None:
    """Its label, the text it was given to with the points for that, and what else was possible."""
    done = run("extract", "--explain", f"{EXPLAINED}:{HEADLINE}")
    assert re.search(rf"^ +{HEADLINE}  headline ", done.stdout, re.M)
    assert "may meet unseen\nNothing of the kind was weighed here." in done.stdout
    assert "Logarithms of odds" not in done.stdout
    chosen, runner_up = done.stdout.split("next best: ")
    assert "lines 36–37 to the text above (lines 1–34): +12.99" in chosen
    assert re.search(r"^ +leads by \d+\.\d\d over the whole page$", chosen, re.M)
    headed = "the text above (lines 1–34), headed by lines 36–37"
    assert f"+6.61  {headed}: headline and text share words" in chosen
    assert "The headlines of this page usually stand below their texts." in chosen
    assert "-2.50  lines that stand together are parted" in runner_up
    assert "lines 1–37: article 热射病工人昏睡五天醒来 医生：先降温 再搬运" in done.stdout
    text = run("extract", "--explain", f"{EXPLAINED}:48").stdout
    assert "line 48: a headline buried in a text" in text
    assert "one article, odds -5.45" in text
    assert "belongs to\nNothing of the kind was weighed here." in text


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ([f"{EXPLAINED}:9999"], 2, "nothing is printed on that line"),
        ([EXPLAINED.with_name("A99.txt")], 3, "neither a file nor a folder"),
        ([ROOT / "corpus"], 2, "only a page of text"),
        ([ROOT / "README.md"], 2, "only a page of text"),
        (["--json", EXPLAINED], 2, "alone"),
        ([EXPLAINED, EXPLAINED], 2, "alone"),
    ],
)
def test_what_cannot_be_explained_is_said(arguments: list[object], code: int, says: str) -> None:
    """In one line."""
    done = run("extract", "--explain", *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--json", "--html", "x.html"], 2, "not both"),
        (["--html", "."], 2, "--html"),
        (["--html", "nosuch/x.html"], 3, "nosuch/x.html"),
    ],
)
def test_a_page_that_cannot_be_written_is_said(
    tmp_path: Path, arguments: list[str], code: int, says: str
) -> None:
    """In one line."""
    done = run("extract", *arguments, PAGES[0], cwd=tmp_path)
    assert (done.returncode, done.stdout) == (code, "")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
