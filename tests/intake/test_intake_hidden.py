"""Rows and columns that are hidden or filtered out are read like the others, and said."""

from __future__ import annotations

import pytest
from openpyxl import Workbook

from xmdemand.intake.hidden import Hidden, hidden_lines
from xmdemand.notes import text

HEAD = ("单位名称", "岗位名称", "当前空缺人数", "月薪")


def book(path, rows=6):
    made = Workbook()
    sheet = made.active
    sheet.append(HEAD)
    for n in range(rows):
        sheet.append((f"厦门第{n}电子有限公司", "焊工", 3, "5000"))
    return made, sheet, path / "缺工.xlsx"


def test_hidden_rows_are_read_flagged_and_counted(tmp_path, tables_of):
    made, sheet, path = book(tmp_path)
    for number in (3, 5, 20):  # the last one is empty
        sheet.row_dimensions[number].hidden = True
    made.save(path)
    tables = tables_of(tmp_path)
    assert len(tables.employers) == 6
    odd = tables.oddities[tables.oddities["code"] == "intake.hidden_row"]
    assert list(odd["row"]) == [3, 5]
    (note,) = [note for note in tables.notes if note.code == "intake.hidden_rows"]
    assert note.n == 2
    assert "3、5" in text(note.code, where=note.where, n=note.n, **note.fields)


def test_a_hidden_column_is_read_and_named(tmp_path, tables_of):
    made, sheet, path = book(tmp_path)
    sheet.column_dimensions["D"].hidden = True
    made.save(path)
    tables = tables_of(tmp_path)
    assert set(tables.employers["wage_low"]) == {5000}
    (note,) = [note for note in tables.notes if note.code == "intake.hidden_columns"]
    assert "月薪" in text(note.code, where=note.where, n=note.n, **note.fields)


def test_a_filter_left_on_is_told_once(tmp_path, tables_of):
    made, sheet, path = book(tmp_path, rows=80)
    for number in range(10, 75):
        sheet.row_dimensions[number].hidden = True
    made.save(path)
    tables = tables_of(tmp_path)
    assert len(tables.employers) == 80
    assert "intake.hidden_row" not in set(tables.oddities["code"])
    assert [n.n for n in tables.notes if n.code == "intake.hidden_rows"] == [65]


def test_nothing_is_said_where_nothing_is_hidden(tmp_path, tables_of):
    made, _, path = book(tmp_path)
    made.save(path)
    assert not [n for n in tables_of(tmp_path).notes if "hidden" in n.code]


@pytest.mark.parametrize(
    ("xml", "hidden"),
    [
        (b"", Hidden()),
        (b'<row r="2" hidden="0">', Hidden()),
        (b'<x:row r="2" spans="1:3" hidden="true"/>', Hidden((2,))),
        (b"<row hidden='1' r='7'>", Hidden((7,))),
        (b'<row hidden="1">', Hidden()),
        (b'<col min="4" max="4" hidden="1"/>', Hidden((), (4,))),
        (b'<col min="499" max="16384" hidden="1"/>', Hidden((), (499, 500))),
    ],
)
def test_what_the_xml_hides(xml, hidden):
    assert hidden_lines(xml) == hidden
