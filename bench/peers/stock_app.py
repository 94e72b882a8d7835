"""The search app that tutorials build: Flask over stock Whoosh with jieba's ChineseAnalyzer.

A WSGI application, `app`, for the index that STOCK_INDEX names: the ten best, with highlights of
the body, and the total.
"""

import os

import jieba
from flask import Flask, Response, jsonify, request
from whoosh.index import open_dir
from whoosh.qparser import MultifieldParser

jieba.setLogLevel(60)
jieba.initialize()
app = Flask(__name__)
_index = open_dir(os.environ["STOCK_INDEX"])
_parser = MultifieldParser(("title", "body"), _index.schema)


@app.get("/search")
def search() -> Response:
    with _index.searcher() as searcher:
        results = searcher.search(_parser.parse(request.args["q"]), limit=10)
        hits = []
        for hit in results:
            shown = {name: hit.get(name) for name in ("id", "title", "date")}
            hits.append({**shown, "score": hit.score, "html": hit.highlights("body")})
        return jsonify(total=len(results), hits=hits)
