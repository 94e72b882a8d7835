"""A whole page: stories in columns, one after another, between what belongs to the page itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from random import Random
from typing import NamedTuple

from articles.simulator.columns import Ink, Owner, ink, letter_spaced, printed, space, wrapped
from articles.simulator.furniture import advert, header, imprint
from articles.simulator.settings import Settings
from articles.simulator.stories import Story, tell
from articles.simulator.texts import Text

PAGE = -1  # in place of an article's number: what belongs to the page itself
_MARKS = "①②③④⑤⑥⑦⑧"
_HEAD_PARTS = ("kicker", "title", "subtitle")
_TORN_OFF = 0.85  # how often a kicker that does not lead in stands apart from its title


class Row(NamedTuple):
    """A printed line; `blank` says whether a blank one stands before it."""

    ink: Ink
    blank: bool = False


@dataclass(frozen=True)
class Truth:
    """An article as a person reads it, without white space; `body_ink` are its places."""

    title: str | None
    kicker: str | None
    subtitle: str | None
    authors: tuple[str, ...]
    body: str
    body_ink: tuple[int, ...]
    ink: tuple[int, ...]


@dataclass(frozen=True)
class Page:
    """A page's text, its articles in the order of their bodies, and the places of the rest.

    Captions behind an end mark may be counted to the article or to the page.
    """

    text: str
    articles: tuple[Truth, ...]
    furniture: tuple[int, ...]
    captions: tuple[int, ...]


def simulated(seed: int, texts: Sequence[Text], settings: Settings) -> Page:
    """A page of three to eight articles."""
    random = Random(f"page {seed}")
    chosen = random.sample(texts, random.randint(3, 8))
    issue = random.randint(1, 9)
    marked = random.random() < settings.marks
    marks = [random.choice(_MARKS) + str(issue) if marked else None for _ in chosen]
    stories = [tell(t, settings, random, m) for t, m in zip(chosen, marks, strict=True)]
    return lay_out(stories, settings, random)


def lay_out(stories: Sequence[Story], settings: Settings, random: Random) -> Page:
    """A page with these stories in their order."""
    printer = _Printer(_settled(settings, random), random)
    rows = list(chain.from_iterable(printer.page(stories)))
    glyphs: Ink = []
    for row in rows:
        glyphs += space("\n" * (1 + row.blank)) if glyphs else []
        glyphs += row.ink
    return _page(glyphs, stories)


def _settled(settings: Settings, random: Random) -> Settings:
    """What holds for a whole page becomes sure or absent."""
    habits = ("below", "indents", "paragraph_blanks", "header", "imprint", "digit_spaces")
    return replace(settings, **{h: float(random.random() < getattr(settings, h)) for h in habits})


def _page(glyphs: Ink, stories: Sequence[Story]) -> Page:
    places: dict[Owner, list[int]] = {}
    for place, glyph in enumerate(glyphs):
        if glyph.owner:
            places.setdefault(glyph.owner, []).append(place)
    text = "".join(glyph.char for glyph in glyphs)
    truths = [_truth(text, places, number, story) for number, story in enumerate(stories)]
    captions = tuple(places.pop(Owner(PAGE, "caption"), ()))
    furniture = [p for owner, at in places.items() if owner.article == PAGE for p in at]
    return Page(text, tuple(truths), tuple(sorted(furniture)), captions)


def _truth(text: str, places: dict[Owner, list[int]], number: int, story: Story) -> Truth:
    def shown(role: str) -> str | None:
        return "".join(text[p] for p in places.get(Owner(number, role), ())) or None

    body = tuple(places[Owner(number, "body")])
    every = sorted(p for owner, at in places.items() if owner.article == number for p in at)
    title, kicker, subtitle = map(shown, ("title", "kicker", "subtitle"))
    return Truth(title, kicker, subtitle, story.authors, shown("body") or "", body, tuple(every))


class _Printer:
    """Prints stories with settings in which the page's habits are settled."""

    def __init__(self, settings: Settings, random: Random) -> None:
        self._settings, self._random = settings, random

    def _happens(self, probability: float) -> bool:
        return self._random.random() < probability

    def page(self, stories: Sequence[Story]) -> Iterator[list[Row]]:
        """Blocks of rows in the page's order."""
        settings, random = self._settings, self._random
        if settings.header:
            yield [Row(ink(line, PAGE, "header")) for line in header(random)]
        blocks: list[list[Row]] = []
        for number, story in enumerate(stories):
            self._meet(blocks, self._article(number, story))
            if self._happens(settings.advert):
                blocks.append(self._own(advert(random), "advert"))
        yield from blocks
        if settings.imprint:
            yield self._own(imprint(random), "imprint")
        if self._happens(settings.advert):
            yield self._own(advert(random), "advert")

    def _own(self, lines: Sequence[str], role: str) -> list[Row]:
        rows = [Row(ink(line, PAGE, role)) for line in lines]
        return [Row(rows[0].ink, not self._happens(self._settings.joined)), *rows[1:]]

    def _meet(self, blocks: list[list[Row]], following: list[list[Row]]) -> None:
        """Puts an article behind others; its first line may share the line they end on."""
        for block in following:
            if blocks and blocks[-1] and block and self._share(blocks[-1], block):
                last = blocks[-1][-1]
                joined = last.ink + space(self._random.choice((" ", "  "))) + block[0].ink
                blocks[-1][-1] = Row(joined, last.blank)
                block = block[1:]
            if block:
                blocks.append(block)

    def _share(self, before: list[Row], behind: list[Row]) -> bool:
        """A text's end with what follows it, or a headline's end with the opening of a text."""
        last, first = _role(before[-1].ink[-1:]), _role(behind[0].ink)
        meet = last in ("body", "mark") or (last in _HEAD_PARTS and first == "opening")
        return meet and first != "caption" and self._happens(self._settings.shared_line)

    def _article(self, number: int, story: Story) -> list[list[Row]]:
        """Headline, text and caption as blocks in their order."""
        below = bool(self._settings.below) != self._happens(self._settings.stray)
        below = below and not story.is_box
        parts = self._head_parts(number, story)
        torn = parts.pop("subtitle", []) if self._happens(self._settings.torn) else []
        text = self._text(number, story)
        head = self._spread(list(parts.values()), story)
        blocks = [text, head] if below else [head, text]
        if torn and head:
            blocks = [torn, *blocks] if below else [*blocks, torn]
        return [self._begun(block) for block in blocks if block]

    def _begun(self, block: list[Row]) -> list[Row]:
        return [Row(block[0].ink, not self._happens(self._settings.joined)), *block[1:]]

    def _head_parts(self, number: int, story: Story) -> dict[str, list[Row]]:
        parts: dict[str, list[Row]] = {}
        for role in _HEAD_PARTS:
            if shown := getattr(story, role):
                lines = self._split(shown) if role == "title" else [shown]
                parts[role] = [Row(self._head_line(line, number, role)) for line in lines]
        return parts

    def _split(self, title: str) -> list[str]:
        """A title in two or three lines of about the same length, best between its phrases."""
        if not self._happens(self._settings.split_title) or len(title) < 9:
            return [title]
        count = 3 if len(title) > 27 and self._happens(0.3) else 2
        ends = [self._cut(title, len(title) * n // count) for n in range(1, count)]
        cuts = sorted({0, *ends, len(title)})
        return [line for a, b in pairwise(cuts) if (line := title[a:b].strip())]

    def _cut(self, title: str, at: int) -> int:
        phrases = [i for i, c in enumerate(title) if c in " ，\u3000" and abs(i - at) <= 5]
        place = min(phrases, key=lambda i: abs(i - at)) + 1 if phrases else at
        runs_on = title[place - 1 : place + 1].isascii() or title[place : place + 1] in "，：”》、"
        return place + 1 if runs_on and place + 1 < len(title) else place

    def _head_line(self, line: str, number: int, role: str) -> Ink:
        glyphs = ink(line, number, role)
        return letter_spaced(glyphs) if self._happens(self._settings.spaced_title) else glyphs

    def _spread(self, parts: list[list[Row]], story: Story) -> list[Row]:
        """The parts of a headline, a kicker mostly apart from its title, perhaps interrupted."""
        rows = [row for part in parts for row in part]
        apart = {1} if story.kicker and self._happens(_TORN_OFF) else set()
        if len(rows) > 1 and self._happens(self._settings.interrupted):
            apart.add(self._random.randrange(1, len(rows)))
        return [Row(row.ink, i in apart) for i, row in enumerate(rows)]

    def _text(self, number: int, story: Story) -> list[Row]:
        settings = self._settings
        rows = [Row(self._credit(number, story))] if story.alone else []
        width, change = float(settings.width), self._change(story)
        for i, shown in enumerate(story.paragraphs):
            paragraph = self._paragraph(number, story, i)
            if i == change:
                width = self._random.choice((width * 2, self._random.randint(10, 26)))
            lines = [paragraph] if shown.startswith("\t") else self._lines(paragraph, width)
            row_of_table = shown.startswith("\t") and story.paragraphs[i - 1].startswith("\t")
            blank = i > 0 and not row_of_table and self._happens(settings.paragraph_blanks)
            rows += [
                Row(line, blank if n == 0 else self._happens(settings.column_blanks))
                for n, line in enumerate(lines)
            ]
        return rows + self._behind(number, story)

    def _change(self, story: Story) -> int:
        """The paragraph with which another width begins; -1 for none."""
        if not self._happens(self._settings.width_change):
            return -1
        return self._random.randrange(len(story.paragraphs))

    def _lines(self, paragraph: Ink, width: float) -> list[Ink]:
        lines = list(wrapped(paragraph, width, 2, self._settings, self._random))
        shown = [printed(line, self._settings, self._random) for line in lines]
        return [space("\u3000\u3000") + shown[0], *shown[1:]] if self._settings.indents else shown

    def _paragraph(self, number: int, story: Story, i: int) -> Ink:
        """A paragraph, with the credit before it and the endings behind it."""
        first = ink(story.paragraphs[i].strip("\t"), number, "body")
        if i == 0 and story.opening.text and not story.alone:
            set_off = self._happens(0.9 if story.opening.text[-1] in "讯电消息" else 0.3)
            first = self._credit(number, story) + space() * set_off + first
        if i < len(story.paragraphs) - 1:
            return first
        first += ink(story.goes_on or "", number, "body") if not self._goes_on_alone(story) else []
        first += ink(story.closing.text, number, "closing")
        return first + ink(story.mark or "", number, "mark")

    def _goes_on_alone(self, story: Story) -> bool:
        """Whether 下转 has a line of its own: as drawn once for the story."""
        return story.goes_on is not None and Random(story.paragraphs[0]).random() < 0.4

    def _credit(self, number: int, story: Story) -> Ink:
        credit = ink(story.opening.text, number, "opening" if not story.alone else "byline")
        return letter_spaced(credit) if self._happens(self._settings.spaced_credit) else credit

    def _behind(self, number: int, story: Story) -> list[Row]:
        """下转 on a line of its own; a caption, which behind an end mark is the page's own."""
        rows = [Row(ink(story.goes_on or "", number, "body"))] * self._goes_on_alone(story)
        if not story.caption:
            return rows
        owner = (PAGE, "caption") if story.mark else (number, "body")
        signer = (PAGE, "caption") if story.mark else (number, "closing")
        caption, settings = ink(story.caption, *owner), self._settings
        lines = wrapped(caption, settings.width, 0, settings, self._random)
        credit = ink(story.photographer.text, *signer)
        rows += [Row(line.ink, n == 0 and self._happens(0.5)) for n, line in enumerate(lines)]
        if credit and self._happens(0.5):
            rows[-1] = Row(rows[-1].ink + space() + credit, rows[-1].blank)
        elif credit:
            rows.append(Row(credit))
        return rows


def _role(glyphs: Ink) -> str:
    return next((glyph.owner.role for glyph in glyphs if glyph.owner), "")
