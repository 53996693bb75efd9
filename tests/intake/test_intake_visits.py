"""Ways of writing a table that records of visits, questionnaires and firms' own sheets brought."""

from __future__ import annotations

import pytest

from xmdemand.intake.amounts import parse_wage
from xmdemand.intake.personal import MASK, mask


def lines(tmp_path, name, *rows):
    (tmp_path / name).write_text("\n".join(rows), encoding="utf-8")


def _visit(firm, code, day, staff, *posts):
    return [
        [f"企业名称：{firm}", None, f"统一社会信用代码：{code}"],
        ["所属镇街：新阳街道", f"现有员工：{staff}人", f"走访日期：2026.3.{day}"],
        ["岗位", "该岗位现有人数", "缺口人数"],
        *([post, 9, n] for post, n in posts),
        ["走访人：李海燕、洪俊豪"],
    ]


@pytest.mark.parametrize("gap", [[[]], []])
def test_firms_named_behind_a_colon_above_each_block(tmp_path, save, tables_of, gap):
    one = _visit("甲机械公司", "91350205MA50L6D5TN", 8, 78, ("维修电工", 2), ("钣金工", 24))
    two = _visit("乙重工公司", "91350205MAHKU3N45K", 12, 237, ("焊工", 15))
    again = _visit("丙机械公司", "91350205MA5W6EC0EC", 9, 80, ("车工", 4))
    save(tmp_path / "走访.xlsx", [["企业用工走访记录"], *one, *gap, *two, *gap, *again])
    table = tables_of(tmp_path).employers
    found = table[["firm_name", "post", "vacancies", "employees"]].values.tolist()
    assert found == [
        ["甲机械公司", "维修电工", 2, 78],
        ["甲机械公司", "钣金工", 24, 78],
        ["乙重工公司", "焊工", 15, 237],
        ["丙机械公司", "车工", 4, 80],
    ]
    assert [day.day for day in table["submitted"]] == [8, 8, 12, 9]


@pytest.mark.parametrize("more", [[], ["职工总数：90人"]])
def test_the_line_of_a_firm_holds_for_the_rows_below_though_no_headings_come_again(
    tmp_path, save, tables_of, more
):
    rows = [["单位名称：甲机械公司", *more], ["岗位", "缺工人数"], ["焊工", 3], ["电工", 2]]
    save(tmp_path / "a.xlsx", [*rows, ["单位名称：乙重工公司", *more], ["车工", 4]])
    table = tables_of(tmp_path).employers
    found = table[["firm_name", "post", "vacancies"]].values.tolist()
    assert found == [
        ["甲机械公司", "焊工", 3],
        ["甲机械公司", "电工", 2],
        ["乙重工公司", "车工", 4],
    ]
    assert [source.rpartition("!")[2] for source in table["source"]] == ["3", "4", "6"]


def test_posts_of_a_questionnaire_numbered_with_a_word_before(tmp_path, tables_of):
    head = (
        "序号,提交答卷时间,所用时间,来自IP,1、贵单位全称,2、所在区,"
        "3、紧缺岗位一：岗位名称,4、紧缺岗位一：目前空缺人数,5、紧缺岗位一：月薪（元）,"
        "6、紧缺岗位二：岗位名称,7、紧缺岗位二：目前空缺人数,8、紧缺岗位二：月薪（元）"
    )
    start = "{},2026/3/9 15:57:33,395秒,110.87.20.59(福建-厦门),{},集美区,"
    lines(
        tmp_path,
        "318402117_按文本_企业用工需求问卷.csv",
        head,
        start.format(1, "甲纺织公司") + "制鞋工,22,8400-11800,裁剪工,5,面议",
        start.format(2, "乙电子公司") + "焊锡工,23,4500起,(跳过),(跳过),(跳过)",
    )
    tables = tables_of(tmp_path)
    found = tables.employers[["firm_name", "post", "vacancies"]].values.tolist()
    assert found == [
        ["甲纺织公司", "制鞋工", 22],
        ["甲纺织公司", "裁剪工", 5],
        ["乙电子公司", "焊锡工", 23],
    ]
    assert tables.register is None


