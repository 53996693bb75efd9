"""What files say of the same thing: parts of one return, the city and its districts, periods."""

from __future__ import annotations

import pytest

from xmdemand.intake import trace


def lines(tmp_path, name, *rows):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(rows), encoding="utf-8")


def flagged(tables, code):
    return list(tables.oddities.loc[tables.oddities["code"] == code, "file"])


def test_two_tables_of_a_sheet_on_one_post_are_one_row(tmp_path, save, tables_of):
    rows = [
        ["一、用工需求"],
        ["单位名称", "岗位名称", "需求人数"],
        ["甲公司", "焊工", 4],
        ["乙公司", "电工", 2],
        [],
        ["二、培训需求"],
        ["单位名称", "岗位名称", "培训人数", "培训等级"],
        ["甲公司", "焊工", 9, "四级"],
    ]
    save(tmp_path / "a.xlsx", rows)
    tables = tables_of(tmp_path)
    table = tables.employers
    assert list(table["post"]) == ["焊工", "电工"]
    assert list(table["vacancies"]) == [4, 2]
    assert table["train_persons"].iloc[0] == 9
    assert table["train_level"].iloc[0] == "level_4"
    assert tables.quarantine.empty
    assert flagged(tables, "intake.joined") == ["a.xlsx"]


@pytest.mark.parametrize("day", ["", "2026-03-09"])
def test_a_later_form_on_training_leaves_the_one_on_vacancies(tmp_path, tables_of, day):
    lines(tmp_path, "a.csv", "单位名称,填报日期,岗位名称,缺工人数", "甲公司,2026-03-01,焊工,4")
    lines(tmp_path, "b.csv", "单位名称,填报日期,岗位名称,愿意培训人数", f"甲公司,{day},电工,6")
    table = tables_of(tmp_path).employers
    assert set(table["post"]) == {"焊工", "电工"}
    assert table["vacancies"].sum() == 4
    assert table["train_persons"].sum() == 6


HEAD = "统计月份,职业名称,需求人数,求职人数"


def districts(tmp_path, *names):
    for place, name in enumerate(names, 1):
        rows = (f"2026-03,{post},{place + n},{n}" for n, post in enumerate(POSTS))
        lines(tmp_path, f"{name}供求.csv", HEAD, *rows)


POSTS = ("焊工", "电工", "保安员", "收银员")


def city(tmp_path, name, more=0):
    rows = (f"2026-03,{post},{3 + 2 * n + more},{2 * n}" for n, post in enumerate(POSTS))
    lines(tmp_path, name, HEAD, *rows, "2026-03,缝纫工,50,40")


def test_a_file_of_the_city_is_not_counted_beside_files_of_its_districts(tmp_path, tables_of):
    districts(tmp_path, "思明区", "湖里区")
    city(tmp_path, "供求报表.csv")
    tables = tables_of(tmp_path)
    register = tables.register
    assert register.loc[register["title"] == "焊工", "posts_total"].sum() == 3
    assert list(register.loc[register["district"] == "", "title"]) == ["缝纫工"]
    assert set(tables.quarantine["code"]) == {"intake.city_total"}


def test_a_city_that_counts_more_is_refused_if_so_called_else_doubtful(tmp_path, tables_of):
    districts(tmp_path, "思明区", "湖里区")
    city(tmp_path, "全市供求.csv", more=5)
    assert len(tables_of(tmp_path).quarantine) == 4
    (tmp_path / "全市供求.csv").rename(tmp_path / "供求.csv")
    tables = tables_of(tmp_path)
    assert tables.quarantine.empty
    assert len(flagged(tables, "intake.perhaps_city_total")) == 4


def test_a_service_of_its_own_without_a_district_counts(tmp_path, tables_of):
    districts(tmp_path, "思明区", "湖里区")
    rows = (f"2026-03,{post},1,1" for post in POSTS)
    lines(tmp_path, "市人才市场.csv", HEAD, *rows)
    tables = tables_of(tmp_path)
    assert tables.quarantine.empty
    assert len(tables.register) == 12


