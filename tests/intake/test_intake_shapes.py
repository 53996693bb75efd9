"""Tables of shapes nobody asked for: what stands side by side, above or below.

Every case is one that was once read wrongly without a word.
"""

from __future__ import annotations

import json

import pytest

from xmdemand.intake.facts import facts_above
from xmdemand.intake.periods import period_around
from xmdemand.intake.values import parse_count


def lines(tmp_path, name, *rows, encoding="utf-8"):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(rows), encoding=encoding)


@pytest.mark.parametrize(
    "head",
    ["岗位1,需求人数1,岗位2,需求人数2", "岗位一名称,岗位一需求人数,岗位二名称,岗位二需求人数"],
)
def test_posts_side_by_side_keep_their_own_counts(tmp_path, tables_of, head):
    lines(
        tmp_path,
        "a.csv",
        f"单位名称,{head}",
        "甲公司,注塑工,8,质检员,3-5人",
        "乙公司,屠宰工,6,,0",
        "丙公司,无,0,,",
    )
    tables = tables_of(tmp_path)
    table = tables.employers
    assert list(table["post"]) == ["注塑工", "质检员", "屠宰工", ""]
    assert list(table["vacancies_low"]) == [8, 3, 6, 0]
    assert list(table["vacancies_high"]) == [8, 5, 6, 0]
    assert table["source"].is_unique
    assert list(tables.files["rows_read"]) == [4]


def test_a_matrix_of_counts_by_post(tmp_path, tables_of):
    lines(
        tmp_path,
        "a.csv",
        "序号,提交答卷时间,来自IP,1、贵单位名称：,3、缺工人数(焊工),3、缺工人数(电工)",
        "1,2026/3/3 12:00:00,1.2.3.4,甲公司,4,(空)",
        "2,2026/3/3 12:09:00,1.2.3.4,乙公司,2,10-12",
    )
    table = tables_of(tmp_path).employers
    found = list(zip(table["firm_name"], table["post"], table["vacancies_low"], strict=True))
    assert found == [("甲公司", "焊工", 4), ("乙公司", "焊工", 2), ("乙公司", "电工", 10)]


@pytest.mark.parametrize("year", ["2025年", ""])
def test_months_side_by_side(tmp_path, tables_of, year):
    lines(
        tmp_path,
        "2025年月报.csv",
        f"岗位名称,{year}10月招聘人数,{year}10月求职人数,{year}11月招聘人数,{year}11月求职人数",
        "快递员,50,30,60,20",
    )
    register = tables_of(tmp_path).register
    assert [f"{month:%Y-%m}" for month in register["month"]] == ["2025-10", "2025-11"]
    assert register[["posts_new", "seekers_total"]].values.tolist() == [[50, 30], [60, 20]]


def test_a_month_without_a_year_stays_without(tmp_path, tables_of):
    lines(tmp_path, "a.csv", "岗位名称,10月招聘人数,10月求职人数", "快递员,50,30")
    tables = tables_of(tmp_path)
    assert tables.register is None
    assert list(tables.quarantine["code"]) == ["intake.no_month"]
    assert period_around("2024年和2025年", "3月").value is None


def test_a_form_of_one_firm_states_the_firm_above(tmp_path, save, tables_of):
    rows = [
        ["企业用工需求调查表"],
        ["单位名称", "示例新材料有限公司", None, "统一社会信用代码", "91350205MA33CCCC01"],
        ["所属区", "海沧区", None, "在岗职工数", 530],
        ["岗位名称", "当前空缺人数", "月薪"],
        ["电工", 2, "6000"],
    ]
    save(tmp_path / "a.xlsx", rows)
    row = tables_of(tmp_path).employers.iloc[0]
    assert (row["firm"], row["district"], row["employees"]) == ("91350205MA33CCCC01", "海沧区", 530)


@pytest.mark.parametrize(
    "office", ["同安区人力资源和社会保障局", "开元街道办事处", "市工商联（商会）协会"]
)
def test_an_office_is_no_firm(office):
    assert facts_above([[f"填报单位：{office}"]]) == {}


def test_records_inside_the_answer_of_an_interface(tmp_path, tables_of):
    records = [
        {"月份": "2025-07", "区": "海沧区", "岗位名称": "普工", "招聘人数": 120, "求职人数": 80}
    ]
    answer = {"code": 0, "data": {"total": 1, "list": records}}
    (tmp_path / "a.json").write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
    assert list(tables_of(tmp_path).register["posts_new"]) == [120]


