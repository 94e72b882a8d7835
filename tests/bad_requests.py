"""Hostile requests: what is sent over HTTP, and the answer that each must get."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

SEARCH, PAGE = "/api/v1/search", "/search"
PROBLEM = "urn:search-app:problem:"


@dataclass(frozen=True)
class Request:
    """A request and its answer: status, kind of problem ("" for none), what the answer says.

    `number` is that of the list of bad inputs. `total` is that of a search; None: any.
    """

    number: int
    raw: bytes
    status: int
    kind: str = ""
    says: str = ""
    total: int | None = None
    lacks: str = ""
    header: tuple[str, str] = ("", "")

    def __str__(self) -> str:
        return f"{self.number}-{self.raw[:60].decode('latin-1')!a}"


def get(path: str, method: str = "GET", host: str = "Host: localhost\r\n", more: str = "") -> bytes:
    """A whole request, as it is sent."""
    head = f"{method} {path} HTTP/1.1\r\n{host}{more}Connection: close\r\n\r\n"
    return head.encode("latin-1")


def api(**parameters: object) -> bytes:
    """A search by a program."""
    return get(f"{SEARCH}?{urlencode(parameters)}")


def page(**parameters: object) -> bytes:
    """A search by a person."""
    return get(f"{PAGE}?{urlencode(parameters)}")


def q(text: str) -> bytes:
    """A search for what somebody typed, without weaker matches."""
    return api(q=text, relax="no")


TAG = "<script>alert(1)</script>"
LONG_TITLE = "长" * 5_000
# What the corpus of these requests holds, by ids.
ARTICLES: dict[str, dict[str, str]] = {
    "plain": {"title": "江堤夜巡", "body": "国有渡口的堤防昨夜巡查完毕，人员平安。"},
    "width": {"title": "新船入列", "body": "２０２６年ＡＢＣ船厂交付两艘。"},
    "radical": {"title": "水运", "body": "⽔位上涨，豈料夜间回落。"},
    "ligature": {"title": "题字", "body": "碑上刻着\ufdfa，旁边是渡船二字。"},
    "rare": {"title": "䶮公祠", "body": "𠮷野桥与〇七号码头同日开放。"},
    "emoji": {"title": "留言", "body": "读者留言：好看\U0001f600。"},
    "operators": {
        "title": "符号",
        "body": "报价单上写着 [一-龥]* 与 '); DROP TABLE，还有 {{7*7}} 和 %s%n。",
    },
    "hostile": {
        "title": f"{TAG}<img src=x onerror=alert(1)>拆分",
        "body": f"正文{TAG}里有<scr|ipt>与<mark>假的</mark>\ue000标记，拆分完毕。",
        "url": "javascript:alert(1)",
    },
    "turned": {"title": "倒\u202e写\u2066标题", "body": "e" + "\u0301" * 2_000 + "重音堆叠。"},
    "endless": {"title": LONG_TITLE, "body": "标题很长的一篇。"},
    "deep": {"title": "长文", "body": "平常的话。" * 8_000 + "末尾提到白鹭洲。"},
}

REQUESTS = [
    # Parameters and encoding
    Request(1, get(SEARCH), 400, "bad_parameter", "q: is required"),
    Request(1, get(PAGE), 200, says='name="q"'),
    *(Request(2, api(q=text), 400, "bad_parameter", "q: is blank; give at least one word")
      for text in ("", " ", "\u3000", "\u200b\ufeff")),
    Request(3, api(q="国" * 201), 400, "bad_parameter", "q: has at most 200 characters"),
    Request(4, get(f"{SEARCH}?q=%E5%9B%BD&from={'2' * 4100}"), 414, "address_too_long", "4,094"),
    Request(5, get(f"{SEARCH}?q=a&q=b"), 400, "bad_parameter", "q: may be given only once"),
    Request(6, api(q="国", utm_source="x"), 400, "bad_parameter", "utm_source: is not a parameter"),
    Request(6, page(q="国", utm_source="x"), 200),
    *(Request(number, api(q="国", page=value), 400, "bad_parameter", "page: must be a whole number")
      for number, value in ((7, "abc"), (8, "1_000"), (9, "٣"), (10, "0"), (10, "-1"))),
    Request(11, api(q="国", page="9" * 3_000), 400, "bad_parameter", "page: is at most 10000"),
    Request(12, api(q="堤防", page=900), 200, total=1, says='"hits":[]'),
    Request(13, api(q="国", page=200, per_page=100), 400, "bad_parameter", "cursor=*"),
    Request(14, api(q="国", per_page=0), 400, "bad_parameter", "per_page: must be a whole number"),
    Request(14, api(q="国", per_page=-1), 400, "bad_parameter", "per_page: must be a whole number"),
    Request(14, api(q="国", per_page=10**9), 400, "bad_parameter", "per_page: is at most 100"),
    Request(15, get(f"{SEARCH}?q=%ff"), 400, "bad_parameter", "not valid UTF-8"),
    Request(15, get(f"{SEARCH}?q=%ED%A0%80"), 400, "bad_parameter", "not valid UTF-8"),
    *(Request(16, get(f"{SEARCH}?q=%E5%9B%BD%{code:02x}"), 400, "bad_parameter", "control")
      for code in (0, 1, 8, 11, 12, 14, 27, 31)),
    *(Request(16, get(f"{SEARCH}?q=%E5%A0%A4%{code:02x}%E9%98%B2"), 200, total=1)
      for code in (9, 10, 13)),
    Request(17, f"GET {SEARCH}?q=国 HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(), 400,
            "bad_request"),
    Request(18, get(f"{SEARCH}?q=%u4e2d&relax=no"), 200, total=0),
    Request(18, get(f"{SEARCH}?q=%E5%A0%A4%E9%98%B2%"), 200, says='"hits":['),
    Request(19, api(q="国", sort="best"), 400, "bad_parameter",
            "'relevance', 'newest' or 'oldest'"),
    Request(19, api(q="国", match="fuzzy"), 400, "bad_parameter", "'smart', 'exact' or 'word'"),
    Request(19, api(q="国", colour="red"), 400, "bad_parameter", "known: q, match"),
    Request(19, api(q="国", facets="evil"), 400, "bad_parameter", "known: newspaper, author"),
    *(Request(20, api(q="国", **{"from": date}), 400, "bad_parameter", "from: must be a real date")
      for date in ("2020-13-45", "0000", "99999", "2021-02-29", "20200101")),
    Request(21, api(q="国", **{"from": "2021", "to": "2020"}), 400, "bad_parameter",
            "from: must not be later than to"),
    Request(22, api(q="国", callback="x"), 400, "bad_parameter", "callback: is not a parameter"),
    # Unicode
    Request(23, q("堤\u202e防"), 200, total=1),
    Request(23, page(q="标题"), 200, says="[U+202E]", lacks="\u202e"),
    Request(24, q("堤\u200b防\ufeff\ufe0f"), 200, total=1),
    Request(24, api(q="\u200b\ufe0f\ufeff"), 400, "bad_parameter", "q: is blank"),
    Request(25, page(q="重音堆叠"), 200, lacks="\u0301" * 5),
    Request(25, q("e" + "\u0301" * 199), 200),
    Request(26, q("2026年ABC"), 200, total=1),
    Request(26, q("２０２６年ａｂｃ"), 200, total=1),
    Request(27, q("水位"), 200, total=1),
    Request(27, q("岂料"), 200, total=1),
    Request(28, q("渡船"), 200, total=1, says="<mark>渡船</mark>"),
    Request(28, api(q="\ufdfa" * 8), 200),
    Request(28, api(q="\ufdfa" * 200), 400, "bad_query", "make it shorter"),
    *(Request(29, q(text), 200, total=1) for text in ("䶮公", "𠮷野", "〇七号")),
    Request(30, q("\U0001f600"), 200, total=1),
    Request(30, q("\U0001f680"), 200, total=0),
    # Query syntax
    *(Request(number, api(q=text), 400, "bad_query", says) for number, text, says in (
        (31, "*", ""), (32, "**", ""), (34, "????", ""), (36, "NOT", ""), (37, "-堤防", ""),
        (37, "《》", ""), (37, '""', ""), (38, "(" * 90 + "堤" + ")" * 90, "3"))),
    *(Request(number, q(text), 200) for number, text in (
        (33, "[一 TO 龥]"), (34, "*国"), (36, "NOT OR x"), (39, "“堤防"), (39, "(堤防"),
        (39, "堤防)"),
        (40, "[ TO " * 40), (41, "国 " * 100), (42, "国" * 200), (43, "date:[x TO y]"),
        (44, "国^1e999"), (44, "国^nan"), (45, "nosuch:词"), (46, "的"), (46, "的 了 是"))),
    Request(35, q("[一-龥]*"), 200, total=1),
    Request(38, get(f"{SEARCH}?q={'(' * 2_000}"), 400, "bad_parameter", "at most 200 characters"),
    Request(42, api(q="国" * 100_000), 414, "address_too_long"),
    *(Request(47, q(text), 200, total=1) for text in ("'); DROP", "%s%n", "{{7*7}}")),
    # HTTP
    Request(48, get(f"{SEARCH}?q=a", "HEAD"), 200, lacks="hits"),
    *(Request(48, get(f"{SEARCH}?q=a", method), 405, "method_not_allowed", "GET or HEAD",
              header=("allow", "GET")) for method in ("POST", "PUT", "DELETE", "PATCH")),
    Request(48, get("/articles/plain", "POST"), 405, "page"),
    Request(49, get(f"{SEARCH}?q=%E5%A0%A4%E9%98%B2", more="Content-Length: 9\r\n") + b"q=nothing",
            200, total=1),
    Request(50, get(f"{SEARCH}?q=a", more="".join(f"X-{n}: 1\r\n" for n in range(150))), 431,
            "head_too_large", "fewer headers"),
    Request(51, get(f"{SEARCH}?q=a", more="Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")
            + b"0\r\n\r\n", 400, "bad_request"),
    Request(52, get(f"{SEARCH}?q=a", host=""), 400),
    *(Request(52, get(f"{SEARCH}?q=a", host=f"Host: {host}\r\n"), 400, kind)
      for host, kind in (("evil.example", "foreign_host"), ("a@localhost", "foreign_host"),
                         ("localhost:99999", "foreign_host"), ("localhost:x", "foreign_host"),
                         ("localhost localhost", "foreign_host"))),
    *(Request(52, get(probe, host="Host: 10.1.2.3\r\n"), 200) for probe in ("/healthz", "/readyz")),
    *(Request(55, get(path), 404, "page", lacks="root:") for path in (
        "/../etc/passwd", "/%2e%2e/etc/passwd", "//evil.example/", "/articles/../../etc/passwd",
        "/static/%2e%2e/%2e%2e/settings.py", "/static/..%2f..%2fsettings.py")),
    Request(56, get("/api/v1/articles/..%2F..%2Fx"), 404),
    Request(56, get("/articles/..%2F..%2Fx"), 404, "page"),
    Request(56, get("/api/v1/articles/" + "x" * 3_000), 404, "unknown_article", lacks="x" * 300),
    Request(56, get("/api/v1/articles/" + "x" * 1_000_000), 414, "address_too_long"),
    # Web page
    Request(59, page(q="拆分"), 200, says="&lt;script&gt;", lacks=TAG),
    Request(59, page(q=TAG), 200, says="&lt;script&gt;", lacks=TAG),
    Request(59, get(f"/articles/hostile?{urlencode({'q': '拆分'})}"), 200, lacks="<img"),
    Request(60, page(q="scr"), 200, says="&lt;<mark>scr</mark>|ipt&gt;"),
    Request(61, page(q='"><b a="拆分'), 200, says="&#34;&gt;", lacks='"><b'),
    Request(62, page(q="标记"), 200, says="&lt;mark&gt;假的&lt;/mark&gt;\ue000<mark>标记</mark>"),
    Request(63, get("/articles/hostile"), 200, lacks="javascript:"),
    Request(64, get("/articles/turned"), 200, says="倒[U+202E]写[U+2066]标题", lacks="\u202e"),
    Request(66, q("白鹭洲"), 200, total=1, says="<mark>白鹭洲</mark>"),
    Request(67, page(q="堤防"), 200, header=("content-security-policy", "frame-ancestors 'none'")),
    Request(67, get("/"), 200, header=("content-security-policy", "frame-ancestors 'none'")),
]  # fmt: skip
REQUESTS += [
    Request(
        19, get(f"{path}?{urlencode({'q': '国', 'nosuch': 1})}"), 400, "bad_parameter", "nosuch"
    )
    for path in ("/api/v1/suggest", "/api/v1/export.csv", "/feed.atom", "/api/v1/articles/plain")
]
REQUESTS += [Request(55, get(f"/{quote('无')}"), 404, "page", "没有找到这一页")]

# Those that need more than a request, and the tests that hold them.
ELSEWHERE = {
    53: "tests/test_slow_clients.py::test_clients_that_keep_sockets_do_not_stop_the_others",
    54: "tests/test_bad_requests.py::test_a_client_that_goes_is_logged_and_nothing_else",
    57: "tests/test_bad_requests.py::test_without_an_index_it_is_alive_and_not_ready",
    58: "tests/test_serving.py::test_a_running_server_follows_a_rebuild_without_a_failed_answer",
    65: "tests/test_browser.py::test_a_title_without_a_break_wraps",
    68: "tests/test_browser.py::test_a_reader_finds_an_article_and_comes_back",
    69: "tests/test_browser.py::test_enter_that_confirms_a_candidate_searches_for_nothing",
    89: "tests/test_bad_requests.py::test_cells_of_an_export_are_no_formulas",
}
