"""Third step: lines become blocks, each a stretch of one column or the lines of one headline."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from itertools import pairwise
from statistics import median

from search_app.articles.pages.print.credits import credit_end, is_names
from search_app.articles.pages.print.furniture import is_furniture
from search_app.articles.pages.print.signs import endings, openings, squeezed
from search_app.articles.pdf.glyphs import Box
from search_app.articles.pdf.lines import Line
from search_app.text.repair import is_complete, squeeze

_HEAD = 1.18  # times the size of the page's text: what is set larger heads something
_LONGEST_HEAD = 6  # lines
_SAME = 1.13  # two sizes as near as this are one
_INDENT = 2.7  # sizes that a line may begin or end inside or outside of its column
_LEADING = 2.2  # sizes from base line to base line, at most
_LOOSER = 1.4  # times the leading of the lines before: what stands lower begins another block
_CAPTION = re.compile(
    r"[▲▼◀▶△▽◆↑↓←→]|图[为①-⑩：:]|[上下左右]图|[（(]?(?:资料|新华社)[图照]片|.*[摄发]\s*[）)]?$"
)
_LONGEST_CAPTION = 5  # lines


class Kind(Enum):
    """What a block is."""

    TEXT = "text"
    HEAD = "head"
    CAPTION = "caption"
    FURNITURE = "furniture"


@dataclass(eq=False)
class Block:
    """Lines one under the other, of about one size; `ruled` where a rule stands above them."""

    lines: list[Line]
    kind: Kind = Kind.TEXT
    ruled: bool = False

    @cached_property
    def box(self) -> Box:
        """Around all its lines."""
        return around(line.box for line in self.lines)

    @cached_property
    def size(self) -> float:
        """Of most of its lines."""
        return median(line.size for line in self.lines)

    @property
    def text(self) -> str:
        """Its lines as printed."""
        return "\n".join(line.text for line in self.lines)

    @cached_property
    def opens(self) -> bool:
        """Whether an agency or 本报讯 begins it."""
        head = self.text[:80]
        return any(sign.start == 0 for sign in openings(squeezed(head), head))

    @cached_property
    def is_credit(self) -> bool:
        """Whether it says who wrote an article, and no more."""
        return credit_end(self.text, 0) == len(self.text) or is_names(self.text) or self.opens

    @cached_property
    def is_complete(self) -> bool:
        """Whether it ends where a sentence does."""
        return is_complete(self.lines[-1].text)

    @cached_property
    def is_marked(self) -> bool:
        """Whether an end mark ends it."""
        text = "".join(line.text for line in self.lines[-2:])
        return any(sign.end == len(text) for sign in endings(squeezed(text), text))

    @cached_property
    def left(self) -> float:
        """Where the lines that are not indented begin."""
        return min(line.box.left for line in self.lines)

    def indent(self, i: int) -> float:
        """How far inside the column a line begins, in characters."""
        return (self.lines[i].box.left - self.left) / self.size


def around(boxes: Iterable[Box]) -> Box:
    """The smallest box that holds all of them."""
    first, *others = boxes
    for box in others:
        first = first.around(box)
    return first


def text_size(lines: Iterable[Line]) -> float:
    """The size of the page's running text: that of its middle character."""
    return median([line.size for line in lines for _ in line.text] or [1.0])


def read_blocks(lines: Sequence[Line], rules: Sequence[Box], size: float) -> list[Block]:
    """The blocks of a page, from its top; `size` is that of its text."""
    ordered = sorted(lines, key=lambda line: (line.box.bottom, line.box.left))
    across = _across(ordered)
    stacks: list[list[Line]] = []
    open_ones: list[list[Line]] = []
    for line in ordered:
        bottom = line.box.bottom
        open_ones = [s for s in open_ones if bottom - s[-1].box.bottom <= 3 * s[-1].size]
        fitting = [s for s in open_ones if s[-1] not in across and _fits(s, line, rules)]
        if fitting:
            max(fitting, key=lambda stack: stack[-1].box.bottom).append(line)
        else:
            stacks.append([line])
            open_ones.append(stacks[-1])
    blocks = [Block(part) for stack in stacks for part in _evenly_led(stack)]
    for block in blocks:
        block.kind = _kind(block, size)
        reach = block.box._replace(bottom=block.box.top - 2 * size)
        block.ruled = any(_parts(rule, reach, block.lines[0].box) for rule in rules)
    _find_furniture(blocks)
    return blocks


