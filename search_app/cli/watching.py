"""`update --watch`: an update after each burst of changes to the corpus, until it is ended.

The system tells of changes in a thread of its own (watchfiles); the main one waits until nothing
has changed for a while, and builds. What is said of a build that fails is said once.
"""

import os
import re
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
# Milliseconds: how long changes are gathered before they are told, and how often folders are looked
# at to see whether they are still the same ones.
_GATHERED, _LOOKED_AT = 200, 250
# Seconds between two looks at all files, where the system does not tell of changes; and how often
# the time that a look takes, so that it has a fifth of a processor at the most.
_POLLED, _REST = 1.0, 4
_LONGEST_END = 2.0  # seconds that the thread may take to end
_NUMBER = re.compile(r"\d[\d,.]*")

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
                # Room left and pids differ from one try to the next, and say nothing new.
                kind = _NUMBER.sub("", str(error))
                if kind != said:
                    said = kind
                    say(f"search-app: {error} (the live index stays; this is tried again)")


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
        polls = False
        while not self._ended.is_set():
            try:
                if polls:
                    self._look_at_files()
                else:
                    self._watch()
            except FileNotFoundError:  # unmounted, or just being replaced
                self._changes.put(None)  # the build says so
                self._wait_for_folders()
            except (OSError, RuntimeError) as error:  # the latter for what comes up later
                polls = True
                say(
                    f"the system cannot tell of all changes ({error}); files are looked at "
                    "instead, which takes longer (Linux: raise fs.inotify.max_user_watches)"
                )

    def _wait_for_folders(self) -> None:
        while not all(map(os.path.exists, self._folders)):
            if self._ended.wait(_LOOKED_AT / 1000):
                return

    # Returns where it has to begin anew: nothing would be told of another folder in a folder's
    # place; and of a new folder only a beginning says that no watch is left for it.
    def _watch(self) -> None:
        from watchfiles import Change, watch

        identities, is_first = self._identities(), True
        batches = watch(
            *self._folders,
            watch_filter=lambda _, path: self._concerns(Path(path)),
            debounce=_GATHERED,
            rust_timeout=_LOOKED_AT,
            yield_on_timeout=True,
            stop_event=self._ended,
            raise_interrupt=False,
            # Else it passes over a folder that it may not read, or has no watch left for, and over
            # those behind it, without a word.
            ignore_permission_denied=False,
        )
        for batch in batches:
            # Whatever changed before the folders were watched nobody told of.
            if batch or is_first:
                self._changes.put(None)
            is_first = False
            added = [path for kind, path in batch if kind == Change.added]
            if any(map(os.path.isdir, added)) or identities != self._identities():
                return

    # What watchfiles polls with ends at the first folder that it may not read.
    def _look_at_files(self) -> None:
        seen = None
        while not self._ended.is_set():
            began = time.monotonic()
            if (states := self._states()) != seen:
                self._changes.put(None)
            seen = states
            took = time.monotonic() - began
            self._ended.wait(max(_POLLED, _REST * took))

    def _states(self) -> dict[str, tuple[int, int, int]]:
        states = {}
        for top in self._folders:
            for folder, _, names in os.walk(top):
                for name in names:
                    path = os.path.join(folder, name)
                    with suppress(OSError):  # gone by now
                        if self._concerns(Path(path)):
                            status = os.stat(path)
                            states[path] = (status.st_size, status.st_mtime_ns, status.st_ino)
        return states

    def _identities(self) -> list[tuple[int, int]]:
        identities = []
        for folder in self._folders:
            status = os.stat(folder)
            identities.append((status.st_dev, status.st_ino))
        return identities
