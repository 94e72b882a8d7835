"""The outside tests beside the checkout, with CONTRACT=service: the last finished stage."""

import os
import subprocess
import sys

from needs import shared

STAGE = "service"


def test_the_contract_holds() -> None:
    """All outside tests up to the finished stage pass against the installed command."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        shared() / "contract",
    ]
    environment = os.environ | {"CONTRACT": STAGE, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=1800, check=False
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
