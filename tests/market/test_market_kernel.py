"""The recursion against statsmodels, and the pieces around it against hand formulas."""

import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from xmdemand.market.candidates import Grid, make_grid
from xmdemand.market.engine import fit_many
from xmdemand.market.kernel import smooth
from xmdemand.market.mixture import Mixture, count_quantile, moments, quantile
from xmdemand.market.start import Start, seasonal_pattern, starting_states
from xmdemand.market.weights import gaussian_log_likelihood

SEASON = 12


def one_candidate(alpha, beta, phi, gamma):
    """A grid of one candidate with a moving season."""
    return Grid(
        alpha=np.array([alpha]),
        beta=np.array([beta]),
        phi=np.array([phi]),
        gamma=np.array([gamma]),
        slope=np.array([1]),
        season=np.array([2]),
    )


@pytest.mark.parametrize(
    ("alpha", "beta", "phi", "gamma"),
    [(0.4, 0.1, 0.9, 0.2), (0.9, 0.05, 0.85, 0.05), (0.12, 0.03, 0.96, 0.6)],
)
def test_errors_and_likelihood_are_those_of_statsmodels(alpha, beta, phi, gamma):
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    rng = np.random.default_rng(1)
    t = np.arange(67)
    y = 300 + 2 * t + 40 * np.sin(2 * np.pi * t / SEASON) + rng.normal(0, 15, len(t))
    level, slope = 290.0, 3.0
    pattern = rng.normal(0, 30, SEASON)  # by phase of the column number
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = ETSModel(
            y,
            error="add",
            trend="add",
            damped_trend=True,
            seasonal="add",
            seasonal_periods=SEASON,
            initialization_method="known",
            initial_level=level,
            initial_trend=slope,
            initial_seasonal=pattern,
        )
    theirs = model.smooth([alpha, beta, gamma, phi])
    run = smooth(
        y[None],
        np.array([0]),
        Start(np.array([level]), np.array([slope]), np.array([0.0]), pattern[None]),
        one_candidate(alpha, beta, phi, gamma),
        season=SEASON,
        horizon=14,
    )
    np.testing.assert_allclose(run.one_step[:, 0, 0], theirs.resid, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(run.forecast[0, :, 0], theirs.forecast(14), rtol=1e-8)
    np.testing.assert_allclose(
        gaussian_log_likelihood(run.one_step[:, 0, 0]), theirs.llf, rtol=1e-8
    )


def test_variance_of_errors_ahead_by_simulation():
    grid = one_candidate(0.5, 0.1, 0.9, 0.2)
    covariance = grid.covariances(15, SEASON)[0]
    rng = np.random.default_rng(0)
    shocks = rng.normal(size=(40_000, 15))
    level, slope = np.zeros(40_000), np.zeros(40_000)
    season = np.zeros((40_000, SEASON))
    values = np.empty_like(shocks)
    for t in range(15):
        values[:, t] = level + 0.9 * slope + season[:, t % SEASON] + shocks[:, t]
        level = level + 0.9 * slope + 0.5 * shocks[:, t]
        slope = 0.9 * slope + 0.1 * shocks[:, t]
        season[:, t % SEASON] += 0.2 * shocks[:, t]
    np.testing.assert_allclose(np.cov(values.T), covariance, rtol=0.06, atol=0.06)


def test_missing_values_leave_the_state():
    grid = one_candidate(1.0, 0.0, 1.0, 0.0)
    start = Start(np.zeros(1), np.zeros(1), np.zeros(1), np.zeros((1, SEASON)))
    y = np.array([[5.0, np.nan, np.nan, 7.0]])
    run = smooth(y, np.array([0]), start, grid, season=SEASON, horizon=1)
    np.testing.assert_allclose(run.one_step[:, 0, 0], [5, 0, 0, 2])
    assert run.forecast[0, 0, 0] == 7


def test_a_clear_pattern_is_kept_and_noise_is_not():
    t = np.arange(72)
    wave = 10 * np.sin(2 * np.pi * t / SEASON)
    rng = np.random.default_rng(0)
    values = np.stack([100 + wave + 0.5 * t, 100 + rng.normal(0, 10, 72)])
    pattern = seasonal_pattern(values, np.zeros(2, int), SEASON)
    np.testing.assert_allclose(pattern[0], wave[:12], atol=1.0)
    assert np.abs(pattern[1]).max() < 8


def test_count_quantiles_are_scipys():
    from scipy import stats

    mean, variance = np.array([0.3, 4.0, 20.0]), np.array([0.5, 9.0, 60.0])
    p = np.linspace(0.01, 0.99, 25)[:, None] * np.ones(3)
    size = mean**2 / (variance - mean)
    expected = stats.nbinom.ppf(p, size, size / (size + mean))
    np.testing.assert_array_equal(count_quantile(mean, variance, p), expected)


def test_a_batch_is_its_series():
    rng = np.random.default_rng(5)
    values = rng.poisson(rng.lognormal(3, 1, (70, 1)), (70, 50)).astype(float)
    for row in range(0, 70, 3):
        values[row, : rng.integers(0, 40)] = np.nan
    together = fit_many(values, season=SEASON, horizon=12)
    for row in (0, 1, 33, 69):
        alone = fit_many(values[row : row + 1], season=SEASON, horizon=12)
        np.testing.assert_allclose(
            moments(alone.mixture)[0][0], moments(together.mixture)[0][row], rtol=2e-4
        )


def test_quantiles_grow_with_p():
    rng = np.random.default_rng(6)
    values = rng.poisson(3, (20, 48)).astype(float)
    mixture = fit_many(values, season=SEASON, horizon=12).mixture
    z = np.linspace(-3, 3, 25)[:, None, None]
    assert (np.diff(quantile(mixture, z), axis=0) >= 0).all()


@pytest.mark.parametrize(("years", "share"), [(2, 2 / 7), (5, 1 / 2), (10, 2 / 3)])
def test_a_drift_is_believed_by_the_years_seen(years, share):
    line = 5 + 0.3 * np.arange(years * SEASON, dtype=float)[None]
    start = starting_states(line, np.zeros(1, int), SEASON, seasonal=True)
    np.testing.assert_allclose(start.drift, 0.3 * share)
    np.testing.assert_allclose(start.slope, 0.3)


def test_the_grid_has_no_candidate_twice():
    grid = make_grid()
    rows = np.stack([grid.alpha, grid.beta, grid.phi, grid.gamma, grid.slope, grid.season], axis=1)
    assert len(np.unique(rows, axis=0)) == len(grid)


def test_a_ragged_chunk_with_gaps_is_its_series():
    rng = np.random.default_rng(8)
    values = 50 + np.cumsum(rng.normal(0, 1, (4, 60)), axis=1)
    first = np.array([0, 7, 7, 33])
    values[np.arange(60)[None, :] < first[:, None]] = np.nan
    values[1, 40:43] = np.nan
    grid = make_grid()
    states = rng.normal(0, 1, (3, 4))
    pattern = rng.normal(0, 1, (4, SEASON))
    start = Start(50 + states[0], states[1], states[2], pattern)
    options = {"season": SEASON, "horizon": SEASON}
    run = smooth(values, first, start, grid, **options)
    for row, at in enumerate(first):
        own = Start(
            start.level[[row]],
            start.slope[[row]],
            start.drift[[row]],
            np.roll(pattern[[row]], -at, axis=1),  # phases are counted from the first column
        )
        alone = smooth(values[[row], at:], np.array([0]), own, grid, **options)
        np.testing.assert_allclose(run.one_step[at:, :, row], alone.one_step[:, :, 0], atol=1e-10)
        assert not run.one_step[:at, :, row].any()
        np.testing.assert_allclose(run.forecast[row], alone.forecast[0], atol=1e-10)


def test_threads_do_not_share_their_room():
    rng = np.random.default_rng(9)
    panels = [rng.poisson(30, (40, length)).astype(float) for length in (30, 45, 60, 75) * 3]

    def mean(values):
        return moments(fit_many(values, season=SEASON, horizon=12).mixture)[0]

    alone = [mean(values) for values in panels]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(mean, panels))
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one, other)


