"""`edition.toml`: the template loads, and every wrong choice is named with its line."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xmdemand.errors import NotFoundError, SettingError
from xmdemand.profile import Profile
from xmdemand.settings import Settings, settings_template
from xmdemand.tomlfile import line_of


@pytest.fixture(scope="module")
def xiamen() -> Profile:
    return Profile.load("xiamen")


def write(folder, text):
    path = folder / "edition.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("year", [2024, 2025, 2026, 2028])
def test_the_template_is_valid_and_follows_the_calendar(tmp_path, xiamen, year):
    settings = Settings.load(write(tmp_path, settings_template(year, xiamen)))
    assert settings.year == year
    assert settings.dates.reference_start == dt.date(year - 1, 5, 1)
    assert settings.dates.cut_off == dt.date(year, 4, 30)
    assert settings.dates.issued < dt.date(year, 5, 31)
    assert not settings.synthetic


def test_the_template_of_a_city_that_ends_in_february(tmp_path, another_city):
    for year in (2027, 2028, 2029):
        settings = Settings.load(write(tmp_path, settings_template(year, another_city)))
        assert settings.dates.reference_start.month in (2, 3)
        assert settings.profile == "cloud"


def test_every_key_of_the_template_is_explained(xiamen):
    lines = settings_template(2026, xiamen).splitlines()
    for at, line in enumerate(lines):
        if "=" in line and not line.startswith("#"):
            assert "#" in line or "#" in lines[at - 1] or line.startswith("schema_version"), line


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("year = 2026", "year = 26", "year: .*2000"),
        ("draws = 1000", "draws = 10", "method.draws: .*100"),
        ('index = "composite"', 'index = "best"', "method.index: .*composite"),
        ("cut_off = 2026-04-30", "cut_off = 2026-03-30", "cut_off: is before the reference"),
        (
            "reference_end = 2026-04-30",
            "reference_end = 2025-04-30",
            "must be after reference_start",
        ),
        ("issued = 2026-05-20", "issued = 2027-05-20", "outside the edition's year"),
        ("issued = 2026-05-20", "issued = 2026-04-20", "before the cut-off day"),
        ("[method.weights]", "[method.weights]\nlog_ratio = -1", "weights.log_ratio: .*got -1"),
        ("seed = 1", "sead = 1", "sead: unknown key"),
    ],
)
def test_a_wrong_choice_is_named_with_its_line(tmp_path, xiamen, old, new, message):
    text = settings_template(2026, xiamen)
    assert old in text
    path = write(tmp_path, text.replace(old, new, 1))
    with pytest.raises(SettingError, match=message) as caught:
        Settings.load(path)
    at = path.read_text(encoding="utf-8").split(new.splitlines()[-1])[0].count("\n") + 1
    assert f"line {at}," in str(caught.value)
    assert f"第 {at} 行 " in caught.value.note.say("zh")


def test_an_official_reads_what_is_wrong_in_chinese(tmp_path, xiamen):
    text = settings_template(2026, xiamen)
    for old, new in (("year = 2026", 'year = "x"'), ("seed = 1", "sead = 1")):
        text = text.replace(old, new, 1)
    with pytest.raises(SettingError) as caught:
        Settings.load(write(tmp_path, text.replace("draws = 1000", "draws = 10")))
    head, *told = caught.value.note.say("zh").splitlines()
    assert head.endswith("：有 3 处需要改正")
    assert [line.split("：", 1)[1] for line in told] == [
        "应为整数，现为 'x'",
        "不认识这一项，请检查拼写",
        "不得小于 100，现为 10",
    ]
    kept = caught.value.note.as_dict()["fields"]["told"]
    assert [one["fields"]["what"]["code"] for one in kept] == [
        "settings.integer",
        "settings.unknown_key",
        "settings.too_small",
    ]


def test_no_file_is_said(tmp_path):
    with pytest.raises(NotFoundError, match=r"edition\.toml: no such file"):
        Settings.load(tmp_path / "edition.toml")


TEXT = """
a = 1
[b]
c = [
  { d = 1, e = 2 },
  # a comment
  { d = 3 },
]
f = ["x", "y"]
[[g]]
h = 1
[g.sub]
k = 2
[[g]]
h = 2
"""


@pytest.mark.parametrize(
    ("where", "line"),
    [
        (("a",), 2),
        (("b",), 3),
        (("b", "c"), 4),
        (("b", "c", 1, "d"), 7),
        (("b", "c", 0, "e"), 5),
        (("b", "f", 1), 9),
        (("g", 1, "h"), 15),
        (("b", "missing"), 3),
        (("nowhere",), None),
    ],
)
def test_line_of_finds_the_value_or_its_parent(where, line):
    assert line_of(TEXT, where) == line


@given(st.text(), st.lists(st.one_of(st.text(max_size=3), st.integers(0, 3)), max_size=3))
def test_line_of_never_fails(text, where):
    found = line_of(text, tuple(where))
    assert found is None or 1 <= found <= len(text.splitlines())
