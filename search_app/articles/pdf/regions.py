"""Fourth step: blocks become regions: a headline with its columns, in the order they are read."""

from collections import defaultdict
from dataclasses import dataclass, field

from search_app.articles.pdf.belonging import grouped_blocks
from search_app.articles.pdf.blocks import Block, BlockKind
from search_app.articles.pdf.boxes import Box, box_around
from search_app.articles.pdf.headlines import take_small_heads, take_subheads

# A page in more pieces than a newspaper's is a table or a drawing; to compare each with each would
# take the square of their number.
MOST_BLOCKS = 600
_LONGEST_LEAD = 3  # lines of what stands above all columns
_CAPTION_GAP = 2.0  # sizes of the text between an article and the caption of its picture


@dataclass
class Region:
    """A headline, the text under it, and what stands under its pictures, each in reading order."""

    head: list[Block] = field(default_factory=list)
    texts: list[Block] = field(default_factory=list)
    captions: list[Block] = field(default_factory=list)

    @property
    def box(self) -> Box:
        """Around all of it."""
        return box_around(block.box for block in (*self.head, *self.texts, *self.captions))


def read_regions(blocks: list[Block], size: float) -> list[Region]:
    """The regions of a page or of a frame on it, from its top left; `size` is that of its text."""
    if len(blocks) > MOST_BLOCKS:
        return [Region(texts=sorted(blocks, key=lambda block: (block.box.top, block.box.left)))]
    by_kind: dict[BlockKind, list[Block]] = defaultdict(list)
    for block in blocks:
        by_kind[block.kind].append(block)
    heads = by_kind[BlockKind.HEAD]
    texts = take_small_heads(heads, by_kind[BlockKind.TEXT])
    take_subheads(heads, texts)
    regions: list[Region] = []
    for group in grouped_blocks(heads, texts, size):
        head = [block for block in group if block.kind is BlockKind.HEAD]
        columns = [block for block in group if block.kind is not BlockKind.HEAD]
        line_height = 0.5 * min((block.size for block in head), default=1.0)
        head.sort(key=lambda block: (round(block.box.bottom / line_height), block.box.left))
        regions.append(Region(head, _reading_order(columns)))
    _place_captions(regions, by_kind[BlockKind.CAPTION], size)
    regions.extend(Region(head=[block]) for block in by_kind[BlockKind.FURNITURE])
    return sorted(regions, key=lambda region: (region.box.top // (2 * size), region.box.left))


# Columns from the left; what stands across several columns before or behind them.
def _reading_order(blocks: list[Block]) -> list[Block]:
    if len(blocks) < 2:
        return blocks
    first, *others = sorted(blocks, key=lambda block: block.box.bottom)
    short = len(first.lines) <= _LONGEST_LEAD
    if short and all(block.box.top >= first.box.bottom - 1 for block in others):
        return [first, *_reading_order(others)]
    # They are cut at the first white that parts all of them: between the left and right of their
    # boxes, else between top and bottom.
    for begin, end in ((0, 2), (1, 3)):
        ordered = sorted(blocks, key=lambda block: block.box[begin])
        reached = ordered[0].box[end]
        for i, block in enumerate(ordered[1:], 1):
            if block.box[begin] > reached - 0.5 * block.size:
                return _reading_order(ordered[:i]) + _reading_order(ordered[i:])
            reached = max(reached, block.box[end])
    return sorted(blocks, key=lambda block: (block.box.left, block.box.top))


# Each goes behind the text of the article it stands in or beside, unless that has ended.
def _place_captions(regions: list[Region], captions: list[Block], size: float) -> None:
    for caption in captions:
        nearest, least = None, _CAPTION_GAP * size
        for region in regions:
            box = region.box
            distance = max(box.gap(caption.box), 0.0) + max(box.drop(caption.box), 0.0)
            # The first of several at one distance: regions stand in the order of the page.
            if region.texts and (distance < least or (nearest is None and distance == least)):
                nearest, least = region, distance
        if nearest and not nearest.texts[-1].is_marked:
            nearest.captions.append(caption)
        else:
            regions.append(Region(texts=[caption]))
