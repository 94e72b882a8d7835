"""Hashes of what is seen from outside, in tables beside the tests; README.md says how to use it."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "corpus"
TABLES = Path(__file__).parent / "tables"
# Empty to compare, "write" to make the tables anew, else a folder for the full answers.
MODE = os.environ.get("SAME", "")
_COMMAND = "from search_app.cli.main import main; main()"
_MOST_NAMED = 20


def hold(part: str, items: Mapping[str, object], told: Mapping[str, str] | None = None) -> None:
    """Compares items with the table of a part; `told` says more of an item than its name does."""
    texts = {}
    for name, value in items.items():
        texts[name] = value if isinstance(value, bytes) else canonical(value)
    if MODE not in ("", "write"):
        _dump(Path(MODE) / part, texts)
        return
    hashes = {name: sha256(text).hexdigest()[:16] for name, text in texts.items()}
    table = TABLES / f"{part}.tsv"
    if MODE == "write":
        lines = [f"{name}\t{value}\n" for name, value in hashes.items()]
        table.write_text("".join(lines), encoding="utf-8")
        return
    rows = [line.split("\t") for line in table.read_text(encoding="utf-8").splitlines()]
    differing = _differing(dict(rows), hashes)
    lines = [f"  {name} {(told or {}).get(name, '')}: {why}" for name, why in differing.items()]
    more = f"\n  and {len(lines) - _MOST_NAMED} more" if len(lines) > _MOST_NAMED else ""
    listed = "\n".join(lines[:_MOST_NAMED]) + more
    assert not differing, f"{part}: {len(lines)} of {len(hashes)} are not as before\n{listed}"


def canonical(value: object) -> bytes:
    """The JSON of a value that is the same for the same value; in lines, for `diff`."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
    return text.encode("utf-8", "surrogatepass")


def run(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Runs search-app in a folder, without settings of whoever runs the tests."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SEARCH_APP_")}
    path = os.pathsep.join(filter(None, [str(ROOT), environment.get("PYTHONPATH")]))
    environment |= {"PYTHONPATH": path, "PYTHONIOENCODING": "utf-8:surrogatepass"}
    return subprocess.run(
        [sys.executable, "-c", _COMMAND, *map(str, arguments)],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        errors="surrogatepass",
        check=False,
    )


def _differing(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with each item that is not as before."""
    found = {}
    for name in sorted(before.keys() | now.keys()):
        if name not in now:
            found[name] = "is gone"
        elif name not in before:
            found[name] = "is new"
        elif before[name] != now[name]:
            found[name] = "differs"
    return found


def _dump(folder: Path, texts: Mapping[str, bytes]) -> None:
    for name, text in texts.items():
        path = folder / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
