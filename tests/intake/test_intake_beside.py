"""Tables side by side, people to spare, and which of several columns is the one meant."""

from __future__ import annotations

import pytest


def lines(tmp_path, name, *rows):
    (tmp_path / name).write_text("\n".join(rows), encoding="utf-8")


def open_questions(tables):
    return tables.proposals[~tables.proposals["taken"].astype(bool)]


WANTED = [
    ["序号", "企业名称", "缺工岗位", "缺工人数"],
    [1, "甲公司", "焊工", 3],
    [2, "乙公司", "电工", 5],
]
SPARE = [["序号", "企业名称", "富余岗位", "可调剂人数"], [1, "丙公司", "主播", 6], [None] * 4]
VAGUE = [["序号", "企业名称", "岗位", "人数"], *SPARE[1:]]


@pytest.mark.parametrize("gap", [[None], []])
@pytest.mark.parametrize("spare", [SPARE, VAGUE])
def test_people_to_spare_beside_people_wanted(tmp_path, save, tables_of, gap, spare):
    top = ["缺工企业", None, None, None, *gap, "富余用工企业"]
    rows = [[*one, *gap, *two] for one, two in zip(WANTED, spare, strict=True)]
    save(tmp_path / "余缺调剂表.xlsx", [["企业用工余缺调剂表"], top, *rows])
    tables = tables_of(tmp_path)
    assert tables.employers[["post", "vacancies"]].values.tolist() == [["焊工", 3], ["电工", 5]]
    assert list(tables.files["code"]) == ["", "intake.other_surplus"]
    assert open_questions(tables).empty


@pytest.mark.parametrize("line", ["二、富余用工企业", "可调剂人员"])
def test_people_to_spare_below_people_wanted(tmp_path, save, tables_of, line):
    head = ["企业名称", "岗位", "人数"]
    rows = [["用工余缺情况"], ["一、缺工企业"], head, ["甲公司", "焊工", 3], ["乙公司", "电工", 5]]
    save(tmp_path / "a.xlsx", [*rows, [line], head, ["丙公司", "主播", 6]])
    tables = tables_of(tmp_path)
    assert tables.employers[["post", "vacancies"]].values.tolist() == [["焊工", 3], ["电工", 5]]
    assert "intake.other_surplus" in set(tables.files["code"])


@pytest.mark.parametrize("word", ["富余", "余", "富余用工"])
def test_people_to_spare_told_apart_by_a_column(tmp_path, tables_of, word):
    rows = ["甲公司,焊工,缺工,3", f"乙公司,主播,{word},6"]
    lines(tmp_path, "用工.csv", "企业名称,岗位,余缺类型,需求人数", *rows)
    tables = tables_of(tmp_path)
    assert list(tables.employers["post"]) == ["焊工"]
    assert list(tables.quarantine["code"]) == ["intake.surplus"]


def test_monthly_totals_behind_a_chart_are_said(tmp_path, tables_of):
    lines(
        tmp_path,
        "图表数据.csv",
        "月份,需求总量,求职总量,求人倍率",
        "1月,5527,5026,1.1",
        "2月,5,6,0.8",
    )
    tables = tables_of(tmp_path)
    assert list(tables.files["code"]) == ["intake.other_totals"]
    assert tables.proposals.empty


def test_a_word_below_the_headings_does_not_make_a_table_another(tmp_path, tables_of):
    lines(
        tmp_path,
        "走访.csv",
        "走访日期,镇街,受访单位,2025年5月缺工数,工种,2026年5月缺工数,企业主要诉求",
        "2026.05.11,杏林街道,甲公司,13,装卸工,1,暂无",
        "2026.05.11,杏林街道,乙公司,8,保洁员,6,希望组织招聘会",
    )
    tables = tables_of(tmp_path)
    assert list(tables.employers["vacancies"]) == [1, 6]
    assert open_questions(tables).empty


def test_what_came_and_went_in_two_years_stays_a_question(tmp_path, tables_of):
    head = "企业名称,岗位,缺工人数,2024年离职人数,2025年离职人数"
    lines(tmp_path, "a.csv", head, "甲公司,焊工,3,5,7")
    tables = tables_of(tmp_path)
    assert tables.employers["leavers"].isna().all()
    assert len(open_questions(tables)) == 2


