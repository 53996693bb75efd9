"""Tables of shapes nobody asked for: what two headings claim, and what stands side by side.

Every case is one that was once read wrongly without a word.
"""

from __future__ import annotations

import json

import pandas as pd
import pytest

from xmdemand.errors import InputError
from xmdemand.intake import quality_report
from xmdemand.intake.facts import facts_above
from xmdemand.intake.headings import likest, meaning
from xmdemand.intake.matching import match_headings
from xmdemand.intake.periods import period_around
from xmdemand.intake.values import parse_count


def lines(tmp_path, name, *rows, encoding="utf-8"):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(rows), encoding=encoding)


def asked(tables):
    open_ = tables.proposals[~tables.proposals["taken"].astype(bool)]
    return set(open_["heading"]) - {""}


# -- one column claimed by several headings -----------------------------------------------------


def test_two_headings_for_one_column_are_a_question_not_a_choice(tmp_path, tables_of):
    rows = ("单位名称,岗位名称,缺员数,拟招聘人数", "甲公司,保安员,10,15")
    lines(tmp_path, "a.csv", *rows)
    before = tables_of(tmp_path)
    assert asked(before) == {"缺员数", "拟招聘人数"}
    assert before.employers is None
    answers = '[employers]\n"缺员数" = "vacancies"\n"拟招聘人数" = "planned_hires"\n'
    lines(tmp_path, "mapping.toml", answers)
    row = tables_of(tmp_path).employers.iloc[0]
    assert (row["vacancies"], row["planned_hires"]) == (10, 15)


def test_a_vague_heading_gives_way_and_is_listed_where_it_stands_alone(tmp_path, tables_of):
    lines(tmp_path, "a.csv", "企业名称,工种,人数,缺口人数", "甲公司,挡车工,80,6")
    tables = tables_of(tmp_path)
    assert list(tables.employers["vacancies"]) == [6]
    assert asked(tables) == {"人数"}
    match = match_headings("employers", ("企业名称", "工种", "人数"), {})
    assert [guess.heading for guess in match.vague] == ["人数"]


def test_own_post_and_official_name_are_not_two_posts(tmp_path, tables_of):
    lines(
        tmp_path,
        "a.csv",
        "企业名称,岗位名称,对应工种,工种,缺工人数",
        "甲公司,氩弧焊师傅,电焊工,焊工,4",
    )
    tables = tables_of(tmp_path)
    assert list(tables.employers["post"]) == ["氩弧焊师傅"]
    assert list(tables.employers["vacancies"]) == [4]
    assert "工种" in asked(tables)


@pytest.mark.parametrize(
    "heading",
    [
        "招聘人数（已到岗）",
        "去年同期招聘人数",
        "预计流失人数",
        "需求人数/男",
        "需求人数（其中：技工）",
        "需求比重（%）",
        "与上季度相比需求变化（百分点）",
        "去年同期/需求人数",
        "上月缺工人数",
        "本月新招人数",
        "新增缺工人数",
    ],
)
@pytest.mark.parametrize("kind", ["employers", "register"])
def test_a_word_that_changes_what_is_counted_is_never_passed_over(kind, heading):
    assert meaning(kind, heading) is None
    guess = likest(kind, heading, set())
    assert guess is None or guess.score < 0.8


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("缺工人数（人）", "vacancies"),
        ("3、贵单位名称：", "firm_name"),
        ("第1题(缺工人数)", "vacancies"),
        ("用工情况/缺工人数", "vacancies"),
        ("用工需求/小计", "vacancies"),
        ("该岗位当前空缺人数", "vacancies"),
        ("本月缺工人数", "vacancies"),
        ("4、*目前空缺人数（人）", "vacancies"),
        ("单位名称（盖章）", "firm_name"),
    ],
)
def test_trimmings_that_change_nothing_are_passed_over(heading, column):
    assert meaning("employers", heading)[0].name == column


def test_headings_that_resemble_nothing_are_said(tmp_path, profile, tables_of):
    lines(tmp_path / "in", "a.csv", "单位名称,岗位名称,缺工人数,食宿福利", "甲公司,焊工,3,包吃")
    tables = tables_of(tmp_path / "in")
    notes = [note for note in tables.notes if note.code == "intake.unused"]
    assert [note.fields["headings"] for note in notes] == ["食宿福利"]
    sheet = quality_report(tables, profile)["表头确认"]
    assert [cell.value for cell in sheet[5]][:3:2] == ["a.csv", "食宿福利"]


# -- side by side -------------------------------------------------------------------------------


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


