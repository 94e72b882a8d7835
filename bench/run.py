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
import time
from collections.abc import Callable, Iterable

import asking
import builds
import load
import serving
import updating
from budgets import Measured
from inputs import FULL, QUICK, Inputs, missing
from machine import about, versions
from process import BENCH, PEERS, WORK, Failed, say
from table import document

# In an order in which what is built early serves what comes later.
GROUPS: dict[str, Callable[[Inputs], Iterable[Measured]]] = {
    "build": builds.against_whoosh,
    "index": builds.index_part,
    "jobs1": builds.against_tantivy,
    "size": builds.sizes,
    "update": updating.updates,
    "queries": asking.against_tantivy,
    "common": asking.common_words,
    "request": serving.requests,
    "start": serving.start,
    "growth": builds.growth,
    "newest": serving.newest,
    "costliest": serving.costliest,
    "sqlite": asking.against_sqlite,
    "load": load.loads,
}
# Seconds after which no further group is begun.
ENOUGH = 40 * 60


def main() -> None:
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").format(groups=" ".join(GROUPS)),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--reuse", action="store_true")
    parser.add_argument("groups", nargs="*", metavar="GROUP")
    given = parser.parse_args()
    if unknown := set(given.groups) - set(GROUPS):
        parser.error(f"no such group: {' '.join(sorted(unknown))}")
    _prepare()
    inputs = Inputs(QUICK if given.quick else FULL, given.reuse)
    page, failed = _measured(inputs, given.groups or GROUPS, given.quick)
    print(page)
    if not given.quick and not given.groups:
        (BENCH / "results.md").write_text("\n".join([page, *_others()]), encoding="utf-8")
    sys.exit(1 if failed else 0)


def _prepare() -> None:
    missing()
    if not PEERS.exists():
        sys.exit("the peers are not installed; use `make bench`")
    WORK.mkdir(exist_ok=True)


def _others() -> list[str]:
    """What `make quality` and `make extract` last said, as parts of this page."""
    pages = (BENCH / "quality.md", BENCH / "extract.md")
    return [f"#{page.read_text(encoding='utf-8')}" for page in pages if page.exists()]


def _measured(inputs: Inputs, names: Iterable[str], quick: bool) -> tuple[str, list[str]]:
    """The page of all that the groups measure, and which of them failed and why."""
    where, started = about(), time.monotonic()
    found: list[Measured] = []
    failed: list[str] = []
    for name in names:
        say(name)
        try:
            if time.monotonic() - started > ENOUGH:
                raise Failed("no time was left")
            found += GROUPS[name](inputs)
        except Failed as error:
            say(f"  {error}")
            failed.append(f"{name}: {error}")
    theirs = json.loads(subprocess.check_output([PEERS, BENCH / "machine.py"]))
    where |= {"ours": versions(), "peers": theirs}
    return document(where, found, inputs.growth, failed, quick), failed


if __name__ == "__main__":
    main()
