"""Random newspaper pages as PDF, with the articles on them: one number is one page."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from random import Random

from articles.pdf_maker import Sheet, width_of, wrapped
from packages import EXAMPLES

GOLDEN = Path(__file__).parent / "golden"
_LEFT, _TOP, _BOTTOM, _ACROSS = 40.0, 60.0, 1150.0, 762.0
_CREDIT = "本报讯（记者王强）"


@dataclass(frozen=True)
class Expected:
    """An article as a person reads it off a page; white space left out of title and body."""

    title: str
    body: str
    kicker: str | None = None
    subtitle: str | None = None


def invented() -> tuple[list[str], list[str]]:
    """Titles and sentences of the sample newspaper."""
    # In this order: the random pages that are pinned are made of them.
    golden = sorted((EXAMPLES / "jingbao").rglob("*.jsonl")) + sorted(GOLDEN.rglob("*.jsonl"))
    items = []
    for path in golden:
        items += [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    titles = [item["title"] for item in items if item.get("title")]
    sentences = re.findall(r"[^。]+。”?", "".join(item.get("body", "") for item in items))
    return titles, [s for s in sentences if 8 < len(s) < 90 and not re.search("[上下][接转]|▲", s)]


class _Page:
    """One page on its way: a grid of columns, cut into the areas of articles."""

    def __init__(self, seed: int) -> None:
        r = self._random = Random(seed)
        self.sheet, self.expected = Sheet(), list[Expected]()
        self._titles, self._sentences = invented()
        self._count = r.choice([4, 5, 5, 6])
        self._gutter = r.choice([10, 14, 18])
        self._width = (_ACROSS - (self._count - 1) * self._gutter) / self._count
        self._size = r.choice([8.5, 9, 10])
        self._leading = self._size * r.choice([1.3, 1.5, 1.7])
        self._indent = 2 * (r.random() < 0.85)
        self._mark, self._credit = "①5" * (r.random() < 0.5), _CREDIT * (r.random() < 0.7)
        self._fill, self._between = r.choice([0.75, 0.9, 1.0]), r.choice([14, 20, 30])
        self._centred, self._spaced = r.random() < 0.5, 0.5 * (r.random() < 0.3)
        self._justified, self._glyph_by_glyph = r.random() < 0.5, r.random() < 0.3
        self.sheet.line("2023年11月3日 星期五", _LEFT, 40, 10)
        self.sheet.line("06 社会", 700, 40, 10)
        self._cut(0, self._count, _TOP, _BOTTOM, 0)

    def _cut(self, first: int, last: int, top: float, bottom: float, depth: int) -> None:
        """Cuts an area across or down, or fills it with an article."""
        r, flat, wide = self._random, bottom - top <= 300, last - first > 1
        if depth > 2 or (depth and flat and last - first <= 3) or (depth and r.random() < 0.25):
            self._article(first, last, top, bottom)
        elif not flat and (not wide or r.random() < 0.5):
            middle = top + (bottom - top) * r.uniform(0.35, 0.65)
            self._cut(first, last, top, middle - self._between, depth + 1)
            self._cut(first, last, middle, bottom, depth + 1)
        else:
            middle_column = r.randint(first + 1, last - 1)
            self._cut(first, middle_column, top, bottom, depth + 1)
            self._cut(middle_column, last, top, bottom, depth + 1)

    def _article(self, first: int, last: int, top: float, bottom: float) -> None:
        r, count = self._random, last - first
        x = _LEFT + first * (self._width + self._gutter)
        across = count * (self._width + self._gutter) - self._gutter
        title = r.choice(self._titles)
        size = r.choice([16, 20, 24, 30] if count > 1 else [13, 15, 18])
        if width_of(title, size) > across:
            size = max(13.0, self._size * 1.5, across // len(title))
        cells = int(across // size)
        lines = [title[i : i + cells] for i in range(0, len(title), cells)]
        short = int(across // (size * 0.6)) - 3
        kicker = r.choice(self._titles)[:short] if count > 1 and r.random() < 0.3 else None
        sub = "——" + r.choice(self._titles)[:short] if count > 1 and r.random() < 0.3 else None
        head = [(kicker, 0.6 * size), *((line, size) for line in lines), (sub, 0.6 * size)]
        y = top + 1.3 * sum(size for text, size in head if text)
        rows = int((bottom - y - 4) / self._leading * self._fill)
        paragraphs = self._paragraphs(rows * count)
        if not paragraphs:
            return
        self._head(head, x, across, top)
        self._text(paragraphs, x, y + 4, count)
        body = "".join(paragraphs)[len(self._credit) :]
        self.expected.append(Expected(title, body.removesuffix(self._mark), kicker, sub))

    def _head(
        self, head: list[tuple[str | None, float]], x: float, across: float, y: float
    ) -> None:
        for text, size in head:
            if text is None:
                continue
            spacing = size * self._spaced
            width = width_of(text, size) + spacing * (len(text) - 1)
            if width > across:
                spacing, width = 0.0, width_of(text, size)
            left = x + (across - width) / 2 if self._centred else x
            self.sheet.line(text, left, y + 1.05 * size, size, spacing)
            y += 1.3 * size

    def _paragraphs(self, lines: int) -> list[str]:
        """As many as fit, with the end mark; perhaps none."""
        paragraphs, used = list[str](), 0
        while used < lines:
            text = self._credit * (not paragraphs)
            text += "".join(self._random.choices(self._sentences, k=self._random.randint(1, 4)))
            used += len(wrapped(text + self._mark, self._width, self._size, self._indent))
            if used <= lines:
                paragraphs.append(text)
        return [*paragraphs[:-1], *(p + self._mark for p in paragraphs[-1:])]

    def _text(self, paragraphs: list[str], x: float, top: float, count: int) -> None:
        lines = []
        for paragraph in paragraphs:
            wraps = wrapped(paragraph, self._width, self._size, self._indent)
            lines += [(text, text is not wraps[-1]) for text in wraps]
        height = -(-len(lines) // count)
        for i, (text, is_full) in enumerate(lines):
            column, row = divmod(i, height)
            left = x + column * (self._width + self._gutter)
            self._line(text, left, top + (row + 1) * self._leading, is_full and len(text) > 3)

    def _line(self, text: str, x: float, y: float, is_full: bool) -> None:
        room = self._width - width_of(text, self._size)
        spacing = room / (len(text) - 1) if is_full and self._justified else 0.0
        if not self._glyph_by_glyph:
            self.sheet.line(text, x, y, self._size, spacing)
            return
        for c in text:
            if not c.isspace():
                self.sheet.line(c, x, y, self._size)
            x += width_of(c, self._size) + spacing


def random_page(seed: int) -> tuple[bytes, list[Expected]]:
    """A page, and its articles in no particular order."""
    page = _Page(seed)
    return page.sheet.pdf(), page.expected
