"""What some tests need besides the project: they skip without it, or fail where it is required.

`REQUIRE=browser,shared,nginx,systemd-analyze,curl,root,linux,user-namespace` in
the environment, or some of them, turns the skips into failures.
"""

import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

_SHARED = Path(__file__).resolve().parents[2] / "shared"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def shared() -> Path:
    """The folder of real texts and outside tests beside the checkout."""
    if not _SHARED.is_dir():
        _lack("shared", f"no folder {_SHARED.name!r} beside the checkout")
    return _SHARED


def browser() -> str:
    """The path of a Chromium."""
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if found is None:
        _lack("browser", "no Chromium found: install the package chromium")
    return found


def program(name: str) -> str:
    """The path of a program that somebody else keeps."""
    found = shutil.which(name)
    if found is None:
        _lack(name, f"no {name} found: install its package")
    return found


def root() -> None:
    """That the tests run as root: nobody else can become another user, or mount a small disk."""
    if os.geteuid():
        _lack("root", "only root can be another user")


def linux() -> None:
    """That the kernel tells of processes and their files in /proc."""
    if not Path("/proc/self/maps").exists():
        _lack("linux", "no list of processes here")


def user_namespace() -> None:
    """That a program can have limits of its own, which many containers forbid."""
    if not shutil.which("unshare") or subprocess.run(["unshare", "-Ur", "true"]).returncode:
        _lack("user-namespace", "no user namespace can be made here")


def _lack(what: str, reason: str) -> NoReturn:
    if what in os.environ.get("REQUIRE", "").split(","):
        pytest.fail(reason)
    pytest.skip(reason)
