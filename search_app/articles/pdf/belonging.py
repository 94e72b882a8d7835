"""How surely one block belongs to another: points by where they stand, and by what they say.

Blocks are joined two at a time, the surest first, and two headlines never come together.
"""

from collections.abc import Iterator
from itertools import combinations, permutations, product
from operator import itemgetter

from search_app.articles.pdf.blocks import SAME_SIZE, Block, BlockKind
from search_app.articles.pdf.boxes import Box, box_around
from search_app.articles.pdf.headlines import are_near, block_above

# Points for one block belonging to another. A column begins where its neighbour does, and a
# broken sentence goes on somewhere. Chosen on made pages, in whose order alone they matter;
# measured on 300 others (decision 026).
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

_GUTTER = 4.0  # sizes; columns of one article are not farther apart
_COMMA = 1.6  # sizes; the space of a comma in a headline set in one line
_INDENTED = 1.2  # characters; two are usual, hanging punctuation takes some of them
_FAR = 3.0  # sizes; what goes on so far below goes on behind a picture, and that is less sure
_FARTHEST = 6.0  # sizes of distance that count
_MOST_COLUMNS = 8  # under one block


# Points for the second block going on behind the first, or standing under it.
_Bond = tuple[float, Block, Block]


def grouped_blocks(heads: list[Block], texts: list[Block], size: float) -> list[list[Block]]:
    """The blocks of a page parted into those that belong together; `size` is that of the text."""
    groups = {block: [block] for block in (*heads, *texts)}
    for a, b in combinations(heads, 2):
        if are_near(a, b):
            _join_groups(groups, a, b)
    headlines = {head: box_around(block.box for block in groups[head]) for head in heads}
    bonds = sorted(_bonds(headlines, texts, size), key=itemgetter(0), reverse=True)
    for points, a, b in bonds:
        if points < _ENOUGH:
            break
        if _may_join(groups[a], groups[b], points):
            _join_groups(groups, a, b)
    # Each block leads to the list it is in: every list once.
    return list({id(group): group for group in groups.values()}.values())


def _join_groups(groups: dict[Block, list[Block]], a: Block, b: Block) -> None:
    if groups[a] is not groups[b]:
        joined = groups[a] + groups[b]
        groups.update(dict.fromkeys(joined, joined))


# Not two headlines, unless a sentence runs on and they may be one that a space has torn.
def _may_join(one: list[Block], other: list[Block], points: float) -> bool:
    if one is other:
        return False
    heads = [block for block in one if block.kind is BlockKind.HEAD]
    others = [block for block in other if block.kind is BlockKind.HEAD]
    for a, b in product(heads, others):
        is_level = abs(a.box.bottom - b.box.bottom) <= 0.3 * a.size and not _sizes_differ(a, b)
        if is_level and points >= _RUNNING and abs(a.box.gap(b.box)) <= _COMMA * a.size:
            return True
    return not (heads and others)


# All bonds of a page; `headlines` has for each block of a headline the box around it all.
def _bonds(headlines: dict[Block, Box], texts: list[Block], size: float) -> Iterator[_Bond]:
    blocks = [*headlines, *texts]
    head_of: dict[Block, Block] = {}
    for text in texts:
        above = block_above(text, blocks)
        if above in headlines:
            head_of[text] = above
            yield _UNDER_HEAD, above, text
    runs_out, runs_in = set(), set()
    for left, right in permutations(texts, 2):
        points = _points_beside(left, right, size)
        if points >= _RUNNING:
            runs_out.add(left)
            runs_in.add(right)
        # Less for a column that its own headline begins above.
        head = head_of.get(right)
        begins_here = head and headlines[head].left >= right.box.left - 0.5 * size
        if begins_here and head_of.get(left) is not head:
            points += _FIRST_COLUMN
        yield points, left, right
    for lower in texts:
        for upper in _texts_right_above(lower, texts, blocks):
            flow = 0.0
            # What goes on below: its sentences count only where none runs on beside.
            if upper not in runs_out and lower not in runs_in:
                flow = _flow_points(upper, lower)
            yield _points_below(upper, lower, size, flow), upper, lower
    used = {headlines[head] for head in head_of.values()}
    for head, box in headlines.items():
        if box in used:
            continue
        for text in texts:  # that stand beside a headline with none under it
            if box.beside(text.box) > 0.5:
                yield _BESIDE_HEAD + _PER_SIZE * box.gap(text.box) / size, head, text


# The texts that end above a block with nothing between, at most those of eight columns.
def _texts_right_above(block: Block, texts: list[Block], blocks: list[Block]) -> list[Block]:
    above = []
    for text in texts:
        ends_above = text.box.bottom <= block.box.top + 0.5 * block.size
        if ends_above and text is not block and text.box.overlap(block.box) >= 0.2:
            above.append(text)
    above.sort(key=lambda text: -text.box.bottom)
    return [text for text in above[:_MOST_COLUMNS] if not _is_parted(text.box, block.box, blocks)]


# Whether something else stands between one box and another below it.
def _is_parted(upper: Box, lower: Box, blocks: list[Block]) -> bool:
    for block in blocks:
        between = block.box.top >= upper.bottom - 1 and block.box.bottom <= lower.top + 1
        if between and upper.overlap(block.box) > 0.3 < lower.overlap(block.box):
            return True
    return False


# Points for `right` being the next column to the right of `left`.
def _points_beside(left: Block, right: Block, size: float) -> float:
    gap = (right.box.left - left.box.right) / size
    apart = abs(left.box.top - right.box.top) / size
    aligned = apart <= 1.2
    if not -0.5 <= gap <= _GUTTER or not (aligned or left.box.beside(right.box) > 0):
        return 0.0
    points = 0.0
    if apart < 0.1:
        points = _ALIGNED
    elif aligned:
        points = _NEARLY_ALIGNED
    if _sizes_differ(left, right):
        points += _OTHER_SIZE
    return points + _NEIGHBOUR + _PER_SIZE * gap + _flow_points(left, right)


# Points for `lower` going on below `upper`, perhaps behind a picture.
def _points_below(upper: Block, lower: Block, size: float, flow: float) -> float:
    gap = (lower.box.top - upper.box.bottom) / size
    is_lead = upper.box.width > 1.3 * lower.box.width or len(upper.lines) == 1
    points, overlap = 0.0, upper.box.overlap(lower.box)
    if gap < -0.5 or overlap < 0.2 or (overlap < 0.6 and not is_lead):
        return 0.0
    if is_lead:
        points = _UNDER_LEAD
    elif _sizes_differ(upper, lower):
        points = _OTHER_SIZE
    if lower.ruled:
        points += _RULED
    if gap > _FAR:
        flow /= 2
    return points + _BELOW + _PER_SIZE * min(gap, _FARTHEST) + flow


def _sizes_differ(a: Block, b: Block) -> bool:
    return max(a.size, b.size) > SAME_SIZE * min(a.size, b.size)


# Whether text may run from the end of one block to the beginning of another.
def _flow_points(first: Block, second: Block) -> float:
    if first.is_marked:
        return _END_MARK
    if second.opens:
        return 0.0 if first.is_credit else _OPENING
    indented = second.indent(0) >= _INDENTED
    if first.is_complete:
        return _NEW_PARAGRAPH if indented else 0.0
    return _SENTENCE_IS_CUT if indented and not first.is_credit else _SENTENCE_RUNS_ON
