"""Wishes in an order, answers under options and both ends of pay, as offices head them."""

from __future__ import annotations

import pytest

WORKERS = ["姓名", "年龄", "户籍所在区"]


@pytest.mark.parametrize(
    "heads",
    [
        ("培训工种（第一志愿）", "培训工种（第二志愿）"),
        ("培训工种（首选）", "培训工种（次选）"),
        ("培训工种(第1选择)", "培训工种(第2选择)"),
    ],
)
def test_places_in_an_order_are_no_options(tmp_path, save, tables_of, heads):
    rows = [
        [*WORKERS, *heads],
        ["张三", 38, "思明区", "西式面点师", ""],
        ["李四", 43, "集美区", "西式面点师", "养老护理员"],
        ["王五", 22, "湖里区", "美容师", "茶艺师"],
    ]
    save(tmp_path / "a.xlsx", rows)
    workers = tables_of(tmp_path).workers
    wishes = workers.groupby("person", sort=True)["wish"].agg(list).tolist()
    assert wishes == [["西式面点师"], ["西式面点师", "养老护理员"], ["美容师", "茶艺师"]]


def test_an_answer_under_an_option_is_not_lost(tmp_path, save, tables_of):
    rows = [
        [*WORKERS, "希望参加的培训职业（工种）(电工)", "希望参加的培训职业（工种）(美容师)"],
        ["张三", 38, "思明区", "√", ""],
        ["李四", 43, "集美区", "", "茶艺师"],
        ["王五", 22, "湖里区", "不参加", "√"],
    ]
    save(tmp_path / "a.xlsx", rows)
    workers = tables_of(tmp_path).workers
    assert sorted(workers["wish"]) == ["电工", "美容师", "茶艺师"]


def test_two_ends_of_pay_under_one_heading_are_a_range(tmp_path, save, tables_of):
    rows = [
        ["企业全称", "需求情况", None, "待遇", None],
        [None, "需求岗位", "现缺（人）", "最低月薪", "最高月薪"],
        ["厦门甲有限公司", "营业员", 6, 7000, 8900],
        ["厦门乙有限公司", "收银员", 2, 5900, 7700],
    ]
    save(tmp_path / "a.xlsx", rows, merge=("A1:A2", "B1:C1", "D1:E1"))
    employers = tables_of(tmp_path).employers
    assert employers[["wage_low", "wage_high"]].values.tolist() == [[7000, 8900], [5900, 7700]]
