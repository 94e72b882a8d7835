"""`corpus.toml`: what is known of the files in a folder, beside what they say themselves.

Each `[[source]]` speaks of one folder, or one zip. Where several hold a file only those of the
innermost folder count, and of these the first whose `pattern` the file's path fits; but what may
not be shown in a folder may not be shown in those within, unless they say otherwise.
"""

import os
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from search_app.articles.base import Issue, Origin
from search_app.articles.corpus.decode import check_encoding
from search_app.articles.corpus.files import CorpusFile, printable
from search_app.articles.corpus.packing import ARCHIVE
from search_app.articles.pages import PAGE_PARSERS
from search_app.articles.records.checks import FIELDS
from search_app.errors import BadCorpus, BadPlugin, BadSetting
from search_app.model import Reject, is_date

NAME = "corpus.toml"
_TYPES: Mapping[str, type] = {
    "folder": str, "newspaper": str, "pattern": str, "encoding": str, "parser": str,
    "columns": dict, "full_text": bool,
}  # fmt: skip
_IN_WORDS = {str: "a string", dict: "a table", bool: "true or false"}

_KNOWN = "{newspaper} {date} {page} {any}"
_PLACEHOLDER = re.compile(r"\{(\w+)(?::([^{}]*))?\}")
_EXPRESSIONS = {
    "newspaper": "(?P<newspaper>[^/]+?)",
    "page": "(?P<page>[^/]+?)",
    "any": "[^/]*",
}
_DATE_EXPRESSIONS = {
    "%Y": "(?P<year>[0-9]{4})",
    "%m": "(?P<month>[0-9]{1,2})",
    "%d": "(?P<day>[0-9]{1,2})",
}


class BadPattern(ValueError):
    """A pattern that cannot be read; says why, and what to write."""


class _KeyFault(Exception):
    """A key, and what is wrong with its value and to be done."""


class PathPattern(NamedTuple):
    """How the files of a newspaper are called, `{date:%Y%m%d}_{page}.txt`, as an expression.

    `{newspaper}`, `{page}` and `{any}` stand for some characters of one name, `{date}` for a date
    as 2020-01-28, or with `%Y`, `%m` and `%d` in any order and anything between. All else is
    itself, in capitals or small. A pattern may begin at any folder; `.gz` may follow it.
    """

    expression: re.Pattern[str]

    @classmethod
    def of(cls, text: str) -> "PathPattern":
        """Raises BadPattern."""
        if re.search("[{}]", _PLACEHOLDER.sub("", text)):
            raise BadPattern(f"a brace stands alone; write {_KNOWN}")
        expression, at = "(?:.*/)?", 0
        for placeholder in _PLACEHOLDER.finditer(text):
            expression += re.escape(text[at : placeholder.start()])
            name, form = placeholder.groups()
            if name == "date":
                expression += _date_expression("%Y-%m-%d" if form is None else form)
            elif name in _EXPRESSIONS and form is None:
                expression += _EXPRESSIONS[name]
            else:
                raise BadPattern(f"{{{name}}} is not known; write {_KNOWN}")
            at = placeholder.end()
        expression += re.escape(text[at:]) + r"(?:\.gz)?"
        try:
            # Names of files in capitals or small: FAT and old archives do not keep which.
            return cls(re.compile(expression, re.IGNORECASE))
        except re.error:
            raise BadPattern("it names the same thing twice; write {any} for one") from None

    def read(self, path: str) -> Issue | None:
        """What a path says; None where it does not fit, or says a day that never was."""
        fitting = self.expression.fullmatch(path)
        if not fitting:
            return None
        values = fitting.groupdict()
        numbers = [values[unit].zfill(2) for unit in ("year", "month", "day") if unit in values]
        date = "-".join(numbers) or None
        if date and not is_date(date):
            return None
        return Issue(values.get("newspaper"), date, values.get("page"))


class _Rule(NamedTuple):
    """One `[[source]]`; `folder` is `/` and a path below the file that says it, or empty for all.

    `full_text` is None where nothing is said of it.
    """

    folder: str
    newspaper: str | None
    pattern: PathPattern
    origin: Origin
    full_text: bool | None


