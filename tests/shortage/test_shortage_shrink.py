"""Shrinkage to minor groups: limits, agreement with a direct computation, calibration."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from xmdemand.shortage.shrink import _restricted, believable, shrink


def test_restricted_likelihood_against_the_dense_one() -> None:
    rng = np.random.default_rng(1)
    y, v = rng.normal(size=9), rng.uniform(0.1, 1.0, 9)
    g = np.array([0, 0, 0, 1, 1, 2, 2, 2, 2])
    within, between = 0.4, 0.7
    cov = np.diag(v + within) + between * (g[:, None] == g)
    one = np.ones(9)
    inverse = np.linalg.inv(cov)
    centre = one @ inverse @ y / (one @ inverse @ one)
    dense = -2 * multivariate_normal.logpdf(y, centre * one, cov) - 9 * np.log(2 * np.pi)
    dense += np.log(one @ inverse @ one)
    found = _restricted(y, v, g, 3, np.array([within, between]))
    assert found[0] == pytest.approx(dense)
    assert found[1] == pytest.approx(centre)
    assert found[2] == pytest.approx(1 / (one @ inverse @ one))


def test_sure_values_stay_and_unsure_ones_move_to_their_group() -> None:
    rng = np.random.default_rng(2)
    group = np.repeat(np.arange(20), 10)
    truth = rng.normal(size=20)[group] + 0.5 * rng.normal(size=200)
    variance = np.where(np.arange(200) % 2 == 0, 1e-6, 25.0)
    fit = shrink(truth + np.sqrt(variance) * rng.normal(size=200), variance, group)
    assert fit.weight[::2].min() > 0.99
    assert fit.weight[1::2].max() < 0.1


def test_draws_hold_the_truth() -> None:
    rng = np.random.default_rng(3)
    held = []
    for _ in range(20):
        group = np.repeat(np.arange(25), 8)
        truth = 0.6 * rng.normal(size=25)[group] + 0.4 * rng.normal(size=200)
        variance = rng.uniform(0.02, 1.0, 200)
        seen = truth + np.sqrt(variance) * rng.normal(size=200)
        seen[rng.random(200) < 0.2] = np.nan
        draws = shrink(seen, variance, group).draw(rng, 400)
        low, high = np.quantile(draws, [0.05, 0.95], axis=0)
        held.append(np.mean((low <= truth) & (truth <= high)))
    assert 0.86 <= np.mean(held) <= 0.94


def test_unanimous_thin_returns_are_not_certain() -> None:
    """Three identical returns have no bootstrap spread; they get the pooled one."""
    variance = np.array([0.0, 0.01, 0.02, 0.04])
    found = believable(variance, np.array([3.0, 20.0, 20.0, 20.0]))
    assert found[0] == pytest.approx(0.02 * 20 / 3)
    np.testing.assert_allclose(found[1:], variance[1:])


def test_constant_and_empty() -> None:
    same = shrink(np.full(5, 2.0), np.full(5, 0.1), np.zeros(5, dtype=int))
    assert same.within + same.between == 0
    nothing = shrink(np.full(3, np.nan), np.full(3, np.nan), np.zeros(3, dtype=int))
    assert np.isnan(nothing.centre)
