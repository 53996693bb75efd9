"""Every contradiction is refused with its key and line, all of them at once."""

from __future__ import annotations

import re

import pytest

from xmdemand.errors import SettingError
from xmdemand.profile import Profile

FAULTS = {
    "a required key is missing": ('city = "云上城"', "", "city: required"),
    "an unknown key": ('bureau = "云', 'buro = "x"\nbureau = "云', "buro: unknown key"),
    "a share above one": (
        "[calendar]",
        "[tier_rule]\nenter = 70\n[calendar]",
        "must not be above 1",
    ),
    "a date that is none": ("since = 2026-01-01", 'since = "soon"', "since: .*date"),
    "two districts of one name": ('name = "西泊区"', 'name = "东泊区"', "already that of entry 1"),
    "an alias of two districts": ('aliases = ["西泊"]', 'aliases = ["东泊"]', "also means 东泊区"),
    "levels of equal order": ("order = 2", "order = 1", "order 1 is already that of entry 1"),
    "a rate for no level": (
        '{ level = "novice", amount = 10',
        '{ level = "no", amount = 10',
        "'no'",
    ),
    "a rate that ends before it begins": ("until = 2025-12-31", "until = 2019-12-31", "ends"),
    "two rates of one day": ("since = 2026-01-01", "since = 2020-01-01", "begins that day too"),
    "a quota for no field": (
        "[calendar]",
        "[listing.field_quota]\nmines = 3\n[calendar]",
        "field_quota.mines: unknown key 'mines'; known: crossing, care, craft",
    ),
    "a negative quota": ("[calendar]", "[listing.field_quota]\ncare = -1\n[calendar]", "got -1"),
    "tiers not nested": ("quota = 4", "quota = 40", "must not be above 10"),
    "tiers with a gap": ("stars = 2", "stars = 4", "tiers count 1, 2, 3"),
    "a tier easier to enter than to stay in": (
        "[calendar]",
        "[tier_rule]\nenter = 0.2\n[calendar]",
        "tier_rule: leave <= leave_twice <= enter",
    ),
    "an internal public column": (
        '"stars", "dep',
        '"rank_lower", "dep',
        "'rank_lower' is internal",
    ),
    "a public column twice": ('"stars", "dep', '"field", "dep', "'field' stands twice"),
    "no code in public": ('"code", ', "", "'code' is missing"),
    "a day of no year": ('publish_by = "03-31"', 'publish_by = "03-41"', "got '03-41'"),
    "published before the cut-off": (
        'publish_by = "03-31"',
        'publish_by = "01-31"',
        "before the cut",
    ),
    "a blank that is not filled": (
        "{city}{year}年",
        "{town}{year}年",
        "blanks {city} and {year} only",
    ),
    "a place that is a district": ('["锚地"]', '["东泊"]', "is a district's name as well"),
    "a prefix that is none": ('barred = ["9"', 'barred = ["九"', "'九' is no code prefix"),
    "a map that is not there": ('"map.csv"', '"mop.csv"', "mop.csv: no such file"),
    "a classification that is not there": ('"occupations.csv"', '"none.csv"', "none.csv: no such"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_named_with_its_line(edited, fault):
    old, new, message = FAULTS[fault]
    path = edited((old, new))
    with pytest.raises(SettingError, match=message) as caught:
        Profile.load(path)
    told = str(caught.value)
    assert told.startswith(f"{path}: 1 problem"), told
    if fault not in ("a required key is missing",):
        line = int(re.search(r"line (\d+)", told)[1])
        text = path.read_text(encoding="utf-8").splitlines()[line - 1]
        mark = re.search(r"[\w.-]+", new or "public_columns")
        assert mark is None or line > 1, (line, text)


def test_all_faults_are_told_in_one_go(edited):
    path = edited(
        ("quota = 4", "quota = 40"), ("order = 2", "order = 1"), ('"stars", ', '"rank", ')
    )
    with pytest.raises(SettingError) as caught:
        Profile.load(path)
    told = str(caught.value)
    assert "3 problem(s)" in told
    for part in ("order 1 is already", "must not be above 10", "'rank' is internal"):
        assert part in told


def test_lines_are_those_of_the_file(edited):
    path = edited(("quota = 4", "quota = 40"))
    with pytest.raises(SettingError) as caught:
        Profile.load(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    at = next(n for n, line in enumerate(lines, start=1) if "quota = 40" in line)
    assert f"line {at}, tiers[2].quota" in str(caught.value)
