"""`update --watch`: an update after each burst of changes to the corpus, until it is ended.

The system tells of changes in a thread of its own (watchfiles); the main one waits until nothing
has changed for a while, and builds. What is said of a build that fails is said once.
"""

import os
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import NoReturn

from search_app.cli.terminal import say
from search_app.errors import Mistake, SearchAppError

# Seconds without a change after which files count as written. An update of one file of many takes
# about one, and three is what people may wait for it.
_QUIET = 1.0
# Where something is always being written an update comes all the same, so often.
_LONGEST_BURST = 60.0
# Until a build that failed is tried again: a full disk, another rebuild. Twice as long each time.
_RETRY, _LONGEST_RETRY = 3.0, 60.0
# Milliseconds: how long changes are gathered before they are told, how often folders are looked at
# to see whether they are still the same ones, and all files where the system tells of no changes.
_GATHERED, _LOOKED_AT, _POLLED = 200, 500, 1000
_LONGEST_END = 2.0  # seconds that the thread may take to end

# Whether a change at this path may change the index.
Concern = Callable[[Path], bool]


def follow(folders: Sequence[Path], concerns: Concern, build: Callable[[], object]) -> NoReturn:
    """Builds once and then after each change in the folders; only a signal ends it.

    Of an error that `build` raises again and again its message is said once; it raises the first
    one, where that is a Mistake.
    """
    with closing(_ChangeFeed(folders, concerns)) as changes:
        said, failures, is_first = "", 0, True
        while True:
            changes.wait(_pause(failures) if failures else None)
            changes.wait_until_quiet()
            try:
                build()
                said, failures, is_first = "", 0, False
            except (SearchAppError, OSError) as error:
                if is_first and isinstance(error, Mistake):
                    raise
                failures, is_first = failures + 1, False
                if str(error) != said:
                    said = str(error)
                    say(f"search-app: {said} (the live index stays; this is tried again)")


def _pause(failures: int) -> float:
    return min(_LONGEST_RETRY, _RETRY * 2.0 ** min(failures - 1, 10))


class _ChangeFeed:
    """Tells when something changed in folders, and once as soon as they are watched."""

    def __init__(self, folders: Sequence[Path], concerns: Concern) -> None:
        self._folders, self._concerns = folders, concerns
        self._changes: SimpleQueue[None] = SimpleQueue()
        self._ended = Event()
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._ended.set()
        self._thread.join(_LONGEST_END)

    def wait(self, seconds: float | None) -> None:
        """Returns with the next change, or after so many seconds."""
        with suppress(Empty):
            self._changes.get(timeout=seconds)

    def wait_until_quiet(self) -> None:
        """Returns when nothing has changed for a while, or when that takes too long."""
        began = time.monotonic()
        with suppress(Empty):
            while time.monotonic() < began + _LONGEST_BURST:
                self._changes.get(timeout=_QUIET)

    def _run(self) -> None:
        polls = is_missing = False
        while not self._ended.is_set():
            try:
                self._watch(polls)
            except FileNotFoundError:  # unmounted, or just being replaced
                if not is_missing:
                    self._changes.put(None)  # the build says so
                is_missing = True
                self._ended.wait(_LOOKED_AT / 1000)
            except (OSError, RuntimeError) as error:  # the latter for what comes up later
                if not polls:
                    say(
                        f"the system tells of no more changes ({error}); files are looked at "
                        "instead, which takes longer (Linux: raise fs.inotify.max_user_watches)"
                    )
                polls = True
                self._ended.wait(_LOOKED_AT / 1000)

    # Returns when another folder lies where one was: nothing would be told of that one.
    def _watch(self, polls: bool) -> None:
        from watchfiles import watch

        identities, is_new = self._identities(), True
        batches = watch(
            *self._folders,
            watch_filter=lambda _, path: self._concerns(Path(path)),
            debounce=_GATHERED,
            rust_timeout=_LOOKED_AT,
            yield_on_timeout=True,
            stop_event=self._ended,
            raise_interrupt=False,
            force_polling=polls or None,
            poll_delay_ms=_POLLED,
            ignore_permission_denied=True,
        )
        for batch in batches:
            # Whatever changed before the folders were watched nobody told of.
            if batch or is_new:
                self._changes.put(None)
            is_new = False
            if identities != self._identities():
                return

    def _identities(self) -> list[tuple[int, int]]:
        identities = []
        for folder in self._folders:
            status = os.stat(folder)
            identities.append((status.st_dev, status.st_ino))
        return identities
