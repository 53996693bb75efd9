"""What no list of words foresees is asked or said: whole classes of silent errors, not wordings.

Every class comes with headings and cells that stand in no declaration.
"""

from __future__ import annotations

import pytest

from xmdemand.intake.personal import MASK, mask, name_persons


def lines(tmp_path, name, *rows):
    (tmp_path / name).write_text("\n".join(rows), encoding="utf-8")


def open_questions(tables):
    return tables.proposals[~tables.proposals["taken"].astype(bool)]


# -- names of persons -------------------------------------------------------------------------


@pytest.mark.parametrize("head", ["联络员", "HRBP", "会员代表", "驻厂老师", "到会HR", "谁跟进"])
def test_a_column_of_names_is_masked_whatever_stands_above_it(tmp_path, tables_of, head):
    lines(
        tmp_path,
        "a.csv",
        f"企业名称,岗位,缺工人数,{head}",
        "甲公司,焊工,,林美玲",
        "乙公司,电工,,王建国",
        "丙公司,车工,3,李芳",
    )
    tables = tables_of(tmp_path)
    assert len(tables.quarantine) == 2
    said = tables.quarantine.to_csv() + tables.oddities.to_csv()
    assert MASK in said
    assert not any(name in said for name in ("林美玲", "王建国", "李芳"))


def test_a_name_beside_a_number_goes_with_it_and_a_post_stays():
    assert mask("刘俊豪 13360648750") == f"{MASK} {MASK}"
    assert mask("庄秀英（15902999842）") == f"{MASK}（{MASK}）"
    assert mask("13360648750 王芳") == f"{MASK} {MASK}"
    assert mask("施工员 13360648750") == f"施工员 {MASK}"


def test_who_decided_stands_in_the_decisions_and_in_no_refusal(tmp_path, tables_of):
    lines(
        tmp_path,
        "意见.csv",
        "职业（工种）,意见,理由,决定人,日期",
        "焊工,调入,缺,林美玲,2026-04-01",
        "电工,调入,,王建国,2026-04-01",
    )
    tables = tables_of(tmp_path)
    assert list(tables.decisions["who"]) == ["林美玲"]
    assert "王建国" not in tables.quarantine.to_csv()


def test_levels_schools_and_places_are_no_names():
    assert not name_persons(["高级工", "中级工", "初级工"])
    assert not name_persons(["高中", "大专", "本科"])
    assert not name_persons(["马巷街道", "洪塘镇", "江头街道"])
    assert not name_persons(["施工员", "车工", "钳工", "金属热处理工"])
