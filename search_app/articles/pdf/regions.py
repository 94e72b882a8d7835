"""Fourth step: blocks become regions: a headline with its columns, in the order they are read.

Blocks are joined two at a time, the surest first, and two headlines never come together. Where
blocks stand says most; whether a sentence runs from one into the other says the rest.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations, permutations, product

from search_app.articles.pdf.blocks import Block, BlockKind, around
from search_app.articles.pdf.glyphs import Box

MOST_BLOCKS = 600

# Points for one block belonging to another. A column begins where its neighbour does, and a
# broken sentence goes on somewhere.
_ENOUGH = 0.5
_UNDER_HEAD = 6.0
_BESIDE_HEAD = 1.5
_ALIGNED = 1.0
_NEARLY_ALIGNED = 0.6
_NEIGHBOUR = 0.5
_BELOW = 0.9
_UNDER_LEAD = 0.8  # a lead or a byline stands above several columns
_SENTENCE_RUNS_ON = 1.5
_RUNNING = 2.0  # so many points beside it: a column's sentence runs on there, and nowhere else
_SENTENCE_IS_CUT = -1.0
_NEW_PARAGRAPH = -0.25
_FIRST_COLUMN = -0.3  # the headline begins above the second one
_OPENING = -2.0
_END_MARK = -3.0
_OTHER_SIZE = -2.0
_RULED = -1.0  # a rule stands between
_PER_SIZE = -0.15  # of distance

_LARGEST_SUBHEAD = 1.35  # times the size of its column
_LONGEST_LEAD = 3  # lines of what stands above all columns
_GUTTER = 4.0  # sizes; columns of one article are not farther apart
_HEAD_GAP = 1.3  # sizes of the larger line, between the lines of one headline
_BODY_GAP = 2.5  # the same between headline and text


@dataclass
class Region:
    """A headline, the text under it, and what stands under its pictures, each in reading order."""

    head: list[Block] = field(default_factory=list)
    texts: list[Block] = field(default_factory=list)
    captions: list[Block] = field(default_factory=list)

    @property
    def box(self) -> Box:
        """Around all of it."""
        return around(block.box for block in (*self.head, *self.texts, *self.captions))


def read_regions(blocks: list[Block], size: float) -> list[Region]:
    """The regions of a page or of a frame on it, from its top left; `size` is that of its text.

    A page in more pieces than a newspaper's is one region, from its top.
    """
    if len(blocks) > MOST_BLOCKS:
        return [Region(texts=sorted(blocks, key=lambda b: (b.box.top, b.box.left)))]
    heads = [block for block in blocks if block.kind is BlockKind.HEAD]
    texts = [block for block in blocks if block.kind is BlockKind.TEXT]
    texts = _without_small_heads(heads, texts)
    heads, texts = _without_subheads(heads, texts)
    regions = [_region(group) for group in _grouped(heads, texts, size)]
    _place_captions(regions, [b for b in blocks if b.kind is BlockKind.CAPTION], size)
    regions += [Region(head=[b]) for b in blocks if b.kind is BlockKind.FURNITURE]
    return sorted(regions, key=lambda r: (r.box.top // (2 * size), r.box.left))


def _overlap(a: Box, b: Box) -> float:
    """How much of the width of the narrower one stands above or below the other."""
    shared = min(a.right, b.right) - max(a.left, b.left)
    return shared / max(1.0, min(a.width, b.width))


def _beside(a: Box, b: Box) -> float:
    """How much of the height of the lower one stands beside the other."""
    shared = min(a.bottom, b.bottom) - max(a.top, b.top)
    return shared / max(1.0, min(a.height, b.height))


def _above(block: Block, others: Iterable[Block]) -> Block | None:
    """The next block above, if there is one."""
    over = [
        other
        for other in others
        if other is not block
        and other.box.bottom <= block.box.top + 0.4 * block.size
        and _overlap(other.box, block.box) > 0.1
    ]
    return max(over, key=lambda other: other.box.bottom, default=None)


def _without_small_heads(heads: list[Block], texts: list[Block]) -> list[Block]:
    """Lines as small as the text above or below a headline are its kicker or its subtitle."""
    left = []
    for block in texts:
        if len(block.lines) <= 2 and _is_small_head(block, heads, texts):
            block.kind = BlockKind.HEAD
            heads.append(block)
        else:
            left.append(block)
    return left


def _is_small_head(block: Block, heads: list[Block], texts: list[Block]) -> bool:
    near = [h for h in heads if _touches(block, h)]
    if not near or "。" in block.text or block.is_credit:
        return False
    under = (t for t in texts if _touches(block, t, _BODY_GAP))
    return any(h.box.top > block.box.top for h in near) or any(
        _above(text, [*heads, *texts]) is block for text in under
    )


def _touches(a: Block, b: Block, most: float = _HEAD_GAP) -> bool:
    """Whether one stands near under the other: as near as the lines of one headline do."""
    gap = max(a.box.top, b.box.top) - min(a.box.bottom, b.box.bottom)
    return gap <= most * max(a.size, b.size) and _overlap(a.box, b.box) > 0.1


def _without_subheads(heads: list[Block], texts: list[Block]) -> tuple[list[Block], list[Block]]:
    """A line only a little larger than the column it stands in is a part of the column."""
    for head in sorted(heads, key=lambda h: h.box.top):
        around = [*heads, *texts]
        upper = _above(head, around)
        near = [t for t in texts if _is_in_column(head, t)]
        lower = next((t for t in near if _above(t, around) is head), None)
        parts = [t for t in (upper, lower) if t in near]
        if parts and _is_subhead(head, upper if upper in parts else None, heads, texts):
            lines = sorted((n for b in (head, *parts) for n in b.lines), key=lambda n: n.box.bottom)
            texts = [Block(lines), *(t for t in texts if t not in parts)]
            heads = [h for h in heads if h is not head]
    return heads, texts


def _is_in_column(head: Block, text: Block) -> bool:
    """Whether a line stands right above or below some text and is not wider."""
    if len(head.lines) > 1 or head.size > _LARGEST_SUBHEAD * text.size:
        return False
    column = Box(text.left - 3 * text.size, 0, text.box.right + text.size, 0)
    inside = column.left <= head.box.left and head.box.right <= column.right
    return inside and _touches(head, text, 2.0)


def _is_subhead(head: Block, upper: Block | None, heads: list[Block], texts: list[Block]) -> bool:
    """Not if nothing larger heads the column, and not at its top unless others begin there too."""
    larger = [h for h in heads if h.box.bottom <= head.box.top and h.size > 1.15 * head.size]
    if not larger or any(_touches(h, head) for h in larger):
        return False
    if upper:
        return upper.is_complete and not upper.is_marked
    return any(
        abs(t.box.top - head.box.top) <= t.size and abs(_gap(t.box, head.box)) <= _GUTTER * t.size
        for t in texts
    )


def _grouped(heads: list[Block], texts: list[Block], size: float) -> list[list[Block]]:
    """The blocks that belong together; the surest are joined first."""
    group = {block: [block] for block in (*heads, *texts)}
    for a, b in combinations(heads, 2):
        if _touches(a, b):
            _join(group, a, b)
    headline = {head: around(block.box for block in group[head]) for head in heads}
    for points, a, b in sorted(_pairs(headline, texts, size), key=lambda pair: -pair[0]):
        one, other = ([h for h in group[x] if h.kind is BlockKind.HEAD] for x in (a, b))
        torn = points >= _RUNNING and any(_are_level(h, k) for h in one for k in other)
        if points >= _ENOUGH and (torn or not (one and other)):
            _join(group, a, b)
    return list({id(blocks): blocks for blocks in group.values()}.values())


def _are_level(a: Block, b: Block) -> bool:
    """Whether two may be one line of a headline, with the space of a comma between."""
    level = abs(a.box.bottom - b.box.bottom) <= 0.3 * a.size and not _differ(a, b)
    return level and abs(_gap(a.box, b.box)) <= 1.6 * a.size


def _join(group: dict[Block, list[Block]], a: Block, b: Block) -> None:
    if group[a] is not group[b]:
        joined = group[a] + group[b]
        group.update(dict.fromkeys(joined, joined))


def _pairs(
    headline: dict[Block, Box], texts: list[Block], size: float
) -> Iterator[tuple[float, Block, Block]]:
    """Two blocks and their points; `headline` is the box around all lines of a headline."""
    blocks = [*headline, *texts]
    under = {text: above for text in texts if (above := _above(text, blocks)) in headline}
    yield from ((_UNDER_HEAD, head, text) for text, head in under.items() if head)
    beside = {(a, b): _points_beside(a, b, size) for a, b in permutations(texts, 2)}
    running = [pair for pair, points in beside.items() if points >= _RUNNING]
    out, into = {a for a, _ in running}, {b for _, b in running}
    for (a, b), points in beside.items():
        first = b in under and headline[under[b]].left >= b.box.left - 0.5 * size
        yield points + _FIRST_COLUMN * (first and under.get(a) is not under[b]), a, b
    for b in texts:
        for a in _next_above(b, texts, blocks):
            flow = 0.0 if a in out or b in into else _flow(a, b)
            yield _points_below(a, b, size, flow), a, b
    used = {headline[head] for head in under.values()}
    for head, text in product((h for h in headline if headline[h] not in used), texts):
        if _beside(headline[head], text.box) > 0.5:
            yield _BESIDE_HEAD + _PER_SIZE * _gap(headline[head], text.box) / size, head, text


def _gap(a: Box, b: Box) -> float:
    return max(a.left, b.left) - min(a.right, b.right)


def _next_above(block: Block, texts: list[Block], blocks: list[Block]) -> list[Block]:
    """The texts that end above a block with nothing between, at most those of eight columns."""
    over = [t for t in texts if t.box.bottom <= block.box.top + 0.5 * block.size]
    over = [t for t in over if t is not block and _overlap(t.box, block.box) >= 0.2]
    over.sort(key=lambda text: -text.box.bottom)
    return [text for text in over[:8] if not _is_parted(text.box, block.box, blocks)]


def _is_parted(a: Box, b: Box, blocks: list[Block]) -> bool:
    """Whether something else stands between one box and another below it."""
    return any(
        block.box.top >= a.bottom - 1
        and block.box.bottom <= b.top + 1
        and _overlap(a, block.box) > 0.3 < _overlap(b, block.box)
        for block in blocks
    )


def _points_beside(a: Block, b: Block, size: float) -> float:
    """For `b` being the next column to the right of `a`."""
    gap = (b.box.left - a.box.right) / size
    apart = abs(a.box.top - b.box.top) / size
    aligned = apart <= 1.2
    if not -0.5 <= gap <= _GUTTER or not (aligned or _beside(a.box, b.box) > 0):
        return 0.0
    points = (_ALIGNED if apart < 0.1 else _NEARLY_ALIGNED) if aligned else 0.0
    points += _OTHER_SIZE * _differ(a, b)
    return points + _NEIGHBOUR + _PER_SIZE * gap + _flow(a, b)


def _points_below(a: Block, b: Block, size: float, flow: float) -> float:
    """For `b` going on below `a`, perhaps behind a picture."""
    gap = (b.box.top - a.box.bottom) / size
    lead = a.box.width > 1.3 * b.box.width or len(a.lines) == 1
    if gap < -0.5 or _overlap(a.box, b.box) < (0.2 if lead else 0.6):
        return 0.0
    points = _UNDER_LEAD if lead else _OTHER_SIZE * _differ(a, b)
    points += _RULED * b.ruled
    return points + _BELOW + _PER_SIZE * min(gap, 6) + flow / (1 + (gap > 3))


def _differ(a: Block, b: Block) -> bool:
    return max(a.size, b.size) > 1.13 * min(a.size, b.size)


def _flow(a: Block, b: Block) -> float:
    """Whether text may run from the end of `a` to the beginning of `b`."""
    if a.is_marked:
        return _END_MARK
    if b.opens:
        return 0.0 if a.is_credit else _OPENING
    indented = b.indent(0) >= 1.2
    if a.is_complete:
        return _NEW_PARAGRAPH * indented
    return _SENTENCE_IS_CUT if indented and not a.is_credit else _SENTENCE_RUNS_ON


def _region(group: list[Block]) -> Region:
    heads = [block for block in group if block.kind is BlockKind.HEAD]
    row = 0.5 * min((block.size for block in heads), default=1.0)
    heads.sort(key=lambda block: (round(block.box.bottom / row), block.box.left))
    texts = [block for block in group if block.kind is BlockKind.TEXT]
    return Region(heads, _in_order(texts) if texts else [])


def _in_order(blocks: list[Block]) -> list[Block]:
    """Columns from the left; what stands across several columns before or behind them."""
    first, *others = sorted(blocks, key=lambda block: block.box.bottom)
    short = len(first.lines) <= _LONGEST_LEAD
    if others and short and all(block.box.top >= first.box.bottom - 1 for block in others):
        return [first, *_in_order(others)]
    for begin, end in ((0, 2), (1, 3)):  # left and right, top and bottom of a box
        ordered = sorted(blocks, key=lambda block: block.box[begin])
        reached = float("-inf")
        for i, block in enumerate(ordered):
            if i and block.box[begin] > reached - 0.5 * block.size:
                return _in_order(ordered[:i]) + _in_order(ordered[i:])
            reached = max(reached, block.box[end])
    return sorted(blocks, key=lambda block: (block.box.left, block.box.top))


def _place_captions(regions: list[Region], captions: list[Block], size: float) -> None:
    """Each goes behind the text of the article it stands in or beside, unless that has ended."""
    for caption in captions:
        near = [r for r in regions if r.texts and _distance(r.box, caption.box) <= 2 * size]
        nearest = min(near, key=lambda r: _distance(r.box, caption.box), default=None)
        if nearest and not nearest.texts[-1].is_marked:
            nearest.captions.append(caption)
        else:
            regions.append(Region(texts=[caption]))


def _distance(a: Box, b: Box) -> float:
    """Between two boxes, 0 where they meet."""
    across = max(a.left, b.left) - min(a.right, b.right)
    down = max(a.top, b.top) - min(a.bottom, b.bottom)
    return max(across, 0.0) + max(down, 0.0)
