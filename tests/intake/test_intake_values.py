"""Every example of a messy cell that the project collected, and laws that hold for any cell."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xmdemand.intake.names import Names
from xmdemand.intake.values import (
    Broken,
    Count,
    Value,
    Wage,
    parse_code,
    parse_count,
    parse_date,
    parse_district,
    parse_level,
    parse_month,
    parse_wage,
    split_posts,
)
from xmdemand.profile import Profile

NAMES = Names.of(Profile.load("xiamen"))
NAN = math.nan

# What a cell says -> low, high, kind, flags that must be among the result's.
COUNTS = [
    # full-width digits and separators
    ("１２人", 12, 12, "exact", ()),
    ("1,200", 1200, 1200, "exact", ()),
    ("1，200", 1200, 1200, "exact", ()),
    ("1 200", 1200, 1200, "exact", ()),
    ("12.0", 12, 12, "exact", ()),
    (12, 12, 12, "exact", ()),
    (12.0, 12, 12, "exact", ()),
    (0, 0, 0, "exact", ()),
    ("12人（含实习生3人）", 12, 12, "exact", ("remark",)),
    ("男5女3", 8, 8, "exact", ("summed",)),
    ("男5人，女3人", 8, 8, "exact", ("summed",)),
    ("5+3", 8, 8, "exact", ("summed",)),
    # ranges
    ("10-20人", 10, 20, "range", ()),
    ("10～20", 10, 20, "range", ()),
    ("10至20名", 10, 20, "range", ()),
    ("10—20", 10, 20, "range", ()),
    ("10人到20人", 10, 20, "range", ()),
    ("十至二十人", 10, 20, "range", ()),
    ("3/5人", 3, 5, "range", ("doubtful",)),
    # bounds
    ("20人以上", 20, NAN, "at_least", ()),
    ("≥20", 20, NAN, "at_least", ()),
    ("至少3", 3, NAN, "at_least", ()),
    ("100+", 100, NAN, "at_least", ()),
    ("三十余人", 30, NAN, "at_least", ()),
    ("不超过5人", 0, 5, "at_most", ()),
    ("5人以内", 0, 5, "at_most", ()),
    ("≤5", 0, 5, "at_most", ()),
    # approximate
    ("约30", 30, 30, "approx", ()),
    ("30左右", 30, 30, "approx", ()),
    ("近百人", 100, 100, "approx", ()),
    ("几十人", 20, 99, "some", ()),
    ("数百名", 200, 999, "some", ()),
    # words
    ("若干", 1, NAN, "some", ()),
    ("不限", 1, NAN, "some", ()),
    ("长期招聘", 1, NAN, "some", ()),
    ("急招", 1, NAN, "some", ()),
    ("急招8人", 8, 8, "exact", ()),
    ("招聘5-8人", 5, 8, "range", ()),
    ("急需若干", 1, NAN, "some", ()),
    ("尚缺3人", 3, 3, "exact", ("doubtful",)),
    ("多名", 1, NAN, "some", ()),
    ("数名", 1, NAN, "some", ()),
    ("面议", NAN, NAN, "missing", ()),
    ("待定", NAN, NAN, "missing", ()),
    ("/", NAN, NAN, "missing", ()),
    ("—", NAN, NAN, "missing", ()),
    ("——", NAN, NAN, "missing", ()),
    ("-", NAN, NAN, "missing", ()),
    ("", NAN, NAN, "missing", ()),
    (None, NAN, NAN, "missing", ()),
    ("无", 0, 0, "exact", ("zero_word",)),
    ("暂无", 0, 0, "exact", ("zero_word",)),
    # Chinese numbers
    ("三", 3, 3, "exact", ()),
    ("十五", 15, 15, "exact", ()),
    ("二十", 20, 20, "exact", ()),
    ("两名", 2, 2, "exact", ()),
    ("一百二十", 120, 120, "exact", ()),
    ("一百零五", 105, 105, "exact", ()),
    ("1.2万", 12000, 12000, "exact", ()),
    ("1千", 1000, 1000, "exact", ()),
    # what is no number
    ("焊工", NAN, NAN, "missing", ("unreadable",)),
    ("-5", NAN, NAN, "missing", ("negative",)),
    (-5, NAN, NAN, "missing", ("negative",)),
    ("20-10", NAN, NAN, "missing", ("unreadable",)),
    (dt.datetime(2026, 10, 20), NAN, NAN, "missing", ("spoilt",)),
    (True, NAN, NAN, "missing", ("unreadable",)),
    (Broken("#REF!"), NAN, NAN, "missing", ("broken",)),
    ("=1+1", NAN, NAN, "missing", ("unreadable",)),
    (9.135e17, NAN, NAN, "missing", ("implausible",)),
    ("2.5", 2.5, 2.5, "exact", ("fraction",)),
    # clutter nobody sees
    ("\ufeff5\u200b", 5, 5, "exact", ()),
    ("\u00a05\u3000人", 5, 5, "exact", ()),
    ("5\r\n", 5, 5, "exact", ()),
]


@pytest.mark.parametrize(("cell", "low", "high", "kind", "flags"), COUNTS)
def test_counts(cell, low, high, kind, flags):
    count = parse_count(cell)
    assert (count.kind, set(flags) <= set(count.flags)) == (kind, True), count
    assert (count.low, count.high) == pytest.approx((low, high), nan_ok=True)


def test_a_table_in_ten_thousands():
    assert parse_count("1.2", unit=10_000) == Count(12_000, 12_000, "exact")


WAGES = [
    ("5000-8000元/月", 5000, 8000, "month", ()),
    ("5k-8k", 5000, 8000, "month", ()),
    ("6-9K·13薪", 6000, 9000, "month", ("13 months",)),
    ("4000以上", 4000, NAN, "month", ()),
    ("200元/天", 200, 200, "day", ()),
    ("25元/小时", 25, 25, "hour", ()),
    ("面议", NAN, NAN, "missing", ()),
    ("计件", NAN, NAN, "piece", ()),
    ("5000", 5000, 5000, "month", ()),
    (6500.0, 6500, 6500, "month", ()),
    ("1-1.5万", 10000, 15000, "month", ()),
    ("0.8万-1.2万", 8000, 12000, "month", ()),
    ("年薪12-18万", 10000, 15000, "month", ("yearly",)),
    ("5000~8000（包吃住）", 5000, 8000, "month", ()),
    ("底薪3000+提成", NAN, NAN, "piece", ()),
    ("5", 5, 5, "month", ("implausible",)),
    ("高薪", NAN, NAN, "missing", ("unreadable",)),
    (dt.date(2026, 5, 8), NAN, NAN, "missing", ("spoilt",)),
]


@pytest.mark.parametrize(("cell", "low", "high", "kind", "flags"), WAGES)
def test_wages(cell, low, high, kind, flags):
    wage = parse_wage(cell)
    assert (wage.kind, set(flags) <= set(wage.flags)) == (kind, True), wage
    assert (wage.low, wage.high) == pytest.approx((low, high), nan_ok=True)


DATES = [
    ("2026/09/03 12:00:00", dt.datetime(2026, 9, 3, 12), ()),
    (dt.datetime(2026, 9, 3, 12), dt.datetime(2026, 9, 3, 12), ()),
    (dt.date(2026, 9, 3), dt.datetime(2026, 9, 3), ()),
    ("2026年3月15日", dt.datetime(2026, 3, 15), ()),
    ("2026.3.15", dt.datetime(2026, 3, 15), ()),
    ("20260315", dt.datetime(2026, 3, 15), ()),
    (20260315.0, dt.datetime(2026, 3, 15), ()),
    ("二〇二六年三月十五日", dt.datetime(2026, 3, 15), ()),
    (46096.0, dt.datetime(2026, 3, 15), ("serial",)),
    ("3月15日", None, ("no_year",)),
    ("03/04/2026", None, ("ambiguous",)),
    ("2026-02-30", None, ("unreadable",)),
    ("待定", None, ()),
    ("", None, ()),
]


@pytest.mark.parametrize(("cell", "value", "flags"), DATES)
def test_dates(cell, value, flags):
    date = parse_date(cell)
    assert (date.value, date.flags) == (value, flags)


MONTHS = [
    ("2026-03", dt.date(2026, 3, 1), "month"),
    ("2026年3月", dt.date(2026, 3, 1), "month"),
    ("2026年3月份", dt.date(2026, 3, 1), "month"),
    ("202603", dt.date(2026, 3, 1), "month"),
    (202603.0, dt.date(2026, 3, 1), "month"),
    (dt.datetime(2026, 3, 31), dt.date(2026, 3, 1), "month"),
    ("2026年第一季度", dt.date(2026, 1, 1), "quarter"),
    ("2026年3季度", dt.date(2026, 7, 1), "quarter"),
    ("2026Q4", dt.date(2026, 10, 1), "quarter"),
    ("2026年13月", None, "missing"),
]


@pytest.mark.parametrize(("cell", "value", "kind"), MONTHS)
def test_months(cell, value, kind):
    month = parse_month(cell)
    assert (month.value, month.kind) == (value, kind)


DISTRICTS = [
    ("思明", "思明区", ()),
    ("思明区", "思明区", ()),
    ("厦门市思明区", "思明区", ()),
    ("福建省厦门市思明区莲前街道", "思明区", ()),
    (" 思 明 区 ", "思明区", ()),
    ("火炬高新区", None, ("not_a_district",)),
    ("自贸区", None, ("not_a_district",)),
    ("岛外", None, ("not_a_district",)),
    ("思明、湖里", None, ("ambiguous",)),
    ("浦东新区", None, ("unreadable",)),
    ("", None, ()),
]


@pytest.mark.parametrize(("cell", "value", "flags"), DISTRICTS)
def test_districts(cell, value, flags):
    district = parse_district(cell, NAMES.districts, elsewhere=NAMES.elsewhere)
    assert (district.value, district.flags) == (value, flags)


FIVE = ("level_5", "level_4", "level_3", "level_2", "level_1")
LEVELS = [
    ("初级", FIVE[:1]),
    ("初级工", FIVE[:1]),
    ("五级", FIVE[:1]),
    ("五级/初级工", FIVE[:1]),
    ("职业资格五级（初级技能）", FIVE[:1]),
    ("5级", FIVE[:1]),
    ("５级", FIVE[:1]),
    ("中级及以上", FIVE[1:]),
    ("中级工以上", FIVE[1:]),
    ("初级、中级", FIVE[:2]),
    ("初级-高级", FIVE[:3]),
    ("高级技师", FIVE[4:]),
    ("技师", FIVE[3:4]),
    ("不限", ()),
    ("无要求", ()),
    ("专项职业能力", ("special",)),
    ("看情况", None),
    ("", None),
]


@pytest.mark.parametrize(("cell", "keys"), LEVELS)
def test_levels(cell, keys):
    level = parse_level(cell, NAMES.levels, ladder=NAMES.ladder)
    assert level.value == keys
    assert (level.kind == "any") == (keys == ())


CODES = [
    ("２－０２－１０－０３", "2-02-10-03", ()),
    ("4—10—01—05", "4-10-01-05", ()),
    ("4.10.01.05", "4-10-01-05", ()),
    ("4-10-1-5", "4-10-01-05", ("padded",)),
    (" 4-10-01-05 ", "4-10-01-05", ()),
    ("4-10-01-05L", "4-10-01-05", ("mark",)),
    ("4-10-01", "4-10-01", ()),
    ("2022/4/10", None, ("spoilt",)),
    (dt.datetime(2022, 4, 10), None, ("spoilt",)),
    ("养老护理员", None, ("unreadable",)),
    ("", None, ()),
]


@pytest.mark.parametrize(("cell", "value", "flags"), CODES)
def test_codes(cell, value, flags):
    code = parse_code(cell)
    assert (code.value, code.flags) == (value, flags)


POSTS = [
    ("焊工、电工", ["焊工", "电工"]),
    ("电工/焊工", ["电工", "焊工"]),
    ("车工(数控)，铣工", ["车工(数控)", "铣工"]),
    ("焊工5人，电工3人", ["焊工", "电工"]),
    ("焊工\n电工", ["焊工", "电工"]),
    ("电工┋养老护理员", ["电工", "养老护理员"]),
    ("电工→焊工", ["电工", "焊工"]),
    ("1.焊工 2.电工", ["焊工", "电工"]),
    ("1、焊工；2、电工", ["焊工", "电工"]),
    ("其他〖宠物美容〗", ["宠物美容"]),
    ("电 工", ["电工"]),
    ("焊工 电工", ["焊工", "电工"]),
    ("养老护理员（初级）", ["养老护理员(初级)"]),
    ("CNC操作员", ["CNC操作员"]),
    ("市场/销售经理", ["市场/销售经理"]),
    ("焊工（氩弧焊、电弧焊）", ["焊工(氩弧焊、电弧焊)"]),
    ("(空)", None),
    ("(跳过)", None),
    ("无", None),
    ("", None),
]


@pytest.mark.parametrize(("cell", "titles"), POSTS)
def test_posts(cell, titles):
    posts = split_posts(cell)
    assert (None if posts.value is None else [post.title for post in posts.value]) == titles


def test_posts_keep_the_counts_given_with_them():
    posts = split_posts("焊工5人，电工：3名，车工（2人），普工10-20人")
    assert [(p.title, p.count.low, p.count.high) for p in posts.value] == [
        ("焊工", 5, 5),
        ("电工", 3, 3),
        ("车工", 2, 2),
        ("普工", 10, 20),
    ]


MESS = "0123456789一二三十百千万.,-~+/至人名约以上下内()元月天kK年日级LS、┋ \u200b"
CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.datetimes(),
    st.dates(),
    st.times(),
    st.timedeltas(),
    st.text(max_size=30),
    st.text(
        alphabet="0123456789一二三十百千万.,-~+/至人名约以上下内()元月天kK年日级LS、┋ \u200b",
        max_size=14,
    ),
    st.builds(Broken, st.text(max_size=5)),
)


@given(CELLS)
def test_parsers_never_raise_and_never_invent(cell):
    count, wage = parse_count(cell), parse_wage(cell)
    assert isinstance(count, Count)
    assert isinstance(wage, Wage)
    if count.kind == "missing":
        assert math.isnan(count.low)
        assert math.isnan(count.high)
    else:
        assert count.low >= 0
        assert math.isnan(count.high) or count.high >= count.low
        assert math.isfinite(count.low)
    if count.kind == "exact":
        assert count.low == count.high
    if math.isfinite(wage.low) and math.isfinite(wage.high):
        assert 0 <= wage.low <= wage.high
    for result in (
        parse_date(cell),
        parse_month(cell),
        parse_code(cell),
        parse_district(cell, NAMES.districts, elsewhere=NAMES.elsewhere),
        parse_level(cell, NAMES.levels, ladder=NAMES.ladder),
        split_posts(cell),
    ):
        assert isinstance(result, Value)
        assert (result.value is None) == (result.kind == "missing")


@given(st.integers(0, 10**8), st.sampled_from(["", "人", " 名", "个", "位"]))
def test_a_written_number_is_read_back(number, measure):
    assert parse_count(f"{number}{measure}").value == number
    assert parse_count(f"{number:,}{measure}").value == number


@given(st.integers(0, 10**4), st.integers(0, 10**4), st.sampled_from("-~～—至到"))
def test_a_written_range_is_read_back(one, other, mark):
    low, high = sorted((one, other))
    assert (parse_count(f"{low}{mark}{high}人").low, parse_count(f"{low}{mark}{high}").high) == (
        low,
        high,
    )


@given(st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2090, 1, 1)))
def test_a_written_day_is_read_back(day):
    day = day.replace(microsecond=0)
    for form in ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y年%m月%d日 %H:%M:%S"):
        assert parse_date(day.strftime(form)).value == day
