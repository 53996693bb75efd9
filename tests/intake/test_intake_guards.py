"""What no list of words foresees is asked or said: whole classes of silent errors, not wordings.

Every class comes with headings and cells that stand in no declaration.
"""

from __future__ import annotations

import pytest

from xmdemand.intake.personal import MASK, mask, name_persons
from xmdemand.intake.posts import split_posts


def lines(tmp_path, name, *rows):
    (tmp_path / name).write_text("\n".join(rows), encoding="utf-8")


def open_questions(tables):
    return tables.proposals[~tables.proposals["taken"].astype(bool)]


# -- names of persons -------------------------------------------------------------------------


@pytest.mark.parametrize("head", ["联络员", "HRBP", "会员代表", "驻厂老师", "到会HR", "谁跟进"])
def test_a_column_of_names_is_masked_whatever_stands_above_it(tmp_path, tables_of, head):
    lines(
        tmp_path,
        "a.csv",
        f"企业名称,岗位,缺工人数,{head}",
        "甲公司,焊工,,林美玲",
        "乙公司,电工,,王建国",
        "丙公司,车工,3,李芳",
    )
    tables = tables_of(tmp_path)
    assert len(tables.quarantine) == 2
    said = tables.quarantine.to_csv() + tables.oddities.to_csv()
    assert MASK in said
    assert not any(name in said for name in ("林美玲", "王建国", "李芳"))


def test_a_name_beside_a_number_goes_with_it_and_a_post_stays():
    assert mask("刘俊豪 13360648750") == f"{MASK} {MASK}"
    assert mask("庄秀英（15902999842）") == f"{MASK}（{MASK}）"
    assert mask("13360648750 王芳") == f"{MASK} {MASK}"
    assert mask("施工员 13360648750") == f"施工员 {MASK}"


def test_who_decided_stands_in_the_decisions_and_in_no_refusal(tmp_path, tables_of):
    lines(
        tmp_path,
        "意见.csv",
        "职业（工种）,意见,理由,决定人,日期",
        "焊工,调入,缺,林美玲,2026-04-01",
        "电工,调入,,王建国,2026-04-01",
    )
    tables = tables_of(tmp_path)
    assert list(tables.decisions["who"]) == ["林美玲"]
    assert "王建国" not in tables.quarantine.to_csv()


def test_levels_schools_and_places_are_no_names():
    assert not name_persons(["高级工", "中级工", "初级工"])
    assert not name_persons(["高中", "大专", "本科"])
    assert not name_persons(["马巷街道", "洪塘镇", "江头街道"])
    assert not name_persons(["施工员", "车工", "钳工", "金属热处理工"])


# -- a column left empty beside one that speaks of it ---------------------------------------------


@pytest.mark.parametrize(
    ("head", "cells", "low"),
    [
        ("岗位月薪(千元)", ["4.6-7.4", "5-7"], [4600, 5000]),
        ("转正后工资(元/月)", ["4600-7400", "面议"], [4600, 0]),
        ("每月能拿到手多少薪水", [4600, 5000], [4600, 5000]),
        ("工价（万元/月）", [0.46, 0.5], [4600, 5000]),
    ],
)
def test_pay_is_read_where_heading_and_cells_agree(tmp_path, save, tables_of, head, cells, low):
    rows = [["企业名称", "岗位", "缺工人数", head]]
    rows += [["甲公司", "焊工", 3, cells[0]], ["乙公司", "电工", 5, cells[1]]]
    save(tmp_path / "a.xlsx", rows)
    tables = tables_of(tmp_path)
    assert list(tables.employers["wage_low"].fillna(0)) == low
    taken = tables.proposals[tables.proposals["taken"].astype(bool)]
    assert "wage" in set(taken["column"]) or not len(taken)
    assert open_questions(tables).empty


