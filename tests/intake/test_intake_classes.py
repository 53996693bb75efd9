"""Ways of writing a table that a folder nobody had seen brought, each with others of its class."""

from __future__ import annotations

import pytest

from xmdemand.intake.names import Names
from xmdemand.intake.personal import MASK, mask
from xmdemand.intake.values import parse_district


def lines(tmp_path, name, *rows):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(rows), encoding="utf-8")


def opened(tables):
    return tables.proposals[~tables.proposals["taken"].astype(bool)]


# -- several tables on one sheet -----------------------------------------------------------------


@pytest.mark.parametrize("gap", [[""], []])
def test_a_list_folded_into_columns_is_one_list(tmp_path, save, tables_of, gap):
    head = ["职业", "需求人数", "求职人数"]
    rows = [["2025年第三季度供求表"], [*head, *gap, *head]]
    rows += [["焊工", 5, 9, *gap, "电工", 7, 3], ["钳工", 1, 2, *gap, "", None, None]]
    save(tmp_path / "a.xlsx", rows)
    tables = tables_of(tmp_path)
    found = tables.register[["title", "posts_total", "seekers_total"]].values.tolist()
    assert found == [["焊工", 5, 9], ["电工", 7, 3], ["钳工", 1, 2]]
    assert opened(tables).empty


def test_posts_of_a_firm_repeated_under_the_same_headings(tmp_path, tables_of):
    lines(tmp_path, "a.csv", "单位名称,岗位,缺工人数,岗位,缺工人数", "甲公司,焊工,3,电工,4")
    table = tables_of(tmp_path).employers
    assert list(zip(table["firm_name"], table["post"], table["vacancies"], strict=True)) == [
        ("甲公司", "焊工", 3),
        ("甲公司", "电工", 4),
    ]


def test_two_tables_side_by_side_are_read_each(tmp_path, save, tables_of):
    rows = [["思明区用工情况"], ["企业名称", "缺工岗位", "缺工数", "", "工种", "单位", "拟招人数"]]
    rows += [
        ["甲公司", "焊工", 3, "", "电工", "乙公司", 4],
        ["丙公司", "车工", 1, "", "", "", None],
    ]
    save(tmp_path / "a.xlsx", rows)
    tables = tables_of(tmp_path)
    table = tables.employers
    found = list(zip(table["firm_name"], table["post"], table["vacancies"], strict=True))
    assert found == [("甲公司", "焊工", 3), ("丙公司", "车工", 1), ("乙公司", "电工", 4)]
    assert set(table["district"]) == {"思明区"}
    assert opened(tables).empty


def test_notes_beside_a_table_are_no_table(tmp_path, save, tables_of):
    rows = [
        ["企业名称", "缺工岗位", "缺工数", "", "填表须知"],
        ["甲公司", "焊工", 3, "", "如实填写"],
    ]
    save(tmp_path / "a.xlsx", rows)
    tables = tables_of(tmp_path)
    assert list(tables.employers["vacancies"]) == [3]
    assert len(tables.files) == 1


def test_further_tables_below_are_known_by_their_wording(tmp_path, save, tables_of):
    rows = [
        ["2026年3月海沧区分行业用工需求"],
        ["一、制造业"],
        ["序号", "企业名称", "岗位", "需求人数", "月薪"],
        [1, "甲公司", "包装工", 8, "5.4-6.3K"],
        ["合计", "", "", 8, ""],
        ["", "", "", "", ""],
        ["二、建筑业"],
        ["企业", "工种", "缺工数", "工价", "要求到岗"],
        ["乙公司", "施工员", "51人", "7700-11600", "尽快"],
        ["三、服务业"],
        ["序号", "岗位名称", "招用单位", "薪资范围", "拟招人数"],
        [1, "店长", "丙公司", "8000以上", 9],
    ]
    save(tmp_path / "a.xlsx", rows)
    tables = tables_of(tmp_path)
    table = tables.employers
    assert list(table["firm_name"]) == ["甲公司", "乙公司", "丙公司"]
    assert list(table["vacancies"]) == [8, 51, 9]
    assert list(table["wage_low"]) == [5400, 7700, 8000]
    assert set(table["district"]) == {"海沧区"}
    assert [source.rpartition("!")[2] for source in table["source"]] == ["4", "9", "12"]


