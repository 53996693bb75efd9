"""How tables of one folder are laid out: posts in a row, blocks with captions, ticks.

Every class comes with spellings beside the one it was met in.
"""

from __future__ import annotations

import pytest


def lines(tmp_path, name, *rows):
    (tmp_path / name).write_text("\n".join(rows), encoding="utf-8")


def open_questions(tables):
    return tables.proposals[~tables.proposals["taken"].astype(bool)]


# -- headings numbered or ordered ------------------------------------------------------------------


@pytest.mark.parametrize("word", ["缺工岗位", "紧缺工种", "招聘岗位", "岗位"])
def test_numbered_posts_of_a_firm_each_with_its_own_count_and_pay(tmp_path, tables_of, word):
    parts = [f"{word}{n},{word}{n}人数,{word}{n}月薪（元）" for n in (1, 2, 3)]
    lines(
        tmp_path,
        "a.csv",
        f"企业名称,在职员工数,{','.join(parts)}",
        "甲公司,59,焊工,3,5600-6700,电工,7,面议,,,",
        "乙公司,28,架子工,2,6000-8000,施工员,1,4700,钢筋工,2,6000",
    )
    tables = tables_of(tmp_path)
    held = tables.employers
    assert list(held["post"]) == ["焊工", "电工", "架子工", "施工员", "钢筋工"]
    assert list(held["vacancies"]) == [3, 7, 2, 1, 2]
    assert list(held["wage_low"].fillna(0)) == [5600, 0, 6000, 4700, 6000]
    assert open_questions(tables).empty


@pytest.mark.parametrize(
    "heads", [("第一意愿工种", "第二意愿工种"), ("第一志愿工种", "第二志愿工种")]
)
def test_wishes_in_an_order_below_a_heading_of_their_own(tmp_path, save, tables_of, heads):
    rows = [
        ["序号", "年龄", "培训意愿", None, None, "培训时间"],
        [None, None, *heads, "拟取得等级", None],
        [1, 27, "叉车司机", None, "中级（四级）", "晚上"],
        [2, 55, "电工", "汽车维修工", "初级工", "农闲"],
    ]
    save(tmp_path / "培训意愿摸底表.xlsx", rows, merge=("A1:A2", "B1:B2", "C1:E1", "F1:F2"))
    tables = tables_of(tmp_path)
    assert list(tables.workers["wish"]) == ["叉车司机", "电工", "汽车维修工"]
    assert list(tables.workers["level"]) == ["level_4", "level_5", "level_5"]
    assert tables.workers["person"].nunique() == 2
    assert open_questions(tables).empty


@pytest.mark.parametrize(
    "top", ["培训需求（可多选，打“√”）", "培训意愿", "想参加的培训（在相应栏打√）"]
)
def test_ticks_below_occupations_under_one_heading(tmp_path, save, tables_of, top):
    rows = [
        ["序号", "年龄", "所属区", top, None, None, "备注"],
        [None, None, None, "茶艺师", "手工编织", "电子商务师", None],
        [1, 54, "同安区", None, "√", None, None],
        [2, 46, "湖里区", "√", None, "√", None],
    ]
    merge = ("A1:A2", "B1:B2", "C1:C2", "D1:F1", "G1:G2")
    save(tmp_path / "培训需求.xlsx", rows, merge=merge)
    tables = tables_of(tmp_path)
    assert list(tables.workers["wish"]) == ["手工编织", "茶艺师", "电子商务师"]
    assert list(tables.workers["district"]) == ["同安区", "湖里区", "湖里区"]
    assert open_questions(tables).empty


def test_other_ticks_under_a_heading_of_training_are_no_wishes(tmp_path, save, tables_of):
    rows = [
        ["序号", "年龄", "希望培训的职业（工种）", "培训方式", None],
        [None, None, None, "线上", "线下"],
        [1, 54, "焊工", "√", None],
    ]
    save(tmp_path / "a.xlsx", rows, merge=("A1:A2", "B1:B2", "C1:C2", "D1:E1"))
    assert list(tables_of(tmp_path).workers["wish"]) == ["焊工"]


# -- blocks below each other, each with a caption -------------------------------------------------