def test_districts_side_by_side_and_their_total(tmp_path, save, tables_of):
    rows = [
        ["2026年1月各区职业供求情况"],
        ["职业名称", "思明区", None, "湖里区", None, "合计", None],
        [None, *["需求人数", "求职人数"] * 3],
        ["焊工", 5, 3, 6, 2, 11, 5],
        ["营业员", 15, 13, None, None, 15, 13],
    ]
    save(tmp_path / "a.xlsx", rows, merge=("A2:A3", "B2:C2", "D2:E2", "F2:G2"))
    register = tables_of(tmp_path).register
    assert list(register["district"]) == ["思明区", "湖里区", "思明区"]
    assert register[["posts_total", "seekers_total"]].values.tolist() == [[5, 3], [6, 2], [15, 13]]


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


def test_a_comparison_with_last_month_is_not_taken_for_this_month(tmp_path, save, tables_of):
    rows = [
        ["2026年3月职业供求对比表"],
        ["职业名称", "上月", None, "本月", None],
        [None, *["需求人数", "求职人数"] * 2],
        ["厨师", 10, 5, 22, 8],
    ]
    save(tmp_path / "a.xlsx", rows, merge=("A2:A3", "B2:C2", "D2:E2"))
    register = tables_of(tmp_path).register
    assert register[["posts_total", "seekers_total"]].values.tolist() == [[22, 8]]


def test_a_head_over_men_and_women_is_not_read_as_the_total(tmp_path, save, tables_of):
    rows = [
        ["单位名称", "岗位名称", "需求人数", None],
        [None, None, "男", "女"],
        ["甲公司", "装配工", 4, 6],
    ]
    save(tmp_path / "a.xlsx", rows, merge=("A1:A2", "B1:B2", "C1:D1"))
    tables = tables_of(tmp_path)
    assert tables.employers is None
    assert "intake.no_table" in set(tables.files["code"])


# -- whose numbers they are ---------------------------------------------------------------------


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


def test_a_sheet_of_the_city_beside_sheets_of_districts_is_not_counted_again(tmp_path, tables_of):
    from openpyxl import Workbook

    book = Workbook()
    for name, n in (("思明", 5), ("湖里", 6), ("全市", 11)):
        sheet = book.create_sheet(name)
        sheet.append(["2026年2月供求情况"])
        sheet.append(["职业名称", "需求人数", "求职人数"])
        sheet.append(["保安员", n, 1])
    book.save(tmp_path / "a.xlsx")
    tables = tables_of(tmp_path)
    assert list(tables.register["posts_total"]) == [5, 6]
    assert list(tables.quarantine["code"]) == ["intake.city_total"]


# -- sheets and files ---------------------------------------------------------------------------


def test_example_and_hidden_sheets_are_left_out_and_said(tmp_path, tables_of):
    from openpyxl import Workbook

    book = Workbook()
    for name, state in (("数据", "visible"), ("填写示例", "visible"), ("旧数据", "hidden")):
        sheet = book.create_sheet(name)
        sheet.append(["单位名称", "岗位名称", "需求人数"])
        sheet.append([f"{name}公司", "电工", 5])
        sheet.sheet_state = state
    book.remove(book["Sheet"])
    book.save(tmp_path / "a.xlsx")
    tables = tables_of(tmp_path)
    assert list(tables.employers["firm_name"]) == ["数据公司"]
    assert set(tables.files["code"]) == {"", "intake.example_sheet", "intake.hidden_sheet"}


def test_records_inside_the_answer_of_an_interface(tmp_path, tables_of):
    records = [
        {"月份": "2025-07", "区": "海沧区", "岗位名称": "普工", "招聘人数": 120, "求职人数": 80}
    ]
    answer = {"code": 0, "data": {"total": 1, "list": records}}
    (tmp_path / "a.json").write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
    assert list(tables_of(tmp_path).register["posts_new"]) == [120]


def test_ranks_are_choices(tmp_path, tables_of):
    lines(
        tmp_path,
        "意愿.csv",
        "序号,提交答卷时间,来自IP,1、年龄,2、希望参加的培训职业（工种）(A.育婴师),2、希望参加的培训职业（工种）(B.保育师)",
        "1,2026/3/3 12:00:00,1.2.3.4,30,2,1",
        "2,2026/3/3 12:09:00,1.2.3.4,30,-2,1",
    )
    assert list(tables_of(tmp_path).workers["wish"]) == ["育婴师", "保育师", "保育师"]


# -- numbers ------------------------------------------------------------------------------------