@pytest.mark.parametrize(("n", "refused", "doubtful"), [(3, 1, 0), (2, 0, 1), (0, 0, 0)])
def test_a_quarter_beside_its_months(tmp_path, tables_of, n, refused, doubtful):
    lines(tmp_path, "季度.csv", HEAD, "2026年第一季度,焊工,30,20", "2025年第四季度,焊工,9,9")
    lines(tmp_path, "月度.csv", HEAD, *(f"2026-{m:02d},焊工,10,7" for m in range(1, n + 1)))
    tables = tables_of(tmp_path)
    assert list(tables.quarantine["code"]) == ["intake.months_given"] * refused
    assert len(flagged(tables, "intake.some_months_given")) == doubtful


def test_the_city_s_export_of_a_questionnaire_beside_a_district_s_part(tmp_path, tables_of):
    head = "序号,提交答卷时间,所用时间,来自IP,1、年龄,2、希望参加的培训职业（工种）"
    first = "2026/3/3 12:00:01,99秒,1.2.3.4,33,电工"
    lines(tmp_path, "全市意愿.csv", head, f"1,{first}", "2,2026/3/3 12:00:09,99秒,1.2.3.4,33,电工")
    lines(tmp_path, "思明意愿.csv", head, f"7,{first}", "8,2026/3/3 12:00:01,99秒,1.2.3.4,41,电工")
    tables = tables_of(tmp_path)
    assert len(tables.workers) == 3
    assert list(tables.quarantine["code"]) == ["intake.repeated"]


def test_two_services_registers_of_one_month_add_up(tmp_path, tables_of):
    head = "统计月份,所属区,职业名称,需求人数,求职人数"
    lines(tmp_path, "市平台导出.csv", head, "2026-03,湖里区,焊工,5,3", "2026-03,湖里区,电工,4,1")
    lines(tmp_path, "锐才人力.csv", head, "2026-03,湖里区,焊工,9,2", "2026-03,湖里区,电工,1,8")
    tables = tables_of(tmp_path)
    assert tables.quarantine.empty
    assert tables.register["posts_total"].sum() == 19


@pytest.mark.parametrize("name", ["湖里供求（更正）.csv", "湖里供求2.csv", "新湖里供求 最终版.csv"])
def test_a_later_file_of_one_series_replaces_the_same_rows(tmp_path, tables_of, name):
    lines(tmp_path, "湖里供求1.csv", HEAD, "2026-03,焊工,5,3", "2026-03,电工,4,1")
    lines(tmp_path, name, HEAD, "2026-03,焊工,9,2")
    tables = tables_of(tmp_path)
    assert tables.register["posts_total"].sum() == 13
    assert list(tables.quarantine["code"]) == ["intake.superseded"]


def test_a_copy_under_another_name_is_counted_once(tmp_path, tables_of):
    rows = ("2026-03,焊工,5,3", "2026-03,电工,4,1")
    lines(tmp_path, "湖里供求.csv", HEAD, *rows)
    lines(tmp_path, "汇报材料.csv", f"{HEAD},备注", *(f"{row},见附件" for row in rows))
    tables = tables_of(tmp_path)
    assert tables.register["posts_total"].sum() == 9
    assert len(tables.quarantine) == 2


def test_posts_and_seekers_of_two_sheets_are_both_read(tmp_path, tables_of):
    from openpyxl import Workbook

    book = Workbook()
    for name, n in (("招聘人数", 12), ("求职人数", 5)):
        sheet = book.create_sheet(name)
        sheet.append(["2026年湖里区职介分月", None])
        sheet.append(["工种", "1月", "2月"])
        sheet.append(["焊工", n, n + 1])
    book.save(tmp_path / "a.xlsx")
    tables = tables_of(tmp_path)
    assert tables.quarantine.empty
    assert tables.register[["posts_new", "seekers_total"]].sum().tolist() == [25, 11]


