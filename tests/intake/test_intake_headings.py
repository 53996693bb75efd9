"""What headings claim, and what changes their meaning.

Every case is one that was once read wrongly without a word.
"""

from __future__ import annotations

import pytest

from xmdemand.errors import InputError
from xmdemand.intake import quality_report
from xmdemand.intake.headings import likest, meaning
from xmdemand.intake.matching import match_headings


def lines(tmp_path, name, *rows, encoding="utf-8"):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(rows), encoding=encoding)


def asked(tables):
    open_ = tables.proposals[~tables.proposals["taken"].astype(bool)]
    return set(open_["heading"]) - {""}


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


def test_staff_of_a_firm_is_added_up_once(tmp_path, tables_of):
    rows = ("甲公司,50,铣工,4", "甲公司,50,钳工,3", "合计,50,,7")
    lines(tmp_path, "a.csv", "单位名称,在岗职工数,岗位名称,缺工人数", *rows)
    assert tables_of(tmp_path).oddities.empty


def test_options_of_a_question_known_by_its_wording(tmp_path, tables_of):
    head = ",".join(f"5、您希望参加哪些职业(工种)培训({post})" for post in ("焊工", "电工"))
    lines(tmp_path, "a.csv", f"序号,提交答卷时间,来自IP,1、您的年龄,{head}", "1,,1.1.1.1,30,1,0")
    tables = tables_of(tmp_path)
    assert list(tables.workers["wish"]) == ["焊工"]
    assert asked(tables) == set()


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
