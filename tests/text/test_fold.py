"""Folding: by tables only, context-free, with a map back."""

import hypothesis.strategies as st
from hypothesis import example, given

from search_app.text.fold import fold, fold_mapped, merge_spellings, simplify, uneven
from search_app.text.symbols import HAN, FoldedText, symbols

TEXT = st.text(
    st.one_of(
        st.sampled_from("防汛抗旱一二ａ１ab19ＡＢ㎡ﷺ①　 \n\u200b\u202e\ufe0f\ufefféİ覆瞭著國䶮𠮷"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=30,
)


@given(TEXT, TEXT)
@example("反", "覆")
@example("e", "\u0301")
@example("ｶ", "ﾞ")
def test_folding_is_context_free(a: str, b: str) -> None:
    """fold(a + b) == fold(a) + fold(b), whatever the two are."""
    assert fold(a + b) == fold(a) + fold(b)


@given(TEXT)
def test_the_map_leads_to_the_character_that_was_folded(text: str) -> None:
    """Each folded character came from the original character at its place in the map."""
    mapped = fold_mapped(text)
    assert mapped.text == fold(text)
    assert len(mapped.origin) == len(mapped.text)
    assert list(mapped.origin) == sorted(mapped.origin)
    assert all(c in fold(text[i]) for c, i in zip(mapped.text, mapped.origin, strict=True))


@given(TEXT)
def test_occurrences_fold_to_the_run(text: str) -> None:
    """Where a run of the text's own symbols stands, the original's characters fold to it."""
    found = symbols(text)
    for start in range(len(found)):
        run = found[start : start + 3]
        folded = FoldedText(text)
        places = [folded.span(*place) for place in folded.occurrences(run)]
        assert len(places) == sum(found[i : i + len(run)] == run for i in range(len(found)))
        for a, b in places:
            assert "".join(run) in "".join(fold(text[a:b]).split())


def test_the_table_is_opencc_1_4_2_character_by_character() -> None:
    """The shipped table says what opencc's t2s says of every Han character alone."""
    import opencc

    converter = opencc.OpenCC("t2s")
    ranges = list(_ranges(HAN))
    for first, last in ranges:
        for code_point in range(first, last + 1):
            c = chr(code_point)
            if len(simplify(c)) == 1 and simplify(c) != converter.convert(c):
                # NFKC goes first: a compatibility ideograph is another character by then.
                assert converter.convert(simplify(c)) == simplify(c), hex(code_point)


def _ranges(character_class: str) -> list[tuple[int, int]]:
    pieces = character_class.replace("\u3007", "\u3007-\u3007", 1)
    bounds = [c for c in pieces if c != "-"]
    return [(ord(a), ord(b)) for a, b in zip(bounds[::2], bounds[1::2], strict=True)]


def test_spellings_find_each_other() -> None:
    """Width, case, traditional forms and invisible characters make no difference."""
    assert fold("２０２６ＡＢＣ") == "2026abc"
    assert fold("會議反覆瞭解") == fold("会议反复了解")
    assert fold("零\u200b宽\u202e") == "零宽"
    assert fold("⼈⾦") == "人金"
    assert simplify("沿著") == "沿著"


def test_a_run_of_letters_or_digits_is_one_symbol() -> None:
    """12 is not part of 2012, 5G is two symbols, white space ends a run and is dropped."""
    assert symbols("5G概念 3.5%") == ("5", "g", "概", "念", "3", ".", "5", "%")
    assert symbols("20 12") == ("20", "12")
    assert symbols("統一\n指　挥") == ("统", "一", "指", "挥")
    assert symbols("ab1") == ("ab", "1")


def test_occurrences_keep_to_whole_symbols_and_may_overlap() -> None:
    """Every place where the run stands, in the original's characters."""
    text = FoldedText("哈哈 哈，12与2012")
    assert list(text.occurrences(symbols("哈哈"))) == [(0, 2), (1, 4)]
    assert list(text.occurrences(symbols("12"))) == [(5, 7)]


@given(TEXT)
def test_places_of_folded_text_lead_back_as_the_map_does(text: str) -> None:
    """Without a table of all characters, wherever one became several or none."""
    mapped, folded = fold_mapped(text), FoldedText(text)
    assert merge_spellings(folded.simplified) == mapped.text
    for start in range(len(mapped.text)):
        for end in range(start + 1, len(mapped.text) + 1):
            assert folded.span(start, end) == mapped.span(start, end)


def test_every_character_that_becomes_several_or_none_is_known() -> None:
    """Those that are passed over without a look are folded to exactly one."""
    every = "".join(chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000)
    found = list(uneven(every))
    assert len(found) == sum(len(fold(c)) != 1 for c in every)
    assert all(len(fold(every[index])) == count for index, count in found)
