"""`docs/new-newspaper.md`: its files are written, its commands run, and print what it says.

`SAME=write` in the environment writes into the document what they print.
"""

import os
import re
import subprocess
import sysconfig
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from packages import ROOT

PAGE = ROOT / "docs" / "new-newspaper.md"
# A fenced block, and the path in a line of its own above it if it is a file.
BLOCK = re.compile(r"(?:^`([^`\n]+)`:\n\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MASKS = (
    (re.compile(r"in \d+\.\d+ ?m?s\b"), "in … s"),
    (re.compile(r"\d{6}-\d{8}T\d{6}Z"), "000001-…"),
)


class Reader(NamedTuple):
    """Whoever follows the document: a folder beside the checkout, a virtual environment."""

    folder: Path
    binaries: Path

    def run(self, command: str) -> str:
        """What a command prints on a terminal, without what differs from run to run."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("SEARCH_APP_", "PYTEST"))}
        kept |= {
            "PATH": f"{self.binaries}{os.pathsep}{os.environ['PATH']}",
            "PYTHONUNBUFFERED": "1",
            # The backend is here, and so is all that a package depends on: nothing is fetched.
            "PIP_NO_BUILD_ISOLATION": "0",
            "PIP_NO_INDEX": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_ROOT_USER_ACTION": "ignore",
        }
        done = subprocess.run(
            command,
            shell=True,
            cwd=self.folder,
            env=kept,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        printed = done.stdout
        for pattern, replacement in MASKS:
            printed = pattern.sub(replacement, printed)
        return "".join(f"{line.rstrip()}\n" for line in printed.splitlines())


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    """A virtual environment that has what this one has; what is installed goes into it alone."""
    (tmp_path / "search_app").symlink_to(ROOT)
    environment = tmp_path / "environment"
    venv.create(environment, symlinks=True)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(environment)}))
    lines = [f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})", str(ROOT)]
    (site / "around.pth").write_text("\n".join([*lines, ""]), encoding="utf-8")
    command = environment / "bin" / "search-app"
    program = "from search_app.cli.main import main\nif __name__ == '__main__':\n    main()"
    command.write_text(f"#!{environment}/bin/python\n{program}\n", encoding="utf-8")
    command.chmod(0o755)
    folder = tmp_path / "papers"
    folder.mkdir()
    return Reader(folder, command.parent)


def printed_blocks(document: str, reader: Reader) -> Iterator[tuple[str, str]]:
    """Each console block as it stands, and as it really runs; files are written on the way."""
    for path, language, text in BLOCK.findall(document):
        if path:
            (reader.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (reader.folder / path).write_text(text, encoding="utf-8")
        elif language == "console":
            ran = ""
            for command in re.findall(r"^\$ (.*)", text, re.MULTILINE):
                ran += f"$ {command}\n{reader.run(command)}"
            yield text, ran


def test_every_command_prints_what_the_document_says(reader: Reader) -> None:
    """In their order, in a folder with the files of the document; times are masked."""
    document = PAGE.read_text(encoding="utf-8")
    blocks = list(printed_blocks(document, reader))
    assert len(blocks) > 6
    if os.environ.get("SAME") == "write":
        for said, ran in blocks:
            document = document.replace(f"```console\n{said}```", f"```console\n{ran}```")
        PAGE.write_text(document, encoding="utf-8")
        return
    for said, ran in blocks:
        assert said == ran
