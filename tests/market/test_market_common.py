"""What series share: the year's shape, the candidates' prior, and quarters beside months."""

import warnings

import numpy as np
import pandas as pd
import pytest

from xmdemand.market import PanelInfo, forecast
from xmdemand.market.common import (
    YEAR_LIMIT,
    Common,
    learn_common,
    look,
    merge_looks,
    quarter_sums,
    shape_at,
    year_shape,
)
from xmdemand.market.engine import MIN_PRIOR_SERIES, PRIOR_WEIGHT, fit_many, learn_prior
from xmdemand.market.evidence import gather
from xmdemand.market.mixture import medians
from xmdemand.market.own import LIMIT, fit_own
from xmdemand.market.panel import Panel
from xmdemand.market.panel_info import (
    CHAIN_LIMIT,
    chained_total,
    forecast_own,
    learn,
    mean_correlation,
    quarter_gaps,
)

SEASON = 12
START = 2020 * 12
SHAPE = np.log([0.85, 0.70, 1.45, 1.20, 1.05, 1.05, 1.15, 1.05, 1.15, 1.0, 0.85, 0.75])
SHAPE = SHAPE - SHAPE.mean()


def panel_of(values: np.ndarray) -> Panel:
    """A monthly panel that begins in a January."""
    ids = pd.Index([f"s{k:03d}" for k in range(len(values))], name="unique_id")
    last = np.full(len(values), START + values.shape[1] - 1)
    return Panel(ids=ids, values=values, last=last, freq="M", keys=pd.DataFrame(index=ids))


def seasonal(n=40, months=24, seed=0, strength=1.0):
    rng = np.random.default_rng(seed)
    level = np.cumsum(rng.normal(0, 0.02, (n, months)), axis=1)
    year = strength * SHAPE[np.arange(months) % SEASON]
    return rng.poisson(rng.uniform(100, 900, (n, 1)) * np.exp(level + year)).astype(float)


def labels_of(panel: Panel):
    return np.full(len(panel.ids), "all", dtype=object)


def common_of(values: np.ndarray) -> Common:
    panel = panel_of(values)
    return learn_common(look(panel, labels_of(panel)), SEASON)


def test_the_common_year_is_found_in_two_years():
    np.testing.assert_allclose(common_of(seasonal()).year["all"], SHAPE, atol=0.05)


def test_no_year_where_there_is_none():
    found = common_of(seasonal(strength=0.0)).year.get("all", np.zeros(SEASON))
    assert np.abs(found).max() < 0.005


def test_one_slump_is_no_season():
    """A common fall by half and its recovery, once in 29 months."""
    slump = np.ones(29)
    slump[8:18] = [0.5, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8, 0.85, 0.9, 0.95]
    assert common_of(seasonal(months=29, strength=0.0) * slump).year == {}


def test_few_series_share_nothing():
    found = common_of(seasonal(n=4))
    assert found.year == {}
    assert not len(found.prior.seasonal)


def test_the_share_of_the_common_year_falls_with_the_years():
    values = np.ones((3, 96))
    values[0, :-10], values[1, :-24] = np.nan, np.nan
    shape = year_shape({"all": SHAPE}, values, np.full(3, "all"), SEASON)
    np.testing.assert_allclose(shape, [SHAPE, SHAPE, SHAPE / 4])
    at = shape_at(shape, np.array([START, START + 1, START + 2]), np.array([0, 1]))
    np.testing.assert_allclose(at[0], SHAPE[:2])
    np.testing.assert_allclose(at[2], SHAPE[2:4] / 4)


def test_a_new_series_has_the_year_of_the_others():
    values = seasonal(months=36)
    values[0, :-7] = np.nan
    fc = forecast(_long(values[:, :-12]), 12, total=False, relative=False)
    said = fc.frame["median"].to_numpy()[:12]
    assert np.corrcoef(np.log(said), SHAPE)[0, 1] > 0.95


def _long(values: np.ndarray) -> pd.DataFrame:
    n, months = values.shape
    frame = pd.DataFrame(
        {
            "unique_id": np.repeat([f"s{k:03d}" for k in range(n)], months),
            "ds": np.tile(pd.date_range("2020-01-01", periods=months, freq="MS"), n),
            "y": values.ravel(),
        }
    )
    return frame[frame["y"].notna()]


