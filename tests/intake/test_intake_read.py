"""From a folder of files to tables: the whole way of the room on small files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from xmdemand.intake import write_blank_workbooks, write_quality_report
from xmdemand.intake.columns import KINDS, header

EMPLOYERS = [
    ["附件2"],
    ["2026年厦门市企业用工需求调查表"],
    ["填报单位：（盖章）　　填报日期：2026年3月15日"],
    ["单位：人"],
    ["序号", "企业名称", "信用代码", "区", "岗位", "需求人数", "月薪", "技能等级要求", "联系电话"],
    [
        1,
        "甲公司",
        "91350200MA0000001X",
        "思明",
        "焊工",
        5,
        "5000-8000元/月",
        "中级及以上",
        "13800138000",
    ],
    [2, "乙公司", "", "集美区", "电工、车工", "10-20人", "面议", "不限", "13800138001"],
    [3, "", "", "集美区", "电工", 5, "", "", "13800138002"],
    ["合计", "", "", "", "", 25],
    ["填表人：张三　联系电话：0592-5555555"],
]


def test_a_return_with_titles_totals_and_tails(tmp_path, save, profile, tables_of):
    save(tmp_path / "思明区.xlsx", EMPLOYERS)
    tables = tables_of(tmp_path)
    (file,) = tables.files.to_dict("records")
    assert (file["kind"], file["header_row"]) == ("employers", 5)
    assert (file["rows_read"], file["accepted"], file["refused"]) == (3, 2, 1)
    first = tables.employers.iloc[0]
    assert first["occupation"] == "6-18-02-04"
    assert (first["vacancies"], first["vacancies_kind"]) == (5.0, "exact")
    assert (first["wage_low"], first["wage_high"]) == (5000.0, 8000.0)
    assert first["district"] == "思明区"
    assert list(tables.employers["post"]) == ["焊工", "电工", "车工"]
    (refused,) = tables.quarantine.to_dict("records")
    assert (refused["row"], refused["column"]) == (8, "单位名称")
    assert "13800138002" not in refused["text"]


def test_a_register_with_a_head_of_two_rows(tmp_path, save, profile, tables_of):
    rows = [
        ["2026年3月公共就业服务供求表"],
        ["职业名称", "需求人数", None, None, "求职人数", None, None],
        [None, "上期结转", "本期新增", "合计", "上期结转", "本期新增", "合计"],
        ["焊工", 10, 5, 15, 3, 4, 7],
        ["未说明", 0, 0, 0, 8, 1, 9],
    ]
    save(tmp_path / "集美区.xlsx", rows, merge=("B2:D2", "E2:G2"))
    register = tables_of(tmp_path).register
    assert list(register["posts_new"]) == [5.0, 0.0]
    assert list(register["seekers_carried"]) == [3.0, 8.0]
    assert set(register["month"]) == {pd.Timestamp(2026, 3, 1)}
    assert set(register["district"]) == {"集美区"}
    assert list(register["occupation_status"]) == ["coded", "not_stated"]


def test_wishes_of_a_person_count_as_one_person(tmp_path, save, profile, tables_of):
    text = (
        "序号,姓名,年龄,居住区,人员类别,希望参加的培训职业（工种）,希望等级\n"
        "1,张三,33,思明,失业人员,电工┋养老护理员,五级\n2,李四,40,湖里区,,,\n"
    )
    (tmp_path / "意愿.csv").write_bytes(text.encode("gb18030"))
    workers = tables_of(tmp_path).workers
    assert list(workers["person"]) == [1, 1, 2]
    assert list(workers["wishes"]) == [2, 2, 0]
    assert list(workers["age_band"]) == ["25-34", "25-34", "35-44"]


def test_blank_workbooks_are_read_back_as_what_they_are(tmp_path, save, profile, tables_of):
    paths = write_blank_workbooks(tmp_path / "inputs", profile, year=2026)
    assert len(paths) == len(KINDS)
    tables = tables_of(tmp_path / "inputs")
    kinds = tables.files.loc[tables.files["sheet"] == "填报表", "kind"]
    assert list(kinds) == list(KINDS)
    assert tables.files["rows_read"].sum() == 0


def test_the_quality_report_names_the_cell(tmp_path, save, profile, tables_of):
    save(tmp_path / "in" / "思明区" / "报表.xlsx", EMPLOYERS)
    tables = tables_of(tmp_path / "in")
    write_quality_report(tables, profile, tmp_path / "report.xlsx")
    sender = pd.read_excel(
        tmp_path / "report.xlsx", sheet_name="思明区", header=3, engine="openpyxl"
    )
    assert list(sender["行"]) == [7, 8]
    assert sender.loc[1, "栏目"] == header("employers", "firm_name")
    assert sender.loc[1, "处理"] == "退回"


def test_a_level_in_the_title_becomes_the_level_required(tmp_path, save, tables_of):
    rows = [["单位名称", "岗位名称", "当前空缺人数"], ["甲公司", "焊工（中级）", 1]]
    save(tmp_path / "a.xlsx", rows)
    row = tables_of(tmp_path).employers.iloc[0]
    assert (row["post"], row["level"], row["occupation"]) == ("焊工", ("level_4",), "6-18-02-04")


def test_official_names_that_hold_separators_are_one_post(
    tmp_path, save, tables_of, classification
):
    names = classification.frame.query("level == 'unit'")["name"]
    name = next(name for name in names if "、" in name)
    save(tmp_path / "a.xlsx", [["单位名称", "岗位名称", "当前空缺人数"], ["甲公司", name, 1]])
    assert list(tables_of(tmp_path).employers["post"]) == [name]


FILES = Path(__file__).with_name("files")
"""One table of our own, written as xls and ods by two free libraries (xlwt 1.3, odfpy 1.4)."""


@pytest.mark.parametrize("name", ["returns.xls", "returns.ods", "returns.et"])
def test_old_workbooks_are_read_to_the_same_rows(tmp_path, tables_of, name):
    kept = FILES / name.replace(".et", ".xls")  # WPS writes the same format under its own ending
    (tmp_path / f"翔安区{name}").write_bytes(kept.read_bytes())
    tables = tables_of(tmp_path)
    table = tables.employers
    assert list(table["firm_name"]) == ["甲显示科技有限公司"] * 2 + ["乙火炬电子有限公司"]
    assert list(table["post"]) == ["焊工", "电工", "车工"]
    assert list(table["vacancies_low"]) == [40, 10, 1]
    assert list(table["vacancies_kind"]) == ["exact", "range", "some"]
    assert list(table["wage_low"].fillna(0)) == [5500, 6500, 0]
    assert list(table["submitted"].dt.day) == [10, 10, 11]
    assert set(table["district"]) == {"翔安区"}
    assert "intake.old_format" in {note.code for note in tables.notes}