def test_a_cell_with_its_own_unit_is_not_scaled_again(tmp_path, save, tables_of):
    rows = [
        ["2025年9月职业供求", None, "单位：万人"],
        ["职业名称", "需求人数", "求职人数"],
        ["焊工", 1.25, "0.5万"],
        ["电工", "3500人", 0.8],
    ]
    save(tmp_path / "a.xlsx", rows)
    register = tables_of(tmp_path).register
    assert register[["posts_total", "seekers_total"]].values.tolist() == [
        [12500, 5000],
        [3500, 8000],
    ]


def test_a_unit_of_money_in_the_corner_says_nothing_of_persons(tmp_path, save, tables_of):
    rows = [["2025年9月", "单位：万元"], ["职业名称", "需求人数", "求职人数"], ["焊工", 5, 3]]
    save(tmp_path / "a.xlsx", rows)
    assert list(tables_of(tmp_path).register["posts_total"]) == [5]


def test_a_rough_number_where_one_is_needed_is_said(tmp_path, tables_of):
    lines(
        tmp_path,
        "a.csv",
        "单位名称,在岗职工数,岗位名称,缺工人数",
        "甲公司,约120人,焊工,1",
        "乙公司,100-200人,焊工,1",
    )
    tables = tables_of(tmp_path)
    assert tables.employers["employees"].iloc[0] == 120
    assert pd.isna(tables.employers["employees"].iloc[1])
    assert list(tables.oddities["code"]) == ["intake.approximate", "intake.no_number"]


def test_a_word_wrapped_in_its_cell_is_one_post(tmp_path, save, tables_of):
    rows = [
        ["单位\n名称", "岗位\n名称", "需求\n人数"],
        ["甲公司", "包装\n工", 6],
        ["乙公司", "焊工\n电工", 4],
    ]
    save(tmp_path / "a.xlsx", rows)
    assert list(tables_of(tmp_path).employers["post"]) == ["包装工", "焊工", "电工"]


@pytest.mark.parametrize(
    ("rows", "off"),
    [
        ("甲公司,焊工,3\n乙公司,电工,4\n合计,,7", []),
        ("甲公司,焊工,3\n乙公司,电工,4\n合计,,9", [("4", "9", "各行之和为7")]),
        ("合计,,7\n甲公司,焊工,3\n乙公司,电工,4", []),
        ("甲公司,焊工,3\n小计,,3\n乙公司,电工,4\n小计,,5\n总计,,7", [("5", "5", "各行之和为4")]),
        ("甲公司,焊工,若干\n乙公司,电工,4\n合计,,9", []),
        ("甲公司,焊工,3\n其中：技工,,2\n累计,,50", []),
    ],
)
def test_printed_totals_are_held_against_the_sum(tmp_path, tables_of, rows, off):
    lines(tmp_path, "a.csv", "单位名称,岗位名称,缺工人数", rows)
    odd = tables_of(tmp_path).oddities.query("code == 'intake.total_differs'")
    found = list(zip(odd["row"].astype(str), odd["found"], odd["expected"], strict=True))
    assert found == off
    assert set(odd["severity"]) <= {"warning"}


def test_a_second_table_below_is_read_under_its_own_headings(tmp_path, save, tables_of):
    rows = [
        ["一、用工需求"],
        ["单位名称", "岗位名称", "需求人数"],
        ["甲公司", "切割工", 4],
        [],
        ["二、培训需求"],
        ["单位名称", "岗位名称", "培训人数"],
        ["甲公司", "焊工", 9],
        [None, "铆工", 5],
    ]
    save(tmp_path / "a.xlsx", rows, merge=("A7:A8",))
    tables = tables_of(tmp_path)
    table = tables.employers
    assert list(table["vacancies_kind"]) == ["exact", "missing", "missing"]
    assert list(table["train_persons_kind"]) == ["missing", "exact", "exact"]
    assert list(table["source"]) == [
        "a.xlsx!Sheet1!3",
        "a.xlsx!Sheet1 表2!7",
        "a.xlsx!Sheet1 表2!8",
    ]
    assert list(tables.files["header_row"]) == [2, 6]
    assert list(tables.files["rows_read"]) == [1, 2]


def test_persons_to_train_for_no_post_are_refused(tmp_path, tables_of):
    lines(tmp_path, "a.csv", "单位名称,培训内容,培训人数", "甲公司,消防,9")
    tables = tables_of(tmp_path)
    assert tables.employers is None
    assert list(tables.quarantine["code"]) == ["intake.no_post"]