@pytest.mark.parametrize(
    "captions",
    [
        ("（一）招聘需求人数", "（二）登记求职人数"),
        ("表1 需求人数", "表2 求职人数"),
        ("需求人数", "求职人数"),
    ],
)
@pytest.mark.parametrize("corner", [None, "单位：人"])
def test_posts_and_seekers_in_blocks_under_captions(tmp_path, save, tables_of, captions, corner):
    head = ["职业（工种）", "思明", "湖里", "合计"]
    rows = [["2026年2月各区分职业供求情况"], [captions[0], None, None, corner], head]
    rows += [["电工", 75, 50, 125], ["焊工", 33, 23, 56], ["合计", 108, 73, 181], []]
    rows += [[captions[1], None, None, corner], head, ["电工", 4, 21, 25], ["焊工", 12, 7, 19]]
    save(tmp_path / "a.xlsx", rows)
    register = tables_of(tmp_path).register
    posts = register[["posts_new", "posts_total"]].max(axis=1)
    assert posts.dropna().tolist() == [75, 50, 33, 23]
    assert register["seekers_total"].dropna().tolist() == [4, 21, 12, 7]
    assert set(register["month"].astype(str)) == {"2026-02-01"}


def test_totals_by_district_age_and_group_below_each_other(tmp_path, save, tables_of):
    counts = ["劳动力人数", "占比（%）", "比上年增减（%）"]
    rows = [["2025年末劳动力资源基本情况"], [None, None, None, "单位：人"]]
    rows += [["一、按区域分"], ["区", *counts], ["思明区", 500, 50, 1], ["湖里区", 500, 50, 2]]
    rows += [["合计", 1000, 100, 1], [], ["二、按年龄分"], ["年龄组", *counts]]
    rows += [["16-24岁", 400, 40, 1], ["25-34岁", 600, 60, 2], ["合计", 1000, 100, 1], []]
    rows += [["三、按重点群体分"], ["人员类别", *counts], ["高校毕业生", 90, 9, 1]]
    save(tmp_path / "a.xlsx", rows)
    margins = tables_of(tmp_path).margins
    assert list(margins["variable"]) == ["district"] * 2 + ["age_band"] * 2 + ["group"]
    assert list(margins["persons"]) == [500, 500, 400, 600, 90]


@pytest.mark.parametrize("top", ["缺工岗位及人数", "招聘岗位和人数"])
def test_numbers_below_posts_under_a_heading_of_both(tmp_path, save, tables_of, top):
    rows = [
        ["序号", "饭店名称", "所在区", "星级", top, None, None, "缺工合计"],
        [None, None, None, None, "前厅接待员", "保洁员", "水电工", None],
        [1, "甲酒楼", "翔安区", "四星", 4, None, 5, 9],
        [2, "乙饭店", "湖里区", "未评星", None, 3, None, 3],
    ]
    merge = ("A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:G1", "H1:H2")
    save(tmp_path / "a.xlsx", rows, merge=merge)
    tables = tables_of(tmp_path)
    assert list(tables.employers["post"]) == ["前厅接待员", "水电工", "保洁员"]
    assert list(tables.employers["vacancies"]) == [4, 5, 3]
    assert open_questions(tables).empty


@pytest.mark.parametrize("head", ["用工需求", "用工需求人数", "缺工"])
def test_posts_with_their_numbers_below_a_heading_of_numbers(tmp_path, tables_of, head):
    lines(
        tmp_path,
        "接龙.csv",
        f"企业名称,所属区,{head},薪资",
        "甲大酒店有限公司,湖里区,西式面点师1人、切配工2人,4200-5700",
        "乙餐饮管理有限公司,湖里区,客房服务员7名,4000",
    )
    held = tables_of(tmp_path).employers
    assert list(held["post"]) == ["西式面点师", "切配工", "客房服务员"]
    assert list(held["vacancies"]) == [1, 2, 7]


def test_numbers_roughly_given_name_no_posts(tmp_path, tables_of):
    lines(
        tmp_path,
        "a.csv",
        "企业名称,所属区,用工需求,薪资",
        "甲大酒店有限公司,湖里区,约10人,4200-5700",
        "乙餐饮管理有限公司,湖里区,10人左右,4000",
    )
    tables = tables_of(tmp_path)
    assert tables.employers is None
    assert set(tables.quarantine["code"]) == {"intake.no_post"}
