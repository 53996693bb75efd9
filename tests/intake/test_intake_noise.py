"""Lines that are no rows are no refused rows either; what carries a value stays one."""

from __future__ import annotations

import pytest

HEAD = ("序号", "单位名称", "岗位名称", "当前空缺人数", "月薪")
FIRST = (1, "厦门一电子有限公司", "焊工", 3, "5000-6000")


def read(tmp_path, tables_of, *rows, head=HEAD):
    from openpyxl import Workbook

    book = Workbook()
    for row in (head, FIRST, *rows):
        book.active.append(row)
    book.save(tmp_path / "缺工.xlsx")
    tables = tables_of(tmp_path)
    line = tables.files.iloc[0]
    assert line["rows_read"] == line["accepted"] + line["refused"]
    return line["accepted"], line["refused"]


NOISE = [
    (2,),
    ("2",),
    ("2.",),
    ("二、其他情况",),
    ("希望政府部门组织校企对接，缓解节后招工压力。",),
    ("建议：多办招聘会",),
    ("温馨提示：请于4月30日前报送",),
    (None, "温馨提示：请于4月30日前报送"),
    ("数据来源：区劳动就业中心",),
    (None, "资料来源：企业直报"),
    ("表7 缺口最大的职业",),
    ("附表2",),
    ("填表：市场科",),
    ("备注：以上为急招岗位",),
    (None, "注：月薪含加班费"),
    ("※以上数据截至4月底",),
    (None, "集美工业学校小计", None, 4),
    (None, "软件园合计", None, 4),
    (None, "厦门一电子有限公司小计", None, 3),
]


@pytest.mark.parametrize("row", NOISE)
def test_what_is_no_row_is_neither_taken_nor_refused(tmp_path, tables_of, row):
    assert read(tmp_path, tables_of, row) == (1, 0)


DATA = [
    (None, None, "电工"),  # a lone value of a data column
    (None, None, None, 4),
    (None, None, None, None, "5000"),
    (2, None, None, 4),
    (2, None, "电工"),
    (None, "厦门二电子有限公司"),
    (2, "厦门二电子有限公司"),
    ("希望政府组织招聘会。", None, "电工"),
]


@pytest.mark.parametrize("row", DATA)
def test_a_line_with_any_value_stays_a_row(tmp_path, tables_of, row):
    assert sum(read(tmp_path, tables_of, row)) == 2


def test_a_full_row_after_the_notes_is_still_read(tmp_path, tables_of):
    last = (3, "厦门三电子有限公司", "电工", 2, "6000")
    assert read(tmp_path, tables_of, (2,), ("说明：以下为补报",), last) == (2, 0)
