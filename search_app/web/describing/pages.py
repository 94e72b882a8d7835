"""The pages that explain the API: all of it on one, and one for each kind of problem."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from flask import Blueprint, abort, render_template, request

from search_app.web.describing.openapi import operations
from search_app.web.params import LONGEST_QUERY, LONGEST_VALUE, MOST_VALUES, WINDOW
from search_app.web.problems import specimens

blueprint = Blueprint("documentation", __name__)


class ParameterRow(NamedTuple):
    """A parameter as a list of them shows it; texts that are empty say nothing."""

    name: str
    is_required: bool
    choices: Sequence[str]
    least: int | None
    most: int | None
    default: str
    example: str


class EndpointRow(NamedTuple):
    """An endpoint as a list of them shows it: its path, the media types of its answer."""

    path: str
    media_types: Sequence[str]
    parameters: Sequence[ParameterRow]


@blueprint.get("/docs")
def docs() -> str:
    """How programs ask: every address, every parameter, every limit, with examples."""
    rows = {row.path: row for row in _endpoints()}
    kinds = sorted((problem.status, kind) for kind, problem in specimens().items())
    return render_template(
        "docs.html", endpoints=rows, problems=kinds, root=request.url_root.rstrip("/"),
        longest_query=LONGEST_QUERY, window=WINDOW, longest_value=LONGEST_VALUE,
        most_values=MOST_VALUES,
    )  # fmt: skip


@blueprint.get("/problems/<kind>")
def problem(kind: str) -> str:
    """What a kind of problem means, and what helps."""
    known = specimens()
    if kind not in known:
        abort(404)
    return render_template("problem.html", kind=kind, problem=known[kind])


# From the description of the API, so that there is one list of what it takes.
def _endpoints() -> Iterator[EndpointRow]:
    for path, operation in operations().items():
        parameters = []
        for parameter in operation["parameters"]:
            parameters.append(_parameter(parameter))
        yield EndpointRow(path, tuple(operation["responses"]["200"]["content"]), parameters)


def _parameter(described: Mapping[str, Any]) -> ParameterRow:
    schema = described["schema"]
    choices = schema.get("enum", schema.get("items", {}).get("enum", ()))
    if "const" in schema:
        choices = (schema["const"],)
    example = described.get("example", "")
    if isinstance(example, list):
        example = ",".join(example)
    return ParameterRow(
        described["name"], described["required"], choices, schema.get("minimum"),
        schema.get("maximum"), _shown(schema.get("default")), _shown(example),
    )  # fmt: skip


# A default is empty where leaving the parameter out means nothing in particular.
def _shown(value: object) -> str:
    return "" if value in (None, "", [], ()) else str(value)