def test_searched_and_counted_quantiles_are_the_same():
    rng = np.random.default_rng(10)
    mean = rng.uniform(0.01, 24, 30)
    variance = mean * rng.uniform(0.5, 40, 30)
    p = rng.uniform(0, 1, (80, 30))
    p[0], p[1] = 0.0, 1.0
    few = np.concatenate([count_quantile(mean, variance, part) for part in np.split(p, 4)])
    np.testing.assert_array_equal(count_quantile(mean, variance, p)[2:], few[2:])


def test_continuous_quantiles_are_exact_near_zero_and_far_above():
    mean = np.array([1e-6, 1e-3, 0.1, 1.0, 10.0, 33.0], np.float32)
    shape = (len(mean), 1, 1)
    mixture = Mixture(
        weight=np.ones(shape[:2], np.float32),
        mean=mean.reshape(shape),
        sd=np.zeros(shape, np.float32),
        log=np.array([True]),
        correlation=np.ones(shape, np.float32),
        cap=np.full(len(mean), 40.0),
        discrete=np.zeros(len(mean), bool),
        factor=np.ones(shape[:2]),
    )
    said = quantile(mixture, np.zeros((1, 1)))[:, 0]
    np.testing.assert_allclose(said, np.expm1(mean.astype(float)), rtol=5e-7)


def test_chunks_do_not_change_a_bit(monkeypatch):
    rng = np.random.default_rng(11)
    values = np.exp(rng.normal(5, 1, (70, 1)) + np.cumsum(rng.normal(0, 0.1, (70, 50)), axis=1))
    whole = fit_many(values, season=SEASON, horizon=12).mixture
    monkeypatch.setattr("xmdemand.market.engine.CHUNK", 14)
    parts = fit_many(values, season=SEASON, horizon=12).mixture
    for name in ("weight", "mean", "sd"):
        np.testing.assert_array_equal(getattr(parts, name), getattr(whole, name))
