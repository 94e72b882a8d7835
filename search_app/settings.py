"""Every setting in one table: name, default, help.

An option goes before the environment (`SEARCH_APP_<NAME>`), `search-app.toml` here, the default.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from search_app.errors import BadSetting

FILE = "search-app.toml"


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table; `choices` is empty where any text goes."""

    name: str
    default: str
    help: str
    choices: tuple[str, ...] = ()
    whole_number: bool = False
    shape: str = ""  # a regular expression, where only texts of that shape go

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return f"SEARCH_APP_{self.name.upper()}"


_ORIGIN = r"https?://[^\s,/?#*@]+"
SETTINGS = (
    Setting("index", "index", "folder of the index and its generations"),
    Setting("index_group", "",
            "group that may read the index; empty: its owner alone, or a setgid folder's group"),
    Setting("corpus", "corpus", "folder or file that `rebuild` reads articles from"),
    Setting("dictionaries", "",
            "folder of user_dict.txt, synonyms.txt, stopwords.txt; empty: none"),
    # The names in `bootstrap.ENGINES`.
    Setting("engine", "whoosh", "which engine builds the index and answers", choices=("whoosh",)),
    Setting("host", "127.0.0.1", "address that `serve` listens on"),
    Setting("port", "8000", "port that `serve` listens on", whole_number=True),
    Setting("workers", "2", "worker processes of `serve`", whole_number=True),
    Setting("hosts", "", "host names that are answered, by commas; empty: loopback and host"),
    Setting("jobs", "0", "processes of `rebuild` and `update`; 0: all cores", whole_number=True),
    Setting("most_postings", "50000000",
            "postings that a query may read; a costlier one is refused", whole_number=True),
    Setting("lang", "zh", "language of the pages", choices=("zh",)),
    Setting("cors", "", "origins whose pages may read the answers, by commas, or *; empty: none",
            shape=rf"\*|{_ORIGIN}(\s*,\s*{_ORIGIN})*"),
    Setting("rate_limit", "",
            "requests of one client in each worker, as 120/minute; empty: no limit",
            shape="[1-9][0-9]{0,8}/([1-9][0-9]{0,3} ?)?(second|minute|hour|day)"),
    Setting("proxies", "127.0.0.1,::1",
            "addresses whose X-Forwarded-For and X-Forwarded-Proto are believed, by commas",
            shape=r"[0-9a-fA-F:.]+(\s*,\s*[0-9a-fA-F:.]+)*"),
    Setting("log", "", "a line on stderr for each request; empty: none",
            choices=("", "text", "json")),
    Setting("log_queries", "no", "whether that line has the query and the client's address",
            choices=("no", "yes")),
    Setting("metrics", "loopback", "who is shown /metrics: this machine, or all",
            choices=("loopback", "all")),
    Setting("encoding", "",
            "encoding of corpus files; empty: UTF-8, or what a byte order mark says"),
)  # fmt: skip
# Those that change how answers are given but not what they say.
_OF_OPERATION = frozenset({
    "host", "port", "workers", "jobs", "rate_limit", "proxies", "log", "log_queries", "metrics",
})  # fmt: skip
_BY_NAME = {setting.name: setting for setting in SETTINGS}


@dataclass(frozen=True, slots=True)
class SettingValue:
    """A setting's value and where it came from: option, environment, file or default."""

    setting: Setting
    text: str
    origin: str


class Settings:
    """The values of all settings, found once."""

    def __init__(self, values: Mapping[str, SettingValue]) -> None:
        self._values = values

    def __getitem__(self, name: str) -> str:
        return self._values[name].text

    def folder(self, name: str) -> Path | None:
        """The folder that a setting names, if it names one."""
        return Path(self[name]) if self[name] else None

    def all(self) -> list[SettingValue]:
        """Every value, in the order of the table."""
        return list(self._values.values())

    def hosts(self) -> tuple[str, ...]:
        """The host names that requests may ask for."""
        given = [_host(name) for name in self["hosts"].split(",") if name.strip()]
        return tuple(given or ("localhost", "127.0.0.1", "::1", _host(self["host"])))

    def names(self, name: str) -> tuple[str, ...]:
        """The texts that a setting lists, by commas."""
        return tuple(text.strip() for text in self[name].split(",") if text.strip())

    def digest(self) -> str:
        """Another text wherever a setting is another that may change an answer."""
        values = [f"{v.setting.name}={v.text}" for v in self.all()]
        kept = [text for text in values if text.partition("=")[0] not in _OF_OPERATION]
        return sha256("\n".join(kept).encode()).hexdigest()

    def with_options(self, **options: str | None) -> "Settings":
        """These settings with options of the command line over them; None means not given."""
        values = dict(self._values)
        for name, text in options.items():
            if text is not None:
                values[name] = _checked(_BY_NAME[name], text, "option")
        return Settings(values)

    def environment(self) -> dict[str, str]:
        """Every value as an environment variable, folders absolute, for a child process."""
        made = {v.setting.variable: v.text for v in self._values.values()}
        for name in ("index", "corpus", "dictionaries"):
            # An engine may have its index at an address, which is no folder.
            if self[name] and "://" not in self[name]:
                made[_BY_NAME[name].variable] = str(Path(self[name]).absolute())
        return made


def read_settings(
    environment: Mapping[str, str] = os.environ, folder: Path | None = None
) -> Settings:
    """Finds every setting; raises BadSetting for a value or a file that cannot be used."""
    path = (folder or Path()) / FILE
    file: Mapping[str, object] = {}
    try:
        if path.is_file():
            file = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSetting(f"{path} cannot be read: {error}") from error
    if unknown := sorted(set(file) - set(_BY_NAME)):
        raise BadSetting(f"{path} has unknown settings: {', '.join(unknown)}")
    values = {}
    for name, setting in _BY_NAME.items():
        if setting.variable in environment:
            values[name] = _checked(setting, environment[setting.variable], "environment")
        elif name in file:
            values[name] = _checked(setting, str(file[name]), FILE)
        else:
            values[name] = SettingValue(setting, setting.default, "default")
    return Settings(values)


# A host name in lower case, without a port and without brackets.
def _host(name: str) -> str:
    name = name.strip().lower()
    if name.startswith("["):
        return name[1:].partition("]")[0]
    # An IPv6 address without brackets has more colons, and no port.
    return name.partition(":")[0] if name.count(":") == 1 else name


def _checked(setting: Setting, text: str, origin: str) -> SettingValue:
    named = f"{setting.variable} ({origin})"
    if setting.choices and text not in setting.choices:
        raise BadSetting(f"{named} is {text!r}; choose one of: {', '.join(setting.choices)}")
    # Ten digits are more than any of these can be, and int() takes digits of other scripts too.
    if setting.whole_number and not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadSetting(f"{named} is {text!r}; give a whole number")
    if setting.shape and text and not re.fullmatch(setting.shape, text, re.ASCII):
        raise BadSetting(f"{named} is {text!r}; it takes {setting.help}")
    return SettingValue(setting, text, origin)