def test_two_digits_that_fall_are_no_number():
    assert parse_count("五三人").flags == ("unreadable",)
    assert parse_count("二〇").value == 20


def test_a_table_of_numbers_is_no_instruction_sheet(tmp_path, tables_of):
    lines(tmp_path, "a.csv", "品名,甲,乙", "茶叶,1,2", "咖啡,3,4")
    assert list(tables_of(tmp_path).files["code"]) == ["intake.no_table"]


@pytest.mark.parametrize("sign", ["—", "：", "/"])
def test_a_post_behind_a_sign_is_a_post(tmp_path, tables_of, sign):
    lines(tmp_path, "a.csv", f"企业名称,缺工人数{sign}焊工,缺工人数{sign}电工", "甲公司,4,2")
    table = tables_of(tmp_path).employers
    assert list(zip(table["post"], table["vacancies"], strict=True)) == [("焊工", 4), ("电工", 2)]


def test_a_web_page_named_a_workbook_is_read_with_its_merged_cells(tmp_path, tables_of):
    page = (
        "<html><body><table><tr><th colspan=3>用工需求</th></tr>"
        "<tr><th>企业名称</th><th>岗位名称</th><th>缺工人数</th></tr>"
        "<tr><td rowspan=2>甲公司</td><td>焊工</td><td>3</td></tr>"
        "<tr><td>电工</td><td>2</td></tr></table></body></html>"
    )
    (tmp_path / "导出.xls").write_text(page, encoding="utf-8")
    table = tables_of(tmp_path).employers
    assert list(table["firm_name"]) == ["甲公司", "甲公司"]
    assert list(table["vacancies"]) == [3, 2]


def test_a_text_named_a_workbook_is_read(tmp_path, tables_of):
    lines(
        tmp_path,
        "a.xls",
        "企业名称\t岗位名称\t缺工人数",
        "甲公司\t焊工\t3",
        encoding="gb18030",
    )
    assert list(tables_of(tmp_path).employers["vacancies"]) == [3]


def test_a_record_a_line(tmp_path, tables_of):
    records = [{"企业名称": f"{n}公司", "岗位": "铣工", "招聘人数": n} for n in (4, 5)]
    text = (json.dumps(record, ensure_ascii=False) for record in records)
    lines(tmp_path, "a.jsonl", *text)
    assert list(tables_of(tmp_path).employers["vacancies"]) == [4, 5]


def test_a_reply_states_who_decided_above_its_table(tmp_path, save, tables_of):
    rows = [
        ["关于目录（征求意见稿）的反馈意见表"],
        ["反馈单位：市商务局", None, "填报人：李四", "日期：2026年4月18日"],
        ["序号", "职业（工种）", "修改意见", "修改理由"],
        [1, "电子商务师", "建议列入", "跨境电商需求大"],
        [2, "收银员", "不同意移出", "仍有需求"],
    ]
    save(tmp_path / "a.xlsx", rows)
    tables = tables_of(tmp_path)
    row = tables.decisions.iloc[0]
    assert (row["action"], row["who"], row["department"]) == ("add", "李四", "市商务局")
    assert len(tables.decisions) == 1
    assert list(tables.quarantine["row"]) == [5]


def test_adverts_are_no_returns(tmp_path, tables_of):
    head = "公司名称,职位名称,薪资,工作地点,招聘人数,发布日期,学历要求"
    lines(tmp_path, "a.csv", head, "甲公司,骑手,6-9K,厦门·湖里区,5,2026-03-02,不限")
    tables = tables_of(tmp_path)
    assert tables.employers is None
    assert list(tables.files["code"]) == ["intake.other_postings"]


def test_a_text_without_cells_is_no_table(tmp_path, tables_of):
    lines(tmp_path, "接龙.txt", "#接龙", "1. 甲公司 包装工 4人", "2. 乙公司 水电工 8人")
    assert list(tables_of(tmp_path).files["code"]) == ["intake.unknown_format"]


def test_a_text_named_xlsx_is_read(tmp_path, tables_of):
    lines(tmp_path, "a.xlsx", "公司名称,职位,拟招人数", "甲公司,客服,3", encoding="gb18030")
    assert list(tables_of(tmp_path).employers["vacancies"]) == [3]
