"""What pages are made of: titles with the paragraphs below them."""

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[3]
_DATA = _ROOT.parent / "shared" / "data"
_SENTENCES = re.compile(r"[^。！？]*[。！？]+[”』）]*")
_ORIGIN = re.compile(r"^央视网消息[（(]新闻联播[）)][：:]?\s*")
_LABEL = re.compile(r"^【[^】]*】\s*")
_SHORTEST, _LONGEST = 90, 1_400  # characters of a text
_ELSEWHERE = re.compile("▲|下转|上接|本报记者")  # what the simulator puts in by itself


@dataclass(frozen=True)
class Text:
    """An article without what a page does to it."""

    title: str
    paragraphs: tuple[str, ...]
    kicker: str | None = None
    subtitle: str | None = None


def invented() -> list[Text]:
    """The articles of the sample newspaper, as people read them off its pages."""
    golden = sorted((_ROOT / "tests" / "articles" / "golden").rglob("*.jsonl"))
    records = sorted((_ROOT / "corpus").glob("*.jsonl"))
    return [t for path in (*golden, *records) for t in _of_lines(path.read_text(encoding="utf-8"))]


def broadcast() -> list[Text]:
    """Real items of broadcast news; they lie beside the project, and never in it."""
    with gzip.open(_DATA / "cctv_xwlb.jsonl.gz", "rt", encoding="utf-8") as lines:
        return list(_of_lines(lines.read()))


def _of_lines(lines: str) -> Iterator[Text]:
    for item in map(json.loads, lines.splitlines()):
        title = _LABEL.sub("", item.get("title") or "").strip()
        body = _ORIGIN.sub("", (item.get("body") or "").partition("\n---")[0])
        usual = _SHORTEST <= len(body) <= _LONGEST and 5 <= len(title) <= 44
        if not usual or _ELSEWHERE.search(body) or title.endswith("快讯"):
            continue
        if paragraphs := tuple(_paragraphs(body)):
            yield Text(title, paragraphs, item.get("kicker"), item.get("subtitle"))


def _paragraphs(body: str) -> Iterator[str]:
    """Whole sentences only; a text in one piece is cut into paragraphs of three sentences."""
    given = [p.strip() for p in body.splitlines() if p.strip()]
    if len(given) == 1:
        sentences = _SENTENCES.findall(given[0])
        given = ["".join(sentences[i : i + 3]) for i in range(0, len(sentences), 3)]
    yield from given if all(_SENTENCES.fullmatch(p[-1]) or p[-1] == "”" for p in given) else ()