@pytest.mark.parametrize(
    ("cell", "low", "high"),
    [("两三人", 2, 3), ("二三十人", 20, 30), ("十七八名", 17, 18), ("三五个", 3, 5)],
)
def test_two_digits_side_by_side_are_a_rough_number(cell, low, high):
    count = parse_count(cell)
    assert (count.low, count.high, count.kind) == (low, high, "range")


def test_two_digits_that_fall_are_no_number():
    assert parse_count("五三人").flags == ("unreadable",)
    assert parse_count("二〇").value == 20


# -- headings by their wording, and what stands below them ---------------------------------------


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("该岗位缺多少人？", "vacancies"),
        ("急需人数", "vacancies"),
        ("2026年计划新增用工", "planned_hires"),
        ("2025年实际招聘人数", "past_hires"),
        ("3、单位现有职工人数", "employees"),
        ("岗位现有员工数", "headcount"),
        ("薪资区间", "wage"),
        ("招聘难点", "hard_reason"),
        ("贵公司全称", "firm_name"),
        ("技能证书要求", "level"),
    ],
)
def test_a_heading_is_known_by_its_wording(heading, column):
    assert meaning("employers", heading)[0].name == column


@pytest.mark.parametrize(
    "heading",
    [
        "到岗人数",
        "其中高技能人才",
        "未来半年计划招聘人数",
        "招聘单位数",
        "推荐成功人数",
        "期望薪资",
    ],
)
def test_a_wording_of_something_else_is_not_passed_over(heading):
    assert meaning("employers", heading) is None


def test_a_worded_heading_above_other_things_is_left_and_said(tmp_path, tables_of):
    head = "单位名称,岗位名称,缺工人数,培训需求"
    lines(tmp_path, "a.csv", head, "甲公司,焊工,3,消防安全", "乙公司,电工,2,岗前教育")
    tables = tables_of(tmp_path)
    assert tables.employers["train_persons_kind"].eq("missing").all()
    assert asked(tables) == set()
    unused = [note for note in tables.notes if note.code == "intake.unused"]
    assert [note.fields["headings"] for note in unused] == ["培训需求"]
    lines(tmp_path, "a.csv", head, "甲公司,焊工,3,8", "乙公司,电工,2,约5人")
    assert list(tables_of(tmp_path).employers["train_persons_low"]) == [8, 5]


# -- examples -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        (["某某公司", "甲公司", "乙公司"], ["甲公司", "乙公司"]),
        (["厦门XX电子有限公司", "甲公司"], ["甲公司"]),
        (["示例：丙公司", "甲公司"], ["甲公司"]),
        (["（示例）丙公司", "甲公司"], ["甲公司"]),
        (["甲公司", "示例物流有限公司"], ["甲公司", "示例物流有限公司"]),
        (["某某电子公司", "某某食品公司", "甲公司"], ["某某电子公司", "某某食品公司", "甲公司"]),
        (["示例电子有限公司"], ["示例电子有限公司"]),
        (["例外电子公司", "甲公司"], ["例外电子公司", "甲公司"]),
    ],
)
def test_an_example_is_marked_or_stands_first_under_a_name_nobody_bears(
    tmp_path, tables_of, names, kept
):
    rows = (f"{name},焊工,{n}" for n, name in enumerate(names, 1))
    lines(tmp_path, "a.csv", "单位名称,岗位名称,缺工人数", *rows)
    tables = tables_of(tmp_path)
    assert list(tables.employers["firm_name"]) == kept
    told = [note.n for note in tables.notes if note.code == "intake.example_rows"]
    assert sum(told) == len(names) - len(kept)


def test_a_confirmation_may_hold_for_some_files_only(tmp_path, tables_of):
    for name in ("甲.csv", "乙.csv"):
        lines(tmp_path, name, "单位名称,岗位名称,人数", f"{name[0]}公司,焊工,3")
    lines(
        tmp_path,
        "mapping.toml",
        '[employers]\n"人数" = "vacancies"\n[files."乙*".employers]\n"人数" = "train_persons"',
    )
    table = tables_of(tmp_path).employers.set_index("firm_name")
    assert table.loc["甲公司", "vacancies"] == 3
    assert table.loc["乙公司", "train_persons"] == 3
    assert table.loc["乙公司", "vacancies_kind"] == "missing"
    lines(tmp_path, "mapping.toml", '[files."乙*".x]\n"人数" = "headcount"')
    with pytest.raises(InputError, match=r"\[files.'乙\*'.x\]"):
        tables_of(tmp_path)