def _evenly_led(stack: list[Line]) -> list[list[Line]]:
    """The first line by itself if it is farther from the others than they are from each other."""
    drops = [b.box.bottom - a.box.bottom for a, b in pairwise(stack[:3])]
    uneven = len(drops) == 2 and drops[0] > 1.2 * drops[1]
    return [stack[:1], stack[1:]] if uneven else [stack]


def _across(ordered: Sequence[Line]) -> set[Line]:
    """Lines that stand above two others side by side: the columns begin below them."""
    bottoms = [line.box.bottom for line in ordered]
    across = set()
    for line in ordered:
        first = bisect_right(bottoms, line.box.bottom + 0.5 * line.size)
        last = bisect_right(bottoms, line.box.bottom + _LEADING * line.size)
        below = [b for b in ordered[first:last] if _overlaps(line.box, b.box, line.size)]
        level = [b.box for b in below if b.box.bottom <= below[0].box.bottom + 0.5 * line.size]
        if level and max(b.left for b in level) > min(b.right for b in level):
            across.add(line)
    return across


def _overlaps(a: Box, b: Box, least: float) -> bool:
    return min(a.right, b.right) - max(a.left, b.left) >= least


def _fits(stack: list[Line], line: Line, rules: Sequence[Box]) -> bool:
    """Whether a line goes on with a stack: near below it, in the same column, in the same size."""
    last, size = stack[-1], line.size
    drop = line.box.bottom - last.box.bottom
    leading = _LEADING * size
    if len(stack) > 1:
        leading = min(leading, _LOOSER * (last.box.bottom - stack[-2].box.bottom))
    if not 0.5 * size < drop <= leading or max(last.size, size) > _SAME * min(last.size, size):
        return False
    if not any(_is_in_column(other.box, line.box, size) for other in stack[-2:]):
        return False
    return not any(_parts(rule, last.box, line.box) for rule in rules)


def _is_in_column(above: Box, box: Box, size: float) -> bool:
    if abs(above.left - box.left) <= _INDENT * size:
        return True
    centred = abs(above.left + above.right - box.left - box.right) <= 2 * size
    return centred and _overlaps(above, box, 0.5 * min(above.width, box.width))


def _parts(rule: Box, above: Box, box: Box) -> bool:
    between = above.bottom - 1 <= rule.top <= box.bottom - 0.5 * box.height
    return between and rule.left < box.right and rule.right > box.left


def _kind(block: Block, size: float) -> Kind:
    text = "".join(line.text for line in block.lines)
    few = len(block.lines) <= _LONGEST_HEAD
    if block.size >= _HEAD * size and few and "。" not in text:
        return Kind.HEAD
    if len(block.lines) <= _LONGEST_CAPTION and block.size <= size * _SAME:
        return Kind.CAPTION if _CAPTION.match(text) else Kind.TEXT
    return Kind.TEXT


def _find_furniture(blocks: list[Block]) -> None:
    """What stands at the page's top or foot and looks like a page's own lines."""
    for row in _rows(block for block in blocks if len(block.lines) <= _LONGEST_CAPTION):
        box = around(block.box for block in row)
        above = sum(block.box.bottom <= box.top for block in blocks)
        below = sum(block.box.top >= box.bottom for block in blocks)
        texts = [_closed_up(line.text) for block in row for line in block.lines]
        rank = min(above, below)
        if len(row) == 1 and row[0].kind is Kind.HEAD:
            continue
        if is_furniture(" ".join(texts), rank) or all(is_furniture(t, rank) for t in texts):
            for block in row:
                block.kind = Kind.FURNITURE


def _closed_up(text: str) -> str:
    """A letter-spaced line without its spaces; any other as it is."""
    return squeeze(text) if all(len(part) == 1 for part in text.split()) else text.strip()


def _rows(blocks: Iterable[Block]) -> list[list[Block]]:
    """Blocks that stand side by side, from the page's top; in each from the left."""
    rows: list[list[Block]] = []
    for block in sorted(blocks, key=lambda block: block.box.bottom):
        if rows and block.box.top < rows[-1][-1].box.bottom - 0.5 * block.size:
            rows[-1].append(block)
        else:
            rows.append([block])
    return [sorted(row, key=lambda block: block.box.left) for row in rows]
