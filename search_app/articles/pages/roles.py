"""Fifth step: which lines of a headline are kicker, title and subtitle.

All ways to part its lines are weighed. A kicker leads in or stands apart, a subtitle gives facts or
is longer; and a title says what the first sentences of its text say, more than the others do.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from operator import attrgetter
from typing import NamedTuple

from search_app.articles.pages.print.lines import Line
from search_app.articles.pages.print.overlap import character_pairs, ink_of
from search_app.articles.pages.reasons import PointTable, ScoredChoice, reasons_of
from search_app.text.repair import squeeze

# A kicker says who says it, or on what occasion, and leaves the rest to the title.
_LEADS_IN = re.compile(r"(?:强调|指出|要求|表示|提出|宣布|时|批示|致辞|：|:|——)[”》]?$")
_ADDRESSES = re.compile(r"(?:要求|号召|寄语|勉励|致信|叮嘱)[^，。\s]{2,14}$")  # 要求各级党组织
_DASHES = re.compile(r"[—－-]{1,2}")
# A subtitle gives facts: figures, or a sentence of several clauses.
_FACTS = re.compile(
    r"[，；\d]|[一二两三四五六七八九十百千万半][个家名起次条项元亿成分年月天周岁米里亩吨位所座]"
)
_SHORTEST_TITLE = 5  # characters; a shorter rest below others is the tail of a title
_SHORTEST_SUBTITLE = 8  # cells; fewer are possible
_LONGEST_KICKER = 3  # lines
LEAD = 100  # characters of a text that its title says again


class Roles(NamedTuple):
    """The lines of a headline by their roles; `title` is empty only if there was no line."""

    kicker: tuple[Line, ...]
    title: tuple[Line, ...]
    subtitle: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class RoleScorer(PointTable):
    """Every reason for and against a way to part the headline of a text; a title alone has none."""

    text: str = ""
    lead: frozenset[str] = frozenset()  # the pairs of characters that its beginning holds

    # Set by hand on simulated pages: with all of them titles rose from .898 to .943 on pages with
    # other seeds.
    the_headline_has_a_kicker: float = -1.0
    the_kicker_has_another_line: float = -1.2
    a_blank_line_is_below_the_kicker: float = 3.0
    the_kicker_leads_in: float = 3.0
    the_kicker_addresses_somebody: float = 2.0
    the_title_is_wider_than_the_kicker: float = 0.5  # for each factor e
    the_title_begins_with_a_dash: float = -3.5

    the_headline_has_a_subtitle: float = -1.5
    the_subtitle_has_another_line: float = -1.2
    the_subtitle_begins_with_a_dash: float = 3.5
    the_subtitle_gives_facts: float = 2.0
    the_subtitle_has_clauses: float = 1.5
    the_title_is_in_two_phrases: float = 1.5
    the_subtitle_is_in_two_phrases: float = 1.5
    the_subtitle_is_wider_than_the_title: float = 1.0  # for each factor e
    the_subtitle_is_short: float = -1.0

    two_parts_look_like_one_title: float = -1.5
    two_parts_meet_in_mid_phrase: float = -3.0
    the_title_is_more_like_the_text: float = 0.6  # times how much more of its pairs the text has

    def points(self, roles: Roles) -> float:
        total, (kicker, title, subtitle) = 0.0, roles
        if kicker:
            total += self._kicker(roles) + self._between(kicker, title)
            total += self._likeness_of_title(title, kicker)
        if subtitle:
            total += self._subtitle(roles) + self._between(title, subtitle)
            total += self._likeness_of_title(title, subtitle)
        return total

    def _kicker(self, roles: Roles) -> float:
        last, title = roles.kicker[-1], roles.title[0]
        total = self.the_headline_has_a_kicker
        if len(roles.kicker) > 1:
            total += self.the_kicker_has_another_line * (len(roles.kicker) - 1)
        if title.blank_before:
            total += self.a_blank_line_is_below_the_kicker
        if _LEADS_IN.search(last.ink):
            total += self.the_kicker_leads_in
        if _ADDRESSES.search(last.ink):
            total += self.the_kicker_addresses_somebody
        total += self.the_title_is_wider_than_the_kicker * _log_ratio(roles.title, roles.kicker)
        if _DASHES.match(title.text):
            total += self.the_title_begins_with_a_dash
        return total

    def _subtitle(self, roles: Roles) -> float:
        title, first = roles.title, roles.subtitle[0]
        total = self.the_headline_has_a_subtitle
        if len(roles.subtitle) > 1:
            total += self.the_subtitle_has_another_line * (len(roles.subtitle) - 1)
        if _DASHES.match(first.text):
            total += self.the_subtitle_begins_with_a_dash
        if any(_FACTS.search(line.text) for line in roles.subtitle):
            total += self.the_subtitle_gives_facts
        if "，" in first.text:
            total += self.the_subtitle_has_clauses
        if title[-1].has_two_phrases:
            total += self.the_title_is_in_two_phrases
        if first.has_two_phrases:
            total += self.the_subtitle_is_in_two_phrases
        total += self.the_subtitle_is_wider_than_the_title * _log_ratio((first,), title)
        if all(line.width < _SHORTEST_SUBTITLE for line in roles.subtitle):
            total += self.the_subtitle_is_short
        return total

    def _between(self, part: Sequence[Line], other: Sequence[Line]) -> float:
        above, line, total = part[-1], other[0], 0.0
        if not line.blank_before and abs(above.width - line.width) <= 2:
            total += self.two_parts_look_like_one_title
        # Where the text says the two characters that meet here, the first part is in mid phrase.
        if above.text[-1] + line.text[0] in self.text:
            total += self.two_parts_meet_in_mid_phrase
        return total

    # For how much more of its pairs the beginning of the text holds (0–1).
    def _likeness_of_title(self, title: Sequence[Line], other: Sequence[Line]) -> float:
        shares = []
        for lines in (title, other):
            pairs = character_pairs(ink_of(lines))
            shares.append(len(pairs & self.lead) / max(1, len(pairs)))
        return self.the_title_is_more_like_the_text * (shares[0] - shares[1])


def weigh_roles(
    lines: Sequence[Line], text: str, *, explained: bool = False
) -> list[ScoredChoice[Roles]]:
    """All ways to part a headline into kicker, title and subtitle, the best one first.

    `text` is what the article says. Points have reasons only if they are to be `explained`.
    """
    lines = tuple(lines)
    if len(lines) <= 1:
        return [ScoredChoice(Roles((), lines, ()), 0.0, ())]
    said, ways = squeeze(text), []
    scorer = RoleScorer(said, frozenset(character_pairs(said[:LEAD])))
    if explained:
        scorer = scorer.reasoned()
    for start in range(min(len(lines), _LONGEST_KICKER + 1)):
        for stop in range(len(lines), start, -1):
            roles = Roles(lines[:start], lines[start:stop], lines[stop:])
            if start == 0 or len(ink_of(roles.title)) >= _SHORTEST_TITLE:
                total = scorer.points(roles)
                ways.append(ScoredChoice(roles, float(total), reasons_of(total)))
    return sorted(ways, key=attrgetter("points"), reverse=True)


def _log_ratio(lines: Sequence[Line], others: Sequence[Line]) -> float:
    return log(max(line.width for line in lines) / max(line.width for line in others))
