"""The columns of a row: levels, rates, training, groups, order."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest
from catalogue_city import compiled, through_rooms

from xmdemand.catalogue.rows import dated_levels, level_keys, training_names
from xmdemand.intake.district import of_district
from xmdemand.profile import Profile


@pytest.fixture(scope="module")
def profile():
    return Profile.load("xiamen")


def test_levels_are_those_demanded_that_can_be_assessed(year, first):
    trainable = year(2025).tables.trainable
    can = trainable.groupby("occupation")["levels"].apply(lambda rows: set().union(*rows))
    for entry in first.record.entries:
        if entry.row is not None:
            demanded = set(str(entry.numbers["levels"]).split(",")) - {""}
            allowed = can.get(entry.code, set())
            expected = allowed & demanded if demanded else allowed
            assert {level.key for level in entry.row.levels} == expected


def test_without_a_list_of_what_can_be_assessed_levels_are_those_demanded():
    assert level_keys(["level_5"], None) == ("level_5",)
    assert level_keys(["level_5"], set()) == ()


@pytest.mark.parametrize(
    ("day", "urgent", "rate", "uplift"),
    [
        ("2023-12-19", True, None, None),
        ("2023-12-20", True, 1500.0, None),
        ("2024-06-01", True, 1500.0, 0.2),
        ("2024-06-01", False, 1500.0, None),
    ],
)
def test_rates_are_those_in_force_on_the_day(profile, day, urgent, rate, uplift):
    level = dated_levels(["level_3"], profile, dt.date.fromisoformat(day), urgent=urgent)[0]
    assert (level.subsidy, level.uplift) == (rate, uplift)
    assert level.subsidy_since == (dt.date(2023, 12, 20) if rate else None)


def test_levels_rise_with_skill_whatever_their_number(profile):
    keys = ["level_1", "special", "level_5", "level_3"]
    levels = dated_levels(keys, profile, dt.date(2026, 5, 20), urgent=False)
    assert [level.name for level in levels] == ["专项职业能力", "五级", "三级", "一级"]


def test_kinds_of_training_follow_the_need(profile):
    assert training_names(0, 0, profile) == ()
    assert training_names(90, 10, profile) == ("就业技能培训", "项目制培训")
    assert training_names(10, 90, profile) == ("岗位技能提升培训",)
    assert set(training_names(50, 50, profile)) == {kind.name for kind in profile.training}


def test_unknown_counts_stay_unknown_and_zero_is_zero(year, first):
    table = year(2025).tables.trainable
    known = set(table["occupation"])
    code = next(entry.code for entry in first.catalogue.entries if entry.code in known)
    row = table[table["occupation"] == code].iloc[[0]].assign(institutions=0.0, bodies=float("nan"))
    given = year(2025).with_profile(public_columns=("code", "name", "institutions", "bodies"))
    given = replace(given, tables=replace(given.tables, trainable=row))
    entry = compiled(given).catalogue.by_code(code)
    assert (entry.institutions, entry.bodies) == (0, None)


def test_the_order_does_not_depend_on_the_input(year, first):
    ranking = year(2025).ranking
    shuffled = ranking.frame.sample(frac=1, random_state=1)
    given = replace(year(2025), ranking=replace(ranking, frame=shuffled))
    assert compiled(given).catalogue.entries == first.catalogue.entries


def test_an_empty_ranking_gives_an_empty_catalogue(year):
    ranking = year(2025).ranking
    nobody = ranking.frame.assign(listed=False, failed="shortage.fail_need")
    content = compiled(replace(year(2025), ranking=replace(ranking, frame=nobody)))
    assert content.catalogue.entries == ()
    assert content.catalogue.notes


def test_groups_are_named_for_enough_wishes_only(year):
    given = year(2025).with_profile(public_columns=("code", "name", "groups"))
    groups = given.ranking.groups
    few = replace(given.ranking, groups=groups.assign(n=4))
    assert not any(e.groups for e in compiled(replace(given, ranking=few)).catalogue.entries)
    assert isinstance(groups, pd.DataFrame)


def test_groups_are_unknown_where_nobody_was_asked(year):
    given = year(2025).with_profile(public_columns=("code", "name", "groups"))
    unasked = replace(given.ranking, groups=given.ranking.groups.iloc[:0])
    entries = compiled(replace(given, ranking=unasked)).catalogue.entries
    assert {entry.groups for entry in entries} == {None}


@pytest.fixture(scope="module")
def of_one_district(year):
    name = year(2025).profile.districts[0].name
    given = year(2025)
    tables = of_district(given.tables, name)
    own = through_rooms(tables, given.profile, given.classification, given.settings)
    return name, own, compiled(own, district=name)


def test_a_districts_own_list_rests_on_its_own_evidence(year, of_one_district):
    name, own, content = of_one_district
    assert set(own.tables.employers["district"]) == {name}
    assert len(own.tables.employers) < len(year(2025).tables.employers)
    assert content.catalogue.district == name
    assert name in content.catalogue.title
    assert content.catalogue.entries


def test_thin_rows_of_a_district_are_marked(of_one_district):
    _, own, content = of_one_district
    fewest = own.profile.listing.min_reporters
    reporters = {
        entry.code: entry.numbers["reporters"] for entry in content.record.entries if entry.numbers
    }
    assert any(row.thin for row in content.catalogue.entries)
    for entry in content.record.entries:
        if entry.row is not None:
            assert entry.row.thin == (reporters[entry.code] < fewest)
            assert ("数据较少" in entry.row.remark) == entry.row.thin


def test_the_citys_last_year_is_not_a_districts(first, of_one_district):
    name, own, content = of_one_district
    again = compiled(own, district=name, previous=first.record)
    assert again.catalogue.changes == ()
    assert compiled(own, district=name, previous=content.record).catalogue.changes == ()
