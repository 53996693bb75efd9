"""How people word their headings: a column is known by the words it consists of."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from xmdemand.intake.headings import SURE, likest, meaning, worded
from xmdemand.intake.wording import Reading, readings, says

WRITTEN = tomllib.loads((Path(__file__).parent / "files/wordings.toml").read_text("utf-8"))
COLUMNS = [(kind, column) for kind, columns in WRITTEN.items() for column in columns]


def taken_for(kind, heading):
    """The column a heading is taken for without asking; nothing if a person is asked."""
    if found := meaning(kind, heading):
        return found[0].name
    guess = likest(kind, heading, set())
    return guess.column if guess is not None and guess.score >= SURE else ""


@pytest.mark.parametrize(("kind", "column"), COLUMNS)
def test_no_wording_is_taken_for_another_column(kind, column):
    taken = {heading: taken_for(kind, heading) for heading in WRITTEN[kind][column].split()}
    assert {h: c for h, c in taken.items() if c not in (column, "")} == {}


def test_few_wordings_are_left_to_a_person():
    written = [(k, c, heading) for k, c in COLUMNS for heading in WRITTEN[k][c].split()]
    left = [heading for kind, column, heading in written if taken_for(kind, heading) != column]
    assert len(left) <= 0.04 * len(written), left


@pytest.mark.parametrize(
    "heading",
    [
        "用工人数",  # those who work there, or those wanted
        "缺工占比",
        "男性缺工人数",
        "缺工企业数",
        "2025年招聘人数",  # wanted, or taken on
        "本月新招人数",
        "在册人数",
    ],
)
def test_a_word_nobody_declared_leaves_the_heading_to_a_person(heading):
    assert taken_for("employers", heading) not in ("vacancies", "planned_hires", "past_hires")


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("未来12个月/计划招用", "planned_hires"),
        ("过去一年/招聘人数", "past_hires"),
        ("近一年/离职人数", "leavers"),
        ("岗位/缺工数", "vacancies"),
        ("该岗位/现有员工", "headcount"),
    ],
)
def test_a_heading_in_two_rows_is_read_as_one(heading, column):
    assert taken_for("employers", heading) == column


def test_words_in_any_order():
    assert says("所缺岗位", ("lack post of? >post",))
    assert not says("岗位所缺", ("lack post of? >post",))
    assert Reading(frozenset({"lack", "n"}), "n") in readings("缺工数")


def test_a_heading_of_two_meanings_names_both():
    assert {c.name for c in worded("employers", "岗位需求")} == {"title", "vacancies"}
