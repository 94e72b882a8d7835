"""Every call that changes what is on disk, seen before and after it: where a build is killed,
where the power goes, which call fails. The product has no hook for it: Python's own functions are
wrapped, in a process that does nothing else.
"""

import builtins
import io
import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from search_app.cli.main import main
from search_app.engine.whoosh.build.builder import WhooshBuilder

CHANGING = ("fsync", "rename", "replace", "link", "unlink", "mkdir", "rmdir", "chmod")
_GENERATION = re.compile(r"\d{6}-\d{8}T\d{6}Z")
See = Callable[[str], None]


def watch(folder: Path, before: See | None = None, after: See | None = None) -> None:
    """From now on each changing call, open and write under a folder is told, with its point's
    name: `fsync CURRENT.new`, `rename .building`; an error that `before` raises is the call's.
    """
    for name in CHANGING:
        real = getattr(os, name)
        wrapped = _wrapped(name, real, folder, before, after)
        setattr(os, name, wrapped)
        for known in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks):
            if real in known:
                known.add(wrapped)
    if before is not None:
        builtins.open = io.open = _opening(folder, before)  # type: ignore[assignment]
    # By descriptors a removed tree would show its names without their folders.
    shutil._use_fd_functions = False  # type: ignore[attr-defined]


def command(*arguments: object) -> None:
    """Runs search-app in this process, to its exit."""
    # As much as there is changes with each edition, and all of it shall come as a delta.
    WhooshBuilder.update.__defaults__ = (*(WhooshBuilder.update.__defaults__ or ())[:-1], 9.0)
    sys.argv = ["search-app", *map(str, arguments)]
    main()


def _wrapped(
    name: str, real: Callable[..., Any], folder: Path, before: See | None, after: See | None
) -> Callable[..., Any]:
    def call(first: Any, *rest: Any, **more: Any) -> Any:
        path = os.readlink(f"/proc/self/fd/{first}") if isinstance(first, int) else str(first)
        point = point_of(name, folder, path)
        if point and before:
            before(point)
        done = real(first, *rest, **more)
        if point and after:
            after(point)
        return done

    return call


def point_of(call: str, folder: Path, path: str) -> str:
    """The name of a point; empty where the path is not under the folder."""
    if not Path(path).is_relative_to(folder):
        return ""
    name = str(Path(path).relative_to(folder)).removeprefix(".building/")
    return f"{call} {_GENERATION.sub('generation', name)}"


class _File(io.FileIO):
    """A file whose every write is told first."""

    def __init__(self, path: Any, mode: str, before: See, point: str) -> None:
        super().__init__(path, mode)
        self._told = before, point

    def write(self, data: Any) -> int:
        before, point = self._told
        before(point)
        return super().write(data)


def _opening(folder: Path, before: See) -> Callable[..., Any]:
    real = io.open

    def opening(
        path: Any,
        mode: str = "r",
        buffering: int = -1,
        encoding: Any = None,
        *rest: Any,
        **more: Any,
    ) -> Any:
        point = "" if isinstance(path, int) else point_of("open", folder, str(path))
        if point:
            before(point)
        if not point or not set("wax+") & set(mode):
            return real(path, mode, buffering, encoding, *rest, **more)
        raw = _File(path, mode.replace("b", ""), before, point_of("write", folder, str(path)))
        file = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        return file if "b" in mode else io.TextIOWrapper(file, encoding or "utf-8", *rest, **more)

    return opening
