"""`forecast`: what it promises for any panel, good or bad."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xmdemand.errors import ArgumentTypeError, InputError, NotFoundError, XmdemandError
from xmdemand.market import backtest, explain_series, forecast, reconcile
from xmdemand.market.forecasts import forecast_panel
from xmdemand.market.panel import read_panel
from xmdemand.market.rules import RULES
from xmdemand.notes import message_codes
from xmdemand.results import count_notes


def panel_of(wide: np.ndarray, start: str = "2019-01-01", freq: str = "MS", **keys):
    """A long frame from rows of values; NaN rows are left out."""
    ds = pd.date_range(start, periods=wide.shape[1], freq=freq)
    frame = pd.DataFrame(
        {
            "unique_id": np.repeat([f"s{k:03d}" for k in range(len(wide))], wide.shape[1]),
            "ds": np.tile(ds, len(wide)),
            "y": wide.ravel(),
            **{name: np.repeat(np.asarray(value), wide.shape[1]) for name, value in keys.items()},
        }
    )
    return frame[frame["y"].notna()].reset_index(drop=True)


def counts(n=12, months=48, seed=0, mean=30.0):
    rng = np.random.default_rng(seed)
    season = 1 + 0.3 * np.sin(2 * np.pi * np.arange(months) / 12)
    return rng.poisson(mean * season[None] * rng.lognormal(0, 0.5, (n, 1))).astype(float)


def test_shape_and_dates():
    fc = forecast(panel_of(counts()), 12)
    assert list(fc.frame.columns) == ["unique_id", "ds", "mean", "median"]
    assert len(fc.frame) == 12 * 12
    assert fc.frame["ds"].min() == pd.Timestamp("2023-01-01")
    q = fc.quantiles([0.1, 0.5, 0.9])
    assert list(q.columns) == ["unique_id", "ds", "quantile", "value"]
    assert fc.draws(50).values.shape == (50, 12, 12)


def test_month_ends_stay_month_ends():
    panel = panel_of(counts(n=2), freq="ME")
    assert forecast(panel, 2).frame["ds"].dt.is_month_end.all()


def test_order_of_series_does_not_matter():
    panel = panel_of(counts())
    turned = pd.concat([part for _, part in list(panel.groupby("unique_id"))[::-1]])
    one, two = forecast(panel, 6, seed=3), forecast(turned, 6, seed=3)
    pd.testing.assert_frame_equal(one.frame, two.frame)
    np.testing.assert_array_equal(one.draws(20).values, two.draws(20).values)


def test_without_panel_information_a_series_is_by_itself():
    from xmdemand.market import PanelInfo

    panel = panel_of(counts())
    alone = forecast(panel[panel["unique_id"].eq("s003")], 6, info=PanelInfo())
    together = forecast(panel, 6, info=PanelInfo())
    mine = together.frame[together.frame["unique_id"].eq("s003")].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone.frame, mine, rtol=1e-4)
    here = together.draws(10).values[:, 3]
    np.testing.assert_allclose(alone.draws(10).values[:, 0], here, rtol=1e-3, atol=1.01)


def test_paths_have_the_quantiles_that_are_printed():
    fc = forecast(panel_of(counts(mean=400.0)), 12)
    drawn = np.quantile(fc.draws(4000).values, [0.1, 0.5, 0.9], axis=0)
    said = fc.quantiles([0.1, 0.5, 0.9])["value"].to_numpy().reshape(12, 12, 3)
    np.testing.assert_allclose(drawn, said.transpose(2, 0, 1), rtol=0.05)


def test_sums_are_those_of_the_paths():
    fc = forecast(GOOD, 6)
    for steps in (slice(None), slice(2, None), slice(3)):
        np.testing.assert_array_equal(fc.sums(30, steps), fc.draws(30).values[:, :, steps].sum(2))
    with pytest.raises(InputError, match="number of paths"):
        fc.sums(0)


def test_totals_by_series_group_and_all():
    panel = panel_of(counts(), region=np.repeat(["a", "b"], 6))
    fc = forecast(panel, 12)
    each, groups = fc.total(12), fc.total(12, by="region")
    assert groups["n"].tolist() == [6, 6]
    assert each["mean"].sum() == pytest.approx(groups["mean"].sum(), rel=1e-9)
    wide = groups["upper"] - groups["lower"]
    alone = forecast(panel, 12, correlation=0.0).total(12, by="region")
    assert (wide > alone["upper"] - alone["lower"]).all()
    with pytest.raises(NotFoundError, match="no key column"):
        fc.total(12, by="district")
    with pytest.raises(InputError, match="steps"):
        fc.total(13)


ODD = {
    "zeros": np.zeros(30),
    "constant": np.full(30, 7.0),
    "spike": np.r_[np.full(20, 3.0), 900.0, np.full(15, 3.0)],
    "few": np.array([4.0, 6.0]),
    "short": np.array([4.0, 6.0, 5.0]),
    "shift": np.r_[np.full(30, 10.0), np.full(30, 40.0)] + np.arange(60) % 3,
    "tiny": 1e-3 * (2 + np.arange(48) % 5),
    "huge": 1e9 * (2 + np.arange(48) % 5),
    "rare": (np.arange(60) % 17 == 0).astype(float),
    "long": 50 + np.arange(240) % 12.0,
}


@pytest.mark.parametrize("name", ODD)
def test_odd_series_stay_sane(name):
    values = ODD[name]
    fc = forecast(panel_of(values[None]), 36)
    q = fc.quantiles([0.1, 0.5, 0.9])["value"].to_numpy().reshape(-1, 3)
    assert np.isfinite(q).all()
    assert (q >= 0).all()
    assert (np.diff(q, axis=1) >= 0).all()
    assert (q[:, 1] <= 3 * values.max() + 1).all()
    if name == "constant":
        np.testing.assert_allclose(q[:, 1], 7.0)
    if name == "shift":
        assert q[0, 1] > 30
    if name == "spike":
        assert q[:, 1].max() < 30


def test_every_rule_is_recorded_and_has_words():
    longest = max(len(v) for v in ODD.values())
    wide = np.array([np.r_[np.full(longest - len(v), np.nan), v] for v in ODD.values()])
    fc = forecast(panel_of(wide), 3)
    met = set(fc.rules["rule"])
    assert {"few", "zeros", "constant", "no_season", "no_slope", "spike", "mostly_zero"} <= met
    assert {f"market.rule_{rule.name}" for rule in RULES} <= message_codes("zh")
    assert count_notes(fc.notes)["market.rule_constant"] == 1


def test_quarterly_ragged_and_missing():
    wide = counts(n=6, months=32)
    wide[0, :10] = np.nan
    wide[1, 15:18] = np.nan
    wide[2, -4:] = np.nan
    fc = forecast(panel_of(wide, freq="QS"), 4)
    assert fc.panel.freq == "Q"
    first = fc.frame.groupby("unique_id")["ds"].min()
    assert first["s002"] == first["s000"] - pd.DateOffset(years=1)
    assert {"gaps", "earlier_end"} <= set(fc.rules["rule"])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.lists(st.floats(0, 1e12, allow_subnormal=False) | st.none(), min_size=1, max_size=40),
        min_size=1,
        max_size=4,
    ).filter(lambda rows: all(any(v is not None for v in row) for row in rows)),
    st.integers(1, 36),
)
def test_any_panel_gives_finite_ordered_quantiles(rows, horizon):
    longest = max(map(len, rows))
    wide = np.array([[np.nan] * (longest - len(row)) + row for row in rows], dtype=float)
    fc = forecast(panel_of(wide, start="1990-01-01"), horizon)
    values = fc.quantiles([0.05, 0.5, 0.95])["value"].to_numpy().reshape(-1, 3)
    assert np.isfinite(values).all()
    assert (values >= 0).all()
    assert (np.diff(values, axis=1) >= 0).all()
    assert np.isfinite(fc.draws(5).values).all()


GOOD = panel_of(counts(n=2))
BAD = {
    "negative": (GOOD.assign(y=GOOD["y"].where(GOOD.index != 3, -1.0)), "negative in row 3"),
    "infinite": (GOOD.assign(y=GOOD["y"].where(GOOD.index != 3, np.inf)), "infinite in row 3"),
    "text": (GOOD.assign(y=GOOD["y"].astype(object).where(GOOD.index != 3, "若干")), "若干"),
    "duplicate": (pd.concat([GOOD, GOOD.tail(1)], ignore_index=True), "more than once"),
    "unsorted": (GOOD.iloc[[1, 0, *range(2, 96)]].reset_index(drop=True), "back in time"),
    "dates": (GOOD.assign(ds=GOOD["ds"].astype(str).where(GOOD.index != 3, "soon")), "not a date"),
    "no ids": (GOOD.assign(unique_id=GOOD["unique_id"].where(GOOD.index != 3)), "missing in row 3"),
    "mixed": (
        pd.concat([GOOD, panel_of(counts(n=1, months=20), freq="QS").assign(unique_id="q")]),
        "mixed frequencies",
    ),
    "empty": (GOOD.head(0), "empty"),
    "column": (GOOD.drop(columns="y"), "no column y"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_panels_are_refused_in_words(name):
    frame, words = BAD[name]
    with pytest.raises(InputError, match=words):
        forecast(frame)


def test_all_problems_at_once():
    y = GOOD["y"].astype(object).where(GOOD.index != 3, "x").where(GOOD.index != 5, -2)
    frame = GOOD.assign(y=y, ds=GOOD["ds"].astype(str).where(GOOD.index != 9, "soon"))
    with pytest.raises(InputError) as caught:
        forecast(frame)
    message = str(caught.value)
    assert all(words in message for words in ("not a number", "negative", "not a date", "s000"))


@pytest.mark.parametrize("horizon", [0, -1, 37])
def test_horizon(horizon):
    with pytest.raises(InputError, match="1 to 36"):
        forecast(GOOD, horizon)


def test_other_arguments():
    with pytest.raises(ArgumentTypeError, match="DataFrame"):
        forecast([1, 2, 3])
    with pytest.raises(ArgumentTypeError, match="whole number"):
        forecast(GOOD, 1.5)
    with pytest.raises(InputError, match="fraction"):
        forecast(GOOD, 2).quantiles([50])
    with pytest.raises(NotFoundError, match="key column"):
        forecast(GOOD, 2, total="region")


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", None]),
            st.sampled_from(["2020-01", "2020-02", "x", None, "2020-04", "1e9"]),
            st.sampled_from([1, 0.0, -1, "x", None, float("inf"), 1e300]),
        ),
        max_size=8,
    )
)
def test_rubbish_raises_our_errors_only(rows):
    frame = pd.DataFrame(rows, columns=["unique_id", "ds", "y"])
    try:
        fc = forecast(frame, 2)
    except XmdemandError:
        return
    assert np.isfinite(fc.frame["mean"]).all()


def test_backtest_measures():
    panel = panel_of(counts(n=10, months=60), region=np.repeat(["a", "b"], 5))
    result = backtest(panel, origins=["2021-12", "2022-12"], by="region")
    assert set(result.frame["target"]) == {"periods", "sum", "region"}
    ours = result.frame[result.frame["method"].eq("xmdemand")]
    assert set(ours["measure"]) == {
        "mase",
        "wape",
        "crps",
        "interval_score",
        "coverage",
        "bias",
    }
    scored = result.frame.set_index(["origin", "target", "method", "measure"])["value"]
    for origin in scored.index.unique("origin"):
        here = scored[origin]["periods"]
        assert here["xmdemand"]["mase"] < min(here["naive"]["mase"], here["seasonal_naive"]["mase"])
    with pytest.raises(InputError, match="no origin"):
        backtest(panel, origins=["1999-12"])


def test_backtest_does_not_look_ahead():
    wide = counts(n=8, months=60)
    changed = wide.copy()
    changed[:, 48:] = 5000.0
    cut = read_panel(panel_of(wide)).cut(2022 * 12 + 11)
    also = read_panel(panel_of(changed)).cut(2022 * 12 + 11)
    np.testing.assert_array_equal(
        forecast_panel(cut, 12).draws(5).values, forecast_panel(also, 12).draws(5).values
    )


@pytest.mark.parametrize("method", ["mint_shrink", "wls", "ols", "bottom_up"])
def test_reconciled_forecasts_add_up(method):
    wide = counts(n=12)
    panel = panel_of(
        wide, occupation=np.repeat(["x", "y", "z"], 4), district=np.tile(list("abcd"), 3)
    )
    found = reconcile(forecast(panel, 6), ["occupation", "district"], method)
    sums = found.frame.groupby(["level", "ds"])["mean"].sum().unstack("level")  # noqa: PD010
    for name in ("occupation", "district", "unique_id"):
        np.testing.assert_allclose(sums[name], sums["total"], rtol=1e-9)
    assert (found.frame[["mean", "lower"]] >= 0).all(axis=None)
    assert (found.diagnostics["incoherence_after"] < 1e-9).all()
    if method == "bottom_up":
        bottom = found.frame[found.frame["level"].eq("unique_id")]
        np.testing.assert_allclose(bottom["mean"], bottom["base"], rtol=0.12)


def test_mint_is_the_textbook_projection():
    from xmdemand.market.reconciliation import _minimum_trace

    rng = np.random.default_rng(0)
    summing = np.array([[1.0, 1, 1], [1, 1, 0]])
    upper, bottom = np.array([[100.0], [50.0]]), np.array([[20.0], [25.0], [40.0]])
    errors = rng.normal(size=(5, 400)) * np.array([5, 3, 2, 2, 4])[:, None]
    found = _minimum_trace(upper, bottom, summing, errors, "wls")
    whole = np.concatenate([summing, np.eye(3)])
    weight = np.diag(1 / (errors**2).mean(axis=1))
    textbook = np.linalg.solve(
        whole.T @ weight @ whole, whole.T @ weight @ np.concatenate([upper, bottom])
    )
    np.testing.assert_allclose(found, textbook, rtol=1e-6)


@pytest.mark.parametrize(
    "y",
    [
        np.tile([20, 22, 24], 16),
        np.arange(48) * 3 + 5,
        10 + 3 * np.sin(2 * np.pi * np.arange(48) / 12),
        1.05 ** np.arange(48) * 100,
        np.tile([0, 0, 1e6], 16),
        np.repeat([5, 50], 24),
    ],
    ids=["periodic", "line", "sine", "growth", "large", "step"],
)
def test_a_series_without_any_error_has_paths_and_sums(y):
    """Nothing is left to correlate but rounding, of which no paths can be drawn."""
    months = pd.date_range("2020-01-01", periods=48, freq="MS")
    panel = pd.DataFrame({"unique_id": "cooks", "ds": months, "y": y})
    fc = forecast(panel, 12)
    eigenvalues = np.linalg.eigvalsh(fc.mixture.correlation[0].astype(float))
    assert eigenvalues.min() > -1e-5
    total = fc.total(12).iloc[0]
    assert 0 <= total["lower"] <= total["median"] <= total["upper"]


def test_reconcile_refuses():
    fc = forecast(GOOD, 2)
    with pytest.raises(InputError, match="method"):
        reconcile(fc, [], "best")
    with pytest.raises(NotFoundError, match="key column"):
        reconcile(fc, ["region"])


def test_explain_one_series():
    series = GOOD[GOOD["unique_id"].eq("s000")]
    found = explain_series(series, horizon=6)
    assert found.models["model"].tolist() == ["ets", "structural"]
    assert (found.forecast["lower"] >= 0).all()
    with pytest.raises(InputError, match="too few"):
        explain_series(series.head(5))
    with pytest.raises(InputError, match="one series"):
        explain_series(GOOD)
