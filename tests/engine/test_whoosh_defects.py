"""What Whoosh does wrong, each as small as it can be: why our evaluator asks its searcher nothing.

Every test asserts what happens in the version that is locked. One that fails tells that Whoosh has
changed there: then its line in `docs/engine.md` goes, and the oracle may ask for more.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from whoosh.analysis.tokenizers import SpaceSeparatedTokenizer
from whoosh.fields import ID, TEXT, Schema
from whoosh.filedb.filestore import RamStorage
from whoosh.index import TOC, FileIndex
from whoosh.query.compound import And, AndMaybe, AndNot, DisjunctionMax, Or, Require
from whoosh.query.qcore import Query
from whoosh.query.terms import Term
from whoosh.query.wrappers import ConstantScoreQuery, Not
from whoosh.searching import Results

A, B, C, D = (Term("text", letter) for letter in "abcd")


def schema() -> Schema:
    return Schema(text=TEXT(analyzer=SpaceSeparatedTokenizer()), group=ID(sortable=True))


def index(*texts: str) -> FileIndex:
    """An index of these texts, numbered from 0, in one segment and one group."""
    made = RamStorage().create_index(schema())
    with made.writer() as writer:
        for text in texts:
            writer.add_document(text=text, group="all")
    return made


def results(found: FileIndex, query: Query, **how: object) -> Results:
    """All that is found, unless a limit is given."""
    return found.searcher().search(query, **{"limit": None, **how})


def scores(found: FileIndex, query: Query, **how: object) -> dict[int, float]:
    return {n: round(score, 4) for n, score in results(found, query, **how).items()}


# Sets


def test_and_not_keeps_what_it_excludes() -> None:
    """Expected: nothing, the one text with a has b. Found: it, where b stands in an earlier one."""
    found = index("b", "b a")
    assert set(scores(found, A)) == set(scores(found, B)) - {0} == {1}
    assert set(scores(found, AndNot(A, B))) == {1}


def test_not_finds_what_was_deleted() -> None:
    """Expected: nothing, the text without a is gone. Found: it, behind the last one with a."""
    found = index("a", "b")
    with found.writer() as writer:
        writer.delete_document(1)
        writer.merge = False
    assert set(scores(found, Not(A))) == {1}


def test_require_fails_where_only_the_best_are_asked_for() -> None:
    """Expected: text 0, with any limit. Instead an assertion inside Whoosh fails."""
    found = index("b a", "c")
    assert set(scores(found, Require(A, B))) == {0}
    with pytest.raises(AssertionError):
        scores(found, Require(A, B), limit=1)


def test_an_empty_filter_lets_everything_pass() -> None:
    """Expected: nothing is among no documents. Found: all that the query means."""
    found = index("a", "a b")
    assert set(scores(found, A, filter=set())) == {0, 1}
    assert set(scores(found, A, filter=results(found, C))) == {0, 1}


def test_what_scores_nothing_is_lost_among_three() -> None:
    """Expected: text 1, by its a without weight, in every Or. Missing: it, in an Or of three."""
    found, weightless = index("b", "a", "b"), Term("text", "a", boost=0.0)
    assert set(scores(found, Or([weightless, B]))) == {0, 1, 2}
    assert set(scores(found, Or([weightless, B, C]))) == {0, 2}


# Scores


def test_not_adds_one_to_a_score() -> None:
    """Expected: a text scores by what it has. Found: 1 more for what it has not."""
    found = index("a", "c")
    assert scores(found, And([A, Not(B)]))[0] == scores(found, A)[0] + 1


def test_the_greatest_of_scores_is_that_of_another_text() -> None:
    """Expected: each text scores by its own word. Found: both by the weightier one."""
    found = index("a d", "b")
    assert scores(found, A)[0] < scores(found, B)[1]
    assert scores(found, DisjunctionMax([A, B])) == {0: scores(found, B)[1]} | scores(found, B)


def test_and_maybe_inside_and_forgets_what_may_be() -> None:
    """Expected: text 2 scores by a, b and c. Found: by a and c, since b was looked for in 1."""
    found = index("a b", "b c", "c d d a b a")
    assert scores(found, B)[2] > 0.5
    without = scores(found, And([A, C]))
    assert scores(found, And([AndMaybe(A, B), C])) == without


def test_a_constant_score_of_zero_is_one() -> None:
    """Expected: 0, so that a part of a query only filters. Found: 1."""
    assert scores(index("a"), ConstantScoreQuery(A, score=0.0)) == {0: 1.0}


def test_a_constant_score_is_none_where_terms_are_asked_for() -> None:
    """Expected: 5 in either way. Found: the score by the word."""
    found, five = index("a"), ConstantScoreQuery(A, score=5.0)
    assert scores(found, five) == {0: 5.0}
    assert scores(found, five, terms=True) == scores(found, A) != {0: 5.0}


@pytest.mark.parametrize("kind", [And, Or])
def test_the_boost_of_one_part_is_ignored(kind: type[And] | type[Or]) -> None:
    """Expected: twice the score of the part. Found: the same score, unless there are two parts."""
    found = index("a b")
    assert scores(found, kind([A], boost=2.0)) == scores(found, A)
    assert scores(found, kind([A, B], boost=2.0))[0] == pytest.approx(
        4 * scores(found, A)[0], rel=1e-3
    )


def test_a_boost_of_zero_divides_by_it() -> None:
    """Expected: text 0 with the score 0. Instead an error, where only the best are asked for."""
    found, weightless = index("a", "b"), Term("text", "a", boost=0.0)
    assert scores(found, weightless) == {0: 0.0}
    with pytest.raises(ZeroDivisionError):
        scores(found, weightless, limit=1)


# The best ones, and how many there are


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        (AndMaybe(A, Or([B, C, D])), ("a", "a b c", "b b d a a a", "c a", "b a d e c b")),
        (
            And([Or([A, B, C]), D]),
            ("b d b", "d a a", "d a a b b b", "a", "c a c a a d", "a e c b d c", "d"),
        ),
    ],
)
def test_the_best_one_is_not_the_first_of_all(query: Query, texts: tuple[str, ...]) -> None:
    """Expected: the first of all. Found: another with a lower score; what an Or of three can
    reach is taken for the most of its parts, not for their sum, and the best one passed over.
    """
    found = index(*texts)
    first, *_ = scores(found, query).items()
    (best,) = scores(found, query, limit=1).items()
    assert best[0] != first[0]
    assert best[1] < first[1]


def test_the_number_of_matches_depends_on_how_many_are_shown() -> None:
    """Expected: 5. Found: 4, and called exact, where the best one is asked for."""
    found, query = index("b c", "b", "c a b", "a", "b"), Or([ConstantScoreQuery(A), B])
    assert len(results(found, query)) == 5
    best = results(found, query, limit=1)
    assert (len(best), best.has_exact_length()) == (4, True)


@pytest.mark.parametrize("how", [{"groupedby": "group"}, {"reverse": True}])
def test_a_limit_is_forgotten(how: dict[str, object]) -> None:
    """Expected: one result. Found: all, where they are put into groups or turned round."""
    assert len(scores(index("a", "a b"), A, limit=1, **how)) == 2


def test_collapsed_results_are_counted_all() -> None:
    """Expected: 1, one result of the one group. Found: 2, since a better one came later."""
    found = results(index("a c c", "a"), A, collapse="group")
    assert (found.scored_length(), len(found), dict(found.collapsed_counts)) == (1, 2, {})


# Files


class Payload:
    """What becomes a new folder when its pickle is read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.folder),)


def test_opening_an_index_runs_what_its_table_of_contents_says(tmp_path: Path) -> None:
    """Expected: data is read. Instead it is a pickle, which may call any function."""
    storage = RamStorage()
    TOC(schema(), [Payload(tmp_path / "made")], 1).write(storage, "MAIN")
    storage.open_index()
    assert (tmp_path / "made").is_dir()


def test_the_same_schema_is_other_bytes_in_another_process() -> None:
    """Expected: the same bytes. Found: those of a set of stop words, in the order of its hashes."""
    code = "import pickle; from whoosh.fields import TEXT; print(pickle.dumps(TEXT()).hex())"
    one, other = (
        subprocess.check_output([sys.executable, "-c", code], env={"PYTHONHASHSEED": seed})
        for seed in "12"
    )
    assert one != other
