"""Which of the large and small lines near a headline are part of it, and which are not."""

from collections.abc import Iterable

from search_app.articles.pdf.blocks import Block, BlockKind

# Sizes are those of a block's characters. Chosen on made pages (decision 026).
_LARGEST_SUBHEAD = 1.35  # times the size of its column
_LARGER = 1.15  # times: what is larger than a subhead and heads its column
_HEAD_GAP = 1.3  # sizes of the larger line, between the lines of one headline
_TEXT_GAP = 2.5  # the same between headline and text
_SUBHEAD_GAP = 2.0  # the same between a subhead and its column
_TOUCHING = 0.1  # of the narrower one's width: what stands so little above another passes it by
_GUTTER = 4.0  # sizes; columns of one article are not farther apart
_LONGEST_SMALL_HEAD = 2  # lines


def block_above(block: Block, others: Iterable[Block]) -> Block | None:
    """The next block above, if there is one."""
    nearest = None
    for other in others:
        is_above = other is not block and other.box.bottom <= block.box.top + 0.4 * block.size
        is_nearer = nearest is None or other.box.bottom > nearest.box.bottom
        if is_above and is_nearer and other.box.overlap(block.box) > _TOUCHING:
            nearest = other
    return nearest


def are_near(a: Block, b: Block, most: float = _HEAD_GAP) -> bool:
    """Whether one stands as near under the other as the lines of one headline, or as `most`."""
    gap = a.box.drop(b.box)
    return gap <= most * max(a.size, b.size) and a.box.overlap(b.box) > _TOUCHING


def take_small_heads(heads: list[Block], texts: list[Block]) -> list[Block]:
    """Moves kickers and subtitles as small as the text to the headlines; returns the other texts.

    Changes the kind of those blocks, and `heads`.
    """
    left = []
    for block in texts:
        if len(block.lines) <= _LONGEST_SMALL_HEAD and _is_small_head(block, heads, texts):
            block.kind = BlockKind.HEAD
            heads.append(block)
        else:
            left.append(block)
    return left


# Whether lines of the text's size stand above a headline, or between one and its text.
def _is_small_head(block: Block, heads: list[Block], texts: list[Block]) -> bool:
    near = [head for head in heads if are_near(block, head)]
    if not near or "。" in block.text or block.is_credit:
        return False
    if any(head.box.top > block.box.top for head in near):
        return True
    for text in texts:
        if are_near(block, text, _TEXT_GAP) and block_above(text, [*heads, *texts]) is block:
            return True
    return False


def take_subheads(heads: list[Block], texts: list[Block]) -> None:
    """Moves subheads from the headlines into the text that each of them stands in.

    A line only a little larger than its column is a part of the column. Changes both lists.
    """
    for head in sorted(heads, key=lambda block: block.box.top):
        blocks = [*heads, *texts]
        column = [text for text in texts if _stands_in(head, text)]
        upper = block_above(head, blocks)
        if upper not in column:
            upper = None
        lower = next((text for text in column if block_above(text, blocks) is head), None)
        parts = [text for text in (upper, lower) if text]
        if parts and _is_subhead(head, upper, heads, texts):
            lines = list(head.lines)
            for part in parts:
                texts.remove(part)
                lines.extend(part.lines)
            texts.insert(0, Block(sorted(lines, key=lambda line: line.box.bottom)))
            heads.remove(head)


# Whether a line stands right above or below some text and is not wider.
def _stands_in(head: Block, text: Block) -> bool:
    size = text.size
    if len(head.lines) > 1 or head.size > _LARGEST_SUBHEAD * size:
        return False
    inside = text.box.left - 3 * size <= head.box.left and head.box.right <= text.box.right + size
    return inside and are_near(head, text, _SUBHEAD_GAP)


# Not if nothing larger heads the column, and not at its top unless others begin there too.
def _is_subhead(head: Block, upper: Block | None, heads: list[Block], texts: list[Block]) -> bool:
    is_headed = False
    for other in heads:
        if other.box.bottom <= head.box.top and other.size > _LARGER * head.size:
            if are_near(other, head):
                return False
            is_headed = True
    if not is_headed:
        return False
    if upper:
        return upper.is_complete and not upper.is_marked
    for text in texts:
        level = abs(text.box.top - head.box.top) <= text.size
        if level and abs(text.box.gap(head.box)) <= _GUTTER * text.size:
            return True
    return False
