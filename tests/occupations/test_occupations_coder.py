"""Titles to codes."""

from __future__ import annotations

import pandas as pd
import pytest

from xmdemand.occupations import TitleCoder


@pytest.fixture(scope="module")
def coder() -> TitleCoder:
    return TitleCoder()


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("养老护理员（初级）", "养老护理员"),
        ("电 工", "电工"),
        ("電工", "电工"),
        ("CNC操作员", "多工序数控机床操作调整工"),
        ("月嫂", "家政服务员"),
        ("焊工（氩弧焊）", "焊工"),
        ("育婴师", "婴幼儿发展引导员"),
        ("叉车司机", "起重装卸机械操作工"),
        ("焊接技师", "焊工"),
        ("钳工", "装配钳工"),
    ],
)
def test_everyday_titles(coder, title, name):
    row = coder.code([title]).iloc[0]
    assert (row["status"], row["name"]) == ("coded", name)


def test_the_frame(coder):
    titles = ["焊工", "普工", "", "焊工"]
    frame = coder.code(titles)
    assert list(frame.columns) == [
        "title", "status", "code", "name", "score", "method", "alternatives",
    ]  # fmt: skip
    assert frame["title"].tolist() == titles
    assert frame["status"].tolist() == ["coded", "review", "unmatched", "coded"]


def test_confirmed_titles_come_first():
    confirmed = pd.DataFrame({"title": ["月嫂"], "code": ["4-10-01-01"]})
    row = TitleCoder(confirmed).code(["月嫂"]).iloc[0]
    assert (row["code"], row["method"]) == ("4-10-01-01", "confirmed")