def test_staff_that_differs_between_a_firm_s_posts_is_the_posts_own(tmp_path, tables_of):
    head = "企业,岗位,现有职工,缺工人数"
    lines(tmp_path, "a.csv", head, "甲公司,铣工,50,4", "甲公司,钳工,20,3", "乙公司,钳工,7,3")
    table = tables_of(tmp_path).employers
    assert table["employees"].isna().all()
    assert list(table["headcount"]) == [50, 20, 7]
    lines(tmp_path, "a.csv", head, "甲公司,铣工,50,4", "甲公司,钳工,50,3", "乙公司,钳工,7,3")
    assert list(tables_of(tmp_path).employers["employees"]) == [50, 50, 7]


# -- columns in parts, and words turned into their opposite --------------------------------------


@pytest.mark.parametrize("heads", ["最低月薪,最高月薪", "薪资下限（元）,薪资上限（元）"])
def test_two_ends_of_pay_are_one_range(tmp_path, tables_of, heads):
    head = f"企业名称,岗位,缺工人数,{heads}"
    lines(tmp_path, "a.csv", head, "甲公司,车工,3,6000,8000", "乙公司,车工,3,,7000")
    tables = tables_of(tmp_path)
    assert tables.employers[["wage_low", "wage_high"]].values.tolist() == [
        [6000, 8000],
        [7000, 7000],
    ]
    assert tables.proposals.empty


def test_ticks_below_levels_are_the_levels_assessed(tmp_path, tables_of):
    head = "职业编码,职业名称,五级,四级,三级,评价机构数"
    lines(tmp_path, "a.csv", head, "6-31-01-03,电工,√,√,,5", "6-18-02-04,焊工,√,,,3")
    tables = tables_of(tmp_path)
    assert list(tables.trainable["levels"]) == [("level_5", "level_4"), ("level_5",)]
    assert tables.proposals.empty


def test_this_month_beside_the_year_so_far(tmp_path, save, tables_of):
    rows = [
        ["2026年2月供求月报"],
        ["职业名称", "需求人数", None, "求职人数", None],
        [None, "本月", "累计", "本月", "累计"],
        ["焊工", 10, 22, 8, 17],
    ]
    save(tmp_path / "a.xlsx", rows, merge=("A2:A3", "B2:C2", "D2:E2"))
    register = tables_of(tmp_path).register
    assert register[["posts_total", "seekers_total"]].values.tolist() == [[10, 8]]


def test_what_is_still_lacking_goes_before_what_was_wanted(tmp_path, tables_of):
    lines(tmp_path, "a.csv", "企业名称,岗位,需求人数,已招人数,尚缺人数", "甲公司,车工,10,6,4")
    tables = tables_of(tmp_path)
    assert list(tables.employers["vacancies"]) == [4]
    assert asked(tables) == {"需求人数"}


def test_a_firm_whose_posts_nobody_could_read_does_not_plan_nothing(tmp_path, tables_of):
    lines(tmp_path, "a.csv", "企业名称,所属区,招工难原因,车工空岗", "甲公司,思明,工资低,6")
    tables = tables_of(tmp_path)
    assert tables.employers is None
    assert list(tables.quarantine["code"]) == ["intake.no_post"]


@pytest.mark.parametrize("word", ["未抽中", "不是样本", "非抽样"])
def test_a_word_denied_is_not_the_word(tmp_path, tables_of, word):
    lines(tmp_path, "a.csv", "单位名称,所属区,是否抽中", f"甲公司,思明,{word}", "乙公司,思明,是")
    table = tables_of(tmp_path).firms
    assert list(table["selection"]) == ["", "probability"]


def test_a_table_of_numbers_is_no_instruction_sheet(tmp_path, tables_of):
    lines(tmp_path, "a.csv", "品名,甲,乙", "茶叶,1,2", "咖啡,3,4")
    assert list(tables_of(tmp_path).files["code"]) == ["intake.no_table"]


def test_staff_of_a_firm_is_added_up_once(tmp_path, tables_of):
    rows = ("甲公司,50,铣工,4", "甲公司,50,钳工,3", "合计,50,,7")
    lines(tmp_path, "a.csv", "单位名称,在岗职工数,岗位名称,缺工人数", *rows)
    assert tables_of(tmp_path).oddities.empty


