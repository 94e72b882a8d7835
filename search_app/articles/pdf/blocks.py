"""Third step: lines become blocks, each a stretch of one column or the lines of one headline."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from math import inf
from statistics import median

from search_app.articles.pages.print.credits import credit_end, is_names
from search_app.articles.pages.print.furniture import is_furniture
from search_app.articles.pages.print.signs import endings, openings, squeezed
from search_app.articles.pdf.boxes import Box, box_around
from search_app.articles.pdf.lines import PdfLine
from search_app.text.repair import is_complete, squeeze

# In sizes of a line. Chosen on made pages and measured on 300 others (decision 026).
_LARGER = 1.18  # times the size of the page's text: what is set larger heads something
_LONGEST_HEAD = 6  # lines
SAME_SIZE = 1.13  # times: fonts of one text differ by rounding, and by the scaling of a page
_INDENT = 2.7  # that a line may begin or end inside or outside of its column: two characters, hung
_LEADING = 2.2  # from base line to base line, at most
_LOOSER = 1.4  # times the leading of the lines before: what stands lower begins another block
_SET_APART = 1.2  # times the next leading: a first line farther from the others stands alone
_OPEN = 3.0  # from the last base line: a stack that ended so far above gets no more lines
_RULE_ABOVE = 2.0  # above a block: a rule there stands above it
_OPENING_LENGTH = 80  # characters in which an agency or 本报讯 is looked for
_CAPTION = re.compile(
    r"[▲▼◀▶△▽◆↑↓←→]|图[为①-⑩：:]|[上下左右]图|[（(]?(?:资料|新华社)[图照]片|.*[摄发]\s*[）)]?$"
)
_LONGEST_CAPTION = 5  # lines


class BlockKind(Enum):
    """What a block is."""

    TEXT = "text"
    HEAD = "head"
    CAPTION = "caption"
    FURNITURE = "furniture"


@dataclass(eq=False)
class Block:
    """Lines one under the other, of about one size; `ruled` where a rule stands above them."""

    lines: list[PdfLine]
    kind: BlockKind = BlockKind.TEXT
    ruled: bool = False

    @cached_property
    def box(self) -> Box:
        """Around all its lines."""
        return box_around(line.box for line in self.lines)

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
        head = self.text[:_OPENING_LENGTH]
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

    def indent(self, i: int) -> float:
        """How far inside the column a line begins, in characters."""
        return (self.lines[i].box.left - self.box.left) / self.size


def text_size(lines: Iterable[PdfLine]) -> float:
    """The size of the page's running text: that of its middle character."""
    sizes: list[float] = []
    for line in lines:
        sizes.extend([line.size] * len(line.text))
    return median(sizes or [1.0])


def read_blocks(lines: Sequence[PdfLine], rules: Sequence[Box], size: float) -> list[Block]:
    """The blocks of a page, from its top; `size` is that of its text."""
    blocks: list[Block] = []
    for stack in _stacks(lines, rules):
        if len(stack) > 2:
            first, second, third = (line.box.bottom for line in stack[:3])
            if second - first > _SET_APART * (third - second):
                blocks.append(Block(stack[:1]))
                stack = stack[1:]
        blocks.append(Block(stack))
    for block in blocks:
        block.kind = _kind_by_size(block, size)
        above = block.box._replace(bottom=block.box.top - _RULE_ABOVE * size)
        block.ruled = _is_ruled(rules, above, block.lines[0].box)
    _mark_furniture(blocks)
    return blocks


# Lines that go on below one another, each behind the nearest line that it fits.
def _stacks(lines: Sequence[PdfLine], rules: Sequence[Box]) -> list[list[PdfLine]]:
    ordered = sorted(lines, key=lambda line: (line.box.bottom, line.box.left))
    across = _lines_above_columns(ordered)
    stacks: list[list[PdfLine]] = []
    open_stacks: list[list[PdfLine]] = []
    for line in ordered:
        still_open: list[list[PdfLine]] = []
        nearest: list[PdfLine] | None = None
        for stack in open_stacks:
            last = stack[-1]
            if line.box.bottom - last.box.bottom > _OPEN * last.size:
                continue
            still_open.append(stack)
            if last in across or (nearest and last.box.bottom <= nearest[-1].box.bottom):
                continue
            if _fits(stack, line, rules):
                nearest = stack
        if nearest:
            nearest.append(line)
        else:
            stacks.append([line])
            still_open.append(stacks[-1])
        open_stacks = still_open
    return stacks


