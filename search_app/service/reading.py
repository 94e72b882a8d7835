"""Articles as answers show them: a hit, an article to read, the articles like it.

What such a value has in common with `Article` is handed on under the same name.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from heapq import nlargest

from search_app.analysis.edges import EdgeFinder
from search_app.engine.base import RankedArticle, SearchEngine, Window
from search_app.model import ArticleView, Hit, Reprint, common_fields
from search_app.query.compile import QueryCompiler
from search_app.query.highlight import marks, printed_marks
from search_app.query.snippets import LONGEST, snippets
from search_app.query.tree import Mark, Or, Query, Ranking, Run
from search_app.text.symbols import symbols

# What is looked at to show an answer, all hits of a page together, measured to take a tenth of a
# second each: characters of their bodies, and places where a mark may stand.
MOST_CHARACTERS, MOST_PLACES = 3_000_000, 30_000
# To look for so many marks in a text costs as much as to read and fold it.
_MARKS_A_READING = 40
# So many reprints of an article are listed beside it.
_MOST_REPRINTS = 100
# More than any cluster of reprints has members.
_ALL_REPRINTS = 10_000
# How many of an article's words are searched for: those that are rare elsewhere and frequent here.
_WORDS = 15
# They are counted in so many characters of its body: to cut these takes a twentieth of a second.
_MOST_CUT = 50_000
# An article that scores less than this share of what the article itself does is not like it.
_LEAST_ALIKE = 0.15


def hits_of(
    engine: SearchEngine,
    ranked: Sequence[RankedArticle],
    runs: tuple[Mark, ...],
    edges: EdgeFinder,
) -> tuple[Hit, ...]:
    """Ranked articles as a list of results shows them, with these runs marked.

    Of very long articles, and where very much is to be marked, what stands first.
    """
    hits: list[Hit] = []
    count, places = len(ranked), MOST_PLACES
    longest = MOST_CHARACTERS * _MARKS_A_READING
    longest //= (_MARKS_A_READING + len(runs)) * max(1, count)
    if not runs:
        longest = LONGEST  # the beginning is shown
    articles = engine.articles([r.id for r in ranked], longest + 1)
    for article, (_, score, reprints) in zip(articles, ranked, strict=True):
        # Twice an equal share of what is left, as most articles need far less.
        share = 2 * places // (count - len(hits) + 1)
        highlights = marks(article, runs, edges, share)
        places -= highlights.cost
        cut = bool(runs) and len(article.body) > longest
        hits.append(Hit(
            score=score, title_spans=highlights.spans["title"], reprints=reprints,
            snippets=tuple(snippets(article, highlights)), snippets_cut=cut or highlights.cut,
            **common_fields(article, Hit),
        ))  # fmt: skip
    return tuple(hits)


def view_of(
    engine: SearchEngine, article_id: str, runs: tuple[Mark, ...], edges: EdgeFinder
) -> ArticleView:
    """An article to read, with these runs marked; of one that may not be read, where they stand."""
    article = engine.article(article_id)
    reprinted = []
    for reprint in engine.articles(engine.reprints(article_id, _MOST_REPRINTS), 0):
        reprinted.append(Reprint(**common_fields(reprint, Reprint)))
    highlights = marks(article, runs, edges, MOST_PLACES)
    fields = common_fields(article, ArticleView)
    for name, found in highlights.spans.items():
        fields[f"{name}_spans"] = found
    if not article.byline:  # these are in the names of the authors, joined
        fields["byline_spans"] = ()
    view = ArticleView(
        paragraphs=tuple(article.body.split("\n")), reprinted=tuple(reprinted),
        printed_spans=printed_marks(article, highlights.spans), snippets_cut=highlights.cut,
        **engine.labels(article_id)._asdict(), **fields,
    )  # fmt: skip
    if article.full_text:
        return view
    around = []
    if highlights.in_body:  # without one a snippet would be the text's beginning
        for snippet in snippets(article, highlights):
            if snippet.field == "body":
                around.append(snippet)
    return replace(
        view, snippets=tuple(around), body="", body_spans=(), paragraphs=(), printed=None,
        printed_spans=(),
    )  # fmt: skip


def similar(
    engine: SearchEngine, compiler: QueryCompiler, article_id: str, limit: int, collapse: bool
) -> tuple[Hit, ...]:
    """The articles most like one, as `SearchService.similar` says; raises UnknownArticle."""
    (article,) = engine.articles([article_id], _MOST_CUT)
    left_out = {article_id}
    if collapse:
        left_out.update(engine.reprints(article_id, _ALL_REPRINTS))
    words = Counter(compiler.ranking_words(f"{article.head}\n{article.body}"))
    frequent = [word for word, _ in words.most_common() if len(word) > 1]
    weights = {}
    for word, articles in zip(frequent, engine.frequencies(frequent), strict=True):
        # tf-idf. Frequencies count gone articles too, so there may be more of them than articles.
        rarity = (engine.size + 1) / (1 + min(articles, engine.size))
        weights[word] = words[word] * math.log(rarity)
    best = tuple(nlargest(_WORDS, weights, key=lambda word: (weights[word], word)))
    # Words that all articles hold say nothing.
    runs = tuple(Run(symbols(word)) for word in best if weights[word] > 0)
    query = Query(strict=Or(runs), exact=Or(()), ranking=Ranking(words=best))
    ranked = engine.search(query, Window(limit=limit + 1, collapse=collapse)).ranked
    alike = []
    for other in ranked:
        # The first is the article itself, or one that says the same.
        if other.score >= _LEAST_ALIKE * ranked[0].score and other.id not in left_out:
            alike.append(other)
    return hits_of(engine, alike[:limit], (), compiler.edges)
