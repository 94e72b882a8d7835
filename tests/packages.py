"""Packages that announce readers, as pip would install them: modules beside a `dist-info`."""

import shutil
import tomllib
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples"


def announce(site: Path, package: str, points: Mapping[str, Mapping[str, str]]) -> None:
    """Makes a package known whose entry points are `points`, by group and name."""
    folder = site / f"{package.replace('-', '_')}-1.0.dist-info"
    folder.mkdir(parents=True)
    metadata = f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n"
    (folder / "METADATA").write_text(metadata, encoding="utf-8")
    lines = []
    for group, names in points.items():
        lines.append(f"[{group}]")
        for name, function in names.items():
            lines.append(f"{name} = {function}")
    (folder / "entry_points.txt").write_text("\n".join([*lines, ""]), encoding="utf-8")


def install_example(site: Path, name: str) -> None:
    """Installs a package of `examples/` with the entry points that its pyproject.toml has."""
    source = EXAMPLES / name
    project = tomllib.loads((source / "pyproject.toml").read_text(encoding="utf-8"))
    announce(site, project["project"]["name"], project["project"]["entry-points"])
    for module in project["tool"]["setuptools"]["py-modules"]:
        shutil.copy(source / f"{module}.py", site)