def test_a_refused_answer_tells_neither_name_nor_address(tmp_path, tables_of):
    head = "序号,提交答卷时间,来自IP,1、单位名称,2、岗位,3、缺工人数,4、填表人姓名,5、填表人手机"
    row = "1,2026/3/9 15:57:33,110.87.20.59(福建-厦门),甲公司,,5,刘秀英,17757351567"
    lines(tmp_path, "a.csv", head, row.replace("甲公司,,", "乙公司,焊工,"), row)
    (text,) = tables_of(tmp_path).quarantine["text"]
    assert not any(said in text for said in ("刘秀英", "17757351567", "110.87"))


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("110.87.20.59(福建-厦门)", f"{MASK}(福建-厦门)"),
        ("来自IP 110.87.20.59", f"来自IP {MASK}"),
        ("１１０．８７．２０．５９", MASK),
        ("2001:db8:0:0:0:0:0:1", MASK),
        ("版本1.2.3，2026.3.12，10:30:20", "版本1.2.3，2026.3.12，10:30:20"),
        ("走访人：李海燕、洪俊豪", f"走访人：{MASK}"),
        ("联系人：李四、王五", f"联系人：{MASK}"),
        ("统计员：5人、电工：3人", "统计员：5人、电工：3人"),
        ("苏海燕 15988402578", f"{MASK} {MASK}"),
        ("15988402578 苏海燕", f"{MASK} {MASK}"),
        ("人事部 张三（13800138000）", f"人事部 {MASK}（{MASK}）"),
        ("金工 13800138000", f"金工 {MASK}"),
    ],
)
def test_where_an_answer_came_from_and_every_name_behind_a_label_is_masked(text, masked):
    assert mask(text) == masked


@pytest.mark.parametrize(
    "word", ["一、专业技术人员小计", "（二）生产、运输人员小计", "3.服务员小计"]
)
def test_numbered_sums_of_a_group_are_no_data(tmp_path, tables_of, word):
    rows = ["月份,职业,需求人数,求职人数", "2026-03,焊工,3,4", f",{word},3,4"]
    lines(tmp_path, "a.csv", *rows, "2026-03,电工,1,2")
    assert list(tables_of(tmp_path).register["title"]) == ["焊工", "电工"]


def test_a_sheet_of_one_firm_with_posts_across_and_what_is_asked_down(tmp_path, save, tables_of):
    rows = [
        ["厦门甲重工有限公司2026年用工需求表"],
        [
            "统一社会信用代码",
            "91350211MA4XKHEAUN",
            None,
            "所在区",
            "集美区",
            None,
            "职工总数",
            2860,
        ],
        ["填报日期", "2026年3月11日"],
        ["岗位名称", "焊工", "数控铣工", "车工"],
        ["现有人数", 98, 82, 166],
        ["当前空缺人数", 35, 39, 34],
        ["其中：空缺超过3个月", 11, 13, None],
        ["月薪（元）", "5000～8300", "6300～9100", "面议"],
    ]
    save(tmp_path / "a.xlsx", rows)
    table = tables_of(tmp_path).employers
    found = table[["post", "headcount", "vacancies", "vacancies_3m", "wage_low"]]
    assert found.iloc[:2].values.tolist() == [
        ["焊工", 98, 35, 11, 5000],
        ["数控铣工", 82, 39, 13, 6300],
    ]
    assert found.iloc[2, :3].tolist() == ["车工", 166, 34]
    assert [source.rpartition("!")[2] for source in table["source"]] == ["4", "4.2", "4.3"]
    assert {day.day for day in table["submitted"]} == {11}
    assert set(table["employees"]) == {2860}


@pytest.mark.parametrize(
    ("cell", "low", "high"),
    [
        ("计件，5500—7500", 5500, 7500),
        ("计件工资，月均6000-9000元", 6000, 9000),
        ("计件（5500-7500）", 5500, 7500),
    ],
)
def test_what_piece_work_brings_in_a_month_is_pay_of_a_month(cell, low, high):
    wage = parse_wage(cell)
    assert (wage.low, wage.high, wage.kind) == (low, high, "month")


@pytest.mark.parametrize("cell", ["计件", "计件，5-8元/件", "0.5元/件", "计件12元"])
def test_the_price_of_a_piece_is_no_pay_of_a_month(cell):
    assert parse_wage(cell).kind == "piece"


def test_headings_of_a_chamber_in_traditional_characters(tmp_path, tables_of):
    lines(tmp_path, "a.csv", "企業名稱,片区,職缺名稱,缺工人數", "甲电机有限公司,同安区,电工,16")
    tables = tables_of(tmp_path)
    found = tables.employers[["district", "post", "vacancies"]].values.tolist()
    assert found == [["同安区", "电工", 16]]