@pytest.mark.parametrize("sign", ["—", "：", "/"])
def test_a_post_behind_a_sign_is_a_post(tmp_path, tables_of, sign):
    lines(tmp_path, "a.csv", f"企业名称,缺工人数{sign}焊工,缺工人数{sign}电工", "甲公司,4,2")
    table = tables_of(tmp_path).employers
    assert list(zip(table["post"], table["vacancies"], strict=True)) == [("焊工", 4), ("电工", 2)]


# -- the first folder of a blind author ----------------------------------------------------------


def test_options_of_a_question_known_by_its_wording(tmp_path, tables_of):
    head = ",".join(f"5、您希望参加哪些职业(工种)培训({post})" for post in ("焊工", "电工"))
    lines(tmp_path, "a.csv", f"序号,提交答卷时间,来自IP,1、您的年龄,{head}", "1,,1.1.1.1,30,1,0")
    tables = tables_of(tmp_path)
    assert list(tables.workers["wish"]) == ["焊工"]
    assert asked(tables) == set()


def test_a_person_whose_wishes_nobody_could_read_has_not_none(tmp_path, tables_of):
    head = "姓名,年龄,人员类别,希望培训职业,培训意愿"
    lines(tmp_path, "a.csv", head, "张三,30,失业人员,焊工,电工")
    tables = tables_of(tmp_path)
    assert tables.workers is None
    assert list(tables.quarantine["code"]) == ["intake.no_post"]


@pytest.mark.parametrize("sign", ["填表人：", "填表人签字：", "单位负责人（签章）:", "审核人"])
def test_who_signs_is_no_row_however_much_stands_beside(tmp_path, save, tables_of, sign):
    rows = [
        ["序号", "用人单位", "统一代码", "招聘岗位", "招聘人数", "技能要求"],
        [1, "甲公司", "91350205MAPGYJQPC9", "普工", 6, "不限"],
        [sign, "庄明辉", None, "联系电话：", "0592-6051234", "日期：2026年3月12日"],
    ]
    save(tmp_path / "a.xlsx", rows)
    tables = tables_of(tmp_path)
    assert list(tables.employers["firm_name"]) == ["甲公司"]
    assert tables.quarantine.empty


def test_a_name_behind_its_label_is_masked_in_a_refused_row(tmp_path, save, tables_of):
    rows = [
        ["单位名称", "岗位名称", "当前空缺人数", "其他"],
        ["", "普工", 6, "经办人："],
        ["", "经办人：", None, "庄明辉"],
    ]
    save(tmp_path / "a.xlsx", rows)
    assert "庄明辉" not in tables_of(tmp_path).quarantine.to_string()


def test_a_telephone_is_no_count():
    assert parse_count("0592-6051234").flags == ("unreadable",)


def test_about_ten_is_about_ten():
    count = parse_count("十来个")
    assert (count.low, count.high, count.kind) == (10, 10, "approx")


def test_posts_with_their_counts_in_one_column(tmp_path, tables_of):
    lines(
        tmp_path, "a.csv", "公司名称,招聘岗位及人数,薪资待遇", "甲公司,传菜员6人、面点师若干,5200"
    )
    table = tables_of(tmp_path).employers
    assert list(table["post"]) == ["传菜员", "面点师"]
    assert list(table["vacancies_kind"]) == ["exact", "some"]


def test_sources_of_people_side_by_side(tmp_path, save, tables_of):
    rows = [
        ["学校名称", "专业名称", "人数", None, "留厦比例"],
        [None, None, "毕业生", "在训", None],
        ["职业学院", "电子商务", 117, 33, "56%"],
    ]
    save(tmp_path / "a.xlsx", rows, merge=("A1:A2", "B1:B2", "C1:D1", "E1:E2"))
    table = tables_of(tmp_path).pipeline
    found = list(zip(table["kind"], table["persons"], table["stay_share"], strict=True))
    assert found == [("graduates", 117, 0.56), ("trainees", 33, 0.56)]


def test_a_short_year_before_its_sign(tmp_path, tables_of):
    lines(tmp_path, "a.csv", "统计月份,职业名称,需求人数,求职人数", "26年3月,焊工,5,3")
    assert [f"{m:%Y-%m}" for m in tables_of(tmp_path).register["month"]] == ["2026-03"]


def test_a_time_and_a_place_make_no_table(tmp_path, tables_of):
    lines(tmp_path, "a.csv", "时间,事项,汇报人,地点", "9:00,汇报,李某,会议室", "9:20,汇报,林某,")
    tables = tables_of(tmp_path)
    assert list(tables.files["code"]) == ["intake.instructions"]


