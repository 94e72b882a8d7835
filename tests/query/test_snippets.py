"""Marks and snippets: from offsets, escaped piece by piece, cut near sentence ends."""

import html
import re
import time
from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from search_app.analysis.segmenter import RjiebaSegmenter
from search_app.analysis.words import Analyser, read_stop_words
from search_app.answers import marked_html
from search_app.model import Article, Snippet, SnippetField, Source, Span
from search_app.query.highlight import Highlights, Spans, merged, printed_marks
from search_app.query.highlight import marks as marks_of
from search_app.query.snippets import LONGEST, MOST
from search_app.query.snippets import snippets as snippets_of
from search_app.query.tree import Prefix, Run
from search_app.text.symbols import symbols

analyser = Analyser(RjiebaSegmenter(), read_stop_words())
ARTICLE = Article(
    id="a",
    title="防汛抗旱指挥部召开会议",
    kicker="本报特稿",
    body="昨日上午，全市防汛抗旱工作会议召开。会议要求统一领导、统一指挥。\n" * 12,
    byline="本报记者 王小满",
    source=Source("a.txt", 0, 9),
)


def highlights(
    article: Article, wanted: tuple[Run | Prefix, ...], most: int = 1_000_000
) -> Highlights:
    return marks_of(article, wanted, analyser.edges, most)


def marks(article: Article, wanted: tuple[Run | Prefix, ...]) -> Mapping[SnippetField, Spans]:
    return highlights(article, wanted).spans


def snippets(article: Article, wanted: tuple[Run, ...], most: int = 1_000_000) -> list[Snippet]:
    return list(snippets_of(article, highlights(article, wanted, most)))


def runs(*texts: str) -> tuple[Run, ...]:
    return tuple(Run(symbols(text)) for text in texts)


def test_whole_words_are_marked_where_they_are_whole() -> None:
    """Also behind characters that are folded to several, and where white space parts a word."""
    article = replace(ARTICLE, title="㎡…和 服与产品和服务", body="和服。产品和服务。ＡＩ和服")
    found = marks(article, (Run(("和", "服"), whole=True),))
    assert [article.title[a:b] for a, b in found["title"]] == ["和 服"]
    assert found["body"] == ((0, 2), (11, 13))
    assert len(marks(article, runs("和服"))["body"]) == 3


def test_a_prefix_marks_whole_runs() -> None:
    """From where a run of letters begins to where it ends, folded or not."""
    article = replace(ARTICLE, title="ＣＯＶＩＤ与…covid19", body="covidian 和 xcovid，COVID。")
    found = marks(article, (Prefix("covid"),))
    assert [article.title[a:b] for a, b in found["title"]] == ["ＣＯＶＩＤ", "covid"]
    assert [article.body[a:b] for a, b in found["body"]] == ["covidian", "COVID"]


@given(
    st.text(alphabet="和服产品务的瞭解覆盖2a ，。㎡\n〇䶮", max_size=120),
    st.text(alphabet="和服产品务的了复2a", min_size=1, max_size=4),
)
def test_whole_words_are_those_of_the_whole_text(body: str, word: str) -> None:
    """Cut only around a place, a text has the words there that it has when all of it is cut."""
    run = symbols(word)
    starts, ends = analyser.word_edges(body)
    found = symbols(body)
    expected = 0
    for at in range(len(found) - len(run) + 1):
        if found[at : at + len(run)] == run:
            expected += at in starts and at + len(run) - 1 in ends
    article = replace(ARTICLE, body=body, title="无", kicker=None)
    assert len(highlights(article, (Run(run, whole=True),)).in_body) == expected


def test_words_across_the_pieces_of_a_long_run_are_cut_as_in_an_index() -> None:
    """A run of Han without a stop is cut in pieces of a thousand characters."""
    body = "产品和服务" * 1_000
    starts, ends = analyser.word_edges(body)
    whole = {at for at in range(len(body) - 1) if at in starts and at + 1 in ends}
    wanted = (Run(("和", "服"), whole=True), Run(("服", "务"), whole=True))
    found = highlights(replace(ARTICLE, body=body), wanted).in_body
    assert {o.span.start for o in found} == {at for at in whole if body[at] in "和服"}
    assert found


def test_past_what_may_be_looked_at_the_first_marks_are_given() -> None:
    """Head before body, and said so; whole words cost more, because the text is cut for them."""
    wanted = runs("会议", "指挥")
    every = highlights(ARTICLE, wanted)
    assert not every.cut
    assert every.cost == len(every.in_body) + len(every.spans["title"])
    for most in (0, 1, 2, 10, every.cost - 1, every.cost):
        some = highlights(ARTICLE, wanted, most)
        assert some.cost <= most
        assert some.cut == (most < every.cost)
        assert some.in_body == every.in_body[: len(some.in_body)]
        assert len(some.in_body) == max(0, most - len(every.spans["title"]))
    whole = highlights(ARTICLE, (Run(("会", "议"), whole=True),), 6)
    assert (len(whole.in_body), whole.cut) == (1, True)
    assert snippets(ARTICLE, wanted, 0)[0].text.startswith("昨日上午")