def test_pay_in_two_columns_under_a_heading_of_its_own(tmp_path, save, tables_of):
    rows = [
        ["企业", None, "人员（人）", "待遇（千元/月）", None],
        ["企业名称", "工种", "缺口", "最低", "最高"],
        ["甲公司", "焊工", 3, 5.8, 6.6],
        ["乙公司", "电工", 5, 4.7, 7.1],
    ]
    save(tmp_path / "a.xlsx", rows, merge=("A1:B1", "D1:E1"))
    held = tables_of(tmp_path).employers
    assert held[["wage_low", "wage_high"]].values.tolist() == [[5800, 6600], [4700, 7100]]


def test_two_columns_that_may_be_pay_are_asked(tmp_path, save, tables_of):
    rows = [
        ["企业名称", "岗位", "缺工人数", "薪资甲档", "薪资乙档"],
        ["甲公司", "焊工", 3, 5000, 6000],
        ["乙公司", "电工", 5, 5500, 6500],
    ]
    save(tmp_path / "a.xlsx", rows)
    tables = tables_of(tmp_path)
    assert set(open_questions(tables)["column"]) == {"wage"}
    assert tables.employers["wage_low"].isna().all()


@pytest.mark.parametrize("head", ["期望薪资", "去年工资(元)", "实习补助(元/月)", "主营业务收入"])
def test_money_of_something_else_is_not_taken(tmp_path, save, tables_of, head):
    rows = [["企业名称", "岗位", "缺工人数", head], ["甲公司", "焊工", 3, 5000]]
    save(tmp_path / "a.xlsx", rows)
    tables = tables_of(tmp_path)
    assert tables.employers["wage_low"].isna().all()
    asked = "wage" in set(open_questions(tables)["column"])
    assert asked == (head in ("期望薪资", "去年工资(元)"))  # those resemble a heading of ours


@pytest.mark.parametrize("head", ["*(单据头)组织名称", "FOrgName", "客户（甲方）", "谁家要人"])
def test_a_column_of_firms_is_the_firms_whatever_stands_above(tmp_path, save, tables_of, head):
    rows = [
        [head, "组织信用代码", "岗位", "缺工人数"],
        ["厦门甲乙食品有限公司", "91350206MA9PXE9QEG", "焊工", 3],
        ["厦门丙丁电子有限公司", "91350206MA970H8TX7", "电工", 5],
    ]
    save(tmp_path / "a.xlsx", rows)
    held = tables_of(tmp_path).employers
    assert list(held["firm_name"]) == ["厦门甲乙食品有限公司", "厦门丙丁电子有限公司"]


def test_a_firm_that_only_sends_people_is_asked(tmp_path, save, tables_of):
    rows = [
        ["发布单位", "组织信用代码", "岗位", "缺工人数"],
        ["厦门甲乙食品有限公司", "91350206MA9PXE9QEG", "焊工", 3],
    ]
    save(tmp_path / "a.xlsx", rows)
    assert "firm_name" in set(open_questions(tables_of(tmp_path))["column"])


@pytest.mark.parametrize("word", ["上月结存", "期初留存", "上期末转入"])
def test_what_a_register_carries_on_is_not_dropped(tmp_path, save, tables_of, word):
    rows = [
        ["职业名称", "月份", f"岗位{word}数", "本月新登记岗位", f"求职{word}数", "本月新登记求职"],
        ["快递员", "2026-03", 52, 29, 2, 157],
        ["电工", "2026-03", 5, 9, 12, 15],
    ]
    save(tmp_path / "求职登记.xlsx", rows)
    tables = tables_of(tmp_path)
    asked = set(open_questions(tables)["column"])
    for column, values in (("posts_carried", [52, 5]), ("seekers_carried", [2, 12])):
        assert column in asked or list(tables.register[column]) == values


def test_last_season_is_not_what_a_register_carries_on(tmp_path, save, tables_of):
    rows = [
        ["职业", "本季度登记招聘", "上季度登记招聘", "本季度登记求职", "求人倍率"],
        ["快递员", 52, 29, 20, 2.6],
    ]
    save(tmp_path / "2026年第一季度供求.xlsx", rows)
    assert open_questions(tables_of(tmp_path)).empty