def test_streets_are_no_question_about_districts(tmp_path, tables_of):
    lines(tmp_path, "a.csv", "单位名称,所在街道,岗位名称,缺工人数", "甲公司,开元街道,焊工,3")
    assert asked(tables_of(tmp_path)) == set()


# -- files that are not what they are called, and sums that say of what ---------------------------


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


@pytest.mark.parametrize("sign", [";", "|"])
def test_other_signs_between_cells(tmp_path, tables_of, sign):
    rows = ("企业名称,岗位,招聘人数,月薪", "甲公司,车工,2,6000-7000")
    lines(tmp_path, "a.txt", *(row.replace(",", sign) for row in rows))
    assert list(tables_of(tmp_path).employers["vacancies"]) == [2]


@pytest.mark.parametrize(
    "word", ["思明区小计", "制造业合计：", "总  计（人）", "（一）小计", "小计"]
)
def test_a_sum_that_says_of_what_is_no_row(tmp_path, tables_of, word):
    lines(tmp_path, "2026年3月.csv", "职业名称,需求人数,求职人数", "焊工,5,3", f"{word},5,3")
    assert list(tables_of(tmp_path).register["title"]) == ["焊工"]


@pytest.mark.parametrize("post", ["会计", "设计师", "统计员", "审计", "合计工程师"])
def test_a_post_that_sounds_like_a_sum_is_a_row(tmp_path, tables_of, post):
    lines(tmp_path, "2026年3月.csv", "职业名称,需求人数,求职人数", f"{post},5,3")
    assert list(tables_of(tmp_path).register["title"]) == [post]


def test_a_unit_in_the_title_s_brackets(tmp_path, save, tables_of):
    rows = [["各区劳动力（万人）"], ["区", "男", "女", "合计"], ["思明", 18, 22, 40]]
    save(tmp_path / "a.xlsx", rows)
    assert list(tables_of(tmp_path).margins["persons"]) == [400_000]


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


def test_wanted_trades_with_levels_are_no_list_of_what_can_be_assessed(tmp_path, tables_of):
    lines(tmp_path, "a.csv", "产业链,链主企业,紧缺工种,技能等级,紧缺数量", "光电,甲,铣工,中级,12")
    tables = tables_of(tmp_path)
    assert tables.trainable is None
    assert list(tables.employers["vacancies"]) == [12]


def test_adverts_are_no_returns(tmp_path, tables_of):
    head = "公司名称,职位名称,薪资,工作地点,招聘人数,发布日期,学历要求"
    lines(tmp_path, "a.csv", head, "甲公司,骑手,6-9K,厦门·湖里区,5,2026-03-02,不限")
    tables = tables_of(tmp_path)
    assert tables.employers is None
    assert list(tables.files["code"]) == ["intake.other_postings"]


def test_every_level_is_all_of_them(tmp_path, tables_of):
    lines(tmp_path, "a.csv", "职业名称,评价机构数,可评价等级", "电工,2,全部")
    assert len(tables_of(tmp_path).trainable["levels"].iloc[0]) == 5


def test_the_occupation_a_course_leads_to_goes_before_the_course(tmp_path, tables_of):
    head = "院校名称,专业名称,对应职业,2026届毕业生人数"
    lines(tmp_path, "a.csv", head, "理工,机械设计,车工,230")
    tables = tables_of(tmp_path)
    assert list(tables.pipeline["title"]) == ["车工"]
    assert asked(tables) == set()


def test_questions_with_a_number_of_two_parts(tmp_path, tables_of):
    head = "1.企业名称,5.1缺工岗位一,5.1缺工人数一,5.2缺工岗位二,5.2缺工人数二"
    lines(tmp_path, "a.csv", head, "甲公司,车工,3,铣工,2")
    table = tables_of(tmp_path).employers
    assert list(zip(table["post"], table["vacancies"], strict=True)) == [("车工", 3), ("铣工", 2)]


def test_where_one_lives_goes_before_where_one_is_registered(tmp_path, tables_of):
    lines(tmp_path, "a.csv", "年龄,户籍区,现居住区,希望培训职业", "30,同安,思明,电工")
    lines(tmp_path, "b.csv", "年龄,户口所在地,希望培训职业", "31,同安,电工")
    tables = tables_of(tmp_path)
    assert list(tables.workers["district"]) == ["思明区", "同安区"]
    assert asked(tables) == set()


# -- the second folder of a blind author ---------------------------------------------------------


