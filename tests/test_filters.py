"""The table of filters: one row is all that a filter takes; the documents name every row."""

import json
import re
import subprocess
import sys
from pathlib import Path

from served import ROOT

from search_app.filters import FILTERS

# A filter by how many wrote an article, added before anything else reads the table.
MADE_UP = """
import json, sys
from pathlib import Path
from search_app import filters
from search_app.filters import Filter

def count(article, _):
    return (str(len(article.authors)),) if article.authors else ()

row = Filter(
    name="writers", field="writers", label="执笔人数", help="only by so many reporters", read=count,
    column=len(filters.FILTERS) - 1, typed=("人数", "writers"), beside=9,
)
filters.FILTERS += (row,)
filters.FILTER_NAMES += (row.name,)
filters.FIELDS[row.name] = row.field

from search_app.bootstrap import indexing_service, search_service
from search_app.cli.terminal import BuildProgress
from search_app.service.indexing import Options
from search_app.settings import read_settings
from search_app.web import create_app

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    settings = read_settings().with_options(index=str(folder / "index"))
    indexing_service(settings).rebuild(folder / "a.jsonl", Options(jobs=1), BuildProgress())
    client = create_app(search_service(settings)).test_client()
    answers = {}
    for name, address in json.loads(sys.argv[2]).items():
        answers[name] = client.get(address).get_data(as_text=True)
    print(json.dumps(answers))
"""


def test_a_filter_is_added_in_one_place(tmp_path: Path) -> None:
    """One row: it is stored, filters, is counted, typed, described, shown, and can be reset."""
    writers = {"a": ["王小满", "周岚"], "b": ["周岚"], "c": []}
    lines = []
    for article_id, authors in writers.items():
        article = {"id": article_id, "title": f"渡口{article_id}", "body": "江面起雾，渡轮停航。"}
        lines.append(json.dumps({**article, "authors": authors}))
    (tmp_path / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "made_up.py").write_text(MADE_UP, encoding="utf-8")
    asked = {
        "filtered": "/api/v1/search?q=渡轮&writers=2&facets=writers",
        "typed": "/api/v1/search?q=渡轮 人数:1",
        "refused": "/api/v1/search?q=渡轮&facets=nosuch",
        "description": "/openapi.json",
        "page": "/search?q=渡轮&writers=2",
        "nothing": "/search?q=渡轮&writers=7",
        "advice": "/search?q=渡轮&writers=" + "9" * 201,
    }
    command = [sys.executable, tmp_path / "made_up.py", tmp_path, json.dumps(asked)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)

    filtered = json.loads(answers["filtered"])
    assert [hit["id"] for hit in filtered["hits"]] == ["a"]
    assert filtered["facets"]["writers"] == [
        {"value": "1", "count": 1},
        {"value": "2", "count": 1},
    ]
    assert [hit["id"] for hit in json.loads(answers["typed"])["hits"]] == ["b"]
    assert f"{FILTERS[-1].name}, writers" in answers["refused"]
    parameters = json.loads(answers["description"])["paths"]["/api/v1/search"]["get"]["parameters"]
    described = {p["name"]: p.get("description") for p in parameters}
    assert described["writers"] == "only by so many reporters"
    assert "<h3>执笔人数</h3>" in answers["page"]
    assert re.search(r'href="/search\?q=[^"&]+"[^>]*>2 ×</a>', answers["page"])
    assert re.search(r'href="/search\?q=[^"&]+"[^>]*>在全部文章里再找一次</a>', answers["nothing"])
    assert "筛选的值是 1 到 200 个字" in answers["advice"]


def test_the_documents_name_every_filter() -> None:
    """The README in both languages; names in queries in docs/query-syntax.md."""
    names = " ".join(row.name for row in FILTERS)
    assert (ROOT / "README.md").read_text(encoding="utf-8").count(f"`{names}`") == 2
    syntax = (ROOT / "docs" / "query-syntax.md").read_text(encoding="utf-8")
    for row in FILTERS:
        # Names in traditional characters are not written out.
        for typed in row.typed[:1] + row.typed[-1:]:
            assert f"`{typed}:" in syntax


def test_columns_are_numbered_without_gaps() -> None:
    """Files keep the order of columns, so that no number stands twice; nor does a name."""
    assert len({row.name for row in FILTERS}) == len(FILTERS)
    columns = [row.column for row in FILTERS if row.column is not None]
    assert sorted(columns) == list(range(len(columns)))
