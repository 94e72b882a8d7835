"""Settings: one table, four places a value may come from."""

from pathlib import Path

import pytest

from search_app.bootstrap import ENGINES
from search_app.errors import BadSetting
from search_app.settings import SETTINGS, read_settings


def test_option_over_environment_over_file_over_default(tmp_path: Path) -> None:
    """Each place hides the ones behind it, and is named."""
    variables = {"SEARCH_APP_PORT": "8002"}

    def found(**options: str | None) -> tuple[str, str]:
        settings = read_settings(variables, tmp_path).with_options(**options)
        (value,) = [v for v in settings.all() if v.setting.name == "port"]
        return value.text, value.origin

    assert found(port="8003") == ("8003", "option")
    assert found(port=None) == ("8002", "environment")
    variables.clear()
    (tmp_path / "search-app.toml").write_text("port = 8001\n", encoding="utf-8")
    assert found() == ("8001", "search-app.toml")
    (tmp_path / "search-app.toml").unlink()
    assert found() == ("8000", "default")


@pytest.mark.parametrize(
    ("variables", "file", "named"),
    [
        ({"SEARCH_APP_PORT": "８０００"}, "", "whole number"),
        ({"SEARCH_APP_WORKERS": "-1"}, "", "whole number"),
        ({"SEARCH_APP_ENGINE": "lucene"}, "", "whoosh"),
        ({}, "port = ", "cannot be read"),
        ({}, "colour = 'red'", "colour"),
    ],
)
def test_what_a_setting_cannot_be_is_named(
    variables: dict[str, str], file: str, named: str, tmp_path: Path
) -> None:
    """With what it could be."""
    (tmp_path / "search-app.toml").write_text(file, encoding="utf-8")
    with pytest.raises(BadSetting, match=named):
        read_settings(variables, tmp_path)


def test_every_engine_can_be_chosen() -> None:
    """And nothing else; the refusal names them all."""
    (setting,) = (setting for setting in SETTINGS if setting.name == "engine")
    assert setting.choices == tuple(ENGINES)
    assert setting.default in ENGINES
    with pytest.raises(BadSetting, match=f"'lucene'; choose one of: {', '.join(ENGINES)}$"):
        read_settings({"SEARCH_APP_ENGINE": "lucene"})


def test_a_child_process_gets_every_setting_with_absolute_folders(tmp_path: Path) -> None:
    """It may start in another folder and must not find another file of settings there."""
    made = read_settings({"SEARCH_APP_INDEX": "here"}, tmp_path).environment()
    assert set(made) == {setting.variable for setting in SETTINGS}
    assert made["SEARCH_APP_INDEX"] == str(Path("here").absolute())
    address = "https://search.example/paper"
    made = read_settings({"SEARCH_APP_INDEX": address}, tmp_path).environment()
    assert made["SEARCH_APP_INDEX"] == address


def test_hosts_are_loopback_and_the_address_unless_given(tmp_path: Path) -> None:
    """In lower case, without brackets."""
    settings = read_settings({"SEARCH_APP_HOST": "Paper.example"}, tmp_path)
    assert settings.hosts() == ("localhost", "127.0.0.1", "::1", "paper.example")
    given = read_settings({"SEARCH_APP_HOSTS": "a.example:8000, [::2]:80,::3"}, tmp_path)
    assert given.hosts() == ("a.example", "::2", "::3")