def test_graduates_of_the_year_the_title_names(tmp_path, tables_of):
    lines(
        tmp_path,
        "2026届毕业生情况.csv",
        "院校,专业名称,2025届毕业生数,2026届毕业生数,拟留厦就业比例",
        "鹭江学校,焊接技术应用,139,143,37%",
    )
    tables = tables_of(tmp_path)
    assert list(tables.pipeline["persons"]) == [143]
    assert list(tables.pipeline["kind"]) == ["graduates"]
    assert open_questions(tables).empty


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (0, 3, 2, 1)])
def test_headings_that_come_again_in_another_order(tmp_path, save, tables_of, order):
    head = ["企业名称", "职工人数", "缺工工种", "缺工人数"]
    first, second = ["甲公司", 63, "焊工", 3], ["乙公司", 36, "电工", 5]
    rows = [["（一）海沧街道"], head, first, [], ["（二）新阳街道"]]
    rows += [[row[at] for at in order] for row in (head, second)]
    save(tmp_path / "海沧区缺工.xlsx", rows)
    table = tables_of(tmp_path).employers
    assert table[["post", "vacancies", "employees"]].values.tolist() == [
        ["焊工", 3, 63],
        ["电工", 5, 36],
    ]


def test_counts_and_pay_of_posts_above_them(tmp_path, save, tables_of):
    rows = [
        ["区", "机构名称", "养老护理员", None, None, "中式烹调师", None, None],
        [None, None, *["现有人数", "缺额人数", "平均月薪（元）"] * 2],
        ["思明区", "甲敬老院", 58, 8, 5200, 5, 3, 6000],
        [None, "乙敬老院", 44, 4, 6000, 2, 0, 5600],
    ]
    save(tmp_path / "养老.xlsx", rows, merge=("A1:A2", "B1:B2", "C1:E1", "F1:H1", "A3:A4"))
    tables = tables_of(tmp_path)
    held = tables.employers[["firm_name", "district", "post", "headcount", "vacancies", "wage_low"]]
    assert held.values.tolist() == [
        ["甲敬老院", "思明区", "养老护理员", 58, 8, 5200],
        ["甲敬老院", "思明区", "中式烹调师", 5, 3, 6000],
        ["乙敬老院", "思明区", "养老护理员", 44, 4, 6000],
        ["乙敬老院", "思明区", "中式烹调师", 2, 0, 5600],
    ]
    assert open_questions(tables).empty


def test_other_posts_written_out_beside_posts_across(tmp_path, save, tables_of):
    rows = [
        ["企业名称", "分工种缺工人数", None, None, "联络员"],
        [None, "电焊工", "钳工", "其他工种（请注明）", None],
        ["甲公司", 5, None, "叉车司机5人、电镀工4人", "苏海燕 15988402578"],
        ["乙公司", None, 3, None, None],
    ]
    save(tmp_path / "缺工.xlsx", rows, merge=("A1:A2", "B1:D1", "E1:E2"))
    tables = tables_of(tmp_path)
    assert tables.employers[["post", "vacancies"]].values.tolist() == [
        ["电焊工", 5],
        ["叉车司机", 5],
        ["电镀工", 4],
        ["钳工", 3],
    ]
    assert "苏海燕" not in tables.quarantine.to_csv()


@pytest.mark.parametrize("unit", ["千元/月", "元/月"])
def test_ends_of_pay_below_a_heading_of_their_own_without_merged_cells(tmp_path, tables_of, unit):
    pay = ["5.8,6.6", "4.7,7.1"] if unit.startswith("千") else ["5800,6600", "4700,7100"]
    lines(
        tmp_path,
        "缺工.csv",
        f"企业,,岗位,,待遇（{unit}）,",
        "企业名称,镇街,工种,缺口,最低,最高",
        *(f"甲公司,马巷街道,焊工{n},{n},{p}" for n, p in enumerate(pay, 1)),
    )
    held = tables_of(tmp_path).employers
    assert held[["wage_low", "wage_high"]].values.tolist() == [[5800, 6600], [4700, 7100]]


