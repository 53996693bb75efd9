"""Xiamen's profile, and what a profile answers."""

from __future__ import annotations

import datetime as dt

import pytest

from xmdemand.catalogue.content import COLUMNS, CatalogueEntry
from xmdemand.errors import NotFoundError, SettingError
from xmdemand.profile import Profile, packaged
from xmdemand.profile_rules import PUBLISHABLE


@pytest.fixture(scope="module")
def xiamen() -> Profile:
    return Profile.load("xiamen")


def test_xiamen_has_what_its_plans_name(xiamen):
    # china.md B3 and E: 6 districts, 4 + 4 + 6 industries, 4 training fields, 新八级工 + 专项.
    blocks = [industry.block for industry in xiamen.industries]
    assert [blocks.count(block) for block in dict.fromkeys(blocks)] == [4, 4, 6]
    assert len(xiamen.districts) == 6
    assert [field.name for field in xiamen.fields] == [
        "先进制造",
        "数字经济",
        "交通运输",
        "现代服务",
    ]
    assert sum(not level.outside for level in xiamen.levels) == 8
    assert len(xiamen.groups) >= 9
    assert all(industry.source for industry in xiamen.industries)


def test_a_lower_official_number_is_a_higher_level(xiamen):
    order = {level.name: level.order for level in xiamen.levels}
    assert order["五级"] < order["四级"] < order["三级"] < order["二级"] < order["一级"]
    assert order["一级"] < order["特级技师"] < order["首席技师"]
    high = {level.name for level in xiamen.levels if level.high_skill}
    assert high == {"三级", "二级", "一级", "特级技师", "首席技师"}


def test_quotas_allow_a_list_of_realistic_length(xiamen):
    assert 60 <= sum(xiamen.listing.field_quota.values()) <= 150
    quotas = [tier.quota for tier in sorted(xiamen.tiers, key=lambda tier: tier.stars)]
    assert quotas == sorted(quotas, reverse=True)


@pytest.mark.parametrize(
    ("level", "day", "rate"),
    [
        ("level_5", dt.date(2025, 12, 31), 700.0),
        ("level_5", dt.date(2026, 1, 1), None),
        ("level_1", dt.date(2024, 1, 1), 3000.0),
        ("level_5", dt.date(2023, 12, 19), None),
        ("chief", dt.date(2025, 5, 20), None),
        ("no_such_level", dt.date(2025, 5, 20), None),
    ],
)
def test_a_rate_is_known_from_its_first_day_to_its_last(xiamen, level, day, rate):
    assert xiamen.subsidy(level, day) == rate


def test_the_uplift_begins_and_ends_on_its_days(xiamen):
    assert xiamen.uplift(dt.date(2024, 5, 31)) == 0.0
    assert xiamen.uplift(dt.date(2024, 6, 1)) == 0.20
    assert xiamen.uplift(dt.date(2026, 1, 1)) == 0.0


def test_the_latest_of_several_rates_counts_and_an_ended_one_does_not(another_city):
    assert another_city.subsidy("novice", dt.date(2025, 12, 31)) == 10
    assert another_city.subsidy("novice", dt.date(2026, 1, 1)) == 12


@pytest.mark.parametrize(
    ("code", "eligible"),
    [
        ("4-10-01-05", True),
        ("6-31-07-01", True),
        ("2-02-38-05", True),
        ("2-02-07-04", False),
        ("3-02-03-01", True),
        ("3-02-01-00", False),
        ("1-06-01-01", False),
        ("7-01-00-00", False),
        ("8-00-00-00", False),
        ("6-11-09-01", False),
    ],
)
def test_barred_occupations_are_never_eligible(xiamen, code, eligible):
    assert xiamen.eligible_code(code) is eligible


def test_titles_are_filled_in(xiamen):
    assert str(xiamen.title("shortage", 2026)) == "2026年厦门市急需紧缺职业（工种）培训需求指导目录"
    assert xiamen.title("training-need", 2026).short == "培训需求指导目录"
    with pytest.raises(NotFoundError, match="it has training-need, shortage"):
        xiamen.title("none", 2026)


def test_an_unknown_profile_names_the_packaged_ones(tmp_path):
    assert "xiamen" in packaged()
    with pytest.raises(NotFoundError, match=r"packaged are only .*xiamen"):
        Profile.load("atlantis")
    with pytest.raises(NotFoundError, match="no such file"):
        Profile.find("mine.toml", beside=tmp_path)


def test_a_profile_is_found_beside_its_edition(another_city):
    found = Profile.find("profile.toml", beside=another_city.folder)
    assert found.key == another_city.key


def test_publishable_columns_are_the_public_model_s_fields():
    assert {*CatalogueEntry.model_fields, *COLUMNS} == PUBLISHABLE


def test_not_toml_names_the_line(tmp_path):
    path = tmp_path / "broken.toml"
    path.write_text('key = "x"\ncity = \n', encoding="utf-8")
    with pytest.raises(SettingError, match="line 2"):
        Profile.load(path)


def test_a_profile_in_another_encoding_says_so(tmp_path):
    path = tmp_path / "gbk.toml"
    path.write_bytes('city = "厦门市"'.encode("gb18030"))
    with pytest.raises(SettingError, match="not UTF-8"):
        Profile.load(path)
