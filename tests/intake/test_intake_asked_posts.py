"""Posts asked for one after the other, lists set in below their sum, orders below a heading.

Every class comes with spellings beside the one it was met in.
"""

from __future__ import annotations

import pandas as pd
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


@pytest.mark.parametrize("orders", [("首选", "次选"), ("第一", "第二"), ("1", "2"), (1, 2)])
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


@pytest.mark.parametrize("row", ["招工需求-第{}行-", "招聘岗位_第{}项_", "用工需求/第{}条/"])
def test_rows_of_a_table_within_a_questionnaire(tmp_path, save, tables_of, row):
    parts = [row.format(n) + what for n in (1, 2) for what in ("岗位", "还差几人", "月薪（元）")]
    rows = [
        ["序号", "单位名称", *parts],
        [1, "厦门甲有限公司", "焊工", "2个", "5500以上", "电工", 4, "6700-9500"],
        [2, "厦门乙有限公司", "咖啡师", 5, 5900, None, None, None],
    ]
    save(tmp_path / "招工需求采集.xlsx", rows)
    tables = tables_of(tmp_path)
    assert list(tables.employers["post"]) == ["焊工", "电工", "咖啡师"]
    assert list(tables.employers["vacancies"]) == [2, 4, 5]
    assert open_questions(tables).empty


@pytest.mark.parametrize("when", ["{}年春季", "{}年秋季", "{}年春节后"])
@pytest.mark.parametrize("sender", ["商会秘书处", "厦门市机械行业商会"])
def test_the_season_of_this_year_beside_that_of_last_year(tmp_path, save, tables_of, when, sender):
    rows = [
        ["会员企业用工对比表", None, None, None, None, None],
        [f"填报单位：{sender}", None, None, None, None, None],
        ["序号", "企业名称", "工种", when.format(2025), when.format(2026), "月薪（元）"],
        [None, None, None, "缺口", "缺口", None],
        [1, "厦门甲有限公司", "焊工", 1, 5, "5000-6000"],
        [2, "厦门乙有限公司", "电工", 3, 0, "面议"],
    ]
    save(tmp_path / "用工对比.xlsx", rows)
    tables = tables_of(tmp_path)
    assert list(tables.employers["firm_name"]) == ["厦门甲有限公司", "厦门乙有限公司"]
    assert list(tables.employers["vacancies"]) == [5, 0]
    assert open_questions(tables).empty


def test_branches_by_name_above_a_total_are_firms(tmp_path, save, tables_of):
    rows = [
        ["各分公司在岗与缺额情况（2026年3月底）", None, None, None, None],
        ["分公司", "汽车维修工", None, "安全员", None],
        [None, "在岗", "缺额", "在岗", "缺额"],
        ["厦门思明公交有限公司", 145, 5, 19, 2],
        ["厦门湖里公交有限公司", 283, 1, 26, 0],
        ["合计", 428, 6, 45, 2],
    ]
    save(tmp_path / "缺额.xlsx", rows, merge=("A2:A3", "B2:C2", "D2:E2"))
    tables = tables_of(tmp_path)
    assert list(tables.employers["vacancies"]) == [5, 2, 1, 0]
    assert set(tables.employers["firm_name"]) == {"厦门思明公交有限公司", "厦门湖里公交有限公司"}


def test_the_firm_of_a_title_whose_table_names_its_parts(tmp_path, save, tables_of):
    rows = [
        ["厦门甲乙医院集团2026年编外人员岗位需求一览表", *[None] * 6],
        ["院区", "科室", "岗位", "2025年报名人数", "空缺人数", "学历及专业", "税前月薪（元）"],
        ["本部", "后勤处", "电工", 18, 6, "本科", "7100"],
        ["本部", "护理部", "护理员", 23, 4, "本科", "5900-8100"],
    ]
    save(tmp_path / "编外岗位需求.xlsx", rows, merge=("A1:G1",))
    tables = tables_of(tmp_path)
    assert list(tables.employers["vacancies"]) == [6, 4]
    assert set(tables.employers["firm_name"]) == {"厦门甲乙医院集团"}


