"""The stage function: what it hands to the ranking."""

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from xmdemand.errors import InputError
from xmdemand.intake.tables import Tables
from xmdemand.market import outlook
from xmdemand.results import count_notes

PROFILE = SimpleNamespace(calendar=SimpleNamespace(max_input_age_months=12))
START = dt.date(2026, 1, 1)


def register(months: int = 36, occupations: int = 4, seed: int = 0) -> pd.DataFrame:
    """A register to December 2025: two districts, counts with a season."""
    rng = np.random.default_rng(seed)
    rows = []
    for o in range(occupations):
        for t in range(months):
            number = 2025 * 12 + 11 - months + 1 + t
            mean = 10.0 * (o + 1) * np.exp(0.2 * np.sin(2 * np.pi * t / 12))
            rows += [
                {
                    "occupation": f"4-01-01-{o + 1:02d}",
                    "occupation_status": "coded",
                    "district": district,
                    "month": pd.Timestamp(number // 12, number % 12 + 1, 1),
                    "posts_carried": float(rng.poisson(mean)),
                    "posts_new": float(rng.poisson(mean)),
                    "seekers_carried": float(rng.poisson(mean)),
                    "seekers_new": float(rng.poisson(mean)),
                }
                for district in ("A", "B")
            ]
    return pd.DataFrame(rows)


def look(table: pd.DataFrame, **options):
    given = {"start": START, "n_draws": 200, "seed": 1} | options
    return outlook(Tables(register=table), PROFILE, **given)


def test_contract():
    found = look(register())
    assert list(found.frame.index) == [f"4-01-01-{o:02d}" for o in range(1, 5)]
    assert found.posts.values.shape == found.seekers.values.shape == (200, 4)
    assert set(found.track_record["measure"]) == {"coverage_80", "wape", "bias", "series"}
    ahead = found.monthly[found.monthly["actual"].isna()]
    assert ahead["ds"].min() == pd.Timestamp("2026-01-01")
    assert (ahead["lower"] <= ahead["median"]).all()
    assert (ahead["median"] <= ahead["upper"]).all()
    assert np.allclose(found.frame["posts"], found.frame["posts_past"], rtol=0.3), (
        "nothing trends, so next year is like the last"
    )


def test_same_seed_same_draws():
    one, two = look(register()), look(register())
    np.testing.assert_array_equal(one.posts.values, two.posts.values)
    assert not np.array_equal(one.posts.values, look(register(), seed=2).posts.values)


def test_rows_after_the_cut_off_are_not_seen():
    table = register()
    later = table[table["month"] == "2025-12-01"].assign(month=pd.Timestamp("2026-01-01"))
    found = look(pd.concat([table, later.assign(posts_new=1e6)]))
    assert count_notes(found.notes)["market.after_start"] == len(later)
    np.testing.assert_array_equal(found.posts.values, look(table).posts.values)


def test_a_register_that_ends_early_is_bridged():
    found = look(register(), start=dt.date(2026, 4, 1))
    assert count_notes(found.notes)["market.bridged"] == 3
    with pytest.raises(InputError, match="at most 12"):
        look(register(), start=dt.date(2027, 6, 1))


def test_group_rows_are_shared_out_and_uncoded_rows_counted():
    table = register()
    group = table.iloc[[0]].assign(
        occupation="4-01-01", occupation_status="group", posts_new=1000.0
    )
    lost = table.iloc[[0, 1]].assign(occupation=None, occupation_status="unmatched")
    silent = table.iloc[[-1]].assign(
        occupation=None, occupation_status="not_stated", seekers_new=77.0
    )
    found = look(pd.concat([table, group, lost, silent], ignore_index=True))
    codes = count_notes(found.notes)
    assert codes["market.group_shared"] == 1
    assert codes["market.not_coded"] == 2
    assert found.not_stated == 77.0
    first = found.monthly[found.monthly["ds"] == table["month"].min()]
    total = table.loc[table["month"] == table["month"].min(), "posts_new"].sum() + 1000
    assert first.loc[first["variable"] == "posts", "actual"].sum() == pytest.approx(total)


def test_totals_with_carried_stock_give_no_sums():
    table = register().drop(
        columns=["posts_new", "posts_carried", "seekers_new", "seekers_carried"]
    )
    found = look(table.assign(posts_total=30.0, seekers_total=20.0))
    assert count_notes(found.notes)["market.stock_in_flow"] == len(table)
    assert np.isnan(found.posts.values).all()
    assert found.frame["ratio_computed"].tolist() == [1.5] * 4
    assert np.isfinite(found.log_ratio.values).all()


def test_new_posts_beside_all_seekers_are_both_read_as_totals():
    """A file that says only 招聘人数 and 求职人数 means the same by both."""
    table = register().drop(columns=["posts_carried", "seekers_new", "seekers_carried"])
    found = look(table.assign(posts_new=30.0, seekers_total=20.0))
    codes = count_notes(found.notes)
    assert codes["market.unlike_sides"] == codes["market.stock_in_flow"] == len(table)
    assert found.frame["ratio_computed"].tolist() == [1.5] * 4


def test_a_side_nobody_told_of_is_unknown_not_nought():
    table = register().drop(columns=["seekers_new", "seekers_carried"])
    found = look(table)
    assert np.isnan(found.seekers.values).all()
    assert np.isfinite(found.posts.values).all()
    assert np.isnan(found.log_ratio.values).all()
    assert set(found.monthly["variable"]) == {"posts"}


def test_no_stock_no_ratio():
    table = register()
    table.loc[table["occupation"].eq("4-01-01-01"), ["posts_carried", "seekers_carried"]] = 0.0
    found = look(table)
    empty = found.log_ratio.index == "4-01-01-01"
    assert np.isnan(found.log_ratio.values[:, empty]).all()
    assert np.isfinite(found.log_ratio.values[:, ~empty]).all()


def test_quarterly_register():
    table = register()
    found = look(table[table["month"].dt.month.isin([1, 4, 7, 10])])
    assert found.monthly["ds"].max() == pd.Timestamp("2026-10-01")
    assert found.frame["months"].tolist() == [12] * 4


def test_a_district_that_did_not_report_is_made_up_for():
    table = register()
    silent = table["district"].eq("B") & table["month"].eq("2025-06-01")
    found = look(table[~silent])
    assert count_notes(found.notes)["market.district_missing"] == 2


def test_without_a_register():
    with pytest.raises(InputError, match="no register"):
        outlook(Tables(), PROFILE, start=START, n_draws=10, seed=0)