# -- a sheet that may be of another kind ----------------------------------------------------------


def test_persons_with_their_certificates_are_nothing_that_can_be_trained(tmp_path, save, tables_of):
    rows = [
        ["序号", "姓名", "证件号码", "职业名称", "级别", "证书编号", "发证日期"],
        [1, "王芳", "350203197502021808", "汽车维修工", "四级", "Y0035", "2026-03-26"],
    ]
    save(tmp_path / "a.xlsx", rows)
    tables = tables_of(tmp_path)
    assert tables.trainable is None
    assert list(tables.files["code"]) == ["intake.other_certified"]


def test_people_in_training_are_no_list_of_what_can_be_trained(tmp_path, save, tables_of):
    rows = [
        ["开班编号", "培训学校", "培训工种", "级别", "在训人数", "预计结业"],
        ["PX1", "嘉禾培训学校", "电工", "四级", 35, "2026-06-15"],
        ["PX2", "启明培训学校", "焊工", "五级", 39, "2026-06-15"],
    ]
    save(tmp_path / "在训学员.xlsx", rows)
    tables = tables_of(tmp_path)
    assert tables.trainable is None
    held = tables.pipeline[["title", "kind", "persons"]].values.tolist()
    assert held == [["电工", "trainees", 35], ["焊工", "trainees", 39]]


# -- cells that contradict their column -----------------------------------------------------------


def test_pay_a_number_or_a_day_is_no_post(tmp_path, tables_of):
    lines(
        tmp_path,
        "a.csv",
        "企业名称,岗位,缺工人数",
        "甲公司,焊工,3",
        "乙公司,7200-8400,4",
        "丙公司,底薪3700；综合收入7400-8000,5",
        "丁公司,2026-03-01,5",
        "戊公司,12,5",
        "己公司,4号线列车司机,5",
        "庚公司,3D打印操作员,5",
    )
    tables = tables_of(tmp_path)
    assert list(tables.employers["firm_name"]) == ["甲公司", "己公司", "庚公司"]
    assert set(tables.quarantine["code"]) == {"intake.not_such"}
    assert len(tables.quarantine) == 4


def test_firms_and_posts_under_each_others_headings_are_refused(tmp_path, tables_of):
    lines(
        tmp_path,
        "a.csv",
        "企业名称,岗位,缺工人数",
        "焊工,厦门甲电子有限公司,3",
        "电工,厦门乙食品有限公司,4",
        "车工,厦门丙物流有限公司,5",
    )
    tables = tables_of(tmp_path)
    assert tables.employers is None
    assert len(tables.quarantine) == 3


def test_persons_are_no_firms(tmp_path, tables_of):
    lines(
        tmp_path,
        "a.csv",
        "企业,岗位,缺工人数",
        "林美玲,焊工,3",
        "王建国,电工,4",
        "李芳,车工,5",
    )
    tables = tables_of(tmp_path)
    assert tables.employers is None
    assert not any(name in tables.quarantine.to_csv() for name in ("林美玲", "王建国", "李芳"))


@pytest.mark.parametrize("cells", [(6500, 7000, 5800), (2024, 2025, 2026)])
def test_pay_and_years_are_no_numbers_of_people(tmp_path, tables_of, cells):
    rows = [f"{firm}公司,焊工,{cell}" for firm, cell in zip("甲乙丙", cells, strict=True)]
    lines(tmp_path, "a.csv", "企业名称,岗位,缺工人数", *rows)
    tables = tables_of(tmp_path)
    assert tables.employers is None
    assert set(tables.quarantine["code"]) == {"intake.not_such"}


# -- forms of one firm ----------------------------------------------------------------------------

FORM = [
    ["附表：用工登记", None, None],
    ["填报日期：", "2026-04-05", None],
    ["企业名称：", "厦门甲乙供应链有限公司", None],
    ["社会信用代码：", "91350203MAX59NH96N", None],
    ["所在区：", "思明区", None],
    ["全部员工：", "83人", None],
    ["联系人：", "陈国华（18675585364）", None],
    [None, None, None],
]


