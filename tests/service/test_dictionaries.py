"""An index that was built with an archive's own dictionaries."""

import csv
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from given import BuiltIndex, GivenCorpus, accept
from needs import shared
from served import ROOT, run

from search_app.analysis.dictionaries import Dictionaries
from search_app.analysis.words import Analyser
from search_app.errors import GuardRefused
from search_app.model import Article, SearchRequest
from search_app.query.compile import QueryCompiler
from search_app.service.facade import SearchService

Make = Callable[..., Article]
WORDS = Dictionaries(
    user_words="产品和服 9000000\n", synonyms="世卫组织, 世界卫生组织, WHO\n老汉口 => 汉口\n"
)


@pytest.fixture
def articles(make_article: Make) -> list[Article]:
    return [
        make_article("a", "世卫组织发布通报。"),
        make_article("b", "WHO said so."),
        make_article("c", "世界的卫生组织。"),
        make_article("d", "汉口的码头。"),
        make_article("e", "老汉口的码头。"),
        make_article("f", "产品和服务。", "中山裝·理查德·凯利"),
        make_article("g", "經濟計畫。錢鍾書先生。"),
        make_article("h", "经济计划。"),
    ]


@pytest.fixture
def service(tmp_path: Path, articles: list[Article], analyser: Analyser) -> SearchService:
    index = BuiltIndex(tmp_path / "index")
    index.rebuild(GivenCorpus(articles), accept, dictionaries=WORDS)
    return SearchService(index, QueryCompiler(analyser))


def ids(service: SearchService, q: str, **more: object) -> str:
    request = SearchRequest(q=q, relax=False, **more)  # type: ignore[arg-type]
    return "".join(sorted(hit.id for hit in service.search(request).hits))


@pytest.mark.parametrize(
    ("q", "found", "alternatives"),
    [
        ("世卫组织", "ab", ("世界卫生组织", "who")),
        ("who 通报", "a", ("世卫组织", "世界卫生组织")),
        ("“世卫组织”", "a", ()),
        ("-世卫组织 通报", "", ()),
        ("汉口", "de", ()),
        ("老汉口", "de", ()),  # what is typed already has it
        ("計畫", "gh", ("计划",)),
        ("经济计划", "gh", ("计画",)),
        ("钱钟书", "", ("钱锺书",)),
        ("錢鍾書", "g", ("钱锺书",)),
        ("理查德凯利", "f", ("理查·德凯利", "理查德·凯利")),
        ("理查德·凯利", "f", ()),
    ],
)
def test_other_ways_to_say_it_are_found_and_told(
    service: SearchService, q: str, found: str, alternatives: tuple[str, ...]
) -> None:
    """Not inside quotes; what was found so is marked in the original."""
    if q == "钱钟书":  # both forms fold to what g prints
        found = "g"
    assert ids(service, q) == found
    page = service.search(SearchRequest(q=q, relax=False))
    assert page.query.alternatives == alternatives
    for hit in page.hits:
        assert any(snippet.spans for snippet in hit.snippets) or hit.title_spans, hit.id


def test_exact_matches_know_no_alternatives(service: SearchService) -> None:
    assert ids(service, "世卫组织", match="exact") == "a"
    assert ids(service, "世卫组织", match="word") == "ab"


def test_words_are_those_of_the_file_where_words_count(
    service: SearchService, tmp_path: Path, articles: list[Article], analyser: Analyser
) -> None:
    """The index and the query are cut with the same words, whatever the compiler given."""
    assert ids(service, "产品和服", match="word") == "f"
    assert service.search(SearchRequest(q="产品和服")).query.words == ("产品和服",)
    plain = BuiltIndex(tmp_path / "plain")
    plain.rebuild(GivenCorpus(articles), accept)
    other = SearchService(plain, QueryCompiler(analyser))
    assert ids(other, "产品和服", match="word") == ""


def test_an_update_asks_for_a_rebuild_where_a_dictionary_changed(
    tmp_path: Path, articles: list[Article], service: SearchService
) -> None:
    """What is live stays; with the same dictionaries it goes on, and keeps them."""
    index, corpus = BuiltIndex(tmp_path / "index"), GivenCorpus(articles[1:])
    changed = Dictionaries(user_words=WORDS.user_words, synonyms="和, 与\n")
    for other in (changed, Dictionaries()):
        with pytest.raises(GuardRefused, match="run search-app rebuild"):
            index.update(corpus, accept, dictionaries=other)
    assert ids(service, "世卫组织") == "ab"
    index.update(corpus, accept, dictionaries=WORDS)
    assert ids(service, "世卫组织") == "b"
    assert index.live().dictionaries == WORDS
    index.rebuild(corpus, accept, dictionaries=changed)
    assert ids(service, "世卫组织") == ""


def rebuilt(words: Path, index: Path) -> CompletedProcess[str]:
    """Builds the index of the sample newspaper with a folder of dictionaries."""
    options = ("--index", index, "--dictionaries", words)
    return run("rebuild", "--corpus", ROOT / "corpus", *options)


def test_a_dictionary_makes_no_article_unfindable(tmp_path: Path) -> None:
    """China's 40,000 places as a dictionary over the sample newspaper: recall is 1."""
    words, index = tmp_path / "words", tmp_path / "index"
    words.mkdir()
    names = set[str]()
    for path in sorted((shared() / "data" / "places").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as rows:
            names |= {row["name"] for row in csv.DictReader(rows)}
    han = sorted(n for n in names if all("\u4e00" <= c <= "\u9fa5" for c in n) and len(n) <= 40)
    assert len(han) > 30_000
    (words / "user_dict.txt").write_text("\n".join(han), encoding="utf-8")
    options = ("--index", index)
    built = rebuilt(words, index)
    assert built.returncode == 0, built.stderr
    verified = run("verify", "--recall", "300", *options)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert verified.stdout.count("recall 1.0000") == len(verified.stdout.splitlines()) - 1


def test_the_commands_say_what_is_wrong_and_what_would_change(tmp_path: Path) -> None:
    words, index = tmp_path / "words", tmp_path / "index"
    words.mkdir()
    (words / "user_dict.txt").write_text("防汛抗旱指挥部\n坏 词 频\n", encoding="utf-8")
    checked = run("dictionary", "check", "--dictionaries", words)
    assert (checked.returncode, checked.stdout.count("user_dict.txt:2: ")) == (1, 1)
    built = rebuilt(words, index)
    assert (built.returncode, "user_dict.txt:2" in built.stderr, index.exists()) == (2, True, False)
    assert run("rebuild", "--corpus", ROOT / "corpus", "--index", index).returncode == 0
    (words / "user_dict.txt").write_text("防汛抗旱指挥部\n", encoding="utf-8")
    assert run("dictionary", "check", "--dictionaries", words).returncode == 0
    said = run("dictionary", "impact", "--dictionaries", words, "--index", index).stdout
    assert "防汛抗旱指挥部" in said
    assert run("dictionary", "check").returncode == 2
