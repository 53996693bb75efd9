"""The map from occupations to industry, field and department."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xmdemand.errors import SettingError
from xmdemand.occupation_map import OccupationMap, Place, under
from xmdemand.occupations import Classification
from xmdemand.profile import Profile


@pytest.fixture(scope="module")
def xiamen() -> Profile:
    return Profile.load("xiamen")


def test_every_eligible_occupation_has_a_field_and_a_department(xiamen):
    codes = [code for code in Classification.load().units() if xiamen.eligible_code(code)]
    places = xiamen.classify(codes)
    assert len(codes) > 1000
    assert not places.index[places["field"] == ""].tolist()
    assert not places.index[places["department"] == ""].tolist()


def test_every_prefix_is_of_the_classification(xiamen):
    known = Classification.load()
    codes = set(known.frame["code"])
    assert not [prefix for prefix in xiamen.occupations.places if prefix not in codes]
    assert not [prefix for prefix in (*xiamen.eligible, *xiamen.barred) if prefix not in codes]


def test_every_industry_has_an_occupation(xiamen):
    used = {place.industry for place in xiamen.occupations.places.values()}
    assert used - {""} == {industry.key for industry in xiamen.industries}


@pytest.mark.parametrize(
    ("code", "field", "department"),
    [
        ("4-10-01-05", "services", "市民政局"),  # 养老护理员
        ("4-10-01-01", "services", "市卫健委"),  # 婴幼儿发展引导员
        ("4-14-01-03", "services", "市医保局"),  # 健康照护师
        ("4-02-07-08", "transport", "市交通局"),  # 快递员
        ("6-18-02-04", "manufacturing", "市工信局"),  # 焊工
        ("4-04-05-05", "digital", "市工信局"),  # 人工智能训练师
        ("4-12-01-01", "transport", "市交通局"),  # 汽车维修工
        ("5-04-02-01", "services", "市农业农村局"),
    ],
)
def test_the_longest_prefix_wins(xiamen, code, field, department):
    place = xiamen.classify([code]).loc[code]
    assert (place["field"], place["department"]) == (field, department)


def test_a_code_no_prefix_covers_is_empty(xiamen):
    assert xiamen.classify(["1-01-00-01"]).iloc[0].tolist() == ["", "", ""]
    assert xiamen.classify([]).empty


def test_a_map_saved_by_a_spreadsheet_still_reads(edited):
    path = edited()
    map_ = path.parent / "map.csv"
    text = map_.read_text(encoding="utf-8")
    map_.write_bytes(text.replace("\n", "\r\n").encode("gb18030"))
    assert Profile.load(path).classify(["2225"])["department"].tolist() == ["衡器署"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("2022/4/10,,care,照料署", "turned into a date"),
        ("4月10日,,care,照料署", "turned into a date"),
        ("四,,care,照料署", "no code prefix"),
        ("13,mining,care,照料署", "industry 'mining' is not in the profile"),
        ("13,,cure,照料署", "field 'cure' is not in the profile"),
        ("13,,care,医署", "department '医署'"),
        ("11,,care,照料署", "stands twice"),
    ],
)
def test_a_wrong_row_is_named(edited, row, message):
    path = edited()
    map_ = path.parent / "map.csv"
    map_.write_text(map_.read_text(encoding="utf-8") + row + "\n", encoding="utf-8")
    with pytest.raises(SettingError, match=message) as caught:
        Profile.load(path)
    assert "line 7" in str(caught.value)


def test_missing_columns_are_named(edited):
    path = edited()
    (path.parent / "map.csv").write_text("prefix,field\n1,care\n", encoding="utf-8")
    with pytest.raises(SettingError, match="产业、主管部门"):
        Profile.load(path)


CODES = st.lists(st.integers(0, 99).map(lambda n: f"{n:02d}"), min_size=1, max_size=4).map("-".join)


@given(CODES, st.sets(CODES, max_size=8))
def test_the_place_found_is_that_of_the_longest_prefix_above_the_code(code, prefixes):
    places = {prefix: Place(field=prefix) for prefix in prefixes}
    above = [prefix for prefix in prefixes if under(code, [prefix])]
    assert OccupationMap(places).find(code).field == max(above, key=len, default="")
