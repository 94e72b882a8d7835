"""Third step: lines become blocks, each a stretch of one column or the lines of one headline."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
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

    @cached_property
    def left(self) -> float:
        """Where the lines that are not indented begin."""
        return min(line.box.left for line in self.lines)

    def indent(self, i: int) -> float:
        """How far inside the column a line begins, in characters."""
        return (self.lines[i].box.left - self.left) / self.size


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
        blocks.extend(map(Block, _split_off_first(stack)))
    for block in blocks:
        block.kind = _kind_by_size(block, size)
        top = block.box.top
        reach = block.box._replace(bottom=top - _RULE_ABOVE * size)
        block.ruled = _is_ruled(rules, reach, block.lines[0].box)
    _mark_furniture(blocks)
    return blocks


def _stacks(lines: Sequence[PdfLine], rules: Sequence[Box]) -> list[list[PdfLine]]:
    """Lines that go on below one another, each behind the nearest line that it fits."""
    ordered = sorted(lines, key=lambda line: (line.box.bottom, line.box.left))
    across = _lines_above_columns(ordered)
    stacks: list[list[PdfLine]] = []
    open_stacks: list[list[PdfLine]] = []
    for line in ordered:
        still_open, fitting = [], []
        for stack in open_stacks:
            last = stack[-1]
            if line.box.bottom - last.box.bottom > _OPEN * last.size:
                continue
            still_open.append(stack)
            if last not in across and _fits(stack, line, rules):
                fitting.append(stack)
        open_stacks = still_open
        if fitting:
            max(fitting, key=lambda stack: stack[-1].box.bottom).append(line)
        else:
            stacks.append([line])
            open_stacks.append(stacks[-1])
    return stacks


def _split_off_first(stack: list[PdfLine]) -> list[list[PdfLine]]:
    """The first line by itself if it is farther from the others than they are from each other."""
    if len(stack) < 3:
        return [stack]
    first, second, third = (line.box.bottom for line in stack[:3])
    if second - first > _SET_APART * (third - second):
        return [stack[:1], stack[1:]]
    return [stack]


def _lines_above_columns(ordered: Sequence[PdfLine]) -> set[PdfLine]:
    """Lines that stand above two others side by side: the columns begin below them."""
    bottoms = [line.box.bottom for line in ordered]
    across = set()
    for line in ordered:
        first = bisect_right(bottoms, line.box.bottom + 0.5 * line.size)
        last = bisect_right(bottoms, line.box.bottom + _LEADING * line.size)
        below = []
        for other in ordered[first:last]:
            if _overlaps(line.box, other.box, line.size):
                below.append(other.box)
        if _are_side_by_side(below, 0.5 * line.size):
            across.add(line)
    return across


def _are_side_by_side(boxes: list[Box], slack: float) -> bool:
    """Whether of the boxes on the level of the first one some stand beside others."""
    if not boxes:
        return False
    rightmost_left, leftmost_right = boxes[0].left, boxes[0].right
    for box in boxes:
        if box.bottom <= boxes[0].bottom + slack:
            rightmost_left = max(rightmost_left, box.left)
            leftmost_right = min(leftmost_right, box.right)
    return rightmost_left > leftmost_right


def _overlaps(a: Box, b: Box, least: float) -> bool:
    return min(a.right, b.right) - max(a.left, b.left) >= least


def _fits(stack: list[PdfLine], line: PdfLine, rules: Sequence[Box]) -> bool:
    """Whether a line goes on with a stack: near below it, in the same column, in the same size."""
    last, size = stack[-1], line.size
    drop = line.box.bottom - last.box.bottom
    leading = _LEADING * size
    if len(stack) > 1:
        leading = min(leading, _LOOSER * (last.box.bottom - stack[-2].box.bottom))
    if not 0.5 * size < drop <= leading:
        return False
    if max(last.size, size) > SAME_SIZE * min(last.size, size):
        return False
    if not any(_is_in_column(other.box, line.box, size) for other in stack[-2:]):
        return False
    return not _is_ruled(rules, last.box, line.box)


def _is_in_column(above: Box, box: Box, size: float) -> bool:
    """Whether a line begins where the one above does, or is centred below it."""
    if abs(above.left - box.left) <= _INDENT * size:
        return True
    centred = abs(above.left + above.right - box.left - box.right) <= 2 * size
    return centred and _overlaps(above, box, 0.5 * min(above.width, box.width))


def _is_ruled(rules: Sequence[Box], above: Box, box: Box) -> bool:
    """Whether a rule stands between one box and another below it."""
    foot = box.bottom - 0.5 * box.height
    for rule in rules:
        between = above.bottom - 1 <= rule.top <= foot
        if between and rule.left < box.right and rule.right > box.left:
            return True
    return False


def _kind_by_size(block: Block, size: float) -> BlockKind:
    """What a block is by its size beside that of the page's text, and by its words."""
    text = "".join(line.text for line in block.lines)
    few = len(block.lines) <= _LONGEST_HEAD
    if block.size >= _LARGER * size and few and "。" not in text:
        return BlockKind.HEAD
    small = len(block.lines) <= _LONGEST_CAPTION and block.size <= size * SAME_SIZE
    if small and _CAPTION.match(text):
        return BlockKind.CAPTION
    return BlockKind.TEXT


def _mark_furniture(blocks: list[Block]) -> None:
    """What stands at the page's top or foot and looks like a page's own lines is furniture."""
    for row in _rows(block for block in blocks if len(block.lines) <= _LONGEST_CAPTION):
        if len(row) == 1 and row[0].kind is BlockKind.HEAD:
            continue
        if _is_furniture_row(row, _rank(row, blocks)):
            for block in row:
                block.kind = BlockKind.FURNITURE


def _rank(row: list[Block], blocks: list[Block]) -> int:
    """How many blocks stand wholly above a row, or below it, where these are fewer."""
    box = box_around(block.box for block in row)
    above = sum(block.box.bottom <= box.top for block in blocks)
    below = sum(block.box.top >= box.bottom for block in blocks)
    return min(above, below)


def _is_furniture_row(row: list[Block], rank: int) -> bool:
    texts: list[str] = []
    for block in row:
        texts.extend(_closed_up(line.text) for line in block.lines)
    return is_furniture(" ".join(texts), rank) or all(is_furniture(text, rank) for text in texts)


def _closed_up(text: str) -> str:
    """A letter-spaced line without its spaces; any other as it is."""
    if all(len(word) == 1 for word in text.split()):
        return squeeze(text)
    return text.strip()


def _rows(blocks: Iterable[Block]) -> list[list[Block]]:
    """Blocks that stand side by side, from the page's top; in each from the left."""
    rows: list[list[Block]] = []
    for block in sorted(blocks, key=lambda block: block.box.bottom):
        if rows and block.box.top < rows[-1][-1].box.bottom - 0.5 * block.size:
            rows[-1].append(block)
        else:
            rows.append([block])
    for row in rows:
        row.sort(key=lambda block: block.box.left)
    return rows