def test_every_occurrence_is_marked_in_every_part() -> None:
    """Title, byline and body each in their own characters."""
    found = marks(ARTICLE, runs("防汛", "王小满", "会议"))
    assert found["title"] == ((0, 2), (9, 11))
    assert found["byline"] == ((5, 8),)
    assert len(found["body"]) == 36
    assert {ARTICLE.body[a:b] for a, b in found["body"]} == {"防汛", "会议"}


def test_a_match_across_lines_of_the_head_is_marked_in_both() -> None:
    """Kicker and title are one field, so that each part gets its share of the mark."""
    found = marks(ARTICLE, runs("特稿防汛"))
    assert (found["kicker"], found["title"]) == (((2, 4),), ((0, 2),))


def test_snippets_are_few_short_and_hold_what_was_found() -> None:
    """At most three of 200 characters, each with at least one mark."""
    shown = [s for s in snippets(ARTICLE, runs("防汛", "指挥")) if s.field == "body"]
    assert 1 <= len(shown) <= MOST
    assert all(len(s.text) <= LONGEST + 2 and s.spans for s in shown)
    assert {s.text[a:b] for s in shown for a, b in s.spans} == {"防汛", "指挥"}


def test_a_snippet_begins_at_a_sentence_where_one_is_near() -> None:
    """Nobody reads half a sentence if the whole one fits."""
    article = replace(ARTICLE, body="江面平静，船只往来。" * 9 + ARTICLE.body)
    text = next(s.text for s in snippets(article, runs("指挥")) if s.field == "body")
    assert text.startswith("会议要求统一领导、统一指挥。")


def test_a_long_unbroken_body_still_has_a_snippet_at_its_end() -> None:
    """A match beyond 32,768 characters is shown like any other."""
    article = replace(ARTICLE, body="水" * 60_000 + "终点" + "火" * 500)
    (shown,) = [s for s in snippets(article, runs("终点")) if s.field == "body"]
    assert "终点" in shown.text
    assert shown.text.startswith("…")
    assert len(shown.text) <= LONGEST + 2


def test_without_a_mark_in_the_body_its_beginning_is_shown() -> None:
    """A hit by title alone still shows text; kicker and byline come whole when marked."""
    shown = snippets(ARTICLE, runs("王小满"))
    assert [(s.field, s.spans) for s in shown] == [("body", ()), ("byline", ((5, 8),))]
    assert shown[0].text.startswith("昨日上午")


def test_overlapping_spans_become_one_and_neighbours_stay_apart() -> None:
    """Marks are never nested."""
    assert merged([Span(2, 5), Span(0, 3), Span(5, 6)]) == ((0, 5), (5, 6))


def test_marks_move_onto_the_printed_page() -> None:
    """What repair joined is marked where it was printed, space and line end included."""
    printed = "本报讯（记者王小满） 要 统 一 指\n挥 调度。①5\n统一指挥"
    article = replace(
        ARTICLE,
        title="统一指挥",
        kicker=None,
        byline="本报讯（记者王小满）",
        body="要统一指挥调度。",
        printed=printed,
    )
    spans = printed_marks(article, marks(article, runs("统一指挥", "王小满")))
    assert [printed[a:b] for a, b in spans] == ["王小满", "统 一 指\n挥", "统一指挥"]


@given(
    st.text(alphabet="防汛抗旱，。\n“”a1 <&", max_size=600),
    st.sampled_from(["防", "汛抗", "a1", "旱，防"]),
)
def test_spans_of_snippets_hold_what_was_searched(body: str, wanted: str) -> None:
    """Whatever the text, marks point at the run and the HTML is the text, escaped and marked."""
    article = replace(ARTICLE, body=body, title="无", kicker=None)
    for s in snippets(article, runs(wanted)):
        marked = marked_html(s.text, s.spans)
        assert html.unescape(re.sub("</?mark>", "", marked)) == s.text
        assert "".join(s.text.strip("… ").split()) in "".join(body.split())
        for a, b in s.spans:
            assert 0 <= a < b <= len(s.text)
            assert set(symbols(s.text[a:b])) == set(symbols(wanted))


def test_time_grows_with_the_text_not_with_its_square() -> None:
    """An article that holds a word tens of thousands of times is shown like any other."""

    def seconds(times: int) -> float:
        article = replace(ARTICLE, body="会议的江面平静，船只往来。" * times)
        started = time.process_time()
        snippets(article, runs("会议", "船只", "的"))
        return time.process_time() - started

    def least(times: int) -> float:
        """Of three: whatever else the machine does adds to each."""
        return min(seconds(times) for _ in range(3))

    assert least(40_000) < 12 * max(least(10_000), 0.1)