@pytest.mark.parametrize(
    ("firm", "open_posts"), [("客户公司", "未交付人数"), ("下单公司", "尚缺人数")]
)
def test_orders_of_an_agency_by_client(tmp_path, save, tables_of, firm, open_posts):
    rows = [
        ["下单日", firm, "工种", "订单人数", "本单已到岗", open_posts, "工价"],
        ["2026-02-10", "厦门甲有限公司", "焊工", 12, 8, 4, "7100-8500"],
        ["2026-03-13", "厦门乙有限公司", "电工", 25, 21, 3, "6000-7000"],
    ]
    save(tmp_path / "在跟订单.xlsx", rows)
    tables = tables_of(tmp_path)
    assert list(tables.employers["vacancies"]) == [4, 3]


@pytest.mark.parametrize("title", ["会员企业急招工种人数一览", "企业缺工情况（工种×企业）"])
def test_a_column_for_every_firm_and_a_row_for_every_post(tmp_path, save, tables_of, title):
    rows = [
        [title, None, None, None, None],
        ["工种", "厦门甲有限公司", "厦门乙有限公司", "厦门丙有限公司", "合计"],
        ["焊工", 5, None, 2, 7],
        ["电工", None, 3, None, 3],
        ["合计", 5, 3, 2, 10],
    ]
    save(tmp_path / "一览.xlsx", rows)
    held = tables_of(tmp_path).employers
    found = list(zip(held["firm_name"], held["post"], held["vacancies"], strict=True))
    assert found == [
        ("厦门甲有限公司", "焊工", 5),
        ("厦门丙有限公司", "焊工", 2),
        ("厦门乙有限公司", "电工", 3),
    ]


def test_firms_across_a_table_of_people_employed_are_not_taken_for_vacancies(
    tmp_path, save, tables_of
):
    rows = [
        ["各企业现有人员", None, None, None, None],
        ["工种", "厦门甲有限公司", "厦门乙有限公司", "厦门丙有限公司", "合计"],
        ["焊工", 5, None, 2, 7],
        ["电工", None, 3, None, 3],
    ]
    save(tmp_path / "一览.xlsx", rows)
    held = tables_of(tmp_path).employers
    assert held is None or held["vacancies"].isna().all()


@pytest.mark.parametrize("sender", ["报送单位：嘉莲街道便民服务中心", "填报地区：思明区"])
def test_who_sends_a_table_says_nothing_of_its_first_heading(tmp_path, save, tables_of, sender):
    rows = [
        ["辖区单位招工难情况汇总", None, None, None, None],
        [sender, None, None, None, "2026年4月10日"],
        ["序号", "单位全称", "招不到人的岗位", "眼下还缺几人", "社区意见"],
        [1, "厦门甲有限公司", "焊工", 2, "属实"],
        [2, "厦门乙有限公司", "电工", 5, "属实"],
    ]
    save(tmp_path / "招工难情况.xlsx", rows)
    tables = tables_of(tmp_path)
    assert list(tables.employers["vacancies"]) == [2, 5]
    assert not set(open_questions(tables)["heading"]) & {"序号", "社区意见"}


@pytest.mark.parametrize("suffix", ["xlsx", "parquet"])
def test_sums_of_groups_are_left_out_of_the_plainest_table_too(tmp_path, save, tables_of, suffix):
    rows = [["职业", "地区", "月份", "登记招聘人数", "登记求职人数"]]
    for district in ("思明区", "湖里区"):
        rows += [
            ["专业技术人员", district, "2026-01", 30, 20],
            ["　护理人员", district, "2026-01", 10, 8],
            ["　会计", district, "2026-01", 20, 12],
        ]
    if suffix == "xlsx":
        save(tmp_path / "a.xlsx", rows)
    else:
        pd.DataFrame(rows[1:], columns=rows[0]).to_parquet(tmp_path / "a.parquet")
    register = tables_of(tmp_path).register
    assert register["posts_new"].tolist() == [10, 20, 10, 20]
