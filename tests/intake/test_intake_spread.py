"""Options spread over columns, forms of one firm, last year's figures below, words of plain speech.

Every case is a class of files that was asked about, or read wrongly, before.
"""

from __future__ import annotations

import pytest

from xmdemand.intake.bygone import of_earlier_year, says_earlier
from xmdemand.intake.headings import meaning
from xmdemand.intake.implied import measure_around
from xmdemand.intake.matching import match_headings
from xmdemand.intake.personal import MASK, mask


def write(tmp_path, name, *rows):
    path = tmp_path / name
    path.write_text("\n".join(rows), encoding="utf-8")


def open_questions(tables):
    return set(tables.proposals["heading"])


def test_options_behind_a_colon_are_wishes_and_not_asked_is_none(tmp_path, tables_of):
    question = "4.您最想学的工种："
    write(
        tmp_path,
        "问卷.csv",
        f"编号,来源IP,1.您的年龄（周岁）,3.您目前属于,{question}电工,{question}焊工,{question}其他（填空）,"
        "6.您参加过的培训：电工",
        "1,1.1.1.1,33,退役军人,1,0,,0",
        "2,1.1.1.1,40,退役军人,0,1,插花员,1",
        "3,1.1.1.1,41,退役军人,-3,-3,,1",
    )
    tables = tables_of(tmp_path)
    wishes = tables.workers.groupby("person")["wish"].agg(list).tolist()
    assert wishes == [["电工"], ["焊工", "插花员"], [""]]
    assert tables.workers.groupby("person")["wishes"].first().tolist() == [1, 2, 0]
    assert open_questions(tables) == set()


def test_a_form_of_one_firm_may_have_parts_beside_its_counts(tmp_path, tables_of):
    write(
        tmp_path,
        "申报单.csv",
        "用人单位用工缺口申报单,,,,,,",
        "单位（盖章）,示例橡塑有限公司,,,职工总数,46,",
        "行次,工种,在岗,,缺口,,税前月薪",
        ",,人数,其中：女,人数,其中：女,",
        "1,焊工,60,20,5,2,6100-8200",
        "合计,,,,5,,",
    )
    tables = tables_of(tmp_path)
    (row,) = tables.employers.to_dict("records")
    assert (row["firm_name"], row["post"], row["employees"]) == ("示例橡塑有限公司", "焊工", 46)
    assert (row["headcount"], row["vacancies"], row["wage_low"]) == (60, 5, 6100)
    assert open_questions(tables) == set()


def test_last_years_figures_below_this_years_are_not_taken(tmp_path, tables_of):
    head = "企业名称,工种,缺员"
    write(
        tmp_path,
        "配员表.csv",
        "配员情况（截至2026年3月31日）,,",
        head,
        "甲码头有限公司,叉车工,5",
        "乙码头有限公司,理货员,2",
        ",,",
        "附：上年同期（2025年3月31日）配员情况，仅供对比,,",
        head,
        "甲码头有限公司,叉车工,9",
        "乙码头有限公司,理货员,8",
    )
    tables = tables_of(tmp_path)
    assert sorted(tables.employers["vacancies"]) == [2, 5]
    assert "intake.other_year" in set(tables.files["code"])


def test_only_a_further_table_of_an_earlier_year_alone_is_left_out():
    assert says_earlier(["附：去年同期缺工情况"])
    assert not says_earlier(["今年与去年同期缺工情况对比"])
    assert of_earlier_year("\n附：上年同期数据", further=True)
    assert not of_earlier_year("上年同期数据", further=False)


def test_the_nearest_text_says_which_side_a_table_counts():
    file = "各区招聘求职登记.xls"
    assert measure_around("分职业登记招聘人数", "登记招聘", file) == "posts_new"
    assert measure_around("", "登记求职", file) == "seekers_total"
    assert measure_around("招聘和求职登记", "登记求职", file) == ""


def test_a_code_of_a_district_gives_way_to_its_name():
    match = match_headings("firms", ("单位名称", "区县代码", "所在区县", "年末从业人数"), {})
    assert {place: column.name for place, column in match.columns.items()}[2] == "district"
    assert not match.contested


@pytest.mark.parametrize(
    ("kind", "heading", "column"),
    [
        ("employers", "缺岗名称", "title"),
        ("employers", "缺岗人数", "vacancies"),
        ("employers", "缺什么人、缺几个", "title"),
        ("employers", "活路（工种）", "title"),
        ("employers", "还差", "vacancies"),
        ("employers", "Q1.您所在的企业全称是？", "firm_name"),
        ("employers", "Q2.企业在哪个区？", "district"),
        ("employers", "Q6.这个岗位去年一年走了多少人？", "leavers"),
        ("employers", "Q7.打算给的月薪大约是？", "wage"),
        ("employers", "年薪标准（万元/年）", "wage"),
        ("employers", "其中：缺员逾三个月", "vacancies_3m"),
        ("employers", "上年补充（人）", "past_hires"),
        ("employers", "本年度拟补充（人）", "planned_hires"),
        ("employers", "人员情况（人）/实配", "headcount"),
        ("register", "期初结存岗位", "posts_carried"),
        ("register", "本期登记求职者", "seekers_new"),
        ("register", "招求比", "ratio_printed"),
        ("workers", "6、希望通过培训达到的等级", "level"),
        ("trainable", "可培训评价等级", "levels"),
        ("trainable", "培训学校数（所）", "institutions"),
    ],
)
def test_words_of_plain_speech_are_known(kind, heading, column):
    assert meaning(kind, heading)[0].name == column


@pytest.mark.parametrize("heading", ["IP地址", "累计流失", "订单人数", "去年缺工（人）", "应配"])
def test_words_near_them_mean_no_column(heading):
    assert meaning("employers", heading) is None


def test_whom_a_remark_tells_to_ask_is_masked_and_nothing_else():
    assert mask("希望协助办理宿舍补贴，请联系许俊豪") == f"希望协助办理宿舍补贴，请联系{MASK}"
    for text in (
        "请联系方式如下",
        "请联系用人单位",
        "可咨询人社局",
        "请找施工员",
        "可联系江头街道",
    ):
        assert mask(text) == text
