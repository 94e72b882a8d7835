"""Ink: characters that know what they belong to; and how a column wraps and spaces them."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import NamedTuple

from articles.simulator.settings import Settings

_BEGINS_NO_LINE = "，。、；：！？）》”’】,.;:!?)%"
_ENDS = _BEGINS_NO_LINE + "“‘（《"
_BRACKETS = "（）()"
_HANGS = 0.5  # how often a stop that fits no more hangs over the column's edge
_PARTLY = 0.1  # how often letter-spacing stops in mid line


class Owner(NamedTuple):
    """An article of the page, by its number, and which part of it; -1 is the page itself."""

    article: int
    role: str


class Glyph(NamedTuple):
    """A character and what it belongs to; the page's own white space belongs to nothing."""

    char: str
    owner: Owner | None


Ink = list[Glyph]


class Line(NamedTuple):
    """A line of a column; `short` if the wrap left room at its end."""

    ink: Ink
    short: bool


def ink(text: str, article: int, role: str) -> Ink:
    """A text as ink of an article's part."""
    owner = Owner(article, role)
    return [Glyph(c, None if c.isspace() else owner) for c in text]


def space(text: str = " ") -> Ink:
    """White space of the page's own."""
    return [Glyph(c, None) for c in text]


def cells(char: str) -> float:
    """The width of a character."""
    return 0.5 if char.isascii() else 1.0


def wrapped(
    paragraph: Ink, width: float, indent: float, settings: Settings, random: Random
) -> Iterator[Line]:
    """A paragraph in lines of a column; the first one is shorter by its indent."""
    line: Ink = []
    room = width - indent
    for unit in _units(paragraph, settings, random):
        size = sum(cells(g.char) for g in unit)
        if line and size > room and not (_hangs(unit, random) and room > -1):
            if unit[0].char in _BEGINS_NO_LINE and len(line) > 1:
                unit = [line.pop(), *unit]
            yield Line(line, short=room >= 1)
            line, room = [], width
            size = sum(cells(g.char) for g in unit)
        line += unit
        room -= size
    if line:
        yield Line(line, short=False)


def _hangs(unit: Ink, random: Random) -> bool:
    return unit[0].char in _BEGINS_NO_LINE and random.random() < _HANGS


def _units(paragraph: Ink, settings: Settings, random: Random) -> Iterator[Ink]:
    """What a wrap does not part: numbers and Latin words, unless the page cuts them."""
    run: Ink = []
    for glyph in paragraph:
        if _is_run(glyph):
            run.append(glyph)
            continue
        yield from _whole_or_cut(run, settings, random)
        run = []
        yield [glyph]
    yield from _whole_or_cut(run, settings, random)


def _is_run(glyph: Glyph) -> bool:
    return glyph.char.isascii() and glyph.char.isalnum()


def _whole_or_cut(run: Ink, settings: Settings, random: Random) -> Iterator[Ink]:
    if run and random.random() < settings.cut_runs:
        yield from ([glyph] for glyph in run)
    elif run:
        yield run


def printed(line: Line, settings: Settings, random: Random) -> Ink:
    """A line as it is printed: letter-spaced to the column's width, or its digits set off."""
    glyphs = line.ink
    justified = line.short and random.random() < settings.justified
    if justified or random.random() < settings.spaced_lines:
        stop = random.randrange(len(glyphs)) if random.random() < _PARTLY else len(glyphs)
        return letter_spaced(glyphs[:stop]) + glyphs[stop:]
    return _set_off(glyphs, settings, random)


def letter_spaced(line: Ink) -> Ink:
    """White space between all characters, but not inside numbers and Latin words."""
    spaced: Ink = []
    for glyph in line:
        apart = spaced and not (_is_run(spaced[-1]) and _is_run(glyph))
        spaced += [*space(), glyph] if apart and not glyph.char.isspace() else [glyph]
    return spaced


def _set_off(line: Ink, settings: Settings, random: Random) -> Ink:
    """White space around some numbers and brackets."""
    found: Ink = []
    for i, glyph in enumerate(line):
        before: Sequence[Glyph] = line[i - 1 : i]
        meet = any(_is_set_off(b, glyph) or _is_set_off(glyph, b) for b in before)
        if meet and random.random() < settings.digit_spaces * 0.5:
            found += space()
        found.append(glyph)
    return found


def _is_set_off(glyph: Glyph, beside: Glyph) -> bool:
    if glyph.char.isdigit():
        return not (beside.char.isascii() or beside.char.isdigit()) and beside.char not in _ENDS
    return glyph.char in _BRACKETS and not beside.char.isascii()
