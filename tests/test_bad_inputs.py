"""Every row of `bad_inputs.tsv`: the real files, the exit code, the place and the exact reason."""

import contextlib
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from bad_inputs import FILES, GOOD, MAKERS, REBUILD, Outcome, World

from search_app.cli.main import main

TABLE = Path(__file__).with_name("bad_inputs.tsv")
COUNTS = re.compile(r"read (\d+): (\d+) indexed, (\d+) furniture, (\d+) withdrawn, (\d+) rejected;")
TIME = re.compile(r"-\d{8}T\d{6}Z")
# Lines of the list of bad inputs that have no row here, and why.
WITHOUT = {89: "of an export: `bad_requests.py`"}


class Row(NamedTuple):
    """A row of the table.

    A line of the output begins with `where: reason;`, without a place with `reason`; where the
    reason is - nothing at all is said. Generations are named without their time.
    """

    number: int
    what: str
    maker: str
    exit: int
    where: str
    reason: str


def rows() -> list[Row]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    cells = (line.split("\t") for line in lines if line and not line.startswith("#"))
    next(cells)
    return [Row(int(n), what, maker, int(e), *rest) for n, what, maker, e, *rest in cells]


ROWS = rows()


def current() -> bytes:
    """What says which generation is live."""
    path = Path("i/CURRENT")
    return path.read_bytes() if path.exists() else b""


@pytest.fixture
def world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[World]:
    """A corpus of one good article, in an empty folder that commands run in."""
    monkeypatch.chdir(tmp_path)

    def run(*command: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["search-app", *map(str, command)])
        monkeypatch.setattr("signal.signal", lambda *_: None)
        before = current()
        with pytest.raises(SystemExit) as ended:
            main()
        said = "".join(capsys.readouterr()).replace(f"{tmp_path}/", "")
        return Outcome(int(ended.value.code or 0), TIME.sub("", said), current() != before)

    with contextlib.ExitStack() as stack:
        world = World(run, stack)
        world.write("good.jsonl", GOOD)
        yield world


def outcome(world: World, row: Row) -> Outcome:
    if row.maker in FILES:
        world.write(*FILES[row.maker])
        return world.run(*REBUILD)
    made = MAKERS[row.maker](world)
    return made if isinstance(made, Outcome) else world.run(*(made or REBUILD))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.number}-{row.maker}")
def test_a_bad_input_gets_what_the_table_says(world: World, row: Row) -> None:
    """Quickly, with nothing for a terminal to obey; what was read is accounted for."""
    started = time.monotonic()
    code, said, published = outcome(world, row)
    assert time.monotonic() - started < 20
    assert code == row.exit, said
    assert "Traceback" not in said
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", said)
    begin = f"{row.where}: {row.reason};" if row.where != "-" else row.reason
    lines = said.splitlines()
    assert any(line.startswith(begin) for line in lines) if begin != "-" else not lines, said
    assert not (published and code > 1)
    for read, *counts in (map(int, found) for found in COUNTS.findall(said)):
        assert read == sum(counts)
        assert bool(counts[-1]) == (code == 1)


def test_every_line_of_the_list_has_a_row() -> None:
    """But those that are said to have none; every maker is used."""
    assert {row.number for row in ROWS} | set(WITHOUT) == set(range(70, 100))
    assert {row.number for row in ROWS} & set(WITHOUT) == set()
    assert {row.maker for row in ROWS} == {*FILES, *MAKERS}