def test_what_stands_above_the_first_table_holds_for_the_next(tmp_path, save, tables_of):
    head = ["职业名称", "需求人数", "求职人数"]
    rows = [["2026年3月供求表", "", "单位：百人"], ["思明区"], head, ["焊工", 1, 2]]
    rows += [[], ["湖里区"], ["职业", "岗位数", "求职数"], ["焊工", 3, 4]]
    save(tmp_path / "a.xlsx", rows)
    register = tables_of(tmp_path).register
    assert register["posts_total"].tolist() == [100, 300]
    assert register["district"].tolist() == ["思明区", "湖里区"]
    assert [month.month for month in register["month"]] == [3, 3]


# -- headings ------------------------------------------------------------------------------------


def test_unlike_parts_below_a_merged_heading_are_no_clash(tmp_path, save, tables_of):
    rows = [
        ["企业名称", "主要岗位", "用工需求（人）", None, "用工变动（人）", None],
        [None, None, "现缺人数", "2026年计划招聘", "2025年实际招聘", "2025年离职"],
        ["甲公司", "收银员", 8, 4, 7, 25],
    ]
    save(tmp_path / "a.xlsx", rows, merge=("A1:A2", "B1:B2", "C1:D1", "E1:F1"))
    row = tables_of(tmp_path).employers.iloc[0]
    assert [row[c] for c in ("vacancies", "planned_hires", "past_hires", "leavers")] == [
        8,
        4,
        7,
        25,
    ]


def test_what_is_written_below_tells_what_a_heading_means(tmp_path, tables_of):
    lines(tmp_path, "a.csv", "企业名称,岗位需求,缺工数", "甲公司,焊工,3", "乙公司,电工,4")
    table = tables_of(tmp_path).employers
    assert list(table["post"]) == ["焊工", "电工"]
    lines(tmp_path, "a.csv", "企业名称,岗位,岗位需求", "甲公司,焊工,3", "乙公司,电工,4")
    assert list(tables_of(tmp_path).employers["vacancies"]) == [3, 4]


def test_staff_that_is_the_same_for_all_posts_of_every_firm_is_the_firm_s(tmp_path, tables_of):
    rows = [f"{f}公司,{n},{p},1" for f, n in (("甲", 80), ("乙", 60), ("丙", 9)) for p in "焊电"]
    lines(tmp_path, "a.csv", "单位名称,现有人数,工种,缺工数", *(f"{r[:-2]}工,1" for r in rows))
    table = tables_of(tmp_path).employers
    assert list(table["employees"]) == [80, 80, 60, 60, 9, 9]
    assert set(table["headcount_kind"]) == {"missing"}


@pytest.mark.parametrize("place", ["机构名称", "酒店名称", "委托企业", "市场主体名称", "入驻企业"])
def test_whoever_employs_is_a_firm(tmp_path, tables_of, place):
    lines(tmp_path, "a.csv", f"{place},岗位,缺工数", "鹭江养老院,护理员,3", "厦门某酒店,厨师,4")
    tables = tables_of(tmp_path)
    assert list(tables.employers["firm_name"]) == ["鹭江养老院", "厦门某酒店"]
    assert opened(tables).empty


def test_a_list_of_firms_without_marks_of_a_sample(tmp_path, tables_of):
    lines(
        tmp_path,
        "规模以上单位名录.csv",
        "单位详细名称,统一社会信用代码,行业门类,从业人员期末人数,单位规模,注册地（镇街）",
        "甲公司,91350211MAD83LEJQ1,制造业,82,小型,集美区后溪镇",
    )
    tables = tables_of(tmp_path)
    row = tables.firms.iloc[0]
    assert (row["firm_name"], row["employees"], row["district"]) == ("甲公司", 82, "集美区")
    assert opened(tables).empty


# -- what cells say ------------------------------------------------------------------------------