def test_posts_below_spoken_headings_of_a_form_are_all_read(tmp_path, save, tables_of):
    head = ["岗位", "要几个人", "开多少钱一个月"]
    posts = [["电商客服", 5, "6900-9000"], ["采购员", "1个", 5000]]
    save(tmp_path / "a.xlsx", [*FORM, head, *posts, ["其他：", "没有", None]])
    held = tables_of(tmp_path).employers
    assert list(held["post"]) == ["电商客服", "采购员"]
    assert list(held["vacancies"]) == [5, 1]
    assert list(held["wage_low"]) == [6900, 5000]
    assert set(held["firm"]) == {"91350203MAX59NH96N"}


def test_posts_below_headings_nobody_knows_are_asked_and_never_lost(tmp_path, save, tables_of):
    head = ["岗位", "多少位", "开价"]
    save(tmp_path / "a.xlsx", [*FORM, head, ["电商客服", 5, "6900-9000"], ["采购员", 1, 5000]])
    tables = tables_of(tmp_path)
    assert tables.employers is None or list(tables.employers["post"]) == ["电商客服", "采购员"]
    assert tables.employers is not None or len(open_questions(tables))


def test_a_row_without_a_post_or_any_number_wants_not_nothing(tmp_path, save, tables_of):
    rows = [["企业名称", "岗位", "月薪"], ["甲公司", "焊工", 5000], ["乙公司", None, 6000]]
    save(tmp_path / "企业缺工.xlsx", rows)
    tables = tables_of(tmp_path)
    assert tables.employers is None or "" not in set(tables.employers["post"])


def test_a_block_whose_columns_stand_in_another_order_is_a_table_of_its_own(
    tmp_path, save, tables_of
):
    rows = [
        ["序号", "企业名称", "职工人数", "缺工工种", "缺工人数", "工资（元）"],
        [1, "厦门甲乙宾馆有限公司", 63, "洗碗工", 1, "6700-9200"],
        [2, "厦门丙丁物流有限公司", 27, "叉车司机", 2, "6600-8700"],
        [None] * 6,
        ["序号", "企业名称", "缺工工种", "工资（元）", "缺工人数", "职工人数"],
        [1, "厦门戊己酒店有限公司", "调酒师", "7400-8000", 4, 36],
    ]
    save(tmp_path / "a.xlsx", rows)
    held = tables_of(tmp_path).employers
    assert list(held["post"]) == ["洗碗工", "叉车司机", "调酒师"]
    assert list(held["vacancies"]) == [1, 2, 4]
    assert list(held["employees"]) == [63, 27, 36]
    assert list(held["wage_low"]) == [6700, 6600, 7400]


# -- headings of interfaces and spoken questions --------------------------------------------------


@pytest.mark.parametrize(
    "heads",
    [
        "companyName,creditCode,areaName,jobName,recruitNum,salaryMin,salaryMax",
        "company_name,credit_code,district_name,job_title,hiring_count,min_salary,max_salary",
        "EnterpriseName,CreditCode,District,PositionName,DemandNumber,WageLow,WageHigh",
    ],
)
def test_names_of_fields_are_read_word_by_word(tmp_path, tables_of, heads):
    if "District," in heads:
        heads = heads.replace("District,", "DistrictName,")
    lines(tmp_path, "a.csv", heads, "甲公司,91350205MALBXMF057,海沧区,咖啡师,12,6700,7500")
    tables = tables_of(tmp_path)
    held = tables.employers.iloc[0]
    assert [held["firm_name"], held["district"], held["post"]] == ["甲公司", "海沧区", "咖啡师"]
    assert [held["vacancies"], held["wage_low"], held["wage_high"]] == [12, 6700, 7500]
    assert open_questions(tables).empty


