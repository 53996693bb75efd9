"""Rows that are no data, and cells that say other than they seem to.

Every case is one that was once read wrongly without a word.
"""

from __future__ import annotations

import pandas as pd
import pytest

from xmdemand.intake.values import parse_count


def lines(tmp_path, name, *rows, encoding="utf-8"):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(rows), encoding=encoding)


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


def test_ranks_are_choices(tmp_path, tables_of):
    lines(
        tmp_path,
        "意愿.csv",
        "序号,提交答卷时间,来自IP,1、年龄,2、希望参加的培训职业（工种）(A.育婴师),2、希望参加的培训职业（工种）(B.保育师)",
        "1,2026/3/3 12:00:00,1.2.3.4,30,2,1",
        "2,2026/3/3 12:09:00,1.2.3.4,30,-2,1",
    )
    assert list(tables_of(tmp_path).workers["wish"]) == ["育婴师", "保育师", "保育师"]


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


def test_wanted_trades_with_levels_are_no_list_of_what_can_be_assessed(tmp_path, tables_of):
    lines(tmp_path, "a.csv", "产业链,链主企业,紧缺工种,技能等级,紧缺数量", "光电,甲,铣工,中级,12")
    tables = tables_of(tmp_path)
    assert tables.trainable is None
    assert list(tables.employers["vacancies"]) == [12]


def test_every_level_is_all_of_them(tmp_path, tables_of):
    lines(tmp_path, "a.csv", "职业名称,评价机构数,可评价等级", "电工,2,全部")
    assert len(tables_of(tmp_path).trainable["levels"].iloc[0]) == 5


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
