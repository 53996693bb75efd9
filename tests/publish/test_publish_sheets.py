"""Rows that go into a sheet as text are the cells openpyxl itself would have written."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from xmdemand.errors import OutputError
from xmdemand.publish.sheet_rows import clean, with_rows
from xmdemand.publish.sheets import Field, Layout, add_sheet, new_workbook, put, workbook_bytes

DAY = dt.datetime(2026, 5, 20)
FIELDS = [Field("名称"), Field("数", "right", "#,##0.00"), Field("备注", "center", width=12)]
HOSTILE = [
    ["=1+1", 2.5, "&<b>\"'</b>"],
    [" 空格 ", -3, "一行\n两行\t\r"],
    ["", None, "]]>"],
    ["a\x0bb\ud800\uffff", float("nan"), "𠮷"],
    ["x" * 40_000, float("inf"), True],
    ["@SUM(A1)", 1e-20, False],
    [None, 12345678901234567890, 0.1 + 0.2],
    ["甲", np.float64(1.25), np.int64(7)],
]


def book_of(rows: list, layout: Layout | None = None, fields: list[Field] = FIELDS) -> bytes:
    book = new_workbook("标题", "单位")
    add_sheet(book, "表", fields, rows, layout or Layout())
    return workbook_bytes(book, DAY)


def cells_of(file: bytes) -> list:
    sheet = load_workbook(io.BytesIO(file))["表"]
    return [
        [
            ((cell.value, cell.data_type), (cell.number_format, cell.alignment.horizontal),
             (cell.font.name, cell.font.size, cell.border.left.style), cell.quotePrefix)
            for cell in row
        ]
        for row in sheet.iter_rows()
    ]  # fmt: skip


def test_rows_as_text_are_what_openpyxl_writes_itself() -> None:
    """A table's last row is written by openpyxl: each row is held against itself as the last."""
    together = cells_of(book_of([*HOSTILE, ["末", 0, ""]]))[1:-1]
    for row, found in zip(HOSTILE, together, strict=True):
        assert found == cells_of(book_of([row]))[1]


def test_what_begins_like_a_formula_stays_text() -> None:
    first = cells_of(book_of([["=1+1", 1, "-2"], ["+3", 1, "4"]]))[1]
    assert [cell[0][0] for cell in first] == ["=1+1", 1, "-2"]
    assert [cell[0][1] for cell in first] == ["s", "n", "s"]
    assert [cell[-1] for cell in first] == [True, False, True]


@pytest.mark.parametrize("n", [0, 1, 2, 5])
def test_every_row_once_and_in_order(n: int) -> None:
    layout = Layout(title="题", under=("行",), after=("后",), frozen=1, table="t")
    file = book_of([["甲", at, "乙"] for at in range(n)], layout)
    with zipfile.ZipFile(io.BytesIO(file)) as members:
        text = members.read("xl/worksheets/sheet1.xml").decode()
    rows = [int(at) for at in re.findall(r'<row [^>]*?\br="(\d+)"', text)]
    assert rows == [1, 2, 3, *range(4, 4 + n), n + 5]
    assert f'<dimension ref="A1:C{n + 5}"' in text
    sheet = load_workbook(io.BytesIO(file))["表"]
    assert [sheet.cell(4 + at, 2).value for at in range(n)] == list(range(n))
    assert sheet.freeze_panes == "B4"
    assert sheet.cell(n + 5, 1).value == "后"


def test_a_row_is_as_high_as_its_longest_text() -> None:
    rows = [["甲", 1, "十二个字以上的备注要折成两行"], ["乙", 1, "短"], ["丙", 1, "短"]]
    sheet = load_workbook(io.BytesIO(book_of(rows)))["表"]
    heights = [sheet.row_dimensions[at].height for at in (2, 3, 4)]
    assert heights[0] > heights[1] == heights[2]


def test_a_line_over_one_column_is_no_merge() -> None:
    """Excel offers to repair a workbook that merges a cell with itself."""
    file = book_of([["甲"]], Layout(under=("内部",)), [Field("内容")])
    assert not load_workbook(io.BytesIO(file))["表"].merged_cells.ranges


def test_a_value_no_cell_can_hold_is_refused() -> None:
    with pytest.raises(TypeError):
        book_of([["甲", dt.timedelta(1), ""], ["乙", 1, ""]])


def test_rows_without_their_place_are_refused() -> None:
    with pytest.raises(OutputError, match="row 99"):
        with_rows(book_of([["甲", 1, ""]]), {1: (99, b"")}, DAY)


@given(st.lists(st.text(max_size=12), min_size=2, max_size=4))
def test_text_comes_back(texts: list[str]) -> None:
    cells = cells_of(book_of([[text, 1, ""] for text in texts]))[1:]
    assert [row[0][0][0] or "" for row in cells] == [clean(text) for text in texts]


def test_putting_a_number_that_is_none() -> None:
    book = new_workbook("题", "人").laid_out
    cell = book.create_sheet("x").cell(1, 1)
    put(cell, float("-inf"))
    assert cell.value is None
