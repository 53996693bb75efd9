"""Words and spellings of one kind of value: a table of cases each, its flags with it."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xmdemand.intake.columns import KINDS
from xmdemand.intake.decode import Parsers, decode
from xmdemand.intake.names import Names
from xmdemand.intake.values import (
    Broken,
    Value,
    age_band,
    parse_age,
    parse_count,
    parse_district,
    parse_level,
    parse_wage,
)
from xmdemand.profile import Profile

NAN = math.nan
NAMES = Names.of(Profile.load("xiamen"))
TODAY = dt.date(2026, 4, 13)
BANDS = ("16-24岁", "25-34岁", "35-44岁", "45-54岁", "55-59岁")

AGES = [
    (35.0, 35.0),
    ("35", 35.0),
    ("35岁", 35.0),
    ("３５周岁", 35.0),
    ("三十五岁", 35.0),
    ("约35岁", 35.0),
    ("35岁左右", 35.0),
    ("1991", 1991.0),
    ("1991年", 1991.0),
    ("1991年出生", 1991.0),
    ("85年", 1985.0),
    ("91年生", 1991.0),
    ("1991.10", dt.date(1991, 10, 1)),
    ("1991.1", dt.date(1991, 1, 1)),
    (1991.1, 1991.0),  # January or October: a number has lost its last nought
    (1991.12, dt.date(1991, 12, 1)),
    ("1991-10", dt.date(1991, 10, 1)),
    ("1991/10/05", dt.date(1991, 10, 1)),
    ("1991年10月", dt.date(1991, 10, 1)),
    ("1991年10月5日", dt.date(1991, 10, 1)),
    ("91年10月", dt.date(1991, 10, 1)),
    ("199110", dt.date(1991, 10, 1)),
    (199110.0, dt.date(1991, 10, 1)),
    ("19911005", dt.date(1991, 10, 1)),
    (dt.datetime(1991, 10, 5), dt.date(1991, 10, 1)),
    (33516.0, dt.date(1991, 10, 1)),  # a spreadsheet's day number
    ("16-24岁", "16-24"),
    ("25—34", "25-34"),
    ("35至44周岁", "35-44"),
    ("25岁~34岁", "25-34"),
    ("A.16-24岁", "16-24"),
    ("55岁及以上", "55-"),
    ("60岁以上", "60-"),
    ("24岁及以下", "-24"),
    ("未满25岁", "-24"),
    ("30多岁", "30-39"),
    ("四十多岁", "40-49"),
    ("90后", "1990-1999"),
    ("85后", "1985-1989"),
    ("00后", "2000-2009"),
    ("", None),
    ("不清楚", None),
    ("/", None),
]


@pytest.mark.parametrize(("cell", "value"), AGES)
def test_ages_and_births(cell, value):
    read = parse_age(cell)
    assert read.value == value
    assert type(read.value) is type(value)
    assert not set(read.flags) - {"approximate"}


@pytest.mark.parametrize("cell", ["青年", "5", "1991年13月", True, Broken("#REF!"), "3.5.7"])
def test_what_is_no_age_is_flagged(cell):
    read = parse_age(cell)
    assert (read.value, read.kind) == (None, "missing")
    assert read.flags


@pytest.mark.parametrize(
    ("cell", "band"),
    [
        ("1991.10", "25-34岁"),  # 34 until October
        ("1991.04", "35-44岁"),
        ("1991.03", "35-44岁"),
        ("55岁及以上", "55-59岁"),  # open where the last band begins
        ("55岁以上", "55-59岁"),
        ("24岁及以下", "16-24岁"),
        ("25岁以下", "16-24岁"),
        ("45岁以上", ""),  # two bands: nobody's guess
        ("60岁及以上", ""),
        ("90后", ""),
        ("85后", "35-44岁"),
        ("16-24岁", "16-24岁"),
        ("30-40岁", ""),
    ],
)
def test_ages_fall_into_the_bands_of_the_known_totals(cell, band):
    assert age_band(parse_age(cell).value, BANDS, TODAY) == band


def test_a_birth_without_a_day_to_count_from_is_in_no_band():
    assert age_band(parse_age("1991.10").value, BANDS) == ""
    assert age_band(parse_age("90后").value, BANDS) == ""


PAY = [
    ("薪资面议", NAN, NAN, "missing", False),
    ("工资面议", NAN, NAN, "missing", False),
    ("待遇面谈", NAN, NAN, "missing", False),
    ("面议/电议", NAN, NAN, "missing", False),
    ("按公司规定", NAN, NAN, "missing", False),
    ("6400+绩效", 6400, NAN, "month", False),
    ("6400元/月+奖金", 6400, NAN, "month", False),
    ("5000-6000+绩效奖金", 5000, NAN, "month", False),
    ("基本工资4000+全勤+补贴", 4000, NAN, "month", False),
    ("保底5000", 5000, NAN, "month", False),
    ("底薪+提成", NAN, NAN, "piece", False),
    ("底薪3000+提成", NAN, NAN, "piece", False),
    ("4000+提成", NAN, NAN, "piece", False),
    ("试用期4000，转正5000", 5000, 5000, "month", False),
    ("转正后6000-7000元", 6000, 7000, "month", False),
    ("综合6000-8000", 6000, 8000, "month", False),
    ("高薪", NAN, NAN, "missing", True),
    ("绩效", NAN, NAN, "missing", True),
]


@pytest.mark.parametrize("cell", ["2031", "2031年5月", "20310501"])
def test_nobody_was_born_after_the_year_that_is_given(cell):
    assert parse_age(cell, last=2026).flags == ("implausible",)
    assert parse_age(cell).value is not None
    assert age_band(parse_age(cell).value, BANDS, TODAY) == ""


@pytest.mark.parametrize(("cell", "low", "high", "kind", "doubtful"), PAY)
def test_pay_in_parts_and_pay_left_open(cell, low, high, kind, doubtful):
    wage = parse_wage(cell)
    assert (wage.low, wage.high) == pytest.approx((low, high), nan_ok=True)
    assert (wage.kind, "unreadable" in wage.flags) == (kind, doubtful)


@pytest.mark.parametrize("cell", ["都可以", "随便", "无所谓", "没有要求", "等级不限", "无证书"])
def test_any_level_will_do(cell):
    assert parse_level(cell, NAMES.levels) == Value((), "any")


@pytest.mark.parametrize("cell", ["不清楚", "不知道", "说不清", "没想好", "未定"])
def test_who_does_not_know_says_nothing(cell):
    assert parse_level(cell, NAMES.levels) == Value(None, "missing")
    assert parse_count(cell).kind == "missing"
    assert not parse_count(cell).flags


GROUPS = [
    ("退役士兵", "退役军人"),
    ("复退军人", "退役军人"),
    ("外卖骑手、网约车司机等新业态", "新业态劳动者"),
    ("灵活就业", "新业态劳动者"),
    ("快递小哥", "新业态劳动者"),
    ("在校大学生", "毕业学年学生"),
    ("应届毕业生", "高校毕业生"),
    ("下岗职工", "失业人员"),
    ("4050人员", "就业困难人员"),
    ("零就业家庭成员", "就业困难人员"),
    ("残障人士", "残疾人"),
    ("进城务工人员", "农村转移就业劳动者"),
    ("企业员工", "企业职工"),
    ("返乡青年", "返乡入乡创业青年"),
]


@pytest.mark.parametrize(("cell", "group"), GROUPS)
def test_everyday_names_of_groups(cell, group):
    assert _decoded("workers", "group", cell) == (group, "")


def test_two_groups_in_one_cell_are_not_chosen_between():
    assert _decoded("workers", "group", "退役军人、残疾人") == (None, "unreadable")


@pytest.mark.parametrize("cell", ["其他人员", "以上都不是", "普通居民"])
def test_no_group_is_no_doubt(cell):
    assert _decoded("workers", "group", cell) == (None, "")


REASONS = [
    ("薪酬不匹配", "pay"),
    ("工资待遇偏低", "pay"),
    ("缺少技能人才", "unqualified"),
    ("技术工人短缺", "unqualified"),
    ("经验不足", "unqualified"),
    ("无合适人选", "unqualified"),
    ("求职人数少", "few_applicants"),
    ("没人应聘", "few_applicants"),
    ("劳动力短缺", "few_applicants"),
    ("劳动强度大、夜班", "conditions"),
    ("位置偏僻", "conditions"),
    ("流动性大", "other"),
]


@pytest.mark.parametrize(("cell", "key"), REASONS)
def test_why_posts_stay_empty(cell, key):
    assert _decoded("employers", "hard_reason", cell) == (key, "")


def test_two_reasons_are_not_chosen_between():
    assert _decoded("employers", "hard_reason", "薪酬不匹配，劳动强度大") == (None, "ambiguous")


PLACES = [
    ("莲前街道", "思明区"),
    ("筼筜", "思明区"),
    ("厦门市软件园二期望海路", "思明区"),
    ("软件园三期", "集美区"),
    ("江头", "湖里区"),
    ("灌口镇", "集美区"),
    ("新阳工业区", "海沧区"),
    ("西柯镇美禾路", "同安区"),
    ("马巷", "翔安区"),
    ("思明区莲前街道", "思明区"),
    ("湖里区莲前街道", "湖里区"),  # a district that is named goes before a street
]


@pytest.mark.parametrize(("cell", "district"), PLACES)
def test_streets_towns_and_parks_of_one_district(cell, district):
    places = NAMES.places
    read = parse_district(cell, NAMES.districts, elsewhere=NAMES.elsewhere, places=places)
    assert (read.value, read.flags) == (district, ())


@pytest.mark.parametrize(
    ("cell", "flag"),
    [
        ("火炬高新区", "not_a_district"),
        ("同翔高新城", "not_a_district"),
        ("软件园", "not_a_district"),
        ("杏林", "not_a_district"),
        ("莲前街道、灌口镇", "ambiguous"),
        ("新阳路", "unreadable"),  # a road's name is no place
        ("莲花", "unreadable"),
    ],
)
def test_places_that_tell_no_district(cell, flag):
    places = NAMES.places
    read = parse_district(cell, NAMES.districts, elsewhere=NAMES.elsewhere, places=places)
    assert (read.value, read.flags) == (None, (flag,))


def test_a_place_lies_in_one_district_and_is_none_itself():
    listed = [place for d in Profile.load("xiamen").districts for place in d.places]
    assert len(set(listed)) == len(listed)
    assert not set(listed) & set(NAMES.districts)


@given(
    st.one_of(
        st.none(),
        st.booleans(),
        st.floats(),
        st.integers(),
        st.dates().map(lambda d: dt.datetime(d.year, d.month, d.day)),
        st.text(max_size=20),
        st.text(alphabet="0123456789.-~岁年月后多生以上下及不满一二三十", max_size=10),
    )
)
def test_no_age_is_invented(cell):
    read = parse_age(cell)
    assert (read.value is None) == (read.kind == "missing")
    band = age_band(read.value, BANDS, TODAY)
    assert band in ("", *BANDS)


def _decoded(kind, name, cell):
    column = decode(KINDS[kind].column(name), [cell], Parsers(NAMES))
    item = column.parsed[0]
    doubts = [flag for _, _, flag in column.doubts()]
    return item.value, "".join(doubts)