def test_short_seasonal_series_gain_from_the_panel():
    values = seasonal(months=36, seed=4)
    came = values[:, -12:].ravel()
    error = [
        np.abs(
            np.log(forecast(_long(values[:, :-12]), 12, info=info).frame["median"] / came)
        ).mean()
        for info in (None, PanelInfo())
    ]
    assert error[0] < 0.9 * error[1]


def test_prior_is_the_average_weight_beside_an_even_one():
    """Of one series' weights, n times: (n w + even) / (n + even), in odds to the even weight."""
    rng = np.random.default_rng(2)
    one = 200 + np.cumsum(rng.normal(0, 10, 60))
    odds = [np.exp(learn_prior(np.tile(one, (n, 1)), season=SEASON).seasonal) for n in (5, 20)]
    weight = [
        (o * (n + PRIOR_WEIGHT) - PRIOR_WEIGHT) / n for o, n in zip(odds, (5, 20), strict=True)
    ]
    np.testing.assert_allclose(weight[0], weight[1], rtol=1e-6, atol=1e-6)
    assert weight[0].mean() == pytest.approx(1.0)
    few = np.tile(one, (MIN_PRIOR_SERIES - 1, 1))
    assert not len(learn_prior(few, season=SEASON).seasonal)


def test_short_series_have_a_prior_of_their_own():
    values = seasonal(n=30, months=24)
    values[::2, :10] = np.nan
    prior = learn_prior(values, season=SEASON)
    assert len(prior.seasonal) == 4 * len(prior.plain)


def test_a_prior_moves_forecasts_towards_what_suits_most():
    """Of random walks, a short one is forecast nearer to its last value."""
    rng = np.random.default_rng(3)
    values = 1000 + np.cumsum(rng.normal(0, 30, (60, 30)), axis=1)
    prior = learn_prior(values, season=SEASON)
    gaps = [
        np.abs(
            medians(fit_many(values, season=SEASON, horizon=1, prior=p).mixture)[:, 0]
            - values[:, -1]
        )
        for p in (None, prior)
    ]
    assert gaps[1].mean() < 0.9 * gaps[0].mean()


def test_looks_at_blocks_are_a_look_at_the_whole():
    values = seasonal(n=150, months=40)
    values[::3, :9] = np.nan
    panel = panel_of(values)
    parts = [panel.select(np.arange(at, 150, 3)) for at in range(3)]
    blocks = [look(part, labels_of(part)) for part in parts]
    found, whole = learn_common(merge_looks(blocks), SEASON), common_of(values)
    np.testing.assert_allclose(found.year["all"], whole.year["all"], rtol=1e-9)
    for name in ("prior", "quarter_prior"):
        mine, theirs = getattr(found, name), getattr(whole, name)
        np.testing.assert_allclose(mine.seasonal, theirs.seasonal, rtol=1e-3, atol=1e-3)


def test_quarters_are_counted_from_the_end():
    values = np.arange(1.0, 9.0)[None]
    np.testing.assert_array_equal(quarter_sums(values, SEASON), [[12.0, 21.0]])
    values[0, 3] = np.nan
    np.testing.assert_array_equal(quarter_sums(values, SEASON), [[np.nan, 21.0]])
    assert quarter_sums(values, 4).shape == (1, 0)


@pytest.mark.parametrize(("horizon", "moving"), [(2, 0), (3, 3), (7, 7)])
def test_moves_fill_whole_quarters(horizon, moving):
    values = seasonal(months=48)
    panel = panel_of(values)
    own = forecast_own(panel, labels_of(panel), horizon, Common())
    assert own.moves.shape == (len(values), horizon)
    assert ((own.moves != 0).sum(axis=1) == moving).all()
    assert (np.abs(own.moves) <= LIMIT).all()
    for at in range(0, horizon, 3):  # one move a quarter, the rest moves with the last whole one
        np.testing.assert_array_equal(own.moves[:, at], own.moves[:, min(at + 2, horizon - 1)])


