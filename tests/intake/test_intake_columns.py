"""The declarations hold together: what reading and the blank workbooks rely on."""

from __future__ import annotations

import pytest

from xmdemand.errors import NotFoundError
from xmdemand.intake.columns import KINDS, choice, header


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_no_heading_means_two_columns_of_one_kind(kind):
    seen: dict[str, str] = {}
    for column in kind.columns:
        for heading in {column.header, column.name, *column.synonyms}:
            assert seen.setdefault(heading, column.name) == column.name, heading


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_marks_are_columns_and_choices_have_one_meaning(kind):
    assert set(kind.marks) <= {column.name for column in kind.columns}
    for column in kind.columns:
        words = [word for group in column.choices.values() for word in group]
        assert len(words) == len(set(words)), column.name
        assert bool(words) == (column.kind == "choice"), column.name


def test_header_and_choice_name_what_there_is():
    assert header("register", "posts_new") == "需求人数（本期新增）"
    assert choice("firms", "selection", "take_all") == "全数调查"
    with pytest.raises(NotFoundError, match="there are firms"):
        header("nonsense", "x")
    with pytest.raises(NotFoundError, match="no column"):
        header("firms", "vacancies")
    with pytest.raises(NotFoundError, match="there are unqualified"):
        choice("employers", "hard_reason", "boredom")


def test_the_preferred_word_of_a_choice_comes_first():
    assert [
        choice("employers", "hard_reason", key) for key in ("unqualified", "few_applicants")
    ] == [
        "应聘者技能或资格不足",
        "应聘人数少",
    ]
    assert choice("employers", "hard_reason", "conditions") == "工作条件或时间原因"
