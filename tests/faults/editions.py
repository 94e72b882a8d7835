"""Editions of a small corpus: every article carries the stamp of its edition, so that an answer
or an index that mixes two of them shows it.
"""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import NamedTuple

from given import BuiltIndex

from search_app.analysis.dictionaries import NO_DICTIONARIES
from search_app.engine.base import Window
from search_app.engine.whoosh.build.builder import WhooshBuilder
from search_app.query.compile import QueryCompiler
from search_app.service.indexing import IndexingService, Options

SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
FILES, LINES = 4, 12
_MARK = "标记文字"


class Edition(NamedTuple):
    """What an index that holds one edition, whole, says of it."""

    stamp: int
    total: int


def edition(stamp: int) -> Edition:
    """The edition of a stamp; each has another count than its neighbours."""
    return Edition(stamp, FILES * LINES + stamp % 7)


def write(corpus: Path, stamp: int) -> Edition:
    """Writes the corpus of an edition: files of records, and a page of print."""
    corpus.mkdir(exist_ok=True)
    made = edition(stamp)
    random = Random(stamp)
    lines = [_record(n, stamp, random) for n in range(made.total)]
    for number in range(FILES):
        text = "\n".join(lines[number::FILES])
        (corpus / f"{number}.jsonl").write_text(text, encoding="utf-8")
    return made


def _record(number: int, stamp: int, random: Random) -> str:
    body = _MARK + "，" + "".join(random.choices(("会议", "防汛", "渡口", "江面"), k=20)) + "。"
    record = {"id": f"a{number}", "title": f"版本{stamp}", "body": body, "newspaper": "日报"}
    return json.dumps(record, ensure_ascii=False)


def held(folder: Path) -> Edition:
    """The edition that the index in a folder holds; fails where it holds parts of two."""
    index = BuiltIndex(folder)
    live = index.live()
    query = QueryCompiler(NO_DICTIONARIES.analyser()).compile(_MARK, "smart").query
    found = live.search(query, Window(limit=1000))
    titles = {article.title for article in live.every()}
    assert len(titles) == 1, titles
    made = edition(int(titles.pop().removeprefix("版本")))
    assert found.total == len(found.ranked) == live.size == made.total
    assert len(list(live.every())) == made.total
    return made


def warm(folder: Path) -> None:
    """Loads here all that a build loads, so that the processes forked from here have it."""
    write(folder / "warm", 1)
    builder = WhooshBuilder(folder / "warmed")
    for _ in range(2):
        IndexingService(builder).rebuild(folder / "warm", Options(jobs=1), Silent())


class Silent:
    """A progress that says nothing."""

    def read(self, done: int, total: int) -> None: ...
    def rejected(self, reject: object) -> None: ...
    def unknown(self, withdrawn: object) -> None: ...
    def writing(self) -> None: ...


def leftovers(folder: Path, generations: int = 2) -> list[str]:
    """What lies in an index folder that the last run should have taken away."""
    names = sorted(path.name for path in folder.iterdir())
    kept = [name for name in names if name[0].isdigit()]
    return [n for n in names if n not in {"CURRENT", "writer.lock", *kept[-generations:]}]


def forked(do: Callable[[], object], user: int | None = None, errors: Path | None = None) -> int:
    """Does it in a process of its own, perhaps as another user; minus the signal, or exit code."""
    child = os.fork()
    if not child:
        code = 120
        try:
            if errors is not None:
                sys.stderr = errors.open("w", encoding="utf-8", buffering=1)
            if user is not None:
                os.setgroups([])
                os.setgid(user)
                os.setuid(user)
            do()
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
        except BaseException as error:
            sys.stderr.write(f"unexpected: {error!r}\n")
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
