"""A plain scan over the texts: the simplest engine there is.

It is the example to copy for another engine, and the oracle that faster ones are tested against.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from search_app.analysis.words import Analyser
from search_app.engine.answer import answer
from search_app.engine.base import Found, Window
from search_app.engine.columns import Columns
from search_app.engine.evaluate import Numbers
from search_app.engine.ranking import HEAD_BOOST, PAIR_WEIGHT, bm25, idf
from search_app.errors import UnknownArticle
from search_app.model import Article, Counts, IndexStatus
from search_app.query.tree import TEXT_FIELDS, Query, Ranking, Run
from search_app.text.symbols import symbols


class ScanEngine:
    """Holds every article in memory and reads all of them for each query."""

    generation = "scan"

    def __init__(self, articles: Iterable[Article], analyser: Analyser) -> None:
        self._articles = list(articles)
        self._numbers = {article.id: n for n, article in enumerate(self._articles)}
        self._texts = [_texts(article) for article in self._articles]
        self._columns = [
            (boost * weight, [Counter(terms(text[field])) for text in self._texts])
            for field, boost in (("head", HEAD_BOOST), ("body", 1.0))
            for weight, terms in ((1.0, analyser.search_words), (PAIR_WEIGHT, _pairs))
        ]
        self.columns = Columns.of(self._articles)
        self.hidden: Numbers = frozenset()

    def search(self, query: Query, window: Window) -> Found:
        """Every match counted, those of the window ranked."""
        return answer(self, query, window)

    def articles(self, numbers: Sequence[int]) -> list[Article]:
        """The articles with these numbers, in this order."""
        return [self._articles[n] for n in numbers]

    def article(self, article_id: str) -> Article:
        """The article with this id; raises UnknownArticle."""
        if article_id not in self._numbers:
            raise UnknownArticle(f"no article has the id {article_id!r}")
        return self._articles[self._numbers[article_id]]

    def status(self) -> IndexStatus:
        """How many articles there are; nothing was built and nothing rejected."""
        counts = Counts(indexed=len(self._articles))
        return IndexStatus.of(counts, generation=self.generation, engine="scan")

    def holding(self, run: Run) -> Numbers:
        """The articles in which the run stands in a field."""
        wanted, fields = _lined_up(run.symbols), [run.field] if run.field else TEXT_FIELDS
        return frozenset(
            n
            for n, text in enumerate(self._texts)
            if any(wanted in _lined_up(symbols(text[field])) for field in fields)
        )

    def scores(self, ranking: Ranking) -> Mapping[int, float]:
        """Σ over head and body of boost × (BM25 of the words + 0.6 × BM25 of the pairs)."""
        scores: defaultdict[int, float] = defaultdict(float)
        for (boost, counts), terms in zip(
            self._columns, (ranking.words, ranking.pairs) * 2, strict=True
        ):
            mean = sum(c.total() for c in counts) / max(len(counts), 1)
            for term in terms:
                holding = [n for n, c in enumerate(counts) if term in c]
                weight = boost * idf(len(counts), len(holding))
                for n in holding:
                    scores[n] += bm25(weight, counts[n][term], counts[n].total(), mean)
        return scores


def _texts(article: Article) -> dict[str, str]:
    return {"head": article.head, "body": article.body, "byline": article.byline_text}


def _pairs(text: str) -> Iterable[tuple[str, str]]:
    run = symbols(text)
    return zip(run, (*run[1:], ""), strict=False)


def _lined_up(run: Sequence[str]) -> str:
    """Symbols as a string in which one run lies inside another exactly when its string does."""
    return "\x1f" + "\x1f".join(run) + "\x1f"
