"""The real service over the plain scan; what a test needs to fail or differ is set on it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from scan import ScanEngine

from search_app.analysis.words import Analyser
from search_app.errors import CursorExpired, SearchAppError
from search_app.model import Article, SearchPage, SearchRequest, Source
from search_app.query.compile import QueryCompiler
from search_app.service.facade import SearchService
from search_app.web import create_app

PRINTED = (
    "本报讯（记者 王小满）昨日上午，全市防汛抗旱工\n作会议召开。副市长李重山主持会议并讲话，要求\n"
    "统 一 领 导 、统一指挥、统一调度。\n    会议强调，要把人民群众生命安全放在首位。"
)


def article(article_id: str, title: str, body: str, **more: object) -> Article:
    """An article; what is not given is missing."""
    source = Source("临泽日报/2021-07-01/01.txt", 120, 480)
    return Article(id=article_id, title=title, body=body, source=source, **more)


ARTICLES = [
    article(
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
    article("a02", "渡口的灯亮了一夜", "渡口的灯亮了一夜。会议之后，船还在等。",
         title_is_derived=True, date="1962-03", newspaper="渡口周刊", agency="新华社"),
    article("a03", "<script>alert(1)</script>会议",
         "正文里有 <b>重点</b> 与 <mark>假的</mark> 会议 & 纪要。"),
    article("a04", "会议\u202e倒写\u2066标题", "e" + "\u0301" * 2000 + "会议"),
]  # fmt: skip


class OneEngine:
    """An index that leads to one engine, or to the error that stands in its way."""

    problem = None

    def __init__(self, analyser: Analyser) -> None:
        self.analyser = analyser
        self.error: SearchAppError | None = None
        self.with_reprints()

    def with_reprints(self, *clusters: Sequence[str]) -> None:
        """From now on the articles with these ids say the same."""
        self.engine = ScanEngine(
            ARTICLES, self.analyser, reprints=clusters, aliases={"旧 a": "a01"}
        )
        self.engine.generation = self.engine.edition = "000001-20210701T000000Z"

    def live(self) -> ScanEngine:
        if self.error:
            raise self.error
        return self.engine

    def kept(self, generation: str) -> ScanEngine:
        if generation != self.engine.generation:
            raise CursorExpired(f"generation {generation} is gone; begin again with cursor=*")
        return self.engine


class WatchedService(SearchService):
    """The real service; it notes the requests, and answers with `changes` made to a page."""

    def __init__(self, analyser: Analyser) -> None:
        self.index = OneEngine(analyser)
        super().__init__(self.index, QueryCompiler(analyser))
        self.changes: dict[str, object] = {}
        self.requests: list[SearchRequest] = []

    def search(self, request: SearchRequest) -> SearchPage:
        self.requests.append(request)
        return replace(super().search(request), **self.changes)


@pytest.fixture
def service(analyser):
    """The service behind the pages of a test."""
    return WatchedService(analyser)


@pytest.fixture
def app(service):
    """The application, answering errors as it does in service."""
    app = create_app(service)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


@pytest.fixture
def client(app):
    """Asks the application."""
    return app.test_client()
