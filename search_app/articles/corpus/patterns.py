"""Patterns of paths: how the files of a newspaper are called, `{date:%Y%m%d}_{page}.txt`.

`{newspaper}`, `{page}` and `{any}` stand for some characters of one name, `{date}` for a date as
2020-01-28, or in the form that is given: `%Y`, `%m` and `%d` with anything between. All else is
itself, in capitals or small. A pattern may begin at any folder; `.gz` may follow it.
"""

import re
from typing import NamedTuple

from search_app.articles.base import Issue
from search_app.articles.records.checks import is_date

_KNOWN = "{newspaper} {date} {page} {any}"
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
        if re.search("[{}]", _PLACEHOLDER.sub("", text)):
            raise BadPattern(f"a brace stands alone; write {_KNOWN}")
        expression, at = "(?:.*/)?", 0
        for placeholder in _PLACEHOLDER.finditer(text):
            expression += re.escape(text[at : placeholder.start()])
            name, form = placeholder.groups()
            if name == "date":
                expression += _date_expression(_ISO if form is None else form)
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