def test_months_with_a_count_from_one_year_into_the_next(tmp_path, tables_of):
    lines(
        tmp_path,
        "逐月.tsv",
        "海沧区2025年11月至2026年2月逐月招聘求职登记（人次）",
        "职业\t11月招聘\t11月求职\t12月招聘\t12月求职\t1月招聘\t1月求职\t招聘累计",
        "电工\t1\t2\t3\t4\t5\t6\t9",
    )
    register = tables_of(tmp_path).register
    assert list(register["month"].astype(str)) == ["2025-11-01", "2025-12-01", "2026-01-01"]
    assert list(register["posts_new"]) == [1, 3, 5]
    assert list(register["seekers_total"]) == [2, 4, 6]


@pytest.mark.parametrize("last", ["上月结存", "上期结余", "上月结转"])
def test_what_is_carried_over_whatever_it_is_called(tmp_path, save, tables_of, last):
    rows = [
        ["思明区2026年5月岗位登记与求职登记情况"],
        ["职业名称", "岗位登记数", None, None, "求职登记数", None, None],
        [None, last, "本月新登记", "月末合计", last, "本月新登记", "月末合计"],
        ["快递员", 52, 29, 81, 2, 157, 159],
    ]
    save(tmp_path / "a.xlsx", rows, merge=("A2:A3", "B2:D2", "E2:G2"))
    register = tables_of(tmp_path).register
    sides = [
        f"{side}_{part}" for side in ("posts", "seekers") for part in ("carried", "new", "total")
    ]
    assert register[sides].values.tolist() == [[52, 29, 81, 2, 157, 159]]


def test_posts_registered_with_their_firms_codes_are_no_adverts(tmp_path, tables_of):
    head = "记录号,单位名称,统一社会信用代码,岗位名称,招聘人数,月薪下限,月薪上限,学历要求,发布时间"
    row = 'GW1,甲公司,="91350205MAXGT2K658",食品包装工,24,7200,9700,中专,2026-03-07 13:54:07'
    lines(tmp_path, "在招岗位.csv", head, row)
    lines(
        tmp_path,
        "广告.csv",
        head.replace(",统一社会信用代码", ""),
        row.replace(',="91350205MAXGT2K658"', ""),
    )
    tables = tables_of(tmp_path)
    assert list(tables.employers["vacancies"]) == [24]
    assert list(tables.employers["firm"]) == ["91350205MAXGT2K658"]
    assert set(tables.files["code"]) == {"", "intake.other_postings"}


def test_a_labour_contractor_of_builders_is_a_firm(tmp_path, save, tables_of):
    rows = [
        ["企业名称（盖章）", "厦门某某建筑劳务有限公司", "职工总数", 403],
        ["序号", "岗位（工种）", "目前空缺人数", "备注"],
        [1, "防水工", 2, None],
        ["我单位承诺以上所填内容真实有效。", None, None, "（单位盖章）"],
        ["企业对技能培训的建议", "希望多开夜校班"],
    ]
    save(tmp_path / "a.xlsx", rows)
    tables = tables_of(tmp_path)
    assert list(tables.employers["firm_name"]) == ["厦门某某建筑劳务有限公司"]
    assert not len(tables.quarantine)


def test_the_last_post_above_a_firms_line_is_told_though_it_has_no_number(
    tmp_path, save, tables_of
):
    def visit(firm, *posts):
        head = ["岗位", "该岗位现有人数", "缺口人数"]
        lines_of_it = [
            [f"企业名称：{firm}", None, "所属镇街：新阳街道"],
            ["现有员工：78人", "走访日期：2026.3.5"],
        ]
        return [*lines_of_it, head, *posts]

    rows = [
        ["走访记录"],
        *visit("甲机械公司", ["焊工", 9, 3], ["电工"]),
        *visit("乙重工公司", ["车工", 9, 4]),
    ]
    save(tmp_path / "走访.xlsx", rows)
    tables = tables_of(tmp_path)
    assert list(tables.employers["post"]) == ["焊工", "车工"]
    assert list(tables.quarantine["text"].str.partition("|")[0]) == ["电工"]


@pytest.mark.parametrize("cell", ["暂不考虑", "没有意向", "暂不参加培训", "无培训需求"])
def test_no_wish_is_none(tmp_path, tables_of, cell):
    lines(tmp_path, "意愿.csv", "姓名,年龄,意向培训工种", f"甲,45,{cell}", "乙,30,电工")
    assert list(tables_of(tmp_path).workers["wish"]) == ["", "电工"]
