"""The wheel: what is in it, and that it works away from the checkout."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from served import ROOT, environment, serving


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    # From a copy: a build leaves folders beside the sources.
    source = folder / "source"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(source)], check=True)
    changed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, changed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    subprocess.run([*build, "--wheel-dir", str(folder), str(source)], check=True)
    return next(folder.glob("*.whl"))


def test_only_the_package_and_wsgi_are_in_it(wheel: Path) -> None:
    """No tests, no corpus; templates, static files and tables are there."""
    with zipfile.ZipFile(wheel) as content:
        names = content.namelist()
    tops = {name.split("/")[0] for name in names}
    assert {t for t in tops if not t.endswith(".dist-info")} == {"search_app", "wsgi.py"}
    data = ("text/t2s.tsv", "analysis/stopwords.txt", "web/static/app.css", "cli/side_by_side.html")
    for wanted in data:
        assert f"search_app/{wanted}" in names
    assert any(name.startswith("search_app/web/templates/") for name in names)
    assert any(name.endswith("licenses/NOTICE") for name in names)


def test_it_works_where_no_checkout_is(wheel: Path, tmp_path: Path) -> None:
    """Installed into an empty folder: it indexes, searches and serves from there."""
    site = tmp_path / "site"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    subprocess.run([*install, "--target", str(site), str(wheel)], check=True)
    command, index = site / "bin" / "search-app", tmp_path / "index"
    more = environment(PYTHONPATH=str(site))
    rebuild = [command, "rebuild", "--corpus", ROOT / "corpus", "--index", index]
    subprocess.run(rebuild, env=more, cwd=tmp_path, check=True, capture_output=True)
    where = [sys.executable, "-c", "import search_app, wsgi; print(search_app.__file__)"]
    printed = subprocess.run(
        where, env=more, cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert printed.stdout.startswith(str(site))
    with serving(index, command, tmp_path, PYTHONPATH=str(site)) as address:
        assert address.get("/api/v1/search", q="防汛抗旱").json["total"] >= 3
        page = address.get("/search", q="防汛抗旱").body.decode()
        assert "<mark>" in page
        style = page.split('rel="stylesheet"')[1].split('href="')[1].split('"')[0]
        assert address.get(style.replace("&amp;", "&")).status == 200
