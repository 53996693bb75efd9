"""Relative movements: one regression for the panel, moved to as far as past origins tell."""

import numpy as np
import pandas as pd
import pytest

from xmdemand.market import PanelInfo, forecast
from xmdemand.market.relative import (
    RIDGE,
    SHARE_CAP,
    STRIDE,
    judge_share,
    merge_windows,
    past_rows,
    regress,
    standing,
    window_sums,
)

SEASON = 4


def panel_values(n=30, periods=40, seed=0):
    """Series that return to their own mean, about a common random walk."""
    rng = np.random.default_rng(seed)
    own, common = np.zeros((n, periods)), np.cumsum(rng.normal(0, 0.1, periods))
    for t in range(1, periods):
        own[:, t] = 0.7 * own[:, t - 1] + rng.normal(0, 0.1, n)
    return 500 * np.exp(own + common)


def long(values, freq="QS"):
    n, periods = values.shape
    return pd.DataFrame(
        {
            "unique_id": np.repeat([f"s{k:03d}" for k in range(n)], periods),
            "ds": np.tile(pd.date_range("2010-01-01", periods=periods, freq=freq), n),
            "y": values.ravel(),
        }
    )


def test_coefficients_are_those_of_the_demeaned_windows():
    """Against the regression written out window by window."""
    values = panel_values()
    last = np.full(len(values), 900)
    sums = window_sums(values, last, np.full(len(values), "all"), SEASON)
    log = np.log1p(values)
    weight = np.diff(log, axis=1).std(axis=1) ** -2
    known = np.zeros((SEASON, SEASON))
    came = np.zeros((SEASON, SEASON))
    for end in range(values.shape[1], 2 * SEASON - 1, -STRIDE):
        window = log[:, end - 2 * SEASON : end]
        window = window - window[:, :SEASON].mean(axis=1, keepdims=True)
        window = window - weight @ window / weight.sum()
        known += window[:, :SEASON].T @ (weight[:, None] * window[:, :SEASON])
        came += window[:, :SEASON].T @ (weight[:, None] * window[:, SEASON:])
    ridge = RIDGE * np.trace(known) / SEASON * np.eye(SEASON)
    np.testing.assert_allclose(regress(sums), np.linalg.solve(known + ridge, came), rtol=1e-8)


def test_a_common_movement_teaches_nothing():
    values = panel_values()
    labels, last = np.full(len(values), "all"), np.full(len(values), 900)
    boom = values * np.exp(np.cumsum(np.random.default_rng(5).normal(0, 0.05, values.shape[1])))
    weight_free = [regress(window_sums(v, last, labels, SEASON)) for v in (values, boom)]
    # Weights and the 1 of log1p change a little with the level, the coefficients hardly.
    np.testing.assert_allclose(*weight_free, atol=0.02)


def test_blocks_add_up():
    values, last = panel_values(), np.repeat([898, 900], 15)
    labels = np.array(["a", "b"] * 15)
    whole = window_sums(values, last, labels, SEASON)
    parts = [window_sums(values[k::3], last[k::3], labels[k::3], SEASON) for k in range(3)]
    for years in range(3):
        np.testing.assert_allclose(
            regress(merge_windows(parts), years), regress(whole, years), rtol=1e-7, atol=1e-10
        )


@pytest.mark.parametrize(("truth", "share"), [(0.3, 0.3), (-1.0, 0.0), (2.0, SHARE_CAP)])
def test_share_is_the_slope_of_past_errors_on_moves(truth, share):
    """What came lies `truth` of the way from the own forecast to the regression."""
    values = panel_values()
    sums = window_sums(values, np.full(len(values), 900), np.full(len(values), "all"), SEASON)
    stands = standing(values[:, :-SEASON], SEASON)
    centre = stands.weight @ stands.lags / stands.weight.sum()
    move = (stands.lags - centre) @ regress(sums, 1)
    base = np.exp(stands.base)[:, None] * np.ones(SEASON)
    past = past_rows(stands, base - 1, base * np.exp(truth * move) - 1)
    past = past.assign(label="all", years=1)
    assert judge_share(past, sums) == pytest.approx(share, abs=1e-9)


def test_series_that_return_are_told_so():
    """The engine alone expects a deviation to stay for long; the panel has seen it go."""
    values = panel_values(n=60, periods=52, seed=3)
    fc = forecast(long(values[:, :-SEASON]), SEASON)
    assert 0 < fc.info.relative.share <= SHARE_CAP
    plain = forecast(long(values[:, :-SEASON]), SEASON, relative=False)
    came = values[:, -SEASON:].ravel()
    error = [np.abs(np.log(f.frame["median"] / came)).mean() for f in (fc, plain)]
    assert error[0] < error[1]


def test_unrelated_walks_are_left_alone():
    rng = np.random.default_rng(1)
    values = 300 * np.exp(np.cumsum(rng.normal(0, 0.1, (60, 52)), axis=1))
    fc = forecast(long(values), SEASON)
    plain = forecast(long(values), SEASON, relative=False)
    moved = np.log(fc.frame["median"] / plain.frame["median"])
    assert np.abs(moved).max() < 0.1


def test_given_information_is_used_and_can_be_switched_off():
    panel = long(panel_values(n=60, periods=52, seed=3))
    fc = forecast(panel, SEASON)
    one = panel[panel["unique_id"].eq("s007")]
    alone = forecast(one, SEASON, info=fc.info)
    mine = fc.frame[fc.frame["unique_id"].eq("s007")].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone.frame, mine, rtol=1e-4)
    off = forecast(panel, SEASON, info=PanelInfo())
    pd.testing.assert_frame_equal(
        off.frame, forecast(panel, SEASON, info=PanelInfo(), relative=False).frame
    )
