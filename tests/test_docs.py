"""The documents say what is there."""

import re
from pathlib import Path

from served import ROOT, run

from search_app.bootstrap import search_service
from search_app.model import SearchRequest
from search_app.settings import SETTINGS, read_settings

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_setting_is_in_the_readme() -> None:
    """With its default and its help, as `search-app settings` shows them."""
    printed = run("settings").stdout
    for setting in SETTINGS:
        default = f"`{setting.default}`" if setting.default else "–"
        assert f"| `{setting.variable}` | {default} | {setting.help} |" in README
        assert setting.variable in printed


def test_every_command_is_in_the_readme_and_has_an_example() -> None:
    """Whoever reads the help of a command sees how it is used."""
    help_text = run("--help").stdout
    commands = re.findall(r"^  ([a-z]+)  ", help_text.split("Commands:")[1], re.MULTILINE)
    assert len(commands) == 13
    for command in commands:
        assert re.search(rf"\b{command}\b", README)
        assert f"search-app {command}" in run(command, "--help").stdout.split("xample")[1]


def test_links_of_the_documents_lead_somewhere() -> None:
    """Relative links in every Markdown file outside the corpus."""
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), (page.name, target)


def test_every_decision_is_listed() -> None:
    """The list of decisions is complete."""
    folder = ROOT / "docs" / "decisions"
    listed = (folder / "README.md").read_text(encoding="utf-8")
    assert all(page.name in listed for page in folder.glob("0*.md"))


def test_every_example_of_the_syntax_finds_what_it_says(tmp_path: Path) -> None:
    """Each row's query, asked of the sample corpus."""
    page = (ROOT / "docs" / "query-syntax.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(.+?)` \| (\d+) \| ", page, re.MULTILINE)
    assert len(rows) >= 25
    index = tmp_path / "index"
    assert run("rebuild", "--corpus", ROOT / "corpus", "--index", index).returncode == 0
    service = search_service(read_settings().with_options(index=str(index)))
    for typed, count in rows:
        found = service.search(SearchRequest(q=typed.replace("\\|", "|"), relax=False))
        assert found.total == int(count), typed