# Lines that stand above two others side by side: the columns begin below them.
def _lines_above_columns(ordered: Sequence[PdfLine]) -> set[PdfLine]:
    bottoms = [line.box.bottom for line in ordered]
    across = set()
    for line in ordered:
        size, bottom = line.size, line.box.bottom
        first = bisect_right(bottoms, bottom + 0.5 * size)
        last = bisect_right(bottoms, bottom + _LEADING * size)
        rightmost_left, leftmost_right, lowest = -inf, inf, inf
        for other in ordered[first:last]:
            if line.box.gap(other.box) <= -size:
                lowest = min(lowest, other.box.bottom + 0.5 * size)  # of the level of the first one
                if other.box.bottom > lowest:
                    break
                rightmost_left = max(rightmost_left, other.box.left)
                leftmost_right = min(leftmost_right, other.box.right)
        if rightmost_left > leftmost_right:
            across.add(line)
    return across


# Whether a line goes on with a stack: near below it, in the same column, in the same size.
def _fits(stack: list[PdfLine], line: PdfLine, rules: Sequence[Box]) -> bool:
    last, size, box = stack[-1], line.size, line.box
    drop = box.bottom - last.box.bottom
    leading = _LEADING * size
    if len(stack) > 1:
        leading = min(leading, _LOOSER * (last.box.bottom - stack[-2].box.bottom))
    if not 0.5 * size < drop <= leading:
        return False
    if max(last.size, size) > SAME_SIZE * min(last.size, size):
        return False
    for above in stack[-2:]:
        left, _, right, _ = above.box
        begins_there = abs(left - box.left) <= _INDENT * size
        is_centred = abs(left + right - box.left - box.right) <= 2 * size
        is_under = above.box.gap(box) <= -0.5 * min(above.box.width, box.width)
        if begins_there or (is_centred and is_under):
            return not _is_ruled(rules, last.box, box)
    return False


# Whether a rule stands between one box and another below it.
def _is_ruled(rules: Sequence[Box], above: Box, box: Box) -> bool:
    foot = box.bottom - 0.5 * box.height
    for rule in rules:
        between = above.bottom - 1 <= rule.top <= foot
        if between and rule.left < box.right and rule.right > box.left:
            return True
    return False


# What a block is by its size beside that of the page's text, and by its words.
def _kind_by_size(block: Block, size: float) -> BlockKind:
    text = block.text.replace("\n", "")
    few = len(block.lines) <= _LONGEST_HEAD
    if block.size >= _LARGER * size and few and "。" not in text:
        return BlockKind.HEAD
    small = len(block.lines) <= _LONGEST_CAPTION and block.size <= size * SAME_SIZE
    if small and _CAPTION.match(text):
        return BlockKind.CAPTION
    return BlockKind.TEXT


# What stands at the page's top or foot and looks like a page's own lines is furniture.
def _mark_furniture(blocks: list[Block]) -> None:
    tops = sorted(block.box.top for block in blocks)
    bottoms = sorted(block.box.bottom for block in blocks)
    for row in _rows(blocks):
        if len(row) == 1 and row[0].kind is BlockKind.HEAD:
            continue
        texts: list[str] = []
        for block in row:
            for line in block.lines:
                is_spaced = max(map(len, line.text.split()), default=0) <= 1
                texts.append(squeeze(line.text) if is_spaced else line.text.strip())
        # As many blocks stand wholly above the row, or below it where these are fewer.
        box = box_around(block.box for block in row)
        above, reaching = bisect_right(bottoms, box.top), bisect_left(tops, box.bottom)
        rank = min(above, len(blocks) - reaching)
        if is_furniture(" ".join(texts), rank) or all(is_furniture(text, rank) for text in texts):
            for block in row:
                block.kind = BlockKind.FURNITURE


# Short blocks that stand side by side, from the page's top; in each from the left.
def _rows(blocks: Iterable[Block]) -> list[list[Block]]:
    rows: list[list[Block]] = []
    for block in sorted(blocks, key=lambda block: block.box.bottom):
        if len(block.lines) > _LONGEST_CAPTION:
            continue
        if rows and block.box.top < rows[-1][-1].box.bottom - 0.5 * block.size:
            rows[-1].append(block)
        else:
            rows.append([block])
    for row in rows:
        row.sort(key=lambda block: block.box.left)
    return rows
