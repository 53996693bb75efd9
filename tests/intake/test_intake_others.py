"""Tables that are known and of no use: said and skipped, without a question."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("name", "head", "what"),
    [
        ("去年.csv", "序号,产业领域,职业（工种）名称,职业编码,培训等级,急需紧缺程度", "catalogue"),
        ("表8.csv", "技术等级,需求人数,求职人数,求人倍率", "breakdown"),
        ("表2.csv", "产业,需求人数,所占比重（%）", "breakdown"),
        ("各区.csv", "所属区,需求人数,求职人数", "breakdown"),
        ("发证情况.csv", "职业（工种）,五级,四级,三级,合计", "certificates"),
        ("项目.csv", "项目名称,所属行业,计划投资（亿元）,预计新增用工（人）", "projects"),
        ("社区统计.csv", "社区,培训意愿工种,人数", "wishes"),
        ("招聘会.csv", "招聘会名称,场次,参会单位数,需求人数", "fairs"),
        ("进度.csv", "所属区,应报单位数,已报单位数,完成率", "progress"),
        ("行业代码.csv", "行业代码,行业名称", "codes"),
    ],
)
def test_a_table_of_no_use_is_said_to_be_one(tmp_path, tables_of, name, head, what):
    row = ",".join(str(n) for n in range(1, head.count(",") + 2))
    (tmp_path / name).write_text(f"{head}\n{row}\n", encoding="utf-8")
    tables = tables_of(tmp_path)
    assert list(tables.files["code"]) == [f"intake.other_{what}"]
    assert tables.proposals.empty


@pytest.mark.parametrize(
    "head",
    [
        "单位名称,岗位名称,缺工人数,急需紧缺程度",
        "职业名称,需求人数,求职人数,求人倍率,统计月份",
        "姓名,年龄,希望参加的培训工种,希望等级",
        "企业名称,行业代码,行业名称,缺工岗位,缺工人数",
    ],
)
def test_our_own_tables_are_not_taken_for_others(tmp_path, tables_of, head):
    (tmp_path / "a.csv").write_text(f"{head}\n", encoding="utf-8")
    assert list(tables_of(tmp_path).files["code"]) == [""]
