"""What some tests need besides the project: they skip without it, or fail where it is required.

`REQUIRE=browser,shared` in the environment turns the skips into failures.
"""

import os
import shutil
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


def _lack(what: str, reason: str) -> NoReturn:
    if what in os.environ.get("REQUIRE", "").split(","):
        pytest.fail(reason)
    pytest.skip(reason)
