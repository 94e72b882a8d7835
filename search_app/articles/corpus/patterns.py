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
_EXPRESSIONS = {"newspaper": "(?P<newspaper>[^/]+?)", "page": "(?P<page>[^/]+?)", "any": "[^/]*"}
_ISO = "%Y-%m-%d"
_DATE_EXPRESSIONS = {
    "%Y": "(?P<year>[0-9]{4})",
    "%m": "(?P<month>[0-9]{1,2})",
    "%d": "(?P<day>[0-9]{1,2})",
}


class BadPattern(ValueError):
    """A pattern that cannot be read; says why, and what to write."""


class PathPattern(NamedTuple):
    """A pattern as an expression."""

    expression: re.Pattern[str]

    @classmethod
    def of(cls, text: str) -> "PathPattern":
        """Raises BadPattern."""
        # Names of files in capitals or small: FAT and old archives do not keep which.
        expression, at = "(?:.*/)?", 0
        for placeholder in _PLACEHOLDER.finditer(text):
            expression += _literal(text[at : placeholder.start()])
            expression += _placeholder_expression(placeholder[1], placeholder[2])
            at = placeholder.end()
        expression += _literal(text[at:]) + r"(?:\.gz)?"
        try:
            return cls(re.compile(expression, re.IGNORECASE))
        except re.error:
            raise BadPattern("it names the same thing twice; write {any} for one") from None

    def read(self, path: str) -> Issue | None:
        """What a path says; None where it does not fit, or says a day that never was."""
        fitting = self.expression.fullmatch(path)
        if not fitting:
            return None
        values = fitting.groupdict()
        date = None
        if "year" in values:
            date = values["year"]
            for unit in ("month", "day"):
                if unit in values:
                    date += "-" + values[unit].zfill(2)
            if not is_date(date):
                return None
        return Issue(values.get("newspaper"), date, values.get("page"))


def _literal(text: str) -> str:
    if re.search("[{}]", text):
        raise BadPattern("a brace stands alone; write {newspaper} {date} {page} {any}")
    return re.escape(text)


def _placeholder_expression(name: str, form: str | None) -> str:
    if name == "date":
        return _date_expression(_ISO if form is None else form)
    if name in _EXPRESSIONS and form is None:
        return _EXPRESSIONS[name]
    raise BadPattern(f"{{{name}}} is not known; write {{newspaper}} {{date}} {{page}} {{any}}")


def _date_expression(form: str) -> str:
    """An expression for dates in a form; where two numbers touch, each has all of its digits."""
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
