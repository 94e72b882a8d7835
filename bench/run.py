"""Measures what the budgets name, prints one table and writes it to bench/results.md.

    python bench/run.py [--quick] [--reuse] [GROUP …]

GROUPs of rows, all by default: {groups}.
With some of them only, or with --quick (tiny corpora, to see that everything runs), nothing is
written. --reuse takes our indexes of an earlier run. `make bench` installs what this needs.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Iterable

import asking
import builds
import serving
from budgets import Measured
from inputs import FULL, QUICK, Inputs, missing
from machine import about, versions
from process import BENCH, PEERS, WORK, Failed, say
from table import Row, document

# In an order in which what is built early serves what comes later.
GROUPS: dict[str, Callable[[Inputs], Iterable[Measured]]] = {
    "build": builds.against_whoosh,
    "index": builds.index_part,
    "jobs1": builds.against_tantivy,
    "size": builds.sizes,
    "queries": asking.against_tantivy,
    "common": asking.common_words,
    "sqlite": asking.against_sqlite,
    "request": serving.requests,
    "start": serving.start,
    "costliest": serving.costliest,
    "newest": serving.newest,
}
NAMES = ("growth", *GROUPS)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").format(groups=" ".join(NAMES)),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--reuse", action="store_true")
    parser.add_argument("groups", nargs="*", metavar="GROUP")
    given = parser.parse_args()
    if unknown := set(given.groups) - set(NAMES):
        parser.error(f"no such group: {' '.join(sorted(unknown))}")
    _prepare()
    inputs = Inputs(QUICK if given.quick else FULL, given.reuse)
    page, failed = _measured(inputs, given.groups or NAMES, given.quick)
    print(page)
    if not given.quick and not given.groups:
        (BENCH / "results.md").write_text(page, encoding="utf-8")
    sys.exit(1 if failed else 0)


def _prepare() -> None:
    missing()
    if not PEERS.exists():
        sys.exit("the peers are not installed; use `make bench`")
    WORK.mkdir(exist_ok=True)


def _measured(inputs: Inputs, names: Iterable[str], quick: bool) -> tuple[str, list[str]]:
    """The page of all that the groups measure, and which of them failed and why."""
    where = about()
    found: list[Measured] = []
    growth: list[Row] = []
    failed: list[str] = []
    for name in names:
        say(name)
        try:
            if name == "growth":
                some, growth = builds.growth(inputs)
                found += some
            else:
                found += GROUPS[name](inputs)
        except Failed as error:
            say(f"  {error}")
            failed.append(f"{name}: {error}")
    theirs = json.loads(subprocess.check_output([PEERS, BENCH / "machine.py"]))
    where |= {"ours": versions(), "peers": theirs}
    return document(where, found, growth, failed, quick), failed


if __name__ == "__main__":
    main()
