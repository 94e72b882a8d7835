"""SQLite's FTS5 with its trigram tokenizer: what many would take first.

    sqlite_peer.py build  CORPUS FILE       index a file of JSON lines
    sqlite_peer.py search FILE QUERIES      ask each of a list of queries once

Trigrams find runs of three characters and more; shorter chunks are looked for in every text.
"""

import json
import sqlite3
import sys
from pathlib import Path

import clock

_CREATE = "CREATE VIRTUAL TABLE articles USING fts5(id UNINDEXED, title, body, tokenize='trigram')"


def build(corpus: str, file: str) -> None:
    Path(file).unlink(missing_ok=True)
    database = sqlite3.connect(file)
    database.execute(_CREATE)
    with database, Path(corpus).open(encoding="utf-8") as lines:
        articles = map(json.loads, lines)
        rows = ((a["id"], a.get("title") or "", a["body"]) for a in articles)
        count = database.executemany("INSERT INTO articles VALUES (?, ?, ?)", rows).rowcount
    clock.report(articles=count)


def search(file: str, queries: str) -> None:
    database = sqlite3.connect(file)

    def ask(query: str) -> int:
        where, values = _condition(query)
        top = f"SELECT rowid FROM articles WHERE {where} ORDER BY rank LIMIT 10"
        database.execute(top, values).fetchall()
        count = f"SELECT count(*) FROM articles WHERE {where}"
        return int(database.execute(count, values).fetchone()[0])

    asked = json.loads(Path(queries).read_text(encoding="utf-8"))
    clock.report(**clock.timed(ask, asked))


def _condition(query: str) -> tuple[str, list[str]]:
    """All chunks in a row in title or body: long ones by the index, short ones by a scan."""
    parts, values = [], []
    if long := [f'"{chunk}"' for chunk in query.split() if len(chunk) > 2]:
        parts.append("articles MATCH ?")
        values.append(" AND ".join(long))
    for chunk in query.split():
        if len(chunk) <= 2:
            parts.append("(title LIKE ? OR body LIKE ?)")
            values += [f"%{chunk}%"] * 2
    return " AND ".join(parts), values


{"build": build, "search": search}[sys.argv[1]](*sys.argv[2:])
