"""Dictionary sheets put the codes of the other sheets into words and are no data themselves."""

from __future__ import annotations

import pytest

from xmdemand.intake.codebooks import BOOK_UNUSED, CODE_BOOK, TRANSLATED, translated
from xmdemand.intake.sources import Grid, Unread


def grid(name, *rows):
    return Grid("f.xlsx", name, [list(row) for row in rows], "0")


DATA = grid("CB21", ("AAB004", "ACA112", "ACB240"), ("甲公司", "焊工", 3))
ANSWERED = grid(
    "数据", ("序号", "1、您的年龄", "2、您居住在哪个区"), (1, 30, 2), (2, 41, 1), (3, 25, "-3")
)
OPTIONS = [(2, "您居住在哪个区", 1, "思明区"), (2, "您居住在哪个区", 2, "湖里区")]


@pytest.mark.parametrize(
    "head",
    [
        ("字段代码", "字段名称"),
        ("字段名", "字段含义"),
        ("字段", "中文名称"),
        ("指标代码", "指标名称"),
        ("英文名", "中文名"),
        ("变量名", "变量说明"),
    ],
)
def test_field_codes_become_headings(head):
    fields = [("AAB004", "单位名称"), ("ACA112", "岗位名称"), ("ACB240", "招聘人数")]
    data, book = translated([DATA, grid("字段说明", head, *fields)])
    assert data.rows[0] == ["单位名称", "岗位名称", "招聘人数"]
    assert data.rows[1] == DATA.rows[1]
    assert data.remarks == (TRANSLATED,)
    assert book.remarks == (CODE_BOOK,)
    assert DATA.rows[0][0] == "AAB004"


@pytest.mark.parametrize(
    ("head", "take"),
    [
        (("题号", "题目", "编码", "选项"), (0, 1, 2, 3)),
        (("题号", "选项编码", "选项内容"), (0, 2, 3)),
        (("题目", "选项值", "含义"), (1, 2, 3)),
    ],
)
def test_coded_answers_become_words(head, take):
    book = grid("选项编码", head, *(tuple(row[n] for n in take) for row in OPTIONS))
    data, _ = translated([ANSWERED, book])
    assert [row[2] for row in data.rows[1:]] == ["湖里区", "思明区", "-3"]
    assert [row[1] for row in data.rows[1:]] == [30, 41, 25]


@pytest.mark.parametrize("head", [("题号", "选项", "含义"), ("题号", "编码", "含义")])
@pytest.mark.parametrize("number", ["第2题", "2", "Q2", "2、"])
def test_questions_that_are_numbers_only(head, number):
    others = [("第1题", 1, "男"), ("第1题", 2, "女")]
    book = grid("对照", head, *others, (number, 1, "思明区"), (number, 2, "湖里区"))
    data, told = translated([ANSWERED, book])
    assert [row[2] for row in data.rows[1:]] == ["湖里区", "思明区", "-3"]
    assert told.remarks == (CODE_BOOK,)


def test_several_codes_in_one_answer_and_a_merged_question():
    book = grid("编码", ("题目", "编码", "选项"), ("工种", "1", "焊工"), (None, "2", "电工"))
    data, _ = translated([grid("数据", ("姓名", "5、工种"), ("甲", "1┋2"), ("乙", "2")), book])
    assert [row[1] for row in data.rows[1:]] == ["焊工┋电工", "电工"]


def test_what_is_no_code_stays():
    book = grid(
        "选项编码", ("题目", "编码", "选项"), ("居住区", 1, "思明区"), ("居住区", 2, "湖里区")
    )
    words = grid("数据", ("序号", "居住区"), (1, "集美区"), (2, "海沧区"))
    assert translated([words, book])[0] == words
    mixed = grid("数据", ("序号", "居住区"), (1, 1), (2, 2), (3, "其他〖岛外〗"))
    assert [row[1] for row in translated([mixed, book])[0].rows[1:]] == [
        "思明区",
        "湖里区",
        "其他〖岛外〗",
    ]


def test_a_dictionary_nobody_needs_is_said_to_be_one():
    other = grid("数据", ("单位名称", "岗位"), ("甲公司", "焊工"))
    fields = [("AAB004", "单位名称"), ("ACA112", "岗位名称")]
    data, book = translated([other, grid("字段说明", ("字段代码", "字段名称"), *fields)])
    assert data == other
    assert book.remarks == (BOOK_UNUSED,)


@pytest.mark.parametrize(
    "rows",
    [
        [("职业编码", "职业名称", "人数"), ("4-02-01-01", "保育师", 3)],
        [("单位名称", "岗位", "人数"), ("甲公司", "焊工", 3)],
        [("编码", "选项"), ("1", "焊工")],  # of which question nobody says
        [("题目", "编码", "选项"), ("区", "1", "思明区"), ("区", "1", "湖里区")],
        [("字段", "名称")],
        [],
    ],
)
def test_other_tables_are_no_dictionaries(rows):
    sheets = [DATA, grid("表", *rows), Unread("f.xlsx", "坏表", "intake.damaged")]
    assert translated(sheets) == sheets


def test_a_system_export_with_its_dictionary_is_read(tmp_path, tables_of):
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "CB21"
    for row in [
        ("AAB004", "AAE301", "ACA112", "ACB240", "AAE005"),
        ("厦门恒泰养护有限公司", "350213", "保洁员", 6, "13800000000"),
        ("厦门恒泰养护有限公司", "350213", "家政服务员", 4, "13800000000"),
    ]:
        book.active.append(row)
    told = book.create_sheet("字段说明")
    for row in [
        ("字段代码", "字段名称", "类型"),
        ("AAB004", "单位名称", "VARCHAR2"),
        ("AAE301", "所在区（行政区划代码）", "VARCHAR2"),
        ("ACA112", "岗位（工种）名称", "VARCHAR2"),
        ("ACB240", "招聘人数", "NUMBER"),
        ("AAE005", "联系电话", "VARCHAR2"),
    ]:
        told.append(row)
    book.save(tmp_path / "导出.xlsx")
    tables = tables_of(tmp_path)
    assert list(tables.employers["vacancies"]) == [6, 4]
    assert set(tables.employers["district"]) == {"翔安区"}
    assert not len(tables.quarantine)
    assert not len(tables.proposals)
    said = {note.code for note in tables.notes}
    assert {CODE_BOOK, TRANSLATED} <= said