class Origins:
    """What a `corpus.toml` says of each of the files beside it and below."""

    def __init__(self, root: str, rules: Sequence[_Rule]) -> None:
        self._root, self._rules = root, rules

    @classmethod
    def read(cls, corpus: Path) -> "Origins":
        """Those of the corpus's folder or the nearest around it; raises BadCorpus for any fault."""
        # Also of one around it: a part of a corpus is read as it is within the whole.
        start = Path(os.path.abspath(corpus if corpus.is_dir() else corpus.parent))
        for folder in (start, *start.parents):
            if os.path.lexists(folder / NAME):
                return cls(str(folder), _read_rules(folder / NAME))
        return cls("", ())

    def apply(self, file: CorpusFile | Reject) -> CorpusFile | Reject:
        """The file with what is known of it; a Reject where its path fits no pattern."""
        if isinstance(file, Reject) or not self._rules:
            return file
        path = printable(os.path.relpath(os.path.abspath(file.path), self._root))
        holding = [rule for rule in self._rules if f"/{path}".startswith(f"{rule.folder}/")]
        if not holding:
            return file
        # Of folders that hold a file the one with the longest path is the innermost.
        holding.sort(key=lambda rule: len(rule.folder), reverse=True)
        innermost = [rule for rule in holding if rule.folder == holding[0].folder]
        for rule in innermost:
            known, place = rule.pattern.read(path[len(rule.folder) :]), file.issue
            if known is not None:
                newspaper = known.newspaper or rule.newspaper or place.newspaper
                issue = Issue(newspaper, known.date or place.date, known.page_no or place.page_no)
                said = [one.full_text for one in (rule, *holding[len(innermost) :])]
                full_text = next((is_shown for is_shown in said if is_shown is not None), True)
                return file._replace(issue=issue, origin=replace(rule.origin, full_text=full_text))
        reason = f"its path fits no pattern in {NAME}"
        return Reject(printable(file.path), 0, reason, "rename it, or add a pattern there")


def _read_rules(path: Path) -> Sequence[_Rule]:
    try:
        if not path.is_file():  # to open a pipe would wait for somebody to write
            raise OSError("not a file")
        given = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as e:
        raise BadCorpus(f"{path} cannot be read ({e}); mend it, or remove it") from None
    sources = given.pop("source", [])
    if given or not isinstance(sources, list) or not all(isinstance(s, dict) for s in sources):
        key = next(iter(given), "source")
        raise BadCorpus(f"{path}: {key}: not known here; write [[source]], and keys below it")
    rules = []
    for number, source in enumerate(sources, 1):
        try:
            rules.append(_rule_of(path.parent, source))
        except _KeyFault as e:
            key, situation = e.args
            raise BadCorpus(f"{path}: [[source]] {number}: {key}: {situation}") from None
    return rules


def _rule_of(root: Path, source: Mapping[str, Any]) -> _Rule:
    for key, value in source.items():
        if key not in _TYPES:
            raise _KeyFault(key, f"no such key; there are {', '.join(_TYPES)}")
        if not isinstance(value, _TYPES[key]) or value == "":
            raise _KeyFault(key, f"write {_IN_WORDS[_TYPES[key]]}")
    values = {
        "parser": "default",
        "columns": {},
        "encoding": None,
        "pattern": "{any}",
        **source,
    }
    for key, check in _CHECKS.items():
        try:
            check(values[key])
        except (BadPlugin, BadSetting, BadPattern) as e:
            raise _KeyFault(key, str(e)) from None
    folder = _folder_of(root, source)
    pattern = PathPattern.of(values["pattern"])
    origin = Origin(values["encoding"], values["columns"], values["parser"])
    return _Rule(folder, source.get("newspaper"), pattern, origin, source.get("full_text"))


def _check_parser(parser: str) -> None:
    if parser not in PAGE_PARSERS:
        others = f"there are {', '.join(PAGE_PARSERS)}, and those of packages you install"
        raise BadSetting(f"no parser {parser!r}; {others}")
    PAGE_PARSERS.check(parser)


def _check_columns(columns: Mapping[str, Any]) -> None:
    for column, field in columns.items():
        if field not in FIELDS or list(columns.values()).count(field) > 1:
            fields = ", ".join(sorted(FIELDS))
            raise BadSetting(f"{column!r} must name one field of its own: {fields}")


# They raise BadPlugin, BadSetting or BadPattern.
_CHECKS: Mapping[str, Callable[[Any], object]] = {
    "parser": _check_parser,
    "columns": _check_columns,
    "encoding": check_encoding,
    "pattern": PathPattern.of,
}


def _folder_of(root: Path, source: Mapping[str, Any]) -> str:
    if "folder" not in source:
        raise _KeyFault("folder", 'missing; name one, or write "." for all')
    folder: str = os.path.normpath(source["folder"])
    if os.path.isabs(folder) or folder.split("/")[0] == "..":
        raise _KeyFault("folder", f"{folder!r} is not below {NAME}; write a path from there")
    path = root / folder
    if not path.is_dir() and not (folder.lower().endswith(ARCHIVE) and path.is_file()):
        raise _KeyFault("folder", f"there is no folder or zip {folder!r} beside {NAME}; mend it")
    return "" if folder == "." else f"/{folder}"


# An expression for dates in a form; where two numbers touch, each has all of its digits.
def _date_expression(form: str) -> str:
    # The parts of a form stand before, between and behind its codes: one more than there are.
    between, codes = re.split("%.?", form), re.findall("%.?", form)
    if sorted(codes) not in (["%Y"], ["%Y", "%m"], ["%Y", "%d", "%m"]):
        raise BadPattern(f"{{date:{form}}} is no date; write %Y, %m and %d, once each")
    numbers_touch = "" in between[1:-1]
    expression = re.escape(between[0])
    for code, following in zip(codes, between[1:], strict=True):
        number = _DATE_EXPRESSIONS[code]
        if numbers_touch:
            number = number.replace("1,2", "2")
        expression += number + re.escape(following)
    return expression
