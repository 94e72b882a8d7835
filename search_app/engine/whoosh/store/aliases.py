"""Old article ids and the ids that replaced them, as a generation keeps them in one JSON file."""

import json
from collections.abc import Mapping
from pathlib import Path

NAME = "aliases.json"


def read_aliases(folder: Path) -> dict[str, str]:
    """The aliases of a generation; raises OSError, ValueError and TypeError."""
    return dict(json.loads((folder / NAME).read_bytes()))


def write_aliases(folder: Path, aliases: Mapping[str, str]) -> None:
    """Writes the aliases of a generation, in the order of the old ids."""
    text = json.dumps(dict(sorted(aliases.items())), ensure_ascii=False, indent=0)
    (folder / NAME).write_text(text, encoding="utf-8")
