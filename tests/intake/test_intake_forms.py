"""Forms turned over, and tables whose title says what no column does."""

from __future__ import annotations

import pytest

FORM = [
    ["企业用工需求调查表"],
    ["企业名称", "海峡精密有限公司", "所属区", "湖里区"],
    ["统一社会信用代码", "91350200MA2XQ00A1B"],
    ["职工人数：320", None, "联系人：王小明", None],
    ["联系电话", "13800001111"],
]


def test_a_form_of_one_post_is_read(tmp_path, save, tables_of):
    rows = [*FORM, ["主要缺工岗位", "数控车工"], ["缺工人数", "8"], ["月薪", "6000-9000"]]
    save(tmp_path / "a.xlsx", rows)
    tables = tables_of(tmp_path)
    row = tables.employers.iloc[0]
    assert (row["firm"], row["district"], row["employees"]) == ("91350200MA2XQ00A1B", "湖里区", 320)
    assert (row["post"], row["vacancies"], row["wage_low"]) == ("数控车工", 8, 6000)
    assert "王小明" not in tables.employers.to_string()


def test_a_form_with_a_column_a_post_is_read(tmp_path, save, tables_of):
    rows = [*FORM, ["缺工岗位", "数控车工", "电工"], ["缺工人数", 8, "3-5人"], ["月薪", None, 7000]]
    save(tmp_path / "a.xlsx", rows)
    table = tables_of(tmp_path).employers
    assert list(table["post"]) == ["数控车工", "电工"]
    assert list(table["vacancies_low"]) == [8, 3]
    assert list(table["vacancies_high"]) == [8, 5]
    assert table["wage_low"].fillna(0).tolist() == [0, 7000]
    assert set(table["firm_name"]) == {"海峡精密有限公司"}


def test_posts_one_below_the_other_in_a_form_keep_their_own_counts(tmp_path, save, tables_of):
    posts = [["缺工岗位", "车工"], ["缺工人数", 8], ["缺工岗位", "电工"], ["缺工人数", 2]]
    save(tmp_path / "a.xlsx", [*FORM, *posts])
    table = tables_of(tmp_path).employers
    assert list(zip(table["post"], table["vacancies"], strict=True)) == [("车工", 8), ("电工", 2)]


def test_a_form_that_cannot_be_told_apart_is_not_read(tmp_path, save, tables_of):
    save(tmp_path / "a.xlsx", [*FORM, ["缺工岗位", "车工"], ["缺工人数", 8], ["缺工人数", 2]])
    tables = tables_of(tmp_path)
    assert tables.employers is None
    assert list(tables.files["state"]) == ["skipped"]


def lines(tmp_path, name, *rows):
    (tmp_path / name).write_text("\n".join(rows), encoding="utf-8")


def test_posts_of_an_agency_by_month_are_read_and_their_lack_of_seekers_said(tmp_path, tables_of):
    lines(tmp_path, "a.csv", "机构名称,月份,岗位,招聘人数（人）", "海峡人力,2026-01,电工,21")
    tables = tables_of(tmp_path)
    assert tables.register[["posts_new"]].values.tolist() == [[21]]
    assert "intake.posts_only" in {note.code for note in tables.notes}
    assert tables.proposals.empty


def test_an_undated_list_of_posts_is_a_question(tmp_path, tables_of):
    lines(tmp_path, "a.csv", "机构名称,岗位,招聘人数（人）", "海峡人力,电工,21")
    tables = tables_of(tmp_path)
    assert tables.register is None
    assert list(tables.proposals["kind"]) == [""]


@pytest.mark.parametrize(
    ("title", "column"),
    [("2026年各月需求人数", "posts_total"), ("2026年求职人数", "seekers_total")],
)
def test_months_alone_are_counts_of_what_the_title_says(tmp_path, save, tables_of, title, column):
    save(tmp_path / "a.xlsx", [[title], ["岗位", "1月", "2月", "合计"], ["焊工", 12, 15, 27]])
    register = tables_of(tmp_path).register
    assert register[column].tolist() == [12, 15]
    assert [month.month for month in register["month"]] == [1, 2]


def test_districts_alone_are_counts_of_what_the_title_says(tmp_path, save, tables_of):
    rows = [["2026年3月各区岗位需求"], ["职业", "思明区", "湖里", "全市"], ["焊工", 12, 15, 27]]
    save(tmp_path / "a.xlsx", rows)
    register = tables_of(tmp_path).register
    assert list(zip(register["district"], register["posts_total"], strict=True)) == [
        ("思明区", 12),
        ("湖里区", 15),
    ]


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("a.csv", "学校,专业,毕业生人数", "graduates"),
        ("2026届毕业生.csv", "学校,专业,人数", "graduates"),
        ("a.csv", "机构,职业（工种）,在训人数", "trainees"),
    ],
)
def test_the_source_of_people_to_come_is_said_by_the_heading(tmp_path, tables_of, name, head, kind):
    lines(tmp_path, name, head, "厦门技师学院,电工,120")
    table = tables_of(tmp_path).pipeline
    assert list(zip(table["kind"], table["persons"], strict=True)) == [(kind, 120)]


def test_totals_under_a_heading_of_their_own(tmp_path, tables_of):
    lines(tmp_path, "区.csv", "所属区,劳动力人数", "思明,60", "湖里,50")
    lines(tmp_path, "劳动力结构.csv", "分组,人数", "按年龄分,", "16-24岁,30", "45岁及以上,70")
    table = tables_of(tmp_path).margins
    assert list(table["variable"]) == ["age_band", "age_band", "district", "district"]
    assert list(table["category"]) == ["16-24岁", "45岁及以上", "思明区", "湖里区"]


def test_posts_by_number_in_a_form(tmp_path, save, tables_of):
    rows = [
        ["企业走访问卷"],
        ["企业名称", "明诚商贸有限公司"],
        ["所在区", "海沧区"],
        ["联系人/电话", "谢某 15931137927"],
        ["现有员工数", 430],
        ["缺工岗位1", "配货员"],
        ["岗位1缺工人数", "5人"],
        ["缺工岗位2", "营业员"],
        ["岗位2缺工人数", "2人"],
    ]
    save(tmp_path / "a.xlsx", rows)
    table = tables_of(tmp_path).employers
    assert list(table["post"]) == ["配货员", "营业员"]
    assert list(table["vacancies"]) == [5, 2]
    assert set(table["employees"]) == {430}


def test_a_firm_named_in_the_title_of_its_form(tmp_path, save, tables_of):
    rows = [
        ["厦门益鑫生物制品有限公司2026年岗位需求"],
        ["岗位名称", "食品检验员", "打磨工"],
        ["需求人数", 15, 13],
        ["月薪", 6300, 8500],
        ["学历要求", "不限", "不限"],
    ]
    save(tmp_path / "a.xlsx", rows)
    table = tables_of(tmp_path).employers
    assert set(table["firm_name"]) == {"厦门益鑫生物制品有限公司"}
    assert list(table["vacancies"]) == [15, 13]
