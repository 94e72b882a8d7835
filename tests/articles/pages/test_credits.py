import pytest

from search_app.articles.pages.print.credits import (
    authors,
    closing_credit,
    credit_end,
    is_credit,
    is_names,
    names_in,
)


@pytest.mark.parametrize(
    ("credit", "names"),
    [
        ("本报记者 王 强 李 明", ("王强", "李明")),
        ("□王强", ("王强",)),
        ("■ 本报记者 王强 通讯员 李小明 文/图", ("王强", "李小明")),
        ("文/王强 图/李明", ("王强", "李明")),
        ("记者 王强/文 李明/图", ("王强", "李明")),
        ("本报记者王强摄", ("王强",)),
        ("本报见习记者 王强 报道", ("王强",)),
        ("（记者 王强 通讯员 李明）", ("王强", "李明")),
        ("作者：欧阳小明", ("欧阳小明",)),
        ("新华社记者 阿依·古丽", ("阿依·古丽",)),
        ("文/本报记者 王 文 图/李明", ("王文", "李明")),
        ("本报记者 赵　文/文 秦文/图", ("赵文", "秦文")),
        ("（ 记者 王强 ）", ("王强",)),
    ],
)
def test_a_credit_is_read_to_its_end(credit: str, names: tuple[str, ...]) -> None:
    """Padded names are unified; correspondents and photographers count."""
    assert credit_end(f"{credit}\n昨日", 0) == len(credit)
    assert authors(credit) == names


def test_a_credit_ends_before_the_sentence() -> None:
    """The text may begin on the same line."""
    assert credit_end("本报记者 王强 昨日从市交通局获悉", 0) == len("本报记者 王强")


@pytest.mark.parametrize(
    "text", ["记者手记", "本报记者王强在现场看到", "王强 李明", "市里开会", ""]
)
def test_other_words_are_no_credit(text: str) -> None:
    """A role without names, a sentence, names without a role."""
    assert credit_end(text, 0) == 0


def test_wrapped_credits_name_the_same_people() -> None:
    """A column's edge may cut a name or a role."""
    assert authors("（记者金桂\n香、姚广强 通\n讯员李明）") == ("金桂香", "姚广强", "李明")
    assert authors("（ 记\n者 李 小 明 、 王\n 强 ）") == ("李小明", "王强")


def test_letter_spaced_credits_name_the_same_people() -> None:
    """Wider gaps stay between the words."""
    credit = "（ 见 习 记 者  龚 琳  通 讯 员  马 晓 舟 ）"
    assert is_credit(credit)
    assert authors(credit) == ("龚琳", "马晓舟")


@pytest.mark.parametrize(
    ("text", "credit"),
    [
        ("完。（记者 王强）", "（记者 王强）"),
        ("完。（孙文）", "（孙文）"),
        ("图为茶馆。 本报记者 孙文 摄", "本报记者 孙文 摄"),
        ("完。", ""),
        ("完。孙文", ""),
    ],
)
def test_a_text_may_end_with_a_credit(text: str, credit: str) -> None:
    """It stands behind the last sentence; names alone are one in brackets only."""
    assert text[closing_credit(text) :] == credit


@pytest.mark.parametrize(("text", "names"), [("（孙文）", True), ("赵一鸣", True), ("市里", False)])
def test_names_alone_begin_with_surnames(text: str, names: bool) -> None:
    """The place of the line decides whether they are a byline."""
    assert is_names(text) is names


def test_names_know_where_they_stand() -> None:
    """In the credit as printed, over wraps and spaces; a name said twice where it is first."""
    credit = "（ 记\n者 李 小 明 、 王\n 强 、李小明 ）"
    printed = [(name, credit[span.start : span.end]) for name, span in names_in(credit)]
    assert printed == [("李小明", "李 小 明"), ("王强", "王\n 强")]