def test_codes_of_a_questionnaire_are_spelt_out_by_the_sheet_beside(tmp_path, tables_of):
    from openpyxl import Workbook

    book = Workbook()
    answers = book.worksheets[0]
    answers.append(
        ["序号", "提交答卷时间", "1、您的年龄", "2、您居住在哪个区", "3、您希望参加的培训工种"]
    )
    answers.append([1, "2026/03/26 14:25:11", 30, 2, "电工"])
    answers.append([2, "2026/03/26 15:25:11", 31, -3, "焊工"])
    codes = book.create_sheet("选项编码")
    for row in (["题号", "题目", "编码", "选项"], [2, "您居住在哪个区", 2, "湖里区"]):
        codes.append(row)
    book.save(tmp_path / "a.xlsx")
    tables = tables_of(tmp_path)
    assert list(tables.workers["district"]) == ["湖里区", ""]
    assert opened(tables).empty
    assert "intake.code_book" in set(tables.files["code"])


def test_an_age_that_fits_no_band_is_said(tmp_path, tables_of):
    lines(tmp_path, "a.csv", "提交时间,年龄段,希望培训工种", "2026-03-01,30-40岁,电工")
    lines(tmp_path, "b.csv", "项目,类别,总人数", "年龄段,25-34岁,10", "年龄段,35-59岁,20")
    tables = tables_of(tmp_path)
    assert list(tables.workers["age_band"]) == [""]
    assert "intake.no_age_band" in set(tables.oddities["code"])


@pytest.mark.parametrize(("title", "district"), [("思明区用工登记", "思明区"), ("用工登记", "")])
def test_streets_are_of_the_district_the_title_names(tmp_path, save, tables_of, title, district):
    rows = [[title], ["企业名称", "所在区", "岗位", "缺工数"], ["甲公司", "新街街道", "焊工", 3]]
    save(tmp_path / "a.xlsx", rows)
    assert list(tables_of(tmp_path).employers["district"]) == [district]


def test_who_keeps_a_list_is_no_row_and_masked(tmp_path, save, tables_of):
    rows = [["企业名称", "岗位", "缺工数"], ["甲公司", "焊工", 3], ["台账管理员：曾丽娟", "", ""]]
    save(tmp_path / "a.xlsx", rows)
    tables = tables_of(tmp_path)
    assert tables.files["rows_read"].sum() == 1
    assert mask("信息员（兼）：曾丽娟") == f"信息员（兼）：{MASK}"
    assert mask("统计员：5人") == "统计员：5人"


# -- places and registers ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "district"),
    [
        ("集美区杏林思明路2号", "集美区"),
        ("同安工业集中区思明园", "同安区"),
        ("海沧台商投资区", "海沧区"),
        ("湖里公共就业服务中心", "湖里区"),
        ("集美大道100号", None),
        ("思明南路", None),
        ("厦门湖里酒店有限公司", None),
        ("思明、湖里", None),
    ],
)
def test_a_road_a_park_or_a_firm_named_after_a_district_is_not_in_it(profile, text, district):
    found = parse_district(text, Names.of(profile, []).districts)
    assert found.value == district
    assert (found.flags == ("ambiguous",)) == (district is None)


def test_registers_of_two_services_add_up_and_it_is_said(tmp_path, tables_of):
    head = "月份,区,职业,需求人数,求职人数"
    lines(tmp_path, "市就业中心.csv", head, "2026-03,思明,焊工,5,9", "2026-03,思明,电工,2,3")
    lines(tmp_path, "人才市场.csv", head, "2026-03,思明,焊工,7,1", "2026-03,湖里,电工,2,3")
    tables = tables_of(tmp_path)
    said = {n.where: n.n for n in tables.notes if n.code == "intake.several_registers"}
    assert said == {"思明区": 1}
    assert len(tables.register) == 4


def test_graduates_sent_once_more_are_counted_once(tmp_path, tables_of):
    rows = [f"{title},毕业生,{n}" for title, n in (("电工", 120), ("焊工", 80), ("护士", 60))]
    lines(tmp_path, "a.csv", "职业,来源,人数", *rows)
    lines(tmp_path, "b.csv", "职业,来源,人数", *rows, "保育师,毕业生,9")
    tables = tables_of(tmp_path)
    assert tables.pipeline["persons"].sum() == 269
    assert list(tables.quarantine["code"]) == ["intake.superseded"] * 3


# -- lines and forms within a sheet --------------------------------------------------------------


