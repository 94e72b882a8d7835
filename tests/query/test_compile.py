"""From typed text to the tree: which chunks count, what may be relaxed, what is explained."""

from importlib.resources import files

import pytest

from search_app.analysis.segmenter import RjiebaSegmenter
from search_app.analysis.words import Analyser, read_stop_words
from search_app.errors import BadQuery
from search_app.query.compile import QueryCompiler
from search_app.query.tree import And, Near, Not, Or, Prefix, Run
from search_app.text.fold import fold

compiler = QueryCompiler(Analyser(RjiebaSegmenter(), read_stop_words()))


def run(text: str) -> Run:
    return Run(tuple(text))


def test_smart_asks_for_each_word_and_exact_for_the_chunk() -> None:
    """The same chunk is several runs in one mode and one run in the other."""
    query = compiler.compile("防汛抗旱", "smart").query
    assert query.strict == And((run("防汛"), run("抗旱")))
    assert query.exact == run("防汛抗旱")
    assert compiler.compile("防汛抗旱", "exact").query.strict == run("防汛抗旱")


def test_a_quoted_chunk_is_one_run_in_both_modes() -> None:
    """Quotes mean the characters, white space left out."""
    query = compiler.compile("“防汛 抗旱”", "smart").query
    assert query.strict == query.exact == run("防汛抗旱")


def test_whole_words_are_asked_for_by_word_but_not_in_quotes() -> None:
    """match=word changes what a place must be, not which words there are."""
    query = compiler.compile("和服 “产品”", "word").query
    assert query.strict == And((Run(("和", "服"), whole=True), run("产品")))
    assert query.exact == And((run("和服"), run("产品")))
    assert query.quorum is None


def test_numbers_may_be_written_in_the_other_way_outside_quotes() -> None:
    """A word in a row, however jieba would cut it; exact and quotes mean what they say."""
    ways = (Run(("2024", "年")), run("二〇二四年"), run("二零二四年"), run("二○二四年"))
    compiled = compiler.compile("2024年", "smart")
    assert compiled.query.strict == Or(ways)
    assert compiled.query.exact == ways[0]
    assert compiled.marks == ways
    assert compiled.alternatives == ("二〇二四年", "二零二四年", "二○二四年")
    compiled = compiler.compile("二〇二四年", "smart")
    assert isinstance(compiled.query.strict, Or)
    assert compiled.query.strict.parts[1] == Or(ways)
    assert compiled.query.exact == ways[1]
    assert compiled.alternatives == ("2024年", "二零二四年", "二○二四年")
    for typed, match in (("“第十四届”", "smart"), ("第十四届", "exact")):
        plain = compiler.compile(typed, match)
        assert (plain.query.strict, plain.alternatives) == (run("第十四届"), ())
    assert (
        compiler.compile("会议 -十四届", "smart").query.strict
        != compiler.compile("会议 -“十四届”", "smart").query.strict
    )


def test_nearness_and_prefixes_are_leaves_that_are_marked() -> None:
    """Their texts rank as a chunk's do; they are explained as they were typed."""
    compiled = compiler.compile('标题:"统一 调度"~8 OR covid*', "smart")
    near = Near(("统", "一"), ("调", "度"), 8, "head")
    assert compiled.query.strict == compiled.query.exact == Or((near, Prefix("covid")))
    assert compiled.chunks == ("统一 调度~8", "covid*")
    assert compiled.words == ("统一", "调度", "covid*")
    assert compiled.query.ranking.words[:2] == ("统一", "调度")


def test_stop_words_count_only_where_there_is_nothing_else() -> None:
    """And after a minus."""
    assert compiler.compile("的 会议", "smart").query.strict == run("会议")
    assert compiler.compile("的", "smart").query.strict == run("的")
    assert compiler.compile("会议 -的", "smart").query.strict == And((run("会议"), Not(run("的"))))


@pytest.mark.parametrize(
    "typed", ["", " ", "\u3000\u200b", "，", "-国", "NOT 国", '""', "《》", "()"]
)
def test_nothing_to_search_for_is_refused(typed: str) -> None:
    """Blank, punctuation alone, or negatives alone."""
    with pytest.raises(BadQuery, match="nothing to search for"):
        compiler.compile(typed, "smart")


@pytest.mark.parametrize("typed", ["国" * 201, "a\0b", "a\x1bb", "\ufdfa" * 30])
def test_what_cannot_be_typed_is_refused(typed: str) -> None:
    """Too long, or with control characters."""
    with pytest.raises(BadQuery, match=r"characters"):
        compiler.compile(typed, "smart")


def test_a_quorum_may_only_weaken_bare_chunks() -> None:
    """Quotes, fields and negatives stay firm; OR and parentheses switch relaxation off."""
    quorum = compiler.compile("防汛抗旱 “统一” -讲话 标题:会议", "smart").query.quorum
    assert quorum is not None
    assert quorum.words == (run("防汛"), run("抗旱"))
    assert quorum.firm == And((run("统一"), Not(run("讲话")), Run(("会", "议"), "head")))
    assert compiler.compile("防汛 OR 抗旱", "smart").query.quorum is None
    assert compiler.compile("(防汛) 抗旱", "smart").query.quorum is None
    assert compiler.compile("防汛抗旱", "exact").query.quorum is None


def test_the_explanation_names_chunks_and_words() -> None:
    """Positive chunks as typed, without what stands around them, and the words asked for."""
    compiled = compiler.compile("《防汛抗旱》 “统一指挥” -讲话", "smart")
    assert compiled.chunks == ("防汛抗旱", "统一指挥")
    assert compiled.words == ("防汛", "抗旱", "统一指挥")


def test_every_spelling_is_what_opencc_makes_of_the_traditional_word() -> None:
    """But for the last seven; none is what its characters alone become."""
    opencc = pytest.importorskip("opencc")
    converters = [opencc.OpenCC(name) for name in ("t2s", "tw2s", "hk2s")]
    text = (files("search_app.query") / "spellings.tsv").read_text(encoding="utf-8")
    pairs = [line.split("\t") for line in text.splitlines()]
    assert all(fold(one) != fold(other) for one, other in pairs)
    other = {one for one, two in pairs if two not in {c.convert(one) for c in converters}}
    assert other == {"企畫", "規畫", "策畫", "區畫", "謀畫", "擘畫", "甚麼"}
