"""What depends on the day is said for the day it is given, and for no other."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

from xmdemand import Edition
from xmdemand.reminders import days_left, last_days, warnings_of_the_day


@pytest.fixture(scope="module")
def edition(built):
    return Edition.open(built)


def codes(edition, today):
    return [note.code for note in warnings_of_the_day(edition, today=today)]


def test_nothing_is_said_before_the_publish_by_day(edition):
    assert codes(edition, dt.date(2026, 5, 31)) == []
    assert days_left(edition, today=dt.date(2026, 5, 31)) == 0


def test_the_day_after_it_has_passed(edition):
    assert codes(edition, dt.date(2026, 6, 1)) == ["edition.publish_by_passed"]
    assert days_left(edition, today=dt.date(2026, 6, 1)) == -1


@pytest.mark.parametrize(
    ("months", "code"), [(2, "edition.register_short"), (20, "edition.input_old")]
)
def test_a_register_that_ends_early_is_told(edition, months, code):
    register = edition.tables.register
    early = register[register["month"] <= pd.Timestamp("2026-04-01") - pd.DateOffset(months=months)]
    short = replace(edition)
    short.__dict__["tables"] = replace(edition.tables, register=early)
    assert codes(short, dt.date(2026, 5, 1)) == [code]


def test_the_last_day_of_each_dated_input(edition):
    last = last_days(edition)
    assert last["register"] == dt.date(2026, 4, 1)
    assert last["employers"] <= edition.settings.dates.cut_off