def test_spoken_questions_of_a_questionnaire_are_understood(tmp_path, save, tables_of):
    rows = [
        [
            "序号", "提交答卷时间", "来源", "1、贵单位全称：", "2、单位在哪个区？",
            "3、全单位现在共有多少人？", "4、眼下最缺的是什么工种？", "5、这个工种还差多少人？",
            "6、往后一年这个工种打算招多少人？", "7、这个工种开的月薪是多少元？",
        ],
        [1, "2026/04/10", "微信", "甲乙食品", "思明区", 118, "分拣员", 14, 16, "5100-6100"],
    ]  # fmt: skip
    save(tmp_path / "小调查.xlsx", rows)
    held = tables_of(tmp_path).employers.iloc[0]
    assert [held["post"], held["vacancies"], held["planned_hires"]] == ["分拣员", 14, 16]
    assert [held["employees"], held["wage_low"], held["district"]] == [118, 5100, "思明区"]


def test_wishes_in_an_order_of_any_length(tmp_path, save, tables_of):
    rows = [
        ["编号", "年龄", "培训意向", None, None, "拟考等级"],
        [None, None, "首选工种", "次选工种", "三选工种", None],
        [1, 27, "美容师", "咖啡师", "中式面点师", "四级"],
    ]
    save(tmp_path / "学员登记册.xlsx", rows, merge=("A1:A2", "B1:B2", "C1:E1", "F1:F2"))
    tables = tables_of(tmp_path)
    assert list(tables.workers["wish"]) == ["美容师", "咖啡师", "中式面点师"]
    assert open_questions(tables).empty


def test_decisions_whose_headings_nobody_listed(tmp_path, save, tables_of):
    rows = [
        ["职业（工种）", "定稿意见", "主要依据", "拍板人", "牵头单位", "定稿日"],
        ["焊工", "调入", "长期招不满", "卓毅川", "市人社局", "2026-05-08"],
        ["收银员", "调出", "招聘量下降", "欧阳敏芝", "市商务局", "2026-05-08"],
    ]
    save(tmp_path / "研判结论.xlsx", rows)
    tables = tables_of(tmp_path)
    assert list(tables.decisions["who"]) == ["卓毅川", "欧阳敏芝"]
    assert open_questions(tables).empty


def test_firms_under_an_unknown_heading_make_a_return_of_posts(tmp_path, save, tables_of):
    rows = [
        ["服务商（签约）", "站点所在区", "岗位", "尚需补充人数", "月均到手（元）"],
        ["厦门甲乙冷链有限公司", "海沧区", "快递员", 11, 8700],
        ["厦门丙丁速递有限公司", "思明区", "分拣员", 4, 6500],
    ]
    save(tmp_path / "a.xlsx", rows)
    held = tables_of(tmp_path).employers
    assert list(held["firm_name"]) == ["厦门甲乙冷链有限公司", "厦门丙丁速递有限公司"]
    assert list(held["wage_low"]) == [8700, 6500]


@pytest.mark.parametrize("head", ["岗位状态", "statusName", "招聘状态"])
def test_a_post_that_its_row_calls_filled_is_flagged(tmp_path, tables_of, head):
    lines(
        tmp_path,
        "a.csv",
        f"企业名称,岗位,缺工人数,{head}",
        "甲公司,焊工,3,招聘中",
        "乙公司,电工,5,已招满",
        "丙公司,车工,5,已下架",
    )
    tables = tables_of(tmp_path)
    assert len(tables.employers) == 3
    odd = tables.oddities[tables.oddities["code"] == "intake.closed"]
    assert list(odd["row"]) == [3, 4]


@pytest.mark.parametrize("cell", ["暂不考虑", "不想学", "没有意愿", "暂时不需要", "还没想好"])
def test_who_wishes_for_nothing_names_no_trade(cell):
    assert split_posts(cell).value is None


def test_a_trade_may_begin_with_a_word_of_denial():
    assert split_posts("无人机驾驶员").value[0].title == "无人机驾驶员"
    assert split_posts("不锈钢焊工").value[0].title == "不锈钢焊工"
