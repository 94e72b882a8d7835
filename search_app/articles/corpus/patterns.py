"""Patterns of paths: how the files of a newspaper are called, `{date:%Y%m%d}_{page}.txt`.

`{newspaper}`, `{page}` and `{any}` stand for some characters of one name, `{date}` for a date as
2020-01-28, or in the form that is given: `%Y`, `%m` and `%d` with anything between. All else is
itself, in capitals or small. A pattern may begin at any folder; `.gz` may follow it.
"""

import re
from typing import NamedTuple

from search_app.articles.base import Issue
from search_app.articles.records.checks import is_date

_PLACEHOLDER = re.compile(r"\{(\w+)(?::([^{}]*))?\}")
_NAMES = {"newspaper": "(?P<newspaper>[^/]+?)", "page": "(?P<page>[^/]+?)", "any": "[^/]*"}
_ISO = "%Y-%m-%d"
_PARTS = {"%Y": "(?P<year>[0-9]{4})", "%m": "(?P<month>[0-9]{1,2})", "%d": "(?P<day>[0-9]{1,2})"}


class BadPattern(ValueError):
    """A pattern that cannot be read; says why, and what to write."""


class PathPattern(NamedTuple):
    """A pattern as an expression."""

    expression: re.Pattern[str]

    @classmethod
    def of(cls, text: str) -> "PathPattern":
        """Raises BadPattern."""
        pieces, at = ["(?:.*/)?"], 0
        for found in _PLACEHOLDER.finditer(text):
            pieces += [_literal(text[at : found.start()]), _placeholder(found[1], found[2])]
            at = found.end()
        pieces += [_literal(text[at:]), r"(?:\.gz)?"]
        try:
            return cls(re.compile("".join(pieces), re.IGNORECASE))
        except re.error:
            raise BadPattern("it names the same thing twice; write {any} for one") from None

    def read(self, path: str) -> Issue | None:
        """What a path says; None where it does not fit, or says a day that never was."""
        if not (found := self.expression.fullmatch(path)):
            return None
        said = found.groupdict()
        date = "-".join(said[part].zfill(2) for part in ("year", "month", "day") if part in said)
        if date and not is_date(date):
            return None
        return Issue(said.get("newspaper"), date or None, said.get("page"))


def _literal(text: str) -> str:
    if re.search("[{}]", text):
        raise BadPattern("a brace stands alone; write {newspaper} {date} {page} {any}")
    return re.escape(text)


def _placeholder(name: str, form: str | None) -> str:
    if name == "date":
        return _date(_ISO if form is None else form)
    if name in _NAMES and form is None:
        return _NAMES[name]
    raise BadPattern(f"{{{name}}} is not known; write {{newspaper}} {{date}} {{page}} {{any}}")


def _date(form: str) -> str:
    """Where its parts touch, each has all of its digits."""
    between, parts = re.split("%.?", form), re.findall("%.?", form)
    if sorted(parts) not in (["%Y"], ["%Y", "%m"], ["%Y", "%d", "%m"]):
        raise BadPattern(f"{{date:{form}}} is no date; write %Y, %m and %d, once each")
    expressions = [_PARTS[part] for part in parts]
    if "" in between[1:-1]:
        expressions = [expression.replace("1,2", "2") for expression in expressions]
    return "".join(re.escape(b) + e for b, e in zip(between, [*expressions, ""], strict=True))
