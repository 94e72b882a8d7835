"""A small stand-in for the service, made of real values of the model; articles are invented."""

import html
import re
from dataclasses import replace

import pytest

from search_app.errors import BadQuery, SearchAppError, UnknownArticle
from search_app.model import (
    ArticleView,
    Counts,
    Hit,
    IndexStatus,
    QueryEcho,
    SearchPage,
    SearchRequest,
    Snippet,
    Source,
    Span,
)
from search_app.web import WebOptions, create_app

PRINTED = (
    "本报讯（记者 王小满）昨日上午，全市防汛抗旱工\n作会议召开。副市长李重山主持会议并讲话，要求\n"
    "统 一 领 导 、统一指挥、统一调度。\n    会议强调，要把人民群众生命安全放在首位。"
)


def view(article_id: str, title: str, body: str, **more: object) -> ArticleView:
    """An article without marks; what is not given is missing."""
    values: dict[str, object] = dict.fromkeys(
        ("kicker", "subtitle", "newspaper", "date", "page_no", "section", "agency", "place",
         "byline", "printed", "mark")
    )  # fmt: skip
    spans = dict.fromkeys(
        ("title_spans", "kicker_spans", "subtitle_spans", "byline_spans", "body_spans",
         "printed_spans"), ()
    )  # fmt: skip
    fixed = {
        "id": article_id, "url": f"/articles/{article_id}", "title": title, "body": body,
        "title_is_derived": False, "authors": (), "paragraphs": tuple(body.split("\n")),
        "source": Source("临泽日报/2021-07-01/01.txt", 120, 480),
    }  # fmt: skip
    return ArticleView(**{**values, **spans, **fixed, **more})


ARTICLES = [
    view(
        "a01",
        "防汛抗旱指挥部召开会议",
        "昨日上午，全市防汛抗旱工作会议召开。副市长李重山主持会议并讲话，要求统一领导、统一指挥、"
        "统一调度。\n会议强调，要把人民群众生命安全放在首位。",
        kicker="我市部署今年防汛抗旱工作",
        subtitle="要求统一指挥 统一调度",
        newspaper="临泽日报",
        date="2021-07-01",
        page_no="A01",
        authors=("王小满",),
        byline="本报记者 王小满",
        printed=PRINTED,
        mark="①5",
    ),
    view("a02", "渡口的灯亮了一夜", "渡口的灯亮了一夜。会议之后，船还在等。",
         title_is_derived=True, date="1962-03", newspaper="渡口周刊", agency="新华社"),
    view("a03", "<script>alert(1)</script>会议",
         "正文里有 <b>重点</b> 与 <mark>假的</mark> 会议 & 纪要。"),
    view("a04", "会议\u202e倒写\u2066标题", "e" + "\u0301" * 2000 + "会议"),
]  # fmt: skip


class FakeService:
    """Finds articles that hold the query's text; `error` is raised instead where it is set."""

    def __init__(self) -> None:
        self.articles = list(ARTICLES)
        self.error: SearchAppError | None = None
        self.changes: dict[str, object] = {}
        self.requests: list[SearchRequest] = []
        self.took = 1.5

    def search(self, request: SearchRequest) -> SearchPage:
        self._fail(request.q)
        self.requests.append(request)
        found = [a for a in self.articles if request.q in (a.title + a.body)]
        start = (request.page - 1) * request.per_page
        self.took += 1
        page = SearchPage(
            query=QueryEcho(q=request.q, match=request.match, chunks=(request.q,),
                            words=(request.q,), relaxed=False, dropped=()),
            total=len(found), total_strict=len(found), total_exact=len(found),
            page=request.page, per_page=request.per_page, took_ms=self.took, generation="1-x",
            hits=tuple(hit(a, request.q) for a in found[start : start + request.per_page]),
        )  # fmt: skip
        return replace(page, **self.changes)

    def article(self, article_id: str, q: str | None = None, match: str = "smart") -> ArticleView:
        self._fail(q or "")
        for article in self.articles:
            if article.id == article_id:
                return marked_view(article, q) if q else article
        raise UnknownArticle(f"no article has the id {article_id!r}")

    def status(self) -> IndexStatus:
        self._fail("")
        return IndexStatus.of(Counts(indexed=len(self.articles)), generation="1-x", engine="fake")

    def readiness(self) -> str | None:
        return str(self.error) if self.error else None

    def _fail(self, q: str) -> None:
        if self.error:
            raise self.error
        if q.startswith("-"):
            raise BadQuery("the query has nothing to search for; give at least one word")


def spans(text: str | None, q: str) -> tuple[Span, ...]:
    return tuple(Span(*m.span()) for m in re.finditer(re.escape(q), text or ""))


def snippet(field: str, text: str, q: str) -> Snippet:
    return Snippet(field, text, spans(text, q), html.escape(text).replace(q, f"<mark>{q}</mark>"))


def hit(a: ArticleView, q: str) -> Hit:
    names = ("id", "url", "title", "title_is_derived", "kicker", "subtitle", "newspaper", "date",
             "page_no", "authors", "agency", "place", "reprints")  # fmt: skip
    texts = {"body": a.body, "kicker": a.kicker, "subtitle": a.subtitle, "byline": a.byline}
    snippets = tuple(snippet(k, v, q) for k, v in texts.items() if v and q in v)
    return Hit(**{n: getattr(a, n) for n in names}, score=1.0, snippets=snippets,
               title_spans=spans(a.title, q))  # fmt: skip


def marked_view(a: ArticleView, q: str) -> ArticleView:
    fields = ("title", "kicker", "subtitle", "byline", "body", "printed")
    return replace(a, **{f"{name}_spans": spans(getattr(a, name), q) for name in fields})


@pytest.fixture
def service():
    """The service behind the pages of a test."""
    return FakeService()


@pytest.fixture
def app(service):
    """The application, answering errors as it does in service."""
    app = create_app(service, WebOptions())
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


@pytest.fixture
def client(app):
    """Asks the application."""
    return app.test_client()