def test_a_second_list_without_days_replaces_the_posts_it_names(tmp_path, tables_of):
    head = "单位名称,岗位名称,缺工人数"
    lines(tmp_path, "思明区汇总.csv", head, "甲公司,焊工,4", "甲公司,电工,2")
    lines(tmp_path, "文旅局汇总.csv", head, "甲公司,焊工,5")
    tables = tables_of(tmp_path)
    found = zip(tables.employers["post"], tables.employers["vacancies"], strict=True)
    assert sorted(found) == [("焊工", 5), ("电工", 2)]
    assert list(tables.quarantine["code"]) == ["intake.superseded"]


def test_another_version_of_a_return_replaces_it_whole(tmp_path, tables_of):
    head = "单位名称,岗位名称,缺工人数"
    lines(tmp_path, "甲公司用工1.csv", head, "甲公司,焊工,4", "甲公司,电工,2")
    lines(tmp_path, "甲公司用工2.csv", head, "甲公司,焊工,5")
    assert list(tables_of(tmp_path).employers["vacancies"]) == [5]


def test_a_summary_sheet_of_all_people_is_counted_once(tmp_path, tables_of):
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book["Sheet"])
    for name, ages in (("思明", (30, 31)), ("湖里", (40,)), ("汇总", (30, 31, 40))):
        sheet = book.create_sheet(name)
        sheet.append(["序号", "年龄", "希望培训职业"])
        for number, age in enumerate(ages, 1):
            sheet.append([number, age, "电工"])
    book.save(tmp_path / "a.xlsx")
    tables = tables_of(tmp_path)
    assert list(tables.workers["district"]) == ["思明区", "思明区", "湖里区"]
    assert len(tables.quarantine) == 3


def test_totals_given_twice_count_once(tmp_path, tables_of):
    lines(tmp_path, "劳动力结构2024.csv", "区,劳动力人数", "思明,60", "湖里,50")
    lines(tmp_path, "劳动力结构2025.csv", "区,劳动力人数", "思明区,61", "湖里区,52")
    tables = tables_of(tmp_path)
    assert list(tables.margins["persons"]) == [61, 52]
    assert set(tables.quarantine["code"]) == {"intake.superseded"}


def test_a_row_that_went_into_another_is_traced(tmp_path, tables_of):
    lines(tmp_path, "a.csv", "单位名称,岗位名称,缺工人数", "甲公司,焊工,4")
    lines(tmp_path, "b.csv", "单位名称,岗位名称,愿意培训人数", "甲公司,焊工,6")
    tables = tables_of(tmp_path)
    assert tables.employers[["vacancies", "train_persons"]].values.tolist() == [[4, 6]]
    frame = trace(tables, "甲公司").frame
    assert list(frame["file"]) == ["a.csv", "b.csv"]
    assert list(frame["status"]) == ["accepted", "accepted"]
    assert list(frame["reason"]) == ["", "intake.joined"]


@pytest.mark.parametrize(("month", "refused", "doubtful"), [(1, 0, 2), (9, 2, 0)])
def test_an_agencys_months_are_no_parts_of_the_citys_quarter(
    tmp_path, tables_of, month, refused, doubtful
):
    lines(tmp_path, "季度.csv", HEAD, "2026年第一季度,焊工,30,20", "2026年第一季度,电工,40,30")
    rows = [f"2026-{m:02d},{post},{month},{month}" for m in (1, 2, 3) for post in ("焊工", "电工")]
    lines(tmp_path, "门店登记.csv", HEAD, *rows)
    tables = tables_of(tmp_path)
    assert list(tables.quarantine["code"]) == ["intake.months_given"] * refused
    assert len(flagged(tables, "intake.some_months_given")) == doubtful
    assert len(tables.register) == 8 - refused
