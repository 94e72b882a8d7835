"""The HTML pages: form, results, article, errors. They work without scripting."""

from dataclasses import replace

from flask import Blueprint, Response, make_response, render_template, request

from search_app.errors import SearchAppError
from search_app.web.params import (
    LONGEST_QUERY,
    ArticleParams,
    ExportParams,
    FeedParams,
    SearchParams,
    service,
)
from search_app.web.problems import Problem
from search_app.web.render import BESIDE, paging

blueprint = Blueprint("pages", __name__)
# How many values are listed of each filter beside results.
MOST = 8
# How many articles like it are listed below an article.
ALIKE = 5


@blueprint.get("/")
def home() -> str:
    """The form, and how to use it; without an index it says so, and is no error page."""
    try:
        status = service().status()
    except SearchAppError:
        status = None
    return render_template("home.html", status=status)


@blueprint.get("/search")
def search() -> str:
    """A page of results; without a query, the form."""
    if "q" not in request.args:
        return home()
    params = SearchParams.read(request.query_string, is_form=True)
    asked = replace(
        params.request(), facets=tuple(row.name for row in BESIDE), facet_limit=MOST, cursor=None,
        collapse=params.collapse != "no",
    )  # fmt: skip
    page = service().search(asked)
    return render_template(
        "results.html",
        params=params,
        page=page,
        paging=paging(page),
        form=params.link(page=None),
        # What this page lists: with the weaker matches it has, reprints as it shows them.
        export=params.taken_by(
            ExportParams,
            relax="yes" if page.query.relaxed else None,
            collapse=None if params.collapse == "no" else "reprints",
        ),
        feed=params.taken_by(FeedParams, page=None, per_page=None, relax=None),
    )


@blueprint.get("/articles/<article_id>")
def article(article_id: str) -> str:
    """An article to read, to check against the printed text, and to cite."""
    # Without a query to mark, whatever else the address says means nothing.
    query_string = request.query_string if request.args.get("q") else b""
    asked = ArticleParams.read(query_string, is_form=True)
    view = service().article(article_id, asked.q, asked.match)
    marking = asked.model_dump(exclude_defaults=True)
    alike = service().similar(article_id, ALIKE, collapse=True)
    return render_template("article.html", article=view, alike=alike, marking=marking, form=marking)


def error_page(problem: Problem) -> Response:
    """What went wrong and what to do, with the form to go on from."""
    typed = {"q": request.args.get("q", "")[:LONGEST_QUERY]}
    shown = render_template("error.html", problem=problem, form=typed)
    return make_response(shown, problem.status)