@pytest.mark.parametrize("mark", ["〃", "同上"])
def test_as_above_is_what_stands_above(tmp_path, tables_of, mark):
    rows = ("甲公司,同安区,教练,8,5000", f"{mark},{mark},导游,5,{mark}")
    lines(tmp_path, "a.csv", "企业,属地,工种,缺多少人,能给的工资", *rows)
    table = tables_of(tmp_path).employers
    assert list(table["firm_name"]) == ["甲公司", "甲公司"]
    assert list(table["district"]) == ["同安区", "同安区"]
    assert list(table["wage_low"]) == [5000, 5000]


def test_a_survey_of_an_earlier_year_beside_this_year_s_is_not_counted(tmp_path, tables_of):
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book["Sheet"])
    for year, firm in ((2025, "甲公司"), (2026, "乙公司")):
        sheet = book.create_sheet(f"{year}年3月")
        sheet.append(["企业名称", "岗位名称", "缺工人数"])
        sheet.append([firm, "保洁员", 8])
    book.save(tmp_path / "历年.xlsx")
    tables = tables_of(tmp_path)
    assert list(tables.employers["firm_name"]) == ["乙公司"]
    assert list(tables.quarantine["code"]) == ["intake.earlier_year"]


def test_a_line_above_two_rows_of_headings_is_none_of_them(tmp_path, save, tables_of):
    rows = [
        ["同安区职业供求月报表"],
        ["2025年度", None, None, None, None, "单位：人"],
        ["职业", "登记招聘", None, "登记求职", None, "备注"],
        [None, "上月结转", "本月新增", "上月结转", "本月新增"],
        ["锅炉工", 29, 38, 57, 1],
    ]
    merge = ("A1:F1", "A3:A4", "B3:C3", "D3:E3", "F3:F4")
    save(tmp_path / "a.xlsx", rows, merge=merge, title="1月")
    register = tables_of(tmp_path).register
    counts = ["posts_carried", "posts_new", "seekers_carried", "seekers_new"]
    assert register[counts].values.tolist() == [[29, 38, 57, 1]]


def test_headings_in_traditional_characters(tmp_path, tables_of):
    head = "企業名稱,統一社會信用代碼,所在區,職位名稱,需求人數,聯絡人"
    lines(tmp_path, "a.csv", head, "甲公司,91350213MAK8XXH5E2,翔安區,焊工,15名,郑某")
    tables = tables_of(tmp_path)
    row = tables.employers.iloc[0]
    assert (row["firm"], row["district"], row["vacancies"]) == ("91350213MAK8XXH5E2", "翔安区", 15)
    assert asked(tables) == set()


def test_what_a_questionnaire_says_before_its_question(tmp_path, tables_of):
    head = "序号,提交答卷时间,来自IP,1. 您的年龄段,4. 请按意愿强烈程度排序：希望参加的培训"
    lines(tmp_path, "a.csv", head, "1,2026/3/3 12:00:00,1.1.1.1,25-34岁,电工→剪辑师")
    assert list(tables_of(tmp_path).workers["wish"]) == ["电工", "剪辑师"]


def test_wishes_in_order_below_one_heading(tmp_path, save, tables_of):
    rows = [
        ["姓名", "出生年月", "培训意愿", None, "培训等级"],
        [None, None, "第一意愿", "第二意愿", None],
        ["张三", "1991-06", "保育师", "电工", "中级"],
    ]
    save(tmp_path / "a.xlsx", rows, merge=("A1:A2", "B1:B2", "C1:D1", "E1:E2"))
    assert list(tables_of(tmp_path).workers["wish"]) == ["保育师", "电工"]


def test_ticks_below_one_heading_over_levels(tmp_path, save, tables_of):
    rows = [
        ["职业名称", "可评价等级", None, "评价机构数"],
        [None, "五级", "四级", None],
        ["缝纫工", "√", None, 1],
    ]
    save(tmp_path / "a.xlsx", rows, merge=("A1:A2", "B1:C1", "D1:D2"))
    assert list(tables_of(tmp_path).trainable["levels"]) == [("level_5",)]


def test_a_text_without_cells_is_no_table(tmp_path, tables_of):
    lines(tmp_path, "接龙.txt", "#接龙", "1. 甲公司 包装工 4人", "2. 乙公司 水电工 8人")
    assert list(tables_of(tmp_path).files["code"]) == ["intake.unknown_format"]


def test_a_text_named_xlsx_is_read(tmp_path, tables_of):
    lines(tmp_path, "a.xlsx", "公司名称,职位,拟招人数", "甲公司,客服,3", encoding="gb18030")
    assert list(tables_of(tmp_path).employers["vacancies"]) == [3]
