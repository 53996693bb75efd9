"""Posts asked for one after the other, lists set in below their sum, orders below a heading.

Every class comes with spellings beside the one it was met in.
"""

from __future__ import annotations

import pytest


def open_questions(tables):
    return tables.proposals[~tables.proposals["taken"].astype(bool)]


@pytest.mark.parametrize(
    ("first", "second", "count", "pay"),
    [
        ("最缺的岗位", "第二缺的岗位", "该岗位现缺多少人？", "该岗位月工资（元）"),
        ("最紧缺的工种是", "其次缺的工种是", "该工种缺工人数", "该工种月薪"),
    ],
)
def test_what_is_asked_of_that_post_belongs_to_the_post_before(
    tmp_path, save, tables_of, first, second, count, pay
):
    rows = [
        ["单位全称", "在职职工人数", first, count, pay, second, count, pay],
        ["厦门甲有限公司", 59, "焊工", "3人", "5600-6700", "电工", 7, "6000-8000"],
        ["厦门乙有限公司", 28, "架子工", 2, "6000-8000", None, None, None],
    ]
    save(tmp_path / "企业招工情况小调查.xlsx", rows)
    tables = tables_of(tmp_path)
    held = tables.employers
    assert list(held["post"]) == ["焊工", "电工", "架子工"]
    assert list(held["vacancies"]) == [3, 7, 2]
    assert list(held["wage_low"]) == [5600, 6000, 6000]
    assert open_questions(tables).empty


@pytest.mark.parametrize("indent", ["　　", "  "])
def test_a_group_above_the_occupations_set_in_below_it_is_their_sum(
    tmp_path, save, tables_of, indent
):
    rows = [
        ["2026年3月厦门市分职业供求情况", None, None],
        ["职业", "需求人数", "求职人数"],
        ["合计", 60, 33],
        ["专业技术人员", 30, 9],
        [f"{indent}护理人员", 10, 4],
        [f"{indent}会计专业人员", 20, 5],
        ["生产制造人员", 30, 24],
        [f"{indent}焊工", 11, 3],
        [f"{indent}冲压工", 19, 21],
    ]
    save(tmp_path / "分职业供求.xlsx", rows)
    register = tables_of(tmp_path).register
    assert list(register["title"]) == ["护理人员", "会计专业人员", "焊工", "冲压工"]


def test_a_group_that_is_not_the_sum_of_what_stands_below_it_stays(tmp_path, save, tables_of):
    rows = [
        ["2026年3月厦门市分职业供求情况", None, None],
        ["职业", "需求人数", "求职人数"],
        ["保安员", 3, 9],
        ["　护理人员", 10, 4],
        ["　会计专业人员", 20, 5],
    ]
    save(tmp_path / "分职业供求.xlsx", rows)
    assert list(tables_of(tmp_path).register["title"]) == ["保安员", "护理人员", "会计专业人员"]


@pytest.mark.parametrize("orders", [("首选", "次选"), ("第一志愿", "第二志愿"), ("第一", "第二")])
@pytest.mark.parametrize("top", ["想学工种", "培训意愿"])
def test_an_order_alone_below_a_heading_that_asks_for_wishes(
    tmp_path, save, tables_of, top, orders
):
    rows = [
        ["序号", "年龄", top, None, "上课时间"],
        [None, None, *orders, None],
        [1, 27, "叉车司机", None, "晚上"],
        [2, 55, "电工", "汽车维修工", "周末"],
    ]
    save(tmp_path / "想学什么登记表.xlsx", rows, merge=("A1:A2", "B1:B2", "C1:D1", "E1:E2"))
    tables = tables_of(tmp_path)
    assert list(tables.workers["wish"]) == ["叉车司机", "电工", "汽车维修工"]
    assert open_questions(tables).empty


@pytest.mark.parametrize("heading", ["愿望（工种）", "学习愿望", "想学（工种）", "技能愿望"])
def test_disabled_people_who_wish_to_learn_hold_no_certificate_of_skill(
    tmp_path, save, tables_of, heading
):
    rows = [
        ["持证残疾人学技术愿望登记", None, None, None, None],
        ["姓名", "残疾人证号", "残疾等级", "年龄", heading],
        ["张三", "35020319880810879121", "一级", 38, "西式面点师、保育师"],
        ["李四", "35020319900509632271", "二级", 36, "叉车司机"],
    ]
    save(tmp_path / "残联登记.xlsx", rows)
    tables = tables_of(tmp_path)
    assert list(tables.workers["wish"]) == ["西式面点师", "保育师", "叉车司机"]
    assert "level" not in tables.workers or not tables.workers["level"].fillna("").any()
