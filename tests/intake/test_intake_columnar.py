"""Tables that come in columns are read as their rows would be, to the last cell."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xmdemand.intake import opening, parsing
from xmdemand.intake.columnar import from_arrow, from_text

arrow = pytest.importorskip("pyarrow")

TEXTS = {
    "title": [
        "焊工",
        "电工",
        " 电 工",
        "无要求",
        "合计",
        "小计",
        "其中：技工",
        "",
        None,
        "奇妙活计",
    ],
    "district": ["思明", "湖里区", "全市", "火炬高新区", "", None, "哪里"],
    "month": ["2026-03", "2026年第一季度", "3月", "", None, "2026/3/5"],
    "code": ["6-18-02-04", "6—18—2—4", "2022/4/10", None, ""],
}
NUMBERS = ("posts_new", "posts_carried", "posts_total", "seekers_new", "ratio_printed")


@st.composite
def registers(draw):
    n = draw(st.integers(0, 12))

    def column(values):
        return draw(st.lists(st.sampled_from(values), min_size=n, max_size=n))

    frame = pd.DataFrame({name: column(values) for name, values in TEXTS.items()}, dtype=object)
    for name in NUMBERS:
        if draw(st.booleans()):
            frame[name] = pd.Series(column([0, 5, 12, -3, 10**10, None]), dtype="Int64")
        else:
            frame[name] = pd.Series(column(["12", "约30", "若干", "-", None]), dtype=object)
    return frame


def both_ways(tables_of, folder, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(opening, "LARGE_TEXT", 0)
        by_column = tables_of(folder)
        patched.setattr(opening, "from_arrow", lambda table: None)
        patched.setattr(opening, "from_text", lambda text, delimiter: None)
        by_row = tables_of(folder)
    return by_column, by_row


def assert_same(one, other):
    for item in fields(one):
        a, b = getattr(one, item.name), getattr(other, item.name)
        if item.name == "notes":
            assert a == b
        elif a is None or b is None:
            assert a is b
        else:
            pd.testing.assert_frame_equal(a, b)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(frame=registers())
def test_columns_and_rows_give_the_same(tmp_path_factory, tables_of, monkeypatch, frame):
    folder = tmp_path_factory.mktemp("columns")
    frame.to_parquet(folder / "a.parquet")
    by_column, by_row = both_ways(tables_of, folder, monkeypatch)
    assert_same(by_column, by_row)
    files = by_column.files
    assert (files["rows_read"] == files["accepted"] + files["refused"]).all()
    read = 0 if by_column.register is None else len(by_column.register)
    assert read == files["accepted"].sum()


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    frame=registers(),
    end=st.sampled_from(["\n", "\r\n"]),
    delimiter=st.sampled_from([",", "\t", ";"]),
    tail=st.sampled_from(["", "\n\n", "注：本表为测试\n", ",,,\n", '"焊工",1\n', "岗位", "x\ry"]),
)
def test_texts_by_column_and_by_row_give_the_same(
    tmp_path_factory, tables_of, monkeypatch, frame, end, delimiter, tail
):
    folder = tmp_path_factory.mktemp("texts")
    text = frame.to_csv(index=False, sep=delimiter, lineterminator=end) + tail
    (folder / "a.csv").write_bytes(text.encode())
    by_column, by_row = both_ways(tables_of, folder, monkeypatch)
    assert_same(by_column, by_row)


HEADS = "职业名称,月份,新增招聘人数,新增求职人数"


@pytest.mark.parametrize(
    ("text", "in_columns"),
    [
        ("焊工,2025-01,1,2\n 电 工 ,2025-01,3,4", True),
        ("焊工,2025-01,1,2\n合计,,1,2\n,,,\n", True),
        ("焊工,2025-01,1,2\n焊工,2025-02,1\n", False),
        ("焊工,2025-01,1,2\n焊工,2025-02,1,2,3\n", False),
        ("焊工,2025-01,1,2\n\n焊工,2025-02,1,2\n", True),
        ('"焊工",2025-01,1,2\n', False),
        ("焊工,2025-01,1,2\r焊工,2025-02,1,2\n", False),
        (f"{'焊' * 131_073},2025-01,1,2\n", False),
        ("焊工,2025-01,1,2\n单位名称,岗位名称,当前空缺人数,用工人数\n甲公司,焊工,2,3\n", True),
    ],
)
def test_only_plain_texts_are_read_by_column(tmp_path, tables_of, monkeypatch, text, in_columns):
    text = f"{HEADS}\n{text}"
    (tmp_path / "a.csv").write_bytes(text.encode())
    assert (from_text(text, ",") is not None) == in_columns
    by_column, by_row = both_ways(tables_of, tmp_path, monkeypatch)
    assert_same(by_column, by_row)


def test_every_kind_of_table_and_several_row_groups(tmp_path, tables_of, monkeypatch):
    firms = {"firm": ["A1", "A2", None], "firm_name": ["甲公司", "", "丙公司"]}
    firms |= {"district": ["思明", "思明", None], "employees": [5, 6, 7]}
    firms |= {"status": ["有效", "", "拒访"]}
    pd.DataFrame(firms).to_parquet(tmp_path / "名录.parquet")
    returns = {"firm_name": ["甲公司", None], "title": ["焊工、电工", "车工"]}
    returns |= {"vacancies": ["5", "2-3"]}
    pd.DataFrame(returns).to_parquet(tmp_path / "用工需求.parquet")
    months = [dt.datetime(2025, 1 + i % 12, 1) for i in range(50)]
    table = {"month": months, "title": ["焊工", "电工"] * 25, "posts_new": range(50)}
    table |= {"seekers_new": 1}
    pd.DataFrame(table).to_parquet(tmp_path / "供求.parquet", row_group_size=7)
    by_column, by_row = both_ways(tables_of, tmp_path, monkeypatch)
    assert_same(by_column, by_row)
    assert len(by_column.register) == 50
    assert list(by_column.employers["post"]) == ["焊工", "电工", "车工"]


def test_rows_of_columns_are_the_rows_of_the_table():
    columns = {
        "a": ["x", None, "y", "x"],
        "b": [1.5, 2.0, None, 1.5],
        "c": [True, False, True, None],
    }
    rows = from_arrow(arrow.table(columns))
    below = [["x", 1.5, True], [None, 2.0, False], ["y", None, True], ["x", 1.5, None]]
    assert list(rows) == [["a", "b", "c"], *below]
    assert rows[-1] == below[-1]
    assert rows[:2] == [["a", "b", "c"], below[0]]
    some = rows.take(np.array([1, 2]))
    assert list(some) == below[1:3]
    assert set(some.columns[0].distinct) == {None, "y"}
    with pytest.raises(IndexError):
        rows[5]


def test_lists_in_a_column_are_read_by_row():
    assert from_arrow(arrow.table({"希望工种": [["电工", "焊工"]], "年龄": [33]})) is None


def test_a_file_that_stands_for_too_many_values_is_refused_unread(tmp_path, tables_of, monkeypatch):
    frame = pd.DataFrame({"month": ["2025-01"] * 500, "title": "焊工", "posts_new": 1})
    frame["seekers_new"] = 2
    frame.to_parquet(tmp_path / "a.parquet")
    monkeypatch.setattr(opening, "MAX_VALUES", 1_999)
    monkeypatch.setattr("pyarrow.parquet.read_table", None)
    assert list(tables_of(tmp_path).files["code"]) == ["intake.too_large"]


def test_as_above_is_read_in_columns_too(tmp_path, tables_of):
    table = {"month": ["2026-01", "同上"], "title": ["焊工", "电工"], "posts_new": [5, 3]}
    pd.DataFrame({**table, "seekers_new": [1, 2]}).to_parquet(tmp_path / "a.parquet")
    assert [f"{month:%Y-%m}" for month in tables_of(tmp_path).register["month"]] == ["2026-01"] * 2


RETURNS = {
    "单位名称": [
        "甲公司",
        "厦门乙公司",
        "某某公司",
        "合计",
        "",
        "同上",
        "注：下表",
        "示例",
        "单位名称",
    ],
    "岗位名称": ["焊工", "电工", "总装工", "小计", "", "岗位名称", "〃", "审核员"],
    "当前空缺人数": ["5", "若干", "", "约30", "当前空缺人数", "0"],
    "备注": ["", "示例数据", "合计", "联系人：张三", "说明：无"],
}


@st.composite
def returns(draw):
    n = draw(st.integers(1, 6))
    likely = st.integers(0, 9)  # mostly the two first values, so that some sheets are clean
    rows = [
        [values[draw(likely) if draw(likely) > 7 else draw(st.integers(0, 1))] for values in padded]
        for padded in ([(own * 10)[:10] for own in RETURNS.values()] for _ in range(n))
    ]
    return pd.DataFrame(rows, columns=list(RETURNS))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(frame=returns())
def test_a_sheet_seen_from_its_distinct_cells_is_read_as_row_by_row(
    tmp_path_factory, tables_of, monkeypatch, frame
):
    folder = tmp_path_factory.mktemp("returns")
    frame.to_csv(folder / "a.csv", index=False)
    at_once = tables_of(folder)
    with monkeypatch.context() as patched:
        patched.setattr(parsing, "_parsed_as_it_stands", lambda *_: None)
        by_row = tables_of(folder)
    assert_same(at_once, by_row)


def test_no_row_of_a_clean_sheet_is_looked_at(tmp_path, tables_of, monkeypatch):
    (tmp_path / "a.csv").write_text(
        "单位名称,岗位名称,当前空缺人数,备注\n甲公司,焊工,5,示例数据\n乙公司,电工,2,\n", "utf-8"
    )
    monkeypatch.setattr(parsing, "data_rows", None)
    assert tables_of(tmp_path).employers["vacancies"].tolist() == [5.0, 2.0]


@pytest.mark.parametrize("rows", ["\n\n", "电工\n焊工\n", "电工,5\n\n焊工\n"])
def test_rows_narrower_than_the_headings_are_read_as_row_by_row(
    tmp_path, tables_of, monkeypatch, rows
):
    (tmp_path / "a.csv").write_text(f"岗位名称,当前空缺人数,单位名称\n{rows}", "utf-8")
    at_once = tables_of(tmp_path)
    monkeypatch.setattr(parsing, "_parsed_as_it_stands", lambda *_: None)
    assert_same(at_once, tables_of(tmp_path))