def test_lines_between_rows_say_the_month_of_those_below(tmp_path, save, tables_of):
    rows = [["2026年湖里区求人求职"], ["职业", "需求人数", "求职人数"], ["一、1月"], ["焊工", 3, 4]]
    save(tmp_path / "a.xlsx", [*rows, ["二、2月"], ["焊工", 5, 6]])
    register = tables_of(tmp_path).register
    assert [month.month for month in register["month"]] == [1, 2]
    assert register["posts_total"].tolist() == [3, 5]


def test_lines_between_rows_say_the_district_of_those_below(tmp_path, save, tables_of):
    rows = [
        ["2026年3月求人求职"],
        ["职业", "需求人数", "求职人数"],
        ["（一）思明区"],
        ["焊工", 3, 4],
    ]
    save(tmp_path / "a.xlsx", [*rows, ["小计", 3, 4], ["（二）湖里区"], ["焊工", 5, 6]])
    register = tables_of(tmp_path).register
    assert list(register["district"]) == ["思明区", "湖里区"]


def test_a_line_that_leaves_rows_above_it_untold_says_nothing(tmp_path, save, tables_of):
    rows = [["2026年3月求人求职"], ["职业", "需求人数", "求职人数"], ["焊工", 3, 4]]
    save(tmp_path / "a.xlsx", [*rows, ["湖里区"], ["焊工", 5, 6]])
    tables = tables_of(tmp_path)
    assert list(tables.register["district"]) == ["", ""]
    assert list(tables.quarantine["code"]) == ["intake.no_count"]


@pytest.mark.parametrize("gap", [[[]], []])
def test_forms_of_several_firms_below_each_other(tmp_path, save, tables_of, gap):
    def form(firm, district, *posts):
        head = [["企业名称", firm], ["所在区", district], ["岗位", "缺工人数"]]
        return [*head, *([post, n] for post, n in posts)]

    first = form("甲电子公司", "思明区", ("焊工", 3), ("电工", 2))
    save(tmp_path / "a.xlsx", [*first, *gap, *form("乙电子公司", "湖里区", ("车工", 4))])
    table = tables_of(tmp_path).employers
    found = list(zip(table["firm_name"], table["district"], table["vacancies"], strict=True))
    assert found == [
        ("甲电子公司", "思明区", 3),
        ("甲电子公司", "思明区", 2),
        ("乙电子公司", "湖里区", 4),
    ]


@pytest.mark.parametrize("head", ["企业名称,所属区,焊工,电工,合计", "企业名称,焊工,电工,小计"])
def test_posts_alone_are_counts_of_what_the_title_says(tmp_path, tables_of, head):
    row = "甲公司,思明,3,2,5" if "所属区" in head else "甲公司,3,2,5"
    lines(tmp_path, "a.csv", "2026年3月企业缺工统计", head, row)
    table = tables_of(tmp_path).employers
    assert list(zip(table["post"], table["vacancies"], strict=True)) == [("焊工", 3), ("电工", 2)]


def test_posts_across_and_districts_down(tmp_path, tables_of):
    lines(tmp_path, "2026年3月各区岗位需求.csv", "区,焊工,电工,合计", "思明,3,2,5", "湖里,1,4,5")
    register = tables_of(tmp_path).register
    assert register[["district", "title", "posts_total"]].values.tolist() == [
        ["思明区", "焊工", 3],
        ["思明区", "电工", 2],
        ["湖里区", "焊工", 1],
        ["湖里区", "电工", 4],
    ]


def test_posts_across_under_a_title_of_other_people_are_a_question(tmp_path, tables_of):
    lines(tmp_path, "2026年3月企业现有人数.csv", "企业名称,焊工,电工,合计", "甲公司,3,2,5")
    tables = tables_of(tmp_path)
    assert tables.employers is None
    assert len(opened(tables))


@pytest.mark.parametrize(
    ("head", "cell", "low"),
    [("年薪（万元）", "9-12", 7500), ("年薪", "9万", 7500), ("日薪（元）", "300", None)],
)
def test_pay_of_a_year_or_a_day_is_no_month_s(tmp_path, tables_of, head, cell, low):
    lines(tmp_path, "a.csv", f"单位名称,岗位,缺工人数,{head}", f"甲公司,焊工,5,{cell}")
    wage = tables_of(tmp_path).employers["wage_low"].iloc[0]
    assert wage == low or (low is None and wage != wage)
