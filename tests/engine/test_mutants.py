"""The oracle is worth something: it notices every bug that is planted in the engine."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import SubprocessError
from tempfile import TemporaryDirectory

import pytest
import report
from mutants import CORPORA, MUTANTS, Mutant, Verdict, planted, verdict

SOUND = "no bug"
_NOTICED = ("AssertionError: Query(", "IndexError: ", "DamagedIndex: ", "UnknownArticle: ")


@pytest.fixture(scope="module")
def verdicts() -> Mapping[str, Verdict | Exception]:
    """What the oracle says of each copy of the package, two asked about at a time."""
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(said, (None, *MUTANTS)))
    names = (SOUND, *(mutant.name for mutant in MUTANTS))
    return dict(zip(names, found, strict=True))


@pytest.mark.parametrize("name", [mutant.name for mutant in MUTANTS])
def test_the_oracle_notices(name: str, verdicts: Mapping[str, Verdict | Exception]) -> None:
    """By an answer that is not the scan's, or by reading where nothing is; by no other error."""
    found = given(verdicts[name])
    assert found.wrong, f"no answer on {found.corpora} corpora was wrong: the oracle is too weak"
    assert found.wrong.startswith(_NOTICED), found.wrong


def test_the_oracle_finds_nothing_wrong_where_no_bug_is_planted(
    verdicts: Mapping[str, Verdict | Exception],
) -> None:
    """So that what it notices is the bug."""
    assert given(verdicts[SOUND]) == Verdict(CORPORA, None)


def test_enough_was_planted(verdicts: Mapping[str, Verdict | Exception]) -> None:
    """In many places of the engine; the summary says how soon each bug was noticed."""
    planted = {name: v for name, v in verdicts.items() if name != SOUND}
    caught = {n: v.corpora for n, v in planted.items() if isinstance(v, Verdict) and v.wrong}
    report.line(f"mutants: {len(planted)} planted, {len(caught)} caught, after so many corpora:")
    report.line("  " + "; ".join(f"{name} {after}" for name, after in caught.items()))
    assert len(planted) >= 10
    assert len({mutant.file for mutant in MUTANTS}) >= 8


@pytest.mark.parametrize("old", ["no such line", "import"])
def test_a_bug_without_its_place_says_so(tmp_path: Path, old: str) -> None:
    """Where the engine has changed, or the text does not tell one place from others."""
    with pytest.raises(LookupError, match="'a bug' must be planted anew"):
        planted(tmp_path, Mutant("a bug", "merge.py", old, ""))


def said(mutant: Mutant | None) -> Verdict | Exception:
    with TemporaryDirectory() as folder:
        try:
            return verdict(Path(folder), mutant)
        except (LookupError, RuntimeError, OSError, SubprocessError) as error:
            return error


def given(found: Verdict | Exception) -> Verdict:
    if isinstance(found, Exception):
        raise found
    return found