def test_quarters_move_series_relative_to_the_others_only():
    panel = panel_of(seasonal(months=48))
    labels = labels_of(panel)
    info, own = learn(panel, labels, SEASON)
    gaps = quarter_gaps(panel, own, labels, info)
    weight = 1 / np.diff(np.log1p(panel.values), axis=1).var(axis=1)
    np.testing.assert_allclose(weight @ gaps / weight.sum(), 0.0, atol=1e-9)
    assert np.abs(gaps).max() > 0.001
    assert not quarter_gaps(panel, own, labels, PanelInfo()).any()


def test_what_is_shared_leaves_the_scale_alone():
    """The year is taken out and put back: a series that is nothing but the year is forecast so."""
    values = np.tile(1000 * np.exp(SHAPE), (6, 2))
    common = Common(year={"all": SHAPE})
    options = {"season": SEASON, "horizon": SEASON, "common": common}
    own = fit_own(values, np.full(6, START + 23), np.full(6, "all"), **options)
    np.testing.assert_allclose(medians(own.mixture), values[:, :12], rtol=1e-3)


def test_deviations_grow_slower_than_the_candidates_say():
    """By the share of a year that lies ahead, in months as in quarters."""
    values = seasonal(months=48)
    grown = {}
    for season in (12, 4):
        options = {"season": season, "horizon": season}
        labels, last = np.full(len(values), "all"), np.full(len(values), START + 47)
        own = fit_own(values, last, labels, common=Common(), **options).mixture
        grown[season] = (own.sd / fit_many(values, **options).mixture.sd)[0, 0]
    assert (np.diff(grown[12]) < 0).all()
    assert grown[12][3] == pytest.approx(1.0)
    np.testing.assert_allclose(grown[12][2::3], grown[4], rtol=1e-6)
    assert 0.85 < grown[4][-1] < 0.95


def test_wild_panels_share_nothing_wild():
    """Series that jump between nothing and 1e12: what they share stays within bounds."""
    rng = np.random.default_rng(2)
    values = rng.choice([0.0, 1e12], (11, 61))
    for shape in common_of(values).year.values():
        assert np.abs(shape).max() <= YEAR_LIMIT
    total = chained_total(np.full(60, 1.0), np.full(60, 1e12), 1e12)
    np.testing.assert_allclose(np.log(total[[0, -1]] / 1e12), [CHAIN_LIMIT, 0.0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fc = forecast(_long(values), 3)
    assert np.isfinite(fc.frame[["mean", "median"]].to_numpy()).all()


def test_pull_goes_by_how_much_series_move_together():
    rng = np.random.default_rng(5)
    own = rng.normal(0, 0.1, (40, 60)).cumsum(axis=1)
    both = rng.normal(0, 0.1, 60).cumsum() + 0.3 * own
    labels = np.full(40, "all", dtype=object)
    share = {}
    for name, path in (("apart", own), ("together", both)):
        panel = panel_of(200 * np.exp(path))
        common = learn_common(look(panel, labels), SEASON)
        periods = gather(panel, forecast_own(panel, labels, 3, common), labels, common).periods
        share[name] = mean_correlation(periods.loc["all"], 0.97)
    assert share["apart"] < 0.05
    assert share["together"] > 0.5


def test_mean_correlation_is_that_of_pairs():
    error = np.random.default_rng(6).normal(0.4, 1, (12, 7))
    error /= np.sqrt((error**2).mean(axis=1, keepdims=True))  # every period has the variance 1
    pairs = ~np.eye(7, dtype=bool)
    products = np.array([np.outer(e, e)[pairs].mean() for e in error])
    periods = pd.DataFrame(
        {"error": error.sum(axis=1), "square": (error**2).sum(axis=1), "n": 7.0},
        index=np.arange(100, 112),
    )
    weight = 0.9 ** np.arange(11, -1, -1)
    expected = np.average(products, weights=weight)
    np.testing.assert_allclose(mean_correlation(periods, 0.9), expected, rtol=1e-12)
    assert mean_correlation(periods.iloc[:11]) == 0.0
