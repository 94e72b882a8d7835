"""The HTML pages: form, results, article, errors. They work without scripting."""

from collections.abc import Iterator
from dataclasses import replace

from flask import Blueprint, Response, make_response, render_template, request
from flask_babel import LazyString, lazy_gettext
from pydantic import TypeAdapter

from search_app.errors import SearchAppError
from search_app.filters import FILTERS
from search_app.model import IndexStatus, SearchPage
from search_app.web.context import service
from search_app.web.headers import tag
from search_app.web.params import LONGEST_QUERY, ArticleParams, SearchParams
from search_app.web.problems import Problem, urn
from search_app.web.render import BESIDE, paging

blueprint = Blueprint("pages", __name__)
_page = TypeAdapter(SearchPage)
# How many values are listed of each filter beside results.
MOST = 8
# How many articles like it are listed below an article.
ALIKE = 5

# By status; by the kind of problem where that says more.
_HEADLINES: dict[int | str, LazyString] = {
    400: lazy_gettext("这样的检索条件读不懂"),
    404: lazy_gettext("没有找到这一页"),
    410: lazy_gettext("这篇文章已经撤下"),
    405: lazy_gettext("这里只供阅读"),
    500: lazy_gettext("出了差错"),
    503: lazy_gettext("索引暂时不能检索"),
    urn("query_too_costly"): lazy_gettext("这次检索要读的太多"),
}
_ADVICE: dict[str, LazyString] = {
    "q": lazy_gettext("请写下要找的词，最多 200 个字；不要含有控制字符。"),
    "match": lazy_gettext("匹配方式请在“智能”“整词”“逐字”之中选一种。"),
    "page": lazy_gettext("页码是从 1 起的整数，最多翻到第一万篇；结果太多时，请用日期缩小范围。"),
    "per_page": lazy_gettext("每页篇数是 1 到 100 的整数。"),
    "sort": lazy_gettext("排序请在“相关”“最新”“最早”之中选一种。"),
    "from": lazy_gettext("起始日期写作 2020、2020-01 或 2020-01-28，且不晚于截止日期。"),
    "to": lazy_gettext("截止日期写作 2020、2020-01 或 2020-01-28。"),
    "relax": lazy_gettext("较弱的匹配只能选要（yes）或不要（no）。"),
    "collapse": lazy_gettext("转载只能合并（reprints）或不合并（no）。"),
}
_ANY_VALUE = lazy_gettext("筛选的值是 1 到 200 个字，每种最多 50 个；不要含有控制字符。")
for row in FILTERS:
    _ADVICE[row.name] = lazy_gettext(row.shape.advice) if row.shape else _ANY_VALUE
_BY_KIND: dict[str, LazyString] = {
    urn("bad_query"): lazy_gettext(
        "至少要有一个想找的词：只有排除的词、标点或空引号无从检索；括号最多三层，“或”最多八项；"
        "星号前至少写两个字母或数字，这样开头的词不能太多。"
    ),
    urn("unknown_article"): lazy_gettext("没有这篇文章：它可能已经撤下，或者网址不完整。"),
    urn("not_ready"): lazy_gettext("索引还没有建好，或者正在修复。请稍后再试。"),
    urn("unavailable"): lazy_gettext("检索引擎暂时没有应答。请稍后再试。"),
    urn("query_too_costly"): lazy_gettext(
        "要找的词太常见、太多。请去掉其中最常见的，或者把词写得长一些，再检索一次。"
    ),
}


@blueprint.get("/")
def home() -> str:
    """The form, and how to use it."""
    return render_template("home.html", status=_status())


@blueprint.get("/search")
def search() -> Response | str:
    """A page of results; without a query, the form."""
    if "q" not in request.args:
        return home()
    params = SearchParams.read_form(request.query_string)
    asked = replace(
        params.request(),
        facets=tuple(row.name for row in BESIDE),
        facet_limit=MOST,
        cursor=None,
        collapse=params.collapse != "no",
    )
    page = service().search(asked)
    shown = render_template(
        "results.html", params=params, page=page, paging=paging(page), form=params.link(page=None)
    )
    # The time it took is no part of what a page says.
    return tag(make_response(shown), _page.dump_json(replace(page, took_ms=0.0)))


@blueprint.get("/articles/<article_id>")
def article(article_id: str) -> str:
    """An article to read, to check against the printed text, and to cite."""
    query_string = request.query_string if request.args.get("q") else b""
    asked = ArticleParams.read_form(query_string)
    view = service().article(article_id, asked.q, asked.match)
    marking = asked.model_dump(exclude_defaults=True)
    alike = service().similar(article_id, ALIKE, collapse=True)
    return render_template("article.html", article=view, alike=alike, marking=marking, form=marking)


def error_page(problem: Problem) -> Response:
    """What went wrong and what to do, with the form to go on from."""
    family = 400 if problem.status < 500 else 500
    by_status = _HEADLINES.get(problem.status, _HEADLINES[family])
    headline = _HEADLINES.get(problem.type, by_status)
    typed = {"q": request.args.get("q", "")[:LONGEST_QUERY]}
    shown = render_template(
        "error.html", problem=problem, headline=headline, advice=list(_advice(problem)), form=typed
    )
    return make_response(shown, problem.status)


def _advice(problem: Problem) -> Iterator[LazyString | str]:
    if problem.type == urn("withdrawn_article"):
        yield lazy_gettext("撤下的原因：%(reason)s", reason=problem.detail.partition(": ")[2])
    if problem.type in _BY_KIND and {e.parameter for e in problem.errors} <= {"q"}:
        yield _BY_KIND[problem.type]
        return
    for fault in problem.errors:
        yield _ADVICE.get(fault.parameter, fault.message)


def _status() -> IndexStatus | None:
    """None without an index: the form says so, and is no error page."""
    try:
        return service().status()
    except SearchAppError:
        return None
