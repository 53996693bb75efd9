"""Two services' registers of one district and month add up, and that is said."""

from __future__ import annotations

import pandas as pd
import pytest

from xmdemand.intake.overlaps import several_registers
from xmdemand.notes import text


def table(*rows):
    names = ["title", "code", "district", "month", "months", "sheet"]
    made = pd.DataFrame(rows, columns=names)
    made["month"] = pd.to_datetime(made["month"])
    for side in ("posts", "seekers"):
        for part in ("carried", "new", "total"):
            made[f"{side}_{part}"] = float("nan")
    made["posts_new"] = 5.0
    return made


ONE = ("焊工", "", "思明区", "2026-03-01", 1.0, "甲.xlsx!1")


@pytest.mark.parametrize(
    ("other", "n"),
    [
        (("焊工", "", "思明区", "2026-03-01", 1.0, "乙.xlsx!1"), 1),
        (("电工", "", "思明区", "2026-03-01", 1.0, "乙.xlsx!1"), 0),
        (("焊工", "", "湖里区", "2026-03-01", 1.0, "乙.xlsx!1"), 0),
        (("焊工", "", "思明区", "2026-04-01", 1.0, "乙.xlsx!1"), 0),
        (("焊工", "", "思明区", "2026-03-01", 1.0, "甲.xlsx!2"), 1),
    ],
)
def test_only_what_two_sheets_give_for_one_place_and_month_is_said(other, n):
    notes = several_registers(table(ONE, other))
    assert [note.n for note in notes] == [n] * (n > 0)
    for note in notes:
        said = text(note.code, where=note.where, n=note.n, **note.fields)
        assert "思明区 2026-03" in said
        assert "甲.xlsx" in said
        assert ("乙.xlsx" in said) == other[-1].startswith("乙")


def test_posts_in_one_table_and_seekers_in_another_are_one_register():
    both = table(ONE, (*ONE[:-1], "乙.xlsx!1"))
    both.loc[1, ["posts_new", "seekers_new"]] = [float("nan"), 9.0]
    assert several_registers(both) == []
